# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What ends perf/run or perf/compare with a message."""


class MeasureError(Exception):
    """Its text is the whole message."""
