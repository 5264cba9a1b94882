"""Public datasets: cards that name every byte, verified copies, loaders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinebench.datasets.card import Card, CardFile, Source
from kinebench.datasets.catalogue import cards, find_card
from kinebench.datasets.fetching import fetch_dataset, fetch_file, local_file
from kinebench.datasets.places import Places
from kinebench.datasets.sample import Sample

if TYPE_CHECKING:
    from kinebench.datasets.loaders import load, sample_names

__all__ = [
    "Card",
    "CardFile",
    "Places",
    "Sample",
    "Source",
    "cards",
    "fetch_dataset",
    "fetch_file",
    "find_card",
    "load",
    "local_file",
    "sample_names",
]


def __getattr__(name: str) -> Any:
    # a run needs files of data sets, and none of their loaders
    if name in ("load", "sample_names"):
        from kinebench.datasets import loaders

        return getattr(loaders, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
