"""Writes the GGUF files that GgufFileTests reads, byte by byte as the published specification says, and the values of their tensors.

Made with numpy 1.24.2: /usr/bin/python3 make.py FOLDER. Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md and ggml's block types.
"""
import struct
import sys

import numpy as np

FOLDER = sys.argv[1]
random = np.random.default_rng(7)


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def entry(name, kind, data):
    return text(name) + struct.pack("<I", kind) + data


def array(kind, count, data):
    return struct.pack("<IQ", kind, count) + data


METADATA = [
    entry("general.architecture", 8, text("llama")),
    entry("general.name", 8, text("tiny ∇")),
    entry("a.uint8", 0, struct.pack("<B", 200)),
    entry("a.int8", 1, struct.pack("<b", -5)),
    entry("a.uint16", 2, struct.pack("<H", 60000)),
    entry("a.int16", 3, struct.pack("<h", -6)),
    entry("llama.block_count", 4, struct.pack("<I", 1)),
    entry("a.int32", 5, struct.pack("<i", -7)),
    entry("llama.attention.layer_norm_rms_epsilon", 6, struct.pack("<f", 1e-5)),
    entry("a.bool", 7, b"\1"),
    entry("tokenizer.ggml.tokens", 9, array(8, 3, text("<s>") + text("▁a") + text("b"))),
    entry("tokenizer.ggml.scores", 9, array(6, 3, struct.pack("<3f", 0, -1, -2.5))),
    entry("a.nested", 9, array(9, 2, array(4, 2, struct.pack("<2I", 1, 2)) + array(4, 0, b""))),
    entry("a.uint64", 10, struct.pack("<Q", 2**64 - 1)),
    entry("a.int64", 11, struct.pack("<q", -(2**63))),
    entry("a.float64", 12, struct.pack("<d", np.pi)),
]


def halves(low_high):
    """32 numbers of four bits: the first 16 in the low halves of 16 bytes, the others in the high ones."""
    return bytes(int(a) | int(b) << 4 for a, b in zip(low_high[:16], low_high[16:]))


def fifth_bits(numbers):
    return struct.pack("<I", sum((int(q) >> 4) << i for i, q in enumerate(numbers)))


def blocks(kind, count):
    """Random blocks of 32 weights: their bytes and the weights."""
    data, weights = b"", []
    for _ in range(count):
        d, m = np.float16(random.uniform(0.01, 1)), np.float16(random.uniform(-2, 2))
        scale, minimum = np.float32(d), np.float32(m)
        bits = {"Q4_0": 4, "Q4_1": 4, "Q5_0": 5, "Q5_1": 5}.get(kind)
        q = random.integers(-128, 128, 32) if bits is None else random.integers(0, 1 << bits, 32)
        if kind == "Q8_0":
            data += d.tobytes() + q.astype("i1").tobytes()
            weights += [scale * np.float32(v) for v in q]
        elif kind in ("Q4_0", "Q5_0"):
            data += d.tobytes() + (fifth_bits(q) if bits == 5 else b"") + halves(q & 15)
            weights += [scale * np.float32(int(v) - (1 << (bits - 1))) for v in q]
        else:
            data += d.tobytes() + m.tobytes() + (fifth_bits(q) if bits == 5 else b"") + halves(q & 15)
            weights += [np.float32(scale * np.float32(v)) + minimum for v in q]
    return data, np.array(weights, dtype="<f4")


def quantised(kind, rows, columns):
    data, weights = blocks(kind, rows * columns // 32)
    return data, weights.reshape(rows, columns)


def plain(values, dtype):
    return values.astype(dtype).tobytes(), values


floats = random.standard_normal((3, 5)).astype("<f4")
brains = (floats.view("<u4") & 0xFFFF0000).view("<f4")
TENSORS = [
    ("token_embd.weight", 0, plain(floats, "<f4")),
    ("blk.0.attn_q.weight", 1, plain(floats.astype("<f2").astype("<f4"), "<f2")),
    ("blk.0.attn_k.weight", 2, quantised("Q4_0", 3, 64)),
    ("blk.0.attn_v.weight", 3, quantised("Q4_1", 2, 32)),
    ("blk.0.attn_output.weight", 6, quantised("Q5_0", 2, 64)),
    ("blk.0.ffn_up.weight", 7, quantised("Q5_1", 1, 32)),
    ("blk.0.ffn_down.weight", 8, quantised("Q8_0", 5, 32)),
    ("small", 24, (np.array([-1, 2], "i1").tobytes(), np.array([-1, 2], "i1"))),
    ("short", 25, (np.array([-300, 2], "<i2").tobytes(), np.array([-300, 2], "<i4"))),
    ("int", 26, (np.array([[-70000]], "<i4").tobytes(), np.array([[-70000]], "<i4"))),
    ("long", 27, (np.array([2**40], "<i8").tobytes(), np.array([2**40], "<i8"))),
    ("double", 28, plain(np.array([np.pi]), "<f8")),
    ("output_norm.weight", 30, ((brains.view("<u4") >> 16).astype("<u2").tobytes(), brains)),
]


def write(name, version, alignment, extra=()):
    metadata = METADATA + list(extra)
    infos, data = b"", b""
    for tensor, kind, (content, values) in TENSORS:
        data += b"\0" * (-len(data) % alignment)
        infos += text(tensor) + struct.pack("<I", values.ndim) + b"".join(struct.pack("<Q", size) for size in reversed(values.shape))
        infos += struct.pack("<IQ", kind, len(data))
        data += content
    head = b"GGUF" + struct.pack("<IQQ", version, len(TENSORS), len(metadata)) + b"".join(metadata) + infos
    with open(f"{FOLDER}/{name}", "wb") as file:
        file.write(head + b"\0" * (-len(head) % alignment) + data)


write("version3.gguf", 3, 32)
write("version2.gguf", 2, 64, [entry("general.alignment", 4, struct.pack("<I", 64))])
np.savez(f"{FOLDER}/expected.npz", **{name: values for name, _, (_, values) in TENSORS})
