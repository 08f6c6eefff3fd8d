"""Trains the network of a `train.json`, on a CPU or a GPU; may be stopped at any time and resumed."""
import argparse
import json
import math
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List

import torch
import torch.nn.functional as functional
from torch import Tensor, nn
from torch.utils.data import DataLoader

from .averaging import Average
from .batches import Batch, Batches
from .checkpoints import changed_keys, load_checkpoint, load_starts, save_checkpoint
from .configs import load_config
from .evaluate_quick import VARIANTS, WHILE_TRAINING, evaluate
from .geometry import grid_length, receptive_field
from .layers import Network
from .pack_format import Image, read_packs
from .texture import measure


@dataclass
class Run:
    """Everything that a checkpoint holds."""

    network: Network
    average: Average
    optimizer: torch.optim.Optimizer
    device: torch.device
    step: int = 0
    seconds: float = 0.0
    worked: float = 0.0
    """Seconds of the processor for the steps alone, validation left out."""
    losses: List[float] = field(default_factory=list)


def loss_of(logits: Tensor, batch: Batch, smoothing: float, patch_share: float = 0.5) -> Tensor:
    """`patch_share` of the patches' loss, the rest that of the pictures' mean logits."""
    grid = logits[:, 0]
    smooth = lambda target: target * (1 - smoothing) + smoothing / 2
    patches = functional.binary_cross_entropy_with_logits(grid, smooth(batch.targets))
    pictures = functional.binary_cross_entropy_with_logits(
        grid.mean((1, 2)), smooth(batch.labels), weight=batch.image_weight, reduction="sum"
    )
    pictures = pictures / batch.image_weight.sum().clamp(min=1)
    return patch_share * patches + (1 - patch_share) * pictures


def learning_rate(recipe: Dict, step: int, spent: float = 0.0) -> float:
    """A short linear start, then a cosine down to a hundredth at the last step or when all of the budget is `spent`."""
    warm = min(1.0, (step + 1) / recipe["warmUpSteps"])
    progress = min(1.0, max(step / recipe["steps"], spent))
    return recipe["learningRate"] * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))


def optimizer_for(network: nn.Module, recipe: Dict) -> torch.optim.Optimizer:
    """AdamW; what has one dimension (norms, biases) does not decay."""
    trained = [p for p in network.parameters() if p.requires_grad]
    decayed = [p for p in trained if p.ndim > 1]
    others = [p for p in trained if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe["weightDecay"]}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe["learningRate"])


def start_run(config: Dict, device: torch.device) -> Run:
    """A network at its random start."""
    torch.manual_seed(config["seed"])
    network = Network(config["network"]).to(device, memory_format=torch.channels_last)
    average = Average(network, config["recipe"]["averageDecay"])
    return Run(network, average, optimizer_for(network, config["recipe"]), device)


def train_step(run: Run, batch: Batch, recipe: Dict, rate: float) -> float:
    """One step; returns the loss."""
    run.network.train()
    for group in run.optimizer.param_groups:
        group["lr"] = rate
    moved = Batch(*(part.to(run.device, non_blocking=True) for part in vars(batch).values()))
    pixels = moved.pixels.float().contiguous(memory_format=torch.channels_last)
    loss = loss_of(run.network(pixels), moved, recipe["labelSmoothing"], recipe.get("patchLossShare", 0.5))
    run.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(run.network.parameters(), recipe["gradientNorm"])
    run.optimizer.step()
    run.average.update(run.network)
    run.step += 1
    return float(loss.detach())


def averaged(run: Run, config: Dict) -> Network:
    """A network with the averaged tensors, in evaluation mode."""
    network = Network(config["network"])
    network.load_state_dict(run.average.values)
    return network.to(run.device, memory_format=torch.channels_last).eval()


