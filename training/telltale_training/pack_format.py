"""Packs: many small images in one file of raw pixels, so that reading a window costs nothing.

A pack is a folder with `pixels.u8` (RGB rows of all images, one after another) and `rows.jsonl` (a line an image).
Paths in it are relative to the folder that was packed.
"""
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Optional

import numpy as np


@dataclass
class Row:
    """One image of a pack. `of` names the real image that a round trip was made from.

    `top` and `left` say where in that image it lies, or where in its own file.
    """

    key: str
    label: str
    split: str
    source: str
    generator: str
    height: int
    width: int
    offset: int = 0
    kind: str = ""
    of: Optional[str] = None
    top: int = 0
    left: int = 0
    decoder: str = ""
    tables: Optional[List[List[int]]] = field(default=None)
    """Quantisation tables of the JPEG file that it came from."""
    subsampling: Optional[int] = None
    """That file's chroma subsampling as Pillow counts it: 0 is 4:4:4, 1 is 4:2:2, 2 is 4:2:0."""


class PackWriter:
    """Appends images to a pack; what an earlier, interrupted run wrote is kept."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.rows = _read_rows(folder) if (folder / "rows.jsonl").exists() else []
        self._end = max((row.offset + row.height * row.width * 3 for row in self.rows), default=0)
        self._pixels = open(folder / "pixels.u8", "r+b" if (folder / "pixels.u8").exists() else "w+b")
        self._pixels.truncate(self._end)
        self._pixels.seek(self._end)
        _cut_torn_line(folder / "rows.jsonl")
        self._lines = open(folder / "rows.jsonl", "a", encoding="utf-8")

    def has(self, key: str) -> bool:
        """Whether an image of that key is in the pack."""
        return any(row.key == key for row in self.rows)

    def add(self, row: Row, pixels: np.ndarray) -> None:
        """Appends `pixels` [h, w, 3] uint8; fills in the row's size and offset."""
        row.height, row.width = pixels.shape[:2]
        row.offset = self._end
        self._pixels.write(np.ascontiguousarray(pixels).tobytes())
        self._pixels.flush()
        self._end += pixels.size
        self.rows.append(row)
        # A line is written after its pixels: a torn run leaves pixels that no line names.
        self._lines.write(json.dumps({k: v for k, v in asdict(row).items() if v not in (None, "")}) + "\n")
        self._lines.flush()

    def close(self) -> None:
        self._pixels.close()
        self._lines.close()


def _cut_torn_line(path: Path) -> None:
    if path.exists():
        content = path.read_bytes()
        path.write_bytes(content[: content.rfind(b"\n") + 1])


def _read_rows(folder: Path) -> List[Row]:
    with open(folder / "rows.jsonl", encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines if line.endswith("}\n")]
    return [Row(**{"generator": "", **entry}) for entry in entries]


@dataclass
class Image:
    """A row with access to its pixels."""

    row: Row
    pack: np.ndarray
    texture: Optional[np.ndarray] = None
    """See `texture.detail`; measured when pairs are to be matched."""

    @property
    def pixels(self) -> np.ndarray:
        """[h, w, 3] uint8, a view of the file."""
        row = self.row
        return self.pack[row.offset : row.offset + row.height * row.width * 3].reshape(row.height, row.width, 3)


def read_pack(folder: Path) -> List[Image]:
    """The images of one pack, in its order."""
    pixels = np.memmap(folder / "pixels.u8", np.uint8, "r")
    return [Image(row, pixels) for row in _read_rows(folder)]


def read_packs(
    folders: Iterable[Path], prepare: Callable[[Path, List[Image]], None] = lambda folder, images: None
) -> List[Image]:
    """All images of several packs; `prepare` sees each pack first.

    Raises ValueError where two packs hold images under one key.
    """
    found: Dict[str, Image] = {}
    for folder in folders:
        images = read_pack(folder)
        prepare(folder, images)
        own = {image.row.key: image for image in images}
        if found.keys() & own.keys():
            raise ValueError(f"{min(found.keys() & own.keys())} is in two packs")
        found.update(own)
    return list(found.values())
