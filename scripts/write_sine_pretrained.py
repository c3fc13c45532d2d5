#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Write config/models/sine_pretrained.safetensors: the pretrained polynomial model of the sine workflow.

The numbers are the parameters and the Adam state after 239 epochs with which the original workflow starts. They have
nine significant digits, which determine a float32. The bytes are those that ailoop itself would write for this content:
tensors by element type (I64, F64, F32) and name, metadata by key, compact JSON padded with spaces to 8 bytes.

Usage: scripts/write_sine_pretrained.py [--check]
"""

import argparse
import json
import pathlib
import struct
import sys

PATH = pathlib.Path(__file__).resolve().parent.parent / "config" / "models" / "sine_pretrained.safetensors"

# Coefficients of x^0 ... x^5, then the bias.
PARAMETERS = [0.0282811858, 0.870920002, 0.0287943408, -0.109739639, -0.00328145619, 0.00178895902, -0.0707711428]
EXP_AVG = [-0.00354754436, -0.0109891938, 0.0192940161, 0.0214455482, 0.00287683937, -0.0288538039, -0.00354754436]
EXP_AVG_SQ = [0.00206538057, 0.0664287135, 0.0419412926, 1.15108383, 2.08960676, 57.6312447, 0.0020653808]
STEP = 239

METADATA = {
    "format": "ailoop-model",
    "format_version": "1",
    "problem": "sine",
    "type": "polynomial",
    "basis": "monomial",
    "degree": "5",
    "box": "[-3.141592653589793,3.141592653589793]",
}

# Order in which the element types are written, with their struct codes.
TYPES = {"I64": "q", "F64": "d", "F32": "f"}


def tensors():
    """Return {name: (element type, shape, values)}."""
    content = {"adam.step": ("I64", [], [STEP])}
    for prefix, values in (("", PARAMETERS), ("adam.exp_avg.", EXP_AVG), ("adam.exp_avg_sq.", EXP_AVG_SQ)):
        content[prefix + "fc.weight"] = ("F32", [1, 6], values[:6])
        content[prefix + "fc.bias"] = ("F32", [1], values[6:])
    return content


def serialize(content, metadata):
    """Return the bytes of a safetensors file with these tensors."""
    header = {"__metadata__": dict(sorted(metadata.items()))}
    data = b""
    order = list(TYPES)
    for name, (dtype, shape, values) in sorted(content.items(), key=lambda item: (order.index(item[1][0]), item[0])):
        packed = struct.pack(f"<{len(values)}{TYPES[dtype]}", *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def main():
    parser = argparse.ArgumentParser(description="Write the pretrained model of the sine workflow.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail unless the file is as it would be written")
    arguments = parser.parse_args()

    wanted = serialize(tensors(), METADATA)
    if not arguments.check:
        PATH.parent.mkdir(parents=True, exist_ok=True)
        PATH.write_bytes(wanted)
        return 0
    try:
        found = PATH.read_bytes()
    except OSError as error:
        print(f"{PATH}: {error.strerror}; run {sys.argv[0]}", file=sys.stderr)
        return 1
    if found != wanted:
        print(f"{PATH}: differs from what {sys.argv[0]} writes", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
