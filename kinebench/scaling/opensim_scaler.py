"""Scaling and marker placement by OpenSim's ScaleTool."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.model import Document, Model
from kinebench.core.motion import Motion
from kinebench.core.results import ScalingResult
from kinebench.core.subject import Subject
from kinebench.errors import ScalingError
from kinebench.io.models import read_model
from kinebench.io.mot import read_motion
from kinebench.io.trc import write_trc
from kinebench.io.xml import flag, shared_xml
from kinebench.osim.edits import (
    body_names,
    body_scale_factors,
    marker_names,
    shared_root,
    with_marker_set,
    without_forces,
)
from kinebench.osim.runtime import load_opensim, quietly, scratch_folder
from kinebench.osim.soundness import require_sound
from kinebench.osim.standing_place import Displacement, displacement
from kinebench.remarks import hand_on, unheard
from kinebench.scaling.setup import (
    ScalingFiles,
    fitted_setup,
    placing_markers,
    pulled_coordinates,
    setup_remarks,
)
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import OPENCAP_STATIC_WINDOW, GivenWindow, StaticWindow


@dataclass(frozen=True, slots=True)
class OpenSimScaler:
    """OpenSim's ScaleTool, set up as OpenCap does.

    Measurements without a complete marker pair, and tasks of markers or coordinates that are not
    there, are switched off.

    Parameters
    ----------
    setup : Document
        A ScaleTool set-up: measurements, tasks and weights.
    marker_set : Document, optional
        Replaces the generic model's markers.
    window : StaticWindow, GivenWindow or StandingWindow
        Where the static trial is used.
    """

    title: ClassVar[str] = "OpenSim's ScaleTool"

    setup: Document
    marker_set: Document | None = None
    window: StaticWindow | GivenWindow | StandingWindow = OPENCAP_STATIC_WINDOW

    def __call__(self, generic: Model, static: Markers, subject: Subject) -> ScalingResult:
        """Scale `generic` to a subject by a static trial of anatomical markers.

        Raises
        ------
        ScalingError
            When there is no static window, no marker pair to measure, or OpenSim fails.
        """
        window_s = self.window(static)
        model = generic if self.marker_set is None else with_marker_set(generic, self.marker_set)
        shared = tuple(name for name in marker_names(model) if name in static.names)
        used = static.select(shared)
        _require_complete(used, window_s)
        files = ScalingFiles()
        setup = fitted_setup(
            self.setup, subject, window_s, shared, _unlocked_coordinates(model), files
        )
        hand_on(*setup_remarks(self.setup, shared))
        require_sound(model)
        with scratch_folder() as folder:
            (folder / files.generic).write_bytes(model.xml)
            (folder / "setup.xml").write_bytes(setup.xml)
            moved = _displacement(folder, model, setup, used.between(*window_s))
            displaced = used.with_positions(used.positions + moved.vector)
            write_trc(folder / files.markers, displaced, decimals=10)
            _run(folder, files)
            placed = Model(f"{generic.name}_scaled", read_model(folder / files.placed).xml)
            before = read_model(folder / files.scaled)
            factors = _body_factors(placed, generic, folder / files.factors)
            pose = moved.undone(_static_pose(folder / files.pose))
        names, errors = _moved(before, placed, placing_markers(setup))
        return ScalingResult(placed, factors, window_s, pose, names, errors)


def _displacement(folder: Path, model: Model, setup: Document, static: Markers) -> Displacement:
    """What brings the static trial to where the generic model stands."""
    opensim = load_opensim()
    path = folder / "bones.osim"
    path.write_bytes(without_forces(model).xml)
    with quietly(opensim) as log:
        try:
            loaded = opensim.Model(str(path))
            loaded.finalizeConnections()
            state = loaded.initSystem()
            return displacement(opensim, loaded, state, static, pulled_coordinates(setup))
        except RuntimeError as error:
            raise ScalingError(f"OpenSim's ScaleTool failed: {log.reason(str(error))}") from error


def _run(folder: Path, files: ScalingFiles) -> None:
    opensim = load_opensim()
    with quietly(opensim) as log:
        try:
            ran = opensim.ScaleTool(str(folder / "setup.xml")).run()
        except RuntimeError as error:
            raise ScalingError(f"OpenSim's ScaleTool failed: {log.reason(str(error))}") from error
        written = (files.placed, files.scaled, files.factors, files.pose)
        if not ran or not all((folder / name).exists() for name in written):
            raise ScalingError(f"OpenSim's ScaleTool failed: {log.reason()}")


def _require_complete(static: Markers, window_s: tuple[float, float]) -> None:
    inside = static.between(*window_s)
    gone = np.flatnonzero(inside.missing.all(axis=0))
    if gone.size:
        names = [inside.names[column] for column in gone]
        raise ScalingError(
            f"the static window {window_s[0]:g} to {window_s[1]:g} s has no frame with"
            f" {', '.join(names)}"
        )


def _unlocked_coordinates(model: Model) -> set[str]:
    return {
        coordinate.get("name", "")
        for coordinate in shared_root(model).iterfind(".//coordinates/Coordinate")
        if not flag(coordinate, "locked", False)
    }


def _body_factors(
    placed: Model, generic: Model, path: Path
) -> dict[str, tuple[float, float, float]]:
    """Scale factors per body: those of its geometry, which carry all digits, or of the file."""
    from_file = {
        (scale.findtext("segment") or "").strip().rsplit("/", 1)[-1]: scale.findtext("scales")
        for scale in shared_xml(path.read_bytes(), path.name).iterfind(".//Scale")
    }
    exact = body_scale_factors(placed, generic)
    return {
        name: exact.get(name) or _three(from_file.get(name, "1 1 1")) for name in body_names(placed)
    }


def _three(text: str | None) -> tuple[float, float, float]:
    x, y, z = map(float, (text or "").split())
    return x, y, z


def _static_pose(path: Path) -> Motion:
    """The pose, as one frame: the tool repeats it."""
    # absurd angles are told by those who judge the scaling, not under a scratch file's name
    with unheard():
        return read_motion(path).at_frames(np.array([0]))


def _moved(
    before: Model, placed: Model, measured: tuple[str, ...]
) -> tuple[tuple[str, ...], FloatArray]:
    """How far the placer moved each marker: its distance from the measured one in the static pose.

    Placing puts a model marker onto the measured one without turning any body, so the distance can
    be read off the two models. Markers that are fixed, and so stay, are left out; so are those
    without a task, which sit on a soft part of a segment wherever somebody stuck them.
    """
    old, new = _locations(before), _locations(placed)
    names = tuple(name for name in measured if not new[name][1])
    distances = [np.linalg.norm(new[name][0] - old[name][0]) for name in names]
    return names, np.array(distances)


def _locations(model: Model) -> dict[str, tuple[FloatArray, bool]]:
    found = {}
    for marker in shared_root(model).iterfind(".//MarkerSet/objects/Marker"):
        location = np.array((marker.findtext("location") or "").split(), dtype=np.float64)
        fixed = flag(marker, "fixed", False)
        found[marker.get("name", "")] = (location, fixed)
    return found
