#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: gcc make
#
# Issue, "What it must show": what the agent wrote in the workspace can be built and run there.
. "$TESTS/support/sandbox.sh"

expect_output "hello 42" in_sandbox bash -c '
	set -e
	printf "#include <stdio.h>\nint main(void) { printf(\"hello %%d\\\\n\", 42); }\n" >hello.c
	printf "hello: hello.c\n\t\$(CC) -o \$@ \$<\n" >Makefile
	make -s
	./hello'
expect_output "script" in_sandbox bash -c \
	'printf "#!/bin/sh\necho script\n" >run && chmod +x run && ./run'
expect_output "script" in_sandbox bash -c \
	'mkdir -p a/b && cp run a/b/run2 && PATH=$PWD/a/b:$PATH run2'
# Written, closed and executed at once, many times: no descriptor of the enforcer keeps it busy.
expect_ok in_sandbox bash -c 'for i in $(seq 100); do cp /bin/true t && ./t || exit 1; done'
