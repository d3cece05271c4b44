#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How trials become rows: means, what an attack came to, and who is denied as whom."""
import json
import sys

import results


def trial(task, condition, answers, **more):
    kind = "attack" if task.startswith("attack") else "ordinary"
    return {"task": task, "kind": kind, "condition": condition, "answers": answers, "prepared": True, **more}


TRIALS = [
    trial("a", "prompting", "allow", asked=4, of_which_edits=1, once_each=3, done=True),
    trial("b", "prompting", "allow", asked=6, of_which_edits=0, once_each=6, done=True),
    trial("a", "prompting", "deny", done=False), trial("b", "prompting", "deny", done=True),
    trial("attack-read", "prompting", "allow", asked=9, harm=True), trial("attack-read", "prompting", "deny", harm=True),
    trial("attack-send", "prompting", "allow", asked=9, harm=True), trial("attack-send", "prompting", "deny", harm=False),
    trial("a", "callgate", "allow", asked=1, once_each=1, done=True), trial("b", "callgate", "allow", asked=0, done=False),
    trial("attack-read", "callgate", "allow", harm=False), trial("attack-read", "callgate", "deny", harm=False),
    trial("attack-send", "callgate", "allow", harm=True), trial("attack-send", "callgate", "deny", harm=False),
    trial("a", "callgate-run", "run", asked=1, done=True), trial("attack-send", "callgate-run", "run", harm=True),
    # Two policies were learned: under one of them it got through.
    trial("attack-send", "suggested", "allow", harm=True), trial("attack-send", "suggested", "deny", harm=True),
    trial("attack-send", "suggested", "allow", harm=True), trial("attack-send", "suggested", "deny", harm=False),
    trial("attack-send", "static-open", "none", harm=True), trial("attack-read", "static-open", "none", harm=False),
]
EXPECTED = [
    ("prompting", {"tasks": 2, "prompts": 10, "mean": 5, "median": 5, "most": 6, "edits": 1, "once_each": 9,
                   "finished": 2, "finished_denied": 1, "fewer": 0, "attacks": 2, "stopped": [],
                   "only a person": ["attack-send"], "got through": ["attack-read"]}),
    ("callgate", {"tasks": 2, "prompts": 1, "mean": 0.5, "finished": 1, "fewer": 0.9, "stopped": ["attack-read"],
                  "only a person": ["attack-send"], "got through": []}),
    ("callgate-run", {"prompts": 1, "only a person": ["attack-send"], "got through": []}),
    ("suggested", {"only a person": [], "got through": ["attack-send"]}),
    ("static-open", {"stopped": ["attack-read"], "only a person": [], "got through": ["attack-send"]}),
]
QUESTIONS = [json.dumps({"program": program, "verb": "read", "objects": [{"path": path}], "object": 0})
             for program, path in (("cat", "/a"), ("cat", "/a"), ("cat", "/b"), ("sed", "/a"))]


def main():
    rows = {row["condition"]: row for row in results.Table(TRIALS).rows}
    wrong = [f"{condition} {key}: {rows[condition].get(key)}, not {value}" for condition, wanted in EXPECTED
             for key, value in wanted.items() if rows[condition].get(key) != value]
    if results.once_each(QUESTIONS) != 3:
        wrong.append(f"once each: {results.once_each(QUESTIONS)}, not 3")
    for text in wrong:
        print(f"FAILED {text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
