"""What is decided about a session's trial, as tables: facts and options in, decision out."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation.catalogue import PUBLISHED
from kinebench.cleaning.catalogue import parse_cleaners
from kinebench.core import Document, Markers, Model, Subject
from kinebench.core.ik_tasks import IKTasks
from kinebench.errors import ValueRangeError
from kinebench.io.session import SessionFiles
from kinebench.pipeline.choices import Choice, ChoiceKey, Source, in_words
from kinebench.pipeline.engines import ENGINES
from kinebench.pipeline.opencap import OpenCapSetup
from kinebench.pipeline.session.decision import (
    SAME_FACTORS,
    Decision,
    ScaleOn,
    SetupSources,
    decide,
    may_keep_static_markers,
    needs_identity,
    scale_on,
    setup_sources,
    version_of,
)
from kinebench.pipeline.session.facts import FittedWindow, Identity, SessionFacts, WindowFit
from kinebench.pipeline.spec import DEFAULT_VERSION, TRACKED, PipelineSpec
from kinebench.quality.evidence import Evidence
from kinebench.quality.provenance import augmenter_version
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import GivenWindow, StaticWindow

MODEL = Model("LaiUhlrich2022", b"<OpenSimDocument><Model/></OpenSimDocument>")
SETUP = OpenCapSetup(MODEL, None, Document("setup", b"<OpenSimDocument/>"), IKTasks((("a", 1.0),)))
MARKERS = Markers(("a",), np.arange(3) / 60, np.zeros((3, 1, 3)))
ASKED = GivenWindow(1.0, 2.0)
FITTED = FittedWindow(GivenWindow(0.5, 1.0), WindowFit.PAST_RULE, 1e-4)
SESSION_TRACKS = [track for track in TRACKED if track != "mocap"]


def files(
    static: bool = True, stored: bool = True, scaled: bool = True, **more: Any
) -> SessionFiles:
    """A session with everything but set-ups, or without one part."""
    given: dict[str, Any] = {
        "trial": "squats",
        "keypoints": Path("squats.trc"),
        "stored": Path("squats.trc") if stored else None,
        "static": Path("neutral.trc") if static else None,
        "static_stored": Path("neutral.trc") if static and stored else None,
        "motion": None,
        "scaled_model": Path("m_scaled.osim") if scaled else None,
        "generic_model": None,
        "scaling_setup": None,
        "ik_setup": None,
        "settings": {},
    }
    return SessionFiles(**{**given, **more})


def facts(known: SessionFiles | None = None, **more: Any) -> SessionFacts:
    """Facts as the reading gives them: what cannot be there is not."""
    known = known or files()
    given: dict[str, Any] = {
        "static": MARKERS if known.static else None,
        "static_stored": MARKERS if known.static_stored else None,
        "scaled": MODEL if known.scaled_model else None,
        "identity": Identity("v0.1") if known.stored else None,
        "static_made_again": known.static_stored is not None,
        "fitted": FITTED,
    }
    return SessionFacts(known, Subject(70.0, 1.75), MARKERS, SETUP, **{**given, **more})


def choice(decision: Decision, key: ChoiceKey) -> Choice:
    (chosen,) = (one for one in decision.choices if one.key is key)
    return chosen


def keys(decision: Decision) -> set[ChoiceKey]:
    return {one.key for one in decision.choices}


@pytest.mark.parametrize(
    ("static", "scaled", "own", "asked", "track", "expected"),
    [
        # a window that is asked for wins over everything
        *(
            (static, scaled, own, True, track, ScaleOn.ASKED_WINDOW)
            for static, scaled, own, track in product(
                (True, False), (True, False), (True, False), SESSION_TRACKS
            )
        ),
        # a static trial is scaled on although a scaled model lies beside it
        *(
            (True, scaled, False, False, track, ScaleOn.FITTED_WINDOW)
            for scaled, track in product((True, False), ("augmented", "stored"))
        ),
        *(
            (True, scaled, True, False, track, ScaleOn.OWN_WINDOW)
            for scaled, track in product((True, False), ("augmented", "stored"))
        ),
        # the session's window and model are those of augmented markers
        *(
            (True, scaled, own, False, track, ScaleOn.RULE)
            for scaled, own, track in product((True, False), (True, False), ("openpose", "mmpose"))
        ),
        # without a static trial
        *(
            (False, True, own, False, track, ScaleOn.SCALED_MODEL)
            for own, track in product((True, False), SESSION_TRACKS)
        ),
        *(
            (False, False, own, False, track, ScaleOn.MOVEMENT)
            for own, track in product((True, False), SESSION_TRACKS)
        ),
    ],
)
def test_what_a_model_is_scaled_on(
    static: bool, scaled: bool, own: bool, asked: bool, track: str, expected: ScaleOn
) -> None:
    spec = PipelineSpec(track=track, window=ASKED if asked else None)
    known = files(static=static, scaled=scaled)
    own_window = (0.2, 0.7) if own else None
    assert scale_on(known, own_window, spec) is expected
    decision = decide(facts(known, own_window_s=own_window), spec)
    windows = {
        ScaleOn.ASKED_WINDOW: ASKED,
        ScaleOn.FITTED_WINDOW: FITTED.window,
        ScaleOn.OWN_WINDOW: GivenWindow(0.2, 0.7),
        ScaleOn.RULE: StaticWindow(spec.watched),
        ScaleOn.SCALED_MODEL: None,
        ScaleOn.MOVEMENT: StandingWindow(),
    }
    assert decision.window == windows[expected]
    as_it_is = expected is ScaleOn.SCALED_MODEL
    # what is not used is not told of
    assert (ChoiceKey.SCALING in keys(decision)) == as_it_is
    assert (ChoiceKey.STATIC_WINDOW in keys(decision)) == (not as_it_is)
    assert (ChoiceKey.SCALING_SETUP in keys(decision)) == (not as_it_is)
    makeshift = any("no static trial" in remark.text for remark in decision.remarks)
    assert makeshift == (expected is ScaleOn.MOVEMENT)


@pytest.mark.parametrize("track", ["augmented", "openpose"])
def test_keypoints_of_a_static_trial_suffice(track: str) -> None:
    """Without stored markers no window can be fitted: OpenCap's rule watches those made here."""
    known = files(stored=False)
    assert scale_on(known, None, PipelineSpec(track=track)) is ScaleOn.RULE


