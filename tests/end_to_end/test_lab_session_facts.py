"""Facts of sessions of virtual subjects: read once, and no more than the decision needs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation.catalogue import VERSIONS
from kinebench.augmentation.weights import load_networks
from kinebench.cli.main import main
from kinebench.core import Model
from kinebench.errors import DatasetError
from kinebench.io.session import read_session
from kinebench.lab import StaticPose, scaling_setup
from kinebench.lab.sessions import LAYOUTS, SessionContent, write_session
from kinebench.osim.edits import marker_names
from kinebench.pipeline.assessment import assess_plan
from kinebench.pipeline.choices import ChoiceKey
from kinebench.pipeline.plan import Plan
from kinebench.pipeline.session import reading
from kinebench.pipeline.session.plan import plan_from_session
from kinebench.pipeline.spec import PipelineSpec
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.given import GivenModel
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import GivenWindow
from kinebench.studies.sources.lab_session import LabSession

pytestmark = pytest.mark.usefixtures("no_public_data")
LAB_1 = PipelineSpec(augmenter="lab-1")


@pytest.fixture
def plan(tmp_path: Path) -> Callable[..., Plan]:
    """Write a session and plan a run on its squats."""

    def make(content: SessionContent, spec: PipelineSpec, layout: str = "downloaded") -> Plan:
        session = read_session(write_session(tmp_path / "s", content, layout))
        assert session.subject is not None
        return plan_from_session(session, session.files("squats"), session.subject, spec)

    return make


def _without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(*_: str) -> Path:
        raise DatasetError("no network here")

    monkeypatch.setattr("kinebench.datasets.fetch_file", lacking)
    load_networks.cache_clear()  # another test may have had the files


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often what costs time is done, and each file is read."""
    counts: Counter[str] = Counter()

    def counting(name: str) -> None:
        original = getattr(reading, name)

        def call(*arguments: Any, **more: Any) -> Any:
            counts[f"{name} {arguments[0]}" if name.startswith("read") else name] += 1
            return original(*arguments, **more)

        monkeypatch.setattr(reading, name, call)

    for name in ("identify", "fitted_window", "read_trc", "read_model", "read_motion"):
        counting(name)
    return counts


def without_window(content: SessionContent) -> SessionContent:
    """As most sessions are: nothing says on which part of the static trial the model was scaled."""
    return replace(content, scaling_setup=scaling_setup())


def window_choice(plan: Plan) -> str:
    return next(str(choice) for choice in plan.choices if choice.key is ChoiceKey.STATIC_WINDOW)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_file_is_read_once_and_each_recording_identified_once(
    lab_content: SessionContent, plan: Callable[..., Plan], counted: Counter[str], layout: str
) -> None:
    plan(without_window(lab_content), PipelineSpec(), layout)
    # movement and static trial
    assert counted["identify"] == 2
    assert counted["fitted_window"] == 1
    files = {what: count for what, count in counted.items() if what.startswith("read")}
    assert len(files) >= 5
    # one file may hold keypoints and augmented markers: it is read as either
    allowed = 2 if layout == "downloaded" else 1
    assert all(
        count <= (allowed if what.startswith("read_trc") else 1) for what, count in files.items()
    ), files


@pytest.mark.parametrize(
    ("spec", "identified", "fitted"),
    [
        (LAB_1, 0, 1),
        (replace(LAB_1, window=GivenWindow(0.5, 1.5)), 0, 0),
        (PipelineSpec(window=GivenWindow(0.5, 1.5)), 2, 0),
        (PipelineSpec(track="stored"), 0, 1),
        (PipelineSpec(resample_hz=60.0), 1, 1),
    ],
)
def test_what_does_not_decide_is_not_looked_for(
    lab_content: SessionContent,
    plan: Callable[..., Plan],
    counted: Counter[str],
    spec: PipelineSpec,
    identified: int,
    fitted: int,
) -> None:
    plan(without_window(lab_content), spec)
    assert (counted["identify"], counted["fitted_window"]) == (identified, fitted)


