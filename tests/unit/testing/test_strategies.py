"""What the strategies draw is what they say: legal, of the asked size, and not always the same."""

from __future__ import annotations

import numpy as np
from hypothesis import find, given, settings

from kinebench.cleaning import Butterworth
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.provenance import digest
from kinebench.kinematics import read_tree
from kinebench.testing.strategies import markers, models, motions

HINGE = (Coordinate("knee_angle_r", range=(0.0, 2.0)),)


@given(markers(("a", "b"), n_frames=(3, 9), rate_hz=100.0))
@settings(max_examples=30)
def test_recordings_have_the_asked_names_and_frames(drawn: Markers) -> None:
    assert drawn.names == ("a", "b")
    assert 3 <= drawn.n_frames <= 9
    assert np.allclose(np.diff(drawn.times), 0.01)
    assert np.nanmax(np.abs(drawn.positions), initial=0.0) <= 5.0


def test_gaps_are_drawn_where_they_are_wanted() -> None:
    assert find(markers(), lambda drawn: bool(drawn.missing.any())).n_frames == 1


@given(markers(gaps=False, n_frames=(20, 30)))
@settings(max_examples=20)
def test_a_filter_of_what_is_whole_leaves_nothing_out(drawn: Markers) -> None:
    assert not drawn.missing.any()
    assert not Butterworth(cutoff_hz=6.0)(drawn).missing.any()


@given(motions(HINGE))
@settings(max_examples=30)
def test_motions_keep_to_their_range(drawn: Motion) -> None:
    assert drawn.names == ("knee_angle_r",)
    assert ((drawn.values >= 0) & (drawn.values <= 2)).all()


@given(models(), models())
@settings(max_examples=3)
def test_models_move_as_people_do(one: Model, other: Model) -> None:
    assert read_tree(one).coordinate_names == read_tree(other).coordinate_names
    assert "knee_angle_r" in read_tree(one).coordinate_names


def test_people_of_several_sizes_are_drawn() -> None:
    seen = set()

    @given(models())
    @settings(max_examples=5)
    def look(model: Model) -> None:
        seen.add(digest(model))

    look()
    assert len(seen) > 1
