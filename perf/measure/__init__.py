"""Measures ailoop against its baselines: what perf/run starts and perf/compare reads; see perf/README.md."""
