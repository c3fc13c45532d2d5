#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes docs/configuration.md and config/ailoop.schema.json from the JSON Schema that the program prints.

usage: scripts/write_configuration_docs.py PROGRAM [FILE] [--check]

PROGRAM is the built ailoop (build/release/bin/ailoop). With FILE only that page is written, for instance for a program
with kinds of its own. With --check nothing is written: ends with 1 where a file is not what would be.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 1.7976931348623157e308  # of a double: the bound of numbers that have none

INTRODUCTION = """\
<!-- Written by scripts/write_configuration_docs.py from `ailoop --print-schema`. Do not edit: change the descriptions
in the sources, build, and run `scripts/write_configuration_docs.py build/release/bin/ailoop`. -->

# {title}

A configuration is one YAML file. All settings but `schema` and those marked as required have a default.

```yaml
schema: 1
problem: {{name: sine}}
loop: {{tolerance: 0.05}}
```

- `--set SECTION.KEY=VALUE` on the command line beats `--seed` and `--output`, and these beat the file. The last `--set` wins. Setting one of several settings that exclude each other removes the others; `--set SECTION.KEY=null` takes a setting back, as if the file did not name it. In the file, `null` may stand for settings whose default is none, and means that.
- Paths of input files are relative to the configuration file, or to the working directory where they come from `--set`. `output.directory` is always relative to the working directory.
- In a path `~` at its start is the home folder, `$NAME` and `${{NAME}}` are environment variables, and `$$` is a dollar. What a run leaves keeps them as they were written. A variable that is not set is refused when a run starts, and only noted by `--validate` and `--print-config`: a login node has no `SLURM_JOB_ID`.
- ailoop is stricter than YAML, so that nothing is misread: numbers are plain decimal ones (`0.05`, `-1.5e-3`; no `010`, `0x1F`, `.5`, `+5` or `.inf`), flags only `true` or `false`, text in quotes is never a number, and text without quotes has no hidden characters such as no-break spaces. There are no anchors, aliases, tags, directives or second documents; unknown keys and keys that are given twice are errors. The file must be a regular one, in UTF-8 without byte order mark, and of at most 1 MiB.
- Whatever is wrong is told in one line, `file:line:column: key: what was found; what is allowed`, and the exit code is 2.
- Some settings are lists: `[M, e]`, or an element on each line behind a dash. `--set` takes them in brackets (`--set 'queries.columns=[M, e]'`), and a message says which element is wrong: `queries.columns[1]`.

Queries of a file whose header is `e,period,M`, of which two columns are the inputs of the problem, in its order:

```yaml
schema: 1
problem: {{name: kepler}}
queries: {{source: file, path: orbits.csv, columns: [M, e]}}
```

| | |
|---|---|
| `ailoop CONFIG --validate` | checks the file, the files it names (the model and the queries as a run reads them) and the folder of the run, without MPI: also on a login node. What depends on the number of ranks or the memory of a node is seen only when a run starts, or by `--dry-run`. |
| `ailoop CONFIG --print-config` | prints every setting after file, command line and defaults; fed back, it gives the same run |
| `ailoop --print-schema` | prints a JSON Schema (draft 2020-12). Editors complete and check with it: begin the file with `# yaml-language-server: $schema=PATH`, as the files in `config/` do. The schema is installed as `PREFIX/share/ailoop/ailoop.schema.json`. A problem of your own is not in it, so the configurations in `examples/` name none: there `own_problem --print-schema` prints the one that knows it. Some YAML readers, such as PyYAML, take `1e-3` for text; write `1.0e-3` for them. |

The column "affects" tells what a setting changes: the result of a run; its extent, how far it goes, which may be another one when it is resumed; its execution; or only what it leaves behind.
"""


def text(value):
    """Fit for a cell of a table."""
    return str(value).replace("|", "\\|")


def code(value):
    return f"`{text(value)}`"


def written(value):
    """A default as it would stand in the file."""
    return value if isinstance(value, str) else json.dumps(value)


