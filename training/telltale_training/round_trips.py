"""Makes twins of real images: a window encoded and decoded by an autoencoder, packed beside where it came from."""
import argparse
import zlib
from pathlib import Path
from typing import Callable, Dict, List

import numpy as np
import torch
from torch import Tensor

from .own_autoencoders import load_autoencoders
from .pack_format import Image, PackWriter, Row, read_packs
from .tiny_autoencoders import TINY, TinyAutoencoder

RoundTrip = Callable[[Tensor], Tensor]


def round_trip(model: RoundTrip, pixels: np.ndarray, device: str = "cpu") -> np.ndarray:
    """`pixels` [h, w, 3] uint8, sides multiples of 8, through `model`; rounded to uint8."""
    with torch.no_grad():
        image = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float() / 255
        restored = model(image.to(device, memory_format=torch.channels_last)).cpu()
    return (restored[0].permute(1, 2, 0) * 255).round().clamp(0, 255).to(torch.uint8).numpy()


def add_twins(real: List[Image], models: Dict[str, RoundTrip], writer: PackWriter, options: argparse.Namespace) -> None:
    """One twin an image and pass. Which model and which window follows from the key, so a run can be taken up again."""
    names = sorted(models)
    done = {row.key for row in writer.rows}
    for image in real:
        seed = zlib.crc32(f"{options.seed} {image.row.key}".encode())
        random = np.random.default_rng(seed)
        name = names[int(random.integers(len(names)))]
        side = min(options.side, image.row.height // 8 * 8, image.row.width // 8 * 8)
        # On the grid of 16 px that JPEG's blocks have, half of the time: a twin can then be saved as its real was.
        step = 16 if random.random() < 0.5 else 1
        top = int(random.integers((image.row.height - side) // step + 1)) * step
        left = int(random.integers((image.row.width - side) // step + 1)) * step
        key = f"{options.pass_name}/{name}/{image.row.key}"
        if key in done or side < options.least:
            continue
        twin = round_trip(models[name], image.pixels[top : top + side, left : left + side], options.device)
        row = Row(key, "fake", "train", image.row.source, f"round-trip-{name}", 0, 0)
        row.of, row.top, row.left, row.decoder = image.row.key, top, left, name
        writer.add(row, twin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, nargs="+", required=True, help="packs with the real training images")
    parser.add_argument("--weights", type=Path, help="folder of the published tiny autoencoders")
    parser.add_argument("--own", type=Path, help="folder that train_autoencoders wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pass-name", default="tiny-1", help="first part of the keys; another one makes further twins")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--side", type=int, default=192)
    parser.add_argument("--least", type=int, default=112, help="shortest side of a window, in pixels")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    real = [i for i in read_packs(options.pack) if i.row.label == "real" and i.row.split == "train"]
    models: Dict[str, RoundTrip] = {}
    if options.weights is not None:
        models = {name: TinyAutoencoder(name, options.weights) for name in TINY}
    if options.own is not None:
        models.update(load_autoencoders(options.own))
    for model in models.values():
        model.to(options.device, memory_format=torch.channels_last)
    writer = PackWriter(options.out)
    add_twins(real, models, writer, options)
    writer.close()
    print(f"{len(writer.rows)} twins")


if __name__ == "__main__":
    main()
