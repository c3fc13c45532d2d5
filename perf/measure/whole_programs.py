# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures whole programs: each in turn with its baseline, so that both meet the same phases of the machine."""

import json
import os
import re
import time

from measure.errors import MeasureError
from measure.programs import ROOT, built, json_lines, json_of_ranks, python_with_packages, run_ranks
from measure.waiting_rank import memory_while_waiting

BUILD = "release"
CONFIG = ROOT / "config/hotlum.yaml"
ACCEPT_ALL = ["--set", "loop.tolerance=10"]
PYTHON_LOOP = ROOT / "perf/baselines/persistent_loop.py"
ENGINES = ("libtorch", "fused")
SINE = [CONFIG, "--set", "problem.terms=6"]  # as hand_loop.cpp has them
PROBLEMS = {
    "sine": SINE,
    "kepler": [ROOT / "config/kepler.yaml"],
    "pendulum": [ROOT / "examples/own_problem/pendulum.yaml"],
}
# a point of Kepler's equation takes microseconds
EVALUATED = (("sine", 1_000_000), ("sine", 10_000_000), ("kepler", 100_000), ("pendulum", 1_000_000))


def engine_settings(engine):
    return ["--set", f"training.engine={engine}"]


class WholePrograms:
    """The experiments; each adds to `measurements`. `scratch` is a folder for what the programs write."""

    def __init__(self, measurements, scratch, repetitions):
        self.measurements, self.scratch, self.repetitions = measurements, scratch, repetitions

    def add(self, name, unit, *values):
        self.measurements.add(name, unit, *values)

    def first_check(self, ranks, engine):
        """Seconds from the execution of each rank until the first check is done, by rank."""
        folder = self.scratch / "start"
        arguments = [CONFIG, "--quiet", "--force", "--output", folder, *ACCEPT_ALL, *engine_settings(engine)]
        _, errors = run_ranks(ranks, built(BUILD, "timed_ailoop"), *arguments)
        mains = {int(rank): (float(main), float(epoch)) for rank, main, epoch in
                 re.findall(r"^main (\d+) (\S+) (\S+)$", errors, re.MULTILINE)}  # fmt: skip
        with open(folder / "run.jsonl", encoding="utf-8") as file:
            events = [json.loads(line) for line in file]
        checked = next((event["t_s"] for event in events if event["event"] == "checked"), None)
        if len(mains) != ranks or checked is None:
            raise MeasureError(f"timed_ailoop on {ranks} ranks did not tell when it started and checked\n{errors}")
        done = mains[0][1] + checked
        return [done - (epoch - main) for main, epoch in (mains[rank] for rank in range(ranks))]

    def bare_start(self, ranks, program="bare_start"):
        """What each rank says, by rank."""
        lines = json_lines(run_ranks(ranks, built(BUILD, program))[0])
        if len(lines) != ranks:
            raise MeasureError(f"{program}: {len(lines)} of {ranks} ranks told when they were ready")
        return sorted(lines, key=lambda line: line["rank"])

    def starts(self):
        for _ in range(self.repetitions):
            for engine in ENGINES:
                self.add(f"start/1/{engine}", "s", self.first_check(1, engine)[0])
                self.add(f"start/1/bare_torch/{engine}", "s", self.bare_start(1, "bare_start_torch")[0]["ready_s"])
            self.add("start/2/ailoop", "s", self.first_check(2, "libtorch")[1])
            bare = self.bare_start(2)[1]
            self.add("start/2/bare", "s", bare["ready_s"])
            self.add("memory/2/bare", "KiB", bare["private_dirty_kib"])
            self.add("memory/2/ailoop", "KiB", memory_while_waiting(self.scratch, built(BUILD, "delayed_ailoop"), 1))

    def loops(self):
        """ailoop's loop and the persistent Python program's, each with many seeds in one start."""
        python = python_with_packages()
        for _ in range(self.repetitions):
            for ranks, seeds, python_seeds in ((8, 200, 100), (2, 40, 20), (4, 40, 20)):
                for engine in ENGINES:
                    arguments = [CONFIG, *engine_settings(engine), "--seeds", seeds, "--output", self.scratch]
                    told = json_of_ranks(ranks, built(BUILD, "loop_times"), *arguments)
                    self.add_loop(f"loop/{ranks}/{engine}", told)
                self.add(f"loop/{ranks}/libtorch/start", "s", self.first_check(ranks, "libtorch")[0])
                told = json_of_ranks(ranks, python, PYTHON_LOOP, "--seeds", python_seeds)
                self.add_loop(f"loop/{ranks}/python", told)
                self.add(f"loop/{ranks}/python/start", "s", told["start_s"])
                self.add(f"loop/{ranks}/python/training_step", "s", told["training_step_median_s"])

    def add_loop(self, name, told):
        self.add(f"{name}/mean", "s", told["loop_mean_s"])
        self.add(f"{name}/first", "s", told["first_loop_s"])
        self.add(f"{name}/check", "s", told["check_median_s"])
        self.add(f"{name}/memory", "KiB", told["private_dirty_kib"])

    def checks(self):
        """Blocks of checks alternate with blocks of bare collectives within each program."""
        for ranks in (2, 4, 5, 8):
            for name, settings in (("check", []), ("check_one_by_one", ["--set", "ranks.ahead=0"])):
                told = json_of_ranks(ranks, built(BUILD, "check_latency"), CONFIG, *settings, "--seconds", 5)
                for what in ("ailoop", "gather_bcast", "reduce_bcast"):
                    self.add(f"{name}/{ranks}/{what}/median", "s", *told[what]["median_s"])
                    self.add(f"{name}/{ranks}/{what}/p99", "s", *told[what]["p99_s"])
                self.add(f"{name}/{ranks}/ailoop/iteration", "s", *told["iteration_s"])

    def retrainings(self):
        for drawn_by in ("auto", "all"):
            settings = ["--set", f"sampling.drawn_by={drawn_by}"]
            told = json_of_ranks(8, built(BUILD, "retraining_latency"), CONFIG, *settings)
            for what in ("exchange", "train", "gatherv_bcast", "bare_steps"):
                self.add(f"retraining/8/{drawn_by}/{what}", "s", *told[f"{what}_s"])

    def all_ranks(self):
        """The sum of 4,608 numbers of a step beside a plain Allreduce, and a fit to a million shared samples."""
        program = built("native", "all_ranks_times")
        for ranks in (1, 2, 8):
            told = json_of_ranks(ranks, program, "--samples", 1_000_000, "--inputs", 1, "--degree", 5, "--fits", 20)
            for what in ("block_sum", "allreduce", "fit"):
                self.add(f"all_ranks/{ranks}/{what}", "s", *told[f"{what}_s"])

    def evaluations(self):
        """Many points on one thread, on two and on two ranks, each against the loop by hand."""
        for build in ("native", "release"):
            for problem, points in EVALUATED:
                for ranks, threads in ((1, 1), (1, 2), (2, 1)):
                    name = f"evaluate/{build}/{problem}/{points}/{ranks}x{threads}"
                    self.add_evaluation(name, self.evaluation(build, ranks, threads, problem, points))

    def few_points(self):
        """So few that messages count, too: beside twice what an Allreduce and the loop by hand take, and 0.2 us."""
        for points in (0, 1, 10, 100):
            name = f"evaluate/{BUILD}/sine/{points}/2x1"
            told = self.evaluation(BUILD, 2, 1, "sine", points)
            self.add_evaluation(name, told)
            floor = [2 * (hand + allreduce) + 2e-7 for hand, allreduce in zip(told["hand_s"], told["allreduce_s"])]
            self.add(f"{name}/floor", "s", *floor)

    def audits(self):
        """What it adds to audit a million accepted answers, beside their truths and an Allreduce."""
        for problem in PROBLEMS:
            for ranks, threads in ((1, 1), (1, 2), (2, 1)):
                told = self.evaluation("native", ranks, threads, problem, 1_000_000, "--audit", 1)
                for what in ("audit", "audited_truths"):
                    self.add(f"audit/{problem}/{ranks}x{threads}/{what}", "s", *told[f"{what}_s"])

    def evaluation(self, build, ranks, threads, problem, points, *more, repetitions=11):
        arguments = [*PROBLEMS[problem], "--points", points, "--repetitions", repetitions, *more]
        return json_of_ranks(ranks, "env", f"OMP_NUM_THREADS={threads}", built(build, "evaluate_times"), *arguments)

    def add_evaluation(self, name, told):
        for what in ("evaluate", "hand", "copy", "allreduce"):
            self.add(f"{name}/{what}", "s", *told[f"{what}_s"])

    def commands(self):
        """The loop of 10^7 queries, beside drawing them and the loop by hand; what answers cost, beside a plain write."""
        queries = 10_000_000
        for _ in range(self.repetitions):
            for ranks in (1, 2):
                self.add(f"command/{ranks}/loop", "s", self.loop_seconds(ranks, queries, "none")[0])
                hand = self.evaluation(BUILD, ranks, 1, "sine", queries, repetitions=1)
                self.add(f"command/{ranks}/by_hand", "s", hand["hand_s"][0] + hand["draw_s"][0])
        # apart from these, since what is written keeps a core busy for a while
        for _ in range(self.repetitions):
            for ranks in (1, 2):
                none, _ = self.loop_seconds(ranks, queries, "none")
                written, answers = self.loop_seconds(ranks, queries, "safetensors")
                self.add(f"command/{ranks}/answers", "s", written - none)
                self.add(f"command/{ranks}/write", "s", self.seconds_of_writing(answers))

    def loop_seconds(self, ranks, queries, answers):
        """Seconds of the loop of summary.json, and the bytes of the files that answers came in."""
        folder = self.scratch / "command"
        settings = {
            "loop.gate": "certified",
            "loop.tolerance": 10,
            "loop.accepted": queries,
            "queries.batch": queries // 10,
            "output.checks": "none",
            "output.answers": answers,
        }
        sets = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        run_ranks(ranks, "env", "OMP_NUM_THREADS=1", built(BUILD, "ailoop"), *SINE, *sets, "--quiet", "--force",
                  "--output", folder)  # fmt: skip
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        return summary["times"]["loop_s"], sum(part.stat().st_size for part in folder.glob("answers/*"))

    def seconds_of_writing(self, size):
        """Of so many bytes into one file, as fast as the folder takes them."""
        piece = bytes(16 << 20)
        path = self.scratch / "plain"
        start = time.monotonic()
        with open(path, "wb", buffering=0) as file:
            for _ in range(0, size, len(piece)):
                file.write(piece)
            os.fsync(file.fileno())
        seconds = time.monotonic() - start
        path.unlink()
        return seconds
    def floor(self):
        for _ in range(self.repetitions):
            for ranks in (2, 4, 5, 8):
                told = json_of_ranks(ranks, built(BUILD, "bare_mpi"), 10_000)
                self.add(f"floor/{ranks}/start", "s", told["start_s"])
                for what in ("gather_bcast", "reduce_bcast", "gatherv_bcast"):
                    self.add(f"floor/{ranks}/{what}", "s", told[what]["median_s"])

    def many_ranks(self):
        """The wall time of a whole run on 128 ranks, three times: each takes ten seconds."""
        for _ in range(3):
            arguments = [CONFIG, "--quiet", "--force", "--output", self.scratch / "many"]
            self.add("wall/128/ailoop", "s", wall_seconds(128, built(BUILD, "ailoop"), *arguments))
            self.add("wall/128/bare", "s", wall_seconds(128, built(BUILD, "bare_start")))


def wall_seconds(ranks, program, *arguments):
    start = time.monotonic()
    run_ranks(ranks, program, *arguments)
    return time.monotonic() - start
