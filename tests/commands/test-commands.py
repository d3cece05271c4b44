#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a person sees of check, explain, trust and of options gone wrong.

usage: test-commands.py CALLGATE
"""
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import unittest

CALLGATE = os.path.abspath(sys.argv[1])


class Commands(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="callgate-test-")
        root = pathlib.Path(os.path.realpath(self.scratch.name))
        self.home, self.work = root / "home", root / "work"
        self.home.mkdir()
        self.work.mkdir()
        self.environment = {"HOME": str(self.home), "PATH": "/usr/bin:/bin"}

    def tearDown(self):
        self.scratch.cleanup()

    def run_callgate(self, *args, status=0, cwd=None, **kwargs):
        done = subprocess.run([CALLGATE, *args], cwd=cwd or self.work, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=60, **kwargs)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def write(self, path, text, mode=0o600):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    # ---- the way in

    def test_help_names_every_command(self):
        out = self.run_callgate("help").stdout
        names = re.findall("^  ([a-z]+) ", out, re.MULTILINE)
        self.assertEqual(len(names), len(set(names)), names)
        self.assertLess({"run", "check", "explain", "log", "stats", "replay", "export", "report",
                         "suggest", "audit", "watch", "web", "policy", "grant", "help"}, set(names))
        for name in names:
            text = self.run_callgate("help", name).stdout
            self.assertTrue(text.startswith(f"usage: callgate {name}"), text)
            self.assertEqual(self.run_callgate(name, "--help").stdout,
                             out if name == "help" else text)
        self.assertEqual(self.run_callgate("--help").stdout, out)

    def test_no_command_prints_the_help_and_fails(self):
        done = self.run_callgate(status=2)
        self.assertIn("usage: callgate COMMAND", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_a_misspelt_command_gets_the_nearest(self):
        self.assertIn("perhaps: callgate explain",
                      self.run_callgate("explian", status=2).stderr)

    def test_a_program_in_the_place_of_a_command_is_pointed_to_run(self):
        done = self.run_callgate("/usr/bin/make", status=2)
        self.assertIn("to start a program: callgate run -- /usr/bin/make", done.stderr)

    def test_what_a_command_line_holds_is_escaped(self):
        done = self.run_callgate("\x1b[2J", status=2)
        self.assertIn("\\x1b[2J", done.stderr)
        self.assertNotIn("\x1b", done.stderr)

    def test_a_full_disk_is_no_success(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([CALLGATE, "version"], stdout=full, stderr=subprocess.PIPE,
                                  check=False)
        self.assertEqual(done.returncode, 1)

    def test_closed_descriptors_do_not_catch_what_is_written(self):
        victim = self.write(self.work / "policy.json", '{"version": 1}')
        subprocess.run(["/bin/sh", "-c", f'exec "$0" check {victim} >&- 2>&-', CALLGATE],
                       env=self.environment, check=False, timeout=60)
        self.assertEqual(victim.read_text(), '{"version": 1}')

    # ---- run: its own failures are 125

    def test_run_refuses_with_125_and_says_what_to_do(self):
        cases = [
            (["run"], "there is no command to run", "for example: callgate run -- bash"),
            (["run", "--add-dirs", "/x", "ls"], "there is no option --add-dirs",
             "perhaps: --add-dir"),
            (["run", "--add-dir", "sub", "ls"], "--add-dir sub: must be an absolute path",
             f"perhaps: --add-dir {self.work}/sub"),
            (["run", "--add-dir", "/nothing-here", "ls"],
             "--add-dir /nothing-here: No such file or directory", ""),
            (["run", "--read", "/etc/hosts", "ls"], "--read /etc/hosts: is not a directory", ""),
            (["run", "--read", "/etc/ssl/private", "ls"], "denied by rule guards:", "unprotect"),
            (["run", "--policy", "none.json", "ls"], "--policy none.json: no such file", ""),
            (["run", "--profile", "agnt", "ls"], "--profile agnt: no built-in profile",
             "there are: agent, offline, observe"),
        ]
        for args, text, hint in cases:
            if "/etc/ssl/private" in args and not os.path.isdir("/etc/ssl/private"):
                continue
            with self.subTest(args):
                done = self.run_callgate(*args, status=125)
                self.assertIn(text, done.stderr)
                self.assertIn(hint, done.stderr)

    def test_run_refuses_a_workspace_that_nobody_means(self):
        for place in ("/", "/tmp", str(self.home)):
            done = self.run_callgate("run", "--", "true", status=125, cwd=place)
            self.assertIn("the agent would read and write all of it", done.stderr)

    # ---- check

    def check(self, text, status=0, args=(), name="policy.json"):
        self.write(self.work / name, text)
        done = self.run_callgate("check", *args, name, status=status)
        return done.stdout + done.stderr

    def test_check_names_line_column_rule_and_nearest_name(self):
        out = self.check('{"version": 1,\n "rules": [\n  {"allow": "raed", "path": "/"}\n]}', 1)
        self.assertRegex(out, r"callgate: policy\.json:3:\d+: rule 1: .*read")
        out = self.check('{"version": 1, "rulse": []}', 1)
        self.assertRegex(out, r'policy\.json:1:\d+: .*"rulse".*"rules"')
        self.assertIn("no such file", self.run_callgate("check", "none", status=1).stderr)

    def test_check_and_explain_speak_of_the_proxy(self):
        proxy = '{"version": 1, "upstream_proxy": {"url": "socks5://%sproxy.example:1080"}}'
        self.assertIn("through the upstream proxy proxy.example:1080 (SOCKS5)",
                      self.check(proxy % "", 0))
        out = self.check(proxy % "me:secret@", 0)
        self.assertIn('"password_file"', out)
        self.assertNotIn("secret", out)
        (self.work / "p.json").write_text(proxy % "")
        out = self.run_callgate("explain", "--policy", "p.json", "connect", "example.com:443").stdout
        self.assertIn("through the upstream proxy proxy.example:1080, which resolves the name", out)
        out = self.run_callgate("explain", "--policy", "p.json", "connect", "localhost:80").stdout
        self.assertNotIn("proxy", out)

    def test_check_warns_of_rules_that_never_match(self):
        out = self.check('''{"version": 1, "rules": [
            {"allow": "read", "path": "/srv"},
            {"deny": "read", "path": ["/srv/a", "/opt/b"]},
            {"deny": "read", "path": "/srv/**/*.key"},
            {"allow": "connect", "host": "*.example.com"},
            {"deny": "connect", "host": "a.example.com", "port": 443},
            {"deny": "exec", "program": "no-such-program-anywhere"},
            {"allow": "read", "path": "~/.ssh"}]}''')
        self.assertIn('policy.json:3: warning: rule 2: "/srv/a" can never match: '
                      "rule command-line:1 (policy.json:2) decides first", out)
        self.assertNotIn("/opt/b", out)
        self.assertIn('rule 3: "/srv/**/*.key" can never match', out)
        self.assertIn('rule 5: "a.example.com" can never match', out)
        self.assertIn('no program "no-such-program-anywhere" on PATH', out)
        self.assertRegex(out, r'rule 7: "~/.ssh" can never match: rule guards:\d+ .*"unprotect"')
        self.assertIn("7 rules", out)
        self.check('{"version": 1, "rules": [{"deny": "exec", "program": "no-such-program"}]}',
                   1, ["--strict"])

    def test_check_does_not_warn_of_rules_that_hold(self):
        out = self.check('''{"version": 1, "rules": [
            {"deny": "read", "path": "/srv/a"},
            {"allow": "read", "path": "/srv/a", "exact": true},
            {"allow": "read", "path": "/srv/*/b"},
            {"allow": "read", "path": "/srv"},
            {"ask": "exec", "program": "sh", "args": ["-c", "**"]},
            {"allow": "read", "path": "~/.ssh/known_hosts", "unprotect": true}]}''')
        self.assertIn("rule 2", out)
        for number in (1, 3, 4, 5, 6):
            self.assertNotIn(f"rule {number}:", out)

    def test_check_warns_of_what_the_wall_cannot_hold(self):
        out = self.check('''{"version": 1, "rules": [
            {"deny": "read", "path": "**/.env"},
            {"deny": "write", "path": "**/*.lock"},
            {"allow": "exec", "path": "/srv/*/tool"},
            {"ask": "read", "path": "/srv/*.key"}]}''')
        self.assertIn(f'rule 1: "**/.env": {self.work} is open for reading', out)
        self.assertIn(f'rule 2: "**/*.lock": {self.work} is mounted writable', out)
        self.assertIn('rule 3: "/srv/*/tool": the wall opens trees for executing', out)
        self.assertNotIn("rule 4", out)

    def test_check_knows_the_layer_by_the_name(self):
        text = '{"version": 1, "rules": []}'
        self.assertIn("for the project layer", self.check(text, name=".callgate.json"))
        path = self.write(self.home / ".config/callgate/policy.json", text)
        self.assertIn("for the user layer", self.run_callgate("check", str(path)).stdout)

    # ---- explain

    def test_explain_names_verdict_rule_layer_line_and_wall(self):
        out = self.run_callgate("explain", "read", str(self.home / ".ssh/id_rsa"), status=1).stdout
        self.assertRegex(out, r"(?s)^deny: read .*/\.ssh/id_rsa .*\n"
                              r"  by rule guards:\d+, profile agent:\d+\n"
                              r"    deny read,write ~/\.ssh .*\n"
                              r"  reason: private keys")
        self.assertIn("the wall: closed: the kernel refuses it, gate or no gate", out)
        out = self.run_callgate("explain", "exec", "sh").stdout
        self.assertIn("allow: exec /", out)
        self.assertIn("open for executing (Landlock)", out)
        out = self.run_callgate("explain", "write", "new/file").stdout
        self.assertIn(f"allow: write {self.work}/new/file (which does not exist)", out)
        self.assertIn("is mounted writable", out)
        out = self.run_callgate("explain", "read", "/var/log/app").stdout
        self.assertIn('ask: read /var/log/app', out)
        self.assertIn('by "otherwise": no rule matches', out)
        self.assertIn("where nobody is there: deny", out)

    def test_explain_follows_links_to_what_is_judged(self):
        (self.work / "link").symlink_to(self.home / ".bashrc")
        self.write(self.home / ".bashrc", "")
        out = self.run_callgate("explain", "write", "link", status=1).stdout
        self.assertIn(f"deny: write {self.home}/.bashrc\n", out)

    def test_explain_takes_the_options_of_run(self):
        policy = self.write(self.work / "p.json",
                            '{"version": 1, "rules": [\n{"deny": "read", "path": "/usr/share",'
                            ' "reason": "mine"}]}')
        out = self.run_callgate("explain", "--policy", "p.json", "read", "/usr/share/x",
                                status=1).stdout
        self.assertIn(f"by rule command-line:1, {policy}:2\n", out)
        self.assertIn("reason: mine", out)
        out = self.run_callgate("explain", "--offline", "connect", "example.com:443",
                                status=1).stdout
        self.assertIn("reason: --offline", out)
        out = self.run_callgate("explain", "--verbose", "read", "/usr/lib").stdout
        self.assertRegex(out, r"\n    guards:1 +deny read,write ~/\.ssh")

    def test_explain_says_rule_zero(self):
        out = self.run_callgate("explain", "write", str(self.home / ".config/callgate/policy.json"),
                                status=1).stdout
        self.assertIn("by rule zero", out)

    def test_explain_knows_repositories_that_the_run_would_make(self):
        out = self.run_callgate("explain", "write", ".git/hooks/pre-commit").stdout
        self.assertIn("so the run would make it", out)
        (self.work / ".git").mkdir()
        out = self.run_callgate("explain", "write", ".git/hooks/pre-commit", status=1).stdout
        self.assertIn("deny write /**/.git/hooks", out)

    def test_explain_of_addresses(self):
        for args, words, status in [
                (["connect", "example.com:443"], "ask: connect example.com port 443", 0),
                (["connect", "localhost:80"], "127.0.0.1 port 80 (the sandbox's own loopback)", 0),
                (["--allow-loopback", "80", "connect", "localhost:80"],
                 "127.0.0.1 port 80 (this machine's loopback)", 0),
                (["connect", "[2001:db8::1]:80"], "2001:db8::1 port 80", 0),
                (["connect", "udp:example.com:443"], "no rule names this protocol", 1),
                (["connect", "abstract:x"], "allow: connect abstract:x", 0),
                (["connect", "unix:/run/docker.sock"], "whoever speaks to it can be root", 1)]:
            with self.subTest(args):
                self.assertIn(words, self.run_callgate("explain", *args, status=status).stdout)
        for args, words, status in [
                (["connect", "example.com"], "neither HOST:PORT nor unix:PATH", 2),
                (["connect", "x:99999"], "neither HOST:PORT", 2),
                (["connect", "/run/docker.sock"], "unix:/run/docker.sock", 2),
                (["raed", "x"], "perhaps: read", 2),
                (["exec", "no-such-program"], "no program", 1)]:
            with self.subTest(args):
                self.assertIn(words, self.run_callgate("explain", *args, status=status).stderr)
        self.run_callgate("explain", "read", status=2)

    # ---- trust

    PROJECT = '{"version": 1, "rules": [\n{"allow": "read", "path": "/srv"}]}\n'

    def trust_store(self):
        return self.home / ".local/state/callgate/trust.json"

    def test_trust_shows_asks_and_remembers(self):
        self.write(self.work / ".callgate.json", self.PROJECT, 0o644)
        done = self.run_callgate("explain", "read", "/srv")
        self.assertIn("ask: read /srv", done.stdout)
        self.assertIn("you do not trust it yet; look at it and decide: callgate trust", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn("It is not trusted", self.run_callgate("trust", "--show", status=1).stdout)
        self.assertIn("nobody to ask", self.run_callgate("trust", status=1).stderr)

        for answer, status in ((b"n\n", 1), (b"\n", 1), (b"\x04", 1), (b"y\n", 0)):
            self.assertFalse(self.trust_store().exists())
            self.assertEqual(self.answer(answer), status)
        done = self.run_callgate("explain", "read", "/srv")
        self.assertIn("allow: read /srv", done.stdout)
        self.assertIn("by rule project:1", done.stdout)
        self.assertEqual(done.stderr, "")
        self.assertEqual(self.trust_store().stat().st_mode & 0o777, 0o600)

        self.write(self.work / ".callgate.json", self.PROJECT + " ", 0o644)
        done = self.run_callgate("explain", "read", "/srv")
        self.assertIn("it changed since you trusted it", done.stderr)
        self.run_callgate("trust", "--yes")
        self.run_callgate("trust", "--show")
        self.assertIn("trusted no longer", self.run_callgate("trust", "--revoke").stdout)
        self.assertIn("was not trusted", self.run_callgate("trust", "--revoke").stdout)
        self.run_callgate("trust", "--show", status=1)

    def answer(self, answer):
        """Runs `callgate trust` on a terminal and types the answer; returns its exit status."""
        outer, inner = pty.openpty()
        child = subprocess.Popen([CALLGATE, "trust"], cwd=self.work, env=self.environment,
                                 stdin=inner, stdout=inner, stderr=inner)
        os.close(inner)
        seen = b""
        while b"[y/N]" not in seen:
            seen += os.read(outer, 4096)
        self.assertIn(b"allow read /srv", seen)
        os.write(outer, answer)
        status = child.wait(timeout=60)
        os.close(outer)
        return status

    def test_trust_shows_nothing_that_moves_the_cursor(self):
        self.write(self.work / ".callgate.json",
                   '{"version": 1, "description": "\u202e\u009b2J", "rules": [\n]}\n\x7f', 0o644)
        done = self.run_callgate("trust", "--show", status=1)
        for bad in ("\u202e", "\u009b", "\x7f"):
            self.assertNotIn(bad, done.stdout + done.stderr)

    def test_trust_refuses_what_would_not_be_read(self):
        self.assertIn("no such file", self.run_callgate("trust", "--yes", status=1).stderr)
        self.write(self.work / ".callgate.json", '{"version": 2}', 0o644)
        done = self.run_callgate("trust", "--yes", status=1)
        self.assertIn("mend it first", done.stderr)
        (self.work / ".callgate.json").unlink()
        (self.work / ".callgate.json").symlink_to("/etc/hosts")
        self.assertIn("is a symbolic link", self.run_callgate("trust", "--yes", status=1).stderr)
        self.assertFalse(self.trust_store().exists())

    def test_trust_is_called_rightly(self):
        self.run_callgate("trust", "--show", "--revoke", status=2)
        self.run_callgate("trust", "a", "b", status=2)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
