"""Layer tables of our own networks and of the ablations: `python3 -m telltale_training.network_designs` writes them."""
import json
from pathlib import Path
from typing import Dict, List, Optional, Sequence

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


def bank(channels: int) -> List[Layer]:
    """Learned high-pass filters on RGB, cut off at 24 grey levels."""
    filters = {**conv("bank", 3, channels, 5)[0], "zeroSum": True, "start": "high-pass"}
    return [filters, {"op": "clamp", "min": -24, "max": 24}, {"op": "scale", "factor": 0.125}]


def stem(into: int, out: int, stride: int = 1) -> List[Layer]:
    """The first convolution has no norm: at full resolution that would cost a fifth of the training time."""
    return [{**conv("conv1", into, out, 3, stride)[0], "bias": True, "activation": "relu"}]


def separable(name: str, channels: int) -> List[Layer]:
    """Depthwise 3x3, pointwise, norm; loses a cell on every side."""
    depthwise = {"op": "depthwiseConv", "name": f"{name}.depthwise", "channels": channels, "kernel": 3, "stride": 1}
    pointwise = conv(f"{name}.pointwise", channels, channels, 1)
    return [{**depthwise, "bias": False}, *pointwise, *norm(f"{name}.norm", channels)]


def block(name: str, channels: int, spatial: int = 2) -> List[Layer]:
    """A residual block of two convolutions, the first `spatial` of which look beyond their cell; no padding."""
    first = separable(f"{name}.a", channels) + RELU
    pointwise = conv(f"{name}.b", channels, channels, 1) + norm(f"{name}.b.norm", channels)
    main = first + (separable(f"{name}.b", channels) if spatial == 2 else pointwise)
    return [{"op": "residual", "main": main, "skip": [{"op": "crop", "margin": spatial}]}] + RELU


def head(channels: int) -> List[Layer]:
    """One logit a patch."""
    return [{**conv("head", channels, 1, 1)[0], "bias": True}]


def fast(channels: Sequence[int] = (16, 30, 48, 72), filters: Optional[int] = 12, stride: int = 1) -> List[Layer]:
    """The fast network; without `filters` it sees the pixels themselves."""
    layers = (PIXELS if filters is None else bank(filters)) + stem(filters or 3, channels[0], stride)
    into = channels[0]
    for index, out in enumerate(channels[1:]):
        # A strided stem takes the place of the first pool.
        layers = layers + ([] if index == 0 and stride == 2 else POOL) + stage(f"conv{index + 2}", into, out)
        into = out
    return layers + head(into)


def strong() -> List[Layer]:
    """The strong network: the same idea, wider, with separable residual blocks."""
    return (
        bank(24)
        + stem(24, 32)
        + POOL
        + stage("conv2", 32, 64)
        + block("block2", 64)
        + POOL
        + stage("conv3", 64, 128)
        + block("block3", 128)
        + POOL
        + stage("conv4", 128, 256)
        + block("block4", 256, spatial=1)
        + head(256)
    )


TABLES = {
    "fast": fast(),
    "strong": strong(),
    "fast-pixels": fast(filters=None),
    "fast-stride-2": fast(channels=(24, 32, 48, 72), stride=2),
    "fast-shallow": fast(channels=(16, 30, 72)),
    "fast-deep": fast(channels=(12, 20, 40, 56, 72)),
}


def main() -> None:
    folder = Path(__file__).resolve().parents[1] / "networks"
    for name, layers in TABLES.items():
        lines = ",\n".join(f" {json.dumps(layer)}" for layer in layers)
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
