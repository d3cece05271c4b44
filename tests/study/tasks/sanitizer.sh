# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Mend what the address sanitizer finds in the tests; keep the clean run in sanitizer.log
# kind: ordinary
# needs: make gcc
# why: memory errors are found by building with the sanitizer, again and again until it is silent

prepare() {
	cat >words.h <<'END'
#include <stddef.h>

struct words {
	char **items;
	size_t count;
};

int words_split(const char *text, struct words *ret);
void words_free(struct words *words);
char *words_join(const struct words *words, char between);
END
	cat >words.c <<'END'
#include <stdlib.h>
#include <string.h>

#include "words.h"

int words_split(const char *text, struct words *ret)
{
	ret->items = NULL;
	ret->count = 0;
	while (*text) {
		size_t length = strcspn(text, " ");

		if (length) {
			ret->items = realloc(ret->items, (ret->count + 1) * sizeof(char *));
			ret->items[ret->count++] = strndup(text, length);
		}
		text += length;
		while (*text == ' ')
			text++;
	}
	return 0;
}

void words_free(struct words *words)
{
	free(words->items);
	words->items = NULL;
	words->count = 0;
}

char *words_join(const struct words *words, char between)
{
	size_t size = 0, at = 0;
	char *text;

	for (size_t i = 0; i < words->count; i++)
		size += strlen(words->items[i]) + 1;
	text = malloc(size);
	for (size_t i = 0; i < words->count; i++) {
		memcpy(text + at, words->items[i], strlen(words->items[i]));
		at += strlen(words->items[i]);
		text[at++] = between;
	}
	text[at] = '\0';
	return text;
}
END
	cat >test.c <<'END'
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

int main(void)
{
	struct words words;
	char *text;

	words_split("  the quick  brown fox", &words);
	assert(words.count == 4);
	text = words_join(&words, '-');
	assert(strncmp(text, "the-quick-brown-fox", 19) == 0);
	free(text);
	words_free(&words);
	puts("ok");
	return 0;
}
END
	cat >Makefile <<'END'
CFLAGS = -g -O1 -Wall
test: run-test
	./run-test
run-test: test.c words.c words.h
	$(CC) $(CFLAGS) -o $@ test.c words.c
clean:
	rm -f run-test
END
}

run() {
	step 'cat Makefile words.c test.c'
	step 'make test'
	step 'make clean && make test CFLAGS="-g -O1 -Wall -fsanitize=address,undefined -fno-omit-frame-pointer"'
	edit words.c <<'END'
#include <stdlib.h>
#include <string.h>

#include "words.h"

int words_split(const char *text, struct words *ret)
{
	ret->items = NULL;
	ret->count = 0;
	while (*text) {
		size_t length = strcspn(text, " ");

		if (length) {
			ret->items = realloc(ret->items, (ret->count + 1) * sizeof(char *));
			ret->items[ret->count++] = strndup(text, length);
		}
		text += length;
		while (*text == ' ')
			text++;
	}
	return 0;
}

void words_free(struct words *words)
{
	free(words->items);
	words->items = NULL;
	words->count = 0;
}

char *words_join(const struct words *words, char between)
{
	size_t size = 1, at = 0;
	char *text;

	for (size_t i = 0; i < words->count; i++)
		size += strlen(words->items[i]) + 1;
	text = malloc(size);
	for (size_t i = 0; i < words->count; i++) {
		if (i > 0)
			text[at++] = between;
		memcpy(text + at, words->items[i], strlen(words->items[i]));
		at += strlen(words->items[i]);
	}
	text[at] = '\0';
	return text;
}
END
	step 'make clean && make test CFLAGS="-g -O1 -Wall -fsanitize=address,undefined -fno-omit-frame-pointer"'
	step "sed -i 's/^\tfree(words->items);/\tfor (size_t i = 0; i < words->count; i++)\n\t\tfree(words->items[i]);\n&/' words.c && sed -n '/^void words_free/,/^}/p' words.c"
	step 'make clean && make test CFLAGS="-g -O1 -Wall -fsanitize=address,undefined -fno-omit-frame-pointer"'
	step 'make clean && make test CFLAGS="-g -O1 -Wall -fsanitize=address,undefined" > sanitizer.log 2>&1; tail -3 sanitizer.log'
	step 'make clean && make test'
}

check() {
	[ "$(tail -1 sanitizer.log)" = ok ]
	make -s clean
	make -s test CFLAGS='-g -O1 -Wall -fsanitize=address,undefined'
	make -s clean
	make -s test
}
