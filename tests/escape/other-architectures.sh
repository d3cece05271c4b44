#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: gcc
#
# kernel-notes.md P62 and "Doors beside the gate": the 32-bit entry (int80) and x32 end the program.
. "$TESTS/support/attack.sh"

[ "$(uname -m)" = x86_64 ] || skip "only x86-64 has these entries"
cat >entry.c <<'END'
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long result = 20; /* getpid of i386 */

	if (strcmp(argv[1], "int80") == 0)
		__asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
	else
		__asm__ volatile("syscall" : "=a"(result) : "0"(0x40000000 + 39) : "rcx", "r11", "memory");
	printf("%ld\n", result);
	return result > 0 ? 0 : 9;
}
END
gcc -O1 -o entry entry.c || exit 1
for way in int80 x32; do
	./entry "$way" >/dev/null 2>&1
	bare=$?
	# Where the kernel lacks the entry it ends the program or says ENOSYS by itself.
	test_run in_sandbox ./entry "$way"
	if [ "$test_status" -ne 159 ] && { [ "$bare" -eq 0 ] || [ "$test_status" -eq 0 ]; }; then
		fail "$way should be killed by SIGSYS (bare: $bare)"
		test_show ./entry "$way"
	fi
done