class Journal:
    """`curve.csv` (step, seconds, mean loss since the last line) and `validation.jsonl` of a run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        curve = folder / "curve.csv"
        if not curve.exists():
            curve.write_text("step,seconds,learningRate,loss\n")

    def losses(self, run: Run, rate: float) -> None:
        mean = sum(run.losses) / len(run.losses)
        with open(self.folder / "curve.csv", "a") as file:
            file.write(f"{run.step},{run.seconds:.0f},{rate:.3g},{mean:.5f}\n")
        run.losses.clear()

    def validation(self, run: Run, tables: Dict) -> None:
        with open(self.folder / "validation.jsonl", "a") as file:
            file.write(json.dumps({"step": run.step, "seconds": round(run.seconds), "tables": tables}) + "\n")
        means = {name: entry["meanGeneratorAuc"] for name, entry in tables.items()}
        print(f"step {run.step}, {run.seconds / 60:.1f} min: {means}", flush=True)


def train(config: Dict, images: List[Image], run: Run, options: argparse.Namespace) -> None:
    """Steps until the recipe's or the budget's end, `--minutes` are over, or a signal; always leaves a checkpoint."""
    recipe, journal = config["recipe"], Journal(options.out)
    grid = grid_length(config["network"], recipe["patch"])
    batches = Batches(images, recipe, config["seed"], receptive_field(config["network"]), grid)
    loader = DataLoader(
        batches, batch_size=None, sampler=range(run.step, recipe["steps"]), num_workers=options.workers
    )
    # The loading processes must not inherit the handlers: they are ended by signals.
    stream = iter(loader)
    stop = {"now": False}
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.update(now=True))
    began, before, saved = time.monotonic(), run.seconds, time.monotonic()
    budget, working = options.budget_minutes * 60, time.process_time()
    if run.worked >= budget:
        return
    for batch in stream:
        rate = learning_rate(recipe, run.step, run.worked / budget)
        run.losses.append(train_step(run, batch, recipe, rate))
        run.seconds = before + time.monotonic() - began
        run.worked += time.process_time() - working
        ended = run.step == recipe["steps"] or run.worked >= budget
        if run.step % options.log_steps == 0:
            journal.losses(run, rate)
        if run.step % options.evaluate_steps == 0 or ended:
            variants = tuple(VARIANTS) if ended else WHILE_TRAINING
            journal.validation(run, evaluate(averaged(run, config), images, run.device, variants, recipe.get("fit")))
        working = time.process_time()
        late = run.seconds - before > options.minutes * 60
        if stop["now"] or late or time.monotonic() - saved > options.save_minutes * 60:
            save_checkpoint(options.out, run, config)
            saved = time.monotonic()
        if stop["now"] or late or ended:
            break
    save_checkpoint(options.out, run, config)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="models/<id>/train.json, or of experiments/")
    parser.add_argument("--pack", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the run: checkpoint, curve, validation")
    parser.add_argument("--resume", action="store_true", help="go on from the folder's checkpoint if it has one")
    parser.add_argument(
        "--start", type=Path, nargs="+", default=[], help="the runs of the configurations that this one starts from"
    )
    parser.add_argument("--steps", type=int, help="instead of the recipe's")
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument(
        "--budget-minutes",
        type=float,
        default=math.inf,
        help="of the processor (--workers 0) for all steps of the run: then the learning rate is at its end, too",
    )
    parser.add_argument("--save-minutes", type=float, default=3)
    parser.add_argument("--log-steps", type=int, default=50)
    parser.add_argument("--evaluate-steps", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="loading processes beside this one")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args()


def begin(config: Dict, options: argparse.Namespace) -> Run:
    """The run as its folder's checkpoint has it, else with the weights of the runs it starts from, else at random.

    Raises ValueError where a folder holds something else than the configuration says.
    """
    run = start_run(config, torch.device(options.device))
    if options.resume:
        changed = changed_keys(options.out, config)
        if changed:
            raise ValueError(f"{options.out} holds a run of another configuration ({', '.join(changed)}): use a new --out")
        if load_checkpoint(options.out, run):
            return run
    starts = config.get("start", [])
    if len(starts) != len(options.start):
        raise ValueError(f"the configuration starts from {len(starts)} runs, --start names {len(options.start)}")
    if starts:
        load_starts(options.start, starts, run)
    return run


def main() -> None:
    options = parsed()
    torch.set_num_threads(options.threads)
    torch.backends.cudnn.benchmark = True
    config = load_config(options.config)
    if options.steps is not None:
        config["recipe"]["steps"] = options.steps
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        run = begin(config, options)
    except ValueError as error:
        raise SystemExit(str(error))
    prepare = [measure] if config["recipe"].get("matchShare", 0) > 0 else []
    train(config, read_packs(options.pack, *prepare), run, options)


if __name__ == "__main__":
    main()
