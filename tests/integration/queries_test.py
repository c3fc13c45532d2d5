# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where queries come from: a grid, a CSV file, batches; and what a file of queries must hold."""

import math

from program import CONVERGED, GAVE_UP, HOTLUM, SHORT, ProgramTest

# All queries of a source that ends.
ALL = "schema: 1\nproblem: {name: sine, terms: 9}\nsampling: {total: 512}\ntraining: {trainer: adam, epochs: 20}\n"


class QueriesTest(ProgramTest):
    def queries(self, text, name="queries.csv"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def test_a_grid_is_answered_whole(self):
        config = self.config(ALL + "queries: {source: grid, points: 20, batch: 7}\n")
        _, folder = self.run_to("out", config, ranks=3)
        expected = [-math.pi + 2 * math.pi * (i + 0.5) / 20 for i in range(20)]
        answers = sorted(folder.answers, key=lambda row: int(row["query"]))
        self.assertEqual(list(range(20)), [int(row["query"]) for row in answers])
        for x, row in zip(expected, answers, strict=True):
            self.assertAlmostEqual(x, float(row["x"]), places=14)
            self.assertLessEqual(abs(float(row["answer"]) - math.sin(x)), 0.05 + 1e-9)

    def test_a_file_is_answered_row_by_row_relative_to_the_configuration(self):
        (self.folder / "deep").mkdir()
        self.queries("name,x\nfirst,0.5\nsecond,-1.25\n\"a, third\",3\n", "deep/queries.csv")
        config = self.config(ALL + "queries: {source: file, path: queries.csv}\n", "deep/config.yaml")
        _, folder = self.run_to("out", config, ranks=2)
        self.assertEqual([0.5, -1.25, 3.0], [float(row["x"]) for row in folder.answers])

    def test_the_answers_of_a_run_are_queries_of_another(self):
        _, first = self.run_to("first", HOTLUM, *SHORT)
        arguments = ["--set", "queries.source=file", "--set", "queries.path=first/answers.csv"]
        config = self.config(ALL + "loop: {gate: certified, accepted: 5}\n")
        _, second = self.run_to("second", config, *arguments)
        self.assertEqual([row["x"] for row in first.answers], [row["x"] for row in second.answers])

    def test_more_answers_than_queries_are_not_waited_for(self):
        config = self.config(ALL + "queries: {source: grid, points: 3}\nloop: {accepted: 10}\n")
        result, folder = self.run_to("out", config)
        self.assertEqual(3, len(folder.answers))
        self.assertIn("loop.accepted: 10 answers wanted, but there are 3 queries; the run ends with these", result.err)

    def test_a_run_that_can_only_give_up_says_so_at_its_start(self):
        config = self.config(ALL + "queries: {source: grid, points: 30, batch: 4}\nlimits: {checks: 7}\n")
        result, folder = self.run_to("out", config, code=GAVE_UP)
        self.assertIn("limits.checks: 7 checks of 4 queries at most cannot give the 30 answers wanted", result.err)

    def test_answers_do_not_depend_on_the_number_of_ranks(self):
        config = self.config(ALL + "queries: {source: grid, points: 40, batch: 16}\nloop: {gate: certified}\n")
        _, alone = self.run_to("alone", config)
        _, together = self.run_to("together", config, ranks=5)
        self.assertEqual(alone.hashes(), together.hashes())

    def test_the_truth_answers_what_retraining_does_not(self):
        config = self.config(
            ALL
            + "queries: {source: grid, points: 10, batch: 10}\n"
            + "loop: {tolerance: 1.0e-6, on_exhausted: truth}\nlimits: {retrainings_per_query: 1}\n"
        )
        _, folder = self.run_to("out", config, ranks=3)
        self.assertEqual(10, folder.summary["counts"]["by_truth"])
        for row in folder.answers:
            self.assertEqual("truth", row["answered_by"])
            self.assertAlmostEqual(math.sin(float(row["x"])), float(row["answer"]), places=15)

    def test_the_run_gives_up_where_it_must_stop(self):
        config = self.config(
            ALL + "queries: {source: grid, points: 4, batch: 4}\nloop: {tolerance: 1.0e-9}\nlimits: {retrainings: 1}\n"
        )
        _, folder = self.run_to("out", config, code=GAVE_UP)
        self.assertEqual([0, 1, 2, 3], folder.summary["unanswered"])

    def test_a_file_that_cannot_be_used_is_refused_with_its_line(self):
        cases = {
            "x\n0.5\n9\n": ("queries.csv:3: x = 9 lies outside", "from -3.141592653589793 to 3.141592653589793"),
            "x\n0.5\nfive\n": ("queries.csv:3", 'column "x"', "five"),
            "x\n0.5\n1e400\n": ("queries.csv:3", "1e400"),
            "y\n0.5\n": ("queries.csv:1", '"x"'),
            "x\n": ("queries.csv: no query",),
            "": ("queries.csv",),
            "x,x\n1,2\n": ("queries.csv:1",),
            "x,y\n1\n": ("queries.csv:2",),
            "x\n0.5D+00\n": ("queries.csv:2", "Fortran's exponent D"),
            "x;y\n0,5;1\n": ("queries.csv:1", "set delimiter: semicolon"),
        }
        config = self.config(ALL + "queries: {source: file, path: queries.csv}\n")
        for text, words in cases.items():
            with self.subTest(text=text):
                self.queries(text)
                refused = self.start(config)
                self.assert_refused(refused, "config.yaml:", "queries.path: ", *words)
                self.assertEqual(refused.err, self.start(config, "--validate").err)
        (self.folder / "queries.csv").unlink()
        self.assert_refused(self.start(config), "queries.csv")
        self.assert_nothing_written("config.yaml")

    def test_the_delimiter_is_a_setting(self):
        self.queries("# y x\n  1  .5\n  2 +1.25E+00\n\n")
        config = self.config(ALL + "queries: {source: file, path: queries.csv, delimiter: blank}\n")
        _, folder = self.run_to("out", config)
        self.assertEqual([0.5, 1.25], [float(row["x"]) for row in folder.answers])

    def test_the_columns_are_a_setting(self):
        self.queries("period,e,M\n1,0.25,0.125\n2,0.5e-1,0.25\n")
        start = "schema: 1\nproblem: {name: kepler}\nsampling: {total: 64}\n"
        config = self.config(start + "queries: {source: file, path: queries.csv, columns: [M, e]}\n")
        _, named = self.run_to("named", config, ranks=2)
        self.assertEqual([["0.125", "0.25"], ["0.25", "0.05"]], [[row["x_0"], row["x_1"]] for row in named.answers])
        self.assertIn("\n  columns: [M, e]\n", (named.path / "config.yaml").read_text(encoding="utf-8"))
        other_order = ["--set", "queries.columns=[e, M]"]
        self.assertIn(
            "queries.columns[0] was M, is e; queries.columns[1] was e, is M",
            self.start(config, "--output", "named", "--resume", *other_order).err,
        )
        _, swapped = self.run_to("swapped", config, *other_order)
        self.assertEqual(["0.25", "0.05"], [row["x_0"] for row in swapped.answers])
        self.queries("x_0,x_1\n0.125,0.25\n0.25,0.05\n")
        _, unnamed = self.run_to("unnamed", config, "--set", "queries.columns=null")
        self.assertEqual(named.answers, unnamed.answers)

    def test_columns_that_cannot_be_used_are_refused_with_their_place(self):
        self.queries("M,period,e\n0.5,1,0.25\n")
        cases = {
            "[M]": ("3:53: queries.columns: 1 given; 2 needed, one for each dimension of the problem",),
            "[M, e, period]": ("3:53: queries.columns: 3 given; 2 needed",),
            "[M, M]": ("3:57: queries.columns[1]: M is named twice",),
            "[M, eccentricity]": ("3:57: queries.columns[1]: ", 'has no column "eccentricity"; it has "M", "period", "e"'),
            "[perod, e]": ("3:54: queries.columns[0]: ", 'no column "perod"', "; did you mean period?"),
            "[M, 2]": ("3:57: queries.columns[1]: 2 is not text to YAML",),
            "M": ("3:53: queries.columns: M; a list of ",),
            "null": ("3:31: queries.path: ", 'no column "x_0"; it has "M", "period", "e"', "name them in columns"),
        }
        start = "schema: 1\nproblem: {name: kepler}\nqueries: {source: file, path: queries.csv, columns: "
        for columns, words in cases.items():
            with self.subTest(columns=columns):
                self.assert_refused_alike(self.config(start + columns + "}\n"), *words)
        self.queries("0.5,0.25\n")
        words = ("queries.columns[0]: ", 'no column "M"; it has "0.5", "0.25"; the first line must name the columns')
        self.assert_refused_alike(self.config(start + "[M, e]}\n"), *words)
        self.assert_nothing_written("config.yaml", "queries.csv")

    def assert_refused_alike(self, config, *words):
        """By a run, by --validate and by --dry-run."""
        refused = self.start(config)
        self.assert_refused(refused, "config.yaml:", *words)
        for option in ("--validate", "--dry-run"):
            self.assertEqual(refused.err, self.start(config, option).err)

    def test_a_file_needs_a_path(self):
        config = self.config(ALL + "queries: {source: file}\n")
        self.assert_refused(self.start(config), "queries.path: missing")

    def test_a_batch_of_one_and_a_large_one_converge_alike(self):
        config = self.config(ALL + "loop: {gate: certified, accepted: 50}\n")
        for batch in (1, 1000):
            result, _ = self.run_to(f"out-{batch}", config, "--set", f"queries.batch={batch}")
            self.assertEqual(CONVERGED, result.code)
