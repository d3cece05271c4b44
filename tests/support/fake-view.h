/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view made of one directory: its root is that directory, its only file system the one that it
 * lies on, and beside it our own procfs. Freed by view_free().
 */
#pragma once

#include "enforcer/request/view.h"

struct view *fake_view_new(const char *root);
