/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#include "enforcer/audit/json-emit.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/base/text.h"
#include "tests/support/check.h"

#define ROUNDS 50000

/* Bytes likely to go wrong: quotes, controls, cut and overlong UTF-8, surrogates, noncharacters. */
static size_t random_name(char *text, size_t max)
{
	static const char *const pieces[] = {
		"a",
		"/",
		"\"",
		"\\",
		"\n",
		"\r",
		"\x1b[2K",
		"\x7f",
		"\x01",
		"\xc2\x9b",
		"\xc3\xa9",
		"\xe2\x80\xae",
		"\xe2\x82",
		"\xf0\x9f\x98\x80",
		"\xff",
		"\xc0\x80",
		"\xed\xa0\x80",
		"\xf4\x90\x80\x80",
		"\xef\xbf\xbf",
		"\\u0000",
		"\",\"decision\":\"allow",
		"\xf4\x8f\xbf\xbf",
		"\xee\x80\x80",
		"\xf0\x90\x80\x80",
	};
	int n = rand() % 12, from = rand() % 3 ? 24 : 10;
	size_t len = 0;

	for (int i = 0; i < n; i++) {
		const char *piece = pieces[rand() % from];

		if (rand() % 8 == 0 && len + 1 < max) {
			text[len++] = (char)(1 + rand() % 255);
		} else if (len + strlen(piece) < max) {
			memcpy(text + len, piece, strlen(piece));
			len += strlen(piece);
		}
	}
	text[len] = '\0';
	return len;
}

static bool is_printable_ascii(const struct buffer *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] < 0x20 || text->data[i] > 0x7e)
			return false;
	return true;
}

/* The bytes behind a member, out of either form. */
static bool member_is(json_t *object, const char *key, const char *text, size_t len)
{
	_cleanup_free_ char *hex_key = NULL;
	json_t *plain = json_object_get(object, key), *hex;
	const char *digits;

	if (asprintf(&hex_key, "%s_hex", key) < 0)
		return false;
	hex = json_object_get(object, hex_key);
	if (!plain == !hex)
		return false;
	if (plain)
		return json_string_length(plain) == len && text_is_utf8(text, len) &&
		       memcmp(json_string_value(plain), text, len) == 0;
	digits = json_string_value(hex);
	if (strlen(digits) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char pair[3] = {digits[2 * i], digits[2 * i + 1]};

		if (strtoul(pair, NULL, 16) != (unsigned char)text[i])
			return false;
	}
	return true;
}

static void test_every_name_comes_back_byte_by_byte(void)
{
	srand(1);
	for (int round = 0; round < ROUNDS; round++) {
		_cleanup_(buffer_done) struct buffer text = {};
		char name[256];
		size_t len = random_name(name, sizeof(name));
		json_t *object;

		emit_text(&text, "{\"first\":1");
		emit_name(&text, "path", name, len, 4096);
		emit_text(&text, ",\"list\":[");
		emit_element(&text, name, len);
		emit_text(&text, "]}");
		CHECK(is_printable_ascii(&text));
		CHECK(text.len <= 64 + 2 * EMIT_EXPANSION_MAX * len);
		object = json_loads(text.data, JSON_REJECT_DUPLICATES, NULL);
		if (!object || !member_is(object, "path", name, len) ||
		    json_object_size(object) != 3) {
			fprintf(stderr, "round %d: %s\n", round, text.data);
			CHECK(false);
		} else {
			json_t *element = json_array_get(json_object_get(object, "list"), 0);

			if (json_is_string(element))
				CHECK(strcmp(json_string_value(element), name) == 0);
			else
				CHECK_STRING(
					json_string_value(json_object_get(element, "hex")),
					json_string_value(json_object_get(object, "path_hex")));
		}
		json_decref(object);
		if (check_failures)
			return;
	}
}

