"""Receptive field, grid and work of a layer table: the arithmetic of `src/core/model/{geometry,cost}.ts`."""
from dataclasses import dataclass
from typing import Dict, Sequence

from .layers import branches_of

Layer = Dict[str, object]


@dataclass(frozen=True)
class ReceptiveField:
    """Patch (r, c) sees rows from `offset + r * stride`, `size` of them."""

    size: int
    stride: int
    offset: int


def _window(layer: Layer) -> tuple:
    """Size, stride, and how many cells before its own an output cell sees; element-wise layers see one cell."""
    op = layer["op"]
    if op in ("conv", "depthwiseConv"):
        size = (layer["kernel"] - 1) * layer.get("dilation", 1) + 1
        return size, layer["stride"], layer.get("padding", 0)
    if op in ("maxPool", "averagePool"):
        return layer["size"], layer["stride"], layer.get("padding", 0)
    fixed = {"crop": (1, 1, -layer.get("margin", 0)), "nearestResidual": (2, 1, 1), "diagonalBand": (10, 1, 4)}
    return fixed.get(op, (1, 1, 0))


def receptive_field(layers: Sequence[Layer]) -> ReceptiveField:
    """Of one output patch; a residual or concat sees the union of its branches."""
    first, last, stride = _widen((0, 0, 1), layers)
    return ReceptiveField(last - first + 1, stride, first)


def _widen(extent: tuple, layers: Sequence[Layer]) -> tuple:
    for layer in layers:
        branches = [_widen(extent, branch) for branch in branches_of(layer)]
        if branches:
            extent = (min(b[0] for b in branches), max(b[1] for b in branches), branches[0][2])
            continue
        first, last, stride = extent
        size, step, padding = _window(layer)
        extent = (first - padding * stride, last + (size - 1 - padding) * stride, stride * step)
    return extent


def grid_length(layers: Sequence[Layer], length: int) -> int:
    """Patches along a side of `length` pixels; 0 when it is too short."""
    for layer in layers:
        branches = branches_of(layer)
        if branches:
            length = grid_length(branches[0], length)
        elif layer["op"] == "nearestResidual":
            length = length // 2 * 2
        elif layer["op"] == "crop":
            length -= 2 * layer["margin"]
        elif layer["op"] != "diagonalBand":
            size, step, padding = _window(layer)
            length = (length + 2 * padding - size) // step + 1
        if length <= 0:
            return 0
    return length


def multiply_accumulates(layers: Sequence[Layer], side: int) -> int:
    """Of the convolutions, for a square picture."""
    total = 0
    for layer in layers:
        total += sum(multiply_accumulates(branch, side) for branch in branches_of(layer))
        side = grid_length([layer], side)
        if layer["op"] == "conv":
            total += side**2 * layer["kernel"] ** 2 * layer["in"] * layer["out"]
        if layer["op"] == "depthwiseConv":
            total += side**2 * layer["kernel"] ** 2 * layer["channels"]
    return total
