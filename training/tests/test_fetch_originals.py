import argparse
import hashlib
import io
import subprocess
import tempfile
import unittest
from pathlib import Path

from PIL import Image as PillowImage

from fetch_originals import blob_id, lay_out, read_manifest


def _png(colour: int) -> bytes:
    out = io.BytesIO()
    image = PillowImage.new("RGB", (8, 4), (colour, 0, 0))
    image.putpixel((6, 1), (0, 255, 0))
    image.save(out, "PNG")
    return out.getvalue()


class FetchOriginals(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.data = _png(9)
        repository = self.folder / "git" / "owner+name"
        subprocess.run(["git", "init", "-q", str(repository)], check=True)
        command = ["git", "-C", str(repository), "hash-object", "-w", "--stdin"]
        written = subprocess.run(command, input=self.data, capture_output=True, check=True).stdout.decode().strip()
        self.assertEqual(written, blob_id(self.data))
        self.options = argparse.Namespace(git=self.folder / "git", packages=None, out=self.folder / "out")

    def entry(self, **changes: str) -> dict:
        row = {"path": "fake/x/a.png", "repository": "owner/name", "blob": blob_id(self.data), "box": ""}
        return {**row, **changes}

    def test_writes_the_blob_itself(self) -> None:
        self.assertEqual(lay_out(self.entry(), set(), self.options), "written")
        self.assertEqual((self.folder / "out/fake/x/a.png").read_bytes(), self.data)
        self.assertEqual(lay_out(self.entry(), set(), self.options), "there")

    def test_cuts_a_cell_out_of_a_sheet(self) -> None:
        self.assertEqual(lay_out(self.entry(box="6,0,2,3"), set(), self.options), "written")
        cell = PillowImage.open(self.folder / "out/fake/x/a.png")
        self.assertEqual(cell.size, (2, 3))
        self.assertEqual(cell.getpixel((0, 1)), (0, 255, 0))

    def test_refuses_what_is_kept_apart_by_repository_or_blob(self) -> None:
        for name in ("owner/name", blob_id(self.data)):
            kept_apart = {hashlib.sha256(name.encode()).hexdigest()}
            self.assertEqual(lay_out(self.entry(repository="Owner/Name"), kept_apart, self.options), "kept apart")
        self.assertFalse((self.folder / "out").exists())

    def test_says_what_is_not_at_hand(self) -> None:
        for changes in ({"blob": "0" * 40}, {"repository": "owner/other"}, {"repository": "deb:none"}):
            entry = self.entry(original_path="a.png", **changes)
            self.assertEqual(lay_out(entry, set(), self.options), "not at hand")

    def test_the_committed_manifest_names_every_image_once(self) -> None:
        rows = list(read_manifest(Path(__file__).parent.parent / "originals.csv.gz"))
        self.assertEqual(len({row["path"] for row in rows}), len(rows))
        self.assertLessEqual({row["label"] for row in rows}, {"real", "fake"})


if __name__ == "__main__":
    unittest.main()
