"""Manifest: inputs with their sha256, versions, command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kinebench.augmentation.catalogue import DatasetFiles
from kinebench.core.model import Document
from kinebench.datasets import find_card
from kinebench.reports.blocks import Details, Section, TableBlock, Text
from kinebench.reports.study.parts import StudyPart
from kinebench.reports.study.values import augmenters_of, cards_of, values_of
from kinebench.reports.tables import Table
from kinebench.studies.analysis.results import manifest
from kinebench.studies.design import Study

Input = tuple[str, str, str]
"""Where from, name, sha256."""


def inputs_of(parts: Sequence[StudyPart]) -> list[Input]:
    """Files and documents that the studies use: trials, augmenters' weights, models, set-ups."""
    found: list[Input] = []
    for part in parts:
        found += _trials(part.study)
        found += _weights(part.study)
        found += _documents(part.study)
    return list(dict.fromkeys(found))


def full_manifest(title: str, parts: Sequence[StudyPart], command: str) -> dict[str, Any]:
    """Everything that is needed to get the same report, as JSON types."""
    return {
        "report": title,
        "command": command,
        "inputs": [
            dict(zip(("from", "name", "sha256"), one, strict=True)) for one in inputs_of(parts)
        ],
        "parts": [
            {"title": p.title, **manifest(p.study, p.outcomes, p.computed_with)} for p in parts
        ],
    }


def manifest_section(parts: Sequence[StudyPart], command: str) -> Section:
    """What a reader needs to trust and repeat it."""
    rows = tuple(inputs_of(parts))
    table = Table(("from", "file or document", "sha256"), rows, n_labels=3)
    caption = "Files and documents that went in"
    inputs = Details(f"{len(rows)} inputs with their sha256", (TableBlock(table, caption),))
    return Section(
        "Manifest",
        (
            Text(f"Made by: {command}"),
            Text(
                "What is random in a virtual recording is seeded by the names of subject and trial,"
                " so that adding a level or a trial changes no other run. The manifest among the"
                " downloads holds every setting."
            ),
            *((inputs,) if rows else ()),
        ),
    )


def _trials(study: Study) -> Iterator[Input]:
    for card in cards_of(study):
        for file in card.files:
            yield (f"dataset {card.name}", file.path, file.sha256)


def _weights(study: Study) -> Iterator[Input]:
    for row in augmenters_of(study):
        if isinstance(row.files, DatasetFiles):
            folders = tuple(f"{row.files.root}/{network.folder}/" for network in row.networks)
            for file in find_card(row.files.dataset).files:
                if file.path.startswith(folders):
                    yield (f"dataset {row.files.dataset}", file.path, file.sha256)
        else:
            for network, sha256 in zip(row.networks, row.files.sha256, strict=True):
                yield (f"augmenter {row.name}", network.folder, sha256)


def _documents(study: Study) -> Iterator[Input]:
    for value in values_of(study):
        if isinstance(value, Document):
            yield ("pipeline", value.name, value.digest)
