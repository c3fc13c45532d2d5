# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Pages of finished, unfinished and damaged runs."""

import base64
import json

from program import GAVE_UP, HOTLUM, INTERRUPTED, SHORT
from report_case import ReportTest

PICTURES = ["Surrogate against truth", "Error by query", "Loss", "Time line by rank role"]
PARTS = [*PICTURES, "Worst answers", "Time split", "Rank layout", "Configuration", "Provenance"]
PNG = b"\x89PNG\r\n\x1a\n"
LOOKS = 4  # light and dark, wide and narrow


class PagesTest(ReportTest):
    def test_a_finished_run_has_every_part_in_one_file(self):
        _, run = self.run_to("out", HOTLUM, *SHORT, ranks=6)
        page = self.page_of("out")
        self.assertEqual(PARTS, page.headings)
        self.assertEqual(LOOKS * len(PICTURES), len(page.sources))
        for source in page.sources:
            kind, _, content = source.partition(",")
            self.assertEqual("data:image/png;base64", kind)
            self.assertTrue(base64.b64decode(content, validate=True).startswith(PNG))
        names = sorted(path.name for path in (run.path / "report_images").iterdir())
        self.assertEqual(["error.png", "loss.png", "surrogate.png", "timeline.png"], names)
        for name in names:
            self.assertTrue((run.path / "report_images" / name).read_bytes().startswith(PNG))
        summary = run.summary
        self.assertIn("Converged", page.text)
        self.assertIn(f"retrainings {summary['counts']['retrainings']} on {summary['counts']['samples']:,}", page.text)
        self.assertIn(f"worst error of the surrogate's answers {summary['worst_error']:.4g} tolerance 0.05; all 5 within it", page.text)
        self.assertIn("1 – 4 approximation ranks", page.text)
        self.assertIn("learning_rate: 0.01", page.text)
        self.assertIn(summary["model_sha256"], page.text)
        self.assertIn(summary["provenance"]["compiler"], page.text)

    def test_a_run_of_two_inputs_that_gave_up_names_its_limit(self):
        problem = "problem: {name: kepler, eccentricity_max: 0.5, terms: 8}\nloop: {tolerance: 0.001, gate: certified}\n"
        config = self.config(problem + "training: {trainer: adam}\nsampling: {total: 64}\nlimits: {retrainings: 1}\n")
        self.run_to("out", config, code=GAVE_UP)
        page = self.page_of("out", "--output", "page.htm", output="page.htm")
        self.assertEqual(PICTURES, page.headings[:4])
        self.assertIn("Gave up limits.retrainings was reached", page.text)
        self.assertTrue((self.folder / "page_images" / "error.png").is_file())
        self.assertEqual([], list((self.folder / "out").glob("report*")))

    def test_a_cut_log_alone_is_enough(self):
        _, run = self.run_to("out", HOTLUM, *SHORT, ranks=2)
        for name in ("summary.json", "model.safetensors", "answers.csv", "config.yaml"):
            (run.path / name).unlink()
        log = run.path / "run.jsonl"
        whole = log.read_bytes()
        lines = whole.splitlines(keepends=True)
        log.write_bytes(b"".join(lines[:6]) + lines[6][:40])
        page = self.page_of("out")
        self.assertIn("Unfinished the log has no end", page.text)
        self.assertIn("The log's last line, 7, is cut off", page.text)
        for name in ("summary.json", "model.safetensors", "answers.csv", "config.yaml"):
            self.assertIn(f"{name} is missing", page.text)
        self.assertEqual([part for part in PARTS if part not in ("Worst answers", "Configuration")], page.headings)

    def test_a_run_that_got_no_further_than_its_start_has_a_page(self):
        _, run = self.run_to("out", HOTLUM, *SHORT)
        log = run.path / "run.jsonl"
        log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
        page = self.page_of("out")
        self.assertEqual(["Time split", "Rank layout", "Configuration", "Provenance"], page.headings)
        self.assertIn("summary.json is of another start than the log", page.text)

    def test_thousands_of_checks_are_thinned_out_and_the_page_says_so(self):
        self.run_to("out", HOTLUM, *SHORT, "--set", "loop.tolerance=9", "--set", "loop.accepted=3000")
        page = self.page_of("out")
        self.assertIn("600 of 3,000 checked queries are drawn", page.text)
        self.assertNotIn("Loss", page.headings)

    def test_a_run_without_an_answer_says_so(self):
        self.run_to("out", HOTLUM, *SHORT, "--set", "limits.retrainings=1", code=GAVE_UP)
        self.assertIn("worst error of the surrogate's answers – no answer by the surrogate", self.page_of("out").text)

    def test_what_is_known_of_a_few_answers_is_not_said_of_all(self):
        _, run = self.run_to("out", HOTLUM, *SHORT)
        events = run.events
        answered = [event for event in events if event.get("answered_by") == "surrogate"]
        words = []
        for known in (2, 1, 0):
            for event in answered[known:]:
                event.pop("truth", None)
            if known == 2:
                answered[1]["answered_by"] = "truth"
                answered[0]["truth"] = [answered[0]["surrogate"][0] + 1.0]
            (run.path / "run.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
            words.append(self.page_of("out").text)
        self.assertIn("answers 1 known for 1 of 4 answers; tolerance 0.05; 1 of these beyond it", words[0])
        self.assertIn("answers 1 known for 1 of 4 answers; tolerance 0.05; 1 of these beyond it", words[1])
        self.assertIn("answers – the truth is known at none of its 4 answers", words[2])
        self.assertNotIn("4 within it", "".join(words))

    def test_an_audit_is_shown(self):
        _, folder = self.run_to("out", HOTLUM, *SHORT, "--set", "loop.audit=1")
        found = folder.summary["audit"]
        page = self.page_of("out")
        self.assertIn(f"audit {found['beyond']} of {found['audited']} accepted answers off by more", page.text)
        self.assertIn(f"largest {found['worst_error']:.2g} of 0.05", page.text)

    def test_a_resumed_run_says_from_where_on_a_setting_changed(self):
        settings = [HOTLUM, *SHORT, "--set", "loop.on_exhausted=truth", "--set"]
        self.run_to("out", *settings, "limits.wall_seconds=0.001", code=INTERRUPTED)
        self.run_to("out", *settings, "limits.retrainings=1", "--resume")
        self.assertIn("limits.retrainings was 1000, is 1 from query 0 on", self.page_of("out").text)

    def test_a_resumed_run_says_which_times_it_has(self):
        limit = "limits.retrainings={}".format
        settings = [HOTLUM, *SHORT, "--set", "output.checkpoint_every=1", "--set"]
        self.run_to("out", *settings, limit(2), code=GAVE_UP)
        self.run_to("out", *settings, limit(1000), "--resume")
        page = self.page_of("out")
        self.assertIn("The run was resumed: these are the times since then", page.text)
        self.assertIn("Converged", page.text)

    def test_what_is_not_finite_and_a_failure_are_shown(self):
        _, run = self.run_to("out", HOTLUM, *SHORT)
        events = [event for event in run.events if event["event"] != "ended"]
        check = next(event for event in events if event["event"] == "checked")
        check["surrogate"], check["error"] = [None], None
        next(event for event in events if event["event"] == "retrained")["last_loss"] = None
        events.append({"schema": 1, "t_s": 9.0, "event": "failed", "error": "rank 3: <the truth> is not finite"})
        (run.path / "run.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        page = self.page_of("out")
        self.assertIn("Failed rank 3: <the truth> is not finite", page.text)
        self.assertIn("surrogates that are not finite", page.text)
