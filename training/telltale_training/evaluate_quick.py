"""Figures on the validation images of the packs, as the training goes: whole crops, native pixels."""
from typing import Callable, Dict, List, Optional, Sequence

import numpy as np
import torch
from PIL import Image as PillowImage
from torch import nn

from .codecs import jpeg
from .metrics import table
from .pack_format import Image

Pixels = np.ndarray


def _half(pixels: Pixels) -> Pixels:
    image = PillowImage.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize((image.width // 2, image.height // 2), PillowImage.Resampling.BILINEAR))


VARIANTS: Dict[str, Callable[[Pixels], Pixels]] = {
    "none": lambda pixels: pixels,
    "jpeg90": lambda pixels: jpeg(pixels, 90),
    "jpeg75": lambda pixels: jpeg(pixels, 75),
    "half": _half,
    "half+jpeg90": lambda pixels: jpeg(_half(pixels), 90),
}
WHILE_TRAINING = ("none", "jpeg75", "half")
"""Quick enough to be looked at every few minutes."""


def image_logit(network: nn.Module, pixels: Pixels, device: torch.device) -> float:
    """Mean patch logit of `pixels` [h, w, 3] uint8."""
    with torch.no_grad():
        image = torch.from_numpy(np.array(pixels)).to(device)
        image = image.permute(2, 0, 1)[None].float().contiguous(memory_format=torch.channels_last)
        return float(network(image).mean())


COMMON_SIDE = 256
"""Crops of the shared collection are 320 px where their original was a JPEG file and 256 px elsewhere."""


def fitted(pixels: Pixels, side: Optional[int]) -> Pixels:
    """With a shorter side of `side` pixels, as the published detectors see pictures; as it is without.

    Cut to a common size before: otherwise the factor would tell the format, and the format the label.
    """
    if side is None:
        return pixels
    top, left = (max(0, (length - COMMON_SIDE) // 2) for length in pixels.shape[:2])
    pixels = pixels[top : top + COMMON_SIDE, left : left + COMMON_SIDE]
    image = PillowImage.fromarray(np.ascontiguousarray(pixels))
    scale = side / min(image.size)
    size = (round(image.width * scale), round(image.height * scale))
    return np.asarray(image.resize(size, PillowImage.Resampling.LANCZOS))


def evaluate(
    network: nn.Module,
    images: Sequence[Image],
    device: torch.device,
    variants: Sequence[str] = tuple(VARIANTS),
    fit: Optional[int] = None,
) -> Dict[str, Dict]:
    """A table a variant for the images of the split `val`. Leaves the network in evaluation mode."""
    chosen = validation_images(images)
    fake = [image.row.label == "fake" for image in chosen]
    sources = [image.row.source for image in chosen]
    return {name: table(scores_of(network, chosen, device, name, fit), fake, sources) for name in variants}


def validation_images(images: Sequence[Image]) -> List[Image]:
    """Those that nothing is trained on."""
    return [image for image in images if image.row.split == "val"]


def scores_of(
    network: nn.Module, images: Sequence[Image], device: torch.device, variant: str, fit: Optional[int] = None
) -> List[float]:
    """A logit for each of `images`, changed as `variant` says. Leaves the network in evaluation mode."""
    network.eval()
    return [image_logit(network, fitted(VARIANTS[variant](image.pixels), fit), device) for image in images]
