"""The demonstration: a small study on the virtual laboratory, without data or network."""

from __future__ import annotations

from dataclasses import dataclass

from kinebench.augmentation.catalogue import VERSIONS, DatasetFiles, version
from kinebench.cleaning import Butterworth
from kinebench.datasets import local_file
from kinebench.errors import require_names
from kinebench.lab import PEOPLE, STATIC_POSES
from kinebench.lab.camera.chain import CameraError
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.motion_model import MotionModel
from kinebench.lab.motions.sit_to_stand import SitToStand
from kinebench.lab.motions.squat import Squat
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.spec import WINDOWS, PipelineSpec
from kinebench.studies.design import Factor, Level, Study
from kinebench.studies.sources.laboratory import LabSource

BODIES = ("auto", "opencap", "lab")

_OWN = "lab-1"
_MODEL_FILES = (
    "Models/LaiUhlrich2022.osim",
    "Models/LaiUhlrich2022_markers_augmenter.xml",
    "Models/LaiUhlrich2022_markers_openpose.xml",
    "Scaling/Setup_scaling_LaiUhlrich2022.xml",
    "IK/Setup_IK.xml",
)
_POSES = ("ideal", "right knee 15°", "knees 20°")
_ACTIVITIES: dict[str, MotionModel] = {"squat": Squat(), "sit-to-stand": SitToStand()}


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The study, and the augmenter versions that it has to do without.

    Parameters
    ----------
    study : Study
    left_out : tuple of str
        Versions whose files are neither in the cache nor in a mirror.
    body : {"opencap", "lab"}
        What the virtual subjects and the pipeline's model are scaled from.
    """

    study: Study
    left_out: tuple[str, ...]
    body: str


def demonstration(
    n_subjects: int = 4,
    body: str = "auto",
    errors: CameraError | None = None,
    people: str = "template",
    published: bool = True,
) -> Demonstration:
    """Static pose × filter × augmenter on virtual subjects in two activities.

    Parameters
    ----------
    n_subjects : int
    body : one of BODIES
        The laboratory's own body, LaiUhlrich2022, or LaiUhlrich2022 if its files are in the cache
        or in a mirror and the laboratory's own otherwise.
    errors : CameraError, optional
        Of the virtual cameras; `two_phones` by default.
    people : one of `kinebench.lab.PEOPLE`
        Whether all perform one template, or move and are built as themselves.
    published : bool
        Whether the published augmenter versions that are at hand join in.

    Raises
    ------
    NameNotFoundError
        For another body or other people.
    DatasetError
        When LaiUhlrich2022 is asked for and cannot be fetched.
    """
    require_names([body], BODIES, "body", "the demonstration")
    require_names([people], PEOPLE, "people", "the laboratory")
    if body == "auto":
        body = "opencap" if _model_at_hand() else "lab"
    here = tuple(name for name in VERSIONS if published and _at_hand(name))
    left_out = tuple(name for name in VERSIONS if name not in here)
    base = _pipeline(body)
    poses = tuple(Level(name, STATIC_POSES[name]) for name in _POSES)
    factors = (
        Factor("static pose", "data.static", (*poses, Level("trial start", "trial start"))),
        Factor(
            "filter", "clean", (Level("none", ()), Level("Butterworth 6 Hz", (Butterworth(6.0),)))
        ),
        Factor(
            "augmenter",
            "augment.version",
            tuple(Level(name, name) for name in (_OWN, *(name for name in here if name != _OWN))),
        ),
    )
    population, camera = PEOPLE[people], two_phones() if errors is None else errors
    sources = tuple(
        LabSource(population.subject(index), motion, activity, camera, body=body)
        for index in range(n_subjects)
        for activity, motion in _ACTIVITIES.items()
    )
    question = (
        "On virtual subjects, whose true joint angles are known: what do static pose, filter and"
        " augmenter do to the angles?"
    )
    return Demonstration(Study("demo", question, base, factors, sources), left_out, body)


def _pipeline(body: str) -> Pipeline:
    """Fast engine on the model that the virtual subjects are scaled from."""
    window = WINDOWS["standing from start"]
    spec = PipelineSpec(body=body, augmenter=_OWN, warm_up_s=1.0, window=window, engine="fast")
    return spec.build()


def _model_at_hand() -> bool:
    """Whether LaiUhlrich2022 and what scales and solves it are in the cache or in a mirror."""
    return all(local_file("opencap-core", f"opensimPipeline/{path}") for path in _MODEL_FILES)


def _at_hand(name: str) -> bool:
    """Whether a published version's weights are in the cache or in a mirror."""
    row = version(name)
    if not isinstance(row.files, DatasetFiles):
        return True
    paths = (f"{row.files.root}/{network.folder}/weights.h5" for network in row.networks)
    return all(local_file(row.files.dataset, path) is not None for path in paths)
