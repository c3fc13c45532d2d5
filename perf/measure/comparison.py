# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""perf/compare: what got slower or faster from one JSON of perf/run to another, beyond their spread."""

import json
from dataclasses import dataclass

from measure.errors import MeasureError
from measure.results import SCHEMA, quantity

# What has to agree for seconds to mean the same.
MACHINE = ("processor", "cores", "memory_kib")
SMALLEST_CHANGE = 0.05


@dataclass(frozen=True)
class Change:
    name: str
    kind: str  # slower, faster, same, loaded, other_machine
    text: str


def read(path):
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise MeasureError(f"{path}: cannot be read: {error}") from error
    if not isinstance(results, dict) or results.get("schema") != SCHEMA:
        raise MeasureError(f"{path}: not what perf/run writes (schema {SCHEMA})")
    try:
        figures = {figure["name"]: figure for figure in results["figures"]}
        for figure in figures.values():
            check_figure(figure)
        return {"machine": {key: results["context"]["machine"][key] for key in MACHINE}, "figures": figures}
    except (KeyError, TypeError, ValueError) as error:
        raise MeasureError(f"{path}: damaged: {type(error).__name__}: {error}") from error


def check_figure(figure):
    """Everything that the comparison needs."""
    for value, spread in (("value", "spread"), ("ratio", "ratio_spread")):
        if value == "ratio" and figure[value] is None:
            continue
        low, high = (float(bound) for bound in figure[spread])
        if not 0 < low <= high or not float(figure[value]) > 0:
            raise ValueError(f"{figure['name']}: {value}")
    if figure["better"] not in ("lower", "higher") or figure["loaded"] not in (True, False):
        raise ValueError(figure["name"])


def kind_of(old, new, old_spread, new_spread, better):
    """Beyond the spread: the quartiles do not overlap, and the medians differ by more than SMALLEST_CHANGE."""
    grows = new_spread[0] > old_spread[1] and new > old * (1 + SMALLEST_CHANGE)
    shrinks = new_spread[1] < old_spread[0] and new * (1 + SMALLEST_CHANGE) < old
    if not grows and not shrinks:
        return "same"
    return "slower" if grows == (better == "lower") else "faster"


def compare_figure(old, new, same_machine, even_loaded):
    name = new["name"]
    if (old["loaded"] or new["loaded"]) and not even_loaded:
        return Change(name, "loaded", f"{name}: measured on a loaded machine")
    if old["ratio"] is not None and new["ratio"] is not None:
        if old["baseline"] != new["baseline"]:
            raise MeasureError(f"{name}: another baseline: {old['baseline']} and {new['baseline']}")
        kind = kind_of(old["ratio"], new["ratio"], old["ratio_spread"], new["ratio_spread"], new["better"])
        text = f"{old['ratio']:.3g} x -> {new['ratio']:.3g} x of {new['baseline']}"
    elif not same_machine:
        return Change(name, "other_machine", f"{name}: has no baseline")
    else:
        if old["unit"] != new["unit"]:
            raise MeasureError(f"{name}: in {old['unit']} and in {new['unit']}")
        kind = kind_of(old["value"], new["value"], old["spread"], new["spread"], new["better"])
        text = f"{quantity(old['value'], old['unit'])} -> {quantity(new['value'], new['unit'])}"
    return Change(name, kind, f"{name}: {text}")


def compare(old, new, even_loaded=False):
    """Changes of what both have, and the report's lines."""
    same_machine = old["machine"] == new["machine"]
    common = [name for name in new["figures"] if name in old["figures"]]
    if not common:
        raise MeasureError("the two have no figure in common")
    changes = [compare_figure(old["figures"][n], new["figures"][n], same_machine, even_loaded) for n in common]
    lines = []
    if not same_machine:
        lines.append("different machines: times are not compared, ratios to the baselines are")
    for kind in ("slower", "faster"):
        lines += [f"{kind}: {change.text}" for change in changes if change.kind == kind]
    for kind, why in (("loaded", "measured on a loaded machine"), ("other_machine", "of another machine, no baseline")):
        count = sum(change.kind == kind for change in changes)
        if count:
            lines.append(f"not compared, {why}: {count} figures")
    for title, one, other in (("only in the old", old, new), ("only in the new", new, old)):
        alone = [name for name in one["figures"] if name not in other["figures"]]
        if alone:
            lines.append(f"{title}: {', '.join(alone)}")
    same = sum(change.kind == "same" for change in changes)
    lines.append(f"within the spread: {same} figures")
    return changes, lines
