#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq zstd sqlite3
# timeout: 240
#
# docs/audit.md, "Parts": a record that goes on in ten parts, compressed, is one record to every reader, and
# equal to that in one; each way to change it is found and named by verify; no part is in the agent's reach.
. "$TESTS/support/sandbox.sh"

mkdir "$TEST_TMP/logs" "$TEST_TMP/edited"
log=$TEST_TMP/logs/log.jsonl
cat >"$TEST_TMP/policy.json" <<'END'
{"version": 1, "audit": {"part_size": "256KiB"}}
END
run_options=(--unattended --policy "$TEST_TMP/policy.json" --audit "$log" --add-dir "$TEST_TMP/edited" --read "$TEST_TMP/logs")
cat >work.py <<'END'
import os, sys, time
def read(n):
    for i in range(n):
        os.close(os.open("/etc/hostname", os.O_RDONLY))
# Until there are nine closed parts, some of them compressed already.
logs = sys.argv[1]
end = time.monotonic() + 120
while len({name.removesuffix(".zst") for name in os.listdir(logs) if ".jsonl." in name and "new" not in name}) < 9:
    read(200)
    if time.monotonic() > end:
        sys.exit("no nine parts")
def attempt(call, *args):
    try:
        call(*args)
        return "done"
    except OSError as error:
        return error.strerror
names = [f"{logs}/log.jsonl{end}" for end in ("", ".1", ".1.zst", ".9", ".9.zst", ".10", ".10.zst")]
for name in names:
    found = {attempt(os.open, name, how) for how in (os.O_RDONLY, os.O_RDWR)}
    found |= {attempt(os.unlink, name), attempt(os.rename, name, name + "x")}
    made = {attempt(os.open, name, os.O_RDWR | os.O_CREAT), attempt(os.rename, "work.py", name)}
    if not found <= {"Permission denied", "No such file or directory"} or not made <= {"Permission denied", "Invalid cross-device link"}:
        sys.exit(f"{name}: {found} {made}")
END
expect_ok in_sandbox python3 work.py "$TEST_TMP/logs"
[ -e "$log.9" ] || [ -e "$log.9.zst" ] || fail "there should be nine closed parts"

# By the helper of a later run what was left is compressed; its lines stand behind those of the first.
for _ in $(seq 600); do
	in_sandbox sh -c 'sleep 0.2' || break
	[ -z "$(find "$TEST_TMP/logs" -name '*.jsonl.[0-9]' -o -name '*.jsonl.[0-9][0-9]')" ] && break
done
expect_equal "$(find "$TEST_TMP/logs" ! -name '*.zst' -type f | wc -l)" 1
expect_equal "$(stat -c %a "$log.1.zst")" 600
expect_ok "$CALLGATE" audit verify "$log"
expect_equal "$(grep -vc 'whole and signed' "$test_output")" 0
grep -q 'log.jsonl.1.zst: run .*: line 1 to line [0-9]* of log.jsonl' "$test_output" || {
	fail "verify should say from where to where"
	test_show
}

# One record, whoever reads it.
one=$TEST_TMP/one.jsonl
for part in $(seq 9); do zstd -dcq "$log.$part.zst"; done >"$one"
[ ! -e "$log.10.zst" ] || zstd -dcq "$log.10.zst" >>"$one"
cat "$log" >>"$one"
expect_equal "$(jq -s 'group_by(.run) | all([.[].seq] == [range(1; length + 1)])' "$one")" true
first=$(head -n 1 "$one" | jq -r .run)
for command in "log --json" "log --tree" "log --count-by program" "stats" "replay"; do
	for from in "$log" "$one"; do
		# shellcheck disable=SC2086
		set -- $command
		"$CALLGATE" "$@" "$from" >"$TEST_TMP/out.$(basename "$from")" 2>&1
	done
	sed -i "s|$one|$log|g" "$TEST_TMP/out.one.jsonl"
	cmp "$TEST_TMP/out.one.jsonl" "$TEST_TMP/out.log.jsonl" || fail "$command: parts make a difference"
	[ -s "$TEST_TMP/out.one.jsonl" ] || fail "$command: nothing"
done
expect_ok "$CALLGATE" export --sqlite "$TEST_TMP/parts.db" "$log"
expect_ok "$CALLGATE" export --sqlite "$TEST_TMP/one.db" "$one"
for table in calls runs; do
	expect_equal "$(sqlite3 "$TEST_TMP/parts.db" "select count(*), min(seq), max(seq) from $table" 2>&1)" \
		"$(sqlite3 "$TEST_TMP/one.db" "select count(*), min(seq), max(seq) from $table" 2>&1)"
done

# Changed in any part, plain or compressed: named.
cat >"$TEST_TMP/tamper.py" <<'END'
import os, random, re, shutil, subprocess, sys
callgate, log, to = sys.argv[1:]
name = os.path.basename(log)
folder = os.path.dirname(log)
parts = sorted((n for n in os.listdir(folder) if n.endswith(".zst")), key=lambda n: int(n.split(".")[-2]))
chance = random.Random(20260102)
failed = 0

