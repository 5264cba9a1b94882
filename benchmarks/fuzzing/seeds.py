"""Sound content for every reader, made by code: no file of anybody's is needed."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from kinebench.augmentation.catalogue import AugmenterVersion, NetworkSpec
from kinebench.augmentation.network import LSTMLayer, Network
from kinebench.augmentation.weights import write_version
from kinebench.core import Coordinate, IKSolution, Markers, Motion, Subject
from kinebench.core.keypoints import OPENCAP_20
from kinebench.io.c3d import write_c3d
from kinebench.io.mot import motion_text
from kinebench.io.trc import trc_text
from kinebench.lab import Population, generic_body, scaling_setup
from kinebench.lab.subjects import write_subjects
from kinebench.metrics import FigureRow, FigureTable, Kind
from kinebench.studies.execution.codec import encoded

__all__ = [
    "archives", "augmenter_json", "c3ds", "cameras", "cards", "cleaners", "codecs", "events", "h5s",
    "ik_setups", "keras_model", "keypoint_csvs", "mean_npys", "metadata", "mots", "network", "npys",
    "npzs", "osims", "outcomes", "pairs", "scaling_setups", "sessions", "stos", "studies",
    "subjects", "trcs", "version_files", "weights_npzs",
]  # fmt: skip

Seeds = list[bytes]


def _markers(n_frames: int = 6, names: tuple[str, ...] = OPENCAP_20[:4]) -> Markers:
    positions = np.random.default_rng(1).uniform(0, 1.8, (n_frames, len(names), 3))
    positions[2:3, 1] = np.nan
    return Markers(names, np.arange(n_frames) / 60, positions)


def _written(write: Callable[[Path], Any], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / name)
        return (Path(folder) / name).read_bytes()


def _motion() -> Motion:
    coordinates = (
        Coordinate("knee_angle_r"),
        Coordinate("hip_flexion_r"),
        Coordinate("pelvis_tx", "translational"),
    )
    return Motion(coordinates, np.arange(5) / 50, np.random.default_rng(2).normal(size=(5, 3)))


def trcs() -> Seeds:
    markers = _markers()
    plain = [trc_text(markers, "a.trc", unit).encode() for unit in ("m", "mm")]
    return [*plain, plain[0].replace(b"\n", b"\r\n")]


def mots() -> Seeds:
    text = motion_text(_motion()).encode()
    old = b"motion\ndatacolumns 3\ndatarows 2\nrange 0 1\nendheader\ntime a b_tx\n0 1 2\n0.1 1 2\n"
    return [text, text.replace(b"inDegrees=yes", b"inDegrees=no"), old]


def stos() -> Seeds:
    rows = "".join(f"{i / 10}\t{i}\t{-i}\t0.5\n" for i in range(6))
    head = "forces\nversion=1\nnRows=6\nnColumns=4\ninDegrees=no\nendheader\n"
    return [(head + "time\tground_force_vx\tground_force_vy\tm\n" + rows).encode()]


def c3ds() -> Seeds:
    small = _written(lambda path: write_c3d(path, _markers()), "a.c3d")
    return [small, _written(lambda path: write_c3d(path, _markers(3, ("s:a", "s:b"))), "b.c3d")]


def npys() -> Seeds:
    positions = np.random.default_rng(3).uniform(0, 1.8, (5, 20, 3))
    return [_npy(positions), _npy(positions.transpose(2, 1, 0)), _npy(positions.astype("<f4"))]


def npzs() -> Seeds:
    markers = _markers()
    content = {"names": np.array(markers.names), "times": markers.times}
    confidence = np.full((6, 4), 0.9)
    return [
        _npz(positions=markers.positions, confidence=confidence, **content),
        _npz(positions=markers.positions.transpose(2, 1, 0), **content),
    ]


def keypoint_csvs() -> Seeds:
    rows = "".join(f"{i},{i / 60:.6f},{1 + i / 9},0.5,0.25,,,\n" for i in range(4))
    return [("frame,time,Neck_x,Neck_y,Neck_z,RHip_x,RHip_y,RHip_z\n" + rows).encode()]


def cards() -> Seeds:
    file = {"path": "a/b.trc", "bytes": 10, "sha256": "0" * 64}
    card = {
        "title": "Walks", "description": "Walking.", "licence": "Apache-2.0 AND MIT",
        "citation": "A (2020) B.", "doi": "10.1371/x", "steps": ["one", "two"],
        "reference": "optical", "faults": ["short"], "verified": False,
        "expected": {"subject": ["s1"]},
        "pattern": [{"kind": "motion", "path": "{subject}/{trial}.mot"}],
        "subject": {"mass_kg": 72.0, "height_m": 1.8, "sex": "f"},
        "source": [
            {"address": "https://example.org/", "files": [file]},
            {"folder": "/nowhere", "files": [{**file, "path": "c.mot"}]},
        ],
    }  # fmt: skip
    return [json.dumps(card).encode()]


def studies() -> Seeds:
    factors = [
        {"name": "static pose", "path": "data.static", "levels": ["ideal", "trial start"]},
        {"name": "cut-off", "path": "clean", "levels": ["none", "butterworth:6"]},
        {"name": "warm", "path": "augment.warm_up_s", "levels": [0, {"label": "1 s", "value": 1}]},
        {"name": "engine", "path": "engine", "levels": ["fast", "opensim"]},
    ]
    trial = {"dataset": "opencap-session-subject0", "sample": "x", "subject": "s", "activity": "a"}
    study = {
        "name": "mine", "question": "which?", "metrics": ["rmse"],
        "base": {"body": "lab", "augmenter": "lab-1", "warm_up_s": 1, "clean": "median",
                 "window": [0.1, 0.4], "engine": "fast"},
        "laboratory": {"subjects": 2, "first": 3, "activities": ["squat"], "rate_hz": 100,
                       "camera": "two-phones+tilt:0:2"},
        "factors": factors,
    }  # fmt: skip
    return [json.dumps(study).encode(), json.dumps({**study, "trials": [trial]}).encode()]


def sessions() -> Seeds:
    metadata = {
        "subjectID": "s1", "mass_kg": 72.0, "height_m": 1.78, "gender_mf": "f",
        "openSimModel": "LaiUhlrich2022", "augmentermodel": "v0.3", "posemodel": "openpose",
        "iphoneModel": {"Cam0": "iphone12,1", "Cam1": "iphone12,1"}, "verticalOffset": 0.01,
        "checkerBoard": {"squareSideLength_mm": 60.0, "black2BlackCornersWidth_n": 5},
    }  # fmt: skip
    return [json.dumps(metadata).encode()]


def subjects() -> Seeds:
    people = [Population().subject(index) for index in range(2)]
    return [_written(lambda path: write_subjects(path, people), "people.json")]


def events() -> Seeds:
    return [
        b"name,start_s,end_s,trial\nsquat 1,0.5,1.5,t\n# no\nheel strike,2.25,,t\n",
        b'name,start_s\n"a, b",1\n',
    ]


def pairs() -> Seeds:
    return [
        b"reference,estimate,subject,trial,lag_s,event_markers\n"
        b"a.mot,b.mot,s,t,0.1,c.trc\na.mot,b.mot,s,u,,\n",
        b"reference,estimate\na.mot,b.mot\n",
    ]


def outcomes(header: list[str]) -> Seeds:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    labels = len(header) - 2
    writer.writerows([header, ["s"] * labels + ["failed", "why"], ["t"] * labels + ["done", ""]])
    return [text.getvalue().encode()]


def cleaners() -> Seeds:
    return [b"fill-linear:0.5+butterworth:6:4+median:0.1", b"kalman:1:0.01+resample:60",
            b"rotate:y=90,z=180+savgol:0.2:3", b"residual:axis+outliers:0.3:3+level"]  # fmt: skip


def cameras() -> Seeds:
    return [b"two-phones+tilt:0:2+lag:5", b"white:3+dropouts:2:0.1+occluded:R:20:0.1",
            b"swaps:1:0.1+tails:0.1:20+lowpass:6"]  # fmt: skip


@cache
def osims() -> Seeds:
    return [generic_body().model.xml]


@cache
def scaling_setups() -> Seeds:
    return [scaling_setup().xml]


def ik_setups() -> Seeds:
    tasks = "".join(
        f'<IKMarkerTask name="m{i}"><apply>true</apply><weight>{i + 1}</weight></IKMarkerTask>'
        for i in range(3)
    )
    pull = (
        '<IKCoordinateTask name="knee"><weight>2</weight><value_type>manual_value</value_type>'
        "<value>0.1</value></IKCoordinateTask>"
    )
    return [
        f'<OpenSimDocument Version="40000"><InverseKinematicsTool name="t"><IKTaskSet><objects>'
        f"{tasks}{pull}</objects></IKTaskSet><time_range>0.1 2</time_range>"
        f"</InverseKinematicsTool></OpenSimDocument>".encode()
    ]


def archives() -> Seeds:
    members = {"x.trc": b"1" * 300, "deep/er/y.mot": b"22", "z.osim": b"<a/>" * 50}
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    tar = plain.getvalue()
    return [zipped.getvalue(), tar, gzip.compress(tar, mtime=0), bz2.compress(tar)]


def network() -> Network:
    rng = np.random.default_rng(4)

    def drawn(*shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        return rng.normal(size=shape).astype(np.float32)

    layer = LSTMLayer(drawn(8, 12), drawn(3, 12), drawn(12))
    std = rng.uniform(0.2, 0.5, 8)
    return Network((layer,), drawn(3, 3), drawn(3), rng.normal(size=8), std)


@cache
def version_files() -> dict[str, bytes]:
    """augmenter.json and its network."""
    spec = NetworkSpec("lower", "", ("Neck", "RHip"), ("r_knee_study",))
    with tempfile.TemporaryDirectory() as folder:
        write_version(Path(folder), AugmenterVersion("small", (spec,)), (network(),))
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def augmenter_json() -> Seeds:
    return [version_files()["augmenter.json"]]


def weights_npzs() -> Seeds:
    return [version_files()["lower.npz"]]


def keras_model() -> Seeds:
    settings = {
        "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True,
        "return_sequences": True, "go_backwards": False, "units": 3, "name": "lstm",
    }  # fmt: skip
    dense = {"activation": "linear", "use_bias": True, "units": 3, "name": "inner"}
    outer = {"name": "dense", "layer": {"class_name": "Dense", "config": dense}}
    layers = [
        {"class_name": "InputLayer", "config": {"name": "input"}},
        {"class_name": "LSTM", "config": settings},
        {"class_name": "TimeDistributed", "config": outer},
    ]
    return [json.dumps({"class_name": "Sequential", "config": {"layers": layers}}).encode()]


def metadata() -> Seeds:
    return [json.dumps({"reference_marker": "midHip", "n": [1, {"a": 2.5}]}).encode()]


def h5s() -> Seeds:
    def write(path: Path) -> None:
        made = network()
        layer = made.layers[0]
        with h5py.File(path, "w") as file:
            for name, arrays in {
                "lstm": (layer.kernel, layer.recurrent, layer.bias),
                "dense": (made.kernel, made.bias),
            }.items():
                group = file.create_group(name)
                names = [f"{name}/{i}" for i in range(len(arrays))]
                group.attrs["weight_names"] = np.array([text.encode() for text in names])
                for text, array in zip(names, arrays, strict=True):
                    group.create_dataset(text, data=array)

    return [_written(write, "weights.h5")]


def codecs() -> Seeds:
    motion = _motion()
    solution = IKSolution(
        motion, ("a",), np.zeros((5, 1)), np.ones(5, dtype=bool), np.zeros(5, dtype=int)
    )
    rows = [{"kind": "angle", "item": "knee", "value": 1.5, "missing": None, "raw": b"12"}]
    figures = FigureTable.of([FigureRow(Kind.COORDINATE, "knee", "rmse", 1.5, "rad")])
    values = (motion, _markers(), solution, rows, figures, Subject(70, 1.8))
    return [encoded(value) for value in values]


def mean_npys() -> Seeds:
    return [_npy(network().mean)]


def _npy(array: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def _npz(**arrays: Any) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()
