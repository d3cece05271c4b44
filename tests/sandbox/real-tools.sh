#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Programs that everybody has: perl, openssl, ssh-keygen, script, shells, timeouts, signals.
# needs: perl openssl ssh-keygen script sqlite3 xz bzip2
# timeout: 120
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
perl -e 'use File::Temp; use Socket; use IPC::Open2; my $p = open2(my $o, my $i, "sort");
	print $i "b\na\n"; close $i; print <$o>; waitpid $p, 0; print $? >> 8, "\n"'
perl -e 'pipe(R, W); if (!fork) { print W "child\n"; exit 3 } close W; print <R>; wait; print $? >> 8, "\n"'
ssh-keygen -q -t ed25519 -N '' -C comment -f key
ssh-keygen -l -f key.pub | cut -d ' ' -f 1,3
stat -c %a key key.pub
openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -days 2 -subj /CN=x 2>/dev/null
openssl x509 -in tls.crt -noout -subject
openssl rand -hex 8 | wc -c
echo secret | openssl enc -aes-256-cbc -pbkdf2 -k pass | openssl enc -d -aes-256-cbc -pbkdf2 -k pass
script -qec 'tty >/dev/null && echo on a terminal' typescript | tr -d '\r'
script -qec 'exit 3' /dev/null || echo "script: $?"
echo 'echo in a script' >s && chmod +x s && ./s
printf '#!/bin/sh\necho "args $*"\n' >t && chmod +x t && ./t a b
printf '#!/usr/bin/env -S python3 -u\nprint("python")\n' | sed 's|env -S python3|env -S /usr/bin/python3|' >u && chmod +x u && ./u
timeout 0.2 sleep 5 || echo "timeout: $?"
{ sh -c 'kill -9 $$'; } 2>/dev/null || echo "killed: $?"
sleep 5 & kill $!; wait $! || echo "waited: $?"
(trap 'echo trapped; exit 0' TERM; kill -TERM $BASHPID; sleep 1)
cat <(echo one) <(echo two)
echo three > >(cat); wait
exec 9<>/dev/null; echo x >&9; exec 9>&-
read -r line <<<"here"; echo "$line"
nohup echo kept </dev/null 2>/dev/null
nice -n 5 true; setsid -w echo own session
env -i /bin/echo empty
{ echo to-stderr >/dev/stderr; } 2>&1 | cat
echo to-stdout >/dev/stdout | cat
echo in | cat /dev/stdin
echo in | cat /proc/self/fd/0
test -r /dev/null && test -w /dev/full && echo devices
printf x >/dev/full || echo full
head -c 4 /dev/zero | od -An -tx1
head -c 4 /dev/urandom | wc -c
/usr/bin/python3 -c 'import os; print(os.cpu_count() > 0)'
getent passwd "$(id -u)" | cut -d : -f 3
id -u; hostname >/dev/null; uname -s; date -u -d @0; tty || true
TZ=Europe/Rome date -d @0 +%H
ps -e >/dev/null && echo ps
ls -d ~ >/dev/null && echo home
command -v git; which sh
bash -c 'ulimit -n' ; bash -ic 'echo interactive' 2>/dev/null
xz -k s && xz -dc s.xz; bzip2 -k t && bzip2 -dc t.bz2 | tail -n 1; gzip -k u && zcat u.gz | wc -l
base64 -w0 s; echo; md5sum s; bc <<<'2^70' 2>/dev/null || true
sqlite3 db 'pragma journal_mode=wal; create table t(x); insert into t values (7); select * from t'
make --version | head -n 1
END
