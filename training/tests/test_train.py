import argparse
import json
import math
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from telltale_training import train as trainer
from telltale_training.checkpoints import changed_keys, load_checkpoint
from telltale_training.export import export
from telltale_training.layers import Network
from telltale_training.metrics import recall_at, roc_auc, table
from telltale_training.network_designs import RELU, TABLES, conv, prefixed
from telltale_training.pack_format import read_packs
from telltale_training.safetensors_file import read_safetensors
from telltale_training.starts import joined_weights, narrowed

from .support import config, write_pack


def options(folder: Path, **changes: object) -> argparse.Namespace:
    values = dict(
        out=folder, minutes=math.inf, budget_minutes=math.inf, save_minutes=100, log_steps=1, evaluate_steps=100, workers=0
    )
    return argparse.Namespace(**{**values, **changes})


class TrainTest(unittest.TestCase):
    def setUp(self) -> None:
        torch.set_num_threads(1)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        write_pack(self.folder / "pack")
        self.images = read_packs([self.folder / "pack"])
        silence = mock.patch("builtins.print")
        silence.start()
        self.addCleanup(silence.stop)

    def run_in(self, name: str, seed: int = config()["seed"], **changes: object) -> trainer.Run:
        folder, seeded = self.folder / name, {**config(), "seed": seed}
        folder.mkdir(exist_ok=True)
        run = trainer.start_run(seeded, torch.device("cpu"))
        load_checkpoint(folder, run)
        trainer.train(seeded, self.images, run, options(folder, **changes))
        return run

    def test_resumed_run_is_the_uninterrupted_one(self) -> None:
        whole = self.run_in("whole")
        # Each start makes one step, and then its time is over.
        for _ in range(6):
            parts = self.run_in("parts", minutes=0)
        self.assertEqual(parts.step, 6)
        for name, value in whole.average.values.items():
            self.assertTrue(torch.equal(value, parts.average.values[name]), name)
        curves = [(self.folder / name / "curve.csv").read_text().splitlines() for name in ("whole", "parts")]
        self.assertEqual(len(curves[0]), 7)
        self.assertEqual([line.split(",")[3] for line in curves[0]], [line.split(",")[3] for line in curves[1]])

    def test_a_budget_ends_a_run_for_good_and_its_learning_rate(self) -> None:
        clock = iter(range(0, 1000, 10))
        with mock.patch.object(trainer.time, "process_time", lambda: next(clock)):
            run = self.run_in("run", budget_minutes=0.5)
            self.assertEqual((run.step, run.worked), (3, 30))
            self.assertEqual(self.run_in("run", budget_minutes=0.5).step, 3)
        curve = (self.folder / "run" / "curve.csv").read_text().splitlines()[1:]
        self.assertEqual(len(curve), 3)
        recipe = {"learningRate": 1, "warmUpSteps": 1, "steps": 6}
        self.assertEqual(trainer.learning_rate(recipe, 1, 1.0), trainer.learning_rate(recipe, 6))
        self.assertEqual(trainer.learning_rate(recipe, 3, 0.1), trainer.learning_rate(recipe, 3))
        (line,) = (self.folder / "run" / "validation.jsonl").read_text().splitlines()
        self.assertEqual(json.loads(line)["step"], 3)

    def begin(self, name: str, start: str, **changes: object) -> trainer.Run:
        later = {**config(), "start": [{**config(), **changes}]}
        folders = dict(start=[self.folder / start], resume=True, device="cpu")
        return trainer.begin(later, options(self.folder / name, **folders))

    def test_starts_with_the_average_of_the_run_that_is_named(self) -> None:
        first = self.run_in("first")
        run = self.begin("later", "first")
        self.assertEqual(run.step, 0)
        for name, value in first.average.values.items():
            self.assertTrue(torch.equal(value, run.network.state_dict()[name]), name)
            self.assertTrue(torch.equal(value, run.average.values[name]), name)

    def test_refuses_another_start_than_is_named(self) -> None:
        self.run_in("short", minutes=0)
        self.run_in("first")
        for start, changes in (("short", {}), ("nothing", {}), ("first", {"seed": 4})):
            with self.assertRaises(ValueError):
                self.begin("later", start, **changes)
        with self.assertRaises(ValueError):
            trainer.begin(config(), options(self.folder / "x", start=[self.folder / "first"], resume=False, device="cpu"))

    def test_starts_with_several_runs_side_by_side(self) -> None:
        first, second = self.run_in("first"), self.run_in("second", seed=4)
        layers = config()["network"]
        branches = [layers[:-1], [prefixed(layer, "view") for layer in layers[:-1]]]
        head = {**layers[-1], "in": 2 * layers[-1]["in"]}
        joined = {**config(), "network": [{"op": "concat", "branches": branches}, head]}
        joined["start"] = [config(), {**config(), "seed": 4}]
        starts = [self.folder / "first", self.folder / "second"]
        run = trainer.begin(joined, options(self.folder / "x", start=starts, resume=False, device="cpu"))
        pixels = torch.rand(1, 3, 96, 80) * 255
        with torch.no_grad():
            expected = sum(trainer.averaged(each, config())(pixels) for each in (first, second))
            actual = trainer.averaged(run, joined)(pixels)
        self.assertLess(float((actual - expected).abs().max()), 1e-5)
        self.assertGreater(float(expected.std()), 0)

    def test_a_models_logit_starts_as_the_sum_of_its_halves(self) -> None:
        torch.manual_seed(2)
        pixels = torch.rand(1, 3, 83, 75) * 255
        for name in ("fast", "strong"):
            tables = [TABLES[f"{name}-bank"], TABLES["half-view"]]
            bank, view = (Network(table).eval() for table in tables)
            with torch.no_grad():
                # What `fast` has no room for.
                bank.conv1.weight[14:], bank.conv2.weight[:, 14:] = (0, 0) if name == "fast" else (1e-3, 1e-3)
                joined = Network(TABLES[name]).eval()
                joined.load_state_dict(joined_weights(TABLES[name], tables, [bank.state_dict(), view.state_dict()]))
                expected = bank(pixels[:, :, 5:-5, 5:-5]) + view(pixels)
                self.assertLess(float((joined(pixels) - expected).abs().max()), 1e-4, name)

    def test_refuses_to_join_what_does_not_fit(self) -> None:
        tables = [TABLES["fast-bank"], TABLES["half-view"]]
        states = [Network(table).state_dict() for table in tables]
        for layers, networks in ((tables[0], tables), (TABLES["fast"], tables[:1]), (TABLES["fast"], [tables[0]] * 2)):
            with self.assertRaises(ValueError):
                joined_weights(layers, networks, states[: len(networks)])

    def test_a_narrower_branch_keeps_the_channels_that_weigh_most(self) -> None:
        wide, narrow = (conv("one", 3, width) + RELU + conv("two", width, 5) for width in (6, 4))
        torch.manual_seed(1)
        whole = Network(wide)
        own = whole.state_dict()
        own["one.weight"][1] = 0
        own["two.weight"][:, 4] = 0
        part = Network(narrow)
        part.load_state_dict(narrowed(own, wide, narrow))
        pixels = torch.rand(1, 3, 9, 7)
        with torch.no_grad():
            self.assertLess(float((part(pixels) - whole(pixels)).abs().max()), 1e-5)

    def test_another_configuration_is_told(self) -> None:
        self.run_in("run")
        other = config()
        other["recipe"].update(steps=99)
        self.assertEqual(changed_keys(self.folder / "run", other), [])
        other["recipe"].update(twinShare=0)
        other["seed"] = 4
        other["start"] = [config()]
        self.assertEqual(changed_keys(self.folder / "run", other), ["recipe.twinShare", "seed", "start"])
        self.assertEqual(changed_keys(self.folder / "none", other), [])

    def test_loading_processes_change_nothing(self) -> None:
        alone, helped = self.run_in("alone"), self.run_in("helped", workers=2)
        for name, value in alone.average.values.items():
            self.assertTrue(torch.equal(value, helped.average.values[name]), name)

    def test_validation_is_written_at_the_end(self) -> None:
        self.run_in("run")
        (line,) = (self.folder / "run" / "validation.jsonl").read_text().splitlines()
        tables = json.loads(line)["tables"]
        self.assertEqual(set(tables), {"none", "jpeg90", "jpeg75", "half", "half+jpeg90"})

    def test_export_has_the_network_s_tensors(self) -> None:
        run = self.run_in("run")
        described = export(self.folder / "run", self.folder / "export")
        tensors = read_safetensors(self.folder / "export" / "weights.safetensors")
        self.assertEqual(tensors["bank.weight"].shape, (4, 3, 5, 5))
        np.testing.assert_allclose(tensors["bank.weight"].sum((2, 3)), 0, atol=1e-5)
        self.assertEqual(tensors["conv1.norm.running_var"].shape, (6,))
        self.assertNotIn("zeroSum", described["layers"][0])
        self.assertEqual(run.step, described["step"])
        golden = described["golden"]
        self.assertEqual(len(golden["logits"]), golden["rows"] * golden["columns"])

    def test_loss_of_right_logits_is_smaller(self) -> None:
        labels = torch.tensor([0.0, 1.0])
        targets = labels[:, None, None].expand(2, 3, 3)
        batch = trainer.Batch(torch.zeros(2, 3, 8, 8), targets, labels, torch.ones(2))
        right = (2 * targets - 1)[:, None] * 3
        self.assertLess(float(trainer.loss_of(right, batch, 0)), float(trainer.loss_of(-right, batch, 0)))


class MetricsTest(unittest.TestCase):
    def test_auc_counts_ties_half(self) -> None:
        self.assertEqual(roc_auc([0, 1], [1, 2]), 0.875)
        self.assertTrue(math.isnan(roc_auc([], [1])))

    def test_recall_keeps_the_false_positives_below(self) -> None:
        real = list(range(100))
        self.assertEqual(recall_at(real, [98.5, 99.5], 0.01), 1.0)
        self.assertEqual(recall_at(real, [98, 98.5], 0.01), 0.5)
        self.assertEqual(recall_at(real, [98.5, 99.5], 0), 0.5)

    def test_mean_leaves_out_tiny_generators(self) -> None:
        fake = [False] * 4 + [True] * 7
        sources = ["r"] * 4 + ["a"] * 5 + ["b"] * 2
        result = table([0, 0, 0, 0, 1, 1, 1, 1, 1, -1, -1], fake, sources)
        self.assertEqual(result["meanGeneratorAuc"], 1)
        self.assertEqual(result["generators"]["b"], 0)


if __name__ == "__main__":
    unittest.main()
