# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A time line by rank role: the whole run, a part of it, and a check on average, in which the overlap shows."""

from functools import cache

import numpy as np
from matplotlib.patches import Patch

from ailoop_report.decimate import merged
from ailoop_report.roles import roles
from ailoop_report.style import legend_above, plain_numbers
from ailoop_report.text import seconds

NAME = "timeline"
TITLE = "Time line by rank role"
PIXELS = 2000  # what is closer than the span divided by this is drawn as one
ROW_PX = 30


def draw(run, look):
    log = run.log
    if not len(run.checks) and not len(log.retrainings):
        return None
    names = [label(role) for role in roles(run)]
    begin, end = log.started["t_s"], log.last_s
    remarks = [
        "A check's bar begins at the event before it, as the log only has its end. Sampling and gathering last as long "
        "as on the slowest rank."
    ]
    spans = [("The run", begin, max(end, begin + 1e-6))]
    detail = detail_span(log, begin, end)
    if detail is not None:
        spans.append(("Around a retraining of median length", *detail))
    mean = mean_check(run)
    panels = len(spans) + (mean is not None)
    height = panels * (ROW_PX * len(names) + (75 if look.is_narrow else 62)) + 50
    figure, axes = look.figure(height, panels)
    for axis, (title, first, last) in zip(axes.flat, spans):
        axis.set_title(title)
        plain_numbers(axis.xaxis)
        draw_span(axis, look, names, segments(run), first, last)
    if mean is not None:
        axes.flat[-1].set_title(
            "A check on average" if look.is_narrow else "A check on average: what happens at the same time"
        )
        draw_rows(axes.flat[-1], look, names, *mean)
    elif run.was_resumed:
        remarks.append("The times of a check on average are left out: they cover only the part since the resumption.")
    kinds = [("check", "accepted"), ("sample", "sample"), ("gather", "gather"), ("train", "train")]
    handles = [Patch(color=look.color(color)) for _, color in kinds]
    names = [name for name, _ in kinds]
    if mean is not None:
        handles.append(Patch(facecolor=look.theme.band, edgecolor=look.theme.muted, hatch="////", linewidth=0))
        names.append("wait")
    legend_above(figure, look, handles, names)
    return figure, remarks


def label(role):
    return role.name if role.ranks == 1 else f"{role.ranks} {role.name}".replace("1 other ranks", "1 other rank")


@cache
def segments(run):
    """{phase: sorted (begin, end), an array (n, 2)} of the whole run."""
    log = run.log
    judged = np.unique(run.checks["t_s"][run.checks.having("event", "checked")])
    ends = np.sort([log.started["t_s"], *log.retrainings["ended_s"]])
    checks = np.stack([np.append(ends[0], judged)[:-1], judged], axis=1)
    np.maximum(checks[:, 0], ends[np.searchsorted(ends, judged, "right") - 1], out=checks[:, 0])
    phases = {"accepted": checks}
    begin = log.retrainings["started_s"]
    for phase in ("sample", "gather", "train"):
        end = begin + log.retrainings[f"{phase}_s"]
        phases[phase] = np.stack([begin, end], axis=1)
        begin = end
    if log.unfinished_retraining_s is not None and log.failed is None:
        phases["sample"] = np.append(phases["sample"], [[log.unfinished_retraining_s, log.last_s]], axis=0)
    return phases


