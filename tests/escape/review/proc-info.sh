#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# procfs files that are shown for their opener: the enforcer, in the host's namespaces.
echo "interfaces inside:"; cut -d: -f1 -s /proc/net/dev
echo "sysctl of which net namespace:"; ls /proc/sys/net/ipv4/conf
cat /proc/keys 2>&1 | head -5
ls -l /proc/1/fd 2>&1 | head; cat /proc/1/environ 2>&1 | head -c 80; tr '\0' ' ' < /proc/1/cmdline; echo
cat /proc/self/uid_map /proc/kcore 2>&1 | head -c 200
ls /proc/sys/fs/mqueue /proc/sys/kernel/shmmax; echo x > /proc/self/setgroups; echo 1 > /proc/sysrq-trigger
mount 2>/dev/null | grep -v '^cgroup' | head -40