def test_the_window_of_the_set_up_needs_no_fit(
    lab_content: SessionContent, plan: Callable[..., Plan], counted: Counter[str]
) -> None:
    planned = plan(lab_content, LAB_1)
    assert counted["fitted_window"] == 0
    assert window_choice(planned).endswith("(the session's, from its set-up)")


def stretched(model: Model, factor: float) -> Model:
    """The model as if it had been scaled by so much more."""
    text = re.sub(
        rb"<scale_factors>(\S+)",
        lambda found: b"<scale_factors>%.12g" % (float(found[1]) * factor),
        model.xml,
    )
    return replace(model, xml=text)


@pytest.mark.parametrize(("factor", "doubted"), [(1.0, False), (1.2, True)])
def test_the_window_is_found_by_the_session_s_scaled_model(
    lab_content: SessionContent,
    plan: Callable[..., Plan],
    recwarn: pytest.WarningsRecorder,
    factor: float,
    doubted: bool,
) -> None:
    assert lab_content.scaled_model is not None
    model = stretched(lab_content.scaled_model, factor)
    planned = plan(replace(without_window(lab_content), scaled_model=model), LAB_1)
    told = [str(warning.message) for warning in recwarn]
    assert any("no part of the static trial gives" in text for text in told) == doubted
    assert "from the session's scaled model" in window_choice(planned)
    assert ("not by a rule" in window_choice(planned)) == doubted


def test_without_a_scaled_model_opencap_s_rule_picks_the_window(
    lab_content: SessionContent, plan: Callable[..., Plan]
) -> None:
    planned = plan(replace(without_window(lab_content), scaled_model=None), LAB_1)
    assert window_choice(planned).endswith("s (OpenCap's rule on the static trial)")


def window_of(plan: Plan) -> object:
    scaler = plan.pipeline.scale
    assert isinstance(scaler, FastScaler | OpenSimScaler)
    return scaler.window


def test_without_static_trial_and_model_the_trial_itself_is_scaled_on(
    lab_content: SessionContent, plan: Callable[..., Plan]
) -> None:
    alone = replace(lab_content, trials={"squats": lab_content.trials["squats"]}, scaled_model=None)
    with pytest.warns(match="no static trial: the model is scaled on the stillest"):
        planned = plan(alone, LAB_1)
    assert window_of(planned) == StandingWindow()


def test_a_window_that_is_asked_for_scales_although_a_scaled_model_is_there(
    lab_content: SessionContent, plan: Callable[..., Plan]
) -> None:
    alone = replace(lab_content, trials={"squats": lab_content.trials["squats"]})
    assert isinstance(plan(alone, LAB_1).pipeline.scale, GivenModel)
    asked = GivenWindow(0.0, 0.3)
    assert window_of(plan(alone, replace(LAB_1, window=asked))) == asked


def test_names_without_an_offset_are_taken_for_plain_ones(
    lab_content: SessionContent, plan: Callable[..., Plan]
) -> None:
    """LabValidation's models are scaled on markers whose offset was removed."""
    model = lab_content.scaled_model
    assert model is not None
    ended = re.sub(rb'(<Marker name="[^"]+_study)"', rb'\1_offsetRemoved"', model.xml)
    assert ended.count(b"_offsetRemoved") > 30
    alone = replace(
        lab_content,
        trials={"squats": lab_content.trials["squats"]},
        scaled_model=replace(model, xml=ended),
    )
    used = plan(alone, LAB_1, "labvalidation").pipeline.scale
    assert isinstance(used, GivenModel)
    assert marker_names(used.model) == marker_names(model)


def test_the_session_s_own_motion_is_judged(
    lab_content: SessionContent, plan: Callable[..., Plan]
) -> None:
    squats = lab_content.trials["squats"]
    assert squats.motion is not None
    values = np.array(squats.motion.values)
    values[30:, squats.motion.names.index("knee_angle_r")] += np.radians(80.0)
    broken = replace(squats, motion=replace(squats.motion, values=values))
    content = replace(lab_content, trials={**lab_content.trials, "squats": broken})
    for given, jumps in ((lab_content, []), (content, ["knee_angle_r"])):
        planned = plan(given, LAB_1)
        found = [one for one in assess_plan(planned).findings if one.check == "joint jumps"]
        assert [name for one in found for name in one.where] == jumps


