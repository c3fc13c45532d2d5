# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fewer points where a picture could not show all: by rules that can be told in a sentence."""

import numpy as np


def evenly_chosen(count, most):
    """At most `most` of the indices 0 ... count - 1, evenly spread, with the first and the last."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).round().astype(int))


def worst_of_groups(rows, errors, groups):
    """Of `rows`, cut into consecutive groups, the one with the largest error of each; not finite is the worst."""
    errors = errors[rows]  # a copy
    errors[~np.isfinite(errors)] = np.inf
    borders = np.linspace(0, len(rows), groups + 1).round().astype(int)
    pairs = zip(borders[:-1], borders[1:])
    return rows[[begin + int(np.argmax(errors[begin:end])) for begin, end in pairs if begin < end]]


def merged(intervals, gap):
    """(begin, length) of sorted (begin, end) intervals, those closer than `gap` made one."""
    begins, ends = np.reshape(intervals, (-1, 2)).T
    ends = np.maximum.accumulate(ends)
    is_first = np.ones(len(begins), bool)
    is_first[1:] = begins[1:] - ends[:-1] > gap
    is_last = np.roll(is_first, -1)  # what comes before a first one
    return list(zip(begins[is_first], ends[is_last] - begins[is_first]))
