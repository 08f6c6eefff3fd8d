"""Random choices by weight, an order of magnitude faster than `Generator.choice`."""
from typing import Generic, Mapping, Sequence, TypeVar

import numpy as np

T = TypeVar("T")


class Odds(Generic[T]):
    """Values with weights that need not sum to one."""

    def __init__(self, values: Sequence[T], weights: Sequence[float]) -> None:
        self.values = list(values)
        sums = np.cumsum(np.asarray(weights, float))
        self.bounds = sums / sums[-1]

    @classmethod
    def of(cls, weights: Mapping[T, float]) -> "Odds[T]":
        """From a table of value to weight."""
        return cls(list(weights), list(weights.values()))

    def pick(self, random: np.random.Generator) -> T:
        """One value."""
        index = int(np.searchsorted(self.bounds, random.random(), "right"))
        return self.values[min(index, len(self.values) - 1)]
