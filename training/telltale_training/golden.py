"""The known input of model cards: the formula `two-sines-1` of `src/core/model/golden.ts`."""
import numpy as np


def golden_input(width: int, height: int) -> np.ndarray:
    """[height, width, 3] float32, 0..255, whole numbers."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    slow = 90 * np.sin(0.11 * x * (c + 1) + 0.07 * y)
    fast = 37 * np.sin(1.7 * x + 2.3 * y + c)
    return np.clip(np.floor(127.5 + slow + fast), 0, 255).astype(np.float32)
