"""Runs of the pipeline on one virtual person, as `kinebench run` writes them, field by field.

``python tests/unit/pipeline/golden_runs.py`` writes golden_runs/*.json anew; look at what differs.
Kept are run.json but for versions and durations, what was solved frame by frame in short, and the
scaled model in numbers. Figures are compared with `TOLERANCES`, far above what processors and
versions of libraries change, and far below what a change of a rule does.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from kinebench.cli.main import main
from kinebench.core import Markers
from kinebench.io.mot import read_motion
from kinebench.io.sto import read_table
from kinebench.io.trc import write_trc
from kinebench.lab import Population, record
from kinebench.lab.camera import ColouredNoise
from kinebench.lab.motions.squat import Squat
from kinebench.lab.sessions import SessionContent, TrialContent, write_session
from kinebench.lab.static_poses import StaticPose

FOLDER = Path(__file__).with_name("golden_runs")
TOLERANCES = {"rel": 2e-3, "abs": 2e-3}
# not the numbers of names, such as LaiUhlrich2022 or lab-1
_NUMBER = re.compile(r"(?<![\w.-])[+-]?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w]|\.\d)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PERSON = Population("golden runs").subject(5)
_NOISE = ColouredNoise(sd_mm=(2.0, 2.0, 2.0), corner_hz=0.7)
_LAB = ("--body", "lab", "--augmenter", "lab-1", "--engine", "fast")
_STORED = ("--trial", "squat", "--body", "lab", "--markers", "stored")
_SIZE = ("--mass", "66.6", "--height", "1.707")

RUNS = {
    "files": ("--keypoints", "squat.trc", "--static", "neutral.trc", *_SIZE, *_LAB),
    "without_static": ("--keypoints", "squat.trc", *_SIZE, *_LAB, "--no-floor"),
    "session": ("session", "--trial", "squat", *_LAB, "--warm-up", "0.5"),
    "stored": ("session", *_STORED, "--engine", "fast", "--window", "0.5", "0.8"),
    "opensim": ("session", *_STORED, "--engine", "opensim"),
}
"""Arguments of `kinebench run`, from the folder of `write_inputs`."""

_BATCH = ("run", "session", "bare", "--all", *_LAB, "--workers", "1", "--out", "out/batch")
COMMANDS = {
    "batch_plan": (*_BATCH, "--dry-run"),
    "batch": _BATCH,
    "batch_again": ("run", "session", *_BATCH[3:], "--json"),
    "batch_strict": ("run", "session", "large", *_BATCH[3:-1], "out/strict", "--strict"),
    "batch_red": ("run", "large", *_BATCH[3:-1], "out/red"),
    "batch_sized": ("run", "bare", *_BATCH[3:-1], "out/sized", *_SIZE, "--json"),
    "audit_files": ("audit", *RUNS["files"][4:], *RUNS["files"][:4]),
    "audit_session": ("audit", "session", *_LAB, "--json"),
    "audit_torn": ("audit", "torn", *_LAB),
    "audit_torn_json": ("audit", "torn", *_LAB, "--json"),
    "audit_bare": ("audit", "bare", *_LAB, "--json"),
}
"""Whole commands; later ones find what earlier ones have written."""


def write_inputs(folder: Path) -> None:
    """Keypoints of half a second of a squat, of a static trial, and a session that holds both."""
    squat = record(_PERSON, Squat(repetitions=1), _NOISE)
    standing = record(_PERSON, StaticPose(duration_s=2.0), _NOISE)
    part = np.arange(70, 100)
    write_trc(folder / "squat.trc", lost(squat.keypoints.at_frames(part), "LWrist", slice(9, 13)))
    write_trc(folder / "neutral.trc", standing.keypoints)
    trials = {
        "squat": TrialContent(
            squat.keypoints.at_frames(part),
            squat.true_markers.at_frames(part),
            squat.true_motion.at_frames(part),
        ),
        "neutral": TrialContent(standing.keypoints, standing.true_markers),
    }
    whole = SessionContent(_PERSON.as_subject(), trials, "lab-1")
    write_session(folder / "session", whole)
    # two movements of somebody whose size is not stated, the second without a motion of its own
    walk = {"squat": trials["squat"], "walk": TrialContent(trials["squat"].keypoints)}
    write_session(folder / "bare", SessionContent(None, {**walk, "neutral": trials["neutral"]}))
    large = squat.keypoints.at_frames(part)
    large = large.with_positions(1.5 * large.positions)
    for name, keypoints in {"large": large, "torn": lost(large, "LKnee", slice(5, 20))}.items():
        spoilt = {**trials, "squat": TrialContent(keypoints)}
        write_session(folder / name, replace(whole, trials=spoilt))


def lost(markers: Markers, name: str, frames: slice) -> Markers:
    """A marker is not seen in these frames."""
    positions = np.array(markers.positions)
    positions[frames, markers.names.index(name)] = np.nan
    return markers.with_positions(positions)


def ran(name: str) -> dict[str, Any]:
    """What the command prints and writes, in short; the working folder is that of the inputs."""
    told = printed("run", *RUNS[name], "--out", f"out/{name}")
    planned = {
        kind or "text": printed("run", *RUNS[name], "--dry-run", *kind.split())["out"]
        for kind in ("", "--json", "--toml")
    }
    found = {"printed": told, "planned": planned, **content(Path("out") / name)}
    return _as_far_as_it_goes(found) if name == "opensim" else found


def _as_far_as_it_goes(found: dict[str, Any]) -> dict[str, Any]:
    """Without what OpenSim's solver found: it stops elsewhere on another processor, by 0.4°."""
    for key in ("marker_error_rms_mm", "worst_marker"):
        del found["run.json"]["results"][key]
    solved = ("motion", "errors, mm", "marker errors, mm")
    return {key: value for key, value in found.items() if key not in solved}


