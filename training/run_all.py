"""Runs the models' own configurations, the baselines and the ablations, one after another, each with the same budget.

    python3 training/run_all.py --list
    python3 training/run_all.py --pack P1 P2 --out RUNS --budget-minutes 10 [--only fast-budget npr]

The budget is time of the processor, so that runs can be compared whatever else the machine does. What was finished is left
alone, what was interrupted goes on. `--table` prints what the runs reached.
"""
import argparse
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple

TRAINING = Path(__file__).resolve().parent
MODELS = TRAINING.parent / "models"


def known() -> Dict[str, Path]:
    """Configurations by name: for each model the runs that it starts from and its own, then the experiments."""
    models = {}
    for path in sorted(MODELS.glob("*/train.json")):
        for start in starts_of(path):
            models[start.name] = start.config
        models[path.parent.name] = path
    return {**models, **{path.stem: path for path in sorted((TRAINING / "experiments").glob("*.json"))}}


class Start(NamedTuple):
    """A run that another starts from: `fast-bank` for `train-bank.json` in `models/fast`."""

    name: str
    config: Path


def starts_of(config: Path) -> List[Start]:
    """What a configuration, or the one it is based on, starts from: nothing for most."""
    said = json.loads(config.read_text())
    if "start" not in said and "base" in said:
        return starts_of(config.parent / said["base"])
    paths = [(config.parent / name).resolve() for name in said.get("start", [])]
    return [Start(f"{path.parent.name}-{path.stem.removeprefix('train-')}", path) for path in paths]


def last_validation(folder: Path) -> Dict:
    """The last line of a run's `validation.jsonl`, empty without one."""
    path = folder / "validation.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return json.loads(lines[-1]) if lines else {}


def print_table(names: List[str], out: Path) -> None:
    """Mean over generators of the AUC, a row a run."""
    print("| run | steps | minutes | as it is | JPEG 90 | JPEG 75 | half | half + JPEG 90 |")
    print("|---|---|---|---|---|---|---|---|")
    for name in names:
        entry = last_validation(out / name)
        if not entry:
            continue
        cells = [
            f"{entry['tables'][key]['meanGeneratorAuc']:.3f}" if key in entry["tables"] else ""
            for key in ("none", "jpeg90", "jpeg75", "half", "half+jpeg90")
        ]
        print(f"| {name} | {entry['step']} | {entry['seconds'] / 60:.0f} | {' | '.join(cells)} |")


def run(name: str, config: Path, options: argparse.Namespace) -> int:
    """Trains one configuration in a process of its own; returns its exit status."""
    command = [sys.executable, "-m", "telltale_training.train", "--config", str(config.resolve()), "--resume"]
    command += ["--out", str((options.out / name).resolve()), "--pack", *(str(p.resolve()) for p in options.pack)]
    command += ["--minutes", str(options.minutes)]
    command += ["--budget-minutes", str(options.budget_minutes), "--workers", str(options.workers)]
    command += ["--threads", str(options.threads), "--evaluate-steps", str(options.evaluate_steps)]
    starts = [str((options.out / start.name).resolve()) for start in starts_of(config)]
    command += ["--start", *starts] if starts else []
    if options.steps is not None:
        command += ["--steps", str(options.steps)]
    return subprocess.run(command, cwd=TRAINING, check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--table", action="store_true", help="print what the runs of --out reached")
    parser.add_argument("--only", nargs="+", metavar="NAME")
    parser.add_argument("--pack", type=Path, nargs="+", default=[])
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--budget-minutes", type=float, default=math.inf, help="of the processor, for each")
    parser.add_argument("--minutes", type=float, default=math.inf, help="for each, from where it stands")
    parser.add_argument("--steps", type=int, help="instead of the recipe's: the learning rate ends with them")
    parser.add_argument("--evaluate-steps", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    configs = {name: path for name, path in known().items() if not options.only or name in options.only}
    if options.list:
        for name, path in configs.items():
            print(f"{name}: {json.loads(path.read_text()).get('why', 'a model of ours')}")
        return
    if not options.table:
        for name, path in configs.items():
            status = run(name, path, options)
            if status != 0:
                print(f"{name}: stopped with status {status}", file=sys.stderr)
    print_table(list(configs), options.out)


if __name__ == "__main__":
    main()
