"""Packs a folder of crops with an `index.csv` (columns file, split, label, source, generator, kind)."""
import argparse
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Tuple

import numpy as np
from PIL import Image as PillowImage
from PIL import JpegImagePlugin

from .pack_format import PackWriter, Row


@dataclass(frozen=True)
class Compression:
    """What a JPEG file says of its own making; nothing for other files. See `Row`."""

    tables: Optional[List[List[int]]] = None
    subsampling: Optional[int] = None


def read_rgb(path: Path) -> Tuple[np.ndarray, Compression]:
    """Pixels [h, w, 3] with alpha over white, and how the file was compressed."""
    with PillowImage.open(path) as image:
        compression = _compression(image)
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            layered = image.convert("RGBA")
            white = PillowImage.new("RGBA", layered.size, "white")
            image = PillowImage.alpha_composite(white, layered)
        pixels = np.asarray(image.convert("RGB"))
    return pixels, compression


def _compression(image: PillowImage.Image) -> Compression:
    tables = getattr(image, "quantization", None)
    if not tables:
        return Compression()
    return Compression([list(tables[key]) for key in sorted(tables)], JpegImagePlugin.get_sampling(image))


def pack_crops(data: Path, out: Path) -> int:
    """Writes the pack and returns its number of images; files already in it are not read again."""
    writer = PackWriter(out)
    known = {row.key for row in writer.rows}
    with open(data / "index.csv", newline="", encoding="utf-8") as file:
        for entry in csv.DictReader(file):
            if entry["file"] in known:
                continue
            pixels, compression = read_rgb(data / entry["file"])
            row = Row(
                key=entry["file"],
                label=entry["label"],
                split=entry["split"],
                source=entry["source"],
                generator=entry["generator"],
                kind=entry["kind"],
                height=0,
                width=0,
                tables=compression.tables,
                subsampling=compression.subsampling,
            )
            writer.add(row, pixels)
    writer.close()
    return len(writer.rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv and the files it names")
    parser.add_argument("--out", type=Path, required=True, help="the pack's folder")
    arguments = parser.parse_args()
    print(f"{pack_crops(arguments.data, arguments.out)} images")


if __name__ == "__main__":
    main()