def test_stored_markers_need_a_stored_static_trial() -> None:
    known = files(static_stored=None)
    assert scale_on(known, None, PipelineSpec(track="stored")) is ScaleOn.SCALED_MODEL


def test_each_window_says_where_it_comes_from() -> None:
    def told(known: SessionFacts, **options: Any) -> str:
        return str(choice(decide(known, PipelineSpec(**options)), ChoiceKey.STATIC_WINDOW))

    blind = facts(fitted=FittedWindow(GivenWindow(0.5, 1.0), WindowFit.TODAYS_RULE))
    assert told(facts(), window=ASKED) == "1 to 2 s (asked for)"
    assert told(facts(), window=StandingWindow()) == "standing (asked for)"
    assert told(facts(own_window_s=(0.2, 0.7))) == "0.2 to 0.7 s (the session's, from its set-up)"
    assert told(facts()) == (
        "0.5 to 1 s (from the session's scaled model, a past rule of OpenCap, scale factors within"
        " 0.01 % of the session's)"
    )
    assert "m_scaled.osim has no geometry" in told(blind)
    assert told(replace(blind, files=files(scaled=False))) == (
        "0.5 to 1 s (OpenCap's rule on the static trial)"
    )
    assert (
        told(facts(), track="openpose") == "first still part (OpenCap's rule on the static trial)"
    )


@pytest.mark.parametrize(("misfit", "doubted"), [(SAME_FACTORS * 0.9, False), (0.05, True)])
def test_a_window_that_does_not_fit_is_remarked(misfit: float, doubted: bool) -> None:
    fitted = FittedWindow(GivenWindow(0.5, 1.0), WindowFit.SEARCH, misfit)
    remarks = decide(facts(fitted=fitted), PipelineSpec()).remarks
    assert any("no part of the static trial gives" in told.text for told in remarks) == doubted


