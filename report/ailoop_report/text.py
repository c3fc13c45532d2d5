# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Numbers and times as they stand on the page."""

import html
import math


def escaped(value):
    return html.escape(str(value), quote=True)


def number(value, digits=3):
    """`0.0487`, `1.2 × 10⁻⁷`; counts with thousands separated."""
    if isinstance(value, int):
        return f"{value:,}"
    if not math.isfinite(value):
        return "not finite"
    if value == 0.0 or 1e-4 <= abs(value) < 1e6:
        return f"{value:,.{digits}g}" if abs(value) < 1000 else f"{value:,.0f}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa} × 10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def seconds(value):
    """With the unit in which it reads best."""
    if value == 0.0:
        return "0 s"
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(value) >= scale:
            return f"{value / scale:.3g} {unit}" if value < 1000 else f"{value:,.0f} s"
    return f"{value / 1e-6:.3g} µs"


def counted(count, thing):
    """`1 rank`, `2 ranks`, `3 queries`."""
    plural = thing[:-1] + "ies" if thing.endswith("y") else thing + "s"
    return f"{count:,} {thing if count == 1 else plural}"
