# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Surrogate against truth before and after each retraining: a panel for each model that the run checked."""

from functools import cache

import numpy as np
from matplotlib.lines import Line2D

from ailoop_report.decimate import evenly_chosen, worst_of_groups
from ailoop_report.style import MARKERS, draw_at_edge, draw_vertical_lines, legend_above, plain_numbers

NAME = "surrogate"
TITLE = "Surrogate against truth"
PANELS = 12
POINTS = 600  # of a verdict in a panel
REFERENCES = 1500  # in a panel
OUTPUTS = 4
CURVE_POINTS = 400


def draw(run, look):
    if not len(run.checks):
        return None
    remarks = []
    versions = chosen_versions(run, remarks)
    outputs = min(run.outputs, OUTPUTS)
    if outputs < run.outputs:
        remarks.append(f"The first {outputs} of {run.outputs} outputs are drawn.")
    panels = [(version, output) for version in versions for output in range(outputs)]
    columns = min(len(panels), outputs if outputs > 1 else 4)
    if look.is_narrow:
        columns = min(columns, 2)
    rows = -(-len(panels) // columns)
    height = rows * (150 if look.is_narrow else (260 if columns <= 3 else 200)) + 70
    figure, axes = look.figure(height, rows, columns, sharex=outputs == 1, sharey=outputs == 1)
    for axis, (version, output) in zip(axes.flat, panels):
        Panel(run, look, axis, version, output).draw(remarks)
    for axis in axes.flat[len(panels) :]:
        axis.set_visible(False)
    label_outer(axes, len(panels), *labels(run))
    legend(figure, run, look)
    return figure, list(dict.fromkeys(remarks))


def labels(run):
    if run.inputs == 1:
        return "x", "y"
    return reference_name(run), "surrogate"


def reference_name(run):
    return "truth" if has_truth(run) else "approximation"


@cache
def has_truth(run):
    return bool(np.isfinite(run.checks["truth"]).any())


def reference(run):
    """The truth where it is known; where a check does not tell it, NaN. Without any, the approximation."""
    return run.checks["truth" if has_truth(run) else "approximation"]


def label_outer(axes, used, x_label, y_label):
    rows, columns = axes.shape
    for index, axis in enumerate(axes.flat[:used]):
        if index % columns == 0:
            axis.set_ylabel(y_label)
        if index + columns >= used:
            axis.set_xlabel(x_label)
            axis.tick_params(labelbottom=True)


def chosen_versions(run, remarks):
    """Models that were checked: all, or some of them, always with the first and the last."""
    checked = np.unique(run.checks["version"])
    most = max(2, PANELS // min(run.outputs, OUTPUTS))
    if len(checked) > most:
        remarks.append(
            f"{most} of the {len(checked)} models that were checked are drawn, the first and the last among them."
        )
        checked = [checked[i] for i in evenly_chosen(len(checked), most)]
    return checked


def title(run, look, version):
    retrainings = len(run.log.retrainings)
    if retrainings == 0:
        return "no retraining"
    if version == 0:
        return "before retraining 1"
    if version == retrainings:
        return f"after retraining {version}"
    return f"after {'' if look.is_narrow else 'retraining '}{version}, before {version + 1}"


@cache
def rows_of(run, version):
    return np.flatnonzero(run.checks["version"] == version)


@cache
def drawn_rows(run, version, verdict):
    """(rows of the points of a verdict in a panel, how many there are in all)"""
    rows = rows_of(run, version)
    rows = rows[run.checks.having("verdict", verdict)[rows]]
    if len(rows) <= POINTS:
        return rows, len(rows)
    return worst_of_groups(rows, run.checks["error"], POINTS), len(rows)


@cache
def known_rows(run, output):
    """Checks whose reference is drawn in each panel."""
    known = np.flatnonzero(np.isfinite(reference(run)[:, output]))
    return known[evenly_chosen(len(known), REFERENCES)]


def finite_ends(values):
    """The smallest and the largest of what is finite, if anything is."""
    values = values[np.isfinite(values)]
    return (values.min(), values.max()) if values.size else None


@cache
def reference_ends(run, output):
    return finite_ends(reference(run)[:, output])


@cache
def limits(run, output):
    """Those of the reference with room around; a surrogate may be off by orders of magnitude."""
    ends = reference_ends(run, output) or finite_ends(run.checks["surrogate"][:, output])
    if ends is None:
        return -1.0, 1.0
    low, high = ends
    size = (high - low) or abs(high) or 1.0
    for model in (run.initial_model, run.final_model):
        if model is not None:
            y = model(np.linspace(*model.box, CURVE_POINTS))[:, output]
            low, high = min(low, max(y.min(), low - size)), max(high, min(y.max(), high + size))
    room = 0.12 * (high - low) or 0.5 * size
    return low - room, high + room


class Panel:
    def __init__(self, run, look, axis, version, output):
        self.run, self.look, self.axis, self.version, self.output = run, look, axis, version, output
        self.reference = reference(run)[:, output]
        self.surrogate = run.checks["surrogate"][:, output]
        self.across = run.checks["x"][:, 0] if run.inputs == 1 else self.reference

    def draw(self, remarks):
        suffix = f", y_{self.output}" if self.run.outputs > 1 else ""
        self.axis.set_title(title(self.run, self.look, self.version) + suffix)
        if self.run.inputs == 1:
            self.draw_truth()
            self.draw_curve()
        else:
            self.draw_diagonal()
        low, high = limits(self.run, self.output)
        for verdict in MARKERS:
            self.draw_points(verdict, low, high, remarks)
        self.axis.set_ylim(low, high)
        plain_numbers(self.axis.xaxis)
        plain_numbers(self.axis.yaxis)

    def draw_truth(self):
        known = known_rows(self.run, self.output)
        theme = self.look.theme
        self.axis.plot(self.across[known], self.reference[known], ".", color=theme.muted, markersize=2.5, zorder=1)

    def draw_curve(self):
        is_last = self.version == len(self.run.log.retrainings)
        model = self.run.final_model if is_last else (self.run.initial_model if self.version == 0 else None)
        if model is not None:
            x = np.linspace(*model.box, CURVE_POINTS)
            self.axis.plot(x, model(x)[:, self.output], color=self.look.theme.ink, linewidth=0.9, zorder=2)

    def draw_diagonal(self):
        ends = reference_ends(self.run, self.output)
        if ends is None:
            return
        ends = np.array(ends)
        tolerance = float(self.run.checks["tolerance"][0])
        self.axis.fill_between(
            ends, ends - tolerance, ends + tolerance, color=self.look.theme.band, linewidth=0, zorder=0
        )
        self.axis.plot(ends, ends, color=self.look.theme.muted, linewidth=0.8, zorder=1)

    def draw_points(self, verdict, low, high, remarks):
        rows, count = drawn_rows(self.run, self.version, verdict)
        if len(rows) < count:
            remarks.append(
                f"Of more than {POINTS} points of a verdict in a panel, the worst of each of {POINTS} groups of "
                "consecutive checks is drawn."
            )
        rows = rows[np.isfinite(self.across[rows])]
        x, y = self.across[rows], self.surrogate[rows]
        is_outside = ~((y >= low) & (y <= high))  # NaN, too
        if is_outside.any():
            remarks.append("Triangles at the edge stand for surrogates beyond it or not finite.")
        color = self.look.color(verdict)
        if self.run.inputs == 1:
            self.draw_distances(rows, low, high, color)
        size = 3.4 if len(rows_of(self.run, self.version)) > 100 else 5.5
        style = {"linestyle": "", "color": color, "markersize": size, "markeredgewidth": 0.5, "zorder": 4}
        style["markeredgecolor"] = self.look.theme.surface
        self.axis.plot(x[~is_outside], y[~is_outside], marker=MARKERS[verdict], **style)
        is_low = y < low
        draw_at_edge(self.axis, x[is_low], low, "v", style)
        draw_at_edge(self.axis, x[is_outside & ~is_low], high, "^", style)

    def draw_distances(self, rows, low, high, color):
        """A line from the truth to the surrogate."""
        lines = self.across[rows], self.reference[rows], self.surrogate[rows]
        draw_vertical_lines(self.axis, *lines, (low, high), color=color, linewidth=1.0, alpha=0.7, zorder=3)


def legend(figure, run, look):
    theme = look.theme
    verdicts = [verdict for verdict in MARKERS if run.checks.having("verdict", verdict).any()]
    handles = [Line2D([], [], linestyle="", marker=MARKERS[v], color=look.color(v), markersize=5.5) for v in verdicts]
    names = list(verdicts)
    if run.inputs == 1:
        handles.append(Line2D([], [], linestyle="", marker=".", color=theme.muted))
        names.append(f"{reference_name(run)}, all checks")
        if run.final_model is not None or run.initial_model is not None:
            handles.append(Line2D([], [], color=theme.ink, linewidth=0.9))
            names.append("model, where it was saved")
    else:
        handles.append(Line2D([], [], color=theme.muted, linewidth=0.8))
        names.append("equal")
        handles.append(Line2D([], [], color=theme.band, linewidth=6))
        names.append("tolerance")
    legend_above(figure, look, handles, names)
