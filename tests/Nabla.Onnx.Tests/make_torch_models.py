#!/usr/bin/env python3
"""Writes the cases of Cases/torch: models that PyTorch exports to ONNX, with random weights, and what it computes itself.

    /usr/bin/python3 tests/Nabla.Onnx.Tests/make_torch_models.py

needs Debian's python3-torch (1.13). Seeds are fixed: the same version writes the same files. Each case is laid out like the official ONNX test cases:
model.onnx, and test_data_set_N with input_0.pb and output_0.pb; set 0 has a batch of 2, set 1 one of 5. Beside them, for set 0: target_0.pb, the
gradient of the mean squared error with respect to the input, gradient_0.pb, and losses.txt: that error before and after one step of plain gradient
descent on all weights with a rate of 0.1.
"""
import pathlib

import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent / "Cases" / "torch"
OPSET = 15
RATE = 0.1
FLOAT = 1


class Cnn(nn.Module):
    """Convolutions of all kinds: dense, in groups, of each channel, dilated, with strides."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.norm.running_mean.uniform_(-0.5, 0.5)
        self.norm.running_var.uniform_(0.5, 2)
        self.channels = nn.Conv2d(8, 8, 3, padding=1, stride=2, groups=8)
        self.groups = nn.Conv2d(8, 12, 3, padding=2, dilation=2, groups=4)
        self.shortcut = nn.Conv2d(8, 12, 1)
        self.last = nn.Linear(12, 5)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.norm(torch.relu(self.first(x))), 2)
        x = torch.nn.functional.leaky_relu(self.channels(x), 0.1)
        x = torch.relu(self.groups(x) + self.shortcut(x))
        return self.last(torch.cat([x.mean((2, 3))], 1))


class BidirectionalLstm(nn.Module):
    """Two layers in both directions, read at all times."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 10, num_layers=2, bidirectional=True, batch_first=True)
        self.last = nn.Linear(20, 4)

    def forward(self, x):
        return self.last(self.lstm(x)[0])


class Encoder(nn.Module):
    """Two layers of a Transformer encoder."""

    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.last = nn.Linear(16, 3)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -0.4, 0.4)

    def forward(self, x):
        return self.last(self.encoder(x))


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def message(tensor):
    """The bytes of a TensorProto: dimensions, type of elements, raw data."""
    data = tensor.detach().contiguous().numpy().tobytes()
    sizes = b"".join(b"\x08" + varint(size) for size in tensor.shape)
    return sizes + b"\x10" + varint(FLOAT) + b"\x4a" + varint(len(data)) + data


def write(name, module, shape, free):
    folder = FOLDER / f"test_{name}"
    folder.mkdir(parents=True, exist_ok=True)
    inputs = [torch.randn(batch, *shape) for batch in (2, 5)]
    # In training mode attention does not take the path that has no ONNX form; nothing is dropped, and normalisations keep their statistics.
    module.train()
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eval()
    torch.onnx.export(
        module, inputs[0], str(folder / "model.onnx"), opset_version=OPSET, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=True,
        input_names=["x"], output_names=["y"], dynamic_axes={"x": free, "y": {0: "batch"}})
    for index, x in enumerate(inputs):
        data = folder / f"test_data_set_{index}"
        data.mkdir(exist_ok=True)
        (data / "input_0.pb").write_bytes(message(x))
        (data / "output_0.pb").write_bytes(message(module(x)))

    x = inputs[0].clone().requires_grad_(True)
    target = torch.randn_like(module(x))
    loss = nn.functional.mse_loss(module(x), target)
    loss.backward()
    (folder / "test_data_set_0" / "target_0.pb").write_bytes(message(target))
    (folder / "test_data_set_0" / "gradient_0.pb").write_bytes(message(x.grad))
    with torch.no_grad():
        for parameter in module.parameters():
            parameter -= RATE * parameter.grad
        after = nn.functional.mse_loss(module(x), target)
    (folder / "losses.txt").write_text(f"{loss.item():.9g} {after.item():.9g}\n")


def main():
    torch.set_num_threads(1)
    for seed, (name, kind, shape, free) in enumerate([
        ("cnn", Cnn, (3, 12, 10), {0: "batch"}),
        ("bidirectional_lstm", BidirectionalLstm, (7, 6), {0: "batch"}),
        ("transformer_encoder", Encoder, (9, 16), {0: "batch"}),
    ]):
        torch.manual_seed(seed)
        write(name, kind(), shape, free)


if __name__ == "__main__":
    main()
