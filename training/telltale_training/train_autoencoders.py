"""Trains small autoencoders on real training crops; a few hundred steps each, those that exist are left alone."""
import argparse
import time
from pathlib import Path
from typing import List

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor

from .own_autoencoders import Design, OwnAutoencoder, PatchCritic, designs, save_autoencoder
from .pack_format import Image, read_packs
from .sources import Balanced


def crops(pool: Balanced, random: np.random.Generator, count: int, side: int) -> Tensor:
    """[count, 3, side, side] in [0, 1]."""
    chosen: List[np.ndarray] = []
    while len(chosen) < count:
        pixels = pool.pick(random).pixels
        if min(pixels.shape[:2]) < side:
            continue
        top, left = (int(random.integers(length - side + 1)) for length in pixels.shape[:2])
        chosen.append(pixels[top : top + side, left : left + side])
    stacked = np.stack(chosen).transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(stacked)).float() / 255


def reconstruction_loss(restored: Tensor, image: Tensor) -> Tensor:
    """L1 of pixels and of their differences to the right and below, which keeps edges."""
    loss = functional.l1_loss(restored, image)
    for axis in (2, 3):
        loss = loss + functional.l1_loss(restored.diff(dim=axis), image.diff(dim=axis))
    return loss


def teach(critic: PatchCritic, optimizer: torch.optim.Optimizer, image: Tensor, restored: Tensor) -> None:
    """One step of the critic, with the hinge loss."""
    loss = functional.relu(1 - critic(image)).mean() + functional.relu(1 + critic(restored)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def train_autoencoder(design: Design, pool: Balanced, options: argparse.Namespace) -> OwnAutoencoder:
    """The autoencoder of a design after `options.steps` steps."""
    torch.manual_seed(design.seed)
    random = np.random.default_rng(design.seed)
    model = OwnAutoencoder(design).to(options.device)
    critic = PatchCritic().to(options.device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    critic_optimizer = torch.optim.AdamW(critic.parameters(), lr=5e-4, betas=(0.5, 0.99))
    for step in range(options.steps):
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1.0, 2 * (1 - step / options.steps))
        image = crops(pool, random, options.batch, options.side).to(options.device)
        restored = model.restored(image)
        loss = reconstruction_loss(restored, image)
        against = design.adversarial and step > options.steps // 3
        if against:
            loss = loss - 0.02 * critic(restored).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if against:
            teach(critic, critic_optimizer, image, restored.detach())
    return model.cpu().eval()


def psnr(model: OwnAutoencoder, image: Tensor) -> float:
    """Of the round trip, in decibels."""
    with torch.no_grad():
        return float(-10 * torch.log10(functional.mse_loss(model(image), image)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=12, help="at most 18")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    real: List[Image] = [i for i in read_packs(options.pack) if i.row.label == "real" and i.row.split == "train"]
    pool = Balanced(real)
    for design in designs(options.count):
        if (options.out / f"{design.name}.pt").exists():
            continue
        began = time.monotonic()
        model = train_autoencoder(design, pool, options)
        save_autoencoder(model, options.out)
        quality = psnr(model, crops(pool, np.random.default_rng(0), 16, 128))
        print(f"{design.name}: {quality:.1f} dB, {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
