# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The memory of a rank that waits, read while the program runs."""

import os
import subprocess
import time
from pathlib import Path

from measure.errors import MeasureError
from measure.programs import end, launcher

# Checks take long enough to be looked at, and nothing is trained.
CONFIGURATION = """schema: 1
problem: {name: delayed_sine, delay_s: 0.05}
surrogate: {type: delayed_polynomial, delay_s: 0.05}
loop: {tolerance: 10, accepted: 1000000}
"""
LONGEST_START = 60.0
RANK_VARIABLES = (b"OMPI_COMM_WORLD_RANK", b"PMIX_RANK", b"PMI_RANK")


def descendants(pid):
    """Processes that it started, and those that they started."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it has ended
        parent = int(text.rpartition(")")[2].split()[1])
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = []
    pending = [pid]
    while pending:
        found += children.get(pending[-1], [])
        pending += children.get(pending.pop(), [])
    return found


def rank_of(pid):
    """As the launcher told the process; None if it is none of its ranks."""
    try:
        entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        variables = dict(entry.split(b"=", 1) for entry in entries if b"=" in entry)
    except (OSError, ValueError):
        return None
    return next((int(variables[name]) for name in RANK_VARIABLES if name in variables), None)


def private_dirty_kib(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1])
    raise MeasureError("/proc/PID/smaps_rollup does not tell Private_Dirty")


def memory_while_waiting(scratch, program, rank):
    """What a rank of two has written to [KiB], after a second of checks and while they go on."""
    config = scratch / "waiting.yaml"
    config.write_text(CONFIGURATION, encoding="utf-8")
    events = scratch / "waiting" / "run.jsonl"
    events.unlink(missing_ok=True)
    command = [*launcher(), "2", program, config, "--quiet", "--force", "--output", events.parent]
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + LONGEST_START
        while not (events.exists() and '"started"' in events.read_text(encoding="utf-8")):
            if process.poll() is not None or time.monotonic() > deadline:
                raise MeasureError(f"{program} on 2 ranks did not begin to check")
            time.sleep(0.05)
        time.sleep(1.0)
        name = os.path.basename(program)[:15]
        for pid in descendants(process.pid):
            if rank_of(pid) == rank and Path(f"/proc/{pid}/comm").read_text().strip() == name:
                return private_dirty_kib(pid)
        raise MeasureError(f"{program}: no process of rank {rank} among those that {launcher()[0]} started")
    finally:
        end(process)
