"""Safetensors files, as far as this package needs them: no dependency beside NumPy."""
import json
import struct
from pathlib import Path
from typing import Dict, Mapping

import numpy as np

_READ = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "F64": np.dtype("<f8")}


def read_safetensors(path: Path) -> Dict[str, np.ndarray]:
    """Tensors of a safetensors file by name, as float32. Raises ValueError for other element types."""
    content = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    body = memoryview(content)[8 + length :]
    return {name: _tensor(entry, body) for name, entry in header.items()}


def _tensor(entry: Mapping, body: memoryview) -> np.ndarray:
    start, stop = entry["data_offsets"]
    kind = entry["dtype"]
    if kind == "BF16":
        # bfloat16 is the upper half of a float32.
        upper = np.frombuffer(body[start:stop], "<u2").astype(np.uint32) << 16
        values = upper.view(np.float32)
    elif kind in _READ:
        values = np.frombuffer(body[start:stop], _READ[kind]).astype(np.float32)
    else:
        raise ValueError(f"elements of type {kind}")
    return values.reshape(entry["shape"])


def write_safetensors(path: Path, tensors: Mapping[str, np.ndarray]) -> None:
    """Writes float32 tensors, in the given order, with a header padded to 8 bytes."""
    header: Dict[str, Dict] = {}
    offset = 0
    for name, values in tensors.items():
        size = values.size * 4
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(np.ascontiguousarray(values, "<f4").tobytes())
