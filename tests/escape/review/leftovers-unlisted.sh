#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Repositories made in this run that run a program of the agent's outside, and are not listed at its end.
for n in a b c d; do git init -q $n; done
printf '[core] fsmonitor = "touch pwned;:"\n' >> a/.git/config
printf '#\0\n[core]\n\tfsmonitor = "touch pwned;:"\n' > t; cat t b/.git/config > t2; cat t2 > b/.git/config
(cat c/.git/config; printf '\tfsmonitor = "touch pwned;:"\n') > c/cfg; rm c/.git/config; ln -s ../cfg c/.git/config
mkdir -p d/x/hooks; mv -T d/.git/objects d/x/objects; mv -T d/.git/refs d/x/refs; sed 's/^\[core\]/[core]\n\tfsmonitor = "touch pwned;:"/' d/.git/config > d/x/config; rm d/.git/config; printf '../x\n' > d/.git/commondir
