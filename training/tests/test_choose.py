import tempfile
import unittest
from pathlib import Path

import numpy as np

from telltale_training.choose import choose
from telltale_training.pack_format import PackWriter, Row, read_packs
from telltale_training.texture import measure

from .support import picture


def images(folder: Path, windows: list) -> list:
    """`windows`: (source, picture, pixels), in the order in which they are packed."""
    writer = PackWriter(folder)
    for number, (source, name, pixels) in enumerate(windows):
        writer.add(Row(f"real/{source}/{name}#{number},0", "real", "train", source, "", 0, 0), pixels)
    writer.close()
    return read_packs([folder], measure)


class Choose(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def names(self, windows: list, *options: object, **more: object) -> list:
        folder = self.folder / str(len(list(self.folder.iterdir())))
        return [image.row.key.rsplit("/", 1)[1] for image in choose(images(folder, windows), *options, **more)]

    def test_takes_the_window_with_most_detail(self) -> None:
        flat, coarse, fine = np.zeros((64, 64, 3), np.uint8), picture(1, block=16), picture(1, block=2)
        windows = [("cam", "a", flat), ("cam", "a", fine), ("cam", "a", coarse), ("cam", "b", flat)]
        self.assertEqual(sorted(self.names(windows, 9)), ["a#1,0", "b#3,0"])

    def test_takes_so_many_pictures_a_source_whatever_else_there_is(self) -> None:
        many = [("many", str(index), picture(index)) for index in range(8)]
        few = [("few", str(index), picture(index)) for index in range(2)]
        beside_others, alone = self.names(many + few, 3), self.names(many, 3)
        self.assertEqual(len(beside_others), 5)
        self.assertEqual(beside_others[2:], alone)
        self.assertEqual(len(self.names(many + few, 3, leave_out=["many"])), 2)


if __name__ == "__main__":
    unittest.main()
