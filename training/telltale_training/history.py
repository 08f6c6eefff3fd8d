"""The JPEG file that an image came from, given to its counterpart as well.

Generated pictures are published as PNG more often than photographs are. Left alone, a network learns the grid and the
tables of JPEG before anything else (measured: PNG generators at an AUC of 0.97, JPEG generators at 0.25).
"""
from typing import List, Sequence, Tuple

import numpy as np

from .codecs import SUBSAMPLING_420, jpeg_with_tables
from .degrade import Draw, corner_of, window_of
from .pack_format import Image, Row

GRID = 16
"""Pixels between two grid lines where chroma is kept at half resolution."""
KNOWN_SUBSAMPLINGS = (0, 1, 2)


def saved_like(pixels: np.ndarray, row: Row, corner: Tuple[int, int]) -> np.ndarray:
    """`pixels` [h, w, 3] saved with the tables and subsampling of `row`'s file, lying at `corner` of it.

    Unchanged where that was no JPEG file.
    """
    if row.tables is None:
        return pixels
    top, left = corner[0] % GRID, corner[1] % GRID
    padded = np.pad(pixels, ((top, 0), (left, 0), (0, 0)), "edge")
    subsampling = row.subsampling if row.subsampling in KNOWN_SUBSAMPLINGS else SUBSAMPLING_420
    return jpeg_with_tables(padded, row.tables[:2], subsampling)[top:, left:]


def windows_of_one_history(pair: Sequence[Image], plan: Draw) -> List[np.ndarray]:
    """The windows that `plan` takes of two unrelated images; where one was a JPEG file, the other is saved as it was."""
    windows = [window_of(image.pixels, plan) for image in pair]
    for index, image in enumerate(pair):
        other = 1 - index
        if image.row.tables is not None and pair[other].row.tables is None:
            top, left = corner_of(image.pixels, plan)
            windows[other] = saved_like(windows[other], image.row, (image.row.top + top, image.row.left + left))
    return windows
