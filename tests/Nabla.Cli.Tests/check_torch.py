"""Gives a network of PyTorch's the weights of weights.pt and compares its outputs with those in case.npz: python3 check_torch.py FOLDER"""
import sys
from collections import OrderedDict

import numpy as np
import torch

folder = sys.argv[1]
case = np.load(f"{folder}/case.npz")
network = torch.nn.Sequential(OrderedDict(
    conv=torch.nn.Conv2d(2, 3, 3), norm=torch.nn.BatchNorm2d(3), depth=torch.nn.Conv2d(3, 3, 2, groups=3), flatten=torch.nn.Flatten(),
    head=torch.nn.Linear(3 * 3 * 2, 4)))
state = torch.load(f"{folder}/weights.pt", weights_only=True)
network.load_state_dict(state)
with torch.no_grad():
    outputs = network.eval()(torch.from_numpy(case["images"]).permute(0, 3, 1, 2)).numpy()
difference = np.abs(outputs - case["outputs"]).max()
assert difference < 1e-5, f"outputs differ by {difference}"
