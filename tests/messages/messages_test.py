# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a check and a retraining send, and how it grows with the world: docs/messages.md derives from it."""

import math
import os
import re
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(os.environ["AILOOP_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "perf" / "messages"))

from loggp import COUNTS, Check, Retraining, table  # noqa: E402
from message_counts import ACCEPTS, CALLS, REJECTS, NotAMultiple, World, minus, of_rank, share, total  # noqa: E402

PROGRAM = os.environ["AILOOP_COUNTED"]
LAUNCHER = [word for word in os.environ["AILOOP_LAUNCHER"].split("|") if word]

SAMPLES = 1000
ROW_BYTES = 8  # x and y of a sample in float32
NUMBER = 8  # bytes of a double or an int64

# Calls that send no data of the caller's, or that only a start makes.
SILENT = re.compile(
    r"MPI_(Abort|Barrier|Comm_\w+|Error_string|File_\w+|Finalize|Get_\w+|Init\w*|Initialized|Iprobe|Irecv|Is_\w+"
    r"|Query_\w+|Recv|Test|Type_\w+|Win_\w+|Wtime)$"
)


def block(rank, ranks, samples=SAMPLES):
    """Samples that a rank draws."""
    return samples // ranks + (1 if rank < samples % ranks else 0)


class MessagesTest(unittest.TestCase):
    maxDiff = None

    def world(self, ranks, *settings):
        folder = tempfile.TemporaryDirectory(prefix="ailoop-messages-")
        self.addCleanup(folder.cleanup)
        # of settings that exclude each other the last one counts
        return World(PROGRAM, LAUNCHER, ranks, folder.name, [f"sampling.total={SAMPLES}", *settings])

    def assert_sends(self, counts, rank, expected):
        self.assertEqual(expected, of_rank(counts, rank), f"rank {rank}")

    def assert_check_of_full_roles(self, ranks, *settings, batch=1):
        """Four decisions, an answer of one Taylor term from each of four ranks, and nothing from anybody else."""
        counts = self.world(ranks, *settings).of_check()
        self.assert_sends(counts, 0, {"MPI_Send": (4, 4 * 4 * NUMBER)})
        for rank in range(1, 5):
            self.assert_sends(counts, rank, {"MPI_Send": (1, (2 + batch) * NUMBER)})
        for rank in range(5, ranks):
            self.assert_sends(counts, rank, {})

    def test_a_check_on_five_ranks_is_eight_messages(self):
        self.assert_check_of_full_roles(5)

    def test_a_check_on_nine_ranks_is_the_same(self):
        self.assert_check_of_full_roles(9)

    def test_a_check_on_twenty_ranks_is_the_same(self):
        self.assert_check_of_full_roles(20)

    def test_a_check_of_a_batch_is_as_many_messages_of_more_bytes(self):
        self.assert_check_of_full_roles(6, "queries.batch=5", batch=5)

    def test_a_check_with_fewer_ranks_puts_several_terms_into_a_message(self):
        counts = self.world(3).of_check()
        self.assert_sends(counts, 0, {"MPI_Send": (2, 2 * 4 * NUMBER)})
        for rank in (1, 2):
            self.assert_sends(counts, rank, {"MPI_Send": (1, (2 + 2) * NUMBER)})

    def test_a_check_on_one_rank_sends_nothing(self):
        self.assert_sends(self.world(1).of_check(), 0, {})

    def assert_retraining(self, ranks):
        """A decision to each rank, down the tree, and from it the samples that it has drawn."""
        counts = self.world(ranks).of_retraining()
        model = Retraining(ranks, SAMPLES)
        for rank in range(ranks):
            told = model.told_by(rank)
            drawn = block(rank, ranks) * ROW_BYTES
            messages = (told, told * 4 * NUMBER) if rank == 0 else (told + 1, told * 4 * NUMBER + drawn)
            self.assert_sends(counts, rank, {"MPI_Send": messages} if messages[0] else {})
            self.assertLessEqual(told, max(2 * math.log2(ranks), 1))

    def test_a_check_everywhere_is_one_reduction(self):
        counts = self.world(5, "ranks.layout=everywhere", "output.checks=none", "output.answers=none").of_check()
        for rank in range(5):
            self.assert_sends(counts, rank, {"MPI_Allreduce": (1, COUNTS * NUMBER)})

    def test_most_checks_of_a_cheap_approximation_send_nothing(self):
        checks = 20_000
        cheap = ["ranks.ahead=256", "queries.source=uniform"]
        world = self.world(5, *cheap)
        counts = minus(world.run([*ACCEPTS, f"loop.accepted={checks}"]), world.run([*ACCEPTS, "loop.accepted=1"]))
        # the smallest blocks grow fourfold; a slow moment may make a block small once more
        blocks = checks // 16
        for rank in range(5):
            self.assertLess(counts[rank, "MPI_Send"][0], (4 if rank == 0 else 1) * blocks, f"rank {rank}")
        self.assertEqual((0, 0), total(counts, "MPI_Allreduce"))

    def test_asking_again_sends_nothing(self):
        world = self.world(5)
        # few samples, so that a slow moment at the start changes nothing
        again = [*REJECTS, "loop.accepted=1", "sampling.drawn_by=auto", "sampling.total=16"]
        counts = minus(
            world.run([*again, "limits.retrainings_per_query=9"]), world.run([*again, "limits.retrainings_per_query=2"])
        )
        self.assertEqual({}, {key: numbers for key, numbers in counts.items() if numbers != (0, 0)})

    def test_a_retraining_on_one_rank_sends_nothing(self):
        self.assert_retraining(1)

    def test_a_retraining_on_five_ranks(self):
        self.assert_retraining(5)

    def test_a_retraining_on_twenty_ranks(self):
        self.assert_retraining(20)

    def test_with_samples_of_each_rank_the_bytes_grow_with_the_world(self):
        for ranks in (2, 6):
            counts = self.world(ranks, "sampling.per_rank=32").of_retraining()
            for rank in range(1, ranks):
                told = Retraining(ranks, 32 * ranks).told_by(rank)
                self.assert_sends(counts, rank, {"MPI_Send": (told + 1, told * 4 * NUMBER + 32 * ROW_BYTES)})

    def test_ranks_without_samples_send_none(self):
        counts = self.world(5, "sampling.total=3").of_retraining()
        for rank in range(5):
            sends = {0: (4, 4 * 4 * NUMBER), 1: (1, ROW_BYTES), 2: (1, ROW_BYTES)}.get(rank)
            self.assert_sends(counts, rank, {"MPI_Send": sends} if sends else {})

    def test_a_query_answered_by_a_cheap_truth_is_told_to_all_and_computed_where_it_is(self):
        ranks = 6
        world = self.world(ranks)
        counts = world.of_truth(world.of_check())
        self.assertEqual((ranks - 1, (ranks - 1) * 4 * NUMBER), total(counts, "MPI_Send"))
        for rank in range(ranks):
            calls = {call: numbers[0] for call, numbers in of_rank(counts, rank).items() if call != "MPI_Send"}
            self.assertEqual({"MPI_Allreduce": 1, "MPI_Gatherv": 1, "MPI_Allgather": 2}, calls)

    def test_the_model_of_many_ranks_sends_what_is_counted(self):
        ranks = 7
        world = self.world(ranks)
        check, model = world.of_check(), Check()
        self.assertEqual((model.roles, model.roles * model.decision), check[0, "MPI_Send"])
        self.assertEqual((1, model.answer), check[1, "MPI_Send"])
        counts, model = world.of_retraining(), Retraining(ranks, SAMPLES)
        for rank in range(ranks):
            told, drawn = model.told_by(rank), model.block(rank)
            self.assertEqual((told + (rank > 0), told * model.decision + drawn), counts[rank, "MPI_Send"])


class PageTest(unittest.TestCase):
    def test_shows_what_the_model_gives(self):
        self.assertIn(f"\n{table()}\n", (SOURCE / "docs" / "messages.md").read_text(encoding="utf-8"))


class CountingTest(unittest.TestCase):
    def test_every_call_of_the_sources_that_sends_is_counted(self):
        called = set()
        for folder in ("src", "kernels"):
            for path in (SOURCE / folder).rglob("*.[ch]pp"):
                called |= set(re.findall(r"\b(MPI_[A-Z][a-z]\w*)\(", path.read_text(encoding="utf-8")))
        sending = {call for call in called if not SILENT.match(call)}
        self.assertIn("MPI_Send", sending)
        self.assertEqual(set(), sending - set(CALLS), "teach perf/messages/message_counter.cpp to count them")

    def test_runs_that_differ_in_something_else_are_refused(self):
        few, many = {(0, "MPI_Send"): (3, 24)}, {(0, "MPI_Send"): (7, 56)}
        self.assertEqual({(0, "MPI_Send"): (2, 16)}, share(many, few, 2))
        for more, less, times in ((many, few, 3), (few, many, 2), (many, {}, 1)):
            with self.assertRaises(NotAMultiple):
                share(more, less, times)


if __name__ == "__main__":
    unittest.main()
