# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The parts of the page that are text, tables and bars."""

import numpy as np

from ailoop_report.log import VERDICTS
from ailoop_report.roles import roles
from ailoop_report.run import answer_errors
from ailoop_report.text import counted, escaped, number, seconds

WORST_ANSWERS = 8

ENDS = {
    "converged": ("good", "Converged"),
    "gave_up": ("bad", "Gave up"),
    "interrupted": ("open", "Interrupted"),
    "failed": ("bad", "Failed"),
    "unfinished": ("open", "Unfinished"),
}

TIMES = [
    ("predict_s", "predict", "accepted", "model rank"),
    ("approximate_s", "approximate", "accepted", "slowest approximation rank, at the same time as predict"),
    ("wait_s", "wait for shares", "muted", "model rank"),
    ("decide_s", "truth at queries", "sample", "all ranks"),
    ("sample_s", "sample", "sample", "slowest rank"),
    ("gather_s", "gather", "gather", "slowest rank"),
    ("train_s", "train", "train", "model rank"),
    ("audit_s", "audit", "sample", "all ranks"),
]


def end_of(run):
    """(name of the end, what else is known of it)."""
    log = run.log
    if log.failed is not None:
        return "failed", str(log.failed.get("error", ""))
    if log.ended is not None:
        limit = log.ended.get("limit")
        return str(log.ended["end"]), f"{limit} was reached" if limit else ""
    return "unfinished", "the log has no end: the run goes on, or it was killed"


def counts(run):
    """Counts of the log itself, which are there for unfinished runs, too; those at its end know of all checks, also of
    those that the run did not log."""
    ended = run.log.ended
    if ended is not None:
        names = ("by_surrogate", "by_truth", "accepted", "rejected", "inconclusive", "retrainings", "samples")
        known = {name: int(ended[name]) for name in names}
        checked = sum(known[verdict] for verdict in VERDICTS)
        return {"answers": known["by_surrogate"] + known["by_truth"], "checked": checked, **known}
    checks = run.checks
    asked = checks.having("event", "checked")
    by_surrogate, by_truth = (int(checks.having("answered_by", who).sum()) for who in ("surrogate", "truth"))
    return {
        "answers": by_surrogate + by_truth,
        "by_surrogate": by_surrogate,
        "by_truth": by_truth,
        "checked": int(asked.sum()),
        **{verdict: int((asked & checks.having("verdict", verdict)).sum()) for verdict in VERDICTS},
        "retrainings": len(run.log.retrainings),
        "samples": int(run.log.retrainings["samples"].sum()),
    }


def tile(value, name, detail=""):
    small = f"<small>{escaped(detail)}</small>" if detail else ""
    return f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}{small}</dd></div>"


def head(run):
    name, detail = end_of(run)
    kind, shown = ENDS.get(name, ("open", name))
    count = counts(run)
    _, errors = answer_errors(run)
    by = f"{count['by_surrogate']:,} by the surrogate, {count['by_truth']:,} by the truth"
    verdicts = f"{count['accepted']:,} accepted, {count['rejected']:,} rejected, {count['inconclusive']:,} inconclusive"
    tiles = [
        tile(f"{count['answers']:,}", "answers", by),
        tile(f"{count['checked']:,}", "queries checked", verdicts),
        tile(f"{count['retrainings']:,}", "retrainings", f"on {counted(count['samples'], 'sample')}"),
        tile(
            number(float(errors.max()), digits=4) if errors.size else "–",
            "worst error of the surrogate's answers",
            worst_detail(run, errors),
        ),
        *audit_tiles(run),
        tile(seconds(run.log.last_s), "since the start", ranks_and_threads(run)),
    ]
    problem = run.settings.get("problem.name")
    about = [f"problem {problem}"] if problem else []
    about += [f"gate {run.settings['loop.gate']}"] if "loop.gate" in run.settings else []
    about += [f"tolerance {run.settings['loop.tolerance']}"] if "loop.tolerance" in run.settings else []
    return (
        f'<header><p class="kicker">ailoop run</p><h1>{escaped(run.folder.resolve().name)}</h1>'
        f'<p class="about">{escaped(" · ".join(about))}</p>'
        f'<p><span class="end {kind}">{escaped(shown)}</span> <span>{escaped(detail)}</span></p>'
        f'<dl class="tiles">{"".join(tiles)}</dl>{notes(run)}</header>'
    )


def audit_tiles(run):
    """What comparing some accepted answers with the truth has shown, where a run did so."""
    audit = run.summary.get("audit") if run.summary is not None else None
    if not audit or not audit["audited"]:
        return []
    lower, upper = audit["share_beyond_95"]
    detail = (
        f"of {counted(audit['audited'], 'accepted answer')} off by more than allowed: {100 * lower:.2g} to "
        f"{100 * upper:.2g} % of all (95 %); error median {audit['error_median']:.2g}, 99 % {audit['error_p99']:.2g}, "
        f"largest {audit['worst_error']:.2g} of {audit['worst_allowed']:.2g} at query {audit['worst_query']}"
    )
    return [tile(f"{audit['beyond']:,}", "audit", detail)]


def ranks_and_threads(run):
    return f"{counted(run.ranks, 'rank')} with {counted(run.log.started['threads'], 'thread')} each"