def printed(*arguments: str, code: int = 0) -> dict[str, Any]:
    """Lines on standard output and standard error, each as its words and its numbers."""
    found = answered(*arguments)
    assert found.pop("code") == code
    return found


def answered(*arguments: str) -> dict[str, Any]:
    """Exit code and lines; with ``--json`` what is printed as JSON."""
    streams = {"out": io.StringIO(), "err": io.StringIO()}
    wide = patch.dict(os.environ, {"COLUMNS": "120"})
    with wide, redirect_stdout(streams["out"]), redirect_stderr(streams["err"]):
        code = main(list(arguments))
    out, err = (_DIGEST.sub("…", stream.getvalue()) for stream in streams.values())
    is_json = "--json" in arguments and "--dry-run" not in arguments
    told = json.loads(out) if is_json and out else in_words_and_numbers(out)
    # whoever needs the solver first compiles it, and says so
    err = "".join(line for line in err.splitlines(True) if not line.startswith("compiling "))
    return {"code": code, "out": told, "err": in_words_and_numbers(err)}


def in_words_and_numbers(text: str) -> list[list[Any]]:
    """Each line with # for every number, and the numbers."""
    return [
        [_NUMBER.sub("#", line), *map(float, _NUMBER.findall(line))] for line in text.splitlines()
    ]


def content(out: Path) -> dict[str, Any]:
    """What the folder of results holds, in short."""
    manifest = json.loads((out / "run.json").read_text("utf-8"))
    for key in ("kinebench", "durations_s", "outputs"):
        del manifest[key]
    for file in manifest["inputs"].values():
        file["file"], file["sha256"] = Path(file["file"]).name, "…"
    motion = read_motion(out / "kinematics.mot")
    se = read_motion(out / "kinematics_se.sto")
    errors = read_table(out / "marker_errors.sto")
    each = read_table(out / "marker_errors_per_marker.sto")
    return {
        "run.json": _without_digests(manifest),
        "motion": {
            c.name: _first_mean_last(motion.value(c.name), c.kind == "rotational")
            for c in motion.coordinates
        },
        "standard errors": {
            c.name: _first_mean_last(se.value(c.name), c.kind == "rotational")
            for c in se.coordinates
        },
        "errors, mm": {
            name: [round(1e3 * v, 2) for v in errors.values[[0, -1], i]]
            for i, name in enumerate(errors.columns[1:3], 1)
        },
        "filled and flags": errors.values[:, 3:].astype(int).T.tolist(),
        "marker errors, mm": {
            name: [round(1e3 * v, 2) for v in each.values[[0, -1], i]]
            for i, name in enumerate(each.columns)
        },
        "model": dict(_model(out / "scaled.osim")),
    }


