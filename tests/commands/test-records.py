#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a person sees of log, stats, replay and export, on records that are made here.

usage: test-records.py CALLGATE
"""
import csv
import json
import os
import pathlib
import pty
import re
import sqlite3
import subprocess
import sys
import threading
import time
import unittest

import records

CALLGATE = os.path.abspath(sys.argv[1])
DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/research.md"


class ReadRecords(records.Records):
    callgate = CALLGATE

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

    def test_runs_of_one_second_are_in_the_order_of_their_start(self):
        for name, after in (("cccc0003", 1), ("aaaa0001", 2), ("bbbb0002", 3)):
            record = self.record(f"20260102-030405-{name}")
            record.lines[0] = record.lines[0].replace(".000000000Z", f".{after:03}000000Z")
            record.call("read", f"/{name}").write()
        out = self.run_callgate("log").stdout
        self.assertEqual(re.findall(r"[abc]{4}000.", out), ["bbbb0002", "aaaa0001", "cccc0003"])
        self.assertIn("/bbbb0002", self.run_callgate("log", "last").stdout)

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
        out = records.read_terminal(master)
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

    # ---- stats

    def asked(self):
        """41 questions of one rule, all allowed, most within two seconds; some others."""
        policy = ("user", {"version": 1, "rules": [
            {"allow": "read", "path": "/usr"}, {"ask": "read", "path": "**/.env"},
            {"ask": "connect", "host": "*"}]})
        record = self.record().policy(policy, ("builtin", {"version": 1}))
        for i in range(1, 42):
            record.ask(i, "read", f"/home/ada/work/{i % 40}/.env", "allow",
                       900000.0 if i <= 30 else 3000000.0)
        record.ask(42, "connect", "evil.example.com:443", "deny", 10000000.0, rule="user:3")
        record.ask(43, "connect", "slow.example.com:443", "deny", 60000000.0, rule="user:3",
                   by="timeout")
        record.add("grant", grant=1, question=1, decision="allow", scope="exact", lasts="run")
        record.add("grant", grant=2, question=2, decision="allow", scope="tree", lasts="run")
        record.call("read", "/home/ada/work/1/.env", by="grant", rule="user:2", grant=1)
        return record

    def test_stats_tell_prompts_answers_and_habit(self):
        self.asked().end()
        out = self.run_callgate("stats").stdout
        for text in ("prompts           43: 1163.9 an hour of agent time, 1 repeated within their run",
                     "answers           41 allowed, 2 denied; by timeout 1, person 42",
                     "a person took 900ms (median), 3.0s (90 of 100), at most 10s",
                     "habit             30 of 41 approvals by a person came within 2s",
                     "grants             2, 1 never used",
                     "        41        41       60s  user:2  ask read **/.env",
                     "         2         0       70s  user:3  ask connect host *",
                     "         2         2  read /home/ada/work/1/.env by cat"):
            self.assertIn(text, out)

    def test_stats_for_programs_say_the_same(self):
        self.asked().end()
        told = json.loads(self.run_callgate("stats", "--json").stdout)
        self.assertEqual((told["prompts"], told["repeated"], told["grants_unused"]), (43, 1, 1))
        self.assertEqual(told["answers"]["by"]["person"], 42)
        self.assertEqual(told["answers"]["within_2s"], 30)
        self.assertEqual(told["answers"]["median_ms"], 900)
        self.assertAlmostEqual(told["prompts_an_hour"], 43 * 3600 / (told["agent_ms"] / 1000))
        rule = next(rule for rule in told["rules"] if rule["rule"] == "user:2")
        self.assertEqual((rule["prompts"], rule["allowed"], rule["text"]),
                         (41, 41, "ask read **/.env"))

    def test_a_record_without_questions_counts_peoples_answers(self):
        record = self.record()
        record.call("read", "/a", by="person", rule="user:2")
        record.call("read", "/b", "deny", by="person", rule="user:2").end()
        out = self.run_callgate("stats").stdout
        self.assertIn("prompts            2:", out)
        self.assertIn("1 run without questions on record", out)

    def test_the_same_id_with_other_words_is_another_rule(self):
        for number, what in (("1", "/a"), ("2", "/b")):
            self.record(f"2026010{number}-030405-aaaa000{number}").policy(
                ("user", {"version": 1, "rules": [{"allow": "read", "path": what}]}),
            ).call("read", what).end()
        out = self.run_callgate("stats").stdout
        self.assertIn("user:1  allow read /a\n", out)
        self.assertIn("user:1  allow read /b\n", out)

    # ---- replay

    USER = {"version": 1, "rules": [
        {"allow": "read", "path": "/srv"}, {"ask": "read", "path": "**/*.env"},
        {"allow": ["read", "write"], "path": "${workspace}"}, {"allow": "exec", "path": "/usr"},
        {"deny": "connect", "host": "*.evil.example"}, {"ask": "connect", "host": "*"},
        {"deny": "exec", "program": "git", "args": ["push", "**"]}],
        "otherwise": {"read": "deny", "write": "deny", "exec": "deny", "connect": "ask"}}

    def judged(self):
        work = "/home/ada/work"
        record = self.record().policy(("user", self.USER), ("builtin", {"version": 1}))
        record.call("read", "/srv/x").call("write", f"{work}/a", rule="user:3")
        record.call("read", f"{work}/p.env", by="person", rule="user:2",
                    reason="allowed for this run")
        record.call("read", f"{work}/p.env", by="grant", rule="user:2")
        record.call("connect", "a.example.com:443", "deny", by="unattended", rule="user:6")
        record.call("connect", "x.evil.example:443", "deny", rule="user:5")
        record.call("write", "/etc/passwd", "deny", by="otherwise")
        record.call("write", "/run/log.jsonl", "deny", by="rule-zero")
        record.call("exec", "/opt/x", "deny", by="wall")
        record.call("exec", "/usr/bin/make", rule="user:4", call="execve",
                    more={"argv": ["make"], "argv_truncated": True})
        record.call("read", "/srv/secret", redacted=True)
        record.add("call", pid=1, tid=1, call="openat", objects=[], decision="allow",
                   by="no-verb", outcome="error", errno="ENOENT", duration_us=1.0)
        record.call("write", "/etc/passwd", by="no-verb", reason="the call fails by itself")
        return record

    def policy_file(self, **policy):
        path = self.root / "new.json"
        path.write_text(json.dumps({"version": 1, **policy}))
        return path

    def test_a_run_is_reproduced_by_its_own_policy(self):
        self.judged().end()
        out = self.run_callgate("replay").stdout
        self.assertIn("1 run, 13 calls, 7 judged again\n"
                      "its own policy decides each of them as it did then\n", out)
        self.assertIn("undecidable: 6 calls: 2 failed by themselves, 1 callgate's own files "
                      "(rule zero), 1 held by the wall, 1 cut in the record, 1 redacted", out)

    def test_what_was_redacted_matters_to_rules_that_look_at_it(self):
        argv = {"argv": ["git", "push", "https://ada:<redacted>@h/x"], "redacted": True}
        record = self.record().policy(("user", {"version": 1, "rules": [
            {"allow": "exec", "path": "/usr/bin"}]}))
        record.call("exec", "/usr/bin/git", call="execve", more=argv).end()
        out = self.run_callgate("replay").stdout
        self.assertIn("1 run, 1 call, 1 judged again\n", out)
        told = json.loads(self.run_callgate("replay", "--json", "--policy", self.policy_file(rules=[
            {"ask": "exec", "program": "/usr/bin/git", "args": ["push", "**"]}])).stdout)
        self.assertEqual([told["judged"], told["undecidable"]], [0, {"redacted": 1}])

    def test_a_port_of_the_host_is_no_port_of_the_sandbox(self):
        record = self.record().policy(("user", {"version": 1, "rules": [
            {"allow": "connect", "host_loopback": 8765}]}))
        record.call("connect", "127.0.0.1:8765")
        record.lines[-1] = record.lines[-1].replace(
            '"address":"198.18.0.7","port":8765,"protocol":"tcp","host":"127.0.0.1"',
            '"address":"127.0.0.1","port":8765,"protocol":"tcp","host_loopback":true')
        record.end()
        self.assertIn("decides each of them as it did", self.run_callgate("replay").stdout)

    def test_no_rule_is_suggested_of_what_was_redacted(self):
        user = {"version": 1, "rules": [{"ask": "exec", "program": "/usr/bin/curl"}]}
        (self.home / ".config/callgate").mkdir(parents=True)
        (self.home / ".config/callgate/policy.json").write_text(json.dumps(user))

        def suggested(**redacted):
            record = self.record().policy(("user", user), ("builtin", {"version": 1}))
            for number in range(1, 4):
                record.ask(number, "exec", "/usr/bin/curl", "allow", 5e6, rule="user:1",
                           call="execve", more={"argv": ["curl", "-u", "a:<redacted>"], **redacted})
            record.end()
            return json.loads(self.run_callgate("suggest", "--json").stdout)["suggestions"]
        self.assertEqual(len(suggested()), 1)
        self.assertEqual(suggested(redacted=True), [])

    def test_a_policy_that_was_read_again_holds_from_there_on(self):
        record = self.judged()
        record.policy(("user", {"version": 1, "rules": [{"deny": "read", "path": "/srv"}]}))
        record.call("read", "/srv/x", "deny").end()
        out = self.run_callgate("replay").stdout
        self.assertIn("1 run, 14 calls, 8 judged again\n"
                      "its own policy decides each of them as it did then\n", out)

    def test_a_decision_that_its_policy_does_not_make_is_found(self):
        self.judged().call("read", "/forged").end()
        out = self.run_callgate("replay", status=1).stdout
        self.assertIn("its own policy decides 1 of them otherwise", out)
        self.assertIn("       1  read    /forged  cat  allow by user:1 -> otherwise", out)

    def test_another_policy_is_told_by_what_it_changes(self):
        self.judged().end()
        new = self.policy_file(rules=[
            {"ask": "read", "path": "/srv"}, {"allow": "connect", "host": "*.example.com"},
            {"deny": "write", "path": "${workspace}/a"}, {"allow": "read", "path": "/"}])
        told = json.loads(self.run_callgate("replay", "--policy", new, "--json").stdout)
        self.assertEqual(told["then"], {"allow": 2, "ask": 3, "deny": 2})
        self.assertEqual(told["now"], {"allow": 3, "ask": 1, "deny": 3})
        self.assertEqual(told["newly_through"], 1)
        self.assertEqual([told[kind]["calls"] for kind in
                          ("newly_denied", "newly_asked", "newly_allowed")], [1, 1, 3])
        self.assertEqual(told["newly_denied"]["examples"], [
            {"calls": 1, "verb": "write", "object": "/home/ada/work/a",
             "program": "/usr/bin/cat", "was": "allow", "was_by": "user:3", "is": "deny",
             "is_by": "user:3"}])
        self.assertEqual(told["undecidable"], {"failed-by-itself": 2, "rule-zero": 1, "wall": 1,
                                               "cut": 1, "redacted": 1})
        out = self.run_callgate("replay", "--policy", new).stdout
        self.assertIn("let through now, refused then: 1 call\n", out)
        self.assertIn("newly asked: 1 call\n", out)

    def test_prompts_are_merged_and_granted_as_in_a_run(self):
        record = self.record().policy(("user", {"version": 1}))
        asks = self.policy_file(rules=[{"ask": "read", "path": "/"}])
        # Two at once: one prompt. The third comes after it was answered.
        record.call("read", "/a").call("read", "/a", after=1)
        for _ in range(10):
            record.call("read", "/b")
        record.call("read", "/c", by="person", reason="allowed for this run")
        record.call("read", "/c").call("read", "/c")
        record.end()
        told = json.loads(self.run_callgate("replay", "--policy", asks, "--json",
                                            "--think", "5s").stdout)["prompts"]
        self.assertEqual(told, {"then": 1, "now": 4, "if_for_run": 3, "granted": 2, "merged": 9,
                                "cooled": 0, "flooded": 0})
        told = json.loads(self.run_callgate("replay", "--policy", asks, "--json",
                                            "--think", "0s").stdout)["prompts"]
        self.assertEqual((told["now"], told["merged"]), (13, 0))

    def test_recorded_answers_answer_the_same_questions(self):
        record = self.record().policy(("user", {"version": 1}))
        record.ask(1, "read", "/a", "allow", 500000.0, rule="user:1", lasts="run")
        for _ in range(3):
            record.call("read", "/a", by="grant", grant=1)
        record.end()
        asks = self.policy_file(rules=[{"ask": "read", "path": "/a"}])
        told = json.loads(self.run_callgate("replay", "--policy", asks, "--json").stdout)
        self.assertEqual(told["prompts"], {"then": 1, "now": 1, "if_for_run": 1, "granted": 3,
                                           "merged": 0, "cooled": 0, "flooded": 0})

    def scoped(self, scope, asked, *paths, until=None, **revoke):
        """A question that was answered for the run with this scope, and calls that it answered."""
        record = self.record().policy(("user", {"version": 1,
                                                "rules": [{"ask": "read", "path": "/d"}]}))
        record.ask(1, "read", asked, "allow", 1000000.0, rule="user:1", lasts="run")
        answer = json.loads(record.lines[-2])
        record.lines.insert(-2, json.dumps({
            **answer, "event": "grant", "grant": 1, "scope": scope, "covers": "x",
            **({"until": until} if until else {})}))
        for path in paths:
            record.call("read", path, by="grant", rule="user:1", grant=1)
        if revoke:
            record.add("revoke", grant=1, **revoke)
        return record

    def replayed(self, *options, status=0):
        told = json.loads(self.run_callgate("replay", "--json", *options, status=status).stdout)
        return {**told["prompts"], "differ": told.get("grants_differ")}

    def test_scopes_answer_as_far_as_they_reach(self):
        inside = {"file": ["/d/a"], "dir": ["/d/a", "/d/b", "/d"],
                  "tree": ["/d/a", "/d/b/c", "/d/b/c/d"]}
        outside = {"file": ["/d/b"], "dir": ["/d/b/c"], "tree": []}
        for scope, paths in inside.items():
            self.scoped(scope, "/d/a", *paths).end()
            told = self.replayed()
            self.assertEqual((told["now"], told["granted"], told["differ"]),
                             (1, len(paths), 0), scope)
            self.scoped(scope, "/d/a", *paths, *outside[scope]).end()
            told = self.replayed(status=1 if outside[scope] else 0)
            self.assertEqual(told["differ"], len(outside[scope]), scope)

    def test_an_answer_holds_until_it_is_taken_back_or_its_time_is_over(self):
        # The second that it is given in is the tenth, and each line takes one.
        record = self.scoped("tree", "/d/a", "/d/b", via="socket")
        record.call("read", "/d/b", "allow", by="person", rule="user:1").end()
        self.assertEqual(self.replayed()["differ"], 0)
        record = self.scoped("tree", "/d/a", "/d/b", until="2026-01-02T03:04:11.000000000Z")
        for _ in range(4):
            record.call("read", "/d/c", "deny", by="unattended", rule="user:1")
        record.end()
        told = self.replayed("--think", "0s", status=1)
        # Those of them that came before the end would have been answered by it.
        self.assertEqual((told["now"] + told["differ"], told["granted"]), (5, 1 + told["differ"]))
        self.assertTrue(0 < told["differ"] < 4, told)

    def test_who_is_asked_about_what_a_grant_answered_says_the_same_again(self):
        self.scoped("tree", "/d/a", "/d/b/x", "/d/b/y", "/d/b/z", "/d/c").end()
        new = self.policy_file(rules=[{"allow": "read", "path": "/d/a"},
                                      {"ask": "read", "path": "/d"}])
        told = self.replayed("--policy", new)
        # The tree is now that of the first file that is asked about: /d/b, and then /d.
        self.assertEqual((told["now"], told["granted"]), (2, 2))

    def test_what_was_denied_a_moment_ago_is_no_prompt(self):
        record = self.record().policy(("user", {"version": 1,
                                                "rules": [{"ask": "read", "path": "/d"},
                                                          {"allow": "read", "path": "/x"}]}))
        record.ask(1, "read", "/d/a", "deny", 1000000.0, rule="user:1")
        record.call("read", "/d/a", "deny", by="cool-down", rule=None)
        record.call("read", "/d/b", "deny", by="flood", rule=None)
        record.call("read", "/d/a", "deny", by="unattended", rule="user:1")
        for _ in range(9):
            record.call("read", "/x")
        record.call("read", "/d/a", "deny", by="unattended", rule="user:1").end()
        told = self.replayed()
        self.assertEqual((told["now"], told["cooled"], told["flooded"]), (2, 2, 1))

    def test_programs_and_paths_are_those_of_the_run(self):
        names = [{"path": "/link", "is": "/srv/real"},
                 {"program": "git", "is": "/opt/git/bin/git", "inode": "1:2"},
                 {"program": "nowhere"}]
        own = {"version": 1, "rules": [{"allow": "read", "path": "/link"},
                                       {"deny": "exec", "program": "git"},
                                       {"deny": "exec", "program": "nowhere"},
                                       {"allow": "exec", "path": "/"}]}
        record = self.record().policy(("user", own), names=names)
        record.call("read", "/srv/real/x")
        record.call("exec", "/opt/git/bin/git", "deny", rule="user:2", call="execve")
        record.lines[-1] = record.lines[-1].replace('"1:2"', '"1:9"')
        record.call("exec", "/else/git2", "deny", rule="user:2", call="execve").end()
        self.assertIn("decides each of them as it did", self.run_callgate("replay").stdout)

    def test_a_record_without_its_policy_cannot_be_replayed(self):
        self.one()
        done = self.run_callgate("replay", status=1)
        self.assertIn("does not hold the policy that run 20260102-030405-aaaa0001 was judged by",
                      done.stderr)
        record = self.record().policy(("user", {"version": 1}))
        record.lines[1] = record.lines[1].replace('"text":', '"text_length":999999,"text":')
        record.call("read", "/a").end()
        self.assertIn("does not hold all of the run's policy",
                      self.run_callgate("replay", status=1).stderr)

    def test_a_wrong_new_policy_is_told_with_its_place(self):
        self.judged().end()
        path = self.root / "new.json"
        path.write_text('{"version": 1,\n "rules": [{"alow": "read"}]}')
        done = self.run_callgate("replay", "--policy", path, status=1)
        self.assertIn("new.json:2:", done.stderr)
        done = self.run_callgate("replay", "--policy", "none.json", status=1)
        self.assertIn("--policy none.json: no such file", done.stderr)

    def test_replaying_twice_says_the_same(self):
        self.judged().end()
        new = self.policy_file(rules=[{"ask": "read", "path": "/"}], extends="offline")
        first = self.run_callgate("replay", "--policy", new, "--json").stdout
        self.assertEqual(self.run_callgate("replay", "--policy", new, "--json").stdout, first)

    # ---- export

    def exported(self):
        self.asked().add("connection-end", pid=100, host="api.example.com", address="192.0.2.1",
                         port=443, sent=10, received=20, how="closed", duration_us=5.0).call(
            "write", "/etc/motd").call("read", "/a", "deny", rule="guards:1").call(
            "exec", "/usr/bin/git", call="execve", more={"argv": ["git", "a\"b"]}).end()
        return self.root / "runs.db"

    def test_what_was_redacted_is_told_in_sql(self):
        database = self.root / "runs.db"
        record = self.record()
        for argv in {"argv": ["a"]}, {"argv": ["<redacted>"], "redacted": True}:
            record.call("exec", "/usr/bin/a", call="execve", more=argv)
        record.end()
        self.run_callgate("export", "--sqlite", database)
        connection = sqlite3.connect(database)
        self.assertEqual(connection.execute("SELECT argv, redacted FROM calls").fetchall(),
                         [('["a"]', 0), ('["<redacted>"]', 1)])
        connection.close()

    def test_the_ten_questions_of_the_document_have_answers(self):
        database = self.exported()
        self.run_callgate("export", "--sqlite", database)
        self.assertEqual(database.stat().st_mode & 0o777, 0o600)
        queries = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(), re.S)
        self.assertEqual(len(queries), 10)
        connection = sqlite3.connect(database)
        answers = [connection.execute(query).fetchall() for query in queries]
        connection.close()
        for query, rows in zip(queries, answers):
            self.assertTrue(rows, query)
        run = "20260102-030405-aaaa0001"
        self.assertEqual(answers[0][0][:3], ("connect", "evil.example.com:443", "user:3"))
        self.assertEqual(answers[1][0], ("user:2", 41, 41, 1.5))
        self.assertEqual(answers[2][0][:2], (run, 43))
        self.assertEqual([row[0] for row in answers[3]], [0, 10, 20, 30, 40])
        self.assertEqual(answers[4], [("/usr/bin/cat", 41, 30)])
        self.assertEqual(answers[5], [(run, "read", "/home/ada/work/1/.env", "/usr/bin/cat", 2)])
        self.assertEqual(answers[6], [(run, 2, "tree", None)])
        self.assertEqual(answers[7], [("api.example.com", 443, 1, 10)])
        self.assertEqual(answers[8], [("/usr/bin/cat", "/etc/motd", 1)])
        self.assertEqual(answers[9][-1][:4], ("/a", "execve", "exec", "/usr/bin/git"))

    def test_the_document_names_each_table_and_column(self):
        database = self.exported()
        self.run_callgate("export", "--sqlite", database)
        connection = sqlite3.connect(database)
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for table, in tables.fetchall():
            row = next(line for line in DOCUMENT.read_text().splitlines()
                       if line.startswith(f"| `{table}` |"))
            for column in connection.execute(f"PRAGMA table_info({table})"):
                self.assertIn(f"`{column[1]}`", row)
        connection.close()

    def test_csv_has_the_same_rows_and_no_formula(self):
        record = self.record(user="=1+1", command=["sh", "-c", 'echo "x"'])
        record.call("write", "/tmp/\x1b[2J,\"q\"").end()
        folder = self.root / "csv"
        self.run_callgate("export", "--csv", folder)
        rows = {path.stem: list(csv.DictReader(path.read_text().splitlines()))
                for path in folder.iterdir()}
        self.assertEqual(rows["runs"][0]["user"], "'=1+1")
        self.assertEqual(json.loads(rows["runs"][0]["command"]), ["sh", "-c", 'echo "x"'])
        self.assertEqual(rows["calls"][0]["name"], '/tmp/\\x1b[2J,"q"')
        self.assertEqual(rows["objects"][0]["verbs"], "write")
        self.assertEqual(rows["calls"][0]["question"], "")

    def test_an_export_writes_over_nothing(self):
        self.one()
        (self.root / "here.db").write_text("mine")
        done = self.run_callgate("export", "--sqlite", self.root / "here.db", status=1)
        self.assertIn("File exists", done.stderr)
        self.assertEqual((self.root / "here.db").read_text(), "mine")
        self.run_callgate("export", "--csv", "csv")
        self.assertIn("runs.csv: File exists",
                      self.run_callgate("export", "--csv", "csv", status=1).stderr)
        self.run_callgate("export", status=2)
        self.run_callgate("export", "--sqlite", "a", "--csv", "b", status=2)

    def test_an_export_that_fails_leaves_no_file(self):
        self.one()
        (self.runs / "20260109-000000-cccc0003.jsonl.zst").write_text("")
        self.run_callgate("export", "--sqlite", "x.db", "no-such-run", status=1)
        self.run_callgate("export", "--sqlite", "x.db", self.root / "none.jsonl", status=1)
        self.assertFalse((self.root / "x.db").exists())

    def test_names_that_are_no_text_are_kept(self):
        record = self.record().call("read", "/x")
        record.lines[-1] = record.lines[-1].replace('"path":"/x"', '"path_hex":"2fff"')
        record.end()
        self.run_callgate("export", "--sqlite", "x.db")
        connection = sqlite3.connect(self.root / "x.db")
        self.assertEqual(connection.execute("SELECT name FROM calls").fetchall(), [(b"/\xff",)])
        connection.close()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
