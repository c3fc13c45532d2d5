# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the program says on a run: the lines of the original workflow, then the summary."""

import math
import sys
import re

from program import HOTLUM, SHORT, ProgramTest


class ConsoleTest(ProgramTest):
    def test_each_accepted_query_prints_the_line_of_the_original(self):
        result, folder = self.run_to("out", HOTLUM, *SHORT, ranks=2)
        answers = folder.answers
        self.assertEqual([(float(row["answer"]), float(row["truth"])) for row in answers], result.approx_lines)
        # ailoop's sine and Python's are each off by at most two units in the last place
        for row, (_, exact) in zip(answers, result.approx_lines, strict=True):
            self.assertAlmostEqual(1, exact / math.sin(float(row["x"])), delta=4 * sys.float_info.epsilon)

    def test_each_retraining_prints_training(self):
        result, folder = self.run_to("out", HOTLUM, *SHORT, ranks=2)
        self.assertEqual(sum(int(row["attempts"]) - 1 for row in folder.answers), result.training_lines)
        self.assertGreater(result.training_lines, 0)

    def test_lines_come_in_the_order_of_the_queries(self):
        result, folder = self.run_to("out", HOTLUM, *SHORT)
        lines = [line for line in result.out.splitlines() if re.match(r"^(training$| approx = )", line)]
        expected = []
        for row in folder.answers:
            expected += ["training"] * (int(row["attempts"]) - 1) + ["approx"]
        self.assertEqual(expected, [line.split()[0] for line in lines])

    def test_the_summary_comes_last(self):
        result, _ = self.run_to("out", HOTLUM, *SHORT)
        last_answer = result.out.rindex(" approx = ")
        rest = result.out[last_answer:].split("\n", 1)[1]
        self.assertIn("converged", rest)
        for word in ("check", "retraining", "sample"):
            self.assertIn(word, rest)

    def test_no_progress_line_where_there_is_no_terminal(self):
        result, _ = self.run_to("out", HOTLUM, *SHORT)
        self.assertNotIn("\r", result.out + result.err)
        self.assertNotIn("\x1b", result.out + result.err)

    def test_a_good_run_complains_of_nothing(self):
        result, _ = self.run_to("out", HOTLUM, *SHORT, "--set", "problem.terms=9", ranks=1)
        self.assertNotRegex(result.err.lower(), r"\b(error|warning|failed)\b")

    def test_a_gate_that_believes_the_approximation_too_far_says_so_once(self):
        result, _ = self.run_to("out", HOTLUM, *SHORT, ranks=3)
        self.assertEqual(1, result.err.count("exceeds loop.tolerance on 5.4 % of the domain"), result.err)
        certified, _ = self.run_to("certified", HOTLUM, *SHORT, "--set", "loop.gate=certified", ranks=3)
        self.assertNotIn("difference", certified.err)

    def test_roles_that_do_not_fit_are_folded_and_said_once(self):
        result, _ = self.run_to("out", HOTLUM, *SHORT, "--set", "ranks.approximation=4", ranks=2)
        said = result.out + result.err
        self.assertEqual(1, len(re.findall(r"(?im)^.*approximation.*rank.*$|^.*rank.*approximation.*$", said)), said)
