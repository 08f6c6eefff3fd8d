"""Packs windows of full-size images that a manifest lists (columns path, label, source, generator, repository, blob).

Refuses what validation or the collection kept apart holds: by blob, by repository, and by generator where validation
keeps a whole family unseen.
"""
import argparse
import csv
import zlib
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np
from PIL import Image as PillowImage

from .chance import Odds
from .degrade import KERNELS
from .pack_crops import Compression, read_rgb
from .pack_format import PackWriter, Row
from .refused import read_refused

Window = Tuple[int, int, int, int]
SMALLEST_TO_RESIZE = 640
"""Shorter side, in pixels, from which `--resized` takes a picture."""
SHRINKING = Odds.of({"box": 0.15, "bilinear": 0.3, "hamming": 0.1, "bicubic": 0.25, "lanczos": 0.2})


def windows(pixels: np.ndarray, side: int, most: int, random: np.random.Generator) -> List[Window]:
    """Up to `most` windows (top, left, height, width), the more textured half of random candidates."""
    height, width = pixels.shape[:2]
    rows, columns = min(side, height), min(side, width)
    count = min(most, max(1, int(1.5 * height * width / (side * side))))
    candidates = {
        (int(random.integers(height - rows + 1)), int(random.integers(width - columns + 1)), rows, columns)
        for _ in range(2 * count if count > 1 else 1)
    }
    grey = pixels[..., 1].astype(np.float32)

    def texture(window: Window) -> float:
        top, left, *_ = window
        return float(np.abs(np.diff(grey[top : top + rows : 4, left : left + columns], axis=1)).mean())

    return sorted(sorted(candidates), key=texture, reverse=True)[:count]


def web_sized(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The whole picture made smaller, as web sites do: its shorter side 360 px to four fifths of it."""
    height, width = pixels.shape[:2]
    short = min(height, width)
    scale = float(np.exp(random.uniform(np.log(360), np.log(0.8 * short)))) / short
    kernel = KERNELS[SHRINKING.pick(random)]
    size = (round(width * scale), round(height * scale))
    return np.asarray(PillowImage.fromarray(pixels).resize(size, kernel))


def pack_originals(options: argparse.Namespace) -> Dict[str, int]:
    """Adds what the manifest lists and the pack does not have; returns how many images went which way."""
    refused = read_refused(options.kept_apart, options.index)
    writer = PackWriter(options.out)
    done = {row.key.split("#")[0] for row in writer.rows}
    counts: Dict[str, int] = {}
    for manifest in options.manifest:
        with open(manifest, newline="", encoding="utf-8") as file:
            for entry in csv.DictReader(file):
                result = "there" if entry["path"] in done else refused.reason(entry)
                result = result or ("left out" if entry["source"] in options.leave_out else None)
                result = result or _add(entry, manifest.parent, writer, options)
                counts[result] = counts.get(result, 0) + 1
    writer.close()
    return counts


def _add(entry: Dict[str, str], folder: Path, writer: PackWriter, options: argparse.Namespace) -> str:
    try:
        pixels, compression = read_rgb(folder / entry["path"])
    except (OSError, ValueError, SyntaxError):
        return "unreadable"
    if min(pixels.shape[:2]) < options.least:
        return "too small"
    random = np.random.default_rng(zlib.crc32(entry["path"].encode()))
    key = entry["path"]
    if options.resized:
        if min(pixels.shape[:2]) < SMALLEST_TO_RESIZE:
            return "too small"
        pixels, compression = web_sized(pixels, random), Compression()
        key = f"{key}#resized"
    for top, left, height, width in windows(pixels, options.side, options.windows, random):
        row = Row(f"{key}#{top},{left}", entry["label"], "train", entry["source"], entry["generator"], 0, 0)
        row.top, row.left = top, left
        row.tables, row.subsampling = compression.tables, compression.subsampling
        writer.add(row, pixels[top : top + height, left : left + width])
    return f"packed {entry['label']}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", type=Path, nargs="+", required=True, help="paths in it are relative to its folder")
    parser.add_argument("--kept-apart", type=Path, required=True)
    parser.add_argument("--index", type=Path, required=True, help="index.csv with the validation split")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--side", type=int, default=320)
    parser.add_argument(
        "--resized",
        action="store_true",
        help="windows of pictures made smaller: at native pixels a camera's original shows noise and blur, which no "
        "picture of a web page does, while generated ones are sharp",
    )
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="SOURCE", help="sources that are not wanted")
    parser.add_argument("--windows", type=int, default=6, help="most windows an image")
    parser.add_argument("--least", type=int, default=112, help="shortest side of an image that is taken, in pixels")
    print(pack_originals(parser.parse_args()))


if __name__ == "__main__":
    main()
