import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from telltale_training.batches import Batches, Sample
from telltale_training.degrade import degraded, draw, window_of
from telltale_training.easing import eased
from telltale_training.geometry import grid_length, receptive_field
from telltale_training.pack_format import PackWriter, Row, read_packs
from telltale_training.processing import KNOWN, PROCESSES, draw_process, process
from telltale_training.texture import measure, nearest
from telltale_training.twins import mixed_in_dct, with_noise_back

from .support import NETWORK, RECIPE, picture, write_pack


class BatchesTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        write_pack(Path(self.folder.name))
        self.images = read_packs([Path(self.folder.name)])
        self.grid = grid_length(NETWORK, RECIPE["patch"])
        self.batches = Batches(self.images, RECIPE, 1, receptive_field(NETWORK), self.grid)

    def test_are_a_function_of_the_step(self) -> None:
        first, again, other = self.batches[2], self.batches[2], self.batches[3]
        self.assertTrue(torch.equal(first.pixels, again.pixels))
        self.assertFalse(torch.equal(first.pixels, other.pixels))

    def test_hold_as_many_fakes_as_reals(self) -> None:
        for step in range(5):
            batch = self.batches[step]
            self.assertEqual(batch.pixels.shape, (8, 3, 32, 32))
            self.assertEqual(float(batch.labels.sum()), 4)

    def test_never_hold_validation_or_unseen_families(self) -> None:
        pools = [self.batches.real, self.batches.generated, self.batches.twins]
        keys = {image.row.key for pool in pools for group in pool.groups.values for image in group}
        self.assertEqual(len(keys), 12)
        self.assertFalse(any(key.startswith("val") or key == "unseen" for key in keys))

    def test_targets_follow_the_mask(self) -> None:
        mask = np.zeros((32, 32), bool)
        mask[:, :16] = True
        target = self.batches._target(Sample(picture(1, 32), True, mask))
        self.assertEqual(target.shape, (self.grid, self.grid))
        self.assertEqual(target[0, 0], 1)
        self.assertEqual(target[0, -1], 0)

    def test_partly_real_pictures_have_no_picture_label(self) -> None:
        seen = [self.batches[step] for step in range(20)]
        partial = [b for b in seen if float(b.image_weight.min()) == 0]
        self.assertTrue(partial)
        for batch in partial:
            masked = batch.image_weight == 0
            self.assertTrue(bool((batch.labels[masked] == 1).all()))


class DegradeTest(unittest.TestCase):
    def test_equal_images_stay_equal_but_for_noise(self) -> None:
        for seed in range(20):
            plan = draw(np.random.default_rng(seed), RECIPE, 64, hard=True)
            if any(name == "noise" for name, _ in plan.processes):
                continue
            results = [
                degraded(window_of(picture(1), plan), plan, np.random.default_rng(number)) for number in (1, 2)
            ]
            self.assertEqual(results[0].shape, (32, 32, 3))
            np.testing.assert_array_equal(results[0], results[1])

    def test_window_never_leaves_a_small_image(self) -> None:
        for seed in range(50):
            plan = draw(np.random.default_rng(seed), RECIPE, 41)
            window = window_of(picture(2, 41), plan)
            self.assertEqual(degraded(window, plan, np.random.default_rng(0)).shape, (32, 32, 3))

    def test_every_process_keeps_the_shape_and_changes_something(self) -> None:
        random = np.random.default_rng(5)
        for name in KNOWN:
            _, strength = draw_process(random, name)
            result = process(picture(3), name, strength, random)
            self.assertEqual((result.shape, result.dtype), ((64, 64, 3), np.dtype(np.uint8)), name)
            self.assertFalse(np.array_equal(result, picture(3)), name)

    def test_grain_is_the_same_in_all_channels(self) -> None:
        grey = np.full((64, 64, 3), 128, np.uint8)
        grown = process(grey, "grain", 4.0, np.random.default_rng(2)).astype(int)
        self.assertTrue((grown == grown[..., :1]).all())
        self.assertAlmostEqual(float(grown.std()), 4, delta=0.1)

    def test_recipes_that_name_no_processes_draw_what_they_drew(self) -> None:
        known = ("sharpen", "blur", "denoise", "noise", "gamma", "contrast", "saturation", "grey")
        self.assertEqual(PROCESSES, known)


class MatchingTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        writer = PackWriter(self.folder)
        for index, block in enumerate((1, 2, 8, 32)):
            label = "fake" if index == 1 else "real"
            writer.add(Row(f"{label}-{block}", label, "train", f"s{index}", "", 0, 0), picture(index, 64, block))
        writer.close()

    def test_detail_falls_with_the_size_of_squares(self) -> None:
        images = read_packs([self.folder], measure)
        fine = [image.texture[0] for image in images]
        self.assertEqual(fine, sorted(fine, reverse=True))
        self.assertGreater(images[1].texture[1], images[2].texture[1])

    def test_pack_keeps_what_was_measured(self) -> None:
        first = read_packs([self.folder], measure)
        stored = np.load(self.folder / "texture.npy")
        np.save(self.folder / "texture.npy", stored[:2] + 1)
        again = read_packs([self.folder], measure)
        np.testing.assert_array_equal(again[0].texture, first[0].texture + 1)
        np.testing.assert_array_equal(again[3].texture, first[3].texture)

    def test_pairs_are_alike_in_detail(self) -> None:
        images = read_packs([self.folder], measure)
        recipe = {**RECIPE, "twinShare": 0, "matchShare": 1, "matchCandidates": 12}
        batches = Batches(images, recipe, 1, receptive_field(NETWORK), grid_length(NETWORK, 32))
        random = np.random.default_rng(1)
        led_by = {"fake": 0, "real": 0}
        with mock.patch("telltale_training.batches.nearest", wraps=nearest) as chosen:
            for _ in range(20):
                pair = batches._matched(random, 12, images[1], images[3])
                leader = chosen.call_args.args[0]
                led_by["fake" if leader is images[1].texture else "real"] += 1
                self.assertEqual([image.row.label for image in pair], ["fake", "real"])
                if leader is images[1].texture:
                    self.assertEqual(pair[1].row.key, "real-1")
        self.assertGreater(min(led_by.values()), 3)
        self.assertEqual(len(chosen.call_args.args[1]), 12)


class EasingTest(unittest.TestCase):
    def test_starts_light_and_ends_with_the_recipe(self) -> None:
        start = {"plainShare": 1, "qualityRange": [80, 98]}
        recipe = {**RECIPE, "ease": {"after": 50, "until": 150, "from": start}}
        self.assertEqual([eased(recipe, step)["plainShare"] for step in (0, 50)], [1, 1])
        self.assertAlmostEqual(eased(recipe, 100)["plainShare"], (1 + RECIPE["plainShare"]) / 2)
        self.assertEqual(eased(recipe, 100)["qualityRange"], [60, 98])
        self.assertEqual(eased(recipe, 100)["resizeShare"], RECIPE["resizeShare"])
        self.assertEqual(eased(recipe, 150), recipe)
        self.assertEqual(eased({**RECIPE, "ease": None}, 0), {**RECIPE, "ease": None})


class TwinsTest(unittest.TestCase):
    def test_dct_mixing_takes_what_it_is_told(self) -> None:
        real, twin = picture(1, 20), picture(2, 20)
        none = mixed_in_dct(real, twin, np.zeros((8, 8), bool))
        every = mixed_in_dct(real, twin, np.ones((8, 8), bool))
        np.testing.assert_array_equal(none[:16, :16], real[:16, :16])
        np.testing.assert_array_equal(every, twin)

    def test_mean_is_a_block_s_first_coefficient(self) -> None:
        real, twin = np.full((8, 8, 3), 100, np.uint8), np.full((8, 8, 3), 50, np.uint8)
        taken = np.zeros((8, 8), bool)
        taken[0, 0] = True
        np.testing.assert_array_equal(mixed_in_dct(real, twin, taken), twin)

    def test_noise_comes_back_only_where_something_was_lost(self) -> None:
        real = picture(1, 32)
        twin = real.copy()
        twin[:16] //= 2
        result = with_noise_back(real, twin, 1, np.random.default_rng(0))
        np.testing.assert_array_equal(result[16:], twin[16:])
        self.assertFalse(np.array_equal(result[:16], twin[:16]))


class PackTest(unittest.TestCase):
    def test_goes_on_after_a_torn_run(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            writer = PackWriter(folder)
            writer.add(Row("a", "real", "train", "s", "", 0, 0), picture(1, 16))
            writer.close()
            with open(folder / "rows.jsonl", "a") as lines:
                lines.write('{"key": "torn')
            with open(folder / "pixels.u8", "ab") as pixels:
                pixels.write(b"torn")
            writer = PackWriter(folder)
            writer.add(Row("b", "real", "train", "s", "", 0, 0), picture(2, 16))
            writer.close()
            images = {image.row.key: image.pixels for image in read_packs([folder])}
            np.testing.assert_array_equal(images["a"], picture(1, 16))
            np.testing.assert_array_equal(images["b"], picture(2, 16))
