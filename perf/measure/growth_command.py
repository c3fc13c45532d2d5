# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures how cost grows, writes the JSON and draws it; perf/curves builds what it needs and starts it."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measure import machine
from measure.curves import PICTURES, SCHEMA, make_pictures
from measure.errors import MeasureError
from measure.growth import BUILD, Growth
from measure.growth_pictures import draw
from measure.programs import ROOT
from measure.results import write_json
from measure.session import Session

FOLDER = ROOT / "docs/performance"
TITLES = {
    "check": "checks of 1 to 10,000,000 queries",
    "retraining": "retrainings with 256 to 1,000,000 samples",
    "samples": "drawing samples on 1 to 8 ranks",
    "memory": "memory with 256 to 10,000,000 samples",
}


def read(path):
    """{picture: curves} of a JSON that was written before."""
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
        if results["schema"] != SCHEMA:
            raise MeasureError(f"{path}: not what perf/curves writes (schema {SCHEMA})")
        return {name: list(results["pictures"][name]) for name in PICTURES if name in results["pictures"]}
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise MeasureError(f"{path}: cannot be read: {type(error).__name__}: {error}") from error


def measure(session, wanted, load_before):
    """{picture: curves} of the pictures that are wanted."""
    context = session.first_context(load_before)
    of_curve = {key: context[key] for key in ("date", "revision", "machine")} | {"build": BUILD}
    of_curve["machine"] = {key: context["machine"][key] for key in ("processor", "cores", "memory_kib", "caches")}
    with tempfile.TemporaryDirectory(prefix="ailoop-perf-") as folder:
        growth = Growth(session.measurements, Path(folder))
        for name in wanted:
            session.part(TITLES[name], getattr(growth, name))
    if context["loaded"]:
        session.measurements.mark_loaded(session.measurements.series)
    return make_pictures(session.measurements, wanted, of_curve)


def main():
    parser = argparse.ArgumentParser(prog="perf/curves", description=__doc__.splitlines()[0])
    parser.add_argument("pictures", nargs="*", metavar="PICTURE", help=f"of {', '.join(PICTURES)}; without: all")
    parser.add_argument("--draw", action="store_true", help="draw what was measured before")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the JSON and the pictures are")
    parser.add_argument("--load-before", type=float, default=machine.load_average(), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    session = Session("perf/curves")
    try:
        unknown = [name for name in arguments.pictures if name not in PICTURES]
        if unknown or (arguments.draw and arguments.pictures):
            raise MeasureError(f"wrong arguments: {' '.join(arguments.pictures)}; see perf/curves --help")
        wanted = arguments.pictures or list(PICTURES)
        path = arguments.folder / "curves.json"
        before = read(path) if arguments.draw or (arguments.pictures and path.exists()) else {}
        new = {} if arguments.draw else measure(session, wanted, arguments.load_before)
        pictures = {name: {**before, **new}[name] for name in PICTURES if name in before or name in new}
        arguments.folder.mkdir(parents=True, exist_ok=True)
        write_json(path, {"schema": SCHEMA, "pictures": pictures})
        draw(pictures, arguments.folder)
    except MeasureError as error:
        session.note(error)
        return 1
    session.note(f"{session.seconds():.0f} s in all; written: {arguments.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