def _without_digests(node: Any) -> Any:
    """Digests of documents hang on spaces and last digits in them: that they are there is kept."""
    if isinstance(node, dict):
        return {
            key: "…" if key in ("sha256", "digest") else _without_digests(value)
            for key, value in node.items()
        }
    return [_without_digests(one) for one in node] if isinstance(node, list) else node


def _first_mean_last(values: Any, angle: bool) -> list[float | None]:
    """Degrees or mm."""
    factor = 180 / math.pi if angle else 1e3
    three = (values[0], values.mean(), values[-1])
    return [round(float(v) * factor, 3) if math.isfinite(v) else None for v in three]


def _model(path: Path) -> Iterator[tuple[str, Any]]:
    """Numbers of bodies, joints' frames, markers and coordinates of a model."""
    root = ElementTree.parse(path).getroot()
    for body in root.iter("Body"):
        inner = {child.tag: child.text for child in body}
        yield (
            f"body {body.get('name')}",
            {
                "mass": _numbers(inner["mass"]),
                "mass center, mm": _numbers(inner["mass_center"], 1e3),
                "inertia": _numbers(inner["inertia"], 1e3),
                "scale factors": [
                    _numbers(one.text) for one in body.iter("scale_factors") if one.text
                ][:1],
            },
        )
    for joint in root.find(".//JointSet/objects") or ():
        frames = joint.iter("PhysicalOffsetFrame")
        yield (
            f"joint {joint.get('name')}",
            {
                "kind": joint.tag,
                "frames, mm": [_numbers(f.findtext("translation"), 1e3) for f in frames],
                "ranges": [_numbers(one.text) for one in joint.iter("range")],
                "defaults": [_numbers(one.text) for one in joint.iter("default_value")],
            },
        )
    for marker in root.iter("Marker"):
        yield f"marker {marker.get('name')}, mm", _numbers(marker.findtext("location"), 1e3)
    for tag in ("ForceSet", "ConstraintSet", "ContactGeometrySet"):
        inside = root.find(f".//{tag}/objects")
        yield tag, [] if inside is None else [one.get("name") for one in inside]


def _numbers(text: str | None, factor: float = 1.0) -> list[float]:
    return [round(factor * float(word), 3) for word in (text or "").split()]


def differences(known: Any, found: Any, place: str = "") -> Iterator[str]:
    """Where two contents differ by more than `TOLERANCES`."""
    if isinstance(known, dict) and isinstance(found, dict):
        if list(known) != list(found):
            yield f"{place}: keys {list(known)} → {list(found)}"
            return
        for key in known:
            yield from differences(known[key], found[key], f"{place}/{key}")
    elif isinstance(known, list) and isinstance(found, list) and len(known) == len(found):
        for i, (one, other) in enumerate(zip(known, found, strict=True)):
            yield from differences(one, other, f"{place}[{i}]")
    elif isinstance(known, float) and isinstance(found, float):
        if not math.isclose(known, found, rel_tol=TOLERANCES["rel"], abs_tol=_absolute(place)):
            yield f"{place}: {known} → {found}"
    elif known != found:
        yield f"{place}: {known!r} → {found!r}"


def _absolute(place: str) -> float:
    """Steps of the solver, and a digit of what is printed."""
    if place.startswith(("/printed", "/err")):
        return 1.0
    solved = ("/motion", "/errors", "/marker errors", "/standard", "/model/marker")
    return 0.1 if place.startswith(solved) else TOLERANCES["abs"]


def write_golden(folder: Path = FOLDER) -> None:
    """All runs."""
    with tempfile.TemporaryDirectory() as made:
        os.chdir(made)
        write_inputs(Path(made))
        for name in RUNS:
            write(folder / f"{name}.json", ran(name))
        for name, words in COMMANDS.items():
            write(folder / f"{name}.json", answered(*words))
        write(
            folder / "trials.json", in_words_and_numbers(Path("out/batch/trials.csv").read_text())
        )


def write(path: Path, found: Any) -> None:
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    write_golden()
