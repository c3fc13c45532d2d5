# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command: reads its arguments, makes the page, and turns what went wrong into a message and an exit code."""

import argparse
import importlib
import os
import sys
from pathlib import Path

from ailoop_report.errors import MissingPackage, ReportError

DEBIAN_PACKAGES = {"numpy": "python3-numpy", "matplotlib": "python3-matplotlib"}

DESCRIPTION = """Makes one self-contained HTML page of a run of ailoop, finished or not, and its pictures as PNGs in a
folder beside it. Nothing but these is written. With --csv it prints the answers instead."""

EPILOG = """exit codes: 0 the page is written; 1 a Python package is missing; 2 wrong command line, or DIR is not the
folder of a run"""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise ReportError(f"{message}; ailoop-report --help explains")


def parse(arguments):
    parser = Parser(prog="ailoop-report", description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("run", metavar="DIR", type=Path, help="folder of a run, which holds run.jsonl")
    parser.add_argument("--output", metavar="FILE.html", type=Path, help="page to write; default: DIR/report.html")
    parser.add_argument("--csv", action="store_true", help="print the answers, in whichever form the run wrote them")
    options = parser.parse_args(arguments)
    if options.output is None:
        options.output = options.run / "report.html"
    return options


def require_packages():
    for name, debian in DEBIAN_PACKAGES.items():
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise MissingPackage(
                f"the Python package {name} cannot be imported by {sys.executable} ({error}); install {debian} or "
                f"`pip install {name}`"
            ) from error


def require_writable(page):
    """Refuses what would fail after all the work, or overwrite a file that is no page."""
    if page.suffix.lower() not in (".html", ".htm"):
        raise ReportError(f"--output: '{page}' does not end in .html")
    if page.is_dir():
        raise ReportError(f"--output: '{page}' is a folder")
    if not page.parent.is_dir():
        raise ReportError(f"--output: the folder '{page.parent}' does not exist")
    if not os.access(page.parent, os.W_OK | os.X_OK):
        raise ReportError(f"--output: the folder '{page.parent}' is not writable")
    images = images_folder(page)
    if images.exists() and not images.is_dir():
        raise ReportError(f"--output: '{images}' is in the way: it is not a folder")


def images_folder(page):
    """Where the pictures of a page go."""
    return page.with_name(f"{page.stem}_images")


def report(arguments):
    options = parse(arguments)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy's threads only wait here, and take a core's time for that
    require_packages()
    # only now, because they import these packages
    from ailoop_report.answers import print_csv
    from ailoop_report.page import write_page
    from ailoop_report.run import read_run

    if options.csv:
        print_csv(options.run)
        return
    run = read_run(options.run)
    require_writable(options.output)
    try:
        write_page(run, options.output, images_folder(options.output))
    except OSError as error:
        raise ReportError(f"{error.filename or options.output}: cannot be written: {error.strerror}") from error
    print(f"ailoop-report: {options.output}", file=sys.stderr)


def main(arguments):
    try:
        report(arguments)
    except ReportError as error:
        print(f"ailoop-report: error: {error}", file=sys.stderr)
        return error.exit_code
    return 0
