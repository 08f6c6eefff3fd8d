"""JPEG and WebP in memory, through Pillow."""
from io import BytesIO
from typing import List, Optional

import numpy as np
from PIL import Image as PillowImage

SUBSAMPLING_444, SUBSAMPLING_420 = 0, 2


def jpeg(pixels: np.ndarray, quality: int, subsampling: int = SUBSAMPLING_420) -> np.ndarray:
    """`pixels` [h, w, 3] uint8 as a JPEG file of that quality shows them."""
    return _through(pixels, "JPEG", quality=quality, subsampling=subsampling)


def jpeg_with_tables(pixels: np.ndarray, tables: List[List[int]], subsampling: int) -> np.ndarray:
    """The same with the quantisation tables of another file."""
    return _through(pixels, "JPEG", qtables=tables, subsampling=subsampling)


def webp(pixels: np.ndarray, quality: int) -> np.ndarray:
    """`pixels` as a lossy WebP file of that quality shows them; the fastest method."""
    return _through(pixels, "WEBP", quality=quality, method=0)


def encode(pixels: np.ndarray, codec: str, quality: int, subsampling: Optional[int] = None) -> np.ndarray:
    """By name; raises ValueError for an unknown codec."""
    if codec == "jpeg":
        return jpeg(pixels, quality, SUBSAMPLING_420 if subsampling is None else subsampling)
    if codec == "webp":
        return webp(pixels, quality)
    raise ValueError(f"no codec {codec}")


def _through(pixels: np.ndarray, container: str, **options: object) -> np.ndarray:
    buffer = BytesIO()
    PillowImage.fromarray(pixels).save(buffer, container, **options)
    with PillowImage.open(buffer) as image:
        return np.asarray(image.convert("RGB"))
