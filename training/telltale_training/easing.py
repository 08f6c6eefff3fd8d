"""Degradations that grow from light to full while a run starts."""
from typing import Dict

EASED_SHARES = ("resizeShare", "processShare", "hardShare", "twiceShare")
LIGHT = 0.2
"""What the shares start from."""
GENTLE_QUALITY = 85
"""Lowest quality at the start. The share of plain pictures stays: a file format must never tell the label."""


def eased(recipe: Dict, step: int) -> Dict:
    """The recipe as it holds at `step`; unchanged from `easeSteps` on, or where it names none."""
    length = recipe.get("easeSteps", 0)
    if step >= length:
        return recipe
    grown = LIGHT + (1 - LIGHT) * step / length
    low, high = recipe["qualityRange"]
    now = {name: recipe[name] * grown for name in EASED_SHARES}
    now["qualityRange"] = [max(low, round(GENTLE_QUALITY + (low - GENTLE_QUALITY) * step / length)), high]
    return {**recipe, **now}
