/* SPDX-License-Identifier: Apache-2.0 */
/* Failures that a person must read. */
#include <stdio.h>

#include "enforcer/base/error.h"

int failure_set(struct failure *reterr, int error, const char *format, ...)
{
	va_list args;

	if (!reterr || reterr->text[0])
		return error;
	va_start(args, format);
	vsnprintf(reterr->text, sizeof(reterr->text), format, args);
	va_end(args);
	return error;
}

void failure_hint(struct failure *reterr, const char *format, ...)
{
	va_list args;

	if (!reterr || reterr->hint[0])
		return;
	va_start(args, format);
	vsnprintf(reterr->hint, sizeof(reterr->hint), format, args);
	va_end(args);
}

void failure_print(const struct failure *failure)
{
	fprintf(stderr, "callgate: %s\n", failure->text);
	if (failure->hint[0])
		fprintf(stderr, "  %s\n", failure->hint);
}
