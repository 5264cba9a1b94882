"""Public datasets: cards that name every byte, verified copies, loaders."""

from kinebench.datasets.card import Card, CardFile, Source
from kinebench.datasets.catalogue import cards, find_card
from kinebench.datasets.fetching import fetch_dataset, fetch_file, local_file
from kinebench.datasets.loaders import load, sample_names
from kinebench.datasets.places import Places
from kinebench.datasets.sample import Sample

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
