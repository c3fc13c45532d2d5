# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a check costs beside time: nothing is allocated, locked or asked of the operating system, and its instructions
are counted. Seconds are left to perf/."""

import os
import re
import unittest

from program import HOTLUM, LAUNCHER, ProgramTest

CHECK_COSTS = os.environ["AILOOP_CHECK_COSTS"]
VALGRIND = os.environ["AILOOP_VALGRIND"]
# GCC 12 for plain x86-64: 1,851
MOST_INSTRUCTIONS = 2200

# Answers of every kind of gate and problem; each query is accepted at its first check.
CASES = {
    "the original workflow": [],
    "batches": ["queries.batch=16"],
    "asked one by one": ["ranks.ahead=0"],
    "a bound": ["loop.gate=certified"],
    "double precision": ["surrogate.precision=float64"],
    "another basis": ["surrogate.basis=chebyshev"],
}
EASY = ["loop.tolerance=10", "limits.checks=1000000"]
OWN_START = ["surrogate.precision=float64", "surrogate.basis=chebyshev"]


class GuardTest(ProgramTest):
    def command(self, *settings, answers=4500, ranks=None):
        launcher = [] if ranks is None else [*LAUNCHER, ranks]
        without = "surrogate.initial=null" if set(OWN_START) & set(settings) else "seed=1"
        return [*launcher, CHECK_COSTS, HOTLUM, *EASY, without, f"loop.accepted={answers}", *settings]

    def counts(self, ranks, settings):
        """(allocations, locks) of 300 queries on each rank."""
        result = self.run_command(*self.command(*settings, ranks=ranks), environment={"OMP_NUM_THREADS": "1"})
        self.assertEqual(0, result.code, result.err)
        return [tuple(map(int, line.split())) for line in result.out.splitlines()]

    def test_a_check_neither_allocates_nor_locks(self):
        for case, settings in CASES.items():
            with self.subTest(case):
                self.assertEqual([(0, 0)], self.counts(1, settings))

    def test_a_check_on_several_ranks_neither_allocates_nor_locks(self):
        for ranks in (2, 5):
            for case, settings in CASES.items():
                with self.subTest(case, ranks=ranks):
                    self.assertEqual([(0, 0)] * ranks, self.counts(ranks, settings))

    def test_a_check_makes_no_system_call(self):
        for case, settings in CASES.items():
            with self.subTest(case):
                result = self.run_command(*self.command(*settings), "--no-system-calls")
                self.assertEqual(0, result.code, result.err)

    @unittest.skipUnless(VALGRIND, "counts the instructions of an optimised build, where valgrind is installed")
    def test_a_check_takes_few_instructions(self):
        """Of the whole loop in one process: query, prediction, four shares, verdict and the log of it."""
        few, many = (self.instructions(answers) for answers in (1000, 3000))
        self.assertLess((many - few) / 2000, MOST_INSTRUCTIONS)

    def instructions(self, answers):
        command = [VALGRIND, "--tool=callgrind", "--callgrind-out-file=/dev/null", *self.command(answers=answers)]
        result = self.run_command(*command, environment={"OMP_NUM_THREADS": "1"})
        self.assertEqual(0, result.code, result.err)
        return int(re.search(r"Collected : (\d+)", result.err).group(1))


if __name__ == "__main__":
    unittest.main()