TWO = MappingProxyType(
    {"lab-1": VERSIONS["lab-1"], "lab-2": replace(VERSIONS["lab-1"], name="lab-2")}
)


@pytest.mark.parametrize(("asked", "doubted"), [("lab-1", False), ("v0.3", True)])
def test_markers_of_another_version_than_the_model_was_scaled_on_are_remarked(
    lab_content: SessionContent,
    plan: Callable[..., Plan],
    recwarn: pytest.WarningsRecorder,
    asked: str,
    doubted: bool,
) -> None:
    alone = replace(lab_content, trials={"squats": lab_content.trials["squats"]})
    plan(alone, PipelineSpec(augmenter=asked))
    told = [str(warning.message) for warning in recwarn]
    assert any("which was scaled on others (lab-1)" in text for text in told) == doubted


def moved(content: SessionContent, by_m: float) -> SessionContent:
    """Augmented markers that no version makes of the keypoints."""
    squats = content.trials["squats"]
    assert squats.augmented is not None
    made = np.array([name.endswith("_study") for name in squats.augmented.names])
    wave = by_m * (made * np.sin(np.arange(len(made))))[:, None]
    other = squats.augmented.with_positions(squats.augmented.positions + wave)
    return replace(content, trials={**content.trials, "squats": replace(squats, augmented=other)})


def test_markers_that_no_version_makes_are_remarked_and_reach_the_audit(
    lab_content: SessionContent, plan: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "VERSIONS", TWO)
    with pytest.warns(match="no known augmenter version gives the markers"):
        planned = plan(moved(lab_content, 0.1), PipelineSpec())
    assert planned.origin.augmenter_found is None
    assert planned.origin.augmenter_excluded == ("lab-1", "lab-2")
    amber = {"augmenter version": "amber"}
    assert {one.check: one.severity for one in assess_plan(planned).findings} == amber


