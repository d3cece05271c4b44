/* SPDX-License-Identifier: Apache-2.0 */
/* What a run is called: in its record, its control socket, and by its person. */
#pragma once

#define RUN_ID_SIZE 40

/* Sortable by time, and no two alike; the part behind the last "-" tells runs apart. 0 or a
 * negative errno. */
int run_id_make(char ret_id[static RUN_ID_SIZE]);