def number_range(setting):
    lower, open_lower = setting.get("minimum"), setting.get("exclusiveMinimum")
    upper, open_upper = setting.get("maximum"), setting.get("exclusiveMaximum")
    bounds = []
    if open_lower is not None:
        bounds.append(f"greater than {open_lower:g}")
    elif lower is not None and lower > -LARGEST:
        bounds.append(f"at least {lower:g}")
    if open_upper is not None:
        bounds.append(f"less than {open_upper:g}")
    elif upper is not None and upper < LARGEST:
        bounds.append(f"at most {upper:g}")
    return " ".join(["number", " and ".join(bounds)]).strip()


def allowed(setting):
    if "enum" in setting:
        return "<br>".join(
            f"{code(name)}: {text(meaning)}"
            for name, meaning in zip(setting["enum"], setting["enumDescriptions"], strict=True)
            if name is not None
        )
    types = setting["type"] if isinstance(setting["type"], list) else [setting["type"]]
    if "array" in types:
        each = allowed(setting["items"])
        length = f"{setting['minItems']} to {setting['maxItems']}"
        return f"list of {length}, each: {each}" if types[0] == "array" else f"{each}, or a list of {length} such"
    kind = types[0]  # or null
    if kind == "integer":
        lower, upper = setting["minimum"], setting["maximum"]
        return code(lower) if lower == upper else f"whole number from {lower} to {upper}"
    if kind == "number":
        return number_range(setting)
    if kind == "boolean":
        return "`true` or `false`"
    return setting.get("format", "text")


def table(properties, required):
    lines = ["| key | default | allowed | meaning | affects |", "|---|---|---|---|---|"]
    for key, setting in properties.items():
        default = "required" if key in required else "none"
        if "default" in setting:
            default = code(written(setting["default"]))
        cells = [code(key), default, allowed(setting), text(setting["description"]), setting["x-affects"]]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""] if len(lines) > 2 else []


def describe(body, path, level):
    """Tables of a section, or of a kind's settings, with its sections and kinds below."""
    properties = {key: value for key, value in body.get("properties", {}).items() if isinstance(value, dict)}
    sections = {key: value for key, value in properties.items() if value["type"] == "object"}
    settings = {key: value for key, value in properties.items() if key not in sections}
    lines = table(settings, body.get("required", []))
    for condition in body.get("allOf", []):
        if "not" in condition:
            names = condition["not"]["required"]
            lines += [f"Only one of {' and '.join(code(name) for name in names)} can be given.", ""]
    for condition in body.get("allOf", []):
        if "if" in condition:
            ((key, choice),) = condition["if"]["properties"].items()
            below = describe(condition["then"], path, level + 1)
            if below:
                lines += [f"{'#' * level} With {code(f'{path}{key}: ' + choice['const'])}", "", *below]
    for key, section in sections.items():
        lines += [f"{'#' * level} {code(path + key)}", "", f"{text(section['description']).capitalize()}.", ""]
        lines += describe(section, f"{path}{key}.", level + 1)
    return lines


def document(schema):
    return "\n".join([INTRODUCTION.format(title=schema["title"]), "## Settings", "", *describe(schema, "", 2)])


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if not 1 <= len(arguments) <= 2 or arguments[0].startswith("-"):
        print(__doc__, end="", file=sys.stderr)
        return 2
    command = [arguments[0], "--print-schema"]
    schema = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    page = document(json.loads(schema)).rstrip() + "\n"
    if len(arguments) == 2:
        files = {Path(arguments[1]): page}
    else:
        files = {ROOT / "docs" / "configuration.md": page, ROOT / "config" / "ailoop.schema.json": schema}
    renewal = f"scripts/write_configuration_docs.py {arguments[0]}"
    stale = {path for path, new in files.items() if not path.exists() or path.read_text(encoding="utf-8") != new}
    for path in sorted(stale):
        if "--check" in sys.argv[1:]:
            print(f"{path} is stale; renew it with: {renewal}", file=sys.stderr)
        else:
            path.write_text(files[path], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
