"""SAFE's input: the diagonal band of a one-level bior1.3 transform, as `src/core/model/operations.ts` computes it."""
import torch
import torch.nn.functional as functional
from torch import Tensor

BORDER = 2


def diagonal_band(x: Tensor) -> Tensor:
    """[n, c, h, w] of the same size: half the checkerboard difference of 2 x 2 cells, enlarged bilinearly."""
    height, width = x.shape[2:]
    padded = x[:, :, _mirrored(height)][:, :, :, _mirrored(width)]
    taps = x.new_tensor([[0.5, -0.5], [-0.5, 0.5]]).expand(x.shape[1], 1, 2, 2)
    band = functional.conv2d(padded, taps, stride=2, groups=x.shape[1])
    return functional.interpolate(band, (height, width), mode="bilinear", align_corners=False)


def _mirrored(length: int) -> Tensor:
    """Indices of a side with its symmetric border, the edge cell repeated."""
    index = torch.arange(-BORDER, length + BORDER + length % 2)
    index = torch.where(index < 0, -1 - index, index)
    return torch.where(index >= length, 2 * length - 1 - index, index)
