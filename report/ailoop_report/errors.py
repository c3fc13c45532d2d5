# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What ends ailoop-report with a message."""


class ReportError(Exception):
    """Wrong input; nothing was written. Its text is the whole message."""

    exit_code = 2


class MissingPackage(ReportError):
    """A Python package that the report needs cannot be imported."""

    exit_code = 1
