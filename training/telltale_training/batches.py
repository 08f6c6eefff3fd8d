"""Batches as a function of seed and step: the same on any machine, with any number of loading processes."""
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from .chance import Odds
from .degrade import Draw, cut_to_patch, degraded, draw, oriented, resized, shared_room, window_of
from .easing import eased
from .geometry import ReceptiveField
from .history import saved_like, windows_of_one_history
from .pack_format import Image
from .sources import Balanced
from .texture import nearest
from .twins import mixed_in_dct, mixed_in_pixels, random_mask, with_noise_back
from .unseen import is_unseen_family


@dataclass
class Sample:
    """One training image. `mask` says which pixels are generated, where that is not all or none."""

    pixels: np.ndarray
    fake: bool
    mask: Optional[np.ndarray] = None


@dataclass
class Batch:
    """`pixels` [n, 3, h, w] uint8, `targets` [n, rows, columns] of patches, `labels` of pictures.

    `image_weight` is 0 where a picture is partly real, and has no label as a whole.
    """

    pixels: Tensor
    targets: Tensor
    labels: Tensor
    image_weight: Tensor


class Batches(Dataset):
    """Item `step` is that step's batch: pairs of unrelated images, and of a real and its round trip."""

    def __init__(self, images: Sequence[Image], recipe: Dict, seed: int, field: ReceptiveField, grid: int) -> None:
        train = [i for i in images if i.row.split == "train" and not is_unseen_family(i.row.generator)]
        self.recipe, self.seed, self.field, self.grid = recipe, seed, field, grid
        self.by_key = {image.row.key: image for image in train}
        self.real = Balanced([i for i in train if i.row.label == "real"], recipe["sourceExponent"])
        generated = [i for i in train if i.row.label == "fake" and i.row.of is None]
        twins = [i for i in train if i.row.of is not None and i.row.of in self.by_key]
        self.generated = Balanced(generated, recipe["sourceExponent"])
        self.changes = Odds.of(recipe["twinChanges"])
        self.twins = Balanced(twins, recipe["sourceExponent"]) if twins else None

    def __len__(self) -> int:
        return int(self.recipe["steps"])

    def __getitem__(self, step: int) -> Batch:
        random = np.random.default_rng([self.seed, step])
        recipe = eased(self.recipe, step)
        samples: List[Sample] = []
        while len(samples) < recipe["batch"]:
            hard = bool(random.random() < recipe["hardShare"])
            twin = self.twins is not None and random.random() < recipe["twinShare"]
            samples += (self._twin_pair if twin else self._generated_pair)(random, recipe, hard)
        return self._joined(samples)

    def _generated_pair(self, random: np.random.Generator, recipe: Dict, hard: bool) -> List[Sample]:
        generated, original = self.generated.pick(random), self.real.pick(random)
        if random.random() < recipe.get("matchShare", 0):
            generated, original = self._matched(random, recipe["matchCandidates"], generated, original)
        pair = [original, generated]
        plan = draw(random, recipe, shared_room([image.pixels for image in pair]), hard)
        if random.random() < recipe.get("historyShare", 1):
            real, fake = windows_of_one_history(pair, plan)
        else:
            real, fake = (window_of(image.pixels, plan) for image in pair)
        return [
            Sample(degraded(real, plan, random), False),
            Sample(degraded(fake, plan, random), True),
        ]

    def _matched(
        self, random: np.random.Generator, count: int, generated: Image, original: Image
    ) -> Tuple[Image, Image]:
        """One of the two with the most alike of `count` of the other class; each class leads half of the time."""
        if random.random() < 0.5:
            others = [self.real.pick(random) for _ in range(count - 1)]
            return generated, nearest(generated.texture, [original, *others])
        others = [self.generated.pick(random) for _ in range(count - 1)]
        return nearest(original.texture, [generated, *others]), original

    def _twin_pair(self, random: np.random.Generator, recipe: Dict, hard: bool) -> List[Sample]:
        twin = self.twins.pick(random)
        real = self.by_key[twin.row.of]
        top, left = twin.row.top, twin.row.left
        original = real.pixels[top : top + twin.row.height, left : left + twin.row.width]
        changed = twin.pixels
        if real.row.tables is not None and random.random() < recipe["resaveShare"]:
            changed = saved_like(changed, real.row, (real.row.top + top, real.row.left + left))
        plan = draw(random, recipe, shared_room([original, changed]), hard)
        original, changed = window_of(original, plan), window_of(changed, plan)
        changed, mask = self._altered(original, changed, random)
        fake = Sample(degraded(changed, plan, random), True)
        if mask is not None:
            fake.mask = _carried(mask, plan)
        return [Sample(degraded(original, plan, random), False), fake]

    def _altered(
        self, real: np.ndarray, twin: np.ndarray, random: np.random.Generator
    ) -> Tuple[np.ndarray, Optional[np.ndarray]]:
        """The twin mixed with its real, given noise back, or pasted into it."""
        change = self.changes.pick(random)
        if change == "pixels":
            return mixed_in_pixels(real, twin, float(random.uniform(0.3, 1))), None
        if change == "dct":
            return mixed_in_dct(real, twin, random.random((8, 8)) < random.uniform(0.3, 0.9)), None
        if change == "noise":
            return with_noise_back(real, twin, float(random.uniform(0.4, 1.1)), random), None
        if change == "mask":
            mask = random_mask(random, real.shape[:2])
            return np.where(mask[..., None], twin, real), mask
        return twin, None

    def _joined(self, samples: List[Sample]) -> Batch:
        pixels = np.stack([sample.pixels for sample in samples]).transpose(0, 3, 1, 2)
        targets = np.stack([self._target(sample) for sample in samples])
        labels = np.array([sample.fake for sample in samples], np.float32)
        weights = np.array([sample.mask is None for sample in samples], np.float32)
        return Batch(
            torch.from_numpy(np.ascontiguousarray(pixels)),
            torch.from_numpy(targets),
            torch.from_numpy(labels),
            torch.from_numpy(weights),
        )

    def _target(self, sample: Sample) -> np.ndarray:
        """A patch is fake where at least half of the stride cell in its middle is."""
        if sample.mask is None:
            return np.full((self.grid, self.grid), float(sample.fake), np.float32)
        size, stride = self.field.size, self.field.stride
        start = self.field.offset + (size - stride) // 2
        side = sample.mask.shape[0]
        rows = [slice(max(0, start + i * stride), min(side, start + (i + 1) * stride)) for i in range(self.grid)]
        shares = [[sample.mask[row, column].mean() for column in rows] for row in rows]
        return (np.array(shares) >= 0.5).astype(np.float32)


def _carried(mask: np.ndarray, plan: Draw) -> np.ndarray:
    """A mask of the window's pixels, moved as the draw moves the picture."""
    grey = resized(mask.astype(np.uint8) * 255, plan.work, "bilinear")
    return cut_to_patch(oriented(grey, plan), plan) >= 128
