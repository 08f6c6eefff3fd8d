"""The equaliser: one random draw of crop, resize, processing and re-encoding, applied to a real and its fake alike."""
from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple

import numpy as np
from PIL import Image as PillowImage

from .chance import Odds
from .codecs import SUBSAMPLING_420, SUBSAMPLING_444, encode
from .processing import PROCESSES, draw_process, process

KERNELS = {
    "nearest": PillowImage.Resampling.NEAREST,
    "box": PillowImage.Resampling.BOX,
    "bilinear": PillowImage.Resampling.BILINEAR,
    "hamming": PillowImage.Resampling.HAMMING,
    "bicubic": PillowImage.Resampling.BICUBIC,
    "lanczos": PillowImage.Resampling.LANCZOS,
}
KERNEL_ODDS = Odds.of(
    {"nearest": 0.03, "box": 0.12, "bilinear": 0.3, "hamming": 0.05, "bicubic": 0.3, "lanczos": 0.2}
)
PHASES = 8
"""A crop is encoded with this many pixels more and cut afterwards, so that the codec's grid has every phase."""


@dataclass(frozen=True)
class Draw:
    """What happens to both images of a pair."""

    scale: float
    kernel: str
    position: Tuple[float, float]
    """Where the window lies, as shares of the room that it has."""
    turns: int
    flipped: bool
    processes: Tuple[Tuple[str, float], ...]
    codecs: Tuple[Tuple[str, int, int], ...]
    """Codec, quality and chroma subsampling, one after another."""
    between: float
    """Resize factor between two encodings."""
    phase: Tuple[int, int]
    patch: int

    @property
    def work(self) -> int:
        """Side of the crop before it is cut to the patch."""
        return self.patch + PHASES

    @property
    def window(self) -> int:
        """Side of the window of the source image."""
        return max(8, round(self.work / self.scale))


def draw(random: np.random.Generator, recipe: Dict, room: int, hard: bool = False) -> Draw:
    """A draw for source images whose shorter side is `room`; `hard` adds processing that both classes get.

    A recipe with `fit` scales that side to so many pixels instead, with Lanczos, as published detectors do.
    """
    patch = recipe["patch"]
    scale = 1.0
    if "fit" in recipe:
        scale = recipe["fit"] / room
    elif random.random() < recipe["resizeShare"]:
        low, high = recipe["resizeRange"]
        scale = float(np.exp(random.uniform(np.log(low), np.log(high))))
    scale = max(scale, (patch + PHASES) / room)
    if abs(scale - 1) < 0.02 and patch + PHASES <= room:
        scale = 1.0
    kernel = KERNEL_ODDS.pick(random)
    codecs, between = _draw_codecs(random, recipe)
    count = int(random.integers(1, 3)) if hard else int(random.random() < recipe["processShare"])
    names = _draw_names(random, recipe.get("processes", PROCESSES), count)
    strengths = recipe.get("strengths", {})
    return Draw(
        scale=scale,
        kernel="lanczos" if "fit" in recipe else kernel,
        position=(float(random.random()), float(random.random())),
        turns=int(random.integers(4)),
        flipped=bool(random.integers(2)),
        processes=tuple(draw_process(random, name, strengths.get(name)) for name in names),
        codecs=codecs,
        between=between,
        phase=(int(random.integers(PHASES)), int(random.integers(PHASES))),
        patch=patch,
    )


def _draw_names(random: np.random.Generator, known: Sequence[str], count: int) -> List[str]:
    """Up to two different processes."""
    first = int(random.integers(len(known)))
    other = (first + int(random.integers(1, max(2, len(known))))) % len(known)
    return [known[index] for index in (first, other)[: min(count, len(known))]]


def _draw_codecs(random: np.random.Generator, recipe: Dict) -> Tuple[Tuple[Tuple[str, int, int], ...], float]:
    count = 0 if random.random() < recipe["plainShare"] else 2 if random.random() < recipe["twiceShare"] else 1
    codecs = [_draw_codec(random, recipe) for _ in range(count)]
    between = float(random.uniform(0.6, 1.2)) if count == 2 and random.random() < 0.5 else 1.0
    return tuple(codecs), between


def _draw_codec(random: np.random.Generator, recipe: Dict) -> Tuple[str, int, int]:
    low, high = recipe["qualityRange"]
    # The mean of two draws: the web's qualities lie in the middle more often than at the ends.
    quality = int(round((random.uniform(low, high) + random.uniform(low, high)) / 2))
    codec = "webp" if random.random() < recipe["webpShare"] else "jpeg"
    subsampling = SUBSAMPLING_420 if random.random() < 0.75 else SUBSAMPLING_444
    return codec, quality, subsampling


def corner_of(pixels: np.ndarray, plan: Draw) -> Tuple[int, int]:
    """Where in `pixels` [h, w, ...] the window lies, (top, left)."""
    height, width = pixels.shape[:2]
    side = min(plan.window, height, width)
    return round(plan.position[0] * (height - side)), round(plan.position[1] * (width - side))


def window_of(pixels: np.ndarray, plan: Draw) -> np.ndarray:
    """The part of `pixels` [h, w, ...] that the draw looks at, square unless the image is smaller."""
    side = min(plan.window, *pixels.shape[:2])
    top, left = corner_of(pixels, plan)
    return pixels[top : top + side, left : left + side]


def resized(pixels: np.ndarray, side: int, kernel: str) -> np.ndarray:
    """`pixels` as a square of that side."""
    if pixels.shape[:2] == (side, side):
        return pixels
    image = PillowImage.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize((side, side), KERNELS[kernel]))


def oriented(pixels: np.ndarray, plan: Draw) -> np.ndarray:
    """Turned by quarters and mirrored."""
    turned = np.rot90(pixels, plan.turns)
    return turned[:, ::-1] if plan.flipped else turned


def degraded(window: np.ndarray, plan: Draw, random: np.random.Generator) -> np.ndarray:
    """A window as the draw leaves it, [patch, patch, 3] uint8. `random` serves noise, which twins do not share."""
    pixels = np.ascontiguousarray(oriented(resized(window, plan.work, plan.kernel), plan))
    for name, strength in plan.processes:
        pixels = process(pixels, name, strength, random)
    for index, (codec, quality, subsampling) in enumerate(plan.codecs):
        if index == 1 and plan.between != 1.0:
            side = max(plan.work, round(plan.work * plan.between))
            pixels = resized(resized(pixels, side, "bicubic"), plan.work, "bilinear")
        pixels = encode(pixels, codec, quality, subsampling)
    return cut_to_patch(pixels, plan)


def cut_to_patch(pixels: np.ndarray, plan: Draw) -> np.ndarray:
    """Cuts away the margin, at the drawn phase."""
    top, left = plan.phase
    return pixels[top : top + plan.patch, left : left + plan.patch]


def shared_room(images: List[np.ndarray]) -> int:
    """The shortest side of the images of a pair."""
    return min(min(image.shape[:2]) for image in images)
