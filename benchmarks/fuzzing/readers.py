"""All readers in one table: what they are fed, and how they are called."""

from __future__ import annotations

import json
import random
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fuzzing import mutations as m
from benchmarks.fuzzing import seeds as s
from kinebench.augmentation.weights import read_keras, read_npz, read_version
from kinebench.cleaning.catalogue import parse_cleaners
from kinebench.comparison.pairs import pairs_from_csv
from kinebench.core import Document, Model, Motion, Subject
from kinebench.core.provenance import digest
from kinebench.datasets import Places, cards
from kinebench.datasets.archive import extract_archive, is_archive
from kinebench.datasets.card import parse_card
from kinebench.datasets.verification import verify_dataset
from kinebench.errors import DatasetError
from kinebench.events.manual import read_events
from kinebench.io import numbers
from kinebench.io.c3d import read_c3d
from kinebench.io.keypoint_files import read_markers
from kinebench.io.mot import read_motion, write_motion
from kinebench.io.session import read_session
from kinebench.io.setups import read_ik_tasks, read_time_range
from kinebench.io.sto import read_table
from kinebench.io.trc import read_trc, write_trc
from kinebench.kinematics.osim_tree import tree_of_text
from kinebench.lab.camera.catalogue import parse_camera
from kinebench.lab.subjects import read_subjects
from kinebench.metrics import FigureTable
from kinebench.osim.edits import (
    body_names,
    body_scale_factors,
    marker_names,
    with_renamed_markers,
    without_dependent_leaves,
    without_forces,
)
from kinebench.osim.soundness import require_sound
from kinebench.scaling.recipe import read_recipe
from kinebench.scaling.setup import (
    ScalingFiles,
    fitted_setup,
    lost_measurements,
    placing_markers,
    swapped_side_pairs,
)
from kinebench.studies.analysis.results import outcome_table, with_reasons
from kinebench.studies.execution.cells import Outcome
from kinebench.studies.execution.codec import decoded
from kinebench.studies.execution.store import Store
from kinebench.studies.files.study_file import read_study
from kinebench.studies.plan import cells

__all__ = ["READERS", "Reader"]


@dataclass(frozen=True)
class Reader:
    """A reader of kinebench and what it is fed.

    Parameters
    ----------
    seeds : callable
        Gives sound contents.
    mutant : callable
        A random damage of one of them.
    read : callable
        Of the damaged content and an empty folder; what it returns is judged.
    """

    seeds: Callable[[], list[bytes]]
    mutant: m.Mutant
    read: Callable[[bytes, Path], Any]

    def seeds_once(self) -> list[bytes]:
        """Seeds, made once per process."""
        return _made(self.seeds)


@cache
def _made(seeds: Callable[[], list[bytes]]) -> list[bytes]:
    return seeds()


def _file(name: str, read: Callable[[Path], Any]) -> Callable[[bytes, Path], Any]:
    def from_content(data: bytes, folder: Path) -> Any:
        path = folder / name
        path.write_bytes(data)
        return read(path)

    return from_content


def _text(read: Callable[[str], Any]) -> Callable[[bytes, Path], Any]:
    # an argument of the command line has no half characters that matter here
    return lambda data, _: read(data.decode("utf-8", "replace"))


def _array(path: Path) -> Any:
    named = path.suffix != ".npy"
    rate, names = (None, None) if named else (60.0, "OPENCAP_20")
    return read_markers(path, "m", rate, names)


def _round_trip(name: str, read: Any, write: Any) -> Callable[[bytes, Path], Any]:
    """What was read and can be written is read again as it was."""

    def there_and_back(data: bytes, folder: Path) -> Any:
        first = _file(name, read)(data, folder)
        write(folder / f"again-{name}", first)
        second = read(folder / f"again-{name}")
        values = "values" if isinstance(first, Motion) else "positions"
        assert first.names == second.names
        scale = np.nanmax(np.abs(getattr(first, values)), initial=1.0)
        np.testing.assert_allclose(
            getattr(second, values), getattr(first, values), atol=1e-7 + 1e-12 * scale
        )
        return first

    return there_and_back


