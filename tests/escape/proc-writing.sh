#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "writable procfs is refused but for a short list of harmless files"; kernel-notes.md
# P27: uid_map and its kin check who opened them. Under a policy that allows everything.
. "$TESTS/support/attack.sh"

policy <<'END'
{"version": 1, "rules": [
	{"allow": ["read", "write", "exec", "connect", "listen"], "unprotect": true}]}
END
run_options+=(--profile observe)
expect_ok agent <<'END'
wrong = 0
child = os.fork()
if child == 0:
    import time
    time.sleep(20)
    os._exit(0)
files = ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger",
         "/proc/sys/vm/drop_caches", "/sys/kernel/uevent_helper", "/sys/power/state",
         "/proc/sys/net/ipv4/ip_forward"]
for pid in ("self", "1", str(child)):
    files += [f"/proc/{pid}/{file}" for file in (
        "uid_map", "gid_map", "setgroups", "mem", "attr/current", "attr/exec", "sched",
        "projid_map", "loginuid", "autogroup", "latency", "make-it-fail")]
for path in files:
    for flags in (os.O_WRONLY, os.O_RDWR):
        said = attempt(os.open, path, flags)
        if said == "ok":
            say(path, said)
            wrong = 1
for path in ("/proc/self/comm", "/proc/self/oom_score_adj", f"/proc/{child}/comm"):
    said = attempt(os.open, path, os.O_WRONLY)
    if said != "ok":
        say(path, said)
        wrong = 1
for path in ("/proc/1/comm", "/proc/1/oom_score_adj"):
    if attempt(os.open, path, os.O_WRONLY) == "ok":
        say(path)
        wrong = 1
os.kill(child, 9)
raise SystemExit(wrong)
END
