"""Data sets that other packages add: a card, and a loader of its samples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kinebench.core.extensions import Catalogue, of_type
from kinebench.datasets.card import Card, read_card


@dataclass(frozen=True, slots=True)
class Dataset:
    """What an entry point of the kind "dataset" names.

    Parameters
    ----------
    path : Path
        The card, ``NAME/card.toml``; the folder's name is the dataset's.
    loader : kinebench.datasets.loaders.loader.Loader
    """

    path: Path
    loader: Any

    @property
    def card(self) -> Card:
        """The card as read."""
        return read_card(self.path)


def _by_name(value: Any) -> dict[str, Dataset]:
    return {of_type(Dataset, value).card.name: value}


ADDED: Catalogue[Dataset] = Catalogue({}, "dataset", _by_name)
"""Data sets of other packages, by name."""
