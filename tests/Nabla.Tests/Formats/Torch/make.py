"""Writes the state dictionaries that TorchPeerTests reads, and their values as arrays. Made with torch 1.13.1: /usr/bin/python3 make.py FOLDER"""
import sys
from collections import OrderedDict

import numpy as np
import torch

folder = sys.argv[1]
torch.manual_seed(1)
network = torch.nn.Sequential(OrderedDict(conv=torch.nn.Conv2d(2, 3, 3), norm=torch.nn.BatchNorm2d(3), head=torch.nn.Linear(3, 2)))
shared = torch.arange(12, dtype=torch.float32).reshape(3, 4)
tensors = OrderedDict(network.state_dict())
tensors["tied"] = tensors["head.weight"]
tensors["turned"] = shared.t()
tensors["part"] = shared[1:, 1:3]
tensors["every.second"] = shared.reshape(-1)[::2]
tensors["scalar"] = torch.tensor(2.5, dtype=torch.float64)
tensors["none"] = torch.zeros(0, 3)
for dtype in [torch.float16, torch.bfloat16, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool, torch.complex64]:
    tensors[str(dtype).split(".")[1]] = torch.tensor([0, 1, 3], dtype=torch.float32).to(dtype)
torch.save(tensors, f"{folder}/zip.pt")
torch.save(tensors, f"{folder}/stream.pt", _use_new_zipfile_serialization=False)
torch.save({"epoch": 3, "model": tensors, "settings": {"rate": 0.1, "name": "x", "type": torch.float32}, "parameter": torch.nn.Parameter(shared[0].clone())},
           f"{folder}/checkpoint.pt")


def array(tensor):
    if tensor.dtype == torch.complex64:
        tensor = torch.view_as_real(tensor)
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).detach().contiguous().numpy()


np.savez(f"{folder}/expected.npz", **{name: array(tensor) for name, tensor in tensors.items()})
