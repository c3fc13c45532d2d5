# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The whole scaling study on 16 virtual nodes. They share this machine, so that only its results count, not its times."""

import unittest

from batch_job_test import JOB_SCRIPT
from program import SOURCE, RunFolder
from scaling_test import ONE_BY_ONE, StudyTest

NODES = (1, 2, 4, 8, 16)
EVERYWHERE = {  # with queries that are rejected, and some that the truth answers
    "ranks.layout": "everywhere",
    "queries.batch": 1024,
    "loop.accepted": 4096,
    "loop.tolerance": 0.02,
    "loop.on_exhausted": "truth",
    "limits.retrainings_per_query": 2,
    "output.answers": "safetensors",
}
POINTS = 20  # strong and weak, 8 ranks a node and a rank a NUMA domain, on 1, 2, 4, 8 and 16 nodes
SECONDS = 1100


class FullStudyTest(StudyTest):
    nodes = 16

    def test_the_original_study_from_1_to_16_nodes(self):
        result = self.submit("study", *ONE_BY_ONE)
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertEqual(POINTS, result.stdout.count("submitted as job"))
        self.cluster.wait_for_jobs(SECONDS)
        result = self.collect("study", "--expect", str(POINTS))
        self.assertEqual(0, result.returncode, result.stderr + self.said("study"))
        rows = self.table("study")
        self.assertEqual({"1", "2", "4", "8", "16"}, {row["nodes"] for row in rows})
        self.assertEqual("128", max((row["ranks"] for row in rows), key=int))
        # The same samples give the same answers and model on 2 ranks and on 128.
        strong = [row for row in rows if row["scaling"] == "strong"]
        for what in ("answers_sha256", "model_sha256"):
            self.assertEqual(1, len({row[what] for row in strong}), what)
        print((self.folder / "study" / "table.csv").read_text(encoding="utf-8"))

    def test_every_rank_asks_on_1_to_16_nodes(self):
        sets = [word for key, value in EVERYWHERE.items() for word in ("--set", f"{key}={value}")]
        for nodes in NODES:
            options = (f"--nodes={nodes}", "--ntasks-per-node=8", "--dependency=singleton", f"--output={nodes}.out")
            command = (JOB_SCRIPT, SOURCE / "config" / "kepler.yaml", f"on-{nodes}", "-q", *sets)
            self.assertEqual(0, self.cluster.run("sbatch", *options, *command, cwd=self.folder).returncode)
        self.cluster.wait_for_jobs(SECONDS)
        runs = [RunFolder(self.folder / f"on-{nodes}") for nodes in NODES]
        for nodes, run in zip(NODES, runs):
            said = (self.folder / f"{nodes}.out").read_text(encoding="utf-8")
            self.assertTrue((run.path / "summary.json").exists(), said)
            self.assertEqual(8 * nodes, run.summary["ranks"], said)
            self.assertEqual(runs[0].summary["counts"], run.summary["counts"], said)
            self.assertEqual(runs[0].hashes(), run.hashes(), said)
        counts = runs[0].summary["counts"]
        self.assertGreater(counts["retrainings"] * counts["by_truth"], 0)

    def test_a_node_that_dies_costs_no_point(self):
        few = ("--scaling", "strong", "--layouts", "2", "--nodes", "2", "--size", "large", "--samples-per-node", "20000")
        self.assertEqual(0, self.submit("study", *few).returncode)
        run = self.folder / "study" / "points" / "strong-2-n02" / "run"
        self.wait_for((run / "run.jsonl").exists, "the run does not begin")
        self.cluster.run("scontrol", "update", "nodename=n2", "state=down", "reason=test")
        self.wait_for(lambda: "start 2" in self.said("study"), "the job does not start again")
        self.cluster.wait_for_jobs(SECONDS)
        result = self.collect("study", "--expect", "1")
        self.assertEqual(0, result.returncode, result.stderr + self.said("study"))
        self.assertIn("started more than once", result.stderr)

    def test_nodes_that_are_drained_do_not_count(self):
        self.cluster.run("scontrol", "update", "nodename=n2", "state=drain", "reason=test")
        result = self.submit("study", "--nodes", "16")
        self.assertEqual(2, result.returncode)
        self.assertIn("only 15 nodes", result.stderr)


if __name__ == "__main__":
    unittest.main()