def _two_paths(data: bytes, folder: Path) -> Any:
    """Short and long files are read by two parsers: one answer."""

    def read(limit: int) -> Any:
        usual, numbers._LONG = numbers._LONG, limit
        try:
            return _file("a.trc", read_trc)(data, folder)
        except Exception as error:
            return error
        finally:
            numbers._LONG = usual

    short, long = read(10**9), read(0)
    if isinstance(short, Exception):
        assert type(short) is type(long), f"one answer is {short!r}, the other {long!r}"
        raise short
    assert not isinstance(long, Exception), f"one answer is a recording, the other {long!r}"
    np.testing.assert_allclose(short.positions, long.positions, rtol=1e-14)
    return short


def _archive(data: bytes, folder: Path) -> Any:
    path = folder / "a.zip"
    path.write_bytes(data)
    if not is_archive(path):
        raise DatasetError("no archive")
    files = extract_archive(path, folder / "out")
    assert sorted(p for p in (folder / "out").rglob("*") if p.is_file()) == sorted(files)
    assert {p.name for p in folder.iterdir()} <= {"a.zip", "out"}


def _version(data: bytes, folder: Path) -> Any:
    (folder / "lower.npz").write_bytes(s.version_files()["lower.npz"])
    (folder / "augmenter.json").write_bytes(data)
    version = read_version(folder)
    return version.name, *version.needs, *version.gives


def _keras(part: str) -> Callable[[bytes, Path], Any]:
    sound: dict[str, bytes] = {"model.json": s.keras_model()[0], "weights.h5": s.h5s()[0],
             "mean.npy": s.mean_npys()[0], "metadata.json": s.metadata()[0]}  # fmt: skip

    def read(data: bytes, folder: Path) -> Any:
        np.save(folder / "std.npy", np.full(8, 0.5))
        for name, content in {**sound, part: data}.items():
            (folder / name).write_bytes(content)
        read_keras(
            folder / "model.json", folder / "weights.h5", folder / "mean.npy",
            folder / "std.npy", folder / "metadata.json",
        )  # fmt: skip

    return read


def _decoded(data: bytes, _: Path) -> Any:
    decoded(data)  # what kinebench itself computed may be of any size


def _codec_mutant(rng: random.Random, seed: bytes) -> bytes:
    """The structure changed as JSON and its length told right; or arrays; or bytes."""
    end = 8 + int.from_bytes(seed[:8], "big")
    head, arrays = seed[8:end], seed[end:]
    step = rng.randrange(3)
    if step == 0:
        head = m.json_mutant(rng, head)
    elif step == 1:
        arrays = m.npy_mutant(rng, arrays)
    else:
        return m.byte_mutant(rng, seed)
    return struct.pack(">Q", len(head)) + head + arrays


KEY = digest("a key")


def _store_raw(data: bytes, folder: Path) -> Any:
    store = Store(folder)
    store.put(KEY, {"a": 1.5})
    path = store.path(KEY)
    content = path.read_bytes()
    # what the seed changed at its places is changed in the entry
    path.write_bytes(
        bytes(a ^ b for a, b in zip(content, data, strict=False)) + content[len(data) :]
    )
    found = store.get(KEY)
    assert found is None or found == {"a": 1.5}, f"a damaged entry gave {found!r}"


def _store_valid(data: bytes, folder: Path) -> Any:
    store = Store(folder)
    store.path(KEY).parent.mkdir(parents=True)
    store.path(KEY).write_bytes(store.entry(KEY, data))
    store.get(KEY)  # what kinebench itself computed may be of any size


