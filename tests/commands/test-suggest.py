#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What callgate suggest makes of records that are made here, and what it writes.

usage: test-suggest.py CALLGATE
"""
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

from records import Record, read_terminal

CALLGATE = os.path.abspath(sys.argv[1])
ASKS = {"read": "ask", "write": "ask", "connect": "ask", "exec": "ask"}


class Suggest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="callgate-test-")
        root = pathlib.Path(os.path.realpath(self.scratch.name))
        self.root, self.home = root, root / "home"
        self.home.mkdir()
        self.policy = self.home / ".config/callgate/policy.json"
        self.environment = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "TZ": "UTC"}
        self.runs = 0

    def tearDown(self):
        self.scratch.cleanup()

    def run_callgate(self, *args, status=0, **kwargs):
        done = subprocess.run([CALLGATE, *map(str, args)], cwd=self.root, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=60, **kwargs)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def record(self, *layers, rules=(), **start):
        """A run under a profile that asks about all that no rule speaks of."""
        self.runs += 1
        run = f"2026010{self.runs}-030405-aaaa000{self.runs}"
        record = Record(self.home / f".local/state/callgate/runs/{run}.jsonl", run,
                        workspaces=[str(self.home / "work")], **start)
        record.questions = 0
        builtin = {"version": 1, "rules": list(rules), "otherwise": ASKS}
        return record.policy(*layers, ("builtin", builtin), home=str(self.home))

    def path(self, name):
        return str(self.home / name[2:]) if name.startswith("~/") else name

    def asked(self, record, verb, *names, times=1, decision="allow", rule=None, **members):
        for name in names * times:
            record.questions += 1
            if verb == "exec":
                members.update(call="execve", more={"argv": [name.split()[0], *name.split()[1:]]})
                name = f"/usr/bin/{name.split()[0]}"
            record.ask(record.questions, verb, self.path(name), decision, 3e6, rule=rule, **members)
            for _ in range(9):
                record.add("fault", what="time goes by")
        return record

    def suggest(self, *args, **kwargs):
        return json.loads(self.run_callgate("suggest", "--json", *args, **kwargs).stdout)

    def rules(self, *args):
        """What is suggested: the rule of each that allows."""
        told = []
        for one in self.suggest(*args)["suggestions"]:
            rule = one["rules"][-1]
            rule.pop("reason", None)
            told.append((one["scope"], rule))
        return told

    # ---- how far

    def test_a_thing_that_was_allowed_twice_is_suggested_itself(self):
        self.asked(self.record(), "read", "~/d/a", "/x/y", times=2).end()
        self.assertEqual(self.rules(), [
            ("file", {"allow": ["read"], "path": "/x/y", "exact": True}),
            ("file", {"allow": ["read"], "path": "~/d/a", "exact": True})])
        self.assertEqual(self.rules("--least", "3"), [])

    def test_what_was_allowed_once_saves_too_little(self):
        self.asked(self.record(), "read", "~/d/a").end()
        self.assertEqual(self.rules(), [])
        self.assertEqual(len(self.rules("--least", "1")), 1)

    def test_a_directory_needs_three_different_files(self):
        self.asked(self.record(), "read", "~/d/a", "~/d/b", times=20).end()
        self.assertEqual([scope for scope, _ in self.rules()], ["file", "file"])
        self.asked(self.record(), "read", "~/d/c").end()
        self.assertEqual(self.rules(), [
            ("dir", {"allow": ["read"], "path": ["~/d", "~/d/*"], "exact": True})])

    def test_a_directory_is_opened_for_what_was_done_to_three_only(self):
        record = self.asked(self.record(), "read", "~/d/a", "~/d/b", "~/d/c", times=3)
        self.asked(record, "write", "~/d/a", "~/d/b", times=2).end()
        self.assertEqual(self.rules()[0], ("dir", {"allow": ["read"], "path": ["~/d", "~/d/*"],
                                                   "exact": True}))
        self.assertEqual([rule["allow"] for _, rule in self.rules()[1:]], [["read", "write"]] * 2)

    def test_a_tree_needs_six_files_in_three_branches(self):
        names = ["~/d/a/1", "~/d/a/2", "~/d/b/1", "~/d/b/2", "~/d/b/3", "~/d/b/4"]
        self.asked(self.record(), "read", *names).end()
        self.assertNotIn("tree", [scope for scope, _ in self.rules()])
        self.asked(self.record(), "read", "~/d/c/x/y").end()
        self.assertEqual(self.rules()[0], ("tree", {"allow": ["read"], "path": "~/d"}))

    def test_nobody_means_all_of_the_home_or_of_the_machine(self):
        names = [f"~/{i}" for i in range(9)] + [f"/{i}" for i in range(9)]
        self.asked(self.record(), "read", *names, times=2).end()
        self.assertEqual({scope for scope, _ in self.rules()}, {"file"})

    def test_directories_of_the_system_are_opened_file_by_file(self):
        self.asked(self.record(), "write", *[f"/etc/x/{i}" for i in range(4)], times=2).end()
        self.asked(self.record(), "read", *[f"/run/x/{i}" for i in range(4)], times=2).end()
        self.assertEqual({scope for scope, _ in self.rules()}, {"file"})

    def test_a_domain_needs_three_hosts_and_belongs_to_one_owner(self):
        record = self.asked(self.record(), "connect", "a.example.com:443", "b.example.com:443",
                            times=2)
        self.asked(record, "connect", *(f"{name}.github.io:443" for name in "abc"), times=2).end()
        self.assertEqual({scope for scope, _ in self.rules()}, {"host"})
        self.asked(self.record(), "connect", "c.example.com:443").end()
        self.assertEqual(self.rules()[0], ("domain", {
            "allow": ["connect"], "host": "*.example.com", "port": 443, "protocol": "tcp"}))
        self.assertEqual([rule["host"] for _, rule in self.rules()[1:]],
                         ["a.github.io", "b.github.io", "c.github.io"])

    def test_ports_are_no_evidence_for_one_another(self):
        self.asked(self.record(), "connect", "a.example.com:443", "b.example.com:80",
                   "c.example.com:22", times=2).end()
        self.assertEqual([(scope, rule["port"]) for scope, rule in self.rules()],
                         [("host", 443), ("host", 80), ("host", 22)])

    def test_a_first_argument_needs_three_vectors(self):
        self.asked(self.record(), "exec", "git log -1", "git log -2", times=2).end()
        self.assertEqual([(scope, rule["args"]) for scope, rule in self.rules()], [
            ("command-line", ["log", "-1"]), ("command-line", ["log", "-2"])])
        self.asked(self.record(), "exec", "git log -3").end()
        self.assertEqual(self.rules(), [("command", {
            "allow": ["exec"], "program": "/usr/bin/git", "args": ["log", "**"]})])

    def test_options_and_launchers_say_nothing_of_what_follows(self):
        for words in ("sh -c", "env ls", "xargs rm"):
            self.asked(self.record(), "exec", *(f"{words} {i}" for i in range(4)), times=2).end()
        self.assertEqual({scope for scope, _ in self.rules()}, {"command-line"})

    def test_a_program_without_arguments_cannot_be_told_from_others(self):
        self.asked(self.record(), "exec", "make", times=5).end()
        told = self.suggest()
        self.assertEqual((told["suggestions"], told["unfit"]["no-rule"]), ([], 5))

    def test_what_a_grant_let_through_was_allowed(self):
        record = self.asked(self.record(), "read", "~/d/a/1", lasts="run")
        answer = json.loads(next(line for line in record.lines if '"answer"' in line))
        at = next(i for i, line in enumerate(record.lines) if '"answer"' in line)
        record.lines.insert(at, json.dumps({**answer, "event": "grant", "grant": 1,
                                            "scope": "dir", "covers": "x"}))
        for name in "23":
            record.call("read", self.path(f"~/d/a/{name}"), by="grant", rule=None, grant=1)
        record.end()
        # Each run asked once: the answer held.
        self.assertEqual(self.rules(), [])
        self.assertEqual(self.rules("--least", "1")[0][0], "dir")

    # ---- never

    def test_what_was_ever_denied_is_never_opened(self):
        names = ["~/d/a", "~/d/b", "~/d/c", "~/d/no"]
        self.asked(self.record(), "read", *names, times=3).end()
        self.assertEqual([scope for scope, _ in self.rules()], ["dir"])
        self.asked(self.record(), "read", "~/d/no", decision="deny").end()
        told = self.suggest()
        self.assertEqual([one["rules"][-1]["path"] for one in told["suggestions"]],
                         ["~/d/a", "~/d/b", "~/d/c"])
        self.assertEqual(told["dropped"]["refused"], 2)
        # For another verb it was not.
        self.asked(self.record(), "write", "~/d/no", times=2).end()
        self.assertIn(("file", {"allow": ["write"], "path": "~/d/no", "exact": True}), self.rules())

    def test_time_that_ran_out_is_no_denial_and_no_approval(self):
        self.asked(self.record(), "read", "~/d/a", times=3).end()
        self.asked(self.record(), "read", "~/d/a", "~/d/b", decision="deny", by="timeout",
                   times=2).end()
        self.assertEqual([rule["path"] for _, rule in self.rules()], ["~/d/a"])

    def test_a_wide_denial_speaks_of_all_that_it_covers(self):
        record = self.asked(self.record(), "read", "~/d/a", "~/d/b", "~/d/c", "~/e/a", "~/e/b",
                            "~/e/c")
        self.asked(record, "connect", *(f"{name}.example.com:443" for name in "abc"))
        record.end()
        self.assertEqual({scope for scope, _ in self.rules()}, {"dir", "domain"})
        record = self.record()
        for grant, rule in enumerate((
                {"deny": ["read"], "path": self.path("~/d/under"), "exact": True},
                {"deny": ["connect"], "host": "x.example.com", "port": 443, "protocol": "tcp"})):
            record.add("grant", grant=grant + 1, decision="deny", via="socket", scope="tree",
                       lasts="run", covers="x", rule=json.dumps(rule))
        # A run in which nothing was asked: what was denied in it counts all the same.
        record.end()
        told = self.suggest()
        self.assertEqual([one["rules"][-1]["path"][0] for one in told["suggestions"]], ["~/e"])

    def test_keys_and_secrets_are_never_suggested(self):
        names = ["~/.ssh/id_rsa", "~/.ssh/config", "~/.gnupg/pubring.kbx", "~/.aws/credentials",
                 "~/.mozilla/firefox/x/logins.json", "~/.config/chromium/Default/Cookies",
                 "~/.local/share/keyrings/login.keyring", "~/.config/callgate/policy.json",
                 "~/w/.env", "~/w/deploy/prod.env", "/srv/tls/server.key", "/etc/shadow"]
        for name in names:
            self.asked(self.record(), "read", name, times=40).end()
            told = self.suggest()
            self.assertEqual((told["suggestions"], told["prompts"]["now"]), ([], 40), name)
            self.assertEqual(told["unfit"]["kept-safe"], 40, name)
            self.run_callgate("suggest", "--apply", "all")
            self.assertFalse(self.policy.exists())
            for path in (self.home / ".local/state/callgate/runs").iterdir():
                path.unlink()
            self.runs = 0

    def test_what_runs_later_outside_is_never_suggested(self):
        self.asked(self.record(), "write", "~/.bashrc", "~/w/.git/hooks/pre-commit",
                   "~/.config/autostart/x.desktop", times=9).end()
        self.assertEqual(self.rules(), [])
        self.asked(self.record(), "read", "~/.bashrc", times=2).end()
        self.assertEqual(self.rules(), [("file", {"allow": ["read"], "path": "~/.bashrc",
                                                  "exact": True})])

    def test_no_directory_above_a_key_store_is_suggested(self):
        self.asked(self.record(), "read", *(f"~/.config/{i}/x/{i}" for i in range(9))).end()
        told = self.suggest()
        self.assertEqual(told["suggestions"], [])
        self.assertGreater(told["dropped"]["stores"], 0)

    def test_in_a_directory_names_of_keys_stay_asked_about(self):
        (self.home / "d").mkdir()
        for name in ("a", "b", "c", "e", ".env", "server.key", "my-token"):
            (self.home / "d" / name).write_text("x")
        record = self.asked(self.record(), "read", "~/d/a", "~/d/b", "~/d/c")
        self.asked(record, "read", "~/d/.env", times=3).end()
        told = self.suggest("--apply", "all")
        one, = told["suggestions"]
        self.assertEqual(one["opens"]["examples"], [str(self.home / name)
                                                    for name in ("d", "d/e", "d/my-token")])
        self.assertEqual(one["opens"]["doubtful_examples"], [str(self.home / "d/my-token")])
        self.assertEqual(one["opens"]["kept_examples"], [str(self.home / "d/.env"),
                                                         str(self.home / "d/server.key")])
        self.assertEqual((told["prompts"]["now"], told["prompts"]["left"]), (6, 3))

    def test_a_managed_rule_is_nobodys_to_outrank(self):
        managed = ("managed", {"version": 1, "rules": [
            {"deny": "read", "path": "~/d/x"}, {"ask": "read", "path": "~/m"}]})
        (self.home / "d").mkdir()
        (self.home / "d/x").write_text("")
        record = self.asked(self.record(managed), "read", "~/d/a", "~/d/b", "~/d/c", times=9)
        self.asked(record, "read", "~/m/a", "~/m/b", "~/m/c", times=40, rule="managed:2")
        for _ in range(9):
            record.call("read", self.path("~/d/x"), "deny", rule="managed:1")
        record.end()
        told = self.suggest("--apply", "all")
        self.assertEqual([one["rules"][-1]["path"] for one in told["suggestions"]],
                         [["~/d", "~/d/*"]])
        self.assertNotIn(str(self.home / "d/x"), told["suggestions"][0]["opens"]["examples"])
        self.assertEqual(told["unfit"]["rule-above"], 120)
        again = json.loads(self.run_callgate("replay", "--json", "--policy", self.policy).stdout)
        self.assertEqual((again["now"]["deny"], again["prompts"]["now"]), (9, 120))

    def test_what_a_rule_behind_denies_is_not_opened(self):
        deny = [{"deny": "read", "path": "~/d/x"}, {"deny": "connect", "host": "x.example.com"}]
        record = self.asked(self.record(rules=deny), "read", "~/d/a", "~/d/b", "~/d/c", times=2)
        self.asked(record, "connect", *(f"{name}.example.com:443" for name in "abc"), times=2).end()
        told = self.suggest()
        self.assertEqual({one["scope"] for one in told["suggestions"]}, {"file", "host"})
        self.assertEqual(told["dropped"]["denied"], 2)

    def test_what_reaches_too_far_is_not_suggested(self):
        (self.home / "d").mkdir()
        for i in range(3 * 50 + 3):  # the directory, and three that were touched: at the limit
            (self.home / "d" / str(i)).write_text("")
        names = ["~/d/0", "~/d/1", "~/d/2"]
        self.asked(self.record(), "read", "~/d", *names, times=2).end()
        self.assertEqual([scope for scope, _ in self.rules()], ["dir"])
        (self.home / "d/more").write_text("")
        for i in range(50):
            (self.home / f"d/more-{i}").write_text("")
        told = self.suggest()
        self.assertEqual(([one["scope"] for one in told["suggestions"]], told["dropped"]["reach"]),
                         (["file"] * 4, 1))

    # ---- hostile records

    def test_names_mean_just_themselves(self):
        names = ["/q/[a]*?\\", "/q/\u202ex", "/q/\x1b[2J\nx"]
        record = self.asked(self.record(), "read", *names[:2], times=2)
        self.asked(record, "write", names[2], times=2)
        self.asked(record, "read", "/q/a[b]c\\", decision="deny", by="timeout", times=2).end()
        out = self.run_callgate("suggest").stdout
        self.assertFalse(set(out) & set("\x1b\u202e\r"))
        told = self.suggest("--apply", "all")
        self.assertEqual(len(told["suggestions"]), 3)
        self.assertEqual((told["prompts"]["now"], told["prompts"]["left"]), (8, 2))
        self.run_callgate("check", self.policy)
        self.assertTrue(self.policy.read_text().isascii())
        for verb, name in zip(("read", "read", "write"), names):
            self.assertIn("allow", self.run_callgate("explain", verb, name).stdout.split("\n")[0])
        self.assertNotIn("user:", self.run_callgate("explain", "read", "/q/a", status=0).stdout)

    def test_names_that_would_mean_more_are_left_alone(self):
        record = self.asked(self.record(), "read", "/a/../b", "b/c", "~", "${workspace}", times=2)
        self.asked(record, "connect", "*:443", "*.com:443", "a b:443", ".x:443", times=2)
        self.asked(record, "exec", "git log", times=2)
        record.lines = [line.replace('"/usr/bin/git"', '"git"') for line in record.lines]
        self.asked(record, "read", "/x", times=2).end()
        told = self.suggest("--apply", "all")
        self.assertEqual([one["rules"][-1]["path"] for one in told["suggestions"]], ["/x"])
        # What is no absolute path is denied by any policy.
        self.assertEqual((told["unfit"]["no-text"], told["dropped"]["invalid"]), (10, 0))

    def test_names_that_are_no_text_are_counted(self):
        record = self.record()
        for number in range(1, 4):
            record.ask(number, "read", "/q/x", "allow", 3e6, rule=None)
        record.lines = [line.replace('"path":"/q/x"', '"path_hex":"2f71ff"')
                        for line in record.lines]
        record.end()
        told = self.suggest()
        self.assertEqual((told["suggestions"], told["unfit"]["no-text"]), ([], 3))

    def test_names_that_no_rule_can_spell_keep_no_other_from_being_suggested(self):
        names = ["/q/${x}/y", "/q/" + "d/" * 70 + "f", "/q/" + "*" * 200, "/q/" + "[/" * 1900 + "f",
                 "~/${state}", "~" + "/d" * 58]
        record = self.asked(self.record(), "read", *names, "/q/plain", times=2)
        record.questions += 1
        for _ in range(2):
            record.ask(record.questions, "exec", "/usr/bin/git", "allow", 3e6, rule=None, call="execve",
                       more={"argv": ["git", "commit", "-m", ""]})
        record.end()
        told = self.suggest()
        rules = [one["rules"][-1] for one in told["suggestions"]]
        self.assertIn("/q/plain", [rule.get("path") for rule in rules])
        self.assertGreaterEqual(told["unfit"]["no-text"], 2 * (len(names) - 1))

    def test_an_empty_or_foreign_record_ends_in_words(self):
        self.assertEqual(self.suggest()["suggestions"], [])
        self.record().lines.clear()
        other = self.root / "other.jsonl"
        other.write_text('{"v":1,"event":"grant","run":"x","grant":1,"rule":"{","decision":"deny"}\n'
                         '{"v":1,"event":"answer","run":"x","question":1}\nnothing\n')
        self.run_callgate("suggest", other)
        record = self.record()
        record.lines = [line for line in record.lines if '"facts"' not in line]
        record.call("read", "/a").end()
        done = self.run_callgate("suggest", status=1)
        self.assertIn("does not hold the policy", done.stderr)

    # ---- what is told

    def test_what_is_told_is_what_replay_counts(self):
        record = self.asked(self.record(), "read", "~/d/a", "~/d/b", "~/d/c", "~/e", times=2)
        self.asked(record, "connect", "a.example.com:443", times=3).end()
        told = self.suggest("--apply", "all")
        self.assertEqual((told["prompts"]["then"], told["prompts"]["now"]), (11, 11))
        self.assertEqual([one["saves"] for one in told["suggestions"]], [6, 3, 2])
        self.assertEqual(sum(one["saves_more"] for one in told["suggestions"]),
                         told["prompts"]["now"] - told["prompts"]["left"])
        again = json.loads(self.run_callgate("replay", "--json", "--policy", self.policy).stdout)
        self.assertEqual(again["prompts"]["now"], told["prompts"]["left"])
        again = self.suggest()
        self.assertEqual((again["prompts"]["now"], again["suggestions"]), (0, []))

    def test_the_same_records_give_the_same_suggestions(self):
        names = [f"~/d/{a}/{b}" for a in range(3) for b in range(3)]
        self.asked(self.record(), "read", *names, "/x", "/y", times=2).end()
        self.assertEqual(self.run_callgate("suggest").stdout, self.run_callgate("suggest").stdout)

    def test_only_what_is_chosen_is_learned_from(self):
        self.asked(self.record(), "read", "/x", "/y", times=2).end()
        self.assertEqual([rule["path"] for _, rule in self.rules("--path", "/x")], ["/x"])

    # ---- writing

    OWN = ('{\n  "version": 1,   "description": "mine",\n  "rules": [\n'
           '    {"deny":  "read", "path": "~/never"},\n'
           '    {"ask":   "read", "path": "~/d",   "reason": "my own"}\n  ]\n}\n')

    def own(self):
        self.policy.parent.mkdir(parents=True)
        self.policy.write_text(self.OWN)
        self.policy.chmod(0o640)
        record = self.record(("user", json.loads(self.OWN)))
        self.asked(record, "read", "~/d/a", "~/d/b", "~/d/c", rule="user:2", times=2)
        return self.asked(record, "connect", "a.example.com:443", times=2).end()

    def test_nothing_is_written_unless_named(self):
        self.own()
        for options, status in ((), 0), (("--apply", "0"), 1), (("--apply", "3"), 1), (
                ("--apply", "1,x"), 1), (("--apply", "1,,2"), 1), (("--apply", "+1"), 1), (
                ("--apply", "ask"), 1), (("--apply", "1,3"), 1):
            self.run_callgate("suggest", *options, status=status)
            self.assertEqual(self.policy.read_text(), self.OWN, options)

    def test_the_rest_of_the_file_stays_as_it_is(self):
        self.own()
        self.run_callgate("suggest", "--apply", "1,2")
        text = self.policy.read_text()
        lines = iter(text.splitlines())
        for line in self.OWN.splitlines():
            self.assertTrue(any(other.rstrip(",") == line.rstrip(",") for other in lines), text)
        self.assertEqual(self.policy.stat().st_mode & 0o777, 0o640)
        self.assertEqual(list(self.policy.parent.iterdir()), [self.policy])
        self.run_callgate("check", self.policy)
        # Before the rule that asked, and behind the one that denies.
        self.assertEqual([next(iter(rule)) for rule in json.loads(text)["rules"]],
                         ["deny", "ask", "allow", "ask", "allow"])
        reason = json.loads(text)["rules"][2]["reason"]
        self.assertRegex(reason, r"^suggested on \d{4}-\d\d-\d\d: 3 different ones, allowed 6 times; "
                                 r"saved 6 prompts$")

    def test_all_is_written_or_nothing(self):
        self.own()
        self.policy.chmod(0o440)
        done = self.run_callgate("suggest", "--apply", "all", status=1)
        self.assertIn("is not to be written", done.stderr)
        self.assertEqual(self.policy.read_text(), self.OWN)

    def test_a_person_is_asked_one_by_one(self):
        self.own()
        master, slave = pty.openpty()
        process = subprocess.Popen([CALLGATE, "suggest", "--apply", "ask"], cwd=self.root,
                                   env=self.environment, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        os.write(master, b"n\ny\n")
        out = read_terminal(master)
        self.assertEqual(process.wait(), 0, out)
        self.assertEqual(out.count(b"Write it into your policy?"), 2)
        self.assertIn(b"1 written into", out)
        added = [rule for rule in json.loads(self.policy.read_text())["rules"] if "allow" in rule]
        self.assertEqual([rule.get("host") for rule in added], ["a.example.com"])

    def test_another_policy_can_be_written(self):
        record = self.record(("command-line", {"version": 1, "rules": [
            {"ask": "read", "path": "/c"}]}))
        self.asked(record, "read", "/c/a", times=2, rule="command-line:1").end()
        self.assertEqual(self.rules(), [])
        other = self.root / "other.json"
        told = self.suggest("-o", other, "--apply", "all")
        self.assertEqual((told["prompts"]["now"], told["prompts"]["left"], told["applied"]),
                         (2, 0, 1))
        self.run_callgate("check", other)
        self.assertFalse(self.policy.exists())
        self.assertEqual(self.rules("-o", other), [])

    def test_wrong_words_are_told(self):
        for options, words in (("--least", "0"), "--least: a number"), (
                ("--think", "x"), "--think: for example"), (("--aply", "1"), "perhaps: --apply"):
            self.assertIn(words, self.run_callgate("suggest", *options, status=2).stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
