"""Small autoencoders of our own for round trips: every kind of up-sampler, with and without normalisation."""
import itertools
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, List

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

UPSAMPLERS = ("nearest", "bilinear", "transposed", "pixel-shuffle", "zero-insertion", "blur-pool")
NORMS = ("none", "group", "batch")


@dataclass(frozen=True)
class Design:
    """What one autoencoder is: side of the latent as 1/`factor`, how it is enlarged again, and how it was trained."""

    factor: int
    upsampler: str
    norm: str
    width: int
    latent: int
    adversarial: bool
    seed: int

    @property
    def name(self) -> str:
        """Such as `own-f4-transposed-group-adv-3`."""
        trained = "adv" if self.adversarial else "l1"
        return f"own-f{self.factor}-{self.upsampler}-{self.norm}-{trained}-{self.seed}"


def designs(count: int) -> List[Design]:
    """The first `count` of a fixed order in which every up-sampler comes before any comes twice."""
    found: List[Design] = []
    for index, (norm, upsampler) in enumerate(itertools.product(NORMS, UPSAMPLERS)):
        factor = (4, 8, 2)[(index + index // len(UPSAMPLERS)) % 3]
        found.append(Design(factor, upsampler, norm, 32, 4 * factor, index % 4 == 3, index))
    return found[:count]


def normalisation(kind: str, channels: int) -> nn.Module:
    """The normalisation of a design's blocks."""
    if kind == "group":
        return nn.GroupNorm(4, channels)
    return nn.BatchNorm2d(channels) if kind == "batch" else nn.Identity()


class Residual(nn.Module):
    """x + conv(silu(norm(conv(silu(norm(x))))))."""

    def __init__(self, width: int, norm: str) -> None:
        super().__init__()
        half = lambda: [normalisation(norm, width), nn.SiLU(), nn.Conv2d(width, width, 3, padding=1)]
        self.body = nn.Sequential(*half(), *half())

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class ZeroInsertion(nn.Module):
    """Zeros between the cells: what a transposed convolution does before its kernel."""

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        spread = x.new_zeros(n, c, h, 2, w, 2)
        spread[:, :, :, 0, :, 0] = 4 * x
        return spread.reshape(n, c, 2 * h, 2 * w)


class BlurredInsertion(nn.Module):
    """Zero insertion smoothed by the binomial filter of StyleGAN2's up-sampling."""

    def forward(self, x: Tensor) -> Tensor:
        taps = x.new_tensor([1.0, 3.0, 3.0, 1.0]) / 8
        kernel = (taps[:, None] * taps[None]).expand(x.shape[1], 1, 4, 4)
        padded = functional.pad(ZeroInsertion()(x), (2, 1, 2, 1), mode="replicate")
        return functional.conv2d(padded, kernel, groups=x.shape[1])


def upsampling(kind: str, width: int) -> List[nn.Module]:
    """Twice the side, ending with a convolution."""
    conv = lambda out=width: nn.Conv2d(width, out, 3, padding=1)
    if kind == "nearest":
        return [nn.Upsample(scale_factor=2), conv()]
    if kind == "bilinear":
        return [nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False), conv()]
    if kind == "transposed":
        return [nn.ConvTranspose2d(width, width, 4, stride=2, padding=1)]
    if kind == "pixel-shuffle":
        return [conv(4 * width), nn.PixelShuffle(2)]
    if kind == "zero-insertion":
        return [ZeroInsertion(), conv()]
    if kind == "blur-pool":
        return [BlurredInsertion(), conv()]
    raise ValueError(f"no up-sampler {kind}")


class OwnAutoencoder(nn.Module):
    """RGB in [0, 1], sides multiples of the factor, to RGB in [0, 1]."""

    def __init__(self, design: Design) -> None:
        super().__init__()
        self.design = design
        width, stages = design.width, design.factor.bit_length() - 1
        down: List[nn.Module] = [nn.Conv2d(3, width, 3, padding=1)]
        up: List[nn.Module] = [nn.Conv2d(design.latent, width, 3, padding=1)]
        for _ in range(stages):
            down += [nn.SiLU(), nn.Conv2d(width, width, 3, stride=2, padding=1), Residual(width, design.norm)]
            up += [Residual(width, design.norm), *upsampling(design.upsampler, width), nn.SiLU()]
        self.encoder = nn.Sequential(*down, nn.Conv2d(width, design.latent, 1))
        self.decoder = nn.Sequential(*up, nn.Conv2d(width, 3, 3, padding=1))

    def restored(self, image: Tensor) -> Tensor:
        """The round trip without clipping, as training needs it."""
        return self.decoder(self.encoder(image - 0.5)) + 0.5

    def forward(self, image: Tensor) -> Tensor:
        return self.restored(image).clamp(0, 1)


class PatchCritic(nn.Module):
    """Judges patches of 22 px; trains the adversarial designs."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 32, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(32, 64, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(64, 1, 4, padding=1),
        )

    def forward(self, image: Tensor) -> Tensor:
        return self.body(image - 0.5)


def save_autoencoder(model: OwnAutoencoder, folder: Path) -> None:
    """`<name>.pt` with the design and the tensors."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {"design": json.dumps(asdict(model.design)), "tensors": model.state_dict()}
    torch.save(state, folder / f"{model.design.name}.pt")


def load_autoencoders(folder: Path) -> Dict[str, OwnAutoencoder]:
    """All of a folder by name, ready to run."""
    models: Dict[str, OwnAutoencoder] = {}
    for path in sorted(folder.glob("*.pt")):
        state = torch.load(path, map_location="cpu")
        model = OwnAutoencoder(Design(**json.loads(state["design"])))
        model.load_state_dict(state["tensors"])
        models[path.stem] = model.eval().requires_grad_(False)
    return models