def _xor_mutant(rng: random.Random, _: bytes) -> bytes:
    changes = bytearray(400)
    for _i in range(rng.choice((1, 1, 2, 5))):
        changes[rng.randrange(400)] ^= 1 << rng.randrange(8)
    return bytes(changes)


def _tree(data: bytes, _: Path) -> Any:
    tree = tree_of_text.__wrapped__(Model("m", data))
    return tree.marker_names


def _sound_tree(data: bytes, folder: Path) -> Any:
    require_sound(Model("m", data))
    return _tree(data, folder)


def _edits(data: bytes, _: Path) -> Any:
    model = Model("m", data)
    require_sound(model)
    body_scale_factors(model)
    without_dependent_leaves(without_forces(with_renamed_markers(model, {"a": "b"})))
    return marker_names(model), body_names(model)


def _recipe(data: bytes, _: Path) -> Any:
    recipe = read_recipe.__wrapped__(Document("s", data))
    return recipe.tasks, [one.name for one in recipe.measurements]


def _fitted(data: bytes, _: Path) -> Any:
    setup = Document("s", data)
    markers = {"r.ASIS_study", "L.ASIS_study", "r_knee_study", "r_ankle_study", "C7_study"}
    lost_measurements(setup, markers)
    swapped_side_pairs(setup)
    person = Subject(70.0, 1.8)
    placing_markers(fitted_setup(setup, person, (0.0, 1.0), markers, {"knee"}, ScalingFiles()))


def _session(data: bytes, folder: Path) -> Any:
    (folder / "MarkerData" / "PreAugmentation").mkdir(parents=True)
    (folder / "MarkerData" / "PreAugmentation" / "squat.trc").write_bytes(b"x")
    (folder / "sessionMetadata.yaml").write_bytes(data)
    (folder / "MarkerData" / "settings_squat.yaml").write_bytes(data)
    session = read_session(folder)
    return session.subject, dict(session.files("squat").settings)


def _pairs(data: bytes, folder: Path) -> Any:
    for name in ("a.mot", "b.mot", "c.trc"):
        (folder / name).touch()
    (folder / "pairs.csv").write_bytes(data)
    found = pairs_from_csv(folder / "pairs.csv")
    for pair in found.pairs:
        lag = pair.lag_s
        assert lag is None or abs(lag) < 1e6, f"lag of {lag} s"
    return [(pair.subject, pair.trial) for pair in found.pairs]


_STUDY: list[Any] = []


def _outcomes(data: bytes, folder: Path) -> Any:
    study, outcomes = _study(folder)
    (folder / "outcomes.csv").write_bytes(data)
    return [outcome.reason for outcome in with_reasons(outcomes, study, folder)]


def _study(folder: Path) -> Any:
    if not _STUDY:
        path = folder / "study.toml"
        path.write_text(m.toml_text(json.loads(s.studies()[0])))
        study = read_study(path)
        path.unlink()
        planned = [*cells(study)][:6]
        outcomes = [
            Outcome(i, cell.labels, "not run", "", FigureTable()) for i, cell in enumerate(planned)
        ]
        _STUDY.extend((study, outcomes))
    return _STUDY


def _outcome_seeds() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        study, outcomes = _study(Path(folder))
    header = outcome_table(study, []).strip().split(",")
    real = outcome_table(study, outcomes).replace("not run,", "failed,x").encode()
    return [*s.outcomes(header), real]


def _study_file(data: bytes, folder: Path) -> Any:
    study = _file("study.toml", read_study)(data, folder)
    labels = [[level.label for level in factor.levels] for factor in study.factors]
    return study.name, [factor.name for factor in study.factors], labels


def _own_cards(data: bytes, folder: Path) -> Any:
    places = Places(folder / "cache" / "datasets", folder / "cards")
    (places.cards / "mine").mkdir(parents=True)
    (places.cards / "mine" / "card.toml").write_bytes(data)
    known = cards(places)
    assert "opencap-core" in known, "an illegal card takes the others away"
    card = known.get("mine")
    if card is None:
        raise DatasetError("left out")
    verify_dataset(card, places)
    return card.title, card.subject


