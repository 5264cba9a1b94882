from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from kinebench.augmentation import LSTMAugmenter
from kinebench.cleaning import Butterworth
from kinebench.cleaning.catalogue import CLEANERS, parse_cleaners
from kinebench.core.markers import Markers
from kinebench.core.results import IKSolution
from kinebench.core.subject import Subject
from kinebench.ik.fast import FastIK
from kinebench.pipeline.engines import ENGINES, Engine
from kinebench.testing.conformance import check_augmenter, check_cleaner, check_engine


@pytest.mark.parametrize("text", ["butterworth:6", "fill-linear:0.5", "rescale", "swap-sides"])
def test_own_cleaners_conform(text: str) -> None:
    (cleaner,) = parse_cleaners(text)
    check_cleaner(cleaner)
    assert text.partition(":")[0] in CLEANERS


def test_own_augmenter_conforms() -> None:
    check_augmenter(LSTMAugmenter("lab-1"))


@pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))
def test_own_engines_conform(engine: Engine) -> None:
    check_engine(engine)


@dataclass(frozen=True)
class Faulty:
    kind: str

    def __call__(self, markers: Markers) -> Markers:
        if self.kind == "a gap":
            gap = markers.positions.copy()
            gap[3, 0] = np.nan
            return markers.with_positions(gap)
        if self.kind == "millimetres":
            return markers.with_positions(1000 * markers.positions)
        if self.kind == "a marker less":
            return markers.select(markers.names[1:])
        if self.kind == "chance":
            noise = np.random.default_rng().normal(0, 1e-3, markers.positions.shape)
            return markers.with_positions(markers.positions + noise)
        return None  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("a gap", "makes no gap"),
        ("millimetres", "moves no point by more than 1 m"),
        ("a marker less", "keeps the names"),
        ("chance", "the same markers for the same"),
        ("nothing", "not a NoneType"),
    ],
)
def test_a_faulty_cleaner_is_noticed(kind: str, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        check_cleaner(Faulty(kind))


def test_a_cleaner_that_is_no_value_is_noticed() -> None:
    smooth = Butterworth(6.0)
    with pytest.raises(AssertionError, match="frozen dataclass"):
        check_cleaner(lambda markers: smooth(markers))


@dataclass(frozen=True)
class FaultyAugmenter:
    kind: str

    @property
    def needs(self) -> tuple[str, ...]:
        return LSTMAugmenter("lab-1").needs

    @property
    def gives(self) -> tuple[str, ...]:
        return LSTMAugmenter("lab-1").gives

    def __call__(self, keypoints: Markers, subject: Subject) -> Markers:
        given = LSTMAugmenter("lab-1")(keypoints, subject)
        if self.kind == "stays":
            return given.with_positions(given.positions - keypoints.position("RHip").mean(axis=0))
        if self.kind == "order":
            return given.select(given.names[::-1])
        return replace(given, times=given.times + 0.1)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("stays", "follows a person"),
        ("order", "gives the markers that it names"),
        ("late", "keeps the times"),
    ],
)
def test_a_faulty_augmenter_is_noticed(kind: str, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        check_augmenter(FaultyAugmenter(kind))


class LateIK(FastIK):
    """Gives the angles of the frame before."""

    def __call__(self, model, markers) -> IKSolution:
        found = super().__call__(model, markers)
        values = 0.9 * found.motion.values
        return replace(found, motion=replace(found.motion, values=values))


def test_a_faulty_engine_is_noticed() -> None:
    faulty = Engine("late", "late", ENGINES["fast"].scaler, f"{__name__}:LateIK")
    import sys

    sys.modules.setdefault(__name__, sys.modules[LateIK.__module__])
    with pytest.raises(AssertionError, match="of exact markers"):
        check_engine(faulty)
