/* SPDX-License-Identifier: Apache-2.0 */
/* Times. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/records/when.h"

#define SECOND 1000000000u

static int digits(const char *text, unsigned n)
{
	int value = 0;

	for (unsigned i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

/* Days since 1970 of a date in the proleptic Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int when_parse_record(const char *text, uint64_t *ret_ns)
{
	size_t len = strlen(text);
	int year = len >= 20 ? digits(text, 4) : -1;
	int part[5];
	uint64_t ns = 0, scale = SECOND;

	if (year < 1970 || text[len - 1] != 'Z')
		return -EINVAL;
	for (unsigned i = 0; i < 5; i++) {
		part[i] = digits(text + 5 + 3 * i, 2);
		if (part[i] < 0 || text[4 + 3 * i] != "--T::"[i])
			return -EINVAL;
	}
	if (part[0] < 1 || part[0] > 12 || part[1] < 1 || part[1] > 31 || part[2] > 23 ||
	    part[3] > 59 || part[4] > 60)
		return -EINVAL;
	if (text[19] == '.')
		for (const char *p = text + 20; *p >= '0' && *p <= '9' && scale > 1; p++) {
			scale /= 10;
			ns += (uint64_t)(*p - '0') * scale;
		}
	*ret_ns = (uint64_t)(days_of(year, part[0], part[1]) * 86400 + part[2] * 3600 +
			     part[3] * 60 + part[4]) *
			  SECOND +
		  ns;
	return 0;
}

/* "2h", "30m ago". */
static int parse_span(const char *text, uint64_t now_ns, uint64_t *ret_ns)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	char *end;
	unsigned long long n;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	n = strtoull(text, &end, 10);
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (*end != units[i].unit || (end[1] && strcmp(end + 1, " ago") != 0))
			continue;
		if (n > now_ns / SECOND / units[i].seconds)
			return -EINVAL;
		*ret_ns = now_ns - n * units[i].seconds * SECOND;
		return 0;
	}
	return -EINVAL;
}

static int parse_clock(const char *text, const char **ret_end, struct tm *tm)
{
	int hour = digits(text, 2), minute, second = 0;

	if (hour < 0 || hour > 23 || text[2] != ':')
		return -EINVAL;
	minute = digits(text + 3, 2);
	if (minute < 0 || minute > 59)
		return -EINVAL;
	text += 5;
	if (*text == ':') {
		second = digits(text + 1, 2);
		if (second < 0 || second > 60)
			return -EINVAL;
		text += 3;
	}
	tm->tm_hour = hour;
	tm->tm_min = minute;
	tm->tm_sec = second;
	*ret_end = text;
	return 0;
}

int when_parse(const char *text, uint64_t now_ns, uint64_t *ret_ns)
{
	time_t now = (time_t)(now_ns / SECOND), then;
	const char *rest = text;
	struct tm tm = {};

	if (strcmp(text, "now") == 0) {
		*ret_ns = now_ns;
		return 0;
	}
	if (parse_span(text, now_ns, ret_ns) == 0 || when_parse_record(text, ret_ns) == 0)
		return 0;
	localtime_r(&now, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	if (strcmp(text, "today") == 0) {
		rest = "";
	} else if (strcmp(text, "yesterday") == 0) {
		tm.tm_mday--;
		rest = "";
	} else if (strlen(text) >= 10 && text[4] == '-' && text[7] == '-') {
		int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);

		if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
			return -EINVAL;
		tm.tm_year = year - 1900;
		tm.tm_mon = month - 1;
		tm.tm_mday = day;
		rest = text + 10;
		if ((*rest == ' ' || *rest == 'T') && parse_clock(rest + 1, &rest, &tm) < 0)
			return -EINVAL;
	} else if (parse_clock(text, &rest, &tm) < 0) {
		return -EINVAL;
	}
	then = strcmp(rest, "Z") == 0 ? timegm(&tm) : mktime(&tm);
	if (then < 0 || (*rest && strcmp(rest, "Z") != 0))
		return -EINVAL;
	*ret_ns = (uint64_t)then * SECOND;
	return 0;
}

void when_print(uint64_t ns, char ret_text[static WHEN_SIZE])
{
	time_t seconds = (time_t)(ns / SECOND);
	struct tm tm;

	ret_text[0] = '\0';
	if (localtime_r(&seconds, &tm))
		strftime(ret_text, WHEN_SIZE, "%Y-%m-%d %H:%M:%S", &tm);
}

void when_print_clock(uint64_t ns, char ret_text[static WHEN_SIZE])
{
	time_t seconds = (time_t)(ns / SECOND);
	struct tm tm;
	size_t len = 0;

	if (localtime_r(&seconds, &tm))
		len = strftime(ret_text, WHEN_SIZE, "%H:%M:%S", &tm);
	snprintf(ret_text + len, WHEN_SIZE - len, ".%03u", (unsigned)(ns % SECOND / 1000000));
}

void when_print_duration(uint64_t ns, char ret_text[static WHEN_SIZE])
{
	unsigned long long seconds = ns / SECOND;

	if (ns < 1000000)
		snprintf(ret_text, WHEN_SIZE, "%.0fus", (double)ns / 1e3);
	else if (ns < SECOND)
		snprintf(ret_text, WHEN_SIZE, "%.0fms", (double)ns / 1e6);
	else if (seconds < 10)
		snprintf(ret_text, WHEN_SIZE, "%.1fs", (double)ns / 1e9);
	else if (seconds < 120)
		snprintf(ret_text, WHEN_SIZE, "%llus", seconds);
	else if (seconds < 7200)
		snprintf(ret_text, WHEN_SIZE, "%llum", seconds / 60);
	else
		snprintf(ret_text, WHEN_SIZE, "%lluh %llum", seconds / 3600, seconds / 60 % 60);
}
