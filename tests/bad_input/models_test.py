# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An initial model that cannot be read, or is the model of something else."""

import io
import json
import os
import pickle
import struct
import zipfile

import numpy as np
from program import CONVERGED, HOTLUM, PRETRAINED, ProgramTest
from safetensors import safe_open
from safetensors.numpy import load_file, save

KEY = "surrogate.initial"


def altered(metadata=None, **tensors):
    """Bytes of the pretrained model with other tensors and metadata; None removes one."""
    with safe_open(PRETRAINED, framework="numpy") as file:
        all_metadata = {**file.metadata(), **(metadata or {})}
    changed = {key.replace("__", "."): value for key, value in tensors.items()}
    all_tensors = {**load_file(PRETRAINED), **changed}
    return save(
        {name: tensor for name, tensor in all_tensors.items() if tensor is not None},
        metadata={key: value for key, value in all_metadata.items() if value is not None},
    )


def with_header(text, data=b""):
    """A safetensors file with a header of one's own."""
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype="F32", shape="[1]", offsets="[0,4]"):
    return f'"fc.bias":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}'.encode()


def numpy_bytes(save_with, *arrays, **named):
    file = io.BytesIO()
    save_with(file, *arrays, **named)
    return file.getvalue()


def zip_of(name):
    """A zip archive whose first member has that name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "1")
    return file.getvalue()


WHOLE = PRETRAINED.read_bytes()
NO_MODELS = {
    "empty": (b"", "has 0 bytes"),
    "seven_bytes": (WHOLE[:7], "has 7 bytes"),
    "length_only": (WHOLE[:8], "header"),
    "half_a_header": (WHOLE[:40], "header"),
    "one_byte_short": (WHOLE[:-1], "data_offsets"),
    "one_byte_more": (WHOLE + b"x", "header"),
    "text": (b"this is no model, and long enough to be read as a header\n", "header"),
    "yaml": (b"schema: 1\nproblem: {name: sine}\n", "header"),
    "zip": (b"PK\x03\x04" + bytes(100), "is a zip archive"),
    "pickle": (pickle.dumps({"fc.bias": [0.0]}), "is a Python pickle"),
    "pickle_of_long_ago": (pickle.dumps({"fc.bias": [0.0]}, protocol=2), "is a Python pickle"),
    "cut_zip": (b"PK\x03\x04" + bytes(3), "is a zip archive"),
    "numpy_archive": (numpy_bytes(np.savez, weight=np.zeros(3)), "is a NumPy archive (numpy.savez); write its arrays with"),
    "small_numpy_archive": (numpy_bytes(np.savez_compressed, weight=np.zeros(3)), "is a NumPy archive"),
    "numpy_array": (numpy_bytes(np.save, np.zeros(3)), "is a NumPy array (numpy.save)"),
    "exported_program": (zip_of("program/archive_format"), "is an exported PyTorch program"),
    "early_exported_program": (zip_of("serialized_exported_program.json"), "is an exported PyTorch program"),
    "archive_of_something_else": (zip_of("paper.docx"), "is a zip archive"),
    "hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "is an HDF5 file"),
    "zeros": (bytes(1000), "header"),
    "header_of_2_to_63_bytes": (struct.pack("<Q", 2**63) + b"{}", "header"),
    "header_beyond_the_limit": (struct.pack("<Q", 100_000_001) + b"{}", "header"),
    "header_beyond_the_file": (struct.pack("<Q", 1000) + b"{}", "header"),
    "header_that_is_no_json": (with_header(b"{'a': 1}"), "not JSON"),
    "header_that_is_a_list": (with_header(b"[1]"), "a JSON object is allowed"),
    "header_that_is_deep": (with_header(b'{"a":' * 20_000), "header"),
    "header_of_latin1": (with_header('{"ä":1}'.encode("latin-1")), "not JSON in UTF-8"),
    "tensor_twice": (with_header(b"{" + entry() + b"," + entry() + b"}", bytes(4)), "twice"),
    "negative_extent": (with_header(b"{" + entry(shape="[-1]") + b"}", bytes(4)), "shape"),
    "extents_beyond_64_bits": (with_header(b"{" + entry(shape="[4294967296,4294967296]") + b"}", bytes(4)), "2^64"),
    "offsets_beyond_the_file": (with_header(b"{" + entry(offsets="[0,400]") + b"}", bytes(4)), "data_offsets"),
    "offsets_that_do_not_fit_the_shape": (with_header(b"{" + entry(shape="[2]") + b"}", bytes(4)), "8 bytes"),
    "no_tensors": (with_header(b"{}"), "metadata"),
    "no_metadata": (with_header(b"{" + entry() + b"}", bytes(4)), "metadata"),
    "metadata_with_a_line_break": (altered({"problem": "a\nb" * 1000}), "problem"),
    "another_format": (altered({"format": "pt"}), "format"),
    "another_version": (altered({"format_version": "2"}), "format_version"),
    "another_problem": (altered({"problem": "cosine"}), "cosine"),
    "another_surrogate": (altered({"type": "network"}), "network"),
    "another_basis": (altered({"basis": "legendre"}), "legendre"),
    "another_degree": (altered({"degree": "4"}), "degree"),
    "double_precision": (altered(fc__bias=np.zeros(1)), "F64"),
    "half_precision": (altered(fc__bias=np.zeros(1, np.float16)), "F16"),
    "infinite_weight": (altered(fc__weight=np.full((1, 6), np.inf, np.float32)), "finite"),
    "nan_in_the_optimizer": (altered(adam__exp_avg__fc__bias=np.full(1, np.nan, np.float32)), "finite"),
}
# Whole files, of a model that this one is not.
UNFIT = {
    "no_bias": (altered(fc__bias=None), "fc.bias"),
    "wrong_shape": (altered(fc__weight=np.zeros((1, 7), np.float32)), "fc.weight"),
    "wrong_order_of_extents": (altered(fc__weight=np.zeros((6, 1), np.float32)), "fc.weight"),
    "scalar_bias": (altered(fc__bias=np.zeros((), np.float32)), "fc.bias"),
    "whole_numbers": (altered(fc__bias=np.zeros(1, np.int64)), "I64"),
    "another_box": (altered({"box": "[0,1]"}), "[0,1]"),
    "a_box_with_an_x_inside": (altered({"box": "[-3.141592653589793 x 3.141592653589793]"}), "the model's box is [-3.14"),
    "another_box_of_numbers": (altered({"box": "[-3.14159265358979, 3.14159265358979]"}), "the model's box is [-3.14"),
    "no_box": (altered({"box": None}), "the model's box is not told"),
    "a_wrong_key": (altered(fc__bias=None, fc__bais=np.zeros(1, np.float32)), "fc.bais"),
    "a_part_of_the_optimizer": (altered(adam__exp_avg__fc__bias=None), "adam.exp_avg.fc.bias"),
    "steps_below_zero": (altered(adam__step=np.array(-1)), "adam.step"),
    "half_a_step": (altered(adam__step=np.array(0.5, np.float32)), "adam.step"),
    "steps_that_are_no_number": (altered(adam__step=np.array(np.nan, np.float32)), "adam.step"),
    "steps_in_a_list": (altered(adam__step=np.zeros(1, np.float32)), "adam.step"),
}
BOX = "[-3.141592653589793, 3.141592653589793]"
# What says the same as the pretrained model in another way, or more.
FIT = {
    "unused_tensors": altered(
        unused=np.full(3, np.inf), half=np.zeros(2, np.float16), sgd__step=np.array(-1), names=np.zeros(2, np.int8)
    ),
    "box_with_spaces": altered({"box": BOX.replace(",", " , ")}),
    "box_with_zeros": altered({"box": f"[{BOX[1:-1].replace(',', '000e0,')}000e+0]"}),
    "steps_as_pytorch_has_them": altered(adam__step=np.array(7.0, np.float32)),
    "steps_in_double": altered(adam__step=np.array(7.0)),
    "no_optimizer": altered(
        **{
            f"adam__{key}": None
            for key in (
                "step",
                "exp_avg__fc__weight",
                "exp_avg__fc__bias",
                "exp_avg_sq__fc__weight",
                "exp_avg_sq__fc__bias",
            )
        }
    ),
}


class ModelsTest(ProgramTest):
    def assert_model_refused(self, name, word, *options):
        result = self.start(HOTLUM, "--set", f"{KEY}={name}", *options)
        self.assert_refused(result, f"--set {KEY}={name}: {KEY}: ", name, word)

    def write(self, cases):
        for name, (content, _) in cases.items():
            (self.folder / name).write_bytes(content)

    def test_validate_refuses_what_is_no_model_of_this_kind(self):
        cases = {**NO_MODELS, **UNFIT}
        self.write(cases)
        for name, (_, word) in cases.items():
            with self.subTest(name=name):
                self.assert_model_refused(name, word, "--validate")
        self.assert_nothing_written(*cases)

    def test_what_pytorch_saves_is_named(self):
        import torch

        layer = torch.nn.Linear(6, 1)
        torch.save(layer.state_dict(), self.folder / "state.pt")
        torch.save(layer.state_dict(), self.folder / "old.pth", _use_new_zipfile_serialization=False)
        torch.jit.save(torch.jit.script(layer), self.folder / "script.pt")
        advice = "; write its state_dict with safetensors.torch.save_file, see docs/pytorch.md"
        for name, format in (("state.pt", "a PyTorch archive"), ("old.pth", "a Python pickle"), ("script.pt", "a PyTorch archive")):
            with self.subTest(name=name):
                self.assert_model_refused(name, f"{name}: is {format} (", "--validate")
                self.assert_model_refused(name, advice, "--validate")

    def test_a_run_and_its_rehearsal_refuse_it_with_the_same_message(self):
        some = {name: NO_MODELS[name] for name in list(NO_MODELS)[::9]}
        cases = {**UNFIT, **some}
        self.write(cases)
        for name, (_, word) in cases.items():
            validated = self.start(HOTLUM, "--set", f"{KEY}={name}", "--validate")
            for options in (["--dry-run"], []):
                with self.subTest(name=name, options=options):
                    result = self.start(HOTLUM, "--set", f"{KEY}={name}", *options)
                    self.assert_refused(result, word)
                    self.assertEqual(validated.err, result.err)
        self.assert_nothing_written(*cases)

    def test_what_says_the_same_is_accepted_by_all(self):
        for name, content in FIT.items():
            (self.folder / name).write_bytes(content)
        for name in FIT:
            for options in (["--validate"], ["--dry-run"], ["--set", "sampling.total=512", "--output", f"{name}-run"]):
                with self.subTest(name=name, options=options):
                    result = self.start(HOTLUM, "--set", f"{KEY}={name}", *options)
                    self.assertEqual(CONVERGED, result.code, result.err)

    def test_the_message_lists_the_metadata_that_are_wanted(self):
        (self.folder / "bare").write_bytes(save(load_file(PRETRAINED)))
        result = self.start(HOTLUM, "--set", f"{KEY}=bare", "--validate")
        self.assert_refused(result, "the model's format is not told")
        wanted = json.loads(result.err[result.err.index("{") : result.err.rindex("}") + 1])
        (self.folder / "told").write_bytes(save(load_file(PRETRAINED), metadata=wanted))
        self.assertEqual(CONVERGED, self.start(HOTLUM, "--set", f"{KEY}=told", "--validate").code)

    def test_a_path_that_is_no_file_is_refused_without_waiting(self):
        os.mkfifo(self.folder / "fifo")
        (self.folder / "folder").mkdir()
        for name, word in (("none", "No such file"), ("fifo", "a FIFO"), ("folder", "a directory"), ("/dev/zero", "device")):
            for options in (["--validate"], []):
                with self.subTest(name=name, options=options):
                    self.assert_model_refused(name, word, *options)
        self.assert_nothing_written("fifo", "folder")

    def test_a_huge_file_is_refused_by_its_size(self):
        with (self.folder / "huge").open("wb") as file:
            file.truncate(2**36 + 1)
        for options in (["--validate"], []):
            with self.subTest(options=options):
                self.assert_model_refused("huge", "bytes", *options)
        self.assert_nothing_written("huge")

    def test_the_place_in_the_file_is_told(self):
        path = self.config("surrogate:\n  initial: none.safetensors\ntraining: {trainer: adam}\n")
        result = self.start(path.name, "--validate")
        self.assert_refused(result, f"config.yaml:4:12: {KEY}: {self.folder.resolve()}/none.safetensors: ")

    def test_the_pretrained_model_is_valid(self):
        result = self.start(HOTLUM, "--validate")
        self.assertEqual((CONVERGED, f"{HOTLUM}: valid\n", ""), (result.code, result.out, result.err))
        self.assert_nothing_written()
