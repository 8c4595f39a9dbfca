# SPDX-License-Identifier: Apache-2.0
"""Checks of the repository's text: style, rooms, snippets, links and the generated table.

usage: checks.py style|rooms|snippets|links REPOSITORY
       checks.py table REPOSITORY SEMBLANCE_COMMAND
Each check returns a list of findings, "file:line: what"; none means that it passes.
"""

import re
import subprocess
import sys
from pathlib import Path

SOURCE_FOLDERS = ("include", "src", "tests", "tools", "examples", "benchmarks")
CODE = (".hpp", ".cpp")


def files(root, folders, suffixes):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes:
                yield path


def numbered(path):
    return enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


# Style: what CONTRIBUTING.md forbids, as patterns of a line.

FORBIDDEN_EVERYWHERE = {
    r"\bmanual_seed\b|getDefaultCPUGenerator|default_generator": "the global generator; draw from Stream",
    r"\bs?rand\s*\(\s*(NULL|nullptr|\d+|time.*)?\s*\)": "rand(); draw from Stream",
    r"std::(random_device|mt19937|default_random_engine|minstd_rand)": "a generator of std; draw from Stream",
    r"#\s*include\s*<torch/(torch\.h|all\.h|nn|optim|data)": "a torch/ umbrella; write against ATen",
    r"[\"' (=](/home|/root|/work|/Users|/opt)/": "a path of some machine",
}
FORBIDDEN_IN_HEADERS = {
    r"^\s*using namespace\b": "using namespace in a header",
}
FORBIDDEN_IN_PUBLIC_HEADERS = {
    r"#\s*include\s*[<\"](nlohmann|fmt|spdlog|nanoflann|torch)": "a private dependency in a public header",
    r"#\s*include\s*\"detail/": "a private header in a public header",
}


def style(root):
    found = []
    for path in files(root, SOURCE_FOLDERS, CODE):
        name = path.relative_to(root)
        rules = dict(FORBIDDEN_EVERYWHERE)
        if path.suffix == ".hpp":
            rules.update(FORBIDDEN_IN_HEADERS)
        if name.parts[0] == "include":
            rules.update(FORBIDDEN_IN_PUBLIC_HEADERS)
        for number, line in numbered(path):
            found += [f"{name}:{number}: {what}" for rule, what in rules.items() if re.search(rule, line)]
    return found + licence_lines(root)


def licence_lines(root):
    missing = []
    for path in files(root, SOURCE_FOLDERS + ("scripts", "docs"), CODE + (".py", ".sh")):
        head = path.read_text(encoding="utf-8").splitlines()[:2]
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in head):
            missing.append(f"{path.relative_to(root)}:1: the SPDX licence line is missing")
    return missing


# Rooms: a room may include those above it in this list; rooms of one line do not know each other. What is in
# src/detail is in no room: it counts as the headers that it includes.

ROOMS = [
    ["core"],
    ["data"],
    ["interface"],
    ["neighbours"],
    ["codec"],
    ["nn"],
    ["train"],
    ["learners"],
    ["autoregressive", "copula", "diffusion", "forest", "gan", "simulation", "smote", "vae"],
    ["resample", "constraints"],
    ["privacy"],
    ["evaluate"],
    ["tune"],
    ["registry"],
    ["umbrella"],
]
LEVEL = {room: level for level, names in enumerate(ROOMS) for room in names}
LONE_FILES = {
    "generator.hpp": "interface",
    "generator.cpp": "interface",
    "registry.hpp": "interface",
    "balance.hpp": "interface",
    "balance.cpp": "interface",
    "registry/builtin.hpp": "interface",
    "semblance.hpp": "umbrella",
    "pch.hpp": "umbrella",
}


def room_of(path):
    """The room of a path below include/semblance or src; None where it is not ours."""
    if path in LONE_FILES:
        return LONE_FILES[path]
    first = path.split("/")[0]
    return first if first in LEVEL else None


def may_include(room, other):
    return room == other or LEVEL[other] < LEVEL[room]


