# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Draws the curves as SVG files, for light and for dark pages, in the look of the report of a run."""

import sys

from measure.programs import ROOT

sys.path.append(str(ROOT / "report"))

from ailoop_report.style import DARK, LIGHT, Look  # noqa: E402  # first: it chooses how matplotlib draws

import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator  # noqa: E402

from measure.results import quantity  # noqa: E402

# The same file of the same numbers: ids do not change from one drawing to the next, and text stays text.
SETTINGS = {
    "svg.hashsalt": "ailoop",
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans", "sans-serif"],
    "legend.fontsize": 7.5,
    "axes.grid.which": "major",
}
METADATA = {"Date": None, "Creator": None}
# The report's colours, apart from each other for colour-blind readers, and a shape for each.
LOOKS = (("accepted", "o"), ("rejected", "s"), ("sample", "^"))
HEIGHT = 330


def draw(pictures, folder):
    """Writes PICTURE.svg and PICTURE-dark.svg for each {picture: curves} and returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, curves in pictures.items():
        for theme, suffix in ((LIGHT, ""), (DARK, "-dark")):
            look = Look(theme, is_narrow=False)
            with look.active(), plt.rc_context(SETTINGS):
                figure = draw_picture(curves, look)
                paths.append(folder / f"{name}{suffix}.svg")
                figure.savefig(paths[-1], format="svg", metadata=METADATA)
    return paths


def draw_picture(curves, look):
    figure, axes = look.figure(HEIGHT, columns=len(curves))
    for curve, axis in zip(curves, axes[0]):
        draw_curve(curve, axis, look)
    return figure


def draw_curve(curve, axis, look):
    looks = iter(LOOKS)
    for line in curve["lines"]:
        if line["is_baseline"]:
            draw_line(line, axis, look.theme.muted, {"linestyle": (0, (5, 3)), "marker": "D", "markersize": 2.5})
        else:
            color, marker = next(looks)
            draw_line(line, axis, look.color(color), {"marker": marker, "markersize": 3.5})
    axis.set_title(curve["title"])
    axis.set_xlabel(curve["x"])
    axis.set_ylabel(curve["y"])
    set_scales(axis, curve)
    axis.legend(loc="upper left")


def draw_line(line, axis, color, style):
    """The medians, and a band from the first to the third quartile."""
    points = line["points"]
    x = [point["x"] for point in points]
    low, high = ([point["spread"][i] for point in points] for i in (0, 1))
    axis.fill_between(x, low, high, color=color, alpha=0.25, linewidth=0)
    axis.plot(x, [point["value"] for point in points], color=color, linewidth=1.4, label=line["name"], **style)


def set_scales(axis, curve):
    """Logarithmic both ways, with units; few ranks are few ticks."""
    axis.set_yscale("log")
    xs = sorted({point["x"] for line in curve["lines"] for point in line["points"]})
    if xs and xs[-1] < 100:
        axis.set_xscale("log", base=2)
        axis.xaxis.set_major_locator(plt.FixedLocator(xs))
        axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    else:
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(LogLocator(numticks=9))
        axis.xaxis.set_major_formatter(FuncFormatter(count_text))
    unit = curve["unit"]
    if unit == "KiB":
        ticks = [1024.0 * 4**power for power in range(-1, 10)]
        axis.yaxis.set_major_locator(plt.FixedLocator(ticks))
    else:
        axis.yaxis.set_major_locator(LogLocator(numticks=12))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: quantity(y, unit).replace("us", "µs")))
    for direction in (axis.xaxis, axis.yaxis):
        direction.set_minor_locator(NullLocator())
    low, high = axis.get_ylim()
    axis.set_ylim(low, high * (high / low) ** 0.3)  # room for the legend


def count_text(count, _):
    for factor, letter in ((1e6, "M"), (1e3, "k")):
        if count >= factor:
            return f"{count / factor:g}{letter}"
    return f"{count:g}"
