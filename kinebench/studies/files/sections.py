"""Sections of a study file: ``sections = ["causes", { kind = "oracle", factor = "filter" }]``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from kinebench.errors import FileFormatError, require_names
from kinebench.io.documents import Table, require_keys, texts_of, value_of
from kinebench.studies.design import LABELS, Factor, Study
from kinebench.studies.report_plan import SECTIONS, SectionChoice

_KEYS = ("kind", "title")
_OWN_KEYS: Mapping[str, tuple[str, ...]] = {
    "oracle": ("factor", "candidates", "split"),
    "metric": ("metric",),
}


def sections_of(content: Table, studies: Sequence[Study]) -> tuple[SectionChoice, ...]:
    """The sections that a file chooses, checked against the studies before anything runs.

    Parameters
    ----------
    content : mapping
        Of the file; each of its ``sections`` is a kind, or a table with ``kind`` and options.
    studies : sequence of Study

    Raises
    ------
    FileFormatError, NameNotFoundError
        A kind, factor, level or label does not exist, or a metric that a section needs is missing.
    """
    found = value_of(content, "sections", list, "the study", [])
    return tuple(_section(one, f"section {i}", studies) for i, one in enumerate(found, start=1))


def _section(given: Any, where: str, studies: Sequence[Study]) -> SectionChoice:
    table = given if isinstance(given, Mapping) else {"kind": given}
    named = value_of(table, "kind", str, where, "")
    require_names([named], SECTIONS, "section", "a report")
    (kind,) = (one for one in SECTIONS if one == named)
    needed = ("metric",) if kind == "metric" else ()
    require_keys(table, (*_KEYS, *_OWN_KEYS.get(kind, ())), where, needed)
    title = value_of(table, "title", str, where, "")
    if kind == "oracle":
        return _oracle(table, title, where, studies)
    if kind == "metric":
        metric = value_of(table, "metric", str, where)
        _require_metric(metric, "it shows", where, studies)
        return SectionChoice(kind, title, metric=metric)
    if kind == "sinking":
        _require_metric("bias", "sinking needs", where, studies)
    return SectionChoice(kind, title)


def _require_metric(metric: str, why: str, where: str, studies: Sequence[Study]) -> None:
    for study in studies:
        if metric not in study.metrics:
            raise FileFormatError(
                f"{where}: {why} metric {metric}, which study '{study.name}' does not have; its"
                f" metrics are {', '.join(study.metrics)}"
            )


def _oracle(table: Table, title: str, where: str, studies: Sequence[Study]) -> SectionChoice:
    """Of the first study, whose truth is known best; by default its first factor, all levels."""
    study = studies[0]
    factors = {factor.name: factor for factor in study.factors}
    name = value_of(table, "factor", str, where, next(iter(factors), ""))
    require_names([name], factors, "factor", f"study '{study.name}'")
    candidates = _levels(texts_of(table, "candidates", where), factors[name], where)
    if len(candidates) < 2:
        raise FileFormatError(
            f"{where}: an oracle needs two candidates or more, found {', '.join(candidates)}"
        )
    split = value_of(table, "split", str, where, "activity")
    require_names([split], (*LABELS, *factors), "label", f"study '{study.name}'")
    return SectionChoice("oracle", title, name, candidates, split)


def _levels(given: Sequence[str], factor: Factor, where: str) -> tuple[str, ...]:
    """Levels by name or pattern, in the order of the factor; all when none is named."""
    labels = [level.label for level in factor.levels]
    chosen: set[str] = set()
    for text in given or labels:
        matches = [text] if text in labels else [x for x in labels if fnmatchcase(x, text)]
        if not matches:
            require_names([text], labels, "level", f"factor '{factor.name}' ({where})")
        chosen.update(matches)
    return tuple(label for label in labels if label in chosen)
