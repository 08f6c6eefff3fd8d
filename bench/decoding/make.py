"""Writes pictures as files of many kinds, each beside what Pillow decodes it to.

    python3 bench/decoding/make.py PICTURE... --out FOLDER

The files come with NAME.rgb (interleaved RGB, rows from the top, EXIF orientation applied, over white) and files.json.
"""
import argparse
import json
from pathlib import Path

from PIL import Image, ImageOps, __version__, features

LONGEST_SIDE_PX = 768
KINDS = {
    "JPEG 4:4:4": ("jpg", {"quality": 90, "subsampling": 0}),
    "JPEG 4:2:2": ("jpg", {"quality": 90, "subsampling": 1}),
    "JPEG 4:2:0": ("jpg", {"quality": 90, "subsampling": 2}),
    "JPEG 4:2:0, quality 40": ("jpg", {"quality": 40, "subsampling": 2}),
    "JPEG 4:2:0, progressive": ("jpg", {"quality": 85, "subsampling": 2, "progressive": True}),
    "JPEG 4:2:0, turned by EXIF": ("jpg", {"quality": 90, "subsampling": 2, "turned": True}),
    "JPEG, grey": ("jpg", {"quality": 90, "mode": "L"}),
    "JPEG, CMYK": ("jpg", {"quality": 90, "mode": "CMYK"}),
    "WebP, lossy": ("webp", {"quality": 80}),
    "WebP, lossless": ("webp", {"lossless": True}),
    "PNG": ("png", {}),
    "PNG, palette": ("png", {"mode": "P"}),
    "PNG, transparent": ("png", {"mode": "RGBA"}),
    "WebP, lossy, transparent": ("webp", {"quality": 80, "mode": "RGBA"}),
}


def save(picture: Image.Image, path: Path, mode: str = "RGB", turned: bool = False, **options) -> None:
    if turned:
        exif = Image.Exif()
        exif[0x0112] = 6
        options["exif"] = exif
    converted = picture.convert(mode)
    if mode == "RGBA":
        converted.putalpha(Image.linear_gradient("L").resize(picture.size))
    converted.save(path, **options)


def decode(path: Path) -> Image.Image:
    """The picture as it is shown, over white."""
    picture = ImageOps.exif_transpose(Image.open(path))
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    shown = Image.new("RGB", picture.size, "white")
    shown.paste(picture.convert("RGB"), mask=picture.convert("RGBA").getchannel("A"))
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="+", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    files = []

    def note(name: str, kind: str) -> None:
        decoded = decode(arguments.out / name)
        (arguments.out / f"{name}.rgb").write_bytes(decoded.tobytes())
        files.append({"name": name, "kind": kind, "widthPx": decoded.width, "heightPx": decoded.height})

    for index, source in enumerate(sorted(arguments.pictures)):
        found = f"{index:02}-found{source.suffix.lower()}"
        (arguments.out / found).write_bytes(source.read_bytes())
        note(found, f"as found, {Image.open(source).format}")
        picture = decode(source)
        # Odd sides: the last block of a line and the last chroma sample are where decoders differ.
        width, height = ((min(side, LONGEST_SIDE_PX) - 1) | 1 for side in picture.size)
        picture = picture.crop((0, 0, width, height))
        for number, (kind, (suffix, options)) in enumerate(KINDS.items()):
            name = f"{index:02}-{number:02}.{suffix}"
            save(picture, arguments.out / name, **options)
            note(name, kind)
    reference = f"Pillow {__version__}, libjpeg-turbo {features.version('libjpeg_turbo')}, libwebp {features.version('webp')}"
    (arguments.out / "files.json").write_text(json.dumps({"reference": reference, "files": files}, indent=1))


if __name__ == "__main__":
    main()
