/* SPDX-License-Identifier: Apache-2.0 */
/* Under a person's "ulimit -f" a truncate beyond the limit, performed by the enforcer, is SIGXFSZ:
 * it dies. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	close(open("big", O_RDWR | O_CREAT, 0600));
	printf("truncate: %d\n", truncate("big", 1L << 40));
	printf("alive: %d\n", open("/etc/hostname", O_RDONLY));
	return 0;
}
