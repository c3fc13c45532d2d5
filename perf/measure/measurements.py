# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What was measured: for each name a value a repetition. Names are paths, such as loop/8/python/mean."""

from dataclasses import dataclass, field


@dataclass
class Series:
    """Values of one measurement, in the order of the repetitions."""

    unit: str
    values: list = field(default_factory=list)
    loaded: bool = False  # other processes used the machine meanwhile


class Measurements:
    def __init__(self):
        self.series = {}

    def add(self, name, unit, *values):
        series = self.series.setdefault(name, Series(unit))
        if series.unit != unit:
            raise ValueError(f"{name} was measured in {series.unit}, not in {unit}")
        series.values.extend(values)

    def get(self, name):
        """None where it was not measured."""
        return self.series.get(name)

    def mark_loaded(self, names):
        for name in names:
            self.series[name].loaded = True

    def counts(self):
        """{name: values so far}."""
        return {name: len(series.values) for name, series in self.series.items()}