def test_a_version_that_cannot_be_tried_is_remarked_not_accused(
    lab_content: SessionContent, plan: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_network(monkeypatch)
    with pytest.warns(match="is not known: no network here"):
        planned = plan(moved(lab_content, 0.1), PipelineSpec())
    assert planned.origin.augmenter_excluded == ("lab-1",)


def test_who_made_the_markers_is_found_also_where_nothing_is_stated(
    lab_content: SessionContent, plan: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "VERSIONS", TWO)
    planned = plan(replace(lab_content, augmenter=""), PipelineSpec())
    assert planned.origin.augmenter_found == "lab-1"


def test_the_stated_version_must_be_there_where_the_run_would_use_it(
    lab_content: SessionContent, plan: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another one is asked for, it matters for the model alone, and is remarked."""
    _without_network(monkeypatch)
    trials = {"squats": lab_content.trials["squats"]}
    stated = replace(lab_content, augmenter="v0.3", trials=trials)
    with pytest.raises(DatasetError, match="no network here"):
        plan(stated, PipelineSpec())
    with pytest.warns(match=r"was scaled on others \(unknown\)"):
        plan(stated, LAB_1)


def test_a_trial_cut_after_augmentation_is_remarked(
    lab_content: SessionContent, plan: Callable[..., Plan]
) -> None:
    squats = lab_content.trials["squats"]
    kept = np.arange(45, squats.keypoints.n_frames)
    assert squats.augmented is not None
    short = replace(
        squats,
        keypoints=squats.keypoints.at_frames(kept),
        augmented=squats.augmented.at_frames(kept),
        motion=None,
    )
    cut = replace(lab_content, trials={**lab_content.trials, "squats": short})
    with pytest.warns(match="was cut or resampled after lab-1 had augmented it"):
        planned = plan(cut, PipelineSpec())
    assert planned.origin.augmenter_found == "lab-1"


def test_another_mass_hides_no_version_but_makes_static_markers_anew(
    lab_content: SessionContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_session(tmp_path / "s", lab_content)
    told = {}
    for mass in (lab_content.subject.mass_kg, 110.0):  # type: ignore[union-attr]
        options = ["--trial", "squats", "--dry-run", "--json", "--mass", str(mass)]
        assert main(["run", str(folder), *options]) == 0
        told[mass] = json.loads(capsys.readouterr().out)["choices"]
    own, heavy = told.values()
    assert own["augmenter"] == heavy["augmenter"] == "lab-1 (it made the session's markers)"
    assert "static markers" in own
    assert "static markers" not in heavy


@pytest.mark.parametrize(("track", "stage"), [("augmented", "Pre"), ("stored", "Post")])
def test_the_files_that_a_run_starts_from_are_named(
    lab_content: SessionContent,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    track: str,
    stage: str,
) -> None:
    folder = write_session(tmp_path / "s", lab_content, "local")
    options = ["--trial", "squats", "--dry-run", "--json", "--markers", track]
    assert main(["run", str(folder), *options]) == 0
    inputs = json.loads(capsys.readouterr().out)["inputs"]
    for role, trial in (("keypoints", "squats"), ("static", "neutral")):
        path = Path(inputs.pop(role))
        assert path.parent.name.startswith(f"{stage}Augmentation")
        assert path.name.startswith(trial)
    assert {role: Path(path).name for role, path in inputs.items()} == {
        "generic model": "kinebench_body_generic.osim",
        "scaled model": "kinebench_body_scaled.osim",
        "scaling set-up": "Setup_scale.xml",
        "IK set-up": "Setup_IK_squats.xml",
    }


def test_the_dry_run_reads_as_text(
    lab_content: SessionContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_session(tmp_path / "s", lab_content)
    assert main(["run", str(folder), "--trial", "squats", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "choice    augmenter: lab-1 (it made the session's markers)\n" in told
    assert "choice    scaling set-up: Setup_scale.xml (the session's)\n" in told
    assert "choice    static markers: stored (the session's, made by lab-1)\n" in told
    assert "engine    opensim\n" in told


def test_an_engine_of_a_file_is_told_in_the_dry_run(
    lab_content: SessionContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_session(tmp_path / "s", lab_content)
    described = tmp_path / "p.toml"
    described.write_text('[pipeline]\nengine = "fast"\naugmenter = "lab-1"\n')
    options = ["--trial", "squats", "--dry-run", "--pipeline", str(described)]
    assert main(["run", str(folder), *options]) == 0
    assert "engine    fast\n" in capsys.readouterr().out


# one in each layout
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "no static trial": ({"static": None}, "downloaded"),
    "bad static trial": ({"static": StaticPose(duration_s=2.0, right_knee_deg=30.0)}, "local"),
    "100 Hz": ({"rate_hz": 100.0}, "labvalidation"),
}


@pytest.fixture(scope="module")
def folders(lab_session: LabSession, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Sessions with keypoints alone."""
    place = tmp_path_factory.mktemp("cases")
    return {
        name: replace(lab_session, results=False, **changes).write(place / name, layout)
        for name, (changes, layout) in CASES.items()
    }


LAB = ("--trial", "squats", "--augmenter", "lab-1", "--json")


@pytest.mark.parametrize("case", ["no static trial", "100 Hz"])
def test_why_on_other_sessions(
    case: str, folders: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", str(folders[case]), *LAB, "--engine", "fast"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"static window", "camera tilt"} <= set(found["parts"])
    assert found["as_is"]


def test_engines_on_a_session_with_a_bad_static_trial(
    folders: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["engines", str(folders["bad static trial"]), *LAB]) == 0
    assert json.loads(capsys.readouterr().out)["second_not_worse"] >= 0.95


@pytest.mark.parametrize("case", list(CASES))
def test_audit_on_other_sessions(
    case: str, folders: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["audit", str(folders[case]), *LAB])
    found = json.loads(capsys.readouterr().out)
    assert code == int(found["light"] == "red")
    (trial,) = found["trials"]
    assert not trial["failure"]
    stance = [one for one in trial["findings"] if "knee" in one["message"]]
    assert bool(stance) == (case == "bad static trial"), trial["findings"]