def rooms(root):
    found = []
    for base in ("include/semblance", "src"):
        for path in files(root, (base,), CODE):
            inside = path.relative_to(root / base).as_posix()
            room = room_of(inside)
            if room is not None:
                found += includes_below(root, path, room)
            elif not inside.startswith("detail/"):
                found.append(f"{base}/{inside}:1: is in no room; add it to tests/docs/checks.py and docs/architecture.md")
    return found


def includes_below(root, path, room):
    found = []
    for number, header in includes(root, path):
        other = room_of(header)
        if other and not may_include(room, other):
            found.append(f"{path.relative_to(root)}:{number}: {room} may not include {other} ({header})")
    return found


def includes(root, path):
    """Line and name of every header of ours that a file includes, looking through src/detail."""
    for number, line in numbered(path):
        match = re.match(r'\s*#\s*include\s*"(?:semblance/)?([^"]+)"', line)
        if match and match.group(1).startswith("detail/") and (root / "src" / match.group(1)).is_file():
            yield from ((number, header) for _, header in includes(root, root / "src" / match.group(1)))
        elif match:
            yield number, match.group(1)


# Snippets: `<!-- snippet: FILE -->` or `<!-- output: FILE -->` before a block: the block is that file.

MARK = re.compile(r"^<!-- (?:snippet|output): (\S+) -->\n+```[^\n]*\n(.*?)^```", re.S | re.M)
MARK_START = re.compile(r"^<!-- (?:snippet|output): ", re.M)


def shown_forms(text):
    """A file as docs may show it: as it is, or without its SPDX line."""
    return text, re.sub(r"\A// SPDX-License-Identifier: [^\n]*\n\n?", "", text)


def pages(root):
    return (root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md")))


def snippets(root):
    return [finding for page in pages(root) for finding in page_snippets(root, page)]


def page_snippets(root, page):
    found = []
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(root)
    blocks = list(MARK.finditer(text))
    if len(blocks) != len(MARK_START.findall(text)):
        found.append(f"{name}:1: a snippet or output mark has no code block after it")
    for block in blocks:
        number = text.count("\n", 0, block.start()) + 1
        source = root / block.group(1)
        if not source.is_file():
            found.append(f"{name}:{number}: there is no file {block.group(1)}")
        elif block.group(2) not in shown_forms(source.read_text(encoding="utf-8")):
            found.append(f"{name}:{number}: the block differs from {block.group(1)}")
    return found


# Links: what they point to is there, headings too.

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")


def without_code(text):
    """The text with its blocks of code emptied, line by line, and its code in the line taken out."""
    blank = re.sub(r"^```.*?^```", lambda block: "\n" * block.group().count("\n"), text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*\]\([^`\n]*`", "", blank)


def anchors(page):
    """What links may name behind #: headings as GitHub turns them into ids."""
    titles = re.findall(r"^#+ +(.*?) *$", without_code(page.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(root):
    found = []
    for page in pages(root):
        text = without_code(page.read_text(encoding="utf-8"))
        for link in LINK.finditer(text):
            place = f"{page.relative_to(root)}:{text.count(chr(10), 0, link.start()) + 1}"
            target = page.parent / link.group(1) if link.group(1) else page
            if not target.exists():
                found.append(f"{place}: there is no {link.group(1)}")
            elif link.group(2) and target.suffix == ".md" and link.group(2) not in anchors(target):
                found.append(f"{place}: {target.name} has no heading #{link.group(2)}")
    return found


# Table: the README's generator table is what the command prints.

TABLE = re.compile(r"<!-- models -->\n(.*?)<!-- /models -->", re.S)


def table(root, command):
    printed = subprocess.run([command, "models", "--markdown"], capture_output=True, text=True, check=True).stdout
    match = TABLE.search((root / "README.md").read_text(encoding="utf-8"))
    if match is None:
        return ["README.md:1: has no table between <!-- models --> and <!-- /models -->"]
    if match.group(1).strip() != printed.strip():
        return ["README.md:1: the table differs from `semblance models --markdown`, which prints:\n" + printed]
    return []


CHECKS = {"style": style, "rooms": rooms, "snippets": snippets, "links": links, "table": table}


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in CHECKS:
        sys.exit(__doc__)
    found = CHECKS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
    print("\n".join(found) or f"{sys.argv[1]}: nothing to complain about")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
