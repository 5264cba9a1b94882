"""A model's XML is parsed once, however many parts of kinebench read it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from kinebench.core import Document, Markers, Model, Subject
from kinebench.io import xml
from kinebench.kinematics.osim_tree import tree_of_text
from kinebench.osim.edits import (
    document_root,
    marker_names,
    shared_root,
    with_marker_set,
    with_renamed_markers,
    without_dependent_leaves,
    without_forces,
)
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.lean_model import lean_template
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.recipe import read_recipe
from kinebench.scaling.window import GivenWindow

WINDOW = GivenWindow(0.1, 0.4)


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes]:
    """How often each content is parsed, from an empty memory on."""
    count: Counter[bytes] = Counter()
    strictly = xml._strictly

    def counted(content: bytes) -> ET.Element:
        count[content] += 1
        return strictly(content)

    for remembers in (xml._document, lean_template, read_recipe, tree_of_text):
        remembers.cache_clear()
    monkeypatch.setattr(xml, "_strictly", counted)
    return count


@pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")
@pytest.mark.parametrize(("scaler", "documents"), [(FastScaler, 3), (OpenSimScaler, 6)])
def test_a_scaling_parses_no_document_twice(
    scaler: type[FastScaler] | type[OpenSimScaler],
    documents: int,
    leg_model: Model,
    leg_setup: Document,
    leg_trial: Callable[..., Markers],
    parses: Counter[bytes],
) -> None:
    """OpenSim's: generic model, set-up as published and as fitted, factors, model scaled, placed.

    The fast one's: set-up, generic model and its kinematic part.
    """
    static = leg_trial(0.05, 0.1, np.full(40, -0.2), scale=1.1)
    scaler(leg_setup, None, WINDOW)(leg_model, static, Subject(70.0, 1.75))
    assert set(parses.values()) == {1}
    assert len(parses) == documents


def test_edits_leave_alone_what_others_read(leg_model: Model) -> None:
    before = ET.tostring(shared_root(leg_model))
    markers = Document(
        "set",
        b"<OpenSimDocument Version='40500'><MarkerSet><objects><Marker name='a'>"
        b"<socket_parent_frame>/bodyset/pelvis</socket_parent_frame></Marker></objects>"
        b"</MarkerSet></OpenSimDocument>",
    )
    edited = with_marker_set(without_dependent_leaves(without_forces(leg_model)), markers)
    assert marker_names(edited) == ("a",)
    assert marker_names(with_renamed_markers(edited, {"a": "b"})) == ("b",)
    assert marker_names(edited) == ("a",)
    assert len(shared_root(markers).findall(".//Marker")) == 1
    document_root(leg_model).clear()
    assert ET.tostring(shared_root(leg_model)) == before
    assert shared_root(leg_model) is shared_root(leg_model)
