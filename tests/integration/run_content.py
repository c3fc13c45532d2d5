# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A run that retrains often, and all that a run leaves, times aside."""

import re

from program import HOTLUM

# Starts from nothing and retrains 868 times.
LONG = [HOTLUM]
for setting in (
    "surrogate.initial=null",
    "surrogate.degree=6",
    "sampling.total=32",
    "loop.accepted=30",
    "output.checkpoint_every=40",
):
    LONG += ["--set", setting]

# Of a run's log and summary, what depends on the clock or on where the run was started.
TIME = re.compile(r"_s$|^times$|^ranks$|^threads$")


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(inner) for key, inner in value.items() if not TIME.search(key)}
    return value


def content(folder):
    """All that a run leaves, times aside."""
    return {
        **folder.hashes(),
        "events": [without_times(event) for event in folder.events],
        "summary": without_times(folder.summary),
        "config": (folder.path / "config.yaml").read_text(encoding="utf-8"),
    }
