# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Give the C++ library a test target, and make the test pass
# kind: ordinary
# needs: cmake ninja g++
# timeout: 120
# why: a library without tests gets its first, in the project's own build system

prepare() {
	mkdir -p src include/roman
	cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(roman CXX)
set(CMAKE_CXX_STANDARD 17)
add_library(roman src/roman.cpp)
target_include_directories(roman PUBLIC include)
END
	cat >include/roman/roman.hpp <<'END'
#pragma once
#include <string>

namespace roman {
// number: 1 to 3999
std::string write(int number);
}
END
	cat >src/roman.cpp <<'END'
#include "roman/roman.hpp"

std::string roman::write(int number)
{
    static const struct { int value; const char *text; } parts[] = {
        {1000, "M"}, {500, "D"}, {100, "C"}, {50, "L"}, {10, "X"}, {5, "V"}, {4, "IV"}, {1, "I"},
    };
    std::string text;
    for (const auto &part : parts)
        for (; number >= part.value; number -= part.value)
            text += part.text;
    return text;
}
END
}

run() {
	step 'find . -type f | xargs ls -l && cat CMakeLists.txt'
	step 'cat include/roman/roman.hpp src/roman.cpp'
	edit tests/test_roman.cpp <<'END'
#include "roman/roman.hpp"
#include <iostream>

static int failures;

static void expect(int number, const std::string &wanted)
{
    const auto got = roman::write(number);
    if (got != wanted) {
        std::cerr << number << ": " << got << ", expected " << wanted << '\n';
        failures++;
    }
}

int main()
{
    expect(1, "I");
    expect(4, "IV");
    expect(9, "IX");
    expect(44, "XLIV");
    expect(1999, "MCMXCIX");
    return failures != 0;
}
END
	edit CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(roman CXX)
set(CMAKE_CXX_STANDARD 17)
add_library(roman src/roman.cpp)
target_include_directories(roman PUBLIC include)

enable_testing()
add_executable(test_roman tests/test_roman.cpp)
target_link_libraries(test_roman PRIVATE roman)
add_test(NAME roman COMMAND test_roman)
END
	step 'cmake -S . -B build -G Ninja'
	step 'cmake --build build'
	step 'ctest --test-dir build --output-on-failure'
	edit src/roman.cpp <<'END'
#include "roman/roman.hpp"

std::string roman::write(int number)
{
    static const struct { int value; const char *text; } parts[] = {
        {1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
        {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"},
    };
    std::string text;
    for (const auto &part : parts)
        for (; number >= part.value; number -= part.value)
            text += part.text;
    return text;
}
END
	step 'cmake --build build && ctest --test-dir build --output-on-failure'
}

check() {
	grep -q 'number: 1 to 3999' include/roman/roman.hpp
	cmake --build build
	ctest --test-dir build --no-tests=error
	printf '#include "roman/roman.hpp"\nint main() { return roman::write(3949) != "MMMCMXLIX"; }\n' >../probe.cpp
	g++ -std=c++17 -Iinclude -o ../probe ../probe.cpp src/roman.cpp
	../probe
}
