# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs ailoop-report of the source tree on folders that the program left."""

import sys
from html.parser import HTMLParser

from program import SOURCE, ProgramTest

REPORT = SOURCE / "report" / "ailoop-report"


class Page(HTMLParser):
    """What the tests ask about a page: its headings, its text, and what its images and links name."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.words, self.sources, self.open = [], [], [], []
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "source", "img"):
            self.open.append(tag)
        self.sources += [value for name, value in attributes if name in ("src", "srcset", "href")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)
        if self.open and self.open[-1] != "style":
            self.words.append(data)


class ReportTest(ProgramTest):
    def start_report(self, *arguments, environment=None):
        return self.run_command(sys.executable, "-B", REPORT, *arguments, environment=environment)

    def page_of(self, folder, *arguments, output=None):
        """The page of a run's folder, which must be made without a word but its name."""
        result = self.start_report(folder, *arguments)
        output = output or f"{folder}/report.html"
        self.assertEqual((0, "", [f"ailoop-report: {output}"]), (result.code, result.out, result.messages))
        return Page((self.folder / output).read_text(encoding="utf-8"))
