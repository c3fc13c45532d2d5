# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs every Google Benchmark program of a build: those named *_benchmark."""

import json
import os

from measure.errors import MeasureError
from measure.programs import ROOT, run

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
# What Google Benchmark says itself; the rest of its context was added by perf/benchmark_context.hpp.
OWN_CONTEXT = {
    "date",
    "host_name",
    "executable",
    "num_cpus",
    "mhz_per_cpu",
    "cpu_scaling_enabled",
    "caches",
    "load_avg",
}


def programs(build):
    found = sorted((ROOT / "build" / build / "bin").glob("*_benchmark"))
    if not found:
        raise MeasureError(f"build/{build}/bin: holds no program named *_benchmark")
    return [path for path in found if os.access(path, os.X_OK)]


# Arrays of 2 GiB, eight times the last-level cache.
LARGE = r"/(134217728|268435456|270000000)"


def run_program(program, repetitions, min_time, scratch, large=True):
    """What the program wrote, its repetitions in random order so that each benchmark meets the same machine."""
    output = scratch / f"{program.name}.json"
    run(
        [
            program,
            *([] if large else [f"--benchmark_filter=-{LARGE}"]),
            f"--benchmark_repetitions={repetitions}",
            "--benchmark_enable_random_interleaving=true",
            f"--benchmark_min_time={min_time}",
            "--benchmark_out_format=json",
            f"--benchmark_out={output}",
        ]
    )
    return parse(output.read_text(encoding="utf-8"), program.name)


def parse(text, name):
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise MeasureError(f"{name}: wrote no JSON: {error}") from error


def record(results, prefix, measurements):
    """Real times as PREFIX/BENCHMARK in seconds, and rates as .../items_per_second and .../bytes_per_second."""
    rows = [row for row in results["benchmarks"] if row.get("run_type", "iteration") == "iteration"]
    for row in sorted(rows, key=lambda row: row.get("repetition_index", 0)):
        name = f"{prefix}/{row.get('run_name', row['name'])}"
        if row.get("error_occurred"):
            raise MeasureError(f"{name}: {row.get('error_message', 'failed')}")
        measurements.add(name, "s", row["real_time"] * SECONDS[row["time_unit"]])
        for rate, unit in (("items_per_second", "items/s"), ("bytes_per_second", "B/s")):
            if rate in row:
                measurements.add(f"{name}/{rate}", unit, row[rate])


def context(results):
    """What the program says of how it was built."""
    return {key: value for key, value in results["context"].items() if key not in OWN_CONTEXT}
