#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints how long the communication of a check and of a retraining takes on 1,024 and 16,384 ranks, by the LogGP model.

usage: perf/messages/loggp.py

LogGP (Alexandrov, Ionescu, Schauser, Scheiman 1995): a message of s bytes is with its receiver after
o + L + (s - 1) G + o, and a rank sends or receives the next one max(g, o) + (s - 1) G after the last. What is sent is
what tests/messages finds in the program; docs/messages.md says what is assumed.
"""

import math
from dataclasses import dataclass

NUMBER = 8  # bytes of a double or an int64
COUNTS = 12  # of a check, that every rank adds to


@dataclass(frozen=True)
class Network:
    """Parameters in us, G in us a byte."""

    name: str
    latency: float
    overhead: float
    gap: float
    per_byte: float

    def arrives(self, size):
        """Time of one message."""
        return 2 * self.overhead + self.latency + max(size - 1, 0) * self.per_byte

    def next(self, size):
        """Time after which the same rank sends or receives another one."""
        return max(self.gap, self.overhead) + max(size - 1, 0) * self.per_byte


# See docs/messages.md for where they come from.
NETWORKS = [
    Network("A", latency=3.5, overhead=1.1, gap=1.0, per_byte=0.0005),
    Network("B", latency=1.2, overhead=0.4, gap=0.4, per_byte=0.00004),
]


@dataclass(frozen=True)
class Check:
    """Messages of a check of `batch` queries with one output, each approximation rank having `shares` shares."""

    roles: int = 4
    batch: int = 1
    shares: int = 1

    decision = 4 * NUMBER

    @property
    def answer(self):
        return (2 + self.shares * self.batch) * NUMBER

    def time(self, network):
        """The model rank sends to one after the other, and takes one answer after the other."""
        out = network.arrives(self.decision) + (self.roles - 1) * network.next(self.decision)
        return out + network.arrives(self.answer) + (self.roles - 1) * network.next(self.answer)


@dataclass(frozen=True)
class Retraining:
    """Messages of a retraining on `ranks` ranks with `samples` samples of all ranks together."""

    ranks: int
    samples: int
    row: int = 8  # bytes of a sample: x and y in float32

    decision = 4 * NUMBER

    roles: int = 4  # approximation ranks, which the model rank tells
    relayed: int = 4  # ranks that another one tells

    def told_by(self, rank):
        """How many ranks a rank tells, where no ranks share memory."""
        others = self.ranks - 1 - self.roles
        if rank == 0:
            return min(self.roles, self.ranks - 1)
        return max(0, min(self.relayed, others - self.relayed * (rank - 1)))

    def block(self, rank):
        """Bytes of the samples that a rank sends."""
        drawn = self.samples // self.ranks + (1 if rank < self.samples % self.ranks else 0)
        return drawn * self.row if rank > 0 else 0

    def decide(self, network):
        """Until the last rank of the tree knows: the model rank tells its approximation ranks, each rank four more."""
        known = reached = self.roles
        level = network.arrives(self.decision) + (self.relayed - 1) * network.next(self.decision)
        time = network.arrives(self.decision) + (self.roles - 1) * network.next(self.decision)
        while known < self.ranks - 1:
            reached *= self.relayed
            known += reached
            time += level
        return time

    def gather(self, network):
        """Every rank sends to the model rank, which takes one message after the other."""
        senders = range(1, min(self.ranks, self.samples))
        return network.arrives(self.block(1)) + sum(network.next(self.block(rank)) for rank in senders[1:])


def check_everywhere(network, ranks):
    """The sum of what all ranks count, up a binomial tree and down again: no rank has more than two messages a level."""
    return 2 * math.ceil(math.log2(ranks)) * network.arrives(COUNTS * NUMBER)


def table():
    times = ["check [us]", "check, `everywhere` [us]", "decision [us]", "gathering [ms]", "retraining [ms]"]
    columns = ["network", "ranks", "samples", *times]
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for network in NETWORKS:
        for ranks in (1024, 16384):
            for samples in (4096, 32 * ranks):
                retraining = Retraining(ranks, samples)
                decide, gather = retraining.decide(network), retraining.gather(network)
                of_retraining = [f"{time / 1000:.2f}" for time in (gather, decide + gather)]
                checks = Check().time(network), check_everywhere(network, ranks)
                written = [*(f"{time:.0f}" for time in (*checks, decide)), *of_retraining]
                lines.append(f"| {' | '.join([network.name, f'{ranks:,}', f'{samples:,}', *written])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
