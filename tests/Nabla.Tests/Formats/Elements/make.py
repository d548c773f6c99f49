"""Writes elements.safetensors, which ElementTests reads. Made with numpy 1.24.2 and torch 1.13.1: /usr/bin/python3 make.py

Each tensor NAME stands beside NAME.expected with the values that it is read as, worked out by numpy, torch or exact fractions. The tensors under
round/TYPE are float64 or float32 numbers, and round/TYPE.expected what they are written as: the nearest, of two equally near ones the even one.
"""
import json
import math
import struct
from fractions import Fraction

import numpy as np
import torch

ENTRIES = {}
NAMES = {"f2": "F16", "f4": "F32", "f8": "F64", "i1": "I8", "i2": "I16", "i4": "I32", "i8": "I64", "u1": "U8", "u2": "U16", "u4": "U32", "u8": "U64",
         "b1": "BOOL", "c8": "C64"}


def add(name, array, dtype=None):
    ENTRIES[name] = (dtype or NAMES[array.dtype.str[1:]], list(array.shape), array.tobytes())


def pair(name, array, expected, dtype=None):
    add(name, array, dtype)
    add(name + ".expected", expected)


def tiny(bits, exponent_bits, fraction_bits, bias, has_infinity):
    sign = -1 if bits >> (exponent_bits + fraction_bits) else 1
    exponent = (bits >> fraction_bits) & ((1 << exponent_bits) - 1)
    fraction = bits & ((1 << fraction_bits) - 1)
    top = (1 << exponent_bits) - 1
    if exponent == top and has_infinity:
        return sign * math.inf if fraction == 0 else math.nan
    if exponent == top and fraction == (1 << fraction_bits) - 1:
        return math.nan
    value = Fraction(fraction, 1 << fraction_bits) * Fraction(2) ** (1 - bias) if exponent == 0 else (
        1 + Fraction(fraction, 1 << fraction_bits)) * Fraction(2) ** (exponent - bias)
    return sign * float(value)


def bfloat16(value):
    """The nearest of all finite numbers whose lower 16 bits are zero, of two the even one, by exact fractions."""
    near = struct.unpack("<I", struct.pack("<f", value))[0] >> 16
    candidates = [bits for bits in range(max(near - 2, near & 0x8000), near + 3) if bits & 0x7F80 != 0x7F80]
    exact = Fraction(value)
    return min(candidates, key=lambda bits: (abs(Fraction(struct.unpack("<f", struct.pack("<I", bits << 16))[0]) - exact), bits & 1))


all_bytes = np.arange(256, dtype="u1")
all_words = np.concatenate([np.arange(0, 65536, 13), [0x7C00, 0xFC00, 0x7F80, 0xFF80, 1, 0x8000, 0x7BFF]]).astype("<u2")
pair("f16", all_words.view("<f2"), all_words.view("<f2").astype("<f4"))
words = torch.from_numpy(all_words.view("<i2").copy()).view(torch.bfloat16)
pair("bf16", all_words, words.float().numpy(), "BF16")
pair("e4m3", all_bytes, np.array([tiny(b, 4, 3, 7, False) for b in range(256)], dtype="<f4"), "F8_E4M3")
pair("e5m2", all_bytes, np.array([tiny(b, 5, 2, 15, True) for b in range(256)], dtype="<f4"), "F8_E5M2")
pair("e8m0", all_bytes, np.array([math.nan if b == 255 else 2.0 ** (b - 127) for b in range(256)], dtype="<f4"), "F8_E8M0")
pair("i8", all_bytes.view("i1"), all_bytes.view("i1"))
pair("i16", all_words.view("<i2"), all_words.view("<i2").astype("<i4"))
pair("u16", all_words, all_words.astype("<i4"))
pair("u32", np.array([[0, 1], [2**31, 2**32 - 1]], dtype="<u4"), np.array([[0, 1], [2**31, 2**32 - 1]], dtype="<i8"))
pair("u64", np.array([0, 2**63 - 1], dtype="<u8"), np.array([0, 2**63 - 1], dtype="<i8"))
pair("c64", np.array([[1 + 2j], [-0.5j]], dtype="<c8"), np.array([[[1, 2]], [[0, -0.5]]], dtype="<f4"))
pair("bool", np.array([True, False]), np.array([True, False]))

random = np.random.default_rng(1)
values = np.concatenate([random.standard_normal(500), random.standard_normal(200) * 1e-6, [0.0, -0.0, 65504, -65519, 2**-24, 2**-25, 3 * 2**-26]])
middles = np.concatenate([1 + np.arange(1, 64, 2) * 2.0**-11, 1 + np.arange(1, 64, 2) * 2.0**-11 + 2.0**-40, 1 + np.arange(1, 64, 2) * 2.0**-11 - 2.0**-40])
halves = np.concatenate([values, middles])
add("round/f16", halves)
add("round/f16.expected", halves.astype("<f2"))
add("round/f16-single", halves.astype("<f4"))
add("round/f16-single.expected", halves.astype("<f4").astype("<f2"))
middles = np.concatenate([1 + np.arange(1, 64, 2) * 2.0**-8, 1 + np.arange(1, 64, 2) * 2.0**-8 + 2.0**-40, 1 + np.arange(1, 64, 2) * 2.0**-8 - 2.0**-40])
brains = np.concatenate([values, middles, [1e38, -3.3e38, 1e-40]])
add("round/bf16", brains)
add("round/bf16.expected", np.array([bfloat16(float(v)) for v in brains], dtype="<u2"), "BF16")
singles = np.concatenate([brains.astype("<f4"), np.array([math.inf, -math.inf], dtype="<f4")])
add("round/bf16-single", singles)
add("round/bf16-single.expected", torch.from_numpy(singles).bfloat16().view(torch.int16).numpy(), "BF16")
add("round/f32", halves)
add("round/f32.expected", halves.astype("<f4"))

header, data = {}, b""
for name, (dtype, shape, content) in ENTRIES.items():
    header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
    data += content
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open("elements.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
