"""Every public TRC, MOT and STO file reads, the irregular ones included."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.errors import FileFormatError, KinebenchWarning
from kinebench.io.mot import read_motion
from kinebench.io.session import read_session
from kinebench.io.setups import read_ik_tasks, read_time_range
from kinebench.io.sto import read_table
from kinebench.io.trc import read_trc, write_trc

pytestmark = pytest.mark.mirror

FORCES = "OC_val/walking1_forces.mot"


def every(ending: str) -> list[Path]:
    named = os.environ.get("KINEBENCH_MIRROR")
    found = sorted(Path(named).rglob(f"*{ending}")) if named else []
    if not found:
        pytest.skip("public data not at hand: KINEBENCH_MIRROR names no folder")
    return found


def test_every_trc_reads_without_a_warning() -> None:
    for path in every(".trc"):
        markers = read_trc(path)
        assert markers.n_frames > 9, path
        assert len(markers.names) >= 20, path
        # of people, in m
        extent = np.nanmax(markers.positions[..., 1]) - np.nanmin(markers.positions[..., 1])
        assert 0.8 < extent < 3.0, path


def test_every_table_reads_as_strictly_as_it_deserves() -> None:
    for path in [*every(".mot"), *every(".sto")]:
        if path.as_posix().endswith(FORCES):
            continue
        assert len(read_table(path).times) > 9, path


def test_every_motion_is_of_people() -> None:
    for path in every(".mot"):
        if "pelvis_tilt" not in path.read_text(encoding="latin-1"):
            continue
        motion = read_motion(path)
        assert np.abs(motion.value("pelvis_tilt")).max() < np.pi / 2, path
        assert 0.2 < motion.value("pelvis_ty").mean() < 1.3, path
        kinds = {c.name for c in motion.coordinates if c.kind == "translational"}
        assert kinds == {"pelvis_tx", "pelvis_ty", "pelvis_tz"}, path


def test_subject_3_has_an_irregular_header(mirror_file: Callable[[str], Path]) -> None:
    markers = read_trc(mirror_file("OC_val/walking1.trc"))
    assert (len(markers.names), markers.n_frames, markers.rate_hz) == (177, 132, 100.0)
    np.testing.assert_allclose(markers.position("r_knee")[0], [-0.032949, 0.439019, -0.133344])


def test_subject_3_has_forces_with_a_wrong_count(mirror_file: Callable[[str], Path]) -> None:
    path = mirror_file(FORCES)
    with pytest.raises(FileFormatError, match="'nColumns': states 9, found 19 columns"):
        read_table(path)
    with pytest.warns(KinebenchWarning, match="'nColumns': states 9, found 19 columns"):
        table = read_table(path, strict=False)
    assert table.values.shape == (132, 18)


def test_gaps_of_raw_recordings_are_missing_markers(mirror_file: Callable[[str], Path]) -> None:
    markers = read_trc(mirror_file("OpenCapUnfiltered/MarkerData/DJ1.trc"))
    assert 0 < markers.missing.mean() < 0.5


def test_a_public_recording_survives_writing(
    mirror_file: Callable[[str], Path], tmp_path: Path
) -> None:
    markers = read_trc(mirror_file("test_data/subject0/MarkerData/Squats_0.trc"))
    write_trc(tmp_path / "t.trc", markers)
    assert read_trc(tmp_path / "t.trc") == markers


def test_a_public_session(mirror_file: Callable[[str], Path]) -> None:
    session = read_session(mirror_file("test_data/subject0/metadata.yaml").parent)
    assert session.subject is not None
    assert (session.subject.mass_kg, session.subject.height_m) == (72.0, 1.78)
    assert session.trials == ("Asym_0", "Squats_0", "neutral")
    files = session.files("Squats_0")
    assert files.stored == files.keypoints
    for path in (files.static, files.motion, files.scaled_model, files.generic_model):
        assert path is not None
    assert files.scaling_setup is not None
    assert read_time_range(files.scaling_setup) == pytest.approx((1.26667, 1.56667), abs=1e-4)
    assert files.ik_setup is not None
    assert read_ik_tasks(files.ik_setup).weights["r_calc_study"] == 60.0
