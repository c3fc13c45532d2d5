#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes docs/ailoop.1, the manual page, from what `ailoop --help` prints.

usage: scripts/write_man_page.py PROGRAM [FILE] [--check]

PROGRAM is the built ailoop (build/release/bin/ailoop); FILE is docs/ailoop.1 of this clone unless another is named.
With --check nothing is written: ends with 1 where FILE is not what would be.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PAGE = r""".\" Written by scripts/write_man_page.py from `ailoop --help`. Do not edit.
.TH AILOOP 1 "" "ailoop {version}" "User commands"
.SH NAME
ailoop \- AI in the loop: surrogate, approximation and simulation in one MPI program
.SH SYNOPSIS
.SY mpiexec
.B \-n
.I RANKS
.B ailoop
.I CONFIG.yaml
.RB [ \-\-set
.IR KEY=VALUE ]...
.RI [ OPTION ]...
.YS
.SY ailoop
.I CONFIG.yaml
.B \-\-validate\fR | \fB\-\-print\-config\fR | \fB\-\-dry\-run
.YS
.SY ailoop
.B \-\-print\-schema\fR | \fB\-\-list\fR | \fB\-\-version\fR | \fB\-\-help
.YS
.SH DESCRIPTION
{description}
.PP
A surrogate, which is a small trained model, answers queries.
A cheap approximation of the simulation checks each answer at the same time, on ranks of its own.
Where the two differ by more than the tolerance, all ranks draw samples of the expensive simulation, the surrogate is
retrained with them, and the same queries are asked again.
.PP
A
.I CONFIG.yaml
that is not in the working directory is looked up where ailoop is installed:
.B config/hotlum.yaml
is there.
.SH OPTIONS
{options}
.PP
{passed_on}
.SH EXIT STATUS
{codes}
.SH FILES
A run leaves in its folder:
{files}
.SH EXAMPLES
{examples}
.SH SEE ALSO
.BR mpiexec (1)
.PP
.I PREFIX/share/ailoop/config
and
.I PREFIX/share/ailoop/examples
hold configurations and programs to begin with,
.I PREFIX/share/ailoop/ailoop.schema.json
the JSON Schema of all configurations.
"""

FILES = {
    "config.yaml": "all settings of the run; fed back, they give the same run",
    "run.jsonl": "every check and retraining, an event a line",
    "answers.csv": "the answers, with approximation, bound and verdict",
    "model.safetensors": "the retrained model with the state of its optimizer",
    "summary.json": "how the run ended, counts, times by phase, provenance",
    "checkpoint/": "what --resume goes on from",
}

EXAMPLES = {
    "The workflow with a pretrained model, on 8 ranks:": "mpiexec -n 8 ailoop config/hotlum.yaml",
    "The same with another tolerance, in a folder of its own:": (
        "mpiexec -n 8 ailoop config/hotlum.yaml --set loop.tolerance=0.02 --output narrow"
    ),
    "What a configuration would do, and on which ranks:": "mpiexec -n 8 ailoop config/hotlum.yaml --dry-run",
}


def roff(text):
    """Text in which nothing is a request or an escape, and a hyphen can be copied as it is."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def joined(lines):
    return " ".join(line.strip() for line in lines)


def entries(lines):
    """[(term, meaning)] of the indented lists of CLI11: a meaning may begin in the next line."""
    found = []
    for line in lines:
        # Newer ones put columns between an option's short and long name, and may leave one space before its meaning.
        line = re.sub(r"^  (?:(-\w,)| {3}) +(--)", lambda names: f"  {names[1] or ''}{names[2]}", line)
        line = line.replace(" ... ", " ...  ")
        head = re.match(r"  (\S.*?)(?:  +(\S.*))?$", line)
        if head:
            found.append([head[1], [head[2]] if head[2] else []])
        elif line.strip():
            found[-1][1].append(line)
    return [(term, joined(meaning)) for term, meaning in found]


def section(help_text, name):
    pattern = re.compile(rf"^{name}:\n(.*?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL | re.IGNORECASE)
    return pattern.search(help_text)[1].splitlines()


def option(term, meaning):
    """CLI11 tells after an option's names which kind of value it takes and which other options exclude it."""
    names, _, excluded = term.partition(" Excludes: ")
    words = names.split()
    written = ", ".join(rf"\fB{roff(name)}\fR" for name in words[0].split(","))
    values = " ".join(word for word in words[1:] if word not in ("TEXT", "..."))
    value = rf" \fI{roff(values)}\fR" if values else ""
    note = f"; not together with {' or '.join(excluded.split())}" if excluded else ""
    return f".TP\n{written}{value}\n{roff(meaning + note)}."


def page(help_text, version):
    description = joined(re.split(r"(?m)^(?:Usage: )?ailoop \[", help_text)[0].splitlines()).strip()
    footer = help_text[help_text.index("Arguments that begin") :]
    passed_on, codes = footer.split("Exit codes:")
    codes = re.findall(r"(\d) (.+?)(?=, \d |\.$)", joined(codes.splitlines()))
    listed = entries(section(help_text, "Positionals")) + entries(section(help_text, "Options"))
    return PAGE.format(
        version=version,
        description=roff(description),
        options="\n".join(option(term, meaning) for term, meaning in listed),
        passed_on=roff(passed_on.strip()),
        codes="\n".join(f".TP\n.B {code}\n{roff(meaning)}" for code, meaning in codes),
        files="\n".join(f".TP\n.I {roff(name)}\n{roff(what)}" for name, what in FILES.items()),
        examples="\n".join(f".PP\n{roff(what)}\n.PP\n.EX\n{roff(command)}\n.EE" for what, command in EXAMPLES.items()),
    )


def printed(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if not 1 <= len(arguments) <= 2 or arguments[0].startswith("-"):
        print(__doc__, end="", file=sys.stderr)
        return 2
    version = printed(arguments[0], "--version").split()[1]
    new = page(printed(arguments[0], "--help"), version)
    path = Path(arguments[1]) if len(arguments) == 2 else ROOT / "docs" / "ailoop.1"
    if "--check" not in sys.argv[1:]:
        path.write_text(new, encoding="utf-8")
        return 0
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    if new != old:
        print(f"{path} is stale; renew it with: scripts/write_man_page.py {arguments[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
