"""Writes a run's averaged network for Telltale's own importer: tensors as trained, the layer table, and known logits.

`node training/make-model.mjs` folds the normalisation, asks Telltale's engine for the golden logits, and compares them
with the ones written here.
"""
import argparse
import json
from pathlib import Path
from typing import Dict, Sequence

import numpy as np
import torch

from .checkpoints import load_trained
from .geometry import multiply_accumulates, receptive_field
from .golden import golden_input
from .layers import Convolution, Layer, Network, branches_of, module_name
from .safetensors_file import write_safetensors

GOLDEN_SIZE = (96, 80)
TRAINING_KEYS = ("zeroSum", "start", "fixed")


def plain_layers(layers: Sequence[Layer]) -> list:
    """The table without what only training knows."""
    result = []
    for layer in layers:
        kept = {key: value for key, value in layer.items() if key not in TRAINING_KEYS}
        for key in ("main", "skip"):
            if key in kept:
                kept[key] = plain_layers(kept[key])
        if "branches" in kept:
            kept["branches"] = [plain_layers(branch) for branch in kept["branches"]]
        result.append(kept)
    return result


def tensors_of(network: Network, layers: Sequence[Layer]) -> Dict[str, np.ndarray]:
    """All tensors by the names that the layers give them, kernels as they are applied."""
    tensors: Dict[str, np.ndarray] = {}
    for layer in layers:
        for branch in branches_of(layer):
            tensors.update(tensors_of(network, branch))
        if "name" not in layer:
            continue
        module = getattr(network, module_name(layer))
        values = {k: v for k, v in module.state_dict().items() if k != "num_batches_tracked"}
        if isinstance(module, Convolution):
            values["weight"] = module.effective_weight().detach()
        tensors.update({f"{layer['name']}.{k}": v.cpu().numpy() for k, v in values.items()})
    return tensors


def golden_of(network: Network, size: int) -> Dict[str, object]:
    """Logits of the known input, at least one receptive field large."""
    width, height = (max(length, size) for length in GOLDEN_SIZE)
    with torch.no_grad():
        image = torch.from_numpy(golden_input(width, height)).permute(2, 0, 1)[None]
        grid = network(image)[0]
    return {
        "widthPx": width,
        "heightPx": height,
        "rows": grid.shape[1],
        "columns": grid.shape[2],
        "logits": [float(value) for value in grid.permute(1, 2, 0).flatten()],
    }


def export(run: Path, out: Path) -> Dict[str, object]:
    """Writes `weights.safetensors` and `network.json`; returns the latter."""
    config, step, network = load_trained(run, torch.device("cpu"))
    field = receptive_field(config["network"])
    out.mkdir(parents=True, exist_ok=True)
    tensors = tensors_of(network, config["network"])
    write_safetensors(out / "weights.safetensors", tensors)
    description = {
        "id": config["id"],
        "name": config.get("name", config["id"]),
        "step": step,
        "layers": plain_layers(config["network"]),
        "classes": config.get("classes", ["fake"]),
        "golden": golden_of(network, field.size),
        "gmacAt512": multiply_accumulates(config["network"], 512) / 1e9,
    }
    (out / "network.json").write_text(json.dumps(description, indent=1) + "\n")
    return description


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder of a run, with its checkpoint")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    done = export(options.run, options.out)
    print(f"{done['id']} at step {done['step']}: {done['gmacAt512']:.2f} GMAC at 512 x 512")


if __name__ == "__main__":
    main()