@pytest.mark.parametrize(
    ("asked", "found", "stated", "version", "source", "reason"),
    [
        (asked, found, stated, *expected)
        for asked, found, stated in product(
            ("v0.2", None), ("v0.1", None), ("v0.1", "v0.3", "mine", None)
        )
        for expected in [
            ("v0.2", Source.ASKED, "")
            if asked
            else (
                "v0.1",
                Source.MADE_MARKERS,
                f"though the session states {stated}" if stated in ("v0.3", "mine") else "",
            )
            if found
            else (stated, Source.STATED, "")
            if stated
            else (DEFAULT_VERSION, Source.DEFAULT, "")
        ]
    ],
)
def test_which_augmenter_version(
    asked: str | None,
    found: str | None,
    stated: str | None,
    version: str,
    source: Source,
    reason: str,
) -> None:
    got, choices = version_of(stated, Identity(found), PipelineSpec(augmenter=asked))
    assert got == version
    assert choices == (Choice(ChoiceKey.AUGMENTER, version, source, reason),)


@pytest.mark.parametrize("track", [track for track in SESSION_TRACKS if track != "augmented"])
def test_nothing_is_augmented_where_other_markers_are_tracked(track: str) -> None:
    decision = decide(facts(), PipelineSpec(track=track))
    assert decision.version == ""
    assert ChoiceKey.AUGMENTER not in keys(decision)
    assert not decision.static_markers
    assert not needs_identity(files(), PipelineSpec(track=track))


@pytest.mark.parametrize(
    ("static", "stored", "scaled", "asked", "needed"),
    [
        *((*known, None, known[1]) for known in product((True, False), repeat=3)),
        # what made the markers that a model was scaled on matters even to a version asked for
        *(
            (static, stored, scaled, "v0.2", stored and scaled and not static)
            for static, stored, scaled in product((True, False), repeat=3)
        ),
    ],
)
def test_when_it_matters_which_version_made_the_markers(
    static: bool, stored: bool, scaled: bool, asked: str | None, needed: bool
) -> None:
    known = files(static=static, stored=stored, scaled=scaled)
    assert needs_identity(known, PipelineSpec(augmenter=asked)) == needed


@pytest.mark.parametrize(
    ("identity", "remark"),
    [
        (Identity("v0.1"), None),
        (Identity("v0.1", cut_or_resampled=True), "was cut or resampled after v0.1"),
        (Identity(None), "no known augmenter version gives the markers"),
        (Identity(None, not_tried="no file v0.0"), "is not known: no file v0.0"),
    ],
)
@pytest.mark.parametrize("asked", [None, "v0.1"])
def test_what_is_remarked_of_the_markers_origin(
    identity: Identity, remark: str | None, asked: str | None
) -> None:
    remarks = decide(facts(identity=identity), PipelineSpec(augmenter=asked)).remarks
    expected = 1 if remark and asked is None else 0
    assert len(remarks) == expected
    assert all(remark is not None and remark in told.text for told in remarks)


@pytest.mark.parametrize(
    ("asked", "made", "doubted"),
    [("v0.1", "v0.1", False), ("v0.2", "v0.1", True), ("v0.2", None, True), (None, "v0.1", False)],
)
def test_a_model_scaled_on_another_version_s_markers_is_remarked(
    asked: str | None, made: str | None, doubted: bool
) -> None:
    known = facts(files(static=False), identity=Identity(made))
    remarks = decide(known, PipelineSpec(augmenter=asked)).remarks
    told = f"which was scaled on others ({made or 'unknown'})"
    assert any(told in remark.text for remark in remarks) == doubted
    # what would help is said, but not where the model is the one that was asked for
    ways_out = ["a --window of the trial itself would scale one" in one.text for one in remarks]
    assert any(ways_out) == doubted
    named = facts(files(static=False, model_asked=True), identity=Identity(made))
    for remark in decide(named, PipelineSpec(augmenter=asked)).remarks:
        assert "--window" not in remark.text
    with_window = decide(known, PipelineSpec(augmenter=asked, window=ASKED)).remarks
    assert not any("scaled on others" in remark.text for remark in with_window)


