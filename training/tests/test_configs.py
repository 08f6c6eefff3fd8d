import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

from telltale_training.configs import load_config
from telltale_training.degrade import draw
from telltale_training.evaluate_quick import fitted
from telltale_training.geometry import grid_length, multiply_accumulates, receptive_field
from telltale_training.layers import Network
from telltale_training.network_designs import TABLES

from run_all import known, starts_of

from .support import RECIPE, picture

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = [*ROOT.glob("models/*/train*.json"), *ROOT.glob("training/experiments/*.json")]


class Configs(unittest.TestCase):
    def test_changes_are_merged_into_the_base(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "base.json").write_text(json.dumps({"id": "a", "network": [1], "recipe": {"x": 1, "y": 2}}))
            (folder / "table.json").write_text("[2]")
            changed = {"id": "b", "base": "base.json", "networkFile": "table.json", "recipe": {"y": 3}}
            (folder / "changed.json").write_text(json.dumps(changed))
            expected = {"id": "b", "network": [2], "recipe": {"x": 1, "y": 3}}
            self.assertEqual(load_config(folder / "changed.json"), expected)

    def test_every_configuration_can_be_trained(self) -> None:
        self.assertGreater(len(CONFIGS), 10)
        for path in CONFIGS:
            config = load_config(path)
            recipe = config["recipe"]
            self.assertGreater(grid_length(config["network"], recipe["patch"]), 0, path)
            plan = draw(np.random.default_rng(1), recipe, 320)
            self.assertEqual(plan.patch, recipe["patch"])
            Network(config["network"])

    def test_models_start_from_runs_of_their_branches(self) -> None:
        for name in ("fast", "strong"):
            whole = load_config(ROOT / "models" / name / "train.json")
            starts = [start["network"] for start in whole["start"]]
            self.assertEqual(starts, [TABLES[f"{name}-bank"], TABLES["half-view"]])
            field = receptive_field(whole["network"])
            for length in range(field.size, field.size + 2 * field.stride):
                crop, *bank = whole["network"][0]["branches"][0]
                sizes = [grid_length(bank, length - 2 * crop["margin"]), grid_length(TABLES["half-view"], length)]
                self.assertEqual(sizes, [grid_length(whole["network"], length)] * 2, length)

    def test_every_run_comes_after_those_it_starts_from(self) -> None:
        configs = known()
        names = list(configs)
        self.assertEqual(names[:5], ["fast-bank", "fast-view", "fast", "strong-bank", "strong"])
        self.assertEqual([start.name for start in starts_of(configs["strong"])], ["strong-bank", "fast-view"])
        self.assertEqual(starts_of(configs["npr"]), [])
        with tempfile.TemporaryDirectory() as name:
            changed = Path(name) / "changed.json"
            changed.write_text(json.dumps({"id": "x", "base": str(configs["fast"])}))
            self.assertEqual(starts_of(changed), starts_of(configs["fast"]))

    def test_models_stay_within_their_budget(self) -> None:
        for name, gmac, megabytes in (("fast", 1.3, 0.35), ("strong", 12, 10)):
            layers = load_config(ROOT / "models" / name / "train.json")["network"]
            self.assertEqual(layers, TABLES[name])
            self.assertLessEqual(multiply_accumulates(layers, 512), gmac * 1e9)
            size = sum(p.numel() for p in Network(layers).parameters()) * 4
            self.assertLessEqual(size, megabytes * 1e6)


class Fit(unittest.TestCase):
    def test_scales_the_shorter_side(self) -> None:
        plan = draw(np.random.default_rng(0), {**RECIPE, "fit": 48}, 96)
        self.assertEqual((plan.scale, plan.kernel), (0.5, "lanczos"))
        self.assertEqual(fitted(picture(1, 64)[:, :32], 48).shape, (96, 48, 3))
        self.assertEqual(fitted(picture(1, 64), None).shape, (64, 64, 3))

    def test_pictures_of_any_size_are_scaled_alike(self) -> None:
        large = picture(1, 320)
        np.testing.assert_array_equal(fitted(large, 128), fitted(large[32:288, 32:288], 128))