def text(part):
    return subprocess.run(["zstd", "-dcq", f"{to}/{part}"], check=True, stdout=subprocess.PIPE).stdout if part.endswith(".zst") \
        else open(f"{to}/{part}", "rb").read()

def put(part, data):
    if part.endswith(".zst"):
        data = subprocess.run(["zstd", "-qc"], input=data, check=True, stdout=subprocess.PIPE).stdout
    open(f"{to}/{part}", "wb").write(data)

def attempt(what, change, wanted):
    global failed
    shutil.rmtree(to)
    shutil.copytree(folder, to)
    change()
    done = subprocess.run([callgate, "audit", "verify", f"{to}/{name}"], capture_output=True, text=True)
    if done.returncode != 1 or not re.search(wanted, done.stdout + done.stderr):
        failed += 1
        print(f"{what}: status {done.returncode}, wanted {wanted}\n{done.stdout}{done.stderr}")

def edit_line(part, how):
    lines = text(part).splitlines(keepends=True)
    at = chance.randrange(len(lines))
    if how == "change":
        line = bytearray(lines[at])
        where = chance.randrange(len(line) - 1)
        line[where] = ord("x") if line[where] != ord("x") else ord("y")
        lines[at] = bytes(line)
    elif how == "remove":
        del lines[at]
    elif how == "double":
        lines.insert(at, lines[at])
    elif how == "first":
        del lines[0]
    elif how == "last":
        del lines[-1]
    elif how == "torn":
        lines.append(b'{"v":1,"event":"ca')
    elif how == "cut":
        lines[-1] = lines[-1][:-9]
    put(part, b"".join(lines))

for part in parts + [name]:
    for how in ("change", "remove", "double"):
        attempt(f"{part} {how}", lambda: edit_line(part, how), re.escape(name) + r"[^:]*: (run [^:]*: )?line \d+: ")
for number, part in enumerate(parts):
    other = parts[(number + 1) % len(parts)]
    behind = (parts + [name])[number + 1]
    attempt(f"{part} without its last line", lambda: edit_line(part, "last"),
            f"{re.escape(behind)}: run .*: line 1: .* missing before it: the end of the part before is missing|{re.escape(behind)}: .*line 1: ")
    attempt(f"{part} torn", lambda: edit_line(part, "torn"), "line 1: stands behind a part that does not end")
    attempt(f"{part} cut", lambda: edit_line(part, "cut"), "line 1: ")
for part in (parts[0], parts[4]):
    def cut_file():
        os.truncate(f"{to}/{part}", os.path.getsize(f"{to}/{part}") - 100)
    attempt(f"{part} cut off", cut_file, f"{re.escape(part)}: .*line \\d+: cannot be read: the compressed file is damaged or cut off")
    def flip():
        with open(f"{to}/{part}", "r+b") as file:
            file.seek(os.path.getsize(f"{to}/{part}") // 2)
            byte = file.read(1)
            file.seek(-1, 1)
            file.write(bytes([byte[0] ^ 0x40]))
    attempt(f"{part} damaged", flip, "line \\d+: ")
def swap(a, b):
    os.rename(f"{to}/{a}", f"{to}/x")
    os.rename(f"{to}/{b}", f"{to}/{a}")
    os.rename(f"{to}/x", f"{to}/{b}")
attempt("swapped", lambda: swap(parts[2], parts[5]), re.escape(parts[2]) + ": run .*: line 1: .*: a part is missing")
attempt("moved", lambda: os.rename(f"{to}/{parts[2]}", f"{to}/{name}.77.zst"),
        re.escape(parts[3]) + ": run .*: line 1: .*: a part is missing")
attempt("twice", lambda: shutil.copy(f"{to}/{parts[2]}", f"{to}/{name}.77.zst"), "out of order|behind the end")
attempt("middle part removed", lambda: os.unlink(f"{to}/{parts[4]}"),
        re.escape(parts[5]) + ": run .*: line 1: \\d+ lines are missing before it: a part is missing")
attempt("first part removed", lambda: os.unlink(f"{to}/{parts[0]}"), "whose start is missing")
attempt("newest part removed", lambda: os.unlink(f"{to}/{name}"), "says that another follows")
attempt("newest part empty", lambda: os.truncate(f"{to}/{name}", 0), "says that another follows")
attempt("newest part cut", lambda: edit_line(name, "cut"), "is not whole")
attempt("newest part without its end", lambda: edit_line(name, "last"), "ends without its end")
sys.exit(failed > 0)
END
expect_ok python3 "$TEST_TMP/tamper.py" "$CALLGATE" "$log" "$TEST_TMP/edited"
[ -n "$first" ] || fail "there should be a first run"
