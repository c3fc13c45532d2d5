# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""training.placement: what all ranks train together is one model, on any number of ranks and threads."""

from program import INTERRUPTED, ProgramTest, RunFolder, SOURCE

KEPLER = SOURCE / "config" / "kepler.yaml"
CERTIFIED = SOURCE / "config" / "certified.yaml"
ALL_RANKS = ["--set", "training.placement=all_ranks"]

# settings that take some retrainings, with queries whose truth becomes known in between
ADAM = [
    CERTIFIED,
    *ALL_RANKS,
    *("--set", "sampling.total=3000"),
    *("--set", "surrogate.initial=null"),
    *("--set", "surrogate.inputs=standardized"),
    *("--set", "surrogate.outputs=standardized"),
    *("--set", "loop.accepted=3000"),
    *("--set", "loop.on_exhausted=truth"),
    *("--set", "limits.retrainings_per_query=2"),
    *("--set", "training.trainer=adam"),
    *("--set", "training.engine=fused"),
    *("--set", "training.learning_rate=0.05"),
    *("--set", "training.epochs=5"),
]


class PlacementTest(ProgramTest):
    def assert_one_model(self, *arguments):
        expected = None
        for ranks, threads, layout in ((1, 1, "auto"), (2, 2, "roles"), (3, 1, "everywhere"), (8, 1, "roles")):
            with self.subTest(ranks=ranks, threads=threads, layout=layout):
                _, folder = self.run_to(
                    f"out-{ranks}", *arguments, "--set", f"ranks.layout={layout}", ranks=ranks, threads=threads
                )
                expected = expected or folder.hashes()
                self.assertEqual(expected, folder.hashes())
        return folder

    def test_adam_shuffled(self):
        folder = self.assert_one_model(*ADAM, "--set", "training.batch_size=1000")
        self.assertGreater(folder.summary["counts"]["retrainings"], 1)

    def test_adam_in_batches_of_one_block(self):
        self.assert_one_model(*ADAM)

    def test_gradient_descent_in_order(self):
        self.assert_one_model(
            *ADAM,
            *("--set", "training.trainer=sgd"),
            *("--set", "training.batch_size=700"),
            *("--set", "training.shuffle=false"),
        )

    def test_least_squares(self):
        folder = self.assert_one_model(KEPLER, *ALL_RANKS, "--set", "sampling.total=20001", "--set", "queries.batch=64")
        self.assertGreater(folder.summary["counts"]["retrainings"], 0)

    def test_a_resume_on_another_number_of_ranks(self):
        arguments = [*ADAM, "--set", "training.batch_size=1000", "--set", "loop.accepted=100000", "-q"]
        _, whole = self.run_to("whole", *arguments, "--set", "limits.wall_seconds=1000", ranks=2)
        seconds, ranks, pieces = 0.03, 1, 0
        more = []
        while True:
            result = self.start(*arguments, "--output", "out", *more, "--set", f"limits.wall_seconds={seconds}", ranks=ranks)
            if result.code != INTERRUPTED:
                break
            more = ["--resume"]
            seconds, ranks, pieces = 1.3 * seconds, ranks % 3 + 1, pieces + 1
        self.assertEqual(0, result.code, result.err)
        self.assertGreater(pieces, 0)
        self.assertEqual(whole.hashes(), RunFolder(self.folder / "out").hashes())

    def test_what_a_trainer_cannot_do_is_refused(self):
        result = self.start(self.config("training: {trainer: adam, placement: all_ranks}"), "--validate")
        self.assert_refused(result, "training.placement: all_ranks needs engine: fused")
