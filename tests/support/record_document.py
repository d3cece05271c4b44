# SPDX-License-Identifier: Apache-2.0
"""docs/audit.md, as far as it says which members a line of the record has."""
import functools
import itertools
import json
import re

# A record is as good as its first lines here: what comes later repeats them.
LINES_MAX = 3000


def sections(text):
    """heading: (line, text below it), of the part on lines, redaction and the chain."""
    found, name = {}, None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            name = line
        found.setdefault(name, (number, []))[1].append(line)
    names = list(found)
    begin = names.index("## Lines") if "## Lines" in names else 0
    end = names.index("## Reading it") if "## Reading it" in names else len(names)
    return {name: (found[name][0], "\n".join(found[name][1])) for name in names[begin:end] if name}


def words(text):
    """In backticks, outside of examples."""
    return set(re.findall(r"`\"?([a-z][a-z_0-9-]*)\"?(?::true)?`",
                          re.sub(r"```.*?```", "", text, flags=re.S)))


def has_section(parts, event):
    return any(f"`{event}`" in head or head == f"## The {event}" for head in parts)


def words_of(parts, event):
    """What may stand in a line of that event."""
    heads = [f"## The {event}", "## Lines"]
    if event in ("question", "datagrams"):
        heads.append("### `call`")
    return words("\n".join(text for head, (_, text) in parts.items()
                           if f"`{event}`" in head or head in heads))


def members(value):
    """Each key, and those of the objects in lists."""
    if isinstance(value, dict):
        yield from value
        value = value.values()
    elif not isinstance(value, list):
        return
    for inner in value:
        yield from members(inner)


class Document:
    def __init__(self, path):
        self.parts = sections(path.read_text(encoding="utf-8"))
        self.known = functools.cache(lambda event: words_of(self.parts, event))

    def undocumented(self, record):
        """EVENT: MEMBER of each that a line of that file has and the document has not."""
        found = set()
        with open(record, "rb") as lines:
            for line in itertools.islice(lines, LINES_MAX):
                try:
                    value = json.loads(line)
                    event = value["event"]
                except (ValueError, KeyError, TypeError):
                    continue
                for name in members(value):
                    if re.sub(r"_(hex|length|truncated)$", "", name) not in self.known(event):
                        found.add(f"{event}: {name}")
        return sorted(found)
