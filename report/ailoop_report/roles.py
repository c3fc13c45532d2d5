# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which rank does what, as far as the log and the configuration tell it."""

from dataclasses import dataclass

from ailoop_report.settings import whole_number

# settings that say into how many shares a problem of ailoop cuts its approximation
SHARES = "problem.terms"


@dataclass(frozen=True)
class Role:
    name: str
    ranks: int
    does: str


def roles(run):
    """Roles with at least one rank, the model rank first."""
    ranks = run.ranks
    if ranks == 1:
        return [Role("rank 0", 1, "predicts, approximates, samples and trains, one after the other")]
    asked = whole_number(run.settings, "ranks.approximation", 4)
    shares = whole_number(run.settings, SHARES, asked)
    approximating = max(1, min(asked, shares, ranks - 1))
    others = ranks - 1 - approximating
    found = [
        Role("model rank", 1, "predicts, judges, samples and trains"),
        Role("approximation ranks", approximating, "compute shares of the approximation, and sample"),
    ]
    if others:
        found.append(Role("other ranks", others, "sample, else wait"))
    return found
