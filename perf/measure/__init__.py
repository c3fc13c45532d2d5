# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures ailoop against its baselines: what perf/run starts and perf/compare reads; see perf/README.md."""
