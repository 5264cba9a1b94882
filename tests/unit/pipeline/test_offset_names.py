from __future__ import annotations

import numpy as np

from kinebench.core import Markers, Model
from kinebench.osim.edits import marker_names
from kinebench.pipeline.offset_names import plain_model, stored_for


def with_ending(model: Model) -> Model:
    return Model(model.name, model.xml.replace(b'"KNEE"', b'"KNEE_offsetRemoved"'))


def stored() -> Markers:
    positions = np.arange(3.0)[None, :, None] * np.ones((2, 3, 3))
    return Markers(("KNEE", "KNEE_offsetRemoved", "Neck"), np.array([0.0, 0.1]), positions)


def test_a_model_without_the_ending_is_itself(leg_model: Model) -> None:
    assert plain_model(leg_model) is leg_model


def test_the_ending_is_taken_off(leg_model: Model) -> None:
    assert marker_names(plain_model(with_ending(leg_model))) == marker_names(leg_model)


def test_such_a_model_gets_the_offset_free_version(leg_model: Model) -> None:
    chosen = stored_for(with_ending(leg_model), stored())
    assert chosen.names == ("KNEE", "Neck")
    np.testing.assert_array_equal(chosen.position("KNEE"), np.ones((2, 3)))


def test_another_model_gets_the_markers_as_they_are(leg_model: Model) -> None:
    assert stored_for(leg_model, stored()) == stored()
