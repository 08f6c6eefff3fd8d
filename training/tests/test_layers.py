import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from telltale_training.geometry import ReceptiveField, grid_length, multiply_accumulates, receptive_field
from telltale_training.high_pass import high_pass_colour_bank
from telltale_training.layers import Network
from telltale_training.safetensors_file import read_safetensors, write_safetensors
from telltale_training.wavelet import diagonal_band

ROOT = Path(__file__).resolve().parents[2]


class Packaged(unittest.TestCase):
    """The twin against a card that Telltale's engine wrote."""

    def setUp(self) -> None:
        folder = ROOT / "models" / "fast"
        if not folder.exists():
            self.skipTest("the fast model is not there")
        self.card = json.loads((folder / "card.json").read_text())
        self.network = Network(self.card["layers"])
        weights = read_safetensors(folder / self.card["weights"]["file"])
        self.network.load_state_dict({_key(k): torch.from_numpy(v.copy()) for k, v in weights.items()})

    def test_gives_the_golden_logits(self) -> None:
        from telltale_training.golden import golden_input

        golden = self.card["golden"]
        image = golden_input(golden["input"]["widthPx"], golden["input"]["heightPx"])
        self.assertEqual(image.sum(), golden["input"]["sum"])
        with torch.no_grad():
            grid = self.network(torch.from_numpy(image).permute(2, 0, 1)[None])[0, 0]
        np.testing.assert_allclose(grid.flatten().numpy(), golden["logits"], atol=1e-3)

    def test_has_the_card_s_receptive_field(self) -> None:
        stated = self.card["receptiveField"]
        expected = ReceptiveField(stated["sizePx"], stated["stridePx"], stated["offsetPx"])
        self.assertEqual(receptive_field(self.card["layers"]), expected)


def _key(name: str) -> str:
    module, _, tensor = name.rpartition(".")
    return f"{module.replace('.', '/')}.{tensor}"


class Layers(unittest.TestCase):
    def test_zero_sum_kernels_ignore_a_constant(self) -> None:
        layer = {"op": "conv", "name": "bank", "in": 3, "out": 8, "kernel": 5, "stride": 1, "bias": False}
        network = Network([{**layer, "zeroSum": True, "start": "high-pass"}])
        response = network(torch.full((1, 3, 9, 9), 200.0))
        self.assertLess(float(response.abs().max()), 1e-2)

    def test_a_colour_bank_has_every_filter_on_every_mix(self) -> None:
        bank = high_pass_colour_bank(24, 5)
        grey = torch.rand(1, 1, 16, 16).expand(1, 3, 16, 16) * 255
        response = torch.nn.functional.conv2d(grey, bank).abs().amax((0, 2, 3))
        self.assertGreater(float(response[:8].min()), 1)
        self.assertLess(float(response[8:].max()), 1e-2)
        self.assertEqual(len({tuple(values.flatten().tolist()) for values in bank}), 24)
        for channels in (25, 27):
            with self.assertRaises(ValueError):
                high_pass_colour_bank(channels, 5)

    def test_branches_are_added_and_joined(self) -> None:
        double = {"op": "scale", "factor": 2}
        x = torch.rand(1, 3, 4, 4)
        added = Network([{"op": "residual", "main": [double], "skip": []}])(x)
        joined = Network([{"op": "concat", "branches": [[double], []]}])(x)
        torch.testing.assert_close(added, 3 * x)
        torch.testing.assert_close(joined, torch.cat([2 * x, x], 1))

    def test_residual_of_the_corner_pixel_drops_an_odd_row(self) -> None:
        x = torch.arange(30.0).reshape(1, 1, 5, 6)
        result = Network([{"op": "nearestResidual", "factor": 1}])(x)
        self.assertEqual(result.shape, (1, 1, 4, 6))
        self.assertEqual(float(result[0, 0, 1, 1]), 7)
        self.assertEqual(float(result[0, 0, 2, 2]), 0)

    def test_diagonal_band_sees_checkerboards_only(self) -> None:
        flat = diagonal_band(torch.full((1, 3, 7, 8), 5.0))
        self.assertEqual(flat.shape, (1, 3, 7, 8))
        self.assertEqual(float(flat.abs().max()), 0)
        board = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(4, 4)[None, None]
        self.assertGreater(float(diagonal_band(board)[0, 0, 4, 4]), 1.9)


class Geometry(unittest.TestCase):
    def test_counts_a_convolution_s_work(self) -> None:
        layer = {"op": "conv", "name": "a", "in": 3, "out": 8, "kernel": 3, "stride": 2, "bias": True}
        self.assertEqual(multiply_accumulates([layer], 9), 4 * 4 * 9 * 3 * 8)

    def test_grid_of_the_network_is_the_grid_that_it_gives(self) -> None:
        from .support import NETWORK

        network = Network(NETWORK).eval()
        for side in (32, 33, 47):
            self.assertEqual(network(torch.zeros(1, 3, side, side)).shape[2], grid_length(NETWORK, side))

    def test_gradient_reaches_exactly_the_receptive_field(self) -> None:
        from .support import NETWORK

        field = receptive_field(NETWORK)
        network = Network(NETWORK).double().eval()
        x = (255 * torch.rand(1, 3, 40, 40)).double().requires_grad_(True)
        network(x)[0, 0, 1, 1].backward()
        rows = x.grad.abs().sum((0, 1, 3)).nonzero().flatten()
        start = field.offset + field.stride
        self.assertGreaterEqual(int(rows.min()), start)
        self.assertLess(int(rows.max()), start + field.size)


class Safetensors(unittest.TestCase):
    def test_reads_what_it_wrote(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "a.safetensors"
        tensors = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.float32([1.5])}
        write_safetensors(path, tensors)
        found = read_safetensors(path)
        self.assertEqual(list(found), ["a", "b"])
        np.testing.assert_array_equal(found["a"], tensors["a"])


    def test_reads_the_upper_halves_of_floats(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "b.safetensors"
        header = b'{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}'
        path.write_bytes(len(header).to_bytes(8, "little") + header + bytes([0x80, 0x3F, 0x20, 0xC0]))
        np.testing.assert_array_equal(read_safetensors(path)["a"], [1.0, -2.5])
