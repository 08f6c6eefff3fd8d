"""Training configurations: a whole `train.json`, or one that names another and what it changes of it.

`start` names the configurations of the runs whose weights a run begins with; without it, weights are random.
"""
import json
from pathlib import Path
from typing import Dict


def load_config(path: Path) -> Dict:
    """The configuration of a file: `base` and `networkFile` are relative to it, `recipe` is merged into the base's."""
    config = json.loads(path.read_text())
    if "start" in config:
        config["start"] = [load_config(path.parent / name) for name in config["start"]]
    if "base" in config:
        base = load_config(path.parent / config.pop("base"))
        recipe = {**base["recipe"], **config.get("recipe", {})}
        config = {**base, **config, "recipe": recipe}
    if "networkFile" in config:
        config["network"] = json.loads((path.parent / config.pop("networkFile")).read_text())
    return config
