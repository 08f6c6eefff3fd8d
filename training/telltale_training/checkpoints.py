"""A run's checkpoint: written whole or not at all."""
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, NamedTuple, Sequence

import torch
from torch import Tensor

from .layers import Network
from .starts import joined_weights

if TYPE_CHECKING:
    from .train import Run

NAME = "checkpoint.pt"


def save_checkpoint(folder: Path, run: "Run", config: Dict) -> None:
    """Writes network, average, optimizer and position, and beside them the configuration that was used."""
    state = {
        "network": run.network.state_dict(),
        "average": run.average.values,
        "averageSteps": run.average.steps,
        "optimizer": run.optimizer.state_dict(),
        "step": run.step,
        "seconds": run.seconds,
        "worked": run.worked,
    }
    torch.save(state, folder / f"{NAME}.part")
    os.replace(folder / f"{NAME}.part", folder / NAME)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def changed_keys(folder: Path, config: Dict) -> List[str]:
    """What differs between `config` and that of the folder's run; the number of steps may. Empty without a run."""
    if not (folder / "config.json").exists():
        return []
    before = _flat(json.loads((folder / "config.json").read_text()))
    now = _flat(config)
    return sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))


def _flat(config: Dict) -> Dict:
    recipe = {f"recipe.{key}": value for key, value in config["recipe"].items() if key != "steps"}
    starts = [_flat(start) for start in config.get("start", [])]
    return {"network": config["network"], "seed": config["seed"], "start": starts, **recipe}


def load_starts(folders: Sequence[Path], starts: Sequence[Dict], run: "Run") -> None:
    """Gives `run` the averaged weights that other runs of ours ended with; `starts` are those runs' configurations.

    Raises ValueError where a folder holds another run, or one that is not at its end.
    """
    states = [_ended(folder, config) for folder, config in zip(folders, starts)]
    networks = [config["network"] for config in starts]
    state = states[0] if len(states) == 1 else joined_weights(run.network.layers, networks, states)
    run.network.load_state_dict(state)
    run.average.values = {key: value.clone() for key, value in run.network.state_dict().items()}


def _ended(folder: Path, config: Dict) -> Dict[str, Tensor]:
    if not (folder / NAME).exists():
        raise ValueError(f"{folder} holds no run to start from: train its configuration first")
    changed = changed_keys(folder, config)
    if changed:
        raise ValueError(f"{folder} holds a run of another configuration ({', '.join(changed)})")
    # Into the CPU's memory whatever the device: the network copies what it takes.
    state = torch.load(folder / NAME, map_location="cpu")
    if state["step"] < config["recipe"]["steps"]:
        raise ValueError(f"{folder} is at step {state['step']} of {config['recipe']['steps']}: let it end first")
    return state["average"]


class Trained(NamedTuple):
    """What a run has come to: its averaged network, in evaluation mode."""

    config: Dict
    step: int
    network: Network


def load_trained(folder: Path, device: torch.device) -> Trained:
    """The run of a folder as its last checkpoint has it."""
    config = json.loads((folder / "config.json").read_text())
    state = torch.load(folder / NAME, map_location="cpu")
    network = Network(config["network"])
    network.load_state_dict(state["average"])
    return Trained(config, state["step"], network.to(device, memory_format=torch.channels_last).eval())


def load_checkpoint(folder: Path, run: "Run") -> bool:
    """Sets `run` to where the checkpoint left it; False when there is none yet."""
    if not (folder / NAME).exists():
        return False
    state = torch.load(folder / NAME, map_location=run.device)
    run.network.load_state_dict(state["network"])
    run.average.values = state["average"]
    run.average.steps = state["averageSteps"]
    run.optimizer.load_state_dict(state["optimizer"])
    run.step, run.seconds, run.worked = state["step"], state["seconds"], state.get("worked", 0.0)
    return True
