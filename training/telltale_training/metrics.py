"""The few figures that training looks at; the product's own are in `src/core/metrics`."""
from typing import Dict, List, Sequence

import numpy as np


def roc_auc(real: Sequence[float], fake: Sequence[float]) -> float:
    """P(a fake scores above a real) + P(equal) / 2; not a number when a class is empty."""
    real, fake = np.sort(np.asarray(real, float)), np.asarray(fake, float)
    if len(real) == 0 or len(fake) == 0:
        return float("nan")
    below = np.searchsorted(real, fake, "left")
    not_above = np.searchsorted(real, fake, "right")
    return float((below + not_above).sum() / (2 * len(real) * len(fake)))


def recall_at(real: Sequence[float], fake: Sequence[float], false_positives: float) -> float:
    """Largest share of fakes found while at most that share of reals is flagged (score >= threshold)."""
    scores = np.sort(np.asarray(real, float))[::-1]
    allowed = int(np.floor(false_positives * len(scores) + 1e-9))
    if allowed >= len(scores):
        return 1.0
    return float((np.asarray(fake, float) > scores[allowed]).mean())


def table(scores: Sequence[float], fake: Sequence[bool], sources: Sequence[str]) -> Dict[str, object]:
    """AUC a generator against all reals, their mean over generators of five images or more, and recalls."""
    groups: Dict[str, List[float]] = {}
    real: List[float] = []
    for score, is_fake, source in zip(scores, fake, sources):
        (groups.setdefault(source, []) if is_fake else real).append(score)
    every = [score for group in groups.values() for score in group]
    generators = {name: round(roc_auc(real, group), 4) for name, group in sorted(groups.items())}
    counted = [value for name, value in generators.items() if len(groups[name]) >= 5]
    return {
        "meanGeneratorAuc": round(float(np.mean(counted)), 4) if counted else float("nan"),
        "rocAuc": round(roc_auc(real, every), 4),
        "tprAt1Fpr": round(recall_at(real, every, 0.01), 4),
        "tprAt5Fpr": round(recall_at(real, every, 0.05), 4),
        "generators": generators,
    }
