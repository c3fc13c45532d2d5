# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Error by query: surrogate minus approximation with the approximation's bound around it, in the tolerance band."""

from functools import cache

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from ailoop_report.decimate import worst_of_groups
from ailoop_report.style import MARKERS, draw_at_edge, draw_vertical_lines, legend_above, plain_numbers, whole_numbers

NAME = "error"
TITLE = "Error by query"
POINTS = 600  # of a verdict


def draw(run, look):
    checks = run.checks
    if not len(checks) or np.isnan(checks["approximation"]).all():
        return None
    remarks = []
    rows = drawn_rows(run)
    if len(rows) < len(checks):
        remarks.append(
            f"{len(rows):,} of {len(checks):,} checked queries are drawn: of each verdict with more than {POINTS}, the "
            f"worst of each of {POINTS} groups of consecutive ones."
        )
    difference, bound, error = worst_component(run, rows)
    tolerance = float(checks["tolerance"][0])
    figure, axes = look.figure(300 if look.is_narrow else 360)
    axis = axes[0, 0]
    edge = set_scale(axis, np.abs(difference), tolerance)
    axis.axhspan(-tolerance, tolerance, color=look.theme.band, zorder=0)
    for side in (-tolerance, tolerance):
        axis.axhline(side, color=look.theme.muted, linewidth=0.7, linestyle=(0, (5, 3)), zorder=1)
    query = checks["query"][rows]
    for verdict in MARKERS:
        chosen = checks.having("verdict", verdict)[rows]
        draw_points(axis, look, verdict, query[chosen], difference[chosen], bound[chosen], edge, remarks)
    known = np.isfinite(error)
    style = {"markersize": 2.2, "alpha": 0.55, "zorder": 3} if len(rows) > 60 else {"markersize": 6.5, "zorder": 5}
    known &= np.abs(error) <= edge
    axis.plot(query[known], error[known], "_", color=look.theme.ink, markeredgewidth=0.8, **style)
    axis.set_ylim(-edge, edge)
    axis.set_xlabel("query")
    axis.set_ylabel("surrogate − approximation")
    whole_numbers(axis.xaxis)
    legend(figure, run, look, known.any())
    if np.isfinite(bound).any():
        remarks.append(
            "The bar through a point reaches as far as the approximation's bound: the surrogate's distance from the "
            "truth lies within it."
        )
    return figure, remarks


@cache
def drawn_rows(run):
    checks = run.checks
    errors = checks["error"] / checks["tolerance"]
    drawn = []
    for verdict in MARKERS:
        rows = np.flatnonzero(checks.having("verdict", verdict))
        drawn.append(worst_of_groups(rows, errors, POINTS) if len(rows) > POINTS else rows)
    return np.sort(np.concatenate(drawn))


def worst_component(run, rows):
    """(surrogate - approximation, bound, surrogate - truth) of the output that is furthest off."""
    vectors = {name: run.checks[name][rows] for name in ("surrogate", "approximation", "bound", "truth")}
    difference = vectors["surrogate"] - vectors["approximation"]
    worst = np.argmax(np.where(np.isfinite(difference), np.abs(difference), np.inf), axis=1)
    row = np.arange(len(rows))
    error = vectors["surrogate"] - vectors["truth"]
    return difference[row, worst], vectors["bound"][row, worst], error[row, worst]


def set_scale(axis, sizes, tolerance):
    """Linear as far as possible; beyond four tolerances logarithmic. Returns the end of the axis."""
    finite = sizes[np.isfinite(sizes)]
    largest = max(finite.max() if finite.size else 0.0, 1.5 * tolerance)
    if not 0.0 < 4 * tolerance < largest:
        return 1.15 * largest or 1.0
    axis.set_yscale("symlog", linthresh=2 * tolerance, linscale=1.6)
    first, last = np.floor(np.log10(2 * tolerance)) + 1, np.floor(np.log10(1.6 * largest))
    powers = 10.0 ** np.arange(first, last + 1, max(1.0, (last - first) // 3))
    axis.set_yticks(sorted([-tolerance, 0.0, tolerance, *powers, *-powers]))
    axis.yaxis.set_minor_locator(NullLocator())
    plain_numbers(axis.yaxis)
    return 1.6 * largest


def draw_points(axis, look, verdict, query, difference, bound, edge, remarks):
    color = look.color(verdict)
    is_outside = ~(np.abs(difference) <= edge)
    if is_outside.any():
        remarks.append("Triangles at the upper edge stand for surrogates that are not finite.")
    inside = ~is_outside
    size = 2.6 if len(query) > 200 else 4.5
    bars = query[inside], (difference - bound)[inside], (difference + bound)[inside]
    alpha = 0.45 if len(query) <= 200 else 0.25
    draw_vertical_lines(axis, *bars, (-edge, edge), color=color, linewidth=0.9, alpha=alpha, zorder=2)
    style = {"linestyle": "", "color": color, "markersize": size, "markeredgewidth": 0.3, "zorder": 4}
    style["markeredgecolor"] = look.theme.surface
    axis.plot(query[inside], difference[inside], marker=MARKERS[verdict], **style)
    draw_at_edge(axis, query[is_outside], edge, "^", style)


def legend(figure, run, look, has_truth):
    verdicts = [verdict for verdict in MARKERS if run.checks.having("verdict", verdict).any()]
    handles = [Line2D([], [], linestyle="", marker=MARKERS[v], color=look.color(v), markersize=5.5) for v in verdicts]
    names = list(verdicts)
    if has_truth:
        handles.append(Line2D([], [], linestyle="", marker="_", color=look.theme.ink, markersize=7))
        names.append("surrogate − truth")
    handles.append(Line2D([], [], color=look.theme.band, linewidth=7))
    names.append("tolerance")
    legend_above(figure, look, handles, names)
