# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The curves: how cost grows with the size of a check, of a retraining, of a run. Which there are, and their JSON."""

from dataclasses import dataclass

from measure.quantiles import median, quartiles
from measure.results import ratios

SCHEMA = 1


@dataclass(frozen=True)
class Line:
    """One line of a curve. It was measured as CURVE/KEY/X, what it is compared with in turn as CURVE/KEY/X/AGAINST."""

    key: str
    name: str
    against: str | None = None  # key of the baseline; None of what is a baseline itself

    @property
    def is_baseline(self):
        return self.against is None


@dataclass(frozen=True)
class Curve:
    key: str
    title: str
    x: str
    y: str
    lines: tuple


CHECK_X, SAMPLES_X = "queries of a check", "samples of a retraining"


def check_curve(ranks, title, baseline):
    return Curve(
        f"check.{ranks}",
        title,
        CHECK_X,
        "time of a check",
        (
            Line("check", "check", "bare"),
            Line("flushed", "with truth, bound and flush of its record", "bare"),
            Line("bare", baseline),
        ),
    )


def retraining_curve(ranks, title):
    return Curve(
        f"retraining.{ranks}",
        title,
        SAMPLES_X,
        "time of a retraining",
        (
            Line("libtorch", "engine: libtorch", "steps"),
            Line("fused", "engine: fused", "steps"),
            Line("least_squares", "trainer: least_squares", "steps"),
            Line("steps", "its steps in bare LibTorch, samples given"),
        ),
    )


def drawing_curve(key, title, x):
    lines = (
        Line("auto", "drawn_by: auto", "gatherv"),
        Line("all", "drawn_by: all", "gatherv"),
        Line("gatherv", "bare Gatherv + Bcast"),
    )
    return Curve(key, title, x, "time to draw and gather", lines)


def memory_curve(rank, title, baseline):
    lines = (
        Line("libtorch", "engine: libtorch", "bare"),
        Line("fused", "engine: fused", "bare"),
        Line("least_squares", "trainer: least_squares", "bare"),
        Line("bare", baseline),
    )
    return Curve(f"memory.{rank}", title, SAMPLES_X, "memory written to", lines)


# The pictures, each with its curves side by side.
PICTURES = {
    "check": (
        check_curve(1, "1 rank, 2 threads", "LibTorch, forward pass"),
        check_curve(2, "2 ranks, 1 thread each", "bare Gather + Bcast"),
    ),
    "retraining": (retraining_curve(1, "1 rank"), retraining_curve(8, "8 ranks")),
    "samples": (
        drawing_curve("samples.8", "8 ranks", SAMPLES_X),
        drawing_curve("ranks.4096", "4,096 samples", "ranks"),
        drawing_curve("ranks.1000000", "1,000,000 samples", "ranks"),
    ),
    "memory": (
        memory_curve("model", "model rank", "MPI + Kokkos, started, + the samples"),
        memory_curve("other", "rank without a model", "MPI + Kokkos, started"),
    ),
}


def point(curve, line, x, measurements):
    """One point of a line; None where it was not measured."""
    name = f"{curve.key}/{line.key}/{x}"
    series = measurements.get(name)
    if series is None:
        return None
    baseline = measurements.get(f"{name}/{line.against}") if line.against else None
    of_each = ratios(series.values, baseline.values) if baseline else None
    return {
        "x": x,
        "value": median(series.values),
        "spread": quartiles(series.values),
        "repetitions": len(series.values),
        "ratio": median(of_each) if of_each else None,
        "ratio_spread": quartiles(of_each) if of_each else None,
        "loaded": series.loaded or bool(baseline and baseline.loaded),
    }


def sizes(curve, measurements):
    """All x of a curve, ascending."""
    names = [name.split("/") for name in measurements.series]
    return sorted({int(words[2]) for words in names if words[0] == curve.key})


def make_curve(curve, measurements, context):
    """The JSON of a curve: its words, where and when it was measured, and its lines."""
    xs = sizes(curve, measurements)
    lines = []
    for line in curve.lines:
        points = [found for found in (point(curve, line, x, measurements) for x in xs) if found]
        lines.append({"name": line.name, "is_baseline": line.is_baseline, "points": points})
    unit = next(s.unit for name, s in measurements.series.items() if name.startswith(f"{curve.key}/"))
    return {
        "name": curve.key,
        "title": curve.title,
        "x": curve.x,
        "y": curve.y,
        "unit": unit,
        **context,
        "lines": lines,
    }


def make_pictures(measurements, wanted, context):
    """{picture: [curve, ...]} of those that were measured."""
    return {name: [make_curve(curve, measurements, context) for curve in PICTURES[name]] for name in wanted}
