#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The loop of config/hotlum.yaml as one persistent mpi4py + PyTorch program: what a good Python programmer would write.

usage: mpiexec -n P persistent_loop.py [--seeds N] [--first-seed S] [--samples-per-rank N | --total N]

Rank 0 has the model; it predicts while the ranks 1 ... 4 (fewer in a smaller world) sum the Taylor series in float32
by MPI_Reduce. Where both differ by more than the tolerance, every rank draws samples, rank 0 gathers them and trains an
epoch, and the same x is tried again; five successes end a run. Each seed starts again from the pretrained model with
Adam's state. Buffers are made once, nothing is pickled, only rank 0 loads PyTorch, with one thread.

Prints one JSON object. AILOOP_EXEC_TIME, seconds since 1970, tells when the program was executed.
"""

import argparse
import json
import math
import os
import statistics
import struct
import sys
import time
from pathlib import Path

import mpi4py

mpi4py.rc.threads = False  # MPI_THREAD_SINGLE, the cheapest

import numpy as np  # noqa: E402
from mpi4py import MPI  # noqa: E402

MODEL = Path(__file__).resolve().parents[2] / "config/models/sine_pretrained.safetensors"
TERMS = 4
TOLERANCE = 0.05
SUCCESSES = 5
MOST_RETRAININGS = 1000
BATCH = 32
DEGREE = 5

CHECK, RETRAIN, STOP = 0.0, 1.0, 2.0


def read_model():
    """{name: array} of the pretrained model and its optimizer."""
    types = {"F32": np.float32, "I64": np.int64}
    data = MODEL.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__")
    return {
        name: np.frombuffer(data[8 + length + begin : 8 + length + end], types[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
        for begin, end in [entry["data_offsets"]]
    }


class Model:
    """The polynomial with Adam, on rank 0."""

    def __init__(self, samples):
        import torch

        torch.set_num_threads(1)
        self.torch = torch
        self.exponents = torch.arange(DEGREE + 1, dtype=torch.float32)
        self.layer = torch.nn.Linear(DEGREE + 1, 1)
        self.adam = torch.optim.Adam(self.layer.parameters(), lr=0.01)  # foreach is no faster for two small tensors
        self.loss = torch.nn.SmoothL1Loss()
        self.pretrained = {name: torch.from_numpy(value.copy()) for name, value in read_model().items()}
        self.rows = np.empty((samples, 2), np.float32)
        self.samples = torch.from_numpy(self.rows)
        self.x = np.empty(1, np.float32)
        self.point = torch.from_numpy(self.x)
        self.features = torch.empty(DEGREE + 1)
        self.step_s = []

    def reset(self, seed):
        torch = self.torch
        torch.manual_seed(seed)
        with torch.no_grad():
            for name, parameter in self.layer.named_parameters():
                parameter.copy_(self.pretrained[f"fc.{name}"])
                self.adam.state[parameter] = {
                    "step": torch.tensor(float(self.pretrained["adam.step"])),
                    "exp_avg": self.pretrained[f"adam.exp_avg.fc.{name}"].clone(),
                    "exp_avg_sq": self.pretrained[f"adam.exp_avg_sq.fc.{name}"].clone(),
                }

    def predict(self, x):
        torch = self.torch
        with torch.inference_mode():
            self.x[0] = x
            torch.pow(self.point, self.exponents, out=self.features)
            return torch.nn.functional.linear(self.features, self.layer.weight, self.layer.bias).item()

    def train(self):
        torch = self.torch
        order = torch.randperm(len(self.samples))
        shuffled = self.samples[order]
        features = shuffled[:, :1] ** self.exponents
        targets = shuffled[:, 1:]
        for x, y in zip(features.split(BATCH), targets.split(BATCH)):
            start = time.perf_counter()
            self.adam.zero_grad(set_to_none=True)
            self.loss(self.layer(x), y).backward()
            self.adam.step()
            self.step_s.append(time.perf_counter() - start)


class Loop:
    """The ranks' buffers, and what they do together."""

    def __init__(self, samples_per_rank, total):
        self.world = MPI.COMM_WORLD
        rank, size = self.world.rank, self.world.size
        total = total or samples_per_rank * size
        self.counts = [total // size + (r < total % size) for r in range(size)]
        self.bytes_of = [count * 8 for count in self.counts]
        self.n_approximating = min(max(size - 1, 1), TERMS)
        first = 1 if size > 1 else 0
        takes_part = rank == 0 or rank < first + self.n_approximating
        self.checking = self.world.Split(0 if takes_part else MPI.UNDEFINED, rank)
        self.terms = range(rank - first, TERMS, self.n_approximating) if first <= rank and takes_part else ()
        self.command = np.zeros(2)  # what to do, x
        self.partial = np.zeros(1, np.float32)
        self.sum = np.zeros(1, np.float32)
        self.block = np.empty((self.counts[rank], 2), np.float32)
        self.random = np.empty(self.counts[rank], np.float32)
        self.model = Model(total) if rank == 0 else None
        self.check_s, self.retraining_s = [], []
        self.first_check_s = None

    def seed(self, seed):
        self.rng = np.random.default_rng([seed, self.world.rank])
        if self.model:
            self.model.reset(seed)

    def approximate(self, x):
        """This rank's terms of the Taylor series, summed by all onto rank 0."""
        self.partial[0] = sum((-1) ** k * x ** (2 * k + 1) / math.factorial(2 * k + 1) for k in self.terms)
        self.checking.Reduce(self.partial, self.sum, MPI.SUM, 0)

    def announce(self, what, x=0.0):
        """Those of a check hear first; what concerns all goes on to all."""
        self.command[0], self.command[1] = what, x
        self.checking.Bcast(self.command, 0)
        if what != CHECK:
            self.world.Bcast(self.command, 0)

    def sample(self):
        """This rank's block of fresh samples, gathered on rank 0."""
        x, y = self.block[:, 0], self.block[:, 1]
        self.rng.random(dtype=np.float32, out=self.random)
        np.multiply(self.random, 2 * np.pi, out=x)
        np.subtract(x, np.pi, out=x)
        np.sin(x, out=y)
        rows = [self.model.rows, self.bytes_of, None, MPI.BYTE] if self.model else None
        self.world.Gatherv([self.block, MPI.BYTE], rows, 0)

    def lead(self):
        """On rank 0: a run. Returns its seconds and retrainings."""
        start = time.perf_counter()
        successes = retrainings = 0
        x = self.rng.uniform(-np.pi, np.pi)
        while successes < SUCCESSES and retrainings < MOST_RETRAININGS:
            began = time.perf_counter()
            self.announce(CHECK, x)
            y = self.model.predict(x)
            self.approximate(x)
            accepted = abs(y - self.sum[0]) <= TOLERANCE
            now = time.perf_counter()
            self.check_s.append(now - began)
            if self.first_check_s is None:
                self.first_check_s = time.time() - float(os.environ.get("AILOOP_EXEC_TIME", "nan"))
            if accepted:
                successes += 1
                x = self.rng.uniform(-np.pi, np.pi)
            else:
                self.announce(RETRAIN)
                self.sample()
                self.model.train()
                self.retraining_s.append(time.perf_counter() - now)
                retrainings += 1
        self.announce(STOP)
        return time.perf_counter() - start, retrainings

    def follow(self):
        comm = self.world if self.checking == MPI.COMM_NULL else self.checking
        while True:
            comm.Bcast(self.command, 0)
            if self.command[0] == CHECK:
                self.approximate(self.command[1])
                continue
            if comm is self.checking:
                self.world.Bcast(self.command, 0)
            if self.command[0] == STOP:
                return
            self.sample()


def quantile(values, q):
    return sorted(values)[max(math.ceil(q * len(values)), 1) - 1] if values else None


def memory_kib():
    """Memory that no other process shares: {"private_dirty_kib", "private_clean_kib"}."""
    lines = dict(line.split(":") for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    return {f"private_{kind.lower()}_kib": int(lines[f"Private_{kind}"].split()[0]) for kind in ("Dirty", "Clean")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20, help="runs, each from the pretrained model")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--samples-per-rank", type=int, default=32)
    parser.add_argument("--total", type=int, help="samples of a retraining on all ranks together, instead")
    arguments = parser.parse_args()

    loop = Loop(arguments.samples_per_rank, arguments.total)
    loops = []
    # the first run is told apart, as PyTorch makes much of what it needs when it first needs it
    for seed in [arguments.first_seed, *range(arguments.first_seed, arguments.first_seed + arguments.seeds)]:
        loop.seed(seed)
        loop.world.Barrier()
        if loop.model:
            loops.append(loop.lead())
        else:
            loop.follow()
    if loop.model:
        seconds, retrainings = zip(*loops[1:])
        result = {
            "ranks": loop.world.size,
            "samples": len(loop.model.rows),
            "seeds": arguments.seeds,
            "start_s": loop.first_check_s,
            "check_median_s": quantile(loop.check_s, 0.5),
            "check_p99_s": quantile(loop.check_s, 0.99),
            "retraining_median_s": quantile(loop.retraining_s, 0.5),
            "training_step_median_s": quantile(loop.model.step_s, 0.5),
            "first_loop_s": loops[0][0],
            "loop_mean_s": statistics.fmean(seconds),
            "loop_median_s": quantile(seconds, 0.5),
            "loop_s": seconds,
            "retrainings": statistics.fmean(retrainings),
            **memory_kib(),
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "mpi4py": mpi4py.__version__,
            "torch": loop.model.torch.__version__,
        }
        print(json.dumps(result))


if __name__ == "__main__":
    main()
