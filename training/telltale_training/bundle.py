"""Chooses originals for a machine that takes little luggage: folders of a fixed size, each with a manifest.

Sources take turns, so that a small bundle has a little of everything. JPEG and WebP files travel as they are, being the
most pixels for their bytes; of anything larger one textured window travels, as lossless WebP.
"""
import argparse
import csv
import shutil
import zlib
from collections import defaultdict
from itertools import zip_longest
from pathlib import Path
from typing import Dict, Iterator, List

import numpy as np
from PIL import Image as PillowImage

from .pack_crops import read_rgb
from .pack_originals import windows
from .refused import Refused, read_refused

Entry = Dict[str, str]
WINDOW = 384


def in_turns(entries: List[Entry], seed: int = 1) -> Iterator[Entry]:
    """Fakes and reals by turns, and among them one of every source before a second of any; shuffled within a source."""
    random = np.random.default_rng(seed)
    classes = []
    for label in ("fake", "real"):
        groups: Dict[str, List[Entry]] = defaultdict(list)
        for entry in entries:
            if entry["label"] == label:
                groups[Path(entry["path"]).parent.name].append(entry)
        orders = [[group[i] for i in random.permutation(len(group))] for _, group in sorted(groups.items())]
        classes.append([entry for turn in zip_longest(*orders) for entry in turn if entry is not None])
    return (entry for turn in zip_longest(*classes) for entry in turn if entry is not None)


def place(entry: Entry, source: Path, folder: Path, most_bytes: int) -> Entry:
    """Copies an image, or a window of it, into a bundle; returns its line of the manifest there."""
    original = source / entry["path"]
    target = folder / entry["path"]
    target.parent.mkdir(parents=True, exist_ok=True)
    small = original.stat().st_size <= most_bytes
    if small and entry["format"] in ("JPEG", "WEBP"):
        shutil.copyfile(original, target)
        return entry
    pixels, _ = read_rgb(original)
    random = np.random.default_rng(zlib.crc32(entry["path"].encode()))
    top, left, height, width = windows(pixels, WINDOW, 2, random)[0]
    target = target.with_name(f"{target.name}.webp")
    window = PillowImage.fromarray(pixels[top : top + height, left : left + width])
    window.save(target, "WEBP", lossless=True, quality=60, method=3)
    return {**entry, "path": str(target.relative_to(folder))}


def write_bundles(options: argparse.Namespace, refused: Refused) -> List[int]:
    """Fills one bundle after another; returns the number of images of each."""
    with open(options.manifest, newline="", encoding="utf-8") as file:
        entries = [entry for entry in csv.DictReader(file) if refused.reason(entry) is None]
    counts: List[int] = []
    turns = in_turns(entries)
    for number in range(options.bundles):
        folder = options.out / str(number + 1)
        placed: List[Entry] = []
        size = 0
        while size < options.megabytes * 1e6:
            entry = next(turns, None)
            if entry is None:
                break
            try:
                placed.append(place(entry, options.manifest.parent, folder, options.most_bytes))
            except (OSError, ValueError, SyntaxError):
                continue
            size += (folder / placed[-1]["path"]).stat().st_size
        if placed:
            write_manifest(folder / "manifest.csv", placed)
        counts.append(len(placed))
    return counts


def write_manifest(path: Path, entries: List[Entry]) -> None:
    """The lines of a bundle."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(entries[0]))
        writer.writeheader()
        writer.writerows(entries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--kept-apart", type=Path, required=True)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--bundles", type=int, default=4)
    parser.add_argument("--megabytes", type=float, default=45, help="of each bundle")
    parser.add_argument("--most-bytes", type=int, default=400_000, help="larger files travel as a window")
    options = parser.parse_args()
    print(write_bundles(options, read_refused(options.kept_apart, options.index)))


if __name__ == "__main__":
    main()
