"""Which image comes next: sources by the root of their size, so that neither large nor tiny ones rule."""
from typing import Dict, List, Sequence

import numpy as np

from .chance import Odds
from .pack_format import Image


class Balanced:
    """Images grouped by source; a source is drawn by its number of images to the power `exponent`."""

    def __init__(self, images: Sequence[Image], exponent: float = 0.5) -> None:
        if not images:
            raise ValueError("no images to draw from")
        groups: Dict[str, List[Image]] = {}
        for image in images:
            groups.setdefault(image.row.source, []).append(image)
        ordered = [groups[name] for name in sorted(groups)]
        self.groups = Odds(ordered, [len(group) ** exponent for group in ordered])

    def pick(self, random: np.random.Generator) -> Image:
        """One image."""
        group = self.groups.pick(random)
        return group[int(random.integers(len(group)))]
