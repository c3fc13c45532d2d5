# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""perf/slurm/ailoop.sbatch: a job that is stopped by its time limit goes on, and ends with the files of one that is not."""

import time

from cluster_programs import job_environment, launcher
from program import CONFIGURATION, EXECUTABLE, GAVE_UP, HOTLUM, SECONDS, SHORT, SOURCE, ProgramTest, RunFolder
from virtual_cluster import VirtualCluster

JOB_SCRIPT = SOURCE / "perf" / "slurm" / "ailoop.sbatch"
ENDLESS = 1_000_000_000


class BatchJobTest(ProgramTest):
    """Jobs of two nodes with two ranks each."""

    def setUp(self):
        super().setUp()
        self.cluster = self.enterContext(VirtualCluster(nodes=2))
        self.cluster.environment |= {**job_environment(), "AILOOP_MARGIN_SECONDS": "2"}

    def write_config(self, retrainings):
        """Answers and retrains, about once for each of them, until that many retrainings are done."""
        text = HOTLUM.read_text(encoding="utf-8").split("queries:")[0]
        text += "queries: {source: uniform}\n"
        text += f"loop: {{tolerance: 0.02, accepted: {ENDLESS}}}\n"
        text += f"limits: {{retrainings: {retrainings}, retrainings_per_query: {ENDLESS}, checks: {ENDLESS}}}\n"
        text += "sampling: {total: 32}\n"
        text += "surrogate: {type: polynomial, degree: 6}\n"
        text += "output: {checkpoint_every: 20, checks: all, answers: csv}\n"
        partial = self.folder / "config.yaml.partial"
        partial.write_text(text, encoding="utf-8")
        return partial.replace(self.folder / "config.yaml")

    def submit(self, *options, arguments=("config.yaml", "out", "-q")):
        result = self.cluster.run(
            *("sbatch", "--parsable", "--nodes=2", "--ntasks-per-node=2", "--output=job.out", *options, JOB_SCRIPT),
            *arguments,
            cwd=self.folder,
        )
        self.assertEqual(0, result.returncode, result.stderr)
        return int(result.stdout)

    def said(self):
        path = self.folder / "job.out"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def wait_for(self, condition, what):
        end = time.monotonic() + SECONDS
        while not condition():
            jobs = self.cluster.jobs()
            self.assertNotIn("FAILED", jobs.values(), f"{what}\n{self.said()}")
            self.assertLess(time.monotonic(), end, f"{what}\n{jobs}\n{self.said()}")
            time.sleep(0.05)

    def wait_for_a_checkpoint(self):
        self.wait_for(lambda: list((self.folder / "out").glob("checkpoint/*.safetensors")), "no checkpoint")

    def exit_code(self, job):
        text = self.cluster.run("scontrol", "show", "job", job).stdout
        return int(text.split("ExitCode=")[1].split(":")[0])

    def test_a_short_time_limit_is_no_loss(self):
        self.write_config(ENDLESS)
        job = self.submit("--time=1", "--signal=B:USR1@50")
        self.wait_for(lambda: "back in the queue" in self.said(), "the job is not warned")
        stopped = RunFolder(self.folder / "out").summary
        self.assertEqual("interrupted", stopped["end"])
        self.assertIn("interrupted by a signal", self.said())
        # The job that starts again has little left to do; on a slow machine it may be warned again.
        retrainings = stopped["counts"]["retrainings"] + 20
        self.write_config(retrainings)
        self.assertEqual({job: "FAILED"}, self.cluster.wait_for_jobs(SECONDS), self.said())
        self.assertEqual(GAVE_UP, self.exit_code(job))
        self.assertIn("start 2", self.said())
        self.assertNotIn("checkpoint", self.said(), "the first start had nothing to go on from, the second one had")
        _, whole = self.run_to("whole", "config.yaml", "-q", code=GAVE_UP)
        out = RunFolder(self.folder / "out")
        self.assertEqual(retrainings, out.summary["counts"]["retrainings"])
        self.assertGreater(len(out.answers), 0)
        self.assertEqual(whole.hashes(), out.hashes())

    def test_a_cancelled_job_saves_its_state_and_stays_away(self):
        self.write_config(ENDLESS)
        job = self.submit("--time=10")
        self.wait_for_a_checkpoint()
        self.cluster.run("scancel", job)
        self.assertEqual({job: "CANCELLED"}, self.cluster.wait_for_jobs(SECONDS), self.said())
        self.assertNotIn("back in the queue", self.said())
        time.sleep(8)  # after which a job that was requeued would run
        self.assertEqual("CANCELLED", self.cluster.jobs().get(job, "CANCELLED"))
        retrainings = len(RunFolder(self.folder / "out").events_called("retrained")) + 100
        self.write_config(retrainings)
        self.run_to("out", "config.yaml", "-q", "--resume", code=GAVE_UP)
        _, whole = self.run_to("whole", "config.yaml", "-q", code=GAVE_UP)
        self.assertEqual(whole.hashes(), RunFolder(self.folder / "out").hashes())

    def test_worlds_of_one_in_a_step_are_refused_with_one_message(self):
        # Open MPI 4 ends by itself where it sees Slurm but no PMI; newer ones, and MPICH, make worlds of one.
        unseen = ["env", "-u", "SLURM_NODELIST", "-u", "SLURM_STEPID"]
        step = ["srun", "--mpi=none", "--nodes=2", "--ntasks-per-node=2", *unseen, EXECUTABLE, HOTLUM, *SHORT]
        result = self.cluster.run(*step, cwd=self.folder)
        self.assertEqual(CONFIGURATION, result.returncode, result.stderr)
        self.assertEqual(1, result.stderr.count("environment: SLURM_STEP_NUM_TASKS=4, but the MPI library"), result.stderr)
        self.assert_nothing_written()

    def test_ranks_on_two_nodes_give_the_answers_of_one(self):
        command = [*launcher().split(), EXECUTABLE, HOTLUM, *SHORT, "--output", "out", "-q"]
        result = self.cluster.run("salloc", "--nodes=2", "--ntasks-per-node=2", *command, cwd=self.folder)
        self.assertEqual(0, result.returncode, result.stderr)
        out = RunFolder(self.folder / "out")
        self.assertEqual(4, out.summary["ranks"])
        _, whole = self.run_to("whole", HOTLUM, *SHORT, "-q")
        self.assertEqual(whole.hashes(), out.hashes())

    def test_a_job_that_can_only_fail_says_so_and_is_not_repeated(self):
        self.write_config(ENDLESS)
        for options, arguments, words in (
            (["--time=5"], ["nowhere.yaml", "out"], "nowhere.yaml"),
            (["--time=5"], ["config.yaml"], "usage: sbatch"),
            (["--time=1", "--export=ALL,AILOOP_MARGIN_SECONDS=100"], ["config.yaml", "out"], "ask for more --time"),
        ):
            with self.subTest(words=words):
                job = self.submit(*options, arguments=arguments)
                self.assertEqual("FAILED", self.cluster.wait_for_jobs(SECONDS)[job], self.said())
                self.assertEqual(CONFIGURATION, self.exit_code(job), self.said())
                self.assertIn(words, self.said())
