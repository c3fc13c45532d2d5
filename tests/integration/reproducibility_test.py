# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""With sampling.total, answers and model are the same bits for any number of ranks and threads."""

from program import GAVE_UP, HOTLUM, SHORT, ProgramTest


class ReproducibilityTest(ProgramTest):
    def hashes(self, name, *arguments, **options):
        _, folder = self.run_to(name, HOTLUM, *SHORT, *arguments, **options)
        return folder.hashes()

    def assert_same_as_one_rank(self, *arguments, **options):
        self.assertEqual(self.hashes("one", ranks=1), self.hashes("other", *arguments, **options))

    def test_two_ranks(self):
        self.assert_same_as_one_rank(ranks=2)

    def test_three_ranks(self):
        self.assert_same_as_one_rank(ranks=3)

    def test_five_ranks(self):
        self.assert_same_as_one_rank(ranks=5)

    def test_eight_ranks(self):
        self.assert_same_as_one_rank(ranks=8)

    def test_two_threads_with_enough_samples_for_both(self):
        many = ["--set", "sampling.total=60000", "--set", "loop.accepted=2"]
        one = self.hashes("one", *many, ranks=1, threads=1)
        self.assertEqual(one, self.hashes("two", *many, ranks=1, threads=2))
        self.assertEqual(one, self.hashes("three", *many, ranks=3, threads=2))

    def test_three_ranks_of_two_threads(self):
        self.assert_same_as_one_rank(ranks=3, threads=2)

    def test_without_a_launcher(self):
        self.assert_same_as_one_rank()

    def test_fewer_approximation_ranks_than_terms(self):
        self.assert_same_as_one_rank("--set", "ranks.approximation=3", ranks=4)

    def test_more_approximation_ranks_than_terms(self):
        self.assert_same_as_one_rank("--set", "ranks.approximation=7", ranks=8)

    def test_in_double_precision(self):
        hopeless = ["--set", "loop.tolerance=1e-12", "--set", "limits.retrainings=3"]
        changes = ["--set", "surrogate.precision=float64", "--set", "sampling.total=500", *hopeless]
        config = self.config("training: {trainer: adam}\n")
        _, one = self.run_to("a", config, *changes, code=GAVE_UP, ranks=1)
        _, four = self.run_to("b", config, *changes, code=GAVE_UP, ranks=4, threads=2)
        self.assertEqual(one.hashes(), four.hashes())

    def test_samples_of_each_rank_repeat_with_equal_ranks(self):
        changes = ["--set", "sampling.per_rank=128"]
        self.assertEqual(self.hashes("a", *changes, ranks=3), self.hashes("b", *changes, ranks=3, threads=2))

    def test_another_seed_gives_another_run(self):
        self.assertNotEqual(self.hashes("a"), self.hashes("b", "--seed", "43"))

    def test_the_launcher_leaves_no_trace_in_answers_or_model(self):
        _, folder = self.run_to("out", HOTLUM, *SHORT, ranks=2)
        for name in ("answers.csv", "model.safetensors"):
            content = (folder.path / name).read_bytes()
            for trace in (b"rank", b"thread", b"host", str(self.folder).encode()):
                self.assertNotIn(trace, content)
