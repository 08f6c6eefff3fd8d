"""What is done to a round trip so that it differs from its real in as little as possible."""
from typing import Tuple

import numpy as np

BLOCK = 8


def _cosines() -> np.ndarray:
    """The orthonormal 8-point DCT-II."""
    index = np.arange(BLOCK)
    matrix = np.cos(np.pi * (2 * index[None] + 1) * index[:, None] / (2 * BLOCK)) * np.sqrt(2 / BLOCK)
    matrix[0] /= np.sqrt(2)
    return matrix.astype(np.float32)


COSINES = _cosines()


def _round(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def mixed_in_pixels(real: np.ndarray, twin: np.ndarray, share: float) -> np.ndarray:
    """`share` of the twin, the rest of the real."""
    return _round(share * twin.astype(np.float32) + (1 - share) * real)


def mixed_in_dct(real: np.ndarray, twin: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """The twin's coefficients where `taken` [8, 8] says so, the real's elsewhere; beyond whole blocks the twin."""
    rows, columns = (length // BLOCK for length in real.shape[:2])
    shape = (rows, BLOCK, columns, BLOCK, 3)
    inner = twin[: rows * BLOCK, : columns * BLOCK].reshape(shape).astype(np.float32)
    other = real[: rows * BLOCK, : columns * BLOCK].reshape(shape).astype(np.float32)
    # Only the difference is transformed: half of the work.
    difference = np.einsum("ua,racbk,vb->rucvk", COSINES, inner - other, COSINES, optimize=True)
    difference *= taken[None, :, None, :, None]
    back = np.einsum("ua,rucvk,vb->racbk", COSINES, difference, COSINES, optimize=True)
    result = twin.copy()
    result[: rows * BLOCK, : columns * BLOCK] = _round(other + back).reshape(rows * BLOCK, columns * BLOCK, 3)
    return result


def with_noise_back(real: np.ndarray, twin: np.ndarray, share: float, random: np.random.Generator) -> np.ndarray:
    """The twin with noise of the strength of what the trip took away, locally, without its structure."""
    lost = real.astype(np.float32) - twin
    strength = np.sqrt(_box(np.mean(lost**2, 2), 8))
    grain = random.normal(0, 1, real.shape).astype(np.float32)
    return _round(twin + share * strength[..., None] * grain)


def _box(values: np.ndarray, size: int) -> np.ndarray:
    """Means of blocks of `size` pixels, spread over the block; the rest keeps its own values."""
    rows, columns = (length // size for length in values.shape)
    means = values[: rows * size, : columns * size].reshape(rows, size, columns, size).mean((1, 3))
    result = values.copy()
    result[: rows * size, : columns * size] = means.repeat(size, 0).repeat(size, 1)
    return result


def random_mask(random: np.random.Generator, shape: Tuple[int, int]) -> np.ndarray:
    """A rectangle or an ellipse of a quarter to nine tenths of each side, bool [h, w]."""
    height, width = shape
    rows = int(height * random.uniform(0.35, 0.9))
    columns = int(width * random.uniform(0.35, 0.9))
    top, left = int(random.integers(height - rows + 1)), int(random.integers(width - columns + 1))
    mask = np.zeros(shape, bool)
    if random.random() < 0.5:
        mask[top : top + rows, left : left + columns] = True
        return mask
    y, x = np.ogrid[:height, :width]
    inside = ((y - top - rows / 2) / (rows / 2)) ** 2 + ((x - left - columns / 2) / (columns / 2)) ** 2
    return inside <= 1
