#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The page that report writes: its numbers, its form, and that nothing in it is anybody else's.

usage: test-report.py CALLGATE
"""
import base64
import hashlib
import html.parser
import json
import os
import random
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree

import records

CALLGATE = os.path.abspath(sys.argv[1])
TAGS = set("""html head meta title style body svg defs pattern rect circle line text g desc header h1 h2
    h3 nav main section footer a ul li p b i strong small span code div table caption thead tbody tr th
    td data""".split())


class Page(html.parser.HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.attributes, self.words = set(), [], [], set(), []
        self.numbers, self.policy, self.style, self.within = {}, None, "", None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.attributes.update(attrs)
        self.within = tag
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if "href" in attrs:
            self.links.append(attrs["href"])
        if tag == "data":
            self.numbers[attrs["id"]] = float(attrs["value"])
        if attrs.get("http-equiv") == "Content-Security-Policy":
            self.policy = attrs["content"]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_data(self, data):
        if self.within == "style":
            self.style += data
        else:
            self.words.append(data)

    def handle_endtag(self, tag):
        self.within = None

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.words))


def scalars(value, within=""):
    """Each number of an object, by its path."""
    for name, what in value.items():
        path = f"{within}.{name}" if within else name
        if isinstance(what, dict):
            yield from scalars(what, path)
        elif isinstance(what, (int, float)) and name != "v":
            yield path, what


class Report(records.Records):
    callgate = CALLGATE

    def report(self, *args):
        """The page, after everything that holds of each of them."""
        text = self.run_callgate("report", "-o", "-", *args).stdout
        self.check_form(text)
        return Page(text)

    def check_form(self, text):
        self.assertTrue(text.startswith("<!DOCTYPE html>\n<!-- callgate report"))
        xml.etree.ElementTree.fromstring(text.split("\n", 1)[1])
        page = Page(text)
        self.assertLessEqual(page.tags, TAGS)
        self.assertFalse([name for name in page.attributes if name.startswith("on")
                          or name in ("src", "style", "srcset", "xlink:href", "action")])
        for word in ("http:", "https:", "src=", "url(h", "@import", "javascript:"):
            self.assertNotIn(word, "".join(re.findall(r"<[^>]*>", text)) + page.style)
        self.assertEqual(len(page.ids), len(set(page.ids)))
        for link in page.links:
            self.assertEqual(link[0], "#")
            self.assertIn(link[1:], page.ids)
        hashed = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
        self.assertEqual(page.policy, f"default-src 'none'; style-src 'sha256-{hashed}'; "
                                      "base-uri 'none'; form-action 'none'")

    def busy(self):
        """Something of everything."""
        policy = ("user", {"version": 1, "rules": [
            {"allow": "read", "path": "/usr"}, {"ask": "read", "path": "**/.env"},
            {"ask": "connect", "host": "*"}]})
        record = self.record().policy(policy, ("builtin", {"version": 1}))
        record.call("exec", "/usr/bin/make", call="execve", pid=100, program="/usr/bin/sh",
                    more={"argv": ["make", "-j2"]})
        for i in range(1, 42):
            record.ask(i, "read", f"/home/ada/work/{i % 40}/.env", "allow",
                       900000.0 if i <= 30 else 3000000.0)
        record.ask(42, "connect", "evil.example.com:443", "deny", 10000000.0, rule="user:3")
        record.ask(43, "connect", "slow.example.com:443", "deny", 60000000.0, rule="user:3",
                   by="timeout")
        record.add("grant", grant=1, question=1, decision="allow", scope="same", lasts="run",
                   covers="just this")
        record.add("grant", grant=2, question=2, decision="allow", scope="tree", lasts="run",
                   covers="each read below /home/ada/work")
        record.call("read", "/home/ada/work/1/.env", by="grant", rule="user:2", grant=1)
        record.call("read", "/home/ada/.ssh/id_rsa", "deny", rule="guards:1", pid=101, ppid=100,
                    reason="private keys")
        record.call("read", "/home/ada/.ssh/id_rsa", "deny", rule="guards:1", pid=101, ppid=100,
                    reason="private keys")
        record.call("connect", "api.example.com:443", "deny", by="unattended", rule=None, pid=101)
        record.add("connection-end", pid=100, host="ok.example.com", address="192.0.2.1", port=443,
                   sent=517, received=41872, how="closed", duration_us=5.0)
        record.add("fault", what="the key cannot be had")
        record.call("read", "/nothing", by="no-verb")
        return record

    # ---- numbers

    def test_it_has_each_number_of_stats(self):
        self.busy().end(status=3)
        self.record("20260103-030405-bbbb0002").call("write", "/home/ada/work/x").write()
        told = json.loads(self.run_callgate("stats", "--json").stdout)
        page = self.report()
        numbers = dict(scalars(told))
        self.assertGreater(len(numbers), 40)
        self.assertEqual(set(page.numbers), {f"n-{name}" for name in numbers})
        for name, value in numbers.items():
            self.assertAlmostEqual(page.numbers[f"n-{name}"], value, 6, name)
        for rule in told["rules"]:
            self.assertIn(rule["rule"], page.text)

    def test_with_a_question_it_has_the_numbers_of_the_same_question(self):
        self.busy().end()
        for options in (["--decision", "deny"], ["--verb", "connect"], ["--path", "**/.env"]):
            told = json.loads(self.run_callgate("stats", "--json", *options).stdout)
            page = self.report(*options)
            for name, value in scalars(told):
                self.assertAlmostEqual(page.numbers[f"n-{name}"], value, 6, (options, name))

    def test_since_leaves_out_the_runs_before(self):
        self.busy().end()
        path = self.record("20260103-030405-bbbb0002").call("read", "/home/ada/work/x").end()
        path.write_text(path.read_text().replace("2026-01-02T", "2026-01-03T"))
        for options, runs in ((["--since", "2026-01-03"], 1), (["--until", "2026-01-02 23:00"], 1),
                              (["--since", "2026-01-02 03:05"], 2), (["--since", "2026-01-04"], 0)):
            self.assertEqual(self.report(*options).numbers["n-runs"], runs, options)

    def test_it_says_what_stands_out(self):
        self.busy().end()
        text = self.report().text
        for words in ("protected cat was kept from reading /home/ada/.ssh/id_rsa, 2 times "
                      "(guards:1: private keys)",
                      "denied cat was kept from connecting to evil.example.com:443 (user:3, person)",
                      "30 of 41 approvals came within two seconds",
                      "1 prompt asked what had been asked in the same run before",
                      "1 of 2 remembered answers answered nothing",
                      "user:2 (ask read **/.env) asked 41 times and was allowed 41; people waited 60s",
                      "1 call would have been a question, and nobody was there",
                      "1 fault of callgate's own", "the key cannot be had",
                      "517 B", "41.9 kB", "never used", "each read below /home/ada/work",
                      "make -j2 100", "A person took 900ms (median), 3.0s (90 of 100), at most 10s"):
            self.assertIn(words, text)

    def test_it_tells_the_cost_of_other_policies(self):
        self.busy().end()
        new = self.root / "new.json"
        new.write_text(json.dumps({"version": 1, "extends": "offline", "rules": [
            {"ask": "read", "path": "/home/ada/.ssh"}, {"allow": "read", "path": "**/.env"}]}))
        told = json.loads(self.run_callgate("replay", "--policy", new, "--json").stdout)
        text = self.report("--policy", new, "--profile", "observe").text
        self.assertRegex(text, f"new.json would have asked {told['prompts']['now']} times? instead "
                               f"of {told['prompts']['then']}, and let through {told['newly_through']} ")
        self.assertIn("observe would have asked 0 times", text)
        done = self.run_callgate("report", "-o", "-", "--policy", "none.json", status=1)
        self.assertIn("--policy none.json: no such file", done.stderr)
        new.write_text('{"version": 1,\n "rules": [{"alow": "read"}]}')
        done = self.run_callgate("report", "-o", "-", "--policy", new, status=1)
        self.assertIn("new.json:2:", done.stderr)

    def test_a_run_that_holds_no_policy_is_left_out_of_the_comparison_only(self):
        self.busy().end()
        self.record("20260103-030405-bbbb0002").call("read", "/old", "deny").end()
        text = self.report("--profile", "offline").text
        self.assertIn("1 run left out: no policy on record", text)
        self.assertIn("/old", text)

    def test_long_lists_are_cut_and_say_so(self):
        record = self.record()
        for i in range(1260):
            record.call("read", f"/k/{i:05}", "deny")
        record.end()
        text = self.report().text
        self.assertIn("and 1,240 more, 1,240 calls", text)
        self.assertIn("/k/00019", text)
        self.assertNotIn("/k/00020", text.split("Processes Who started")[0])
        self.assertIn("and 1,257 more, 1,257 calls", self.report("--top", "3").text)
        self.run_callgate("report", "-o", "-", "--top", "many", status=2)

    # ---- what there may be

    def test_no_run_at_all(self):
        page = self.report()
        self.assertIn("There is no run on record", page.text)
        self.assertEqual(page.numbers["n-runs"], 0)

    def test_an_empty_run_and_one_without_an_end(self):
        self.record().end()
        self.record("20260103-030405-bbbb0002").write(tail='{"v":1,"ev')
        page = self.report()
        self.assertEqual((page.numbers["n-runs"], page.numbers["n-unfinished"]), (2, 1))
        self.assertIn("1 without an end", page.text)
        self.assertIn("Nobody was asked anything.", page.text)
        self.assertIn("no end", page.text)

    def test_a_hundred_runs(self):
        for i in range(100):
            run = f"20260102-0304{i % 60:02}-{i:08x}"
            self.record(run).call("read", f"/k/{i}", "deny", pid=i + 2).end(status=i)
        page = self.report()
        self.assertIn("and 80 more runs", page.text)
        self.assertIn("and 94 more runs, with less to tell", page.text)
        self.assertEqual(page.numbers["n-denied"], 100)

    def test_a_record_through_a_pipe_is_not_verified_and_says_so(self):
        path = self.busy().end()
        with path.open() as stdin:
            text = self.run_callgate("report", "-o", "-", "-", stdin=stdin).stdout
        self.check_form(text)
        self.assertIn("The record came through a pipe: it was not verified", text)

    def test_hostile_words_are_words(self):
        evil = "</code></style><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[2J\u202e&amp;'\""
        for place in range(2):
            record = self.record(f"2026010{place + 2}-030405-aaaa000{place}", command=[evil, evil],
                                 directory=f"/{evil}")
            record.policy(("user", {"version": 1, "rules": [
                {"deny": "read", "path": "/x", "reason": evil}]}))
            record.ask(1, "read", f"/{evil}", "allow", 5.0, program=f"/{evil}", rule=f"user:{evil}")
            record.ask(2, "read", f"/{evil}", "allow", 5.0, program=f"/{evil}", rule=f"user:{evil}")
            record.call("write", f"/{evil}", "deny", program=f"/{evil}", rule=f"guards:{evil}",
                        reason=evil, more={"argv": [evil]}, call="execve")
            record.call("exec", f"/{evil}", program=f"/{evil}", more={"argv": [evil]}, call="execve")
            record.call("connect", f"{evil}:443", "deny", rule=evil)
            record.add("connection-end", host=evil, port=443, sent=1, received=2)
            record.add("grant", grant=1, decision="allow", scope=evil, lasts=evil, covers=evil)
            record.add("fault", what=evil)
            record.end()
        (self.root / "<script>").write_text('{"version": 1}')
        text = self.run_callgate("report", "-o", "-", "--title", evil, "--policy",
                                 "<script>").stdout
        self.check_form(text)
        self.assertNotIn("<script", text)
        self.assertNotIn("<img", text)
        self.assertFalse(set(text) & set("\x1b\u202e"))
        self.assertIn("alert(1)", text)

    def test_whatever_stands_in_a_record_it_is_a_page(self):
        """Records that somebody changed here and there, always the same ones."""
        chance = random.Random(7)
        path = self.busy().end()
        lines = path.read_text().splitlines()
        values = ["", "<b>", "\x00", "\ud800", -1, 2**63 - 1, -2**63, 1e300, None, True, [], {}, [[{}]],
                  "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "a" * 9000, "%s%n", "]]>"]
        for _ in range(40):
            changed = []
            for line in lines:
                entry = json.loads(line)
                for _ in range(chance.choice([0, 0, 1, 3])):
                    where = entry
                    if isinstance(entry.get("objects"), list) and entry["objects"] and chance.random() < .4:
                        where = chance.choice(entry["objects"])
                    if isinstance(where, dict) and where:
                        where[chance.choice(list(where))] = chance.choice(values)
                changed.append(json.dumps(entry))
                if chance.random() < .02:
                    changed.append(chance.choice(lines))
            path.write_text("\n".join(changed) + "\n")
            done = subprocess.run([CALLGATE, "report", "-o", "-", "--profile", "offline"], cwd=self.root,
                                  env=self.environment, capture_output=True, text=True, check=False,
                                  timeout=300)
            # A policy that cannot be read is told; what the page cannot be is something else.
            self.assertIn(done.returncode, (0, 1), done.stderr)
            if done.returncode == 0:
                self.check_form(done.stdout)
            else:
                self.assertTrue(done.stderr.startswith("callgate: "), done.stderr)

    def test_a_run_id_that_is_hostile_is_words(self):
        record = self.record('x"><script>1</script>')
        record.path = self.runs / "evil.jsonl"
        record.call("read", "/a", "deny").end()
        self.report()

    # ---- the file

    def test_the_file_is_private_and_replaced_only_where_it_is_a_report(self):
        self.busy().end()
        out = self.root / "report.html"
        self.run_callgate("report", "-o", out)
        self.assertEqual(out.stat().st_mode & 0o777, 0o600)
        first = out.stat().st_ino
        self.run_callgate("report", "--output", out)
        self.assertNotEqual(out.stat().st_ino, first)
        self.check_form(out.read_text())
        mine = self.root / "mine.jsonl"
        mine.write_text("mine")
        done = self.run_callgate("report", "-o", mine, status=1)
        self.assertIn("mine.jsonl: something else stands there\n  --force writes over it", done.stderr)
        self.assertEqual(mine.read_text(), "mine")
        self.run_callgate("report", "-o", mine, "--force")
        self.check_form(mine.read_text())
        (self.root / "empty").write_text("")
        self.run_callgate("report", "-o", "empty")
        (self.root / "link").symlink_to("report.html")
        self.run_callgate("report", "-o", "link", status=1)
        self.run_callgate("report", "-o", self.root, status=1)
        done = self.run_callgate("report", status=2)
        self.assertIn("-o FILE is wanted\n  for example: callgate report -o report.html", done.stderr)

    def test_what_fails_leaves_the_old_report_and_nothing_beside_it(self):
        self.busy().end()
        out = self.root / "report.html"
        self.run_callgate("report", "-o", out)
        before = out.read_bytes()
        self.run_callgate("report", "-o", out, "no-such-run", status=1)
        self.run_callgate("report", "-o", out, self.root / "none.jsonl", status=1)
        self.run_callgate("report", "-o", self.root / "none/report.html", status=1)
        done = subprocess.run(["/bin/bash", "-c", 'ulimit -f 4; exec "$@"', "bash", CALLGATE, "report",
                               "-o", out], cwd=self.root, env=self.environment, capture_output=True,
                              text=True, check=False, timeout=300)
        self.assertEqual((done.returncode, done.stderr), (1, f"callgate: {out}: File too large\n"))
        self.assertEqual(out.read_bytes(), before)
        self.assertEqual(sorted(path.name for path in self.root.iterdir()), ["home", "report.html"])

    def test_the_same_record_gives_the_same_page(self):
        self.busy().end()
        pages = [re.sub(r"Written [\d: -]+ by", "", self.run_callgate("report", "-o", "-").stdout)
                 for _ in range(2)]
        self.assertEqual(*pages)

    # ---- whether it can be believed

    def test_a_record_that_is_not_chained_is_not_called_signed(self):
        self.busy().end()
        page = self.report()
        self.assertIn("signed by this user's key: 0 of 1 run.", page.text)
        self.assertIn("1 run cannot be shown to be whole and signed: why", page.text)
        self.assertIn("not signednot chained: nothing to verify", page.text)

    # ---- in a browser

    @unittest.skipUnless(shutil.which("chromium"), "no chromium")
    def test_a_browser_shows_it_and_runs_nothing(self):
        self.busy().end()
        evil = "</title><script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
        self.record("20260103-030405-bbbb0002", command=[evil]).call("read", f"/{evil}", "deny",
                                                                    reason=evil).end()
        self.run_callgate("report", "-o", "page.html", "--title", "as it was")
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
             f"--user-data-dir={self.root}/browser", f"file://{self.root}/page.html"],
            env={**self.environment, "HOME": str(self.root)}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=300)
        self.assertIn("<title>as it was</title>", done.stdout, done.stderr)
        self.assertNotIn("<img", done.stdout)
        self.assertNotIn("<script", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
