#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes one table and pictures of a scaling study that submit.sh had run.

usage: collect.py STUDY [--expect POINTS]

Writes into STUDY table.csv (a line for each point) and, with matplotlib, time.png, efficiency.png and phases.png. Points
that have not finished are named and left out. Exit codes: 0 done (with --expect: and that many points are finished), 1
something is missing or wrong (the message says what; the table is written as far as it can be), 2 STUDY is no study.

What is measured, in seconds, by rank 0 with a monotonic clock (summary.json):
  startup_s        from the start of the program to the first check: MPI, Kokkos, configuration, folder
  loop_s           from the first check to the end; LibTorch is loaded in its first retraining
  time_s           both: time to solution; what the launcher takes before the program is not in it
  check_median_s   half of the checks (predict, approximate, gate; a batch of queries each) took at most that long
  sample_s, gather_s, train_s
                   of all retrainings together: drawing samples and their truth, bringing them to the model rank, training
  other_s          the rest of the loop: checks, messages to waiting ranks, records, truth at queries
  retraining_s     loop_s / retrainings, what efficiency compares: (runs draw different samples in weak scaling, so some
                   retrain more often)
  efficiency       strong: t(first) n(first) / (t(n) n); weak: t(first) / t(n), first being the fewest nodes of its kind
"""

import csv
import hashlib
import json
import re
import sys
from pathlib import Path

COLUMNS = (
    "scaling layout nodes ranks threads samples end retrainings checks starts startup_s loop_s time_s check_median_s "
    "sample_s gather_s train_s other_s retraining_s efficiency answers_sha256 model_sha256"
).split()
PHASES = ("startup_s", "sample_s", "gather_s", "train_s", "other_s")


class StudyError(Exception):
    """What the folder holds is not one study."""


def read_pairs(path):
    """`key: value` lines."""
    pairs = dict(line.split(": ", 1) for line in path.read_text(encoding="utf-8").splitlines() if ": " in line)
    return {key: int(value) if value.isdigit() else value for key, value in pairs.items()}


def read_point(folder):
    """The row of a finished point; None for one that is not."""
    try:
        summary = json.loads((folder / "run" / "summary.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise StudyError(f"{folder.name}: summary.json cannot be read: {error}") from None
    point = read_pairs(folder / "point")
    if summary.get("end") not in ("converged", "gave_up"):
        return None
    if summary["ranks"] != point["ranks"]:
        raise StudyError(f"{folder.name}: ran on {summary['ranks']} ranks, not on the {point['ranks']} that were asked for")
    if summary["threads"] != point["threads"]:
        raise StudyError(f"{folder.name}: {summary['threads']} threads a rank instead of {point['threads']}")
    times, counts = summary["times"], summary["counts"]
    row = {**point, "end": summary["end"], "retrainings": counts["retrainings"], "checks": counts["checks"]}
    # Times count from the last start.
    row["starts"] = len(re.findall(r", start \d+, ends ", (folder / "job.out").read_text(encoding="utf-8")))
    row |= {name: times[name] for name in ("startup_s", "loop_s", "check_median_s", "sample_s", "gather_s", "train_s")}
    row["time_s"] = row["startup_s"] + row["loop_s"]
    row["other_s"] = row["loop_s"] - row["sample_s"] - row["gather_s"] - row["train_s"]
    if row["starts"] == 1 and row["retrainings"] > 0:
        row["retraining_s"] = row["loop_s"] / row["retrainings"]
    row["answers_sha256"] = hashlib.sha256((folder / "run" / "answers.csv").read_bytes()).hexdigest()
    row["model_sha256"] = summary["model_sha256"]
    row["provenance"] = summary["provenance"]
    return row


def curves(rows):
    """{(scaling, layout): its rows by number of nodes}."""
    found = {}
    for row in sorted(rows, key=lambda row: (row["scaling"], str(row["layout"]), row["nodes"])):
        found.setdefault((row["scaling"], row["layout"]), []).append(row)
    return found


def add_efficiency(rows):
    for (scaling, _), curve in curves(rows).items():
        timed = [row for row in curve if "retraining_s" in row]
        for row in timed:
            first = timed[0]
            more_nodes = row["nodes"] / first["nodes"] if scaling == "strong" else 1
            row["efficiency"] = first["retraining_s"] / (row["retraining_s"] * more_nodes)


def complaints(rows):
    """What must not be: points of different programs, and results that depend on the number of ranks."""
    found = []
    for what in ("revision", "compiler", "flags", "mpi", "kokkos", "libtorch", "processor"):
        values = sorted({str(row["provenance"].get(what)) for row in rows})
        if len(values) > 1:
            found.append(f"points differ in {what}: {', '.join(values)}")
    for what in ("answers_sha256", "model_sha256"):
        for samples in sorted({row["samples"] for row in rows}):
            same_work = [row for row in rows if row["samples"] == samples]
            if len({row[what] for row in same_work}) > 1:
                found.append(f"{len(same_work)} points with {samples} samples a retraining differ in {what}")
    return found


def write_table(path, rows):
    part = path.with_name(path.name + ".part")  # an earlier one stays until this one is whole
    with open(part, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    part.replace(path)


def draw(study, rows, about):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    title = f"{about['size']}: {about['program']}, {about['cores_per_node']} cores a node"
    timed = [row for row in rows if row["starts"] == 1]
    ticks = sorted({row["nodes"] for row in rows})

    def finish(figure, axes, name):
        for axis in axes:
            axis.set_xscale("log", base=2)
            axis.set_xticks(ticks, [str(tick) for tick in ticks])
            axis.set_xlabel("nodes")
            axis.grid(True, alpha=0.3)
            axis.legend(fontsize="small")
        figure.suptitle(title)
        figure.tight_layout()
        figure.savefig(study / name, dpi=120)
        pyplot.close(figure)

    for name, column, label in (
        ("time.png", "time_s", "time to solution [s]"),
        ("efficiency.png", "efficiency", "efficiency of a retraining with its checks"),
    ):
        figure, axes = pyplot.subplots(1, 2, figsize=(10, 4.2))
        for axis, scaling in zip(axes, ("strong", "weak")):
            for (kind, layout), curve in curves(timed).items():
                points = [(row["nodes"], row[column]) for row in curve if column in row]
                if kind != scaling or not points:
                    continue
                (line,) = axis.plot(*zip(*points), "o-", label=layout_name(layout))
                if column == "time_s":
                    first, t_first = points[0]
                    ideal = [t_first * first / n if scaling == "strong" else t_first for n, _ in points]
                    axis.plot([n for n, _ in points], ideal, "--", color=line.get_color(), label="ideal")
            if column == "efficiency":
                axis.axhline(1, linestyle="--", color="gray", label="ideal")
                axis.set_ylim(bottom=0)
            else:
                axis.set_yscale("log")
            axis.set_title(scaling)
            axis.set_ylabel(label)
        finish(figure, axes, name)

    kinds = curves(timed)
    figure, axes = pyplot.subplots(1, max(1, len(kinds)), figsize=(1 + 4 * max(1, len(kinds)), 4.2), squeeze=False)
    for axis, ((scaling, layout), curve) in zip(axes[0], kinds.items()):
        nodes = [row["nodes"] for row in curve]
        below = [0.0] * len(curve)
        for phase in PHASES:
            seconds = [row[phase] for row in curve]
            axis.bar(nodes, seconds, width=[n / 3 for n in nodes], bottom=below, label=phase[:-2])
            below = [one + other for one, other in zip(below, seconds)]
        axis.set_title(f"{scaling}, {layout_name(layout)}")
        axis.set_ylabel("time [s]")
    finish(figure, axes[0], "phases.png")


def layout_name(layout):
    return "a rank a NUMA domain" if layout == "numa" else f"{layout} ranks a node"


def say(text):
    print(f"collect.py: {text}", file=sys.stderr)


def main(arguments):
    expected = None
    if len(arguments) == 3 and arguments[1] == "--expect" and arguments[2].isdigit():
        expected = int(arguments.pop())
        arguments.pop()
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    study = Path(arguments[0])
    if not (study / "study").is_file():
        say(f"{study} holds no study: submit.sh makes one")
        return 2
    about = read_pairs(study / "study")
    rows, missing, wrong = [], [], []
    for folder in sorted((study / "points").iterdir()):
        try:
            row = read_point(folder)
        except (StudyError, OSError, KeyError) as error:
            wrong.append(str(error) if isinstance(error, StudyError) else f"{folder.name}: {error!r}")
            continue
        if row is None:
            missing.append(folder.name)
        else:
            rows.append(row)
    add_efficiency(rows)
    write_table(study / "table.csv", rows)
    wrong += complaints(rows)
    if missing:
        say(f"not finished, left out: {', '.join(missing)}; submit.sh resumes them")
    resumed = [f"{row['scaling']}-{row['layout']} on {row['nodes']} nodes" for row in rows if row["starts"] > 1]
    if resumed:
        say(f"started more than once, so their times are not whole and not drawn: {', '.join(resumed)}")
    if expected is not None and len(rows) != expected:
        wrong.append(f"{len(rows)} points are finished instead of {expected}")
    for text in wrong:
        say(text)
    print(f"{study / 'table.csv'}: {len(rows)} points")
    try:
        draw(study, rows, about)
    except ImportError as error:
        say(f"no pictures: {error}; the table is complete (Debian: python3-matplotlib)")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
