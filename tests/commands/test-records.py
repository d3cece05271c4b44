#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a person sees of log, stats, replay and export, on records that are made here.

usage: test-records.py CALLGATE
"""
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from records import Record

CALLGATE = os.path.abspath(sys.argv[1])


class Records(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="callgate-test-")
        root = pathlib.Path(os.path.realpath(self.scratch.name))
        self.root, self.home = root, root / "home"
        self.home.mkdir()
        self.runs = self.home / ".local/state/callgate/runs"
        self.environment = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "TZ": "UTC"}

    def tearDown(self):
        self.scratch.cleanup()

    def run_callgate(self, *args, status=0, **kwargs):
        done = subprocess.run([CALLGATE, *map(str, args)], cwd=self.root, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=60, **kwargs)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def record(self, run="20260102-030405-aaaa0001", **start):
        return Record(self.runs / f"{run}.jsonl", run, **start)

    def one(self):
        return (self.record()
                .call("exec", "/usr/bin/make", call="execve", pid=100, program="/usr/bin/sh",
                      more={"argv": ["make", "-j2", "a b"]})
                .call("read", "/home/ada/work/Makefile", pid=100, program="/usr/bin/make")
                .call("exec", "/usr/bin/cat", call="execve", pid=101, ppid=100,
                      program="/usr/bin/make", more={"argv": ["cat", "x"]})
                .call("read", "/home/ada/.ssh/id_rsa", "deny", rule="guards:1", pid=101,
                      ppid=100, reason="private keys")
                .call("write", "/home/ada/work/out", pid=101, ppid=100)
                .call("connect", "api.example.com:443", "deny", by="unattended", rule=None,
                      pid=101, ppid=100)
                .add("call", pid=101, tid=101, program="/usr/bin/cat", call="openat", objects=[],
                     decision="allow", by="no-verb", outcome="error", errno="ENOENT",
                     duration_us=1.0)
                .end(status=2))

    # ---- which runs

    def test_log_lists_the_runs_newest_first(self):
        self.one()
        self.record("20260103-030405-bbbb0002").write()
        out = self.run_callgate("log").stdout
        self.assertLess(out.index("bbbb0002"), out.index("aaaa0001"))
        self.assertIn("status 2", out)
        self.assertIn("under way or killed", out)
        self.assertIn("  make  in /home/ada/work\n", out)

    def test_without_runs_log_says_so(self):
        done = self.run_callgate("log")
        self.assertEqual((done.stdout, done.stderr), ("", "callgate: no run is on record yet\n"))

    def test_a_run_is_named_by_id_beginning_last_and_path(self):
        path = self.one()
        self.record("20260103-030405-bbbb0002").write()
        for name in ("20260102-030405-aaaa0001", "20260102", "aaaa", path):
            self.assertIn("/home/ada/.ssh/id_rsa", self.run_callgate("log", name).stdout)
        self.assertIn("20260103", self.run_callgate("log", "last").stdout)
        done = self.run_callgate("log", "2026", status=1)
        self.assertIn("2026: several runs begin so; give more of the id", done.stderr)
        done = self.run_callgate("log", "x\x1b[2J", status=1)
        self.assertIn("x\\x1b[2J: there is no run or file of that name", done.stderr)

    def test_a_record_comes_through_a_pipe(self):
        text = self.one().read_bytes()
        done = subprocess.run([CALLGATE, "log", "-", "--count-by", "decision"], input=text,
                              env=self.environment, capture_output=True, check=True)
        self.assertEqual(done.stdout, b"        5  allow\n        2  deny\n")

    # ---- what happened

    def test_log_tells_a_run_call_by_call(self):
        self.one()
        out = self.run_callgate("log", "last").stdout
        self.assertEqual(out.splitlines(), [
            "run 20260102-030405-aaaa0001  2026-01-02 03:04:06", "  make",
            "  in /home/ada/work",
            "03:04:07.000 allow exec    /usr/bin/make -j2 'a b'  sh[100] by user:1",
            "03:04:08.000 allow read    /home/ada/work/Makefile  make[100] by user:1",
            "03:04:09.000 allow exec    /usr/bin/cat x  make[101] by user:1",
            "03:04:10.000 deny  read    /home/ada/.ssh/id_rsa  cat[101] by guards:1: private keys",
            "03:04:11.000 allow write   /home/ada/work/out  cat[101] by user:1",
            "03:04:12.000 deny  connect api.example.com:443  cat[101] by unattended",
            "03:04:14.000 end     status 2 after 8.0s: 0 allowed, 0 denied, 0 asked",
            "(1 call that failed by itself is not shown: --all)"])

    def test_questions_narrow_it_down(self):
        self.one()
        for options, lines in ((["--decision", "deny"], 2), (["--verb", "write"], 1),
                               (["--path", "*.nothing"], 0), (["--path", "/home/ada/work"], 2),
                               (["--host", "*.example.com"], 1), (["--program", "make"], 2),
                               (["--rule", "guards"], 1), (["--by", "unattended"], 1),
                               (["--call", "execve"], 2), (["--since", "2026-01-02 03:04:11"], 3),
                               (["--until", "2026-01-02 03:04:07", "--verb", "exec"], 1),
                               (["--decision", "deny", "--verb", "read"], 1)):
            out = self.run_callgate("log", "last", *options).stdout
            shown = [line for line in out.splitlines() if line.startswith("03:")]
            self.assertEqual(len(shown), lines, (options, out))

    def test_json_gives_the_lines_as_they_are(self):
        path = self.one()
        self.assertEqual(self.run_callgate("log", "--json", "last").stdout, path.read_text())
        out = self.run_callgate("log", "--json", "--decision", "deny").stdout.splitlines()
        self.assertEqual(out, [line for line in path.read_text().splitlines()
                               if '"decision":"deny"' in line])

    def test_counts_come_most_frequent_first(self):
        self.one()
        self.assertEqual(self.run_callgate("log", "--count-by", "verb").stdout.splitlines(),
                         ["        2  exec", "        2  read  (1 denied)",
                          "        1  connect  (denied)", "        1  write"])
        done = self.run_callgate("log", "--count-by", "vreb", status=2)
        self.assertIn("perhaps: --count-by verb", done.stderr)

    def test_the_tree_tells_who_touched_what(self):
        self.one()
        out = self.run_callgate("log", "--tree").stdout.splitlines()
        self.assertEqual(out[2:], [
            "  100 make -j2 a b", "    read /home/ada/work/Makefile", "    101 cat x",
            "      denied read /home/ada/.ssh/id_rsa by guards:1",
            "      denied connect api.example.com:443", "      write /home/ada/work/out"])

    def test_parents_in_a_circle_end(self):
        record = self.record()
        record.call("read", "/a", pid=7, ppid=8).call("read", "/b", pid=8, ppid=7)
        record.call("read", "/c", pid=9, ppid=9).end()
        out = self.run_callgate("log", "--tree").stdout
        self.assertEqual([out.count(f" {pid} cat") for pid in (7, 8, 9)], [1, 1, 1])

    # ---- hostile and broken files

    def test_nothing_of_the_agents_reaches_the_terminal(self):
        evil = "/tmp/\x1b[2J\x9b\u202e\n\r"
        self.record().call("write", evil, program=evil, rule="user:\x1b", reason=evil,
                           more={"argv": [evil, evil]}).end()
        for options in (["last"], ["--tree"], ["--count-by", "path"], ["--count-by", "program"]):
            out = self.run_callgate("log", *options).stdout
            self.assertIn("\\x1b[2J", out)
            self.assertFalse(set(out) & set("\x1b\x9b\u202e\r"), (options, out))

    def test_a_torn_last_line_and_lines_of_no_record_are_told(self):
        record = self.record().call("read", "/a")
        record.lines.insert(1, "what is this")
        record.lines.insert(2, '{"v":1,"event":"tomorrow","run":"x","seq":2,"more":[]}')
        record.write(tail='{"v":1,"ev')
        done = self.run_callgate("log", "last")
        self.assertIn("/a", done.stdout)
        self.assertIn("1 line of no record left out", done.stderr)
        self.assertIn("the last line is not whole (10 bytes)", done.stderr)

    def test_rotated_parts_are_one_record(self):
        path = self.one()
        lines = path.read_text().splitlines(keepends=True)
        pathlib.Path(f"{path}.1").write_text("".join(lines[:3]))
        path.write_text("".join(lines[3:]))
        self.assertEqual(self.run_callgate("log", "last", "--json").stdout, "".join(lines))

    # ---- on a terminal

    def on_terminal(self, *args, **environment):
        master, slave = pty.openpty()
        process = subprocess.Popen([CALLGATE, *args], cwd=self.root, stdin=subprocess.DEVNULL,
                                   env={**self.environment, "TERM": "xterm", **environment},
                                   stdout=slave, stderr=slave)
        os.close(slave)
        out = b""
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            out += data
        os.close(master)
        self.assertEqual(process.wait(timeout=60), 0)
        return out.decode()

    def test_a_terminal_gets_colour_and_a_pager(self):
        self.one()
        out = self.on_terminal("log", "last", PAGER="sed 's/^/paged: /'")
        self.assertIn("paged: ", out)
        self.assertIn("\x1b[31mdeny", out)
        out = self.on_terminal("log", "last", "--no-pager", PAGER="sed 's/^/paged: /'")
        self.assertNotIn("paged: ", out)
        out = self.on_terminal("log", "last", "--no-pager", NO_COLOR="1")
        self.assertNotIn("\x1b", out)
        self.assertIn("\x1b[31m", self.run_callgate("log", "last", "--color", "always").stdout)
        self.run_callgate("log", "--color", "blue", status=2)

    def test_a_person_may_leave_the_pager_early(self):
        record = self.record()
        for i in range(20000):
            record.call("read", f"/a/{i}")
        record.end()
        out = self.on_terminal("log", "last", PAGER="head -n 1")
        self.assertNotIn("Broken pipe", out)

    def test_follow_goes_on_until_the_run_ends(self):
        record = self.record()
        path = record.call("read", "/first").write()
        process = subprocess.Popen([CALLGATE, "log", "--follow", "last"], env=self.environment,
                                   stdout=subprocess.PIPE, text=True)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(process.stdout))
        reader.start()

        def shows(text):
            deadline = time.monotonic() + 30
            while not any(text in line for line in lines) and time.monotonic() < deadline:
                time.sleep(0.01)
            return any(text in line for line in lines)

        self.assertTrue(shows("/first"))
        record.lines = []
        record.call("read", "/second")
        with path.open("a") as log:
            log.write(record.lines[0][:40])
            log.flush()
            log.write(record.lines[0][40:] + "\n")
        self.assertTrue(shows("/second"))
        record.lines = []
        record.add("run-end", status=0)
        with path.open("a") as log:
            log.write(record.lines[0] + "\n")
        self.assertEqual(process.wait(timeout=30), 0)
        reader.join()
        process.stdout.close()

    def test_options_that_do_not_go_together_are_refused(self):
        self.one()
        self.run_callgate("log", "--tree", "--count-by", "verb", status=2)
        self.run_callgate("log", "--follow", "--tree", status=2)
        self.assertIn("perhaps: --verb read",
                      self.run_callgate("log", "--verb", "raed", status=2).stderr)
        self.assertIn("for example: 2026-01-02",
                      self.run_callgate("log", "--since", "soon", status=2).stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
