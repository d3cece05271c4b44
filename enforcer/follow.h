/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In the helper: looks at the files of the run's policy, and says when one is another. Each
 * directory on the way to a file is watched, so that it is seen whether the file is written, or
 * replaced by another name, or a link on the way is, or a directory comes and goes. A change is
 * told once it is over: when nothing has moved for a moment, and nobody has the file open for
 * writing.
 */
#pragma once

#include "enforcer/helper/helper.h"

/* For struct helper_duties. source: struct reload_source. Returns when nothing can be followed,
 * which was told. */
void follow_files(const void *source, helper_tell tell, void *tell_userdata);

/* -EBUSY with words where somebody has the file open for writing. 0 where nobody has, or where that
 * cannot be known: of a file that is not the user's own, which the agent cannot write either, and
 * on file systems without leases. */
struct failure;
int follow_check_writers(const char *path, struct failure *reterr);
