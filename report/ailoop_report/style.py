# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How the pictures look: colours that stay apart for colour-blind readers, on light and on dark, wide and narrow.

The colours are those of Okabe and Ito, lightened for dark backgrounds; a shape tells the same as each colour.
"""

import warnings
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib
import numpy as np

matplotlib.use("Agg")
# Two installed versions get in each other's way with what is not needed here.
warnings.filterwarnings("ignore", message="Unable to import Axes3D")

import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.collections import LineCollection  # noqa: E402
from matplotlib.ticker import MaxNLocator  # noqa: E402

PIXEL_RATIO = 2  # pixels of a picture for one of the page
WIDE, NARROW = 1000, 352  # width of a picture on the page


@dataclass(frozen=True)
class Theme:
    name: str
    surface: str
    ink: str
    muted: str
    grid: str
    band: str
    accepted: str
    rejected: str
    inconclusive: str
    sample: str
    gather: str
    train: str


LIGHT = Theme(
    name="light",
    surface="#ffffff",
    ink="#1f2328",
    muted="#6a737d",
    grid="#e4e7eb",
    band="#e8f1f8",
    accepted="#0072b2",
    rejected="#d55e00",
    inconclusive="#8a6d00",
    sample="#009e73",
    gather="#e69f00",
    train="#9a6fb0",
)
DARK = Theme(
    name="dark",
    surface="#1b1f24",
    ink="#e6e9ec",
    muted="#9aa4ae",
    grid="#31373e",
    band="#22323f",
    accepted="#56b4e9",
    rejected="#ff8b4d",
    inconclusive="#e8cf5a",
    sample="#2cc59b",
    gather="#f2b53c",
    train="#c39bd8",
)

MARKERS = {"accepted": "o", "rejected": "X", "inconclusive": "D"}


@dataclass(frozen=True)
class Look:
    theme: Theme
    is_narrow: bool

    @property
    def name(self):
        return f"{self.theme.name}-{'narrow' if self.is_narrow else 'wide'}"

    def color(self, kind):
        return getattr(self.theme, kind)

    def figure(self, height_px, rows=1, columns=1, **options):
        """(figure, axes (rows, columns)), as wide as the page allows."""
        width = NARROW if self.is_narrow else WIDE
        return plt.subplots(
            rows, columns, figsize=(width / 100, height_px / 100), squeeze=False, layout="constrained", **options
        )

    @contextmanager
    def active(self):
        theme = self.theme
        settings = {
            "figure.facecolor": theme.surface,
            "axes.facecolor": theme.surface,
            "savefig.facecolor": theme.surface,
            "text.color": theme.ink,
            "axes.labelcolor": theme.muted,
            "axes.edgecolor": theme.grid,
            "xtick.color": theme.grid,
            "ytick.color": theme.grid,
            "xtick.labelcolor": theme.muted,
            "ytick.labelcolor": theme.muted,
            "grid.color": theme.grid,
            "grid.linewidth": 0.6,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titley": 1.0,  # where it is anyway: no search for what may be in its way
            "axes.titlesize": 9,
            "axes.titlecolor": theme.ink,
            "axes.labelsize": 8.5,
            "xtick.labelsize": 8,
            "ytick.labelsize": 8,
            "legend.fontsize": 8.5,
            "legend.frameon": False,
            "font.family": "DejaVu Sans",
            "font.size": 8.5,
            "axes.unicode_minus": True,
        }
        with plt.rc_context(settings):
            try:
                yield
            finally:
                plt.close("all")


def whole_numbers(axis):
    axis.set_major_locator(MaxNLocator(integer=True, nbins="auto", min_n_ticks=1))


def plain_numbers(axis):
    """Ticks as plain text: typesetting them as formulas takes longer than all the rest."""
    axis.set_major_formatter(lambda value, _: f"{value:.6g}".replace("-", "−"))


def draw_at_edge(axis, x, edge, marker, style):
    """Stand-ins at the upper or lower edge for points beyond it."""
    if len(x):
        (points,) = axis.plot(x, [edge] * len(x), marker=marker, clip_on=False, **style)
        points.set_in_layout(False)


def draw_vertical_lines(axis, x, begin, end, limits, **style):
    """At those x where both ends are finite, cut off at the limits. Other things drawn must reach these x."""
    y = np.clip(np.stack([begin, end], axis=1), *limits)
    lines = np.stack([np.stack([x, x], axis=1), y], axis=2)
    axis.add_collection(LineCollection(lines[np.isfinite(lines).all(axis=(1, 2))], **style), autolim=False)


def legend_above(figure, look, handles, labels):
    """One legend for all panels, above them."""
    columns = 2 if look.is_narrow else min(len(labels), 6)
    rows = -(-len(labels) // columns)
    # An empty title keeps its place free: matplotlib before 3.7 has no legends outside of the panels.
    figure.suptitle("\n".join([" "] * rows), fontsize=10)
    figure.legend(
        handles, labels, loc="upper left", ncols=columns, handlelength=1.6, handletextpad=0.7, columnspacing=1.6,
        borderaxespad=0.2,
    )  # fmt: skip