def test_a_scaled_model_that_is_asked_for_leaves_a_window_nothing_to_do() -> None:
    known = files(static=False, model_asked=True)
    assert scale_on(known, None, PipelineSpec()) is ScaleOn.SCALED_MODEL
    with pytest.raises(ValueRangeError, match="a static window would have no effect"):
        scale_on(known, None, PipelineSpec(window=ASKED))


CLEAN = parse_cleaners("butterworth:6")


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, True),
        ({"clean": ()}, True),
        ({"engine": "fast"}, True),
        ({"floor": False}, True),
        ({"window": ASKED}, True),
        # what is asked for makes the markers anew
        ({"clean": CLEAN}, False),
        ({"augmenter": "v0.1"}, False),
        ({"warm_up_s": 1.0}, False),
        ({"resample_hz": 60.0}, False),
        ({"track": "stored"}, False),
        ({"track": "openpose"}, False),
    ],
)
@pytest.mark.parametrize("made_again", [True, False])
def test_when_stored_static_markers_are_scaled_on(
    options: dict[str, Any], kept: bool, made_again: bool
) -> None:
    decision = decide(facts(static_made_again=made_again), PipelineSpec(**options))
    assert decision.static_markers == (kept and made_again)
    told = ChoiceKey.STATIC_MARKERS in keys(decision)
    assert told == decision.static_markers


def test_no_static_markers_without_stored_ones_or_for_a_version_unknown_here() -> None:
    spec = PipelineSpec()
    assert may_keep_static_markers(files(), "v0.1", spec)
    assert not may_keep_static_markers(files(static_stored=None), "v0.1", spec)
    assert not may_keep_static_markers(files(), "mine", spec)


OWN = {
    "generic_model": Path("g.osim"),
    "scaling_setup": Path("Setup_scale.xml"),
    "ik_setup": Path("Setup_IK.xml"),
}


@pytest.mark.parametrize("has", list(product((True, False), repeat=3)))
@pytest.mark.parametrize("pose", [None, "upright", "any_pose"])
@pytest.mark.parametrize("track", SESSION_TRACKS)
def test_which_set_up_files_are_the_session_s(
    has: tuple[bool, bool, bool], pose: str | None, track: str
) -> None:
    own: dict[str, Any] = {
        name: path for (name, path), there in zip(OWN.items(), has, strict=True) if there
    }
    sources = setup_sources(files(**own), PipelineSpec(track=track, static_pose=pose))
    if track in ("augmented", "stored"):
        assert sources.generic == own.get("generic_model")
        assert sources.scaling == (own.get("scaling_setup") if pose is None else None)
        assert sources.ik == own.get("ik_setup")
    else:
        assert (sources.generic, sources.scaling, sources.ik) == (None, None, None)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, SetupSources(None, None, None, False, "upright")),
        ({"scaling_setup": "any_pose"}, SetupSources(None, None, None, False, "any_pose")),
        ({"model": "LaiUhlrich2022_shoulder"}, SetupSources(None, None, None, True, "upright")),
    ],
)
def test_opencap_s_files_are_those_that_the_session_states(
    settings: dict[str, str], expected: SetupSources
) -> None:
    assert setup_sources(files(settings=settings), PipelineSpec()) == expected


@pytest.mark.parametrize(
    ("model", "own", "track", "doubted"),
    [
        ("LaiUhlrich2022", False, "augmented", False),
        ("LaiUhlrich2022_shoulder", False, "augmented", False),
        ("Rajagopal2016", False, "augmented", True),
        ("Rajagopal2016", False, "stored", True),
        ("Rajagopal2016", True, "augmented", False),
        ("Rajagopal2016", False, "openpose", False),
    ],
)
def test_a_model_that_stands_in_is_remarked(
    model: str, own: bool, track: str, doubted: bool
) -> None:
    known = files(settings={"model": model}, generic_model=Path("g.osim") if own else None)
    decision = decide(facts(known), PipelineSpec(track=track))
    assert any("stands in" in remark.text for remark in decision.remarks) == doubted
    source = choice(decision, ChoiceKey.MODEL).source
    assert source is (Source.SESSION if own else Source.DEFAULT)


