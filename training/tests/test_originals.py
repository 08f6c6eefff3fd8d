import csv
import hashlib
import tempfile
import unittest
from argparse import Namespace
from pathlib import Path

from PIL import Image as PillowImage

from telltale_training.bundle import write_bundles
from telltale_training.pack_crops import read_rgb
from telltale_training.pack_format import read_packs
from telltale_training.pack_originals import pack_originals
from telltale_training.refused import read_refused

from .support import picture

COLUMNS = ("path", "label", "source", "generator", "repository", "blob", "format")
INDEX_COLUMNS = ("split", "repo", "blob")
KEPT_APART = (("repo", "kept/apart"), ("blob", "k1"))


class Originals(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.entries = []

    def add(self, path: str, label: str, generator: str = "", repository: str = "a/b", **more: object) -> None:
        side, blob = more.get("side", 128), more.get("blob", "")
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        PillowImage.fromarray(picture(len(self.entries), side)).save(file)
        source = path.split("/")[1]
        form = "JPEG" if path.endswith("jpg") else "PNG"
        self.entries.append((path, label, source, generator, repository, blob, form))

    def pack(self, resized: bool = False) -> dict:
        table(self.folder / "manifest.csv", COLUMNS, self.entries)
        index = [("val", "Val/Only", "b1"), ("val", "both/here", "b2"), ("train", "both/here", "b3")]
        table(self.folder / "index.csv", INDEX_COLUMNS, index)
        hashes = [f"{kind} {hashlib.sha256(name.encode()).hexdigest()}\n" for kind, name in KEPT_APART]
        (self.folder / "kept-apart.txt").write_text("".join(["# which\n", *hashes]))
        options = Namespace(
            manifest=[self.folder / "manifest.csv"],
            kept_apart=self.folder / "kept-apart.txt",
            index=self.folder / "index.csv",
            out=self.folder / ("resized" if resized else "pack"),
            side=64,
            windows=3,
            least=112,
            resized=resized,
            leave_out=["monotonous"],
        )
        return pack_originals(options)

    def test_refuses_what_must_not_be_trained_on(self) -> None:
        self.add("real/cam/a.png", "real")
        self.add("fake/new/b.png", "fake", "New")
        self.add("fake/kept/c.png", "fake", "New", "Kept/Apart")
        self.add("fake/kept/d.png", "fake", "New", "x/y", blob="k1")
        self.add("real/val/e.png", "real", "", "val/only")
        self.add("real/val/f.png", "real", "", "both/here", blob="b2")
        self.add("real/val/g.png", "real", "", "both/here", blob="b3")
        self.add("fake/kolors/h.png", "fake", "Kwai Kolors")
        self.add("fake/monotonous/j.png", "fake", "New")
        self.add("fake/torn/i.png", "fake", "New")
        (self.folder / "fake/torn/i.png").write_bytes(b"no picture")
        counts = self.pack()
        refused = {"left out": 1, "kept apart": 2, "in validation": 2, "family kept unseen": 1, "unreadable": 1}
        self.assertEqual(counts, {"packed real": 2, "packed fake": 1, **refused})
        rows = [image.row for image in read_packs([self.folder / "pack"])]
        self.assertEqual({row.source for row in rows}, {"cam", "new", "val"})
        self.assertTrue(all(row.height == 64 and row.split == "train" for row in rows))
        self.assertEqual(self.pack()["there"], 3)

    def test_rows_say_how_their_file_was_saved_and_where_they_lie_in_it(self) -> None:
        self.add("real/cam/a.jpg", "real", side=200)
        self.pack()
        rows = [image.row for image in read_packs([self.folder / "pack"])]
        self.assertTrue(all(f"#{row.top},{row.left}" in row.key for row in rows))
        self.assertEqual({row.subsampling for row in rows}, {2})
        self.assertEqual({len(row.tables) for row in rows}, {2})

    def test_large_pictures_are_packed_smaller_too(self) -> None:
        self.add("real/cam/a.png", "real", side=800)
        self.add("real/cam/b.png", "real", side=600)
        self.assertEqual(self.pack(resized=True), {"packed real": 1, "too small": 1})
        rows = [image.row for image in read_packs([self.folder / "resized"])]
        self.assertTrue(all(row.key.startswith("real/cam/a.png#resized#") for row in rows))
        self.assertEqual(rows[0].height, 64)

    def test_bundles_hold_every_source_before_any_twice(self) -> None:
        for index in range(3):
            self.add(f"fake/many/{index}.jpg", "fake", "Many")
        self.add("fake/few/a.png", "fake", "Few")
        self.add("real/cam/b.jpg", "real")
        self.add("fake/kept/c.jpg", "fake", "New", "Kept/Apart")
        self.pack()
        options = Namespace(manifest=self.folder / "manifest.csv", out=self.folder / "bundles", bundles=2)
        options.megabytes, options.most_bytes = 0.002, 1_000_000
        refused = read_refused(self.folder / "kept-apart.txt", self.folder / "index.csv")
        counts = write_bundles(options, refused)
        self.assertGreater(counts[0], 0)
        with open(options.out / "1" / "manifest.csv", newline="") as file:
            first = [entry["path"] for entry in csv.DictReader(file)]
        self.assertEqual(first[0], "fake/few/a.png.webp")
        pixels, _ = read_rgb(options.out / "1" / first[0])
        self.assertEqual(pixels.shape, (128, 128, 3))


def table(path: Path, columns: tuple, rows: list) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([columns, *rows])