def detail_span(log, begin, end):
    """Around the retraining of median length, one and a half times its length on both sides."""
    if len(log.retrainings) < 2:
        return None
    lengths = log.retrainings["ended_s"] - log.retrainings["started_s"]
    middle = log.retrainings[np.argsort(lengths, kind="stable")[len(lengths) // 2]]
    length = middle["ended_s"] - middle["started_s"]
    first, last = max(begin, middle["started_s"] - 1.5 * length), min(end, middle["ended_s"] + 1.5 * length)
    return (first, last) if 0.0 < last - first < 0.6 * (end - begin) else None


def mean_check(run):
    """(parts (row, begin, length, color), end) of a check on average, or None where its times are not known."""
    if run.summary is None or run.was_resumed or "times" not in run.summary:
        return None
    checks = run.summary["counts"].get("checks", 0)
    times = {name: run.summary["times"].get(f"{name}_s") for name in ("predict", "approximate", "wait")}
    if not checks or None in times.values():
        return None
    predict, approximate, wait = (times[name] / checks for name in ("predict", "approximate", "wait"))
    if run.ranks == 1:
        return [(0, 0.0, predict, "predict"), (0, predict, approximate, "approximate")], predict + approximate
    parts = [(0, 0.0, predict, "predict"), (0, predict, wait, "wait"), (1, 0.0, approximate, "approximate")]
    return parts, max(predict + wait, approximate)


def scale_of(span):
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if span >= scale:
            return unit, scale
    return "µs", 1e-6


def stacked(name):
    """`4 approximation ranks` in two lines, cut before the last word."""
    return "\n".join(name.rsplit(" ", 1)) if len(name) > 10 else name


def prepare(axis, look, names):
    axis.set_ylim(len(names) - 0.5, -0.5)
    axis.set_yticks(range(len(names)), names)
    axis.tick_params(axis="y", length=0, labelcolor=look.theme.ink)
    axis.grid(visible=False, axis="y")
    axis.spines["left"].set_visible(False)
    if look.is_narrow:
        axis.set_yticks(range(len(names)), [stacked(name) for name in names])
    for row in range(len(names)):
        axis.axhspan(row - 0.32, row + 0.32, color=look.theme.grid, alpha=0.35, linewidth=0, zorder=0)


def draw_span(axis, look, names, phases, first, last):
    prepare(axis, look, names)
    # a short part is told in seconds from its own beginning
    unit, scale = scale_of(last - first)
    origin = first if unit != "s" else 0.0
    axis.set_xlim((first - origin) / scale, (last - origin) / scale)
    since = f", from {first:.3f} s on" if origin else " since the start"
    axis.set_xlabel(f"{unit}{since}")
    gap = (last - first) / PIXELS
    rows_of = {"accepted": range(min(2, len(names))), "train": range(1)}
    for phase, intervals in phases.items():
        inside = intervals[(intervals[:, 1] >= first) & (intervals[:, 0] <= last)]
        bars = [((begin - origin) / scale, max(length, gap) / scale) for begin, length in merged(inside, gap)]
        for row in rows_of.get(phase, range(len(names))):
            axis.broken_barh(bars, (row - 0.32, 0.64), color=look.color(phase), linewidth=0, zorder=2)


def draw_rows(axis, look, names, parts, end):
    prepare(axis, look, names)
    unit, scale = scale_of(end)
    # room for what stands beside the bars, most of which are too short to be written in
    axis.set_xlim(0.0, (2.1 if look.is_narrow else 1.45) * end / scale)
    axis.set_xlabel(unit)
    plain_numbers(axis.xaxis)
    theme = look.theme
    for row, begin, length, name in parts:
        style = {"color": theme.accepted} if name != "wait" else {"facecolor": theme.band, "edgecolor": theme.muted}
        hatch = "////" if name == "wait" else None
        axis.broken_barh(
            [(begin / scale, length / scale)], (row - 0.32, 0.64), linewidth=0, hatch=hatch, zorder=2, **style
        )
        if begin > 0.0:
            axis.vlines(begin / scale, row - 0.32, row + 0.32, color=theme.surface, linewidth=1.2, zorder=3)
    for row in sorted({row for row, *_ in parts}):
        mine = [(begin + length, f"{name} {seconds(length)}") for at, begin, length, name in parts if at == row]
        text = ("\n" if look.is_narrow else ", ").join(words for _, words in mine)
        axis.text(
            max(last for last, _ in mine) / scale, row, "  " + text.replace("\n", "\n  "), va="center", fontsize=8
        )
