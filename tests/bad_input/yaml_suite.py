# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Gives every document of the public YAML test suite to ailoop as a configuration: each must be refused.

usage: yaml_suite.py PROGRAM FOLDER

PROGRAM is the built ailoop; FOLDER is a checkout of https://github.com/yaml/yaml-test-suite, either of its branch
`main` (src/*.yaml) or of its branch `data` (*/in.yaml). Both YAML that is valid and YAML that is not must end with exit
code 2 and one message that names a place. Prints how many documents there were; ends with 1 if one was not refused.
"""

import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

NAME = "c.yaml"
REFUSED = 2
SECONDS = 10
# How src/*.yaml writes characters that would not be seen.
VISIBLE = (
    (r"␣", " "),
    (r"—*»", "\t"),
    (r"⇔", "\ufeff"),
    (r"↵", ""),
    (r"←", "\r"),
    (r"∎\n\Z", ""),
)


def documents(folder):
    """(name, bytes) of each document of the suite."""
    for path in sorted(folder.rglob("in.yaml")):
        if not {"name", "tags"} & set(path.relative_to(folder).parts):  # these are links to the others
            yield str(path.parent.relative_to(folder)), path.read_bytes()
    for path in sorted((folder / "src").glob("*.yaml")):
        for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))):
            if "yaml" in case:
                text = case["yaml"]
                for pattern, character in VISIBLE:
                    text = re.sub(pattern, character, text)
                yield f"{path.stem}/{number:02}", text.encode()


def complaint(program, content):
    """What is wrong with the program's answer; nothing where it refuses the document as it should."""
    with tempfile.TemporaryDirectory(prefix="ailoop-yaml-") as folder:
        (Path(folder) / NAME).write_bytes(content)
        result = subprocess.run(
            [program, NAME, "--validate"], cwd=folder, capture_output=True, timeout=SECONDS, check=False
        )
        messages = result.stderr.decode().splitlines()
        if result.returncode != REFUSED:
            return f"ended with {result.returncode}: {result.stdout.decode()}{result.stderr.decode()}"
        if len(messages) != 1 or not re.match(rf"{re.escape(NAME)}:\d+:\d+: .", messages[0]):
            return f"not one message with a place: {result.stderr.decode()}"
        if result.stdout or len(list(Path(folder).iterdir())) != 1:
            return "wrote something"
    return None


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    suite = list(documents(folder))
    if not suite:
        sys.exit(f"{folder}: holds no document of the suite")
    with ThreadPoolExecutor(4) as pool:
        complaints = list(pool.map(lambda document: complaint(program, document[1]), suite))
    wrong = [f"{name}: {what}" for (name, _), what in zip(suite, complaints, strict=True) if what]
    print(*wrong, f"{len(suite)} documents, {len(suite) - len(wrong)} refused", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
