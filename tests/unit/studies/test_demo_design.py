"""The embedded study of `kinebench demo`: what it varies, on whom, by which pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinebench.cleaning.lowpass import Butterworth
from kinebench.errors import NameNotFoundError
from kinebench.lab import PEOPLE
from kinebench.lab.camera.chain import Chain
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import SitToStand, Squat
from kinebench.lab.static_poses import STATIC_POSES
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.spec import PipelineSpec
from kinebench.scaling.standing_window import StandingWindow
from kinebench.studies import demo
from kinebench.studies.demo import demonstration
from kinebench.studies.sources.laboratory import LabSource


@pytest.fixture(autouse=True)
def _nothing_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINEBENCH_CACHE", str(tmp_path))
    monkeypatch.delenv("KINEBENCH_MIRROR", raising=False)


def test_two_activities_of_each_subject() -> None:
    study = demonstration(3).study
    assert len(study.sources) == 6
    subjects = [PEOPLE["template"].subject(number) for number in range(3)]
    assert study.sources == tuple(
        LabSource(subject, motion, activity, two_phones(), body="lab")
        for subject in subjects
        for activity, motion in (("squat", Squat()), ("sit-to-stand", SitToStand()))
    )


def test_what_is_varied() -> None:
    demo = demonstration(1)
    assert demo.study.name == "demo"
    assert demo.study.question.endswith("do to the angles?")
    assert demo.left_out == ("v0.0", "v0.1", "v0.2", "v0.3")
    assert {
        factor.name: (factor.path, {level.label: level.value for level in factor.levels})
        for factor in demo.study.factors
    } == {
        "static pose": (
            "data.static",
            {
                "ideal": STATIC_POSES["ideal"],
                "right knee 15°": STATIC_POSES["right knee 15°"],
                "knees 20°": STATIC_POSES["knees 20°"],
                "trial start": "trial start",
            },
        ),
        "filter": ("clean", {"none": (), "Butterworth 6 Hz": (Butterworth(6.0),)}),
        "augmenter": ("augment.version", {"lab-1": "lab-1"}),
    }


def test_the_pipeline_finds_the_standing_time_itself() -> None:
    """Of a trial whose static pose is its start no other rule can."""
    told = PipelineSpec(
        body="lab", augmenter="lab-1", warm_up_s=1.0,
        window=StandingWindow(avoid_start_s=0.0), engine="fast",
    )  # fmt: skip
    assert demonstration(1).study.base == told.build()


# ---- files at hand


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Files that a cache or mirror has; the model built from them is the laboratory's here."""
    held: set[str] = set()
    monkeypatch.setattr(
        demo,
        "local_file",
        lambda dataset, path: Path(path) if f"{dataset}/{path}" in held else None,
    )

    def pipeline(body: str) -> Pipeline:
        bodies.append(body)
        return pipeline_of("lab")

    monkeypatch.setattr(demo, "_pipeline", pipeline)
    bodies.clear()
    return held


bodies: list[str] = []
pipeline_of = demo._pipeline
MODEL_FILES = {
    f"opencap-core/opensimPipeline/{path}"
    for path in (
        "Models/LaiUhlrich2022.osim", "Models/LaiUhlrich2022_markers_augmenter.xml",
        "Models/LaiUhlrich2022_markers_openpose.xml",
        "Scaling/Setup_scaling_LaiUhlrich2022.xml", "IK/Setup_IK.xml",
    )
}  # fmt: skip
NETWORK = "opencap-core/MarkerAugmenter/LSTM/{}/weights.h5"


def test_opencap_s_body_is_taken_when_all_its_files_are_at_hand(at_hand: set[str]) -> None:
    at_hand |= MODEL_FILES
    found = demonstration(1)
    assert (found.body, bodies) == ("opencap", ["opencap"])
    assert {source.body for source in found.study.sources} == {"opencap"}  # type: ignore[attr-defined]
    assert demonstration(1, "lab").body == "lab"
    for file in sorted(MODEL_FILES):
        at_hand.discard(file)
        assert demonstration(1).body == "lab"
        # asked for, it is tried whatever is at hand
        assert demonstration(1, "opencap").body == "opencap"
        at_hand.add(file)


def test_published_versions_join_in_when_all_their_weights_are_at_hand(at_hand: set[str]) -> None:
    at_hand |= {NETWORK.format(name) for name in ("v0.0", "v0.3_lower", "v0.3_upper", "v0.2_lower")}
    found = demonstration(1)
    assert found.left_out == ("v0.1", "v0.2")
    assert [level.value for level in found.study.factors[2].levels] == ["lab-1", "v0.0", "v0.3"]
    alone = demonstration(1, published=False)
    assert alone.left_out == ("v0.0", "v0.1", "v0.2", "v0.3", "lab-1")
    assert [level.value for level in alone.study.factors[2].levels] == ["lab-1"]


def test_people_cameras_and_their_number_can_be_chosen() -> None:
    chosen = demonstration(2, people="varied", errors=Chain()).study
    assert [source.person for source in chosen.sources[::2]] == [  # type: ignore[attr-defined]
        PEOPLE["varied"].subject(number) for number in (0, 1)
    ]
    assert {source.errors for source in chosen.sources} == {Chain()}  # type: ignore[attr-defined]
    assert len(demonstration().study.sources) == 8  # four subjects, two activities
    assert demonstration(0, "lab").study.sources == ()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"body": "labb"}, "the demonstration has no body 'labb'"),
        ({"people": "varid"}, "the laboratory has no people 'varid'"),
    ],
)
def test_other_bodies_and_people_are_refused(options: dict[str, str], told: str) -> None:
    with pytest.raises(NameNotFoundError) as caught:
        demonstration(1, **options)  # type: ignore[arg-type]
    assert str(caught.value).startswith(told)
