import dataclasses
import unittest

import numpy as np

from telltale_training.codecs import jpeg_with_tables
from telltale_training.degrade import draw, window_of
from telltale_training.history import saved_like, windows_of_one_history
from telltale_training.pack_format import Image, Row

from .support import RECIPE, picture

COARSE = [[60] * 64, [60] * 64]


def image(seed: int, tables: object = None, top: int = 0, left: int = 0) -> Image:
    pixels = picture(seed, 96, 3)
    if tables is not None:
        # As it lies in its file: the grid begins `top` and `left` pixels before it.
        whole = np.pad(pixels, ((top, 0), (left, 0), (0, 0)), "edge")
        pixels = np.ascontiguousarray(jpeg_with_tables(whole, COARSE, 0)[top:, left:])
    row = Row(f"i{seed}", "real", "train", "s", "", 96, 96, tables=tables, subsampling=0, top=top, left=left)
    return Image(row, pixels.reshape(-1))


def on_grid(pixels: np.ndarray, top: int, left: int) -> float:
    """Mean change of `pixels` when they are saved once more on that grid: next to none where they already lie on it."""
    padded = np.pad(pixels, ((top, 0), (left, 0), (0, 0)), "edge")
    again = jpeg_with_tables(padded, COARSE, 0)[top:, left:]
    inner = slice(16, 64)
    return float(np.abs(again[inner, inner].astype(float) - pixels[inner, inner]).mean())


class History(unittest.TestCase):
    def test_saves_on_the_grid_of_the_other_file(self) -> None:
        row = image(1, COARSE).row
        saved = saved_like(picture(2, 96, 3), row, (21, 5))
        self.assertEqual(saved.shape, (96, 96, 3))
        self.assertLess(on_grid(saved, 5, 5), 1)
        self.assertGreater(on_grid(saved, 1, 5), 5 * on_grid(saved, 5, 5))

    def test_a_file_without_tables_changes_nothing(self) -> None:
        pixels = picture(2, 96)
        self.assertIs(saved_like(pixels, image(1).row, (0, 0)), pixels)

    def test_a_pair_lies_on_one_grid(self) -> None:
        pair = [image(1, COARSE, top=3, left=6), image(2)]
        for order in (pair, pair[::-1]):
            for seed in range(5):
                plan = dataclasses.replace(draw(np.random.default_rng(seed), RECIPE, 96), scale=0.5)
                phases = [
                    {(t, l): on_grid(window, t, l) for t in range(8) for l in range(8)}
                    for window in windows_of_one_history(order, plan)
                ]
                best = [min(phase, key=phase.get) for phase in phases]
                self.assertEqual(best[0], best[1])
                self.assertTrue(all(min(phase.values()) < 1 for phase in phases))

    def test_two_of_a_kind_stay_as_they_are(self) -> None:
        plan = draw(np.random.default_rng(1), RECIPE, 96)
        for pair in ([image(1), image(2)], [image(1, COARSE), image(2, COARSE)]):
            for window, one in zip(windows_of_one_history(pair, plan), pair):
                np.testing.assert_array_equal(window, window_of(one.pixels, plan))
