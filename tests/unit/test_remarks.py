"""A remark is said once, by whoever finds the fact, and reaches whoever asked for the work."""

from __future__ import annotations

import json
import pickle
import threading
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.errors import KinebenchWarning, ScalingError
from kinebench.quality.finding import Assessment, Finding
from kinebench.remarks import (
    Remark,
    carried_by_errors,
    carry,
    collected_remarks,
    each_once,
    hand_on,
    heard_by,
    reason_of,
    remarks_of,
    tell,
    unheard,
)
from kinebench.studies.execution.codec import decoded, encoded
from kinebench.studies.execution.store import Store

TIMES = st.floats(-1e6, 1e6)
TEXTS = st.text(max_size=30)
REMARKS = st.builds(
    Remark,
    TEXTS,
    st.sampled_from(["note", "warning"]),
    TEXTS,
    st.lists(TEXTS, max_size=3).map(tuple),
    st.lists(st.tuples(TIMES, TIMES), max_size=3).map(tuple),
    TEXTS,
    st.sampled_from(["", "movement", "static"]),
    TEXTS,
)
ONE = Remark("gaps", "warning", "the knee is missing", ("RKnee",), ((0.5, 0.75),), file="a.trc")


@given(REMARKS)
def test_a_remark_survives_json_pickle_and_the_codec_of_the_store(remark: Remark) -> None:
    assert Remark.from_dict(json.loads(json.dumps(remark.as_dict()))) == remark
    assert pickle.loads(pickle.dumps(remark)) == remark
    assert decoded(encoded(remark)) == remark


def test_a_remark_survives_the_store_of_a_study(tmp_path: Path) -> None:
    key = "0" * 64
    assert Store(tmp_path).remember(key, lambda: ONE) == ONE
    assert Store(tmp_path).remember(key, lambda: pytest.fail("it is there")) == ONE


@given(st.lists(REMARKS, max_size=6))
def test_what_is_told_is_collected_once_in_its_order(remarks: list[Remark]) -> None:
    with collected_remarks() as told:
        hand_on(*remarks)
        hand_on(*remarks)
    assert tuple(told) == each_once(remarks)
    assert len(set(told)) == len(told)
    assert set(told) == set(remarks)


def test_place_message_and_advice_are_one_line() -> None:
    assert ONE.text == "a.trc: the knee is missing"
    assert str(Remark("x", "note", "it is", advice="cut it")) == "it is; cut it"


def test_nobody_listening_a_fact_is_a_python_warning_at_the_users_own_line() -> None:
    with pytest.warns(KinebenchWarning, match="the camera was kicked") as caught:
        tell("camera", "the camera was kicked", where=["left"])
    assert caught[0].filename == __file__
    assert caught[0].message.args[0] == Remark(  # type: ignore[union-attr]
        "camera", "warning", "the camera was kicked", ("left",)
    )


def test_work_inside_work_keeps_its_own() -> None:
    with collected_remarks() as outer:
        tell("a", "first")
        with collected_remarks() as inner:
            tell("b", "second")
        with unheard():
            tell("c", "third")
            warnings.warn("fourth", KinebenchWarning, stacklevel=1)
    assert [remark.code for remark in outer] == ["a"]
    assert [remark.code for remark in inner] == ["b"]


def test_a_listener_hears_at_once_and_not_afterwards() -> None:
    heard: list[Remark] = []
    with heard_by(heard.append):
        tell("a", "one")
        assert len(heard) == 1
    with pytest.warns(KinebenchWarning):
        tell("a", "two")
    assert len(heard) == 1


def test_python_warnings_of_other_packages_stages_are_heard_and_foreign_ones_pass() -> None:
    def work() -> list[Remark]:
        with collected_remarks() as told:
            warnings.warn("noisy", KinebenchWarning, stacklevel=1)
            warnings.warn("old numpy", FutureWarning, stacklevel=1)
            warnings.warn(KinebenchWarning(ONE), stacklevel=1)
        return told

    with pytest.warns(FutureWarning, match="old numpy") as caught:
        told = work()
    assert told == [Remark("warning", "warning", "noisy"), ONE]
    assert len(caught) == 1


def test_a_filter_of_the_user_does_not_silence_what_is_collected() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with collected_remarks() as told:
            tell("a", "one")
    assert len(told) == 1


def test_another_thread_has_a_listener_of_its_own() -> None:
    def work() -> None:
        with collected_remarks() as told:
            tell("b", "in the thread")
        found.extend(told)

    found: list[Remark] = []
    with collected_remarks() as told:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert [remark.code for remark in found] == ["b"]
    assert told == []


def test_an_error_carries_earlier_remarks_first_and_each_once() -> None:
    def work() -> None:
        with carried_by_errors([ONE]), collected_remarks():
            tell("b", "second")
            hand_on(ONE)
            raise ScalingError("no window")

    with pytest.raises(ScalingError) as caught:
        work()
    assert [remark.code for remark in remarks_of(caught.value)] == ["gaps", "b"]
    assert caught.value.__notes__ == ["a.trc: the knee is missing", "second"]
    assert reason_of(caught.value) == "no window (before that: a.trc: the knee is missing; second)"
    assert remarks_of(ValueError("x")) == ()


def test_what_an_error_carries_can_be_replaced_and_notes_of_others_stay() -> None:
    error = ScalingError("no window")
    carry(error, [ONE])
    error.add_note("by somebody else")
    carry(error, [Remark("b", "note", "second")])
    assert error.__notes__ == ["second", "by somebody else"]
    assert reason_of(error) == "no window (before that: second)"


@pytest.mark.parametrize(
    ("remark", "said"),
    [
        (Remark("gaps", "warning", "x"), True),
        (Remark("gaps", "warning", "x", ("RKnee",)), True),
        (Remark("gaps", "warning", "x", ("RKnee", "LKnee")), False),
        (Remark("gaps", "warning", "x", recording="movement"), True),
        (Remark("gaps", "warning", "x", recording="static"), False),
        (Remark("mass", "warning", "x"), False),
    ],
)
def test_a_finding_says_what_is_of_its_kind_recording_and_places(
    remark: Remark, said: bool
) -> None:
    red = Finding("gaps", "red", "the knee is gone", where=("RKnee", "RHip"))
    assert red.says(remark) == said
    found = Assessment((red,), ("gaps",), {})
    assert found.besides([remark, remark]) == (() if said else (remark,))
    noted = Assessment((Finding("gaps", "green", "y", where=("RKnee",)),), ("gaps",), {})
    assert noted.besides([remark]) == (remark,)  # a note in green is not printed by 'run'


def test_a_finding_is_a_remark() -> None:
    red = Finding("gaps", "red", "gone", where=("RKnee",), advice="cut it").of("static")
    assert isinstance(red, Remark)
    assert (red.code, red.check) == ("gaps", "gaps")
    assert red.text == "static trial: gone; cut it"
    assert pickle.loads(pickle.dumps(red)).text == red.text