@pytest.mark.parametrize(
    ("own", "options", "settings", "expected"),
    [
        (True, {}, {}, "Setup_scale.xml (the session's)"),
        (True, {"static_pose": "any_pose"}, {}, "any_pose (asked for)"),
        (False, {}, {"scaling_setup": "any_pose"}, "any_pose (stated by the session)"),
        (False, {}, {}, "upright (default)"),
        (False, {"static_pose": "any_pose"}, {}, "any_pose (asked for)"),
    ],
)
def test_where_the_scaling_set_up_comes_from(
    own: bool, options: dict[str, Any], settings: dict[str, str], expected: str
) -> None:
    setups: dict[str, Any] = {"scaling_setup": OWN["scaling_setup"]} if own else {}
    known = files(settings=settings, **setups)
    decision = decide(facts(known), PipelineSpec(**options))
    assert str(choice(decision, ChoiceKey.SCALING_SETUP)) == expected


def test_a_scaling_set_up_without_effect_is_refused() -> None:
    known = facts(files(static=False))
    with pytest.raises(ValueRangeError, match=r"m_scaled\.osim is used as it is; name a --window"):
        decide(known, PipelineSpec(static_pose="any_pose"))
    decide(known, PipelineSpec(static_pose="any_pose", window=ASKED))


@pytest.mark.parametrize("engine", list(ENGINES))
def test_the_engine_changes_no_decision(engine: str) -> None:
    for known in (facts(), facts(files(static=False)), facts(own_window_s=(0.2, 0.7))):
        assert decide(known, PipelineSpec(engine=engine)) == decide(known, PipelineSpec())


@pytest.mark.parametrize(
    ("stated", "told", "hz"),
    [("12", "12 Hz", 12.0), ("default", "'default'", None), (None, None, None)],
)
def test_the_session_s_filter_is_told_and_not_repeated(
    stated: str | None, told: str | None, hz: float | None
) -> None:
    settings = {} if stated is None else {"filter_frequency": stated}
    known = facts(files(settings=settings))
    decision = decide(known, PipelineSpec())
    assert (ChoiceKey.IMAGE_FILTER in keys(decision)) == (told is not None)
    if told is not None:
        assert choice(decision, ChoiceKey.IMAGE_FILTER).value == told
    assert known.origin.image_filter_hz == hz


@pytest.mark.parametrize(
    ("identity", "stated", "light"),
    [
        (None, "v0.3", None),
        (Identity(PUBLISHED[0]), None, "green"),
        (Identity(PUBLISHED[0]), "mine", "amber"),
        (Identity(PUBLISHED[0]), PUBLISHED[1], "amber"),
        (Identity(None, excluded=("v0.3", "v0.1")), "v0.3", "amber"),
        (Identity(None, excluded=("v0.3",), not_tried="no file"), "v0.3", "amber"),
        # nothing to compare with: a version of one's own, or weights that are not available
        (Identity(None, excluded=("v0.3", "v0.1")), "mine", None),
        (Identity(None, excluded=("v0.3", "v0.1")), None, None),
        (Identity(None, not_tried="no file"), "v0.3", None),
    ],
)
def test_what_quality_learns_of_the_markers_origin(
    identity: Identity | None, stated: str | None, light: str | None
) -> None:
    settings = {} if stated is None else {"augmenter": stated}
    known = facts(files(settings=settings), identity=identity)
    findings = augmenter_version(Evidence(known.subject, MARKERS, origin=known.origin))
    assert (findings[0].severity if findings else None) == light
    assert (findings is None) == (light is None)


def test_choices_read_as_text_in_the_order_of_the_pipeline() -> None:
    told = in_words(decide(facts(), PipelineSpec()).choices)
    assert list(told) == [
        "tracked markers",
        "augmenter",
        "scaling set-up",
        "model",
        "static window",
        "static markers",
    ]
    assert told["tracked markers"] == "augmented (default)"
    assert told["static markers"] == "stored (the session's, made by v0.1)"
    assert decide(facts(), PipelineSpec()) == decide(facts(), PipelineSpec())
