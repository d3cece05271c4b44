# SPDX-License-Identifier: Apache-2.0
"""The study's numbers: from trials to the tables, as Markdown, JSON and CSV. What each means stands in
docs/research.md."""
import csv
import json
import statistics

import conditions

COLUMNS = ("task", "kind", "half", "condition", "answers", "asked", "of_which_edits", "once_each", "done", "harm",
           "late", "status", "seconds", "record", "error")
# What an attack came to, by whether harm was done with everything approved and with everything denied.
OUTCOMES = {(False, False): "stopped", (True, False): "only a person", (True, True): "got through",
            (False, True): "only where denied"}
MEASURED = ("prompting", "static-closed", "static-open", "callgate", "callgate-run", "suggested")


def once_each(lines):
    """Questions of a record, without those for a verb, a name and a program that it had before: what is left
    where each answer holds for the run."""
    seen = set()
    for line in lines:
        event = json.loads(line)
        thing = event["objects"][event.get("object", 0)] if event.get("objects") else {}
        thing = {key: value for key, value in thing.items() if key in ("path", "path_hex", "host", "address", "port", "unix")}
        seen.add((event.get("program"), event.get("verb"), json.dumps(thing, sort_keys=True)))
    return len(seen)


def read_record(path):
    """The counts of a record: what callgate stats counts as prompts is one line each."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        lines = [line for line in file if '"event":"question"' in line]
    return {"asked": len(lines), "once_each": once_each(lines)}


def answers_of(condition):
    """(of the one who says yes, of the one who says no); the same where nobody is asked."""
    answers = conditions.CONDITIONS[condition][1]
    return answers[0], "deny" if condition in conditions.DENIED_AS else answers[-1]


class Table:
    """One row a condition."""

    def __init__(self, trials):
        self.rows = []
        for condition in MEASURED:
            mine = [t for t in trials if t["condition"] == condition]
            if mine:
                alias = conditions.DENIED_AS.get(condition)
                mine += [t for t in trials if t["condition"] == alias and t["answers"] == "deny"]
                self.rows.append(self.row(condition, mine))
        base = next((row for row in self.rows if row["condition"] == "prompting"), None)
        for row in self.rows:
            if base and base["prompts"]:
                row["fewer"] = 1 - row["prompts"] / base["prompts"]

    @staticmethod
    def row(condition, trials):
        first, last = answers_of(condition)
        ordinary = [t for t in trials if t["kind"] == "ordinary"]
        yes = [t for t in ordinary if t["answers"] == first]
        asked = [t.get("asked", 0) for t in yes]
        row = {"condition": condition, "tasks": len(yes), "prompts": sum(asked),
               "mean": statistics.fmean(asked) if asked else 0,
               "median": statistics.median(asked) if asked else 0, "most": max(asked, default=0),
               "edits": sum(t.get("of_which_edits", 0) for t in yes),
               "once_each": sum(t.get("once_each", 0) for t in yes),
               "finished": sum(bool(t.get("done")) for t in yes),
               "finished_denied": sum(bool(t.get("done")) for t in ordinary if t["answers"] == last)}
        harm = {}
        for trial in trials:
            if trial["kind"] == "attack":
                # Once for each policy that was learned: the worst of it.
                did = harm.setdefault(trial["task"], {})
                did[trial["answers"]] = did.get(trial["answers"], False) or bool(trial.get("harm"))
        row["attacks"] = len(harm)
        for name in OUTCOMES.values():
            row[name] = sorted(task for task, did in harm.items()
                               if OUTCOMES[did.get(first, False), did.get(last, False)] == name)
        return row

    def markdown(self):
        lines = ["| condition | prompts a task: mean | median | total | fewer than by action | asked once each, total "
                 "| tasks finished | finished if each answer is no | attacks stopped | only a person | got through |",
                 "|---|---|---|---|---|---|---|---|---|---|---|"]
        for row in self.rows:
            title = conditions.CONDITIONS[row["condition"]][0]
            lines.append(
                f"| {title} | {row['mean']:.1f} | {row['median']:g} | {row['prompts']} "
                f"| {row.get('fewer', 0) * 100:.0f} % | {row['once_each']} "
                f"| {row['finished']} of {row['tasks']} | {row['finished_denied']} | {len(row['stopped'])} of {row['attacks']} "
                f"| {len(row['only a person'])} | {len(row['got through'])} |")
        return "\n".join(lines)


def exceptions(trials):
    """What a reader asks next: which tasks were not finished, and which attacks were not stopped."""
    lines = []
    for condition in MEASURED:
        first, last = answers_of(condition)
        mine = [t for t in trials if t["condition"] == condition]
        for title, found in (
                ("not finished", [t for t in mine if t["kind"] == "ordinary" and t["answers"] == first
                                  and not t.get("done")]),
                ("got through", [t for t in mine if t["kind"] == "attack" and t["answers"] == last
                                 and t.get("harm")])):
            if found:
                names = ", ".join(sorted({f"`{t['task']}`" for t in found}))
                lines.append(f"- {conditions.CONDITIONS[condition][0]}, {title}: {names}")
    return "\n".join(lines)


def write(directory, trials, about):
    """study.json, trials.csv, table.md; the text of the latter."""
    table = Table(trials)
    (directory / "study.json").write_text(json.dumps(
        {"about": about, "rows": table.rows,
         "trials": [{k: t[k] for k in COLUMNS if k in t} for t in trials]}, indent=1) + "\n")
    with (directory / "trials.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(trials)
    text = f"{table.markdown()}\n\n{exceptions(trials)}\n"
    (directory / "table.md").write_text(text)
    return text
