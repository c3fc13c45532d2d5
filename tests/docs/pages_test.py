# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that the documentation says what the tree holds: quoted code is the files' own text, and links lead somewhere.

A code block is a quotation when the line before it is `<!-- PATH -->`, PATH being relative to the project.
"""

import os
import re
import subprocess
import unittest
from pathlib import Path

SOURCE = Path(os.environ["AILOOP_SOURCE_DIR"])
PAGES = sorted([SOURCE / "README.md", SOURCE / "CONTRIBUTING.md", *SOURCE.glob("docs/**/*.md"), *SOURCE.glob("examples/**/*.md")])

BLOCK = re.compile(r"^(?:<!-- (?P<path>\S+) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")

# Pages that teach by files: each of their blocks of code is a quotation, and these files are quoted as a whole.
WALKS = {"docs/adding_a_problem.md": ["examples/own_problem/own_problem.cpp"]}


def blocks(page):
    return list(BLOCK.finditer(page.read_text(encoding="utf-8")))


def quotations(page):
    """(path, text) of each quotation."""
    return [(block["path"], block["text"]) for block in blocks(page) if block["path"]]


def lines(text):
    """The lines that are not empty."""
    return [line for line in text.splitlines() if line.strip()]


class PagesTest(unittest.TestCase):
    def test_quoted_code_is_the_text_of_the_file(self):
        for page in PAGES:
            for path, text in quotations(page):
                with self.subTest(page=page.name, path=path, begins=text.splitlines()[0]):
                    file_text = (SOURCE / path).read_text(encoding="utf-8")
                    self.assertIn("\n" + text, "\n" + file_text, f"{page.name} quotes what {path} does not say")

    def test_pages_that_teach_by_files_quote_all_their_code(self):
        for name, files in WALKS.items():
            with self.subTest(page=name):
                page = SOURCE / name
                unmarked = [block["text"] for block in blocks(page) if block["language"] and not block["path"]]
                self.assertEqual([], unmarked, "put <!-- PATH --> before each block of code")
                for file in files:
                    quoted = [line for path, text in quotations(page) if path == file for line in lines(text)]
                    self.assertEqual(lines((SOURCE / file).read_text(encoding="utf-8")), quoted)

    def test_an_own_problem_takes_less_than_60_lines(self):
        text = (SOURCE / "examples/own_problem/own_problem.cpp").read_text(encoding="utf-8")
        self.assertLess(len(text.splitlines()), 60)
        page = (SOURCE / "docs/adding_a_problem.md").read_text(encoding="utf-8")
        self.assertIn(f"It is {len(text.splitlines())} lines", page)

    def test_links_within_the_project_lead_to_files(self):
        for page in PAGES:
            for target in LINK.findall(page.read_text(encoding="utf-8")):
                path = target.split("#")[0]
                if "://" in target or not path:
                    continue
                with self.subTest(page=page.name, link=target):
                    self.assertTrue((page.parent / path).exists(), f"{page.name} links to {target}")

    def test_programs_that_the_page_about_measuring_names_are_there(self):
        page = (SOURCE / "perf" / "README.md").read_text(encoding="utf-8")
        names = set(re.findall(r"\bbuild/(?:release|native)/bin/(\w+)", page)) - {"ailoop"}
        self.assertGreater(len(names), 10)
        self.assertEqual([], re.findall(r"(?<![\w/])bin/\w+", page), "commands are started in the clone")
        made = " ".join(file.read_text(encoding="utf-8") for file in SOURCE.glob("perf/**/CMakeLists.txt"))
        self.assertEqual(set(), {name for name in names if not re.search(rf"\b{name}\b", made)})
        for path in re.findall(r"(?<![\w/])(?:perf|config)/[\w/]+\.(?:py|sh|yaml)", page):
            self.assertTrue((SOURCE / path).exists(), path)

    def test_the_manual_page_is_set_without_a_warning(self):
        command = ["groff", "-ww", "-man", "-Tutf8", SOURCE / "docs" / "ailoop.1"]
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=30, check=False)
        self.assertEqual((0, ""), (ended.returncode, ended.stderr))
        plain = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", ended.stdout)
        for words in ("EXIT STATUS", "converged", "--set KEY=VALUE", "ailoop config/hotlum.yaml --dry-run"):
            self.assertIn(words, plain)


if __name__ == "__main__":
    unittest.main()
