# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From measurements to figures, to one JSON and one table; perf/README.md describes the JSON."""

import json

from measure.definitions import FIGURES
from measure.quantiles import median, quartiles

SCHEMA = 1


def ratios(values, baselines):
    """Of each repetition; of the medians, where the two were not repeated together."""
    if len(values) == len(baselines):
        return [value / baseline for value, baseline in zip(values, baselines)]
    middle = median(baselines)
    return [value / middle for value in values]


def is_met(figure, value, ratio):
    """None where there is nothing to meet."""
    verdicts = []
    if figure.ratio_at_most is not None:
        verdicts.append(ratio is not None and ratio <= figure.ratio_at_most)
    if figure.ratio_at_least is not None:
        verdicts.append(ratio is not None and ratio >= figure.ratio_at_least)
    if figure.value_at_most is not None:
        verdicts.append(value <= figure.value_at_most)
    return all(verdicts) if verdicts else None


def declared_figure(figure, measurements):
    """One figure of the JSON; None where its value or its baseline was not measured."""
    measured = [measurements.get(name) for name in figure.measurements]
    if None in measured:
        return None
    series, baselines = measured[0], [of.values for of in measured[1:]]
    baseline = [max(values) for values in zip(*baselines)]  # none, one or two
    of_each = ratios(series.values, baseline) if baseline else None
    value = median(series.values)
    ratio = median(of_each) if of_each else None
    return {
        "name": figure.name,
        "value": value,
        "unit": series.unit,
        "spread": quartiles(series.values),
        "repetitions": len(series.values),
        "baseline": figure.against or None,
        "baseline_value": median(baseline) if baseline else None,
        "ratio": ratio,
        "ratio_spread": quartiles(of_each) if of_each else None,
        "better": figure.better,
        "target": figure.target or None,
        "met": is_met(figure, value, ratio),
        "loaded": any(of.loaded for of in measured),
    }


def undeclared_figure(name, series):
    """Of a measurement that no definition names: its value alone."""
    return {
        "name": name.replace("/", "."),
        "value": median(series.values),
        "unit": series.unit,
        "spread": quartiles(series.values),
        "repetitions": len(series.values),
        "baseline": None,
        "baseline_value": None,
        "ratio": None,
        "ratio_spread": None,
        "better": "higher" if series.unit.endswith("/s") else "lower",
        "target": None,
        "met": None,
        "loaded": series.loaded,
    }


def make_results(context, measurements, definitions=tuple(FIGURES)):
    """The whole JSON, and the names of the definitions that were not measured."""
    figures = []
    missing = []
    for definition in definitions:
        figure = declared_figure(definition, measurements)
        if figure is None:
            missing.append(definition)
        else:
            figures.append(figure)
    named = {name for definition in definitions for name in definition.measurements}
    figures += [undeclared_figure(name, series) for name, series in measurements.series.items() if name not in named]
    loaded = context["loaded"] or any(figure["loaded"] for figure in figures)
    return {"schema": SCHEMA, "context": {**context, "loaded": loaded}, "figures": figures}, missing


def write_json(path, results):
    part = path.with_name(path.name + ".part")  # an earlier one stays until this one is whole
    part.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


PREFIXES = ((1e-9, "n"), (1e-6, "u"), (1e-3, "m"), (1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"))


def quantity(value, unit):
    """Three digits with a prefix: 1.23 us."""
    if unit == "KiB":
        return f"{value / 1024:.3g} MiB"
    scale, prefix = max((entry for entry in PREFIXES if entry[0] <= abs(value)), default=PREFIXES[0])
    return f"{value / scale:.3g} {prefix}{unit}"


def target_text(target, unit):
    texts = {
        "ratio_at_most": lambda number: f"<= {number:.3g} x",
        "ratio_at_least": lambda number: f">= {number:.3g} x",
        "value_at_most": lambda number: f"<= {quantity(number, unit)}",
    }
    return ", ".join(texts[name](number) for name, number in (target or {}).items())


def row(figure):
    baseline = ""
    ratio = ""
    if figure["ratio"] is not None:
        baseline = f"{quantity(figure['baseline_value'], figure['unit'])}, {figure['baseline']}"
        ratio = "{:.3g} ({:.3g} - {:.3g})".format(figure["ratio"], *figure["ratio_spread"])
    spread = " - ".join(quantity(value, figure["unit"]) for value in figure["spread"])
    met = {True: "yes", False: "**no**", None: ""}[figure["met"]] + (" (loaded)" if figure["loaded"] else "")
    value = f"{quantity(figure['value'], figure['unit'])} ({spread})"
    return [figure["name"], value, baseline, ratio, target_text(figure["target"], figure["unit"]), met.strip()]


def table(results, definitions=tuple(FIGURES)):
    """Markdown of the figures that are defined, in their order; quartiles stand in brackets."""
    names = {definition.name for definition in definitions}
    rows = [row(figure) for figure in results["figures"] if figure["name"] in names]
    head = ["figure", "value", "baseline", "ratio", "target", "met"]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])
