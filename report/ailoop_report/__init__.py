# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One HTML page of what a run of ailoop left in its folder; see docs/report.md."""
