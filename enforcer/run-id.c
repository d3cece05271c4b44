/* SPDX-License-Identifier: Apache-2.0 */
/* What a run is called. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "enforcer/run-id.h"

int run_id_make(char ret_id[static RUN_ID_SIZE])
{
	struct timespec now;
	struct tm tm;
	uint32_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -errno;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	snprintf(ret_id, RUN_ID_SIZE, "%04d%02d%02d-%02d%02d%02d-%08x", (tm.tm_year + 1900) % 10000,
		 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, random);
	return 0;
}
