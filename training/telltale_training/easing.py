"""Degradations that grow from light to full while a run starts.

Under full degradations a small network learns next to nothing for thousands of steps (measured: a loss of 0.685 after
600 steps, 0.652 on pictures as they are). It learns on those first. A file format must not tell the label meanwhile:
see `history`.
"""
from typing import Dict, List, Union

Value = Union[float, List[float]]


def eased(recipe: Dict, step: int) -> Dict:
    """The recipe as it holds at `step`: `ease` names what it starts `from`, `after` which step that changes and `until` when.

    Unchanged from then on, or where nothing is to be eased.
    """
    ease = recipe.get("ease")
    if ease is None or step >= ease["until"]:
        return recipe
    share = max(0.0, (step - ease["after"]) / (ease["until"] - ease["after"]))
    return {**recipe, **{name: _between(start, recipe[name], share) for name, start in ease["from"].items()}}


def _between(start: Value, end: Value, share: float) -> Value:
    if isinstance(start, list) and isinstance(end, list):
        return [_between(one, other, share) for one, other in zip(start, end)]
    return start + (end - start) * share
