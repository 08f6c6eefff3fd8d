"""Layer tables of our own networks and of the ablations: `python3 -m telltale_training.network_designs` writes them."""
import json
from pathlib import Path
from typing import Dict, List, Sequence

from .geometry import receptive_field

Layer = Dict[str, object]

POOL: List[Layer] = [{"op": "averagePool", "size": 3, "stride": 2}]
RELU: List[Layer] = [{"op": "relu"}]
PIXELS: List[Layer] = [{"op": "normalize", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}]


def conv(name: str, into: int, out: int, kernel: int = 3, stride: int = 1) -> List[Layer]:
    """A convolution without bias."""
    return [{"op": "conv", "name": name, "in": into, "out": out, "kernel": kernel, "stride": stride, "bias": False}]


def norm(name: str, channels: int) -> List[Layer]:
    """Batch normalisation."""
    return [{"op": "batchNorm", "name": name, "channels": channels}]


def stage(name: str, into: int, out: int, stride: int = 1) -> List[Layer]:
    """3x3 convolution, norm, relu."""
    return conv(name, into, out, 3, stride) + norm(f"{name}.norm", out) + RELU


def bank(channels: int, fixed: bool = True, start: str = "high-pass") -> List[Layer]:
    """High-pass filters on RGB, cut off at 24 grey levels."""
    filters = {**conv("bank", 3, channels, 5)[0], "zeroSum": True, "start": start}
    if fixed:
        filters["fixed"] = True
    return [filters, {"op": "clamp", "min": -24, "max": 24}, {"op": "scale", "factor": 0.125}]


def stem(into: int, out: int, stride: int = 1) -> List[Layer]:
    """The first convolution has no norm: at full resolution that would cost a fifth of the training time."""
    return [{**conv("conv1", into, out, 3, stride)[0], "bias": True, "activation": "relu"}]


def head(channels: int) -> List[Layer]:
    """One logit a patch."""
    return [{**conv("head", channels, 1, 1)[0], "bias": True}]


def plain(channels: Sequence[int], first: List[Layer], stride: int = 1) -> List[Layer]:
    """`first`, then a stage for each number of channels, every one at half the resolution of the one before."""
    filters = next((layer["out"] for layer in first if "out" in layer), 3)
    layers = first + stem(filters, channels[0], stride)
    for index, (into, out) in enumerate(zip(channels, channels[1:])):
        # A strided stem takes the place of the first pool.
        layers = layers + ([] if index == 0 and stride == 2 else POOL) + stage(f"conv{index + 2}", into, out)
    return layers + head(channels[-1])


def half_view(channels: Sequence[int]) -> List[Layer]:
    """The pixels themselves at half the resolution, a patch every 8 pixels as with four stages of `plain`."""
    layers = PIXELS + POOL + stem(3, channels[0])
    for index, (into, out) in enumerate(zip(channels, channels[1:])):
        layers = layers + (POOL if index < 2 else []) + stage(f"conv{index + 2}", into, out)
    return layers + head(channels[-1])


def side_by_side(high_pass: List[Layer], view: List[Layer]) -> List[Layer]:
    """Both networks' features of a patch under one head; the patches of the first lie in the middle of the second's."""
    margin = (receptive_field(view).size - receptive_field(high_pass).size) // 2
    branches = [[{"op": "crop", "margin": margin}] + high_pass[:-1], [prefixed(layer, "view") for layer in view[:-1]]]
    return [{"op": "concat", "branches": branches}] + head(high_pass[-1]["in"] + view[-1]["in"])


def prefixed(layer: Layer, prefix: str) -> Layer:
    """The layer under a name of its own."""
    return {**layer, "name": f"{prefix}.{layer['name']}"} if "name" in layer else layer


FAST = (16, 30, 48, 72)
FAST_BANK, HALF_VIEW = plain(FAST, bank(12)), half_view((14, 28, 40, 56))
STRONG_BANK = plain((24, 48, 96, 128), bank(24, start="high-pass-colour"))
TABLES = {
    "fast": side_by_side(plain((14, *FAST[1:]), bank(12)), HALF_VIEW),
    "fast-bank": FAST_BANK,
    "strong": side_by_side(STRONG_BANK, HALF_VIEW),
    "strong-bank": STRONG_BANK,
    "half-view": HALF_VIEW,
    "fast-learned-bank": plain(FAST, bank(12, fixed=False)),
    "fast-pixels": plain(FAST, PIXELS),
    "fast-stride-2": plain((24, 32, 48, 72), bank(12), stride=2),
    "fast-shallow": plain((16, 30, 72), bank(12)),
    "fast-deep": plain((12, 20, 40, 56, 72), bank(12)),
}


def main() -> None:
    folder = Path(__file__).resolve().parents[1] / "networks"
    for name, layers in TABLES.items():
        lines = ",\n".join(f" {json.dumps(layer)}" for layer in layers)
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
