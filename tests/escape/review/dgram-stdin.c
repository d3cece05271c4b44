/* SPDX-License-Identifier: Apache-2.0 */
/* Standard input is a UNIX datagram socket: sendto with a path is judged in the view and performed
 * on the host's path of the same name. argv: the path; run inside. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(a.sun_path, argv[1]);
	if (bind(s, (void *)&a, sizeof(a)))
		perror("bind (private /tmp)");
	if (sendto(0, "from inside\n", 12, 0, (void *)&a, sizeof(a)) < 0)
		perror("sendto");
	else
		puts("sent");
	return 0;
}
