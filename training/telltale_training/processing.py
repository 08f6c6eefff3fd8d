"""What people and programs do to pictures: applied to real and fake alike, so that it is no evidence of either."""
from typing import Callable, Dict, Optional, Sequence, Tuple

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageEnhance, ImageFilter

Pixels = np.ndarray
Change = Callable[[Pixels, float, np.random.Generator], Pixels]


def _pillow(change: Callable[[PillowImage.Image, float], PillowImage.Image]) -> Change:
    return lambda pixels, strength, _: np.asarray(change(PillowImage.fromarray(pixels), strength))


def _noise(pixels: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    grain = random.normal(0, strength, pixels.shape).astype(np.float32)
    return np.clip(np.rint(pixels + grain), 0, 255).astype(np.uint8)


def _grain(pixels: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Film's or a sensor's after its processing: the same in all channels, as fine as a pixel or coarser."""
    grain = random.normal(0, 1, pixels.shape[:2]).astype(np.float32)
    coarse = sum(np.roll(grain, shift, axis) for axis in (0, 1) for shift in (-1, 1)) * random.uniform(0, 0.6) + grain
    grown = pixels + (coarse * strength / coarse.std())[..., None]
    return np.clip(np.rint(grown), 0, 255).astype(np.uint8)


def _gamma(pixels: Pixels, strength: float, _: np.random.Generator) -> Pixels:
    table = np.rint(255 * (np.arange(256) / 255) ** strength).astype(np.uint8)
    return table[pixels]


def _grey(pixels: Pixels, _: float, __: np.random.Generator) -> Pixels:
    luma = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.repeat(np.rint(luma).astype(np.uint8)[..., None], 3, 2)


def _soften_and_sharpen(image: PillowImage.Image, strength: float) -> PillowImage.Image:
    """Denoised as phones do: smoothed, then its edges raised."""
    smooth = image.filter(ImageFilter.MedianFilter(3))
    blended = PillowImage.blend(image, smooth, min(1.0, strength))
    return blended.filter(ImageFilter.UnsharpMask(1.5, 60, 2))


_CHANGES: Dict[str, Tuple[Change, Tuple[float, float]]] = {
    "sharpen": (_pillow(lambda i, s: i.filter(ImageFilter.UnsharpMask(0.5 + s, int(60 + 80 * s), 0))), (0.1, 1.2)),
    "blur": (_pillow(lambda i, s: i.filter(ImageFilter.GaussianBlur(s))), (0.3, 1.4)),
    "denoise": (_pillow(_soften_and_sharpen), (0.3, 1.0)),
    "noise": (_noise, (1.0, 8.0)),
    "gamma": (_gamma, (0.7, 1.4)),
    "contrast": (_pillow(lambda i, s: ImageEnhance.Contrast(i).enhance(s)), (0.75, 1.3)),
    "saturation": (_pillow(lambda i, s: ImageEnhance.Color(i).enhance(s)), (0.5, 1.5)),
    "grey": (_grey, (0.0, 1.0)),
    "grain": (_grain, (1.0, 10.0)),
}
KNOWN = tuple(_CHANGES)
PROCESSES = tuple(name for name in KNOWN if name != "grain")
"""What a recipe without `processes` draws from; `grain` came later, and the batches of older recipes stay what they were."""


def draw_process(
    random: np.random.Generator, name: str, limits: Optional[Sequence[float]] = None
) -> Tuple[str, float]:
    """`name` with a random strength, of its own range or of `limits`."""
    low, high = limits or _CHANGES[name][1]
    return name, float(random.uniform(low, high))


def process(pixels: Pixels, name: str, strength: float, random: np.random.Generator) -> Pixels:
    """`pixels` [h, w, 3] uint8 changed so."""
    return np.ascontiguousarray(_CHANGES[name][0](pixels, strength, random))
