#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# callgate in pipelines: its streams are the command's, its status is the command's.
# timeout: 120
. "$TESTS/support/sandbox.sh"

seq 1000 | sort -r >unsorted
expect_output "1000" bash -c '"$CALLGATE" run --unattended -- cat <unsorted | sort -n | tail -n 1'
expect_output "6" bash -c 'echo 1 2 3 | "$CALLGATE" run --unattended -- wc -c'
expect_output "0" bash -c '"$CALLGATE" run --unattended -- wc -c </dev/null'
expect_output "1000" bash -c '"$CALLGATE" run --unattended -- cat unsorted | "$CALLGATE" run --unattended -- wc -l'
expect_ok bash -c '"$CALLGATE" run --unattended -- cat unsorted >copy && cmp unsorted copy'
expect_ok bash -c '"$CALLGATE" run --unattended -- cat unsorted >>copy'
expect_equal "$(wc -l <copy)" 2000
# The reader goes first: the writer dies of SIGPIPE, as bare.
expect_output "y
141" bash -c '"$CALLGATE" run --unattended -- yes | head -n 1; echo "${PIPESTATUS[0]}"'
expect_ok bash -c '"$CALLGATE" run --unattended -- true >&-'
expect_ok bash -c '"$CALLGATE" run --unattended -- true <&-'
expect_ok bash -c '"$CALLGATE" run --unattended -- true <&- >&- 2>&-'
expect_fail bash -c '"$CALLGATE" run --unattended -- sh -c "echo x >/dev/full"'
expect_output "both
both" bash -c '"$CALLGATE" run --unattended -- sh -c "echo both; echo both >&2" 2>&1'
head -c 3000000 /dev/urandom >random
expect_ok bash -c '"$CALLGATE" run --unattended -- cat <random | cmp - random'

expect_status 0 in_sandbox true
expect_status 1 in_sandbox false
expect_status 42 in_sandbox sh -c 'exit 42'
expect_status 143 in_sandbox sh -c 'kill -TERM $$'
expect_status 137 in_sandbox sh -c 'kill -KILL $$'
expect_status 127 in_sandbox no-such-program
expect_status 126 in_sandbox ./unsorted
expect_status 126 in_sandbox "$HOME"

# In the background, with job control off and on.
expect_output "status 7" bash -c '"$CALLGATE" run --unattended -- sh -c "sleep 0.2; exit 7" & wait $!; echo "status $?"'
expect_output "status 0" bash -c 'set -m; "$CALLGATE" run --unattended -- sleep 0.2 & wait $!; echo "status $?"'

# Ctrl-C on a pipeline without a pty of its own: the whole group gets SIGINT, and ends. (exec, because
# dash loses a SIGINT that comes between its vfork and the exec, bare as well.)
cat >group.py <<'E2'
import os, signal, subprocess, sys, time
p = subprocess.Popen(["sh", "-c", '"$CALLGATE" run --unattended -- sh -c "echo up >&2; exec sleep 30" | cat'],
                     start_new_session=True, stderr=subprocess.PIPE)
p.stderr.readline()
os.killpg(p.pid, signal.SIGINT)
started = time.monotonic()
p.wait(timeout=10)
print("ended" if time.monotonic() - started < 5 else "late")
E2
expect_output ended /usr/bin/python3 group.py
# A child that was left behind ends with the run.
expect_within 10 in_sandbox sh -c 'sleep 100 & exit 0'
