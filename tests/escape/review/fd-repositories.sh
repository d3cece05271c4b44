#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each thing that is made with a name ending in .git costs the enforcer a descriptor, up to 1024 (the
# usual soft limit): then target_open() fails with EMFILE, which counts as "the target is gone", and
# every call of the agent waits for ever, unanswered.
i=0; while [ $i -lt 1100 ]; do : > n$i.git && rm -f n$i.git; i=$((i+1)); [ $((i % 100)) = 0 ] && echo $i; done
echo "still answered"
