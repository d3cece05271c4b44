#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the shells complete: bash, and where they are installed zsh (its syntax) and fish.

usage: test-completion.py CALLGATE COMPLETION-DIRECTORY
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CALLGATE = os.path.abspath(sys.argv[1])
COMPLETION = pathlib.Path(os.path.abspath(sys.argv[2]))

# Two runs that ask, without having to run any.
STUB = f"""#!/bin/sh
case $1 in
pending) printf 'question 1fdd7951/3, 58 s left\\nquestion here is text\\nquestion ab12cd34/10\\n' ;;
runs) printf '1fdd7951\\t2026\\t-\\t/work\\tcat\\nab12cd34\\t2026\\t-\\t/work\\tcat\\n' ;;
grants) printf '1fdd7951/4\\tallowed for this run\\tx (used 0x)\\n\\treason: 7\\n' ;;
*) exec {CALLGATE} "$@" ;;
esac
"""


class Completion(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="callgate-test-")
        stub = pathlib.Path(self.scratch.name, "callgate")
        stub.write_text(STUB)
        stub.chmod(0o755)
        self.environment = {"HOME": self.scratch.name, "LC_ALL": "C.UTF-8",
                            "PATH": f"{self.scratch.name}:/usr/bin:/bin"}

    def tearDown(self):
        self.scratch.cleanup()

    def run_shell(self, *args):
        done = subprocess.run(args, env=self.environment, cwd=self.scratch.name, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
        self.assertEqual(done.stderr, "")
        return done.stdout.split("\n")[:-1]

    def complete(self, *words):
        """What bash offers for the last of these words."""
        script = (f'. {COMPLETION}/callgate.bash; COMP_WORDS=(callgate "$@"); COMP_CWORD=$#; '
                  '_callgate; printf "%s\\n" "${COMPREPLY[@]}"')
        return [w for w in self.run_shell("bash", "-c", script, "bash", *words) if w]

    def test_commands_are_those_of_the_help(self):
        self.assertEqual(self.complete("al"), ["allow"])
        self.assertEqual(self.complete("rev"), ["revoke"])
        every = self.complete("")
        for name in "run", "check", "pending", "deny", "runs", "grants", "help":
            self.assertIn(name, every)

    def test_options_are_those_of_the_command(self):
        self.assertEqual(self.complete("allow", "3", "--al"), ["--always"])
        self.assertEqual(self.complete("run", "--att"), ["--attended"])
        self.assertEqual(self.complete("pending", "--"), ["--run", "--json"])
        self.assertEqual(self.complete("version", "--"), [])

    def test_options_of_one_letter_are_there_too(self):
        every = self.complete("report", "-")
        self.assertIn("-o", every)
        self.assertIn("--policy", every)

    def test_names_are_of_what_runs_now(self):
        self.assertEqual(self.complete("allow", "1"), ["1fdd7951/3"])
        self.assertEqual(self.complete("deny", ""), ["1fdd7951/3", "ab12cd34/10"])
        self.assertEqual(self.complete("revoke", ""), ["1fdd7951/4"])
        self.assertEqual(self.complete("allow", "--run", "ab"), ["ab12cd34"])
        self.assertEqual(self.complete("policy", "reload", ""), ["1fdd7951", "ab12cd34"])
        self.assertEqual(self.complete("policy", "a"), ["add"])
        self.assertEqual(self.complete("grant", "1f"), ["1fdd7951"])
        self.assertEqual(self.complete("grant", "--fo"), ["--for"])

    def test_values(self):
        self.assertEqual(self.complete("allow", "3", "--scope", "d"), ["dir"])
        self.assertEqual(self.complete("run", "--profile", "off"), ["offline"])
        self.assertEqual(self.complete("help", "all"), ["allow"])

    def test_behind_two_dashes_stands_another_program(self):
        self.assertIn("callgate", self.complete("run", "--", "callga"))
        self.assertEqual(self.complete("run", "--", "ls", "--att"), [])

    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_zsh_can_read_its_own(self):
        self.assertEqual(self.run_shell("zsh", "-n", str(COMPLETION / "_callgate")), [])

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish_completes_too(self):
        def fish(line):
            return [w.split("\t")[0] for w in self.run_shell(
                "fish", "--no-config", "-c", f"source {COMPLETION}/callgate.fish; complete -C '{line}'")]
        self.assertEqual(fish("callgate al"), ["allow"])
        self.assertEqual(fish("callgate allow ab"), ["ab12cd34/10"])
        self.assertIn("--always", fish("callgate allow 3 --al"))
        self.assertEqual(fish("callgate allow 3 --scope d"), ["dir"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
