#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# gcc, g++, clang, musl: shared, static and with sanitizers that do not trace; what they build runs.
# needs: gcc g++ clang musl-gcc
# timeout: 120
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
cat >hello.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void *say(void *what) { printf("%s\n", (char *)what); return NULL; }
int main(int argc, char **argv)
{
	pthread_t thread;
	FILE *f = tmpfile();

	if (!f || pthread_create(&thread, NULL, say, argc > 1 ? argv[1] : "none"))
		return 1;
	pthread_join(thread, NULL);
	return fclose(f);
}
C
cat >hello.cc <<'C'
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>
int main()
{
	std::ofstream("out.txt") << "text";
	std::thread t([] { std::cout << std::filesystem::file_size("out.txt") << "\n"; });
	t.join();
	std::filesystem::rename("out.txt", "moved.txt");
	try {
		throw 1;
	} catch (int i) {
		std::cout << i << "\n";
	}
}
C
gcc -O2 -pipe -o gcc-shared hello.c && ./gcc-shared gcc
gcc -O2 -static -o gcc-static hello.c && ./gcc-static static
gcc -flto -O2 -o gcc-lto hello.c && ./gcc-lto lto
musl-gcc -static -o musl hello.c && ./musl musl
g++ -std=c++17 -o gxx hello.cc && ./gxx
clang -O2 -o clang hello.c && ./clang clang
clang -fsanitize=undefined -o clang-ub hello.c && ./clang-ub ub
gcc -g -fsanitize=undefined -o gcc-ub hello.c && ./gcc-ub ub
ASAN_OPTIONS=detect_leaks=0 sh -c 'gcc -g -fsanitize=address -o gcc-asan hello.c && ./gcc-asan asan'
gcc -pg -o profiled hello.c && ./profiled gprof && ls gmon.out
gcc -c broken.c || echo "no such file: $?"
echo 'int f(void) { return x; }' >wrong.c
gcc -c wrong.c 2>&1 | head -n 2
gcc -E -dM - </dev/null | grep -c __GNUC__
END

# A leak checker has to trace, which the wall refuses: the program says so and fails.
expect_error "LeakSanitizer has encountered a fatal error" \
	in_sandbox sh -c 'cd place.kept && ./gcc-asan leaks'
