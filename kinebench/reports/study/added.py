"""Sections of a study's report that other packages add."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kinebench.core.extensions import Catalogue
from kinebench.errors import NotApplicableError
from kinebench.reports.blocks import Section
from kinebench.reports.study.parts import StudyPart

SectionMaker = Callable[[Sequence[StudyPart]], Section]
"""What an entry point of the kind "section" names."""


def _by_name(value: Any) -> Mapping[str, SectionMaker]:
    if not callable(value):
        raise NotApplicableError("must be a function of the study's parts")
    return {getattr(value, "__name__", repr(value)): value}


SECTIONS: Catalogue[SectionMaker] = Catalogue({}, "section", _by_name)
"""Makers of sections, by the name of the function."""


def added_sections(parts: Sequence[StudyPart]) -> Iterator[Section]:
    """What other packages say of a study, in the order of their names."""
    for make in SECTIONS.values():
        yield make(parts)
