import argparse
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from telltale_training.own_autoencoders import (
    UPSAMPLERS,
    BlurredInsertion,
    OwnAutoencoder,
    designs,
    load_autoencoders,
    save_autoencoder,
)
from telltale_training.pack_format import PackWriter, Row, read_packs
from telltale_training.round_trips import add_twins
from telltale_training.tiny_autoencoders import decoder_layers, encoder_layers
from telltale_training.train_autoencoders import psnr, train_autoencoder
from telltale_training.sources import Balanced

from .support import picture, write_pack


class Designs(unittest.TestCase):
    def test_hold_every_upsampler_first(self) -> None:
        self.assertEqual({design.upsampler for design in designs(6)}, set(UPSAMPLERS))
        self.assertEqual(len({design.name for design in designs(18)}), 18)

    def test_round_trips_keep_the_shape(self) -> None:
        for design in designs(18):
            with torch.no_grad():
                self.assertEqual(OwnAutoencoder(design)(torch.rand(1, 3, 16, 24)).shape, (1, 3, 16, 24), design.name)

    def test_blurred_insertion_keeps_a_constant(self) -> None:
        result = BlurredInsertion()(torch.full((1, 2, 6, 6), 3.0))
        self.assertEqual(result.shape, (1, 2, 12, 12))
        torch.testing.assert_close(result[:, :, 2:-2, 2:-2], torch.full((1, 2, 8, 8), 3.0))


class Published(unittest.TestCase):
    def test_layers_are_numbered_as_in_the_files(self) -> None:
        encoder, decoder = encoder_layers(32, True).state_dict(), decoder_layers(32, True).state_dict()
        self.assertIn("14.weight", encoder)
        self.assertIn("11.pool.3.weight", encoder)
        self.assertNotIn("7.pool.0.weight", encoder)
        self.assertEqual(decoder["19.weight"].shape, (3, 64, 3, 3))
        self.assertIn("5.pool.1.bias", decoder)


class Training(unittest.TestCase):
    def setUp(self) -> None:
        torch.set_num_threads(1)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        write_pack(self.folder / "pack")
        self.real = [i for i in read_packs([self.folder / "pack"]) if i.row.key.startswith("real")]

    def test_adversarial_design_learns_and_is_kept(self) -> None:
        design = designs(4)[3]
        self.assertTrue(design.adversarial)
        writer = PackWriter(self.folder / "smooth")
        writer.add(Row("s", "real", "train", "s", "", 0, 0), picture(1, 64, block=32))
        writer.close()
        smooth = read_packs([self.folder / "smooth"])
        image = torch.from_numpy(smooth[0].pixels.copy()).permute(2, 0, 1)[None].float() / 255
        train = lambda steps: train_autoencoder(
            design, Balanced(smooth), argparse.Namespace(steps=steps, batch=4, side=32, device="cpu")
        )
        model = train(60)
        self.assertGreater(psnr(model, image), psnr(train(2), image) + 1)
        save_autoencoder(model, self.folder / "models")
        loaded = load_autoencoders(self.folder / "models")[design.name]
        self.assertAlmostEqual(psnr(loaded, image), psnr(model, image), places=5)

    def test_twins_name_their_window(self) -> None:
        options = argparse.Namespace(seed=1, side=48, pass_name="p", device="cpu", least=32)
        writer = PackWriter(self.folder / "twins")
        add_twins(self.real, {"inverted": lambda x: 1 - x}, writer, options)
        again = len(writer.rows)
        add_twins(self.real, {"inverted": lambda x: 1 - x}, writer, options)
        writer.close()
        self.assertEqual((again, len(writer.rows)), (4, 4))
        by_key = {image.row.key: image for image in self.real}
        for twin in read_packs([self.folder / "twins"]):
            row = twin.row
            original = by_key[row.of].pixels[row.top : row.top + row.height, row.left : row.left + row.width]
            np.testing.assert_array_equal(twin.pixels, 255 - original)
