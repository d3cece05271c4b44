#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: gcc python3
#
# Issue, "What it must show": ~/.ssh/id_rsa, /etc/shadow and a parent's file cannot be read: by a
# program itself, a shell script, python, a static binary, a grandchild.
. "$TESTS/support/sandbox.sh"

secret "$HOME/.ssh/id_rsa"
secret "$HOME/notes.txt"
printf '#!/bin/sh\nread -r line <"$1" && echo "$line"\n' >script
chmod +x script
cat >reader.c <<'END'
#include <stdio.h>
int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
	char line[256];

	if (!f || !fgets(line, sizeof(line), f))
		return 1;
	fputs(line, stdout);
	return 0;
}
END
gcc -static -o reader reader.c || exit 1

secret "$HOME/work/mine"
read_it() {
	in_sandbox "$@"
}
for way in "cat" "sh -c 'cat \"\$1\"' sh" "./script" "./reader" \
	"python3 -c 'import sys; print(open(sys.argv[1]).read(), end=\"\")'" \
	"python3 -c 'import subprocess, sys; sys.exit(subprocess.call([\"sh\", \"-c\", \"cat \" + sys.argv[1]]))'" \
	"setsid -w setsid -w cat" "env -i /bin/cat"; do
	expect_output "the secret" in_sandbox bash -c "$way \"\$1\"" bash "$HOME/work/mine"
	for path in "$HOME/.ssh/id_rsa" /etc/shadow "$HOME/notes.txt" ../notes.txt \
		"$HOME/work/../.ssh/id_rsa"; do
		expect_fail in_sandbox bash -c "$way \"\$1\"" bash "$path"
		expect_equal "$(wc -c <"$test_output")" 0
	done
done
