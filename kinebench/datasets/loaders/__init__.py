"""Loaders: the files of a dataset as samples, by patterns of its card or by a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kinebench.datasets.added import ADDED
from kinebench.datasets.card import Card
from kinebench.datasets.catalogue import find_card
from kinebench.datasets.contents import Contents
from kinebench.datasets.loaders import (
    augmenter_known_answers,
    keypoints_subject2,
    labvalidation,
    lbmc,
    opencap_core,
    opencap_processing,
    opencap_session_subject0,
    patterns,
    pose2sim_demo,
)
from kinebench.datasets.loaders.loader import Loader
from kinebench.datasets.places import Places
from kinebench.datasets.sample import Sample
from kinebench.errors import DatasetError, nearest

__all__ = ["LOADERS", "load", "loader_of", "sample_names"]

LOADERS: Mapping[str, Loader] = MappingProxyType(
    {
        "augmenter-known-answers-v0.1": augmenter_known_answers.V0_1,
        "augmenter-known-answers-v0.3": augmenter_known_answers.V0_3,
        "keypoints-subject2": keypoints_subject2.LOADER,
        "labvalidation-raw-mocap-gaps": labvalidation.RAW_MOCAP_GAPS,
        "labvalidation-subject2-walking1": labvalidation.SUBJECT2,
        "labvalidation-subject3-walking1": labvalidation.SUBJECT3,
        "labvalidation-subject4-mocap": labvalidation.SUBJECT4,
        "labvalidation-subject5-dj1": labvalidation.SUBJECT5,
        "lbmc-markerless-benchmark": lbmc.LOADER,
        "opencap-core": opencap_core.LOADER,
        "opencap-processing": opencap_processing.LOADER,
        "opencap-session-subject0": opencap_session_subject0.LOADER,
        "pose2sim-demo-trc": pose2sim_demo.LOADER,
    }
)


def sample_names(dataset: str, places: Places | None = None) -> tuple[str, ...]:
    """Names of the samples that `load` gives of a dataset.

    Raises
    ------
    DatasetError
        Unknown dataset, or one of the user's own, for which there is no loader.
    """
    contents = _contents(dataset, places)
    return _loader(contents.card).names(contents)


def load(dataset: str, name: str, places: Places | None = None) -> Sample:
    """One sample of a dataset, its files fetched and verified.

    Raises
    ------
    DatasetError
        Unknown dataset or sample, with the near match; files that cannot be fetched.
    """
    contents = _contents(dataset, places)
    loader = _loader(contents.card)
    names = loader.names(contents)
    if name not in names:
        raise DatasetError(
            f"dataset {dataset} has no sample '{name}'{nearest(name, names)};"
            f" it has: {', '.join(names) or 'none'}"
        )
    return loader.load(contents, name)


def _contents(dataset: str, places: Places | None) -> Contents:
    places = places or Places.from_environment()
    return Contents(find_card(dataset, places), places)


def loader_of(card: Card) -> Loader | None:
    """The loader of a dataset; None where there is none.

    Kinebench's, another package's, or, where patterns of its card make samples, the one for all
    such.
    """
    if card.name in LOADERS:
        return LOADERS[card.name]
    added = ADDED.get(card.name)
    if added is not None:
        found: Loader = added.loader
        return found
    return patterns.LOADER if any(one.sample for one in card.patterns) else None


def _loader(card: Card) -> Loader:
    found = loader_of(card)
    if found is None:
        raise DatasetError(
            f"there is no loader for {card.name}; fetch_file('{card.name}', path) gives its files"
        )
    return found