static void test_each_code_point_is_what_jansson_writes(void)
{
	for (uint32_t point = 1; point < 0x110000; point += point < 0x3000 ? 1 : 37) {
		_cleanup_(buffer_done) struct buffer ours = {};
		char utf8[5] = {}, escaped[16];
		json_t *string;

		if (point >= 0xd800 && point < 0xe000)
			continue;
		if (point < 0x10000)
			snprintf(escaped, sizeof(escaped), "\"\\u%04x\"", point);
		else
			snprintf(escaped, sizeof(escaped), "\"\\u%04x\\u%04x\"",
				 0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff));
		string = json_loads(escaped, JSON_DECODE_ANY, NULL);
		CHECK(string && json_string_length(string) < sizeof(utf8));
		memcpy(utf8, json_string_value(string), json_string_length(string));
		json_decref(string);
		emit_element(&ours, utf8, strlen(utf8));
		string = json_loads(ours.data, JSON_DECODE_ANY, NULL);
		CHECK(string && strcmp(json_string_value(string), utf8) == 0);
		json_decref(string);
		if (check_failures)
			return;
	}
}

static void test_times_are_those_of_the_calendar(void)
{
	static const uint64_t seconds[] = {0,          951782399,  951782400,  951868800,
					   1583020799, 1583020800, 1767225599, 1767225600,
					   4107542399, 4107542400, 18446744073};

	for (size_t i = 0; i < ARRAY_LEN(seconds) + 100000; i++) {
		_cleanup_(buffer_done) struct buffer text = {};
		uint64_t at = i < ARRAY_LEN(seconds) ? seconds[i] : i * 86399u;
		time_t when = (time_t)at;
		char expected[64];
		struct tm tm;

		gmtime_r(&when, &tm);
		strftime(expected, sizeof(expected), "\"%Y-%m-%dT%H:%M:%S.000000009Z\"", &tm);
		emit_time(&text, at * 1000000000u + 9);
		CHECK_STRING(text.data, expected);
		if (check_failures)
			return;
	}
}

static void test_numbers_are_whole_at_their_ends(void)
{
	_cleanup_(buffer_done) struct buffer text = {};

	emit_unsigned(&text, UINT64_MAX);
	emit_text(&text, " ");
	emit_signed(&text, INT64_MIN);
	emit_text(&text, " ");
	emit_signed(&text, 0);
	emit_text(&text, " ");
	emit_hexadecimal(&text, UINT64_MAX);
	emit_text(&text, " ");
	emit_hexadecimal(&text, 0);
	emit_text(&text, " ");
	emit_microseconds(&text, 1002003);
	CHECK_STRING(text.data,
		     "18446744073709551615 -9223372036854775808 0 0xffffffffffffffff 0x0 "
		     "1002.003");
}

static void test_a_long_name_is_cut_between_characters_and_its_length_told(void)
{
	static const struct {
		const char *text;
		size_t max;
		const char *json;
	} cases[] = {
		{"abcd", 4, ",\"k\":\"abcd\""},
		{"abcde", 4, ",\"k\":\"abcd\",\"k_length\":5"},
		{"abc\xc3\xa9", 4, ",\"k\":\"abc\",\"k_length\":5"},
		{"a\xf0\x9f\x98\x80", 4, ",\"k\":\"a\",\"k_length\":5"},
		{"a\xf0\x9f\x98\x80", 5, ",\"k\":\"a\\ud83d\\ude00\""},
		{"\x80\x80\x80\x80\x80", 4, ",\"k_hex\":\"80\",\"k_length\":5"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(buffer_done) struct buffer text = {};

		emit_name(&text, "k", cases[i].text, strlen(cases[i].text), cases[i].max);
		CHECK_STRING(text.data, cases[i].json);
	}
}

int main(void)
{
	RUN(test_every_name_comes_back_byte_by_byte);
	RUN(test_each_code_point_is_what_jansson_writes);
	RUN(test_times_are_those_of_the_calendar);
	RUN(test_numbers_are_whole_at_their_ends);
	RUN(test_a_long_name_is_cut_between_characters_and_its_length_told);
	return check_summary();
}
