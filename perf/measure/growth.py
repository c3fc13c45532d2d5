# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures the curves: each point in a start of its own or in one list, in turn with what it is compared with."""

from measure.programs import built, json_lines, json_of_ranks, run_ranks

BUILD = "native"
BLOCKS = 5
BATCHES = (1, 8, 64, 256, 1024, 4096, 16384, 65536, 262144, 1_000_000, 10_000_000)
SAMPLES = (256, 1024, 4096, 16384, 65536, 262144, 1_000_000)
SAMPLES_OF_MEMORY = (*SAMPLES, 10_000_000)
RANKS = (1, 2, 3, 4, 6, 8)
MOST_STEPS_SAMPLES = 65536  # more samples than that make bare LibTorch take seconds, in proportion
MOST_TORCH_MEMORY_SAMPLES = 262144
MEMORY_REPETITIONS = 3

ADAM = "{{trainer: adam, engine: {}, learning_rate: 0.01, loss: smooth_l1, batch_size: 32, epochs: 1}}"
TRAININGS = {
    "libtorch": ADAM.format("libtorch"),
    "fused": ADAM.format("fused"),
    "least_squares": "{trainer: least_squares}",
}
CONFIGURATION = """schema: 1
seed: 42
problem: {{name: sine, terms: 4}}
loop: {{gate: difference, tolerance: 0.05, accepted: 1}}
sampling: {{total: 256, drawn_by: auto}}
surrogate: {{type: polynomial, basis: monomial, degree: 5, precision: float32}}
training: {training}
ranks: {{approximation: 4}}
"""


def retrainings_of_a_block(samples):
    """At least three: after the bare steps the first one waits up to 30 ms for threads that sleep."""
    return max(3, min(20, 40_000 // samples))


class Growth:
    """The experiments; each adds to `measurements`. `scratch` is a folder for configurations."""

    def __init__(self, measurements, scratch):
        self.measurements, self.scratch = measurements, scratch

    def config(self, training):
        path = self.scratch / f"{training}.yaml"
        path.write_text(CONFIGURATION.format(training=TRAININGS[training]), encoding="utf-8")
        return path

    def add(self, name, x, unit, values, against, baselines):
        """A point of a line, and of its baseline's line, to which each line that was measured in turn with it adds."""
        curve = name.partition("/")[0]
        self.measurements.add(f"{name}/{x}", unit, *values)
        if baselines:
            self.measurements.add(f"{name}/{x}/{against}", unit, *baselines)
            self.measurements.add(f"{curve}/{against}/{x}", unit, *baselines)

    def check(self):
        config = self.config("fused")
        for ranks in (1, 2):
            program = built(BUILD, "check_growth")
            told = json_of_ranks(ranks, program, config, "--blocks", BLOCKS, "--batches", *BATCHES)
            for point in told["points"]:
                curve, batch, bare = f"check.{ranks}", point["batch"], point["bare_s"]
                self.add(f"{curve}/check", batch, "s", point["check_s"], "bare", bare)
                self.measurements.add(f"{curve}/flushed/{batch}", "s", *point["iteration_s"])
                self.measurements.add(f"{curve}/flushed/{batch}/bare", "s", *bare)

    def retrain(self, ranks, training, samples, drawn_by="auto", with_steps=True):
        """What retraining_latency says."""
        settings = ["--set", f"sampling.total={samples}", "--set", f"sampling.drawn_by={drawn_by}"]
        blocks = ["--blocks", BLOCKS, "--retrainings", retrainings_of_a_block(samples)]
        steps = [] if with_steps else ["--without-steps"]
        return json_of_ranks(
            ranks, built(BUILD, "retraining_latency"), self.config(training), *settings, *blocks, *steps
        )

    def retraining(self):
        for ranks in (1, 8):
            for samples in SAMPLES:
                for training in TRAININGS:
                    with_steps = samples <= MOST_STEPS_SAMPLES
                    if training == "libtorch" and not with_steps:
                        continue
                    told = self.retrain(ranks, training, samples, with_steps=with_steps)
                    whole = [exchange + train for exchange, train in zip(told["exchange_s"], told["train_s"])]
                    steps = told["bare_steps_s"]
                    self.add(f"retraining.{ranks}/{training}", samples, "s", whole, "steps", steps)

    def samples(self):
        runs = [("samples.8", 8, samples, samples) for samples in SAMPLES]
        runs += [(f"ranks.{samples}", ranks, samples, ranks) for samples in (4096, 1_000_000) for ranks in RANKS]
        for curve, ranks, samples, x in runs:
            for drawn_by in ("auto", "all"):
                told = self.retrain(ranks, "least_squares", samples, drawn_by, with_steps=False)
                self.add(f"{curve}/{drawn_by}", x, "s", told["exchange_s"], "gatherv", told["gatherv_bcast_s"])

    def memory(self):
        for _ in range(MEMORY_REPETITIONS):
            for samples in SAMPLES_OF_MEMORY:
                for training in TRAININGS:
                    if training != "libtorch" or samples <= MOST_TORCH_MEMORY_SAMPLES:
                        self.add_memory(training, samples)

    def add_memory(self, training, samples):
        settings = ["--set", f"sampling.total={samples}"]
        told = json_lines(run_ranks(2, built(BUILD, "memory_growth"), self.config(training), *settings)[0])
        sample_kib = 8 / 1024  # x and y in float32
        for line in told:
            is_model_rank = line["rank"] == 0
            curve = "memory.model" if is_model_rank else "memory.other"
            bare = line["started_kib"] + (samples * sample_kib if is_model_rank else 0.0)
            self.add(f"{curve}/{training}", samples, "KiB", [line["retrained_kib"]], "bare", [bare])
