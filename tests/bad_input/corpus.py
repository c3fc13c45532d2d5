# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Wrong configurations: the files of this folder, and those that no text file can be.

A case in schema/ is one that a checker of JSON Schema refuses, too; one in program/ only the program can refuse,
because a YAML reader takes it for something allowed, or takes nothing, or would take it too slowly to try. The first line of a file tells the message that
it must get, behind the file's name; `...` stands for any text. What is in valid/ must be accepted.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from program import EXECUTABLE

FOLDER = Path(__file__).resolve().parent
MARK = "# expected "
START = b"schema: 1\nproblem: {name: sine}\n"
MANY = 20_000
LARGEST_TO_CHECK = 200_000  # bytes that PyYAML is given


@dataclass
class Case:
    name: str
    tag: str
    content: bytes
    expected: str

    @property
    def file(self):
        return f"{self.name}.yaml"

    def is_told_by(self, message):
        """The message is that of this case: the file, the place, and the expected pieces in their order."""
        first, *others = self.expected.split("...")
        at = len(self.file) + 1
        if not message.startswith(f"{self.file}:{first.strip()}"):
            return False
        for piece in others:
            at = message.find(piece.strip(), at)
            if at < 0:
                return False
        return True


def written(tag):
    """The cases of a folder."""
    cases = []
    for path in sorted((FOLDER / tag).glob("*.yaml")):
        content = path.read_bytes()
        line = content.decode().split("\n", maxsplit=1)[0]
        if not line.startswith(MARK):
            raise ValueError(f"{path}: its first line tells no expected message")
        cases.append(Case(path.stem, tag, content, line.removeprefix(MARK)))
    return cases


def with_text(text):
    """A configuration that is right but for a text, which is given as bytes."""
    return START + b'output: {directory: "' + text + b'"}\n'


def made():
    """The cases that are too large, or no text."""
    nested = b"[" * MANY + b"]" * MANY
    sections = b"{a: " * MANY + b"1" + b"}" * MANY
    too_large = "1:1: more than 1048576 bytes; a configuration is smaller"
    return [
        Case("empty", "schema", b"", "1:1: no settings; lines of the form"),
        Case("binary", "program", bytes(range(256)), "1:1: a NUL byte; the file must be UTF-8 text"),
        Case("executable", "program", b"\x7fELF\x02\x01\x01\0", "1:1: a control character; the file must be plain"),
        Case("nul_byte", "program", START + b"seed: 1\0\n", "3:8: a NUL byte; the file must be UTF-8 text"),
        Case("utf16_little", "program", START.decode().encode("utf-16"), "1:1: UTF-16; the file must be UTF-8 text"),
        Case("utf16_big", "program", b"\xfe\xff" + START.decode().encode("utf-16-be"), "1:1: UTF-16; the file must"),
        Case("utf16_unmarked", "program", START.decode().encode("utf-16-le"), "1:2: a NUL byte; the file must be"),
        Case("utf32", "program", START.decode().encode("utf-32"), "1:1: UTF-16; the file must be UTF-8 text"),
        Case("byte_order_mark", "program", b"\xef\xbb\xbf" + START, "1:1: a byte order mark; the file must be UTF-8"),
        Case("latin1", "program", with_text("läufe".encode("latin-1")), "3:23: bytes that are not valid UTF-8; the"),
        Case("cut_character", "program", START + b"# \xe2\x82", "3:3: bytes that are not valid UTF-8; the file must"),
        Case("overlong_character", "program", with_text(b"\xc0\xaf"), "3:22: bytes that are not valid UTF-8; the"),
        Case("surrogate", "program", with_text(b"\xed\xa0\x80"), "3:22: bytes that are not valid UTF-8; the file"),
        Case("control_character", "program", with_text(b"\x07"), "3:22: a control character; the file must be plain"),
        Case("lone_carriage_return", "program", b"schema: 1\rproblem: {name: sine}\n", "1:10: a control character"),
        Case("directive", "program", b"%YAML 1.2\n---\n" + START, "1:1: a YAML directive; directives are not allowed"),
        Case("deep_list", "program", START + b"seed: " + nested, "3:70: nested more than 64 deep; at most that"),
        Case("deep_open_list", "program", START + b"seed: " + b"[" * MANY, "3:"),
        Case("deep_section", "program", sections, "1:257: nested more than 64 deep; at most that"),
        Case("deep_open_section", "program", b"{a: " * MANY, "1:"),
        Case("deep_dashes", "program", b"- " * MANY + b"1", "1:129: nested more than 64 deep; at most that"),
        Case("deep_questions", "program", b"? " * MANY + b"1", "1:"),
        Case("key_of_100_kB", "program", START + b"k" * 100_000 + b": 1\n", "3:... not valid YAML:"),
        Case("explicit_key_of_100_kB", "schema", START + b"? " + b"k" * 100_000 + b"\n: 1\n", "3:3: kkk... unknown key"),
        Case("value_of_1_MB", "program", START + b"seed: " + b"x" * 1_000_000, "3:7: seed: xxx... is not a whole number"),
        Case("number_of_1_MB", "program", START + b"seed: " + b"1" * 1_000_000, "3:7: seed: 111... is not a whole"),
        Case("150_000_values", "program", START + b"seed: [" + b"1," * 150_000 + b"1]\n", "3:... more than 100000 values"),
        Case("500_000_brackets", "program", b"[" * 500_000, "1:100001: more than 100000 brackets; at most that many"),
        Case("2_MB_of_comments", "program", START + b"# a comment\n" * 200_000, too_large),
    ]


def cases():
    return [*written("schema"), *written("program"), *made()]


def schema():
    """The JSON Schema that the program prints."""
    printed = subprocess.run([EXECUTABLE, "--print-schema"], capture_output=True, check=True, timeout=60).stdout
    return json.loads(printed)
