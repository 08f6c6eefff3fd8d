"""Runs compared on the same validation pictures: each figure's interval, and by how much a run differs from the first one.

    python3 -m telltale_training.compare --pack packs/crops --run runs/fast-budget runs/fast-deep

Intervals hold 95 % of resamples of the sources, which are the same for all runs: a difference can be surer than the two
figures. They know nothing of the few pictures a source has, nor of how many runs are compared. Below stands the floor: how
far apart real sources are by the same logits. Logits are kept in the run's folder, so that a run is scored once.
"""
import argparse
import json
import os
import zlib
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np
import torch

from .checkpoints import NAME, load_trained
from .evaluate_quick import scores_of, validation_images
from .metrics import roc_auc
from .pack_format import Image, read_packs

VERSIONS = {"none": "as it is", "jpeg90": "JPEG 90", "jpeg75": "JPEG 75", "half": "half"}
RESAMPLES = 2000
SHUFFLES = 200
LEAST = 5
"""Pictures that a generator must have to be counted, as in `metrics.table`."""


def run_scores(folder: Path, images: Sequence[Image], device: torch.device) -> Dict[str, List[float]]:
    """Logits of `images` a version, of the averaged network in `folder`."""
    kept = folder / "validation-scores.json"
    config = (folder / "config.json").read_text()
    scored = {
        "checkpoint": (folder / NAME).stat().st_mtime_ns,
        "config": config,
        "pictures": [[image.row.key, zlib.crc32(np.ascontiguousarray(image.pixels))] for image in images],
        "versions": list(VERSIONS),
    }
    if kept.exists():
        before = json.loads(kept.read_text())
        if before.get("of") == scored:
            return before["scores"]
    trained = load_trained(folder, device)
    fit = trained.config["recipe"].get("fit")
    scores = {version: scores_of(trained.network, images, device, version, fit) for version in VERSIONS}
    part = kept.with_suffix(".part")
    part.write_text(json.dumps({"of": scored, "scores": scores}))
    os.replace(part, kept)
    return scores


class Resamples:
    """Draws of generators and of real sources, with replacement; the first is the collection as it is."""

    def __init__(self, images: Sequence[Image], resamples: int = RESAMPLES, seed: int = 1) -> None:
        groups: Dict[Tuple[str, str], List[int]] = {}
        for index, image in enumerate(images):
            groups.setdefault((image.row.label, image.row.source), []).append(index)
        ordered = sorted(groups.items())
        self.generators = [indices for (label, _), indices in ordered if label == "fake" and len(indices) >= LEAST]
        self.reals = [indices for (label, _), indices in ordered if label == "real"]
        if not self.generators or not self.reals:
            raise ValueError(f"no validation pictures of a real source and of a generator with {LEAST} or more")
        random = np.random.default_rng(seed)
        self.generator_counts = self._draws(random, len(self.generators), resamples)
        # A source weighs as much as it has pictures.
        sizes = np.array([len(indices) for indices in self.reals])
        self.real_counts = self._draws(random, len(self.reals), resamples) * sizes

    @staticmethod
    def _draws(random: np.random.Generator, groups: int, resamples: int) -> np.ndarray:
        drawn = random.multinomial(groups, [1 / groups] * groups, resamples)
        return np.concatenate([np.ones((1, groups), int), drawn])

    def mean_auc(self, scores: Sequence[float]) -> np.ndarray:
        """Mean over generators of the AUC against all real pictures, for every draw."""
        values = np.asarray(scores, float)
        pairs = np.array([[roc_auc(values[real], values[fake]) for real in self.reals] for fake in self.generators])
        by_generator = self.real_counts @ pairs.T / self.real_counts.sum(1, keepdims=True)
        return (by_generator * self.generator_counts).sum(1) / self.generator_counts.sum(1)


def interval(draws: np.ndarray, signed: bool = False) -> str:
    """The first draw and where 95 % of the others lie."""
    sign = "+" if signed else ""
    low, high = np.percentile(draws[1:], [2.5, 97.5])
    return f"{draws[0]:{sign}.3f} ({low:{sign}.3f} to {high:{sign}.3f})"


def comparison(runs: Dict[str, Dict[str, List[float]]], images: Sequence[Image]) -> List[List[str]]:
    """A row a run: its name, a figure a version, and their mean's difference to the first run's."""
    resamples = Resamples(images)
    rows, first = [], None
    for name, scores in runs.items():
        draws = [resamples.mean_auc(scores[version]) for version in VERSIONS]
        mean = np.mean(draws, axis=0)
        first = mean if first is None else first
        difference = "" if first is mean else interval(mean - first, signed=True)
        rows.append([name, *(interval(values) for values in draws), difference])
    return rows


def between_reals(scores: Sequence[float], images: Sequence[Image], seed: int = 1) -> Tuple[float, float]:
    """How far apart real sources are, which bounds what a difference between sources is worth.

    Mean over real sources of the AUC against all other real pictures, counted in the better direction; and the same
    with the sources' names shuffled, since groups as small as these are never exactly alike.
    """
    values = np.array([score for score, image in zip(scores, images) if image.row.label == "real"])
    sources = np.array([image.row.source for image in images if image.row.label == "real"])
    random = np.random.default_rng(seed)
    shuffled = [_apart(values, random.permutation(sources)) for _ in range(SHUFFLES)]
    return _apart(values, sources), float(np.mean(shuffled))


def _apart(values: np.ndarray, sources: np.ndarray) -> float:
    aucs = [roc_auc(values[sources != source], values[sources == source]) for source in np.unique(sources)]
    return float(np.mean([max(auc, 1 - auc) for auc in aucs]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, nargs="+", required=True, help="with the validation pictures")
    parser.add_argument("--run", type=Path, nargs="+", required=True, help="folders; the first is what others are compared with")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    images = validation_images(read_packs(options.pack))
    try:
        Resamples(images, 1)
    except ValueError as error:
        raise SystemExit(str(error))
    runs = {str(run): run_scores(run, images, torch.device(options.device)) for run in options.run}
    head = ["run", *VERSIONS.values(), "difference of the means"]
    for row in [head, ["---"] * len(head), *comparison(runs, images)]:
        print(f"| {' | '.join(row)} |")
    for name, scores in runs.items():
        floors = (between_reals(scores[version], images) for version in VERSIONS)
        print(f"{name}, real sources apart (by chance): {', '.join(f'{own:.3f} ({chance:.3f})' for own, chance in floors)}")


if __name__ == "__main__":
    main()