READERS: dict[str, Reader] = {
    "archives": Reader(s.archives, m.byte_mutant, _archive),
    "augmenter.json": Reader(s.augmenter_json, m.json_mutant, _version),
    "c3d": Reader(s.c3ds, m.byte_mutant, _file("a.c3d", read_c3d)),
    "camera notation": Reader(s.cameras, m.text_mutant, _text(parse_camera)),
    "card.toml": Reader(s.cards, m.toml_mutant, _text(lambda text: parse_card("a", text))),
    "--clean notation": Reader(s.cleaners, m.text_mutant, _text(parse_cleaners)),
    "codec": Reader(s.codecs, _codec_mutant, _decoded),
    "events CSV": Reader(s.events, m.text_mutant, _file("events.csv", read_events)),
    "ik set-up": Reader(s.ik_setups, m.xml_mutant, _file("ik.xml", read_ik_tasks)),
    "keras mean.npy": Reader(s.mean_npys, m.npy_mutant, _keras("mean.npy")),
    "keras metadata.json": Reader(s.metadata, m.json_mutant, _keras("metadata.json")),
    "keras model.json": Reader(s.keras_model, m.json_mutant, _keras("model.json")),
    "keras weights.h5": Reader(s.h5s, m.byte_mutant, _keras("weights.h5")),
    "keypoint CSV": Reader(s.keypoint_csvs, m.text_mutant, _file("k.csv", _array)),
    "keypoint NPY": Reader(s.npys, m.npy_mutant, _file("k.npy", _array)),
    "keypoint NPZ": Reader(s.npzs, m.npz_mutant, _file("k.npz", _array)),
    "mot": Reader(s.mots, m.text_mutant, _file("a.mot", read_motion)),
    "mot round trip": Reader(
        s.mots, m.text_mutant, _round_trip("a.mot", read_motion, write_motion)
    ),
    "network npz": Reader(s.weights_npzs, m.npz_mutant, _file("lower.npz", read_npz)),
    "osim: tree": Reader(s.osims, m.xml_mutant, _tree),
    "osim: sound, then tree": Reader(s.osims, m.xml_mutant, _sound_tree),
    "osim: soundness and edits": Reader(s.osims, m.xml_mutant, _edits),
    "outcomes.csv": Reader(_outcome_seeds, m.text_mutant, _outcomes),
    "pairs CSV": Reader(s.pairs, m.text_mutant, _pairs),
    "scaling set-up: fitted": Reader(s.scaling_setups, m.xml_mutant, _fitted),
    "scaling set-up: recipe": Reader(s.scaling_setups, m.xml_mutant, _recipe),
    "session YAML": Reader(s.sessions, m.yaml_mutant, _session),
    "set-up: time range": Reader(s.ik_setups, m.xml_mutant, _file("a.xml", read_time_range)),
    "sto": Reader(s.stos, m.text_mutant, _file("a.sto", lambda path: read_table(path, False))),
    "store: damaged entry": Reader(lambda: [b""], _xor_mutant, _store_raw),
    "store: changed content": Reader(s.codecs, _codec_mutant, _store_valid),
    "study TOML": Reader(s.studies, m.toml_mutant, _study_file),
    "trc": Reader(s.trcs, m.text_mutant, _file("a.trc", read_trc)),
    "trc round trip": Reader(
        s.trcs, m.text_mutant,
        _round_trip("a.trc", read_trc, lambda path, read: write_trc(path, read, decimals=9)),
    ),
    "trc: two parsers": Reader(s.trcs, m.text_mutant, _two_paths),
    "user's cards": Reader(s.cards, m.toml_mutant, _own_cards),
    "virtual subjects": Reader(s.subjects, m.json_mutant, _file("people.json", read_subjects)),
}  # fmt: skip
