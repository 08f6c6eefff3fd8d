"""Small things that several tests need."""
from pathlib import Path
from typing import Dict, List, Optional

import numpy as np

from telltale_training.pack_format import PackWriter, Row

NETWORK: List[Dict] = [
    {"op": "conv", "name": "bank", "in": 3, "out": 4, "kernel": 5, "stride": 1, "bias": False, "zeroSum": True},
    {"op": "clamp", "min": -24, "max": 24},
    {"op": "scale", "factor": 0.125},
    {"op": "conv", "name": "conv1", "in": 4, "out": 6, "kernel": 3, "stride": 2, "bias": False},
    {"op": "batchNorm", "name": "conv1.norm", "channels": 6},
    {"op": "relu"},
    {"op": "averagePool", "size": 3, "stride": 2},
    {"op": "conv", "name": "head", "in": 6, "out": 1, "kernel": 1, "stride": 1, "bias": True},
]

RECIPE: Dict = {
    "patch": 32,
    "batch": 8,
    "steps": 6,
    "learningRate": 2e-3,
    "warmUpSteps": 2,
    "weightDecay": 0.02,
    "gradientNorm": 5,
    "averageDecay": 0.9,
    "labelSmoothing": 0,
    "sourceExponent": 0.5,
    "twinShare": 0.5,
    "hardShare": 0.3,
    "resizeShare": 0.6,
    "resizeRange": [0.5, 1.5],
    "processShare": 0.3,
    "plainShare": 0.2,
    "twiceShare": 0.2,
    "webpShare": 0.2,
    "qualityRange": [40, 98],
    "resaveShare": 0.5,
    "twinChanges": {"whole": 1, "pixels": 1, "dct": 1, "noise": 1, "mask": 2},
}


def config() -> Dict:
    """A `train.json` that trains in seconds."""
    return {"schema": 1, "id": "tiny", "seed": 3, "network": NETWORK, "recipe": dict(RECIPE)}


def picture(seed: int, side: int = 64, block: int = 4) -> np.ndarray:
    """Squares of random colours, [side, side, 3] uint8."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (side // block + 1, side // block + 1, 3))
    return coarse.repeat(block, 0).repeat(block, 1)[:side, :side].astype(np.uint8)


def write_pack(folder: Path) -> None:
    """Reals of two sources, fakes of two generators, twins of the reals, validation images of other sources."""
    writer = PackWriter(folder)
    for index in range(4):
        _add(writer, f"real-{index}", "real", "train", f"camera-{index % 2}", index)
        _add(writer, f"fake-{index}", "fake", "train", f"generator-{index % 2}", 10 + index)
        _add(writer, f"twin-{index}", "fake", "train", f"camera-{index % 2}", 20 + index, of=f"real-{index}")
        _add(writer, f"val-{index}", ("real", "fake")[index % 2], "val", f"other-{index % 2}", 30 + index)
    _add(writer, "unseen", "fake", "train", "hub", 40, generator="Stable Cascade")
    writer.close()


def _add(
    writer: PackWriter, key: str, label: str, split: str, source: str, seed: int,
    of: Optional[str] = None, generator: str = "",
) -> None:
    row = Row(key, label, split, source, generator, 0, 0, of=of)
    side = 48 if of is not None else 64
    if of is not None:
        row.top, row.left = 16, 0
    writer.add(row, picture(seed, side))
