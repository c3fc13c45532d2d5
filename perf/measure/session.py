# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One start of perf/run or perf/curves: what it says, what it knows of the machine, and its measurements."""

import datetime
import subprocess
import sys
import time

from measure import machine
from measure.measurements import Measurements
from measure.programs import ROOT, launcher


def git_revision():
    command = ["git", "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.stdout.strip() or "unknown"


class Session:
    """Runs parts one after the other and sees whether others use the machine meanwhile."""

    def __init__(self, program):
        self.program = program
        self.measurements = Measurements()
        self.start = time.monotonic()

    def note(self, text):
        print(f"{self.program}: {text}", file=sys.stderr)

    def seconds(self):
        return round(time.monotonic() - self.start, 1)

    def part(self, title, work):
        self.note(f"{time.monotonic() - self.start:4.0f} s  {title}")
        before = self.measurements.counts()
        watch = machine.OthersWatch()
        result = work()
        if watch.is_loaded():
            self.note(f"warning: others used {watch.cores_of_others():.1f} cores during: {title}")
            after = self.measurements.counts()
            self.measurements.mark_loaded(name for name, count in after.items() if count != before.get(name, 0))
        return result

    def first_context(self, load_before):
        """Before anything is measured."""
        others = machine.cores_of_others(2.0)
        loaded = others > machine.CORES_OF_OTHERS or load_before > machine.describe()["cores"] / 2
        if loaded:
            self.note(
                f"warning: the machine is not quiet: others use {others:.1f} cores, load average {load_before:.1f}; "
                "the figures are marked as loaded"
            )
        return {
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "revision": git_revision(),
            "machine": machine.describe(),
            "load_average_before": load_before,
            "cores_of_others_before": others,
            "runnable_before": machine.runnable(),
            "loaded": loaded,
            "launcher": " ".join(launcher()),
            "builds": {},
        }
