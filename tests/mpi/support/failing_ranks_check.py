# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs one case of failing_ranks under the launcher: failing_ranks_check.py CASE LAUNCHER... PROGRAM."""

import os
import subprocess
import sys

case, *command = sys.argv[1:]
seconds = 50 * int(os.environ.get("AILOOP_TIMEOUT_FACTOR", "1"))
result = subprocess.run(
    [*command, f"--gtest_filter=FailingRanks.{case}"], capture_output=True, text=True, timeout=seconds
)
output = result.stdout + result.stderr
shown = {
    "Passes": "[  PASSED  ] 1 test.",
    "FailsOnOneRank": "[rank 1]",
    "ThrowsOnOneRank": "thrown on purpose",
    "LeavesTheOthersWaiting": "[rank 1] failed, and not every rank came to the end",
    "CrashesOnOneRank": "",
}[case]
must_pass = case == "Passes"
if (result.returncode == 0) != must_pass:
    sys.exit(f"exit code {result.returncode}\n{output}")
if shown not in output:
    sys.exit(f"'{shown}' is not shown\n{output}")
if must_pass and (output.count("PASSED") != 1 or "[rank" in output):
    sys.exit(f"a rank other than 0 reports\n{output}")
