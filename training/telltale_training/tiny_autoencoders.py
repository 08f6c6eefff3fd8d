"""Published distilled autoencoders (madebyollin's taesd family): a round trip leaves their decoder's traces."""
from pathlib import Path
from typing import List

import torch
from torch import Tensor, nn

from .safetensors_file import read_safetensors

TINY = ("taesd", "taesdxl", "taesd3", "taef1", "taef2")
LATENT_CHANNELS = {"taesd": 4, "taesdxl": 4, "taesd3": 16, "taef1": 16, "taef2": 32}
WIDTH = 64


class Block(nn.Module):
    """relu(conv-relu-conv-relu-conv + skip); `taef2` adds a normalised branch near the latent."""

    def __init__(self, pooled: bool) -> None:
        super().__init__()
        conv = lambda: nn.Conv2d(WIDTH, WIDTH, 3, padding=1)
        self.conv = nn.Sequential(conv(), nn.ReLU(), conv(), nn.ReLU(), conv())
        self.pool = (
            nn.Sequential(
                nn.Conv2d(WIDTH, 4 * WIDTH, 1, bias=False),
                nn.GroupNorm(4, 4 * WIDTH),
                nn.ReLU(),
                nn.Conv2d(4 * WIDTH, WIDTH, 1, bias=False),
            )
            if pooled
            else None
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.pool is not None:
            x = x + self.pool(x)
        return torch.relu(self.conv(x) + x)


class LatentClamp(nn.Module):
    """3 tanh(z / 3), as the decoders were trained with."""

    def forward(self, z: Tensor) -> Tensor:
        return 3 * torch.tanh(z / 3)


def encoder_layers(latent: int, pooled: bool) -> nn.Sequential:
    """RGB in [0, 1] to a latent of an eighth of its side."""
    layers: List[nn.Module] = [nn.Conv2d(3, WIDTH, 3, padding=1), Block(False)]
    for stage in range(3):
        layers.append(nn.Conv2d(WIDTH, WIDTH, 3, stride=2, padding=1, bias=False))
        layers += [Block(pooled and stage == 2) for _ in range(3)]
    return nn.Sequential(*layers, nn.Conv2d(WIDTH, latent, 3, padding=1))


def decoder_layers(latent: int, pooled: bool) -> nn.Sequential:
    """A latent to RGB, nominally in [0, 1]."""
    layers: List[nn.Module] = [LatentClamp(), nn.Conv2d(latent, WIDTH, 3, padding=1), nn.ReLU()]
    for stage in range(3):
        layers += [Block(pooled and stage == 0) for _ in range(3)]
        layers += [nn.Upsample(scale_factor=2), nn.Conv2d(WIDTH, WIDTH, 3, padding=1, bias=False)]
    return nn.Sequential(*layers, Block(False), nn.Conv2d(WIDTH, 3, 3, padding=1))


class TinyAutoencoder(nn.Module):
    """Encoder and decoder of one latent space."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__()
        latent, pooled = LATENT_CHANNELS[name], name == "taef2"
        self.name = name
        self.encoder = encoder_layers(latent, pooled)
        self.decoder = decoder_layers(latent, pooled)
        for part, layers in (("encoder", self.encoder), ("decoder", self.decoder)):
            layers.load_state_dict(_weights(folder, f"{name}_{part}"))
        self.eval().requires_grad_(False)

    def forward(self, image: Tensor, noise: float = 0.0) -> Tensor:
        """Round trip of [n, 3, h, w] in [0, 1], sides multiples of 8; `noise` is added to the latent."""
        latent = self.encoder(image)
        if noise > 0:
            latent = latent + noise * torch.randn_like(latent)
        return self.decoder(latent).clamp(0, 1)


def _weights(folder: Path, stem: str) -> dict:
    packed = folder / f"{stem}.safetensors"
    if packed.exists():
        return {name: torch.from_numpy(values.copy()) for name, values in read_safetensors(packed).items()}
    state = torch.load(folder / f"{stem}.pth", map_location="cpu")
    return {name: value.float() for name, value in state.items()}
