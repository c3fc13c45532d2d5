# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Medians and quartiles of a few numbers."""


def quantile(values, q):
    """Of the sorted values, linear between them."""
    ordered = sorted(values)
    place = q * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def median(values):
    return quantile(values, 0.5)


def quartiles(values):
    """[first, third]."""
    return [quantile(values, 0.25), quantile(values, 0.75)]
