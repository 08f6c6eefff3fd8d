"""A torch module from a layer table, the same tables that `card.json` and `src/core/model/layer.ts` speak of.

Training adds to that language: `batchNorm`, and on a `conv` the keys `zeroSum` (every kernel sums to zero in every
input channel: a learned high-pass filter) and `start` (of `high_pass.STARTS`: known filters instead of
random ones) and `fixed` (it stays as it started, which saves a quarter of a step's time).
"""
from typing import Dict, List, Sequence

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from .high_pass import STARTS
from .wavelet import diagonal_band

Layer = Dict[str, object]


class Convolution(nn.Conv2d):
    """A convolution whose kernels may be kept at sum zero."""

    def __init__(self, layer: Layer, groups: int = 1) -> None:
        into = layer["channels"] if groups > 1 else layer["in"]
        out = layer["channels"] if groups > 1 else layer["out"]
        super().__init__(
            into,
            out,
            layer["kernel"],
            stride=layer["stride"],
            padding=layer.get("padding", 0),
            dilation=layer.get("dilation", 1),
            groups=groups,
            bias=layer["bias"],
        )
        self.zero_sum = bool(layer.get("zeroSum", False))
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        if self.bias is not None:
            nn.init.zeros_(self.bias)
        if "start" in layer:
            self.weight.data.copy_(STARTS[layer["start"]](out, layer["kernel"]))
        self.weight.requires_grad_(not layer.get("fixed", False))

    def effective_weight(self) -> Tensor:
        """The weight that is applied."""
        return self.weight - self.weight.mean((2, 3), keepdim=True) if self.zero_sum else self.weight

    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(x, self.effective_weight(), self.bias)


class Network(nn.Module):
    """RGB 0..255, [n, 3, h, w], to one logit a patch, [n, 1, rows, columns].

    Modules are registered under their layer's name, with `/` for the dots that torch does not allow.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        super().__init__()
        self.layers = list(layers)
        self._register(self.layers)

    def _register(self, layers: Sequence[Layer]) -> None:
        for layer in layers:
            for branch in branches_of(layer):
                self._register(branch)
            if "name" in layer:
                self.add_module(module_name(layer), _module(layer))

    def forward(self, x: Tensor) -> Tensor:
        return self._run(x, self.layers)

    def _run(self, x: Tensor, layers: Sequence[Layer]) -> Tensor:
        for layer in layers:
            x = self._step(x, layer)
        return x

    def _step(self, x: Tensor, layer: Layer) -> Tensor:
        if layer["op"] == "residual":
            return self._run(x, layer["main"]) + self._run(x, layer["skip"])
        if layer["op"] == "concat":
            return torch.cat([self._run(x, branch) for branch in layer["branches"]], 1)
        if "name" in layer:
            x = getattr(self, module_name(layer))(x)
            return functional.relu(x) if layer.get("activation") == "relu" else x
        return apply_plain(x, layer)


def module_name(layer: Layer) -> str:
    """Under which a layer's tensors are registered."""
    return str(layer["name"]).replace(".", "/")


def branches_of(layer: Layer) -> List[Sequence[Layer]]:
    """The branches of a layer, none for a plain one."""
    if layer["op"] == "residual":
        return [layer["main"], layer["skip"]]
    return list(layer["branches"]) if layer["op"] == "concat" else []


def _module(layer: Layer) -> nn.Module:
    if layer["op"] == "conv":
        return Convolution(layer)
    if layer["op"] == "depthwiseConv":
        return Convolution(layer, groups=layer["channels"])
    if layer["op"] == "batchNorm":
        return nn.BatchNorm2d(layer["channels"])
    raise ValueError(f"no layer of this kind has tensors: {layer['op']}")


def apply_plain(x: Tensor, layer: Layer) -> Tensor:
    """What a layer without tensors does."""
    op = layer["op"]
    if op == "relu":
        return functional.relu(x)
    if op == "clamp":
        return x.clamp(layer["min"], layer["max"])
    if op == "scale":
        return x * layer["factor"]
    if op == "normalize":
        mean, std = (x.new_tensor(layer[key])[None, :, None, None] for key in ("mean", "std"))
        return (x / 255 - mean) / std
    if op == "maxPool":
        return functional.max_pool2d(x, layer["size"], layer["stride"], layer.get("padding", 0))
    if op == "averagePool":
        return functional.avg_pool2d(x, layer["size"], layer["stride"])
    if op == "crop":
        margin = layer["margin"]
        return x[:, :, margin:-margin, margin:-margin]
    if op == "nearestResidual":
        x = x[:, :, : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2]
        corner = x[:, :, ::2, ::2].repeat_interleave(2, 2).repeat_interleave(2, 3)
        return (x - corner) * layer["factor"]
    if op == "diagonalBand":
        return diagonal_band(x)
    raise ValueError(f"unknown layer: {op}")
