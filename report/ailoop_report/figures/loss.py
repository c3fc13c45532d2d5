"""The loss in the first and in the last epoch of each retraining."""

import numpy as np

from ailoop_report.decimate import evenly_chosen
from ailoop_report.style import legend_above, whole_numbers

NAME = "loss"
TITLE = "Loss"
RETRAININGS = 500


def draw(run, look):
    retrainings = run.log.retrainings
    if retrainings.empty:
        return None
    remarks = []
    rows = evenly_chosen(len(retrainings), RETRAININGS)
    if len(rows) < len(retrainings):
        remarks.append(f"{len(rows)} of {len(retrainings):,} retrainings are drawn, evenly chosen.")
    chosen = retrainings.iloc[rows]
    index = rows + 1
    first, last = (positive(chosen[name]) for name in ("first_loss", "last_loss"))
    figure, axes = look.figure(210 if look.is_narrow else 240)
    axis = axes[0, 0]
    theme = look.theme
    axis.set_yscale("log")
    axis.vlines(index, first, last, color=theme.muted, linewidth=0.9, zorder=2)
    size = 3 if len(rows) > 80 else 5
    (begun,) = axis.plot(index, first, "o", color=theme.surface, markeredgecolor=theme.train, markersize=size, zorder=3)
    (done,) = axis.plot(index, last, "o", color=theme.train, markersize=size, zorder=4)
    handles, names = [begun, done], ["first epoch", "last epoch"]
    diverged = (chosen["divergence"] != "").to_numpy()
    if diverged.any():
        place = np.where(np.isfinite(first), first, 1.0)[diverged]
        (mark,) = axis.plot(index[diverged], place, "X", color=theme.rejected, markersize=7, zorder=5)
        handles.append(mark)
        names.append("diverged and undone")
    if not (np.isfinite(first) & np.isfinite(last)).all():
        remarks.append("Losses that are 0 or not finite have no place on the logarithmic axis.")
    if (chosen["first_loss"] == chosen["last_loss"]).all():
        remarks.append("Each retraining passes over its samples once, so that the first epoch is the last.")
    axis.set_xlim(0.5, len(retrainings) + 0.5)
    axis.set_xlabel("retraining")
    axis.set_ylabel("mean loss")
    whole_numbers(axis.xaxis)
    legend_above(figure, look, handles, names)
    return figure, remarks


def positive(column):
    values = column.to_numpy(dtype=float)
    return np.where(np.isfinite(values) & (values > 0.0), values, np.nan)
