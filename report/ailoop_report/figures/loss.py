# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The loss in the first and in the last epoch of each retraining."""

import numpy as np
from matplotlib.ticker import LogLocator, NullLocator

from ailoop_report.decimate import evenly_chosen
from ailoop_report.style import legend_above, plain_numbers, whole_numbers

NAME = "loss"
TITLE = "Loss"
RETRAININGS = 500


def draw(run, look):
    retrainings = run.log.retrainings
    if not len(retrainings):
        return None
    remarks = []
    rows = evenly_chosen(len(retrainings), RETRAININGS)
    if len(rows) < len(retrainings):
        remarks.append(f"{len(rows)} of {len(retrainings):,} retrainings are drawn, evenly chosen.")
    chosen = retrainings[rows]
    index = rows + 1
    first, last = (positive(chosen[name]) for name in ("first_loss", "last_loss"))
    figure, axes = look.figure(210 if look.is_narrow else 240)
    axis = axes[0, 0]
    theme = look.theme
    scale_axis(axis, np.concatenate([first, last]))
    axis.vlines(index, first, last, color=theme.muted, linewidth=0.9, zorder=2)
    size = 3 if len(rows) > 80 else 5
    (begun,) = axis.plot(index, first, "o", color=theme.surface, markeredgecolor=theme.train, markersize=size, zorder=3)
    (done,) = axis.plot(index, last, "o", color=theme.train, markersize=size, zorder=4)
    handles, names = [begun, done], ["first epoch", "last epoch"]
    diverged = chosen["divergence"] != ""
    if diverged.any():
        place = np.where(np.isfinite(first), first, 1.0)[diverged]
        (mark,) = axis.plot(index[diverged], place, "X", color=theme.rejected, markersize=7, zorder=5)
        handles.append(mark)
        names.append("diverged and undone")
    if not (np.isfinite(first) & np.isfinite(last)).all():
        remarks.append("Losses that are 0 or not finite have no place in this picture.")
    if (chosen["first_loss"] == chosen["last_loss"]).all():
        remarks.append("Each retraining passes over its samples once, so that the first epoch is the last.")
    axis.set_xlim(0.5, len(retrainings) + 0.5)
    axis.set_xlabel("retraining")
    axis.set_ylabel("mean loss")
    whole_numbers(axis.xaxis)
    legend_above(figure, look, handles, names)
    return figure, remarks


def scale_axis(axis, losses):
    """Logarithmic, unless all lie close together."""
    known = losses[np.isfinite(losses)]
    if known.size == 0 or known.max() < 4.0 * known.min():
        plain_numbers(axis.yaxis)
        return
    axis.set_yscale("log")
    axis.yaxis.set_major_locator(
        LogLocator(subs=(1.0,) if np.ptp(np.log10(known)) > 1.5 else (1.0, 2.0, 5.0), numticks=8)
    )
    axis.yaxis.set_minor_locator(NullLocator())
    axis.yaxis.set_major_formatter(lambda value, _: power_of_ten(value))


def power_of_ten(value):
    mantissa, exponent = f"{value:.0e}".split("e")
    power = "10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return power if mantissa == "1" else f"{mantissa} × {power}"


def positive(column):
    return np.where(np.isfinite(column) & (column > 0.0), column, np.nan)
