# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Made-up results of perf/run."""

import os
import sys
from pathlib import Path

SOURCE = Path(os.environ["AILOOP_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "perf"))


def machine(processor="a processor"):
    return {"processor": processor, "cores": 2, "memory_kib": 1000}


def figure(name="check", value=1e-6, ratio=1.0, better="lower", width=0.02, **others):
    """Quartiles are `width` on either side of the median."""
    bounds = lambda middle: [middle * (1 - width), middle * (1 + width)]  # noqa: E731
    return {
        "name": name,
        "value": value,
        "unit": "s",
        "spread": bounds(value),
        "repetitions": 5,
        "baseline": None if ratio is None else "bare",
        "baseline_value": None if ratio is None else value / ratio,
        "ratio": ratio,
        "ratio_spread": None if ratio is None else bounds(ratio),
        "better": better,
        "target": None,
        "met": None,
        "loaded": False,
        **others,
    }


def results(*figures, processor="a processor"):
    return {"schema": 1, "context": {"machine": machine(processor)}, "figures": list(figures)}