def worst_detail(run, errors):
    by_surrogate = int(run.checks.having("answered_by", "surrogate").sum())
    if by_surrogate == 0:
        return "no answer by the surrogate"
    if not errors.size:
        return f"the truth is known at none of its {counted(by_surrogate, 'answer')}"
    tolerance = float(run.checks["tolerance"][0])
    beyond = int((errors > tolerance).sum())
    if errors.size < by_surrogate:
        some = f"{beyond:,} of these" if beyond else "none of these"
        return f"known for {errors.size:,} of {by_surrogate:,} answers; tolerance {tolerance:g}; {some} beyond it"
    within = f"all {by_surrogate:,} within it" if beyond == 0 else f"{beyond:,} of {by_surrogate:,} beyond it"
    return f"tolerance {tolerance:g}; {within}"


def notes(run):
    if not run.notes:
        return ""
    items = "".join(f"<li>{escaped(note)}</li>" for note in run.notes)
    return f'<ul class="notes">{items}</ul>'


def worst_answers(run):
    """A table of the surrogate's answers that are furthest from the truth."""
    rows, errors = answer_errors(run)
    if not rows.size:
        return ""
    last = max(0, len(errors) - WORST_ANSWERS)
    worst = np.flatnonzero(errors >= np.partition(errors, last)[last])  # few are left to be sorted
    order = worst[np.argsort(-errors[worst], kind="stable")][:WORST_ANSWERS]
    checks = run.checks
    lines = []
    for row, error in zip(rows[order], errors[order]):
        cells = [
            f"{checks['query'][row]:,}",
            components(checks["x"][row]),
            components(checks["surrogate"][row]),
            components(checks["truth"][row]),
            number(float(error)),
            f"{checks['attempt'][row]:,}",
        ]
        lines.append("<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in cells) + "</tr>")
    names = ("query", "x", "answer", "truth", "error", "attempts")
    titles = "".join(f"<th>{name}</th>" for name in names)
    body = f'<div class="scroll"><table><thead><tr>{titles}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
    return section("Worst answers", body)


def components(values):
    shown = ", ".join(f"{value:.5g}" for value in values[:4])
    return (f"({shown}{', …' if len(values) > 4 else ''})" if len(values) > 1 else shown).replace("-", "−")


def time_split(run):
    times = (run.summary or {}).get("times")
    if times is None:
        sums = {name: float(run.log.retrainings[name].sum()) for name in ("sample_s", "gather_s", "train_s")}
        remark = "Without a summary only the times of the retrainings are known."
        return section("Time split", bars(sums, max(1e-12, *sums.values())), remark)
    shown = {name: float(times[name]) for name, *_ in TIMES if name in times}
    loop_s = float(times["loop_s"])
    remark = (
        f"Of {seconds(loop_s)} in the loop, after {seconds(float(times['startup_s']))} of start-up. A check took "
        f"{seconds(float(times['check_median_s']))} in the median, "
        f"99 % at most {seconds(float(times['check_p99_s']))}. "
        "Predict and approximate overlap, so the bars need not add up."
    )
    if run.was_resumed:
        remark += " The run was resumed: these are the times since then."
    return section("Time split", bars(shown, max(loop_s, 1e-12)), remark)


def bars(times, whole):
    lines = []
    for name, title, color, who in TIMES:
        if name in times:
            share = min(100.0, 100.0 * times[name] / whole)
            lines.append(
                f'<div class="bar"><span class="name">{title}<small>{who}</small></span><span class="track">'
                f'<span style="width:{share:.3f}%;background:var(--{color})"></span></span>'
                f'<span class="value">{seconds(times[name])}</span></div>'
            )
    return f'<div class="bars">{"".join(lines)}</div>'


def rank_layout(run):
    rows, first = [], 0
    for role in roles(run):
        last = first + role.ranks - 1
        which = f"{first}" if role.ranks == 1 else f"{first} – {last}"
        rows.append(f"<tr><td>{which}</td><td>{escaped(role.name)}</td><td>{escaped(role.does)}</td></tr>")
        first = last + 1
    titles = "<tr><th>ranks</th><th>role</th><th>what they do</th></tr>"
    table = f"<table><thead>{titles}</thead><tbody>{''.join(rows)}</tbody></table>"
    remark = f"{ranks_and_threads(run)}."
    if run.ranks > 2:
        remark += (
            " The numbers hold where all are on one node, or nodes are filled one after the other: the ranks next to "
            "the model rank on its node approximate first."
        )
    if run.summary and run.summary.get("ranks") not in (None, run.ranks):
        remark += f" It was resumed on {counted(int(run.summary['ranks']), 'rank')}."
    return section("Rank layout", f'<div class="scroll">{table}</div>', remark)


def configuration(run):
    if run.config_text is None:
        return ""
    text = f"<pre>{escaped(run.config_text.strip())}</pre>"
    return section("Configuration", text, "Every setting in effect: config.yaml of the run.")


def provenance(run):
    summary = run.summary or {}
    facts = dict(summary.get("provenance") or {})
    for name in ("config_sha256", "initial_model_sha256", "model_sha256"):
        value = summary.get(name) or run.log.started.get(name)
        if value:
            facts[name.replace("_", " ")] = value
    items = "".join(
        f"<div><dt>{escaped(name.replace('_', ' '))}</dt><dd>{escaped(value)}</dd></div>"
        for name, value in facts.items()
    )
    remark = "" if run.summary else "The versions are in summary.json, which is not there or not of this start."
    return section("Provenance", f'<dl class="facts">{items}</dl>', remark)


def section(title, body, remark=""):
    text = f'<p class="remark">{escaped(remark)}</p>' if remark else ""
    return f"<section><h2>{escaped(title)}</h2>{text}{body}</section>"
