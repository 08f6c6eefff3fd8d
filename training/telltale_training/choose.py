"""Chooses windows of packs: of each picture the one with most detail, of each source so many pictures at most.

Flat windows carry a label and no trace, and many pictures of one source teach that source: a network that trains on
all windows does worse on sources that it has never seen (RUNS.md).
"""
import argparse
import zlib
from pathlib import Path
from typing import Dict, List, Sequence

from .pack_format import Image, PackWriter, read_packs
from .texture import measure


def choose(images: Sequence[Image], per_source: int, leave_out: Sequence[str] = ()) -> List[Image]:
    """One window a picture and up to `per_source` pictures a source; `images` have their `texture`.

    Which pictures depends on their names alone, so that another source more or less changes nothing for the rest.
    """
    pictures: Dict[str, Image] = {}
    for image in images:
        name = image.row.key.split("#")[0]
        if name not in pictures or image.texture.sum() > pictures[name].texture.sum():
            pictures[name] = image
    sources: Dict[str, List[str]] = {}
    for name, image in pictures.items():
        if image.row.source not in leave_out:
            sources.setdefault(image.row.source, []).append(name)
    return [
        pictures[name]
        for source in sorted(sources)
        for name in sorted(sources[source], key=lambda name: zlib.crc32(name.encode()))[:per_source]
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--per-source", type=int, default=15)
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="SOURCE", help="sources that are not wanted")
    options = parser.parse_args()
    writer = PackWriter(options.out)
    there = {row.key for row in writer.rows}
    for image in choose(read_packs(options.pack, measure), options.per_source, options.leave_out):
        if image.row.key not in there:
            writer.add(image.row, image.pixels)
    print(f"{len(writer.rows)} windows")
    writer.close()


if __name__ == "__main__":
    main()
