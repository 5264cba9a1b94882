"""Figures of the literature: each with where it was read, none without."""

from __future__ import annotations

import math

import pytest

from kinebench.comparison import PROCEDURES
from kinebench.datasets.catalogue import shipped_cards
from kinebench.errors import NameNotFoundError
from kinebench.literature import STUDIES, PublishedFigure, study
from kinebench.literature.published import ACTIVITIES, ANGLES, LARGEST, SMALLEST, TRANSLATIONS

every_study = pytest.mark.parametrize("name", STUDIES)


@every_study
def test_a_study_is_a_procedure_on_a_data_set_with_figures(name: str) -> None:
    of = study(name)
    assert of.procedure is PROCEDURES[name]
    card = shipped_cards()[of.dataset]
    assert of.subjects == len(dict(card.expected)["subject"])
    assert of.figures
    assert of.caveats
    assert of.link.startswith(("10.", "https://"))
    assert len({(figure.activity, figure.of) for figure in of.figures}) == len(of.figures)


@every_study
def test_figures_are_plausible_and_of_what_the_procedure_scores(name: str) -> None:
    of = study(name)
    scored = of.procedure.coordinates or ()
    items = {item.removesuffix("_r").removesuffix("_l") for item in scored}
    for figure in of.figures:
        assert figure.of in {ANGLES, TRANSLATIONS, SMALLEST, LARGEST} | items
        limits = (math.radians(1), math.radians(15)) if figure.unit == "rad" else (1e-3, 0.05)
        assert limits[0] < figure.value < limits[1]


def test_the_figures_are_those_of_the_studies() -> None:
    """Typed anew from the studies, not from the file."""
    opencap = study("opencap-2023")
    means = {a: opencap.figure(a, ANGLES) for a in (*ACTIVITIES, "all")}
    assert [round(math.degrees(f.value), 1) for f in means.values() if f] == [
        4.1, 4.1, 4.7, 5.1, 4.5,
    ]  # fmt: skip
    assert {figure.read for figure in opencap.figures} == {"quoted"}
    assert opencap.figure("sit-to-stand", LARGEST) is None, "nobody here read it"
    bench = study("opencapbench")
    assert bench.figure("all", "lumbar_extension") == PublishedFigure(
        "all", "lumbar_extension", math.radians(9.2), "rad", "itself"
    )


def test_a_misspelt_study_is_told() -> None:
    with pytest.raises(NameNotFoundError, match="opencapbench"):
        study("opencap-bench")
    with pytest.raises(NameNotFoundError, match="activity"):
        PublishedFigure("running", ANGLES, 0.1, "rad", "itself")
    with pytest.raises(NameNotFoundError, match="way of reading"):
        PublishedFigure("all", ANGLES, 0.1, "rad", "heard")
