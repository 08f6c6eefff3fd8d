"""Weights of a network that begins as several trained ones side by side."""
from typing import Dict, Iterator, Sequence

import torch
from torch import Tensor

from .layers import Layer, branches_of, module_name

State = Dict[str, Tensor]


def joined_weights(layers: Sequence[Layer], networks: Sequence[Sequence[Layer]], states: Sequence[State]) -> State:
    """Weights for `layers`, which are the trunks of `networks` as branches and one head: its logit is the sum of theirs.

    Raises ValueError where `layers` are something else.
    """
    branches = branches_of(layers[0])
    if len(layers) != 2 or len(branches) != len(networks):
        raise ValueError(f"a network that starts from {len(networks)} runs has as many branches, and one head behind them")
    name = module_name(layers[1])
    state = {
        f"{name}.weight": torch.cat([own[f"{name}.weight"] for own in states], 1),
        f"{name}.bias": torch.stack([own[f"{name}.bias"] for own in states]).sum(0),
    }
    for branch, network, own in zip(branches, networks, states):
        before, after = list(_module_names(network[:-1])), list(_module_names(branch))
        if len(before) != len(after):
            raise ValueError(f"a branch has {len(after)} layers with weights, the run it starts from {len(before)}")
        renamed = dict(zip(before, after))
        for key, value in narrowed(own, network[:-1], branch).items():
            module, tensor = key.rsplit(".", 1)
            if module in renamed:
                state[f"{renamed[module]}.{tensor}"] = value
    return state


def narrowed(own: State, wide: Sequence[Layer], narrow: Sequence[Layer]) -> State:
    """`own` for a chain of fewer channels behind some convolutions without a norm: those whose kernels weigh most."""
    state = dict(own)
    convolutions = [[layer for layer in layers if layer["op"] == "conv"] for layers in (wide, narrow)]
    pairs = list(zip(*convolutions))
    for (before, after), (following, _) in zip(pairs, pairs[1:]):
        if before["out"] == after["out"]:
            continue
        name, reader = module_name(before), f"{module_name(following)}.weight"
        written, read = state[f"{name}.weight"].flatten(1), state[reader].transpose(0, 1).flatten(1)
        kept = (written.norm(dim=1) * read.norm(dim=1)).argsort(descending=True)[: after["out"]].sort().values
        for tensor in [key for key in state if key.startswith(f"{name}.")]:
            state[tensor] = state[tensor][kept]
        state[reader] = state[reader][:, kept]
    return state


def _module_names(layers: Sequence[Layer]) -> Iterator[str]:
    for layer in layers:
        for branch in branches_of(layer):
            yield from _module_names(branch)
        if "name" in layer:
            yield module_name(layer)
