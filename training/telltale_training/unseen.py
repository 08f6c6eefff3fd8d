"""Generators that no training image may come from: validation measures them as families never seen."""
import re

_FAMILIES = re.compile(
    r"deep-?floyd|^if-|cascade|w(ue|ü)rstchen|kolors|omnigen|cyclegan|style-?gan-?2|stylegan-xl|glid-?3", re.IGNORECASE
)


def is_unseen_family(generator: str) -> bool:
    """Whether `generator` belongs to a family that is kept for validation, or to its nearest relatives."""
    return _FAMILIES.search(generator) is not None
