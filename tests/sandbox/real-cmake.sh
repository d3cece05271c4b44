#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A CMake project: configured, built, tested and installed, with Makefiles and with Ninja.
# needs: cmake gcc g++ make ninja
# timeout: 240
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
mkdir project && cd project
cat >CMakeLists.txt <<'C'
cmake_minimum_required(VERSION 3.20)
project(example C CXX)
include(CheckSymbolExists)
include(CheckCSourceRuns)
check_symbol_exists(memmem "string.h" HAVE_MEMMEM)
check_c_source_runs("int main(void) { return 0; }" RUNS)
find_package(Threads REQUIRED)
configure_file(config.h.in config.h)
add_library(part SHARED part.cc)
add_executable(program main.c)
target_include_directories(program PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
target_link_libraries(program PRIVATE part Threads::Threads)
enable_testing()
add_test(NAME runs COMMAND program)
install(TARGETS program part)
C
echo '#cmakedefine RUNS' >config.h.in
echo 'extern "C" int part() { return 42; }' >part.cc
printf '#include <stdio.h>\n#include "config.h"\nint part(void);\nint main(void) { return part() != 42; }\n' >main.c
for generator in "Unix Makefiles" Ninja; do
	cmake -G "$generator" -B out -DCMAKE_INSTALL_PREFIX="$PWD/installed" >configure.log 2>&1
	grep -c 'Looking for\|Performing' configure.log
	cmake --build out -j2 >build.log 2>&1
	(cd out && ctest 2>&1) | grep 'tests passed'
	cmake --install out >/dev/null
	LD_LIBRARY_PATH=installed/lib installed/bin/program
	rm -r out
done
(cd installed && find . -type f | sort)
END
