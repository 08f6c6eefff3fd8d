"""Known high-pass filters: where a learned bank starts."""
from typing import Sequence, Tuple

import torch
from torch import Tensor

KERNELS = (
    # First and second differences, the Laplacian, and the two square filters of steganalysis' rich models.
    [[0, 0, 0], [0, -1, 1], [0, 0, 0]],
    [[0, 0, 0], [0, -1, 0], [0, 1, 0]],
    [[0, 0, 0], [0.5, -1, 0.5], [0, 0, 0]],
    [[0, 0.5, 0], [0, -1, 0], [0, 0.5, 0]],
    [[-0.25, 0.5, -0.25], [0.5, -1, 0.5], [-0.25, 0.5, -0.25]],
    [
        [-1 / 12, 2 / 12, -2 / 12, 2 / 12, -1 / 12],
        [2 / 12, -6 / 12, 8 / 12, -6 / 12, 2 / 12],
        [-2 / 12, 8 / 12, -1, 8 / 12, -2 / 12],
        [2 / 12, -6 / 12, 8 / 12, -6 / 12, 2 / 12],
        [-1 / 12, 2 / 12, -2 / 12, 2 / 12, -1 / 12],
    ],
    [[-1, 0, 0], [0, 1, 0], [0, 0, 0]],
    [[0, 0, -1], [0, 1, 0], [0, 0, 0]],
)
"""Luma, then two chroma mixes of BT.601 without offsets."""
MIXES = ((0.299, 0.587, 0.114), (-0.169, -0.331, 0.5), (0.5, -0.419, -0.081))
CHROMA_KERNELS = (4, 0, 1, 5, 2, 3, 6, 7)




def high_pass_bank(channels: int, kernel: int) -> Tensor:
    """[channels, 3, kernel, kernel]: half of the filters on luma, a quarter on each chroma mix."""
    chroma = channels // 4
    wanted = [(MIXES[0], KERNELS[index % len(KERNELS)]) for index in range(channels - 2 * chroma)]
    for mix in MIXES[1:]:
        wanted += [(mix, KERNELS[CHROMA_KERNELS[index % len(KERNELS)]]) for index in range(chroma)]
    # Repeated filters would stay twins for ever: both would get the same gradient.
    return _bank(wanted, kernel) + 0.01 * torch.randn(channels, 3, kernel, kernel)


def high_pass_colour_bank(channels: int, kernel: int) -> Tensor:
    """[channels, 3, kernel, kernel]: the same filters on luma and on both chroma mixes."""
    if channels % len(MIXES) or channels > len(MIXES) * len(KERNELS):
        raise ValueError(f"{channels} filters are not {len(MIXES)} times up to {len(KERNELS)}")
    return _bank([(mix, values) for mix in MIXES for values in KERNELS[: channels // len(MIXES)]], kernel)


STARTS = {"high-pass": high_pass_bank, "high-pass-colour": high_pass_colour_bank}
"""What the `start` of a bank says."""


def _bank(wanted: Sequence[Tuple[Sequence[float], Sequence[Sequence[float]]]], kernel: int) -> Tensor:
    """Weights of (mix of channels, filter) pairs, each filter in the middle."""
    bank = torch.zeros(len(wanted), 3, kernel, kernel)
    for index, (mix, values) in enumerate(wanted):
        filter2d = torch.tensor(values, dtype=torch.float32)
        margin = (kernel - filter2d.shape[0]) // 2
        if margin < 0:
            raise ValueError(f"a filter does not fit into {kernel} pixels")
        end = margin + filter2d.shape[0]
        for channel, weight in enumerate(mix):
            bank[index, channel, margin:end, margin:end] = weight * filter2d
    return bank
