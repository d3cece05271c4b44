/* SPDX-License-Identifier: Apache-2.0 */
/* One word against one glob. */
#include <stdint.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/policy/glob.h"

/*
 * A [..] at glob[0]: its length with both brackets, 0 where it does not end. A ']' that stands
 * first is a member of the set. In *ret_hit whether the set holds byte.
 */
static size_t set_scan(const char *glob, size_t len, unsigned char byte, bool *ret_hit)
{
	bool negated = false, hit = false;
	size_t i = 1, first;

	if (i < len && (glob[i] == '!' || glob[i] == '^')) {
		negated = true;
		i++;
	}
	for (first = i; i < len && (glob[i] != ']' || i == first);) {
		unsigned char low, high;

		if (glob[i] == '\\' && ++i >= len)
			return 0;
		low = high = (unsigned char)glob[i++];
		if (i + 1 < len && glob[i] == '-' && glob[i + 1] != ']') {
			i++;
			if (glob[i] == '\\' && ++i >= len)
				return 0;
			high = (unsigned char)glob[i++];
		}
		hit |= byte >= low && byte <= high;
	}
	if (i >= len)
		return 0;
	*ret_hit = hit != negated;
	return i + 1;
}

const char *glob_check(const char *glob, size_t len)
{
	bool hit;

	for (size_t i = 0; i < len; i++) {
		size_t set;

		if (glob[i] == '\\') {
			if (++i >= len)
				return "a backslash escapes nothing at the end";
			continue;
		}
		if (glob[i] != '[')
			continue;
		set = set_scan(glob + i, len - i, 0, &hit);
		if (set == 0)
			return "a '[' has no ']' (a backslash before it makes it a letter)";
		if (memmem(glob + i + 1, set - 1, "[:", 2))
			return "classes such as [:alpha:] are not known";
		i += set - 1;
	}
	return NULL;
}

bool glob_is_literal(const char *glob, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (glob[i] == '\\')
			i++;
		else if (strchr("*?[", glob[i]))
			return false;
	}
	return true;
}

void glob_append_literal(struct buffer *ret_glob, const char *name)
{
	for (; *name; name++) {
		if (strchr("*?[]\\", *name))
			buffer_append_string(ret_glob, "\\");
		buffer_append(ret_glob, name, 1);
	}
}

size_t glob_unescape(char *glob, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (glob[i] == '\\' && i + 1 < len)
			i++;
		glob[n++] = glob[i];
	}
	return n;
}

/* Length of the single (not *) element at glob[0] where it matches the byte, else 0. */
static size_t element_matches(const char *glob, size_t len, unsigned char byte)
{
	bool hit = false;
	size_t set;

	switch (glob[0]) {
	case '?':
		return 1;
	case '[':
		set = set_scan(glob, len, byte, &hit);
		return hit ? set : 0;
	case '\\':
		return len > 1 && (unsigned char)glob[1] == byte ? 2 : 0;
	}
	return (unsigned char)glob[0] == byte ? 1 : 0;
}

bool glob_matches(const char *glob, size_t glob_len, const char *word, size_t len)
{
	size_t g = 0, w = 0, star = SIZE_MAX, star_word = 0;

	/*
	 * Only the last * needs to be tried again: what stood before it is matched as early as
	 * can be.
	 */
	while (w < len) {
		size_t n;

		if (g < glob_len && glob[g] == '*') {
			star = ++g;
			star_word = w;
			continue;
		}
		n = g < glob_len ? element_matches(glob + g, glob_len - g, (unsigned char)word[w])
				 : 0;
		if (n > 0) {
			g += n;
			w++;
		} else if (star != SIZE_MAX) {
			g = star;
			w = ++star_word;
		} else {
			return false;
		}
	}
	while (g < glob_len && glob[g] == '*')
		g++;
	return g == glob_len;
}
