from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.errors import NameNotFoundError
from kinebench.lab.camera.noise import WhiteNoise
from kinebench.lab.camera.space import VerticalOffset
from kinebench.studies.sources.faults import require_choices, with_extra_errors

MARKERS = Markers(("a",), np.arange(4) / 60, np.zeros((4, 1, 3)))


def test_every_extra_error_is_applied() -> None:
    choices = {"extra.up": VerticalOffset(10.0), "extra.more": VerticalOffset(5.0), "static": 3}
    found = with_extra_errors(MARKERS, choices, "s", "t")
    np.testing.assert_allclose(found.positions[..., 1], 0.015)


def test_none_is_no_error() -> None:
    assert with_extra_errors(MARKERS, {"extra.up": None}) is MARKERS


def test_the_other_factors_do_not_move_the_noise() -> None:
    noise = WhiteNoise((1.0, 1.0, 1.0))
    alone = with_extra_errors(MARKERS, {"extra.noise": noise}, "s")
    with_offset = with_extra_errors(
        MARKERS, {"extra.noise": noise, "extra.a": VerticalOffset(10.0)}, "s"
    )
    np.testing.assert_allclose(with_offset.positions - alone.positions, [[[0, 0.01, 0]]] * 4)
    other = with_extra_errors(MARKERS, {"extra.noise": noise}, "another subject")
    assert other != alone


def test_unknown_choices_are_told() -> None:
    require_choices({"extra.anything": None, "static": 1}, ("static",), "the laboratory")
    with pytest.raises(NameNotFoundError, match="did you mean 'static'"):
        require_choices({"statc": 1}, ("static",), "the laboratory")
