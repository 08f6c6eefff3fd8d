"""What must not be trained on: images and repositories of validation and of the collection kept apart, and families."""
import csv
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Optional, Set

from .unseen import is_unseen_family


@dataclass
class Refused:
    """What must not be trained on."""

    hashes: Set[str] = field(default_factory=set)
    blobs: Set[str] = field(default_factory=set)
    repositories: Set[str] = field(default_factory=set)

    def reason(self, entry: Dict[str, str]) -> Optional[str]:
        """Why an entry of a manifest is refused, or None."""
        repository = entry["repository"].lower()
        if _sha256(repository) in self.hashes or (entry["blob"] and _sha256(entry["blob"]) in self.hashes):
            return "kept apart"
        if entry["blob"] in self.blobs or repository in self.repositories:
            return "in validation"
        names = (Path(entry["path"]).parent.name, entry["generator"])
        if entry["label"] == "fake" and any(is_unseen_family(name) for name in names):
            return "family kept unseen"
        return None


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_refused(kept_apart: Path, index: Path) -> Refused:
    """From `kept-apart.txt` (a kind and a sha256 a line) and the rows of `index.csv` whose split is `val`."""
    lines = (line.split() for line in kept_apart.read_text().splitlines() if not line.startswith("#"))
    refused = Refused(hashes={parts[-1] for parts in lines if parts})
    with open(index, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    train = {row["repo"].lower() for row in rows if row["split"] == "train"}
    for row in rows:
        if row["split"] == "val":
            refused.blobs.add(row["blob"])
            # A repository may hold a training and a validation source: then only the blobs tell.
            if row["repo"].lower() not in train:
                refused.repositories.add(row["repo"].lower())
    refused.blobs.discard("")
    return refused
