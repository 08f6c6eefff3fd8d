"""Lays out the training originals of a manifest from git directories that are already at hand.

Fetches nothing: `--git` holds one git directory (bare or with a work tree) a repository, named `owner+name`;
`--packages` the unpacked Debian packages of sources `deb:NAME`. Every file is found by its blob id, checked against it,
and written below `--out`; images that lie in a sheet are cut out, losslessly where the sheet is a JPEG (needs jpegtran).
"""
import argparse
import csv
import gzip
import hashlib
import io
import subprocess
from pathlib import Path
from typing import Dict, Iterator, Optional, Set, Tuple

from PIL import Image as PillowImage

Entry = Dict[str, str]
Box = Tuple[int, int, int, int]


def blob_id(data: bytes) -> str:
    """The id that git gives a file of this content (sha1 with git's header)."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def git_directory(folder: Path, repository: str) -> Optional[Path]:
    """The git directory of `owner/name` below `folder`, or None."""
    root = folder / repository.replace("/", "+")
    candidates = (root / "repo" / ".git", root / "repo", root / ".git", root)
    return next((path for path in candidates if (path / "objects").is_dir()), None)


def read_blob(entry: Entry, options: argparse.Namespace) -> Optional[bytes]:
    """An original's bytes, or None where it is not at hand or is another version."""
    repository = entry["repository"]
    if repository.startswith("deb:"):
        path = options.packages and options.packages / repository[4:] / entry["original_path"]
        data = path.read_bytes() if path and path.is_file() else b""
    else:
        directory = git_directory(options.git, repository)
        command = ["git", "--git-dir", str(directory), "cat-file", "blob", entry["blob"]]
        data = b"" if directory is None else subprocess.run(command, capture_output=True, check=False).stdout
    return data if blob_id(data) == entry["blob"] else None


def cut(data: bytes, box: Box) -> bytes:
    """The part x, y, width, height of an image file: of a JPEG without decoding, of anything else as PNG."""
    left, top, width, height = box
    image = PillowImage.open(io.BytesIO(data))
    if image.format == "JPEG":
        command = ["jpegtran", "-copy", "none", "-crop", f"{width}x{height}+{left}+{top}"]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout
    out = io.BytesIO()
    image.crop((left, top, left + width, top + height)).convert("RGB").save(out, "PNG")
    return out.getvalue()


def read_kept_apart(path: Path) -> Set[str]:
    """The sha256 of repositories and blobs that must not be trained on."""
    return {line.split()[-1] for line in path.read_text().splitlines() if line and not line.startswith("#")}


def read_manifest(path: Path) -> Iterator[Entry]:
    """The lines of a manifest, plain or gzipped."""
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def lay_out(entry: Entry, kept_apart: Set[str], options: argparse.Namespace) -> str:
    """Writes one image and says what became of it."""
    names = (entry["repository"].lower(), entry["blob"])
    if any(hashlib.sha256(name.encode()).hexdigest() in kept_apart for name in names):
        return "kept apart"
    target = options.out / entry["path"]
    if target.exists():
        return "there"
    data = read_blob(entry, options)
    if data is None:
        return "not at hand"
    if entry["box"]:
        left, top, width, height = map(int, entry["box"].split(","))
        data = cut(data, (left, top, width, height))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return "written"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", type=Path, default=Path(__file__).parent / "originals.csv.gz")
    parser.add_argument("--kept-apart", type=Path, required=True)
    parser.add_argument("--git", type=Path, required=True, help="folder of git directories, owner+name")
    parser.add_argument("--packages", type=Path, help="folder of unpacked Debian packages")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    kept_apart, counts = read_kept_apart(options.kept_apart), {}
    options.out.mkdir(parents=True, exist_ok=True)
    with open(options.out / "manifest.csv", "w", newline="", encoding="utf-8") as file:
        writer = None
        for entry in read_manifest(options.manifest):
            result = lay_out(entry, kept_apart, options)
            counts[result] = counts.get(result, 0) + 1
            if result in ("written", "there"):
                writer = writer or csv.DictWriter(file, entry)
                if file.tell() == 0:
                    writer.writeheader()
                writer.writerow(entry)
    print(counts)


if __name__ == "__main__":
    main()
