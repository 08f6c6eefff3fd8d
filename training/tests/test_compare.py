import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from telltale_training import compare, train
from telltale_training.checkpoints import save_checkpoint
from telltale_training.metrics import table
from telltale_training.pack_format import Image, Row, read_packs

from .support import config, picture, write_pack


def images(generators: int, reals: int, pictures: int = 6) -> list:
    """`pictures` of each source, whose name says how many."""
    sources = [("fake", f"maker-{pictures}-{n}") for n in range(generators)]
    sources += [("real", f"site-{pictures}-{n}") for n in range(reals)]
    pixels = picture(1, 8)
    return [
        Image(Row(f"{source}/{n}", label, "val", source, "", 0, 0), pixels) for label, source in sources for n in range(pictures)
    ]


class Compare(unittest.TestCase):
    def setUp(self) -> None:
        self.images = images(5, 6)
        self.fake = [image.row.label == "fake" for image in self.images]
        random = np.random.default_rng(1)
        self.scores = list(random.normal(size=len(self.images)) + np.array(self.fake))

    def test_is_the_figure_that_training_prints(self) -> None:
        expected = table(self.scores, self.fake, [image.row.source for image in self.images])["meanGeneratorAuc"]
        self.assertAlmostEqual(float(compare.Resamples(self.images).mean_auc(self.scores)[0]), expected, 3)

    def test_resamples_as_counting_the_pictures_again_would(self) -> None:
        resamples = compare.Resamples(self.images, 3)
        values = np.array(self.scores)
        means = resamples.mean_auc(self.scores)
        for draw in (1, 2, 3):
            weights = resamples.real_counts[draw] // 6
            real = np.concatenate([np.tile(values[group], weights[n]) for n, group in enumerate(resamples.reals)])
            aucs = [
                compare.roc_auc(real, values[group])
                for n, group in enumerate(resamples.generators)
                for _ in range(resamples.generator_counts[draw][n])
            ]
            self.assertAlmostEqual(means[draw], np.mean(aucs), 12)

    def test_weighs_a_real_source_by_its_pictures(self) -> None:
        pictures = images(4, 1, 6) + images(0, 2, 14) + images(1, 1, 4)
        random = np.random.default_rng(3)
        fake = [image.row.label == "fake" for image in pictures]
        scores = list(random.normal(size=len(pictures)) + np.array(fake))
        expected = table(scores, fake, [image.row.source for image in pictures])["meanGeneratorAuc"]
        self.assertAlmostEqual(float(compare.Resamples(pictures).mean_auc(scores)[0]), expected, 3)

    def test_says_what_is_missing(self) -> None:
        for pictures in (images(2, 0), images(0, 2), images(2, 2, compare.LEAST - 1)):
            with self.assertRaisesRegex(ValueError, "no validation pictures"):
                compare.Resamples(pictures)

    def test_a_difference_is_surer_than_its_two_figures(self) -> None:
        runs = {name: {version: self.scores for version in compare.VERSIONS} for name in ("first", "same")}
        runs["better"] = {version: list(np.array(self.scores) + 0.5 * np.array(self.fake)) for version in compare.VERSIONS}
        first, same, better = compare.comparison(runs, self.images)
        self.assertEqual((first[0], first[-1], same[-1]), ("first", "", "+0.000 (+0.000 to +0.000)"))
        gain, low, high = (float(part) for part in better[-1].replace("(", "").replace(")", "").replace("to", "").split())
        own_low, own_high = (float(part) for part in better[1].rstrip(")").split("(")[1].split(" to "))
        self.assertGreater(low, 0)
        self.assertLess(high - low, own_high - own_low)

    def test_tells_real_sources_that_differ_from_those_that_do_not(self) -> None:
        pictures = images(1, 4, 30)
        noise = np.random.default_rng(2).normal(size=len(pictures))
        apart, chance = compare.between_reals(list(noise), pictures)
        self.assertLess(abs(apart - chance), 0.06)
        moved = [score + 5 * (image.row.source == "site-30-1") for score, image in zip(noise, pictures)]
        apart, chance = compare.between_reals(moved, pictures)
        self.assertGreater(apart, chance + 0.2)
        self.assertAlmostEqual(compare.between_reals([-score for score in moved], pictures)[0], apart, 12)

    def test_scores_a_run_once(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_pack(folder / "pack")
            pack = compare.validation_images(read_packs([folder / "pack"]))
            run = train.start_run(config(), torch.device("cpu"))
            save_checkpoint(folder, run, config())
            scores = compare.run_scores(folder, pack, run.device)
            with mock.patch.object(compare, "load_trained", side_effect=AssertionError):
                self.assertEqual(compare.run_scores(folder, pack, run.device), scores)
            self.assertEqual([len(scores[version]) for version in compare.VERSIONS], [4] * 4)
            self.assertEqual(len(compare.run_scores(folder, pack[:3], run.device)["none"]), 3)
            run.average.values["head.bias"] += 1
            save_checkpoint(folder, run, config())
            np.testing.assert_allclose(compare.run_scores(folder, pack, run.device)["none"], np.array(scores["none"]) + 1, rtol=1e-4)


if __name__ == "__main__":
    unittest.main()
