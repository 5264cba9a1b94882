"""Real recordings, cut where a claim allows, and the command run on them."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kinebench.baselines import measurement
from kinebench.cli.main import main
from kinebench.core import Markers, Motion
from kinebench.core.keypoints import OPENCAP_20
from kinebench.io.trc import read_trc, write_trc
from kinebench.lab import Population
from kinebench.lab.camera import ColouredNoise
from kinebench.lab.motions.squat import Squat
from kinebench.lab.sessions import SessionContent
from kinebench.studies.sources.lab_session import LabSession

# Arms and mtp are judged apart: no marker sits on the toes, so mtp stays where a version puts it;
# the arms' markers carry a fiftieth of the weights, and OpenSim's solver stops while pro_sup is
# still degrees away (7.8 to 9.6° on noise-free markers).
TRANSLATIONS = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
JUDGED = (
    "pelvis_tilt", "pelvis_list", "pelvis_rotation",
    *(f"{name}_{side}" for side in "rl" for name in (
        "hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle",
        "subtalar_angle",
    )),
    "lumbar_extension", "lumbar_bending", "lumbar_rotation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """RMSE and largest difference per coordinate, deg or mm."""

    rms: dict[str, float]
    largest: dict[str, float]

    def judged(self) -> tuple[float, float]:
        """Worst RMSE and largest difference of legs, pelvis and trunk, deg."""
        return self.worst(JUDGED)

    def translations(self) -> tuple[float, float]:
        """The same of the pelvis's position, mm."""
        return self.worst(TRANSLATIONS)

    def worst(self, names: tuple[str, ...]) -> tuple[float, float]:
        return max(self.rms[n] for n in names), max(self.largest[n] for n in names)


def difference(reference: Motion, estimate: Motion) -> Difference:
    np.testing.assert_allclose(reference.times, estimate.times, atol=1e-4)
    rms, largest = {}, {}
    for name in reference.names:
        if name in estimate.names:
            error = (
                estimate.values[:, estimate.names.index(name)]
                - reference.values[:, reference.names.index(name)]
            ) * (1e3 if name in TRANSLATIONS else 180 / np.pi)
            rms[name] = float(np.sqrt(np.mean(error**2)))
            largest[name] = float(np.abs(error).max())
    return Difference(rms, largest)


@pytest.fixture(scope="session")
def motion_difference() -> Callable[[Motion, Motion], Difference]:
    """Compare an estimate with its reference: ``motion_difference(reference, estimate)``."""
    return difference


@pytest.fixture(autouse=True)
def _warnings_as_before() -> Iterator[None]:
    """The command shows warnings its own way; give the tests theirs back."""
    before = warnings.showwarning
    yield
    warnings.showwarning = before


@pytest.fixture(scope="module")
def trials_filmed_once() -> Iterator[None]:
    """A gate's trials are the same in each measurement: filming them is half of its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measurement, "seeded_trial", cache(measurement.seeded_trial))
        yield


@pytest.fixture(scope="session")
def lab_session() -> LabSession:
    """A virtual subject's squat and static trial, by the laboratory's own body and augmenter."""
    noise = ColouredNoise(sd_mm=(2.0, 2.0, 2.0), corner_hz=0.7)
    person = Population("sessions").subject(3)
    return LabSession(person, (("squats", Squat(repetitions=1)),), errors=noise)


@pytest.fixture(scope="session")
def lab_content(lab_session: LabSession) -> SessionContent:
    """What the folder of that session holds."""
    return lab_session.content()


@pytest.fixture
def no_public_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a mirror, nor a cache, nor the network: whatever is fetched makes the test fail."""

    def refused(*names: str) -> Path:
        raise AssertionError(f"asked for public data: {names}")

    for place in ("pipeline.opencap.fetch_file", "datasets.fetch_file", "datasets.fetch_dataset"):
        monkeypatch.setattr(f"kinebench.{place}", refused)


@pytest.fixture(scope="session")
def subject0(mirror_file: Callable[[str], Path]) -> Path:
    """The real session with its set-ups."""
    return mirror_file("test_data/subject0/metadata.yaml").parent


@pytest.fixture(scope="session")
def downloaded(subject0: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same session as a user downloads it: no set-ups, no generic model."""
    folder = tmp_path_factory.mktemp("OpenCapData")
    for place in ("MarkerData", "OpenSimData/Model", "OpenSimData/Kinematics"):
        (folder / place).mkdir(parents=True)
    shutil.copy(subject0 / "metadata.yaml", folder / "sessionMetadata.yaml")
    for path in (subject0 / "MarkerData").glob("*.trc"):
        shutil.copy(path, folder / "MarkerData")
    for path in (subject0 / "OpenSimData" / "Model").glob("*_scaled.osim"):
        shutil.copy(path, folder / "OpenSimData" / "Model")
    for path in (subject0 / "OpenSimData" / "IK").glob("*.mot"):
        shutil.copy(path, folder / "OpenSimData" / "Kinematics")
    return folder


@pytest.fixture(scope="session")
def short_session(downloaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The downloaded session with 60 frames of the squats."""
    folder = tmp_path_factory.mktemp("short") / "session"
    shutil.copytree(downloaded, folder)
    (folder / "MarkerData" / "Asym_0.trc").unlink()
    squats = folder / "MarkerData" / "Squats_0.trc"
    write_trc(squats, read_trc(squats).at_frames(np.arange(60)))
    return folder


@pytest.fixture(scope="session")
def keypoints(subject0: Path) -> Markers:
    """The 20 keypoints of the neutral trial: 96 frames at 60 Hz."""
    return read_trc(subject0 / "MarkerData" / "neutral.trc").select(OPENCAP_20)


@pytest.fixture
def trc(tmp_path: Path) -> Callable[[Markers], Path]:
    """Write markers into a folder of their own."""

    def write(markers: Markers) -> Path:
        path = tmp_path / "in" / "squat.trc"
        path.parent.mkdir(exist_ok=True)
        write_trc(path, markers)
        return path

    return write


@pytest.fixture
def kinebench(tmp_path: Path) -> Callable[..., int]:
    """Run the command on what is given, with results in ``tmp_path / "out"``."""

    def run(*arguments: object) -> int:
        return main(["run", *map(str, arguments), "--out", str(tmp_path / "out")])

    return run
