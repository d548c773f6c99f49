"""Reads state dictionaries that Nabla wrote, as torch.load does without running code, and compares them: python3 check.py FOLDER

FOLDER has written.pt and expected.npz with the same names; half.pt and brain.pt hold the floats of written.pt in float16 and bfloat16.
"""
import sys
import zipfile

import numpy as np
import torch

folder = sys.argv[1]
expected = np.load(f"{folder}/expected.npz")
for file, floats in [("written.pt", None), ("half.pt", torch.float16), ("brain.pt", torch.bfloat16)]:
    read = torch.load(f"{folder}/{file}", weights_only=True)
    assert list(read) == list(expected), f"{file}: {list(read)}"
    for name, tensor in read.items():
        values = torch.from_numpy(expected[name])
        if floats is not None and values.is_floating_point():
            values = values.float().to(floats) if floats == torch.bfloat16 else torch.from_numpy(expected[name].astype("f2"))
        assert tensor.dtype == values.dtype and tensor.shape == values.shape, f"{file}: {name} is {tensor.dtype} {tensor.shape}"
        assert torch.equal(tensor, values), f"{file}: {name} differs"
        assert tensor.is_contiguous()
    with zipfile.ZipFile(f"{folder}/{file}") as archive:
        assert archive.testzip() is None
        for entry in archive.infolist():
            with open(f"{folder}/{file}", "rb") as raw:
                raw.seek(entry.header_offset + 26)
                name_length, extra_length = (int.from_bytes(raw.read(2), "little") for _ in range(2))
            assert (entry.header_offset + 30 + name_length + extra_length) % 64 == 0, f"{file}: {entry.filename} is not aligned"
tied = torch.load(f"{folder}/written.pt", weights_only=True)
assert tied["tied"].storage().data_ptr() == tied["first"].storage().data_ptr()
print("equal")
