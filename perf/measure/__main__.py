# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs every measurement and writes the JSON and the table; perf/run builds what it needs and starts it."""

import argparse
import sys
import tempfile
from pathlib import Path

from measure import google_benchmarks, machine
from measure.definitions import FIGURES
from measure.errors import MeasureError
from measure.programs import ROOT, python_with_packages
from measure.results import make_results, table, write_json
from measure.session import Session
from measure.whole_programs import WholePrograms

BUILDS = ("native", "release")
REPETITIONS = 5
GOOGLE_REPETITIONS = 5
GOOGLE_MIN_TIME = 0.05


def measure(arguments, context, session):
    with tempfile.TemporaryDirectory(prefix="ailoop-perf-") as folder:
        scratch = Path(folder)
        whole = WholePrograms(session.measurements, scratch, REPETITIONS)
        session.part("checks against bare collectives", whole.checks)
        session.part("retrainings against bare Gatherv and bare LibTorch", whole.retrainings)
        for build in BUILDS[:1] if arguments.quick else BUILDS:
            for program in google_benchmarks.programs(build):

                def work(build=build, program=program):
                    large = build == BUILDS[0] and not arguments.quick
                    told = google_benchmarks.run_program(
                        program, GOOGLE_REPETITIONS, GOOGLE_MIN_TIME, scratch, large=large
                    )
                    google_benchmarks.record(told, f"{build}/{program.name}", session.measurements)
                    context["builds"].setdefault(build, {}).update(google_benchmarks.context(told))

                session.part(f"build/{build}/bin/{program.name}", work)
        session.part("evaluate against loops by hand", whole.evaluations)
        session.part("evaluate of few points", whole.few_points)
        session.part("audits", whole.audits)
        session.part("training on all ranks", whole.all_ranks)
        session.part("command with 10^7 queries", whole.commands)
        session.part("starts, and the memory of a rank that waits", whole.starts)
        session.part("loops against the persistent Python program", whole.loops)
        session.part("bare MPI", whole.floor)
        if not arguments.quick:
            session.part("128 ranks", whole.many_ranks)


def main():
    parser = argparse.ArgumentParser(prog="perf/run", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="without 128 ranks, and benchmarks of one build only")
    parser.add_argument("--output", type=Path, default=ROOT / "build/perf.json", metavar="FILE", help="the JSON")
    parser.add_argument("--load-before", type=float, default=machine.load_average(), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    session = Session("perf/run")
    note = session.note
    try:
        if not arguments.output.resolve().parent.is_dir():
            raise MeasureError(f"--output: {arguments.output.parent} is no folder")
        python_with_packages()
        context = session.first_context(arguments.load_before)
        measure(arguments, context, session)
        context["seconds"] = session.seconds()
        if context["loaded"]:
            session.measurements.mark_loaded(session.measurements.series)
        context["quick"] = arguments.quick
        results, missing = make_results(context, session.measurements, FIGURES)
        write_json(arguments.output, results)
    except MeasureError as error:
        note(error)
        return 1
    print(table(results, FIGURES))
    note(f"{context['seconds']:.0f} s in all; written: {arguments.output}")
    left_out = [figure.name for figure in missing if figure.slow and arguments.quick]
    if left_out:
        note(f"left out by --quick: {', '.join(left_out)}")
    lacking = [figure.name for figure in missing if figure.name not in left_out]
    if lacking:
        note(f"not measured, as no program told what is needed: {', '.join(lacking)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
