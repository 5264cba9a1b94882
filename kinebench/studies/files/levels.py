"""Factors of a study file: what the levels of each path are written as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from kinebench.augmentation import FloorOffset, NoAugmentation
from kinebench.cleaning.catalogue import parse_cleaners
from kinebench.errors import FileFormatError, require_names
from kinebench.io.documents import Table, require_keys, value_of
from kinebench.lab import scaling_setup
from kinebench.lab.camera.catalogue import parse_camera
from kinebench.pipeline.engines import ENGINES
from kinebench.pipeline.opencap import STATIC_POSES, opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.spec import PipelineSpec, read_window
from kinebench.pipeline.under_test import KINDS, outside_of
from kinebench.studies.changes import ESTIMATE, Changes, EngineChoice, WarmUp
from kinebench.studies.design import DATA, Factor, Level
from kinebench.studies.files.trials import static_level
from kinebench.studies.sources.faults import EXTRA

_KEYS = ("name", "path", "levels")
_STAGES = tuple(field.name for field in fields(Pipeline))
_ENGINE = "engine"


def factor_from(table: Table, where: str, base: PipelineSpec, folder: Path = Path()) -> Factor:
    """A factor with its levels as values.

    Parameters
    ----------
    table : mapping
        name, path, levels; a level is a value, or a table with ``label`` and ``value``.
    where : str
        What errors call the table.
    base : PipelineSpec
        Its body is whose scaling set-ups ``scale.setup`` means.
    folder : Path
        Where paths in levels start.
    """
    require_keys(table, _KEYS, where, _KEYS)
    path = value_of(table, "path", str, where)
    levels = value_of(table, "levels", list, where)
    if not levels:
        raise FileFormatError(f"{where}: levels must be a list with a level or more")
    stage = path.partition(".")[0]
    if not path.startswith(DATA) and stage not in (*_STAGES, _ENGINE, ESTIMATE):
        raise FileFormatError(
            f"{where}: path '{path}' starts with none of {', '.join(_STAGES)}, {_ENGINE},"
            f" {ESTIMATE}, {DATA}…"
        )
    named = [_named(level, where) for level in levels]
    name = value_of(table, "name", str, where)
    if path == ESTIMATE:
        found = (
            _estimate(label, value, f"{where}, level '{label}'", base, folder)
            for label, value in named
        )
        return Factor(name, path, tuple(found))
    read = _reader(path, base.body)
    return Factor(name, path, tuple(Level(label, read(value)) for label, value in named))


def _scaling_from(pose: str, body: str) -> Any:
    """The scaling set-up of a body for upright or any static poses."""
    require_names([str(pose)], STATIC_POSES, "scaling set-up", "a study")
    if body == "lab":
        return scaling_setup(pull_upright=pose == "upright")
    return opencap_setup("augmented", pose).scaling


def _estimate(label: str, value: Any, where: str, base: PipelineSpec, folder: Path) -> Level:
    """A pipeline under test; or our own, as ``[base]`` with other settings."""
    table = value_of({label: value}, label, dict, where)
    if any(kind in table for kind in KINDS):
        return Level(label, outside_of(table, where, folder.resolve()))
    return Level(label, PipelineSpec.from_table({**base.to_table(), **table}, where).build())


def _reader(path: str, body: str) -> Callable[[Any], Any]:
    """How levels of a path are written; plain fields stand for themselves."""
    if path.startswith(DATA + EXTRA):
        return lambda text: None if text == "none" else parse_camera(_level(text, str, path))
    readers: Mapping[str, Callable[[Any], Any]] = {
        "clean": lambda text: parse_cleaners(_level(text, str, path)),
        "augment.version": _version,
        "augment.warm_up_s": _warm_up,
        "scale.window": lambda rule: read_window(rule, path),
        "scale.setup": lambda pose: _scaling_from(pose, body),
        "engine": _engine,
        "floor": lambda on: FloorOffset() if _level(on, bool, path) else None,
        "data.static": static_level,
        "data.errors": lambda text: parse_camera(_level(text, str, path)),
    }
    return readers.get(path, lambda value: value)


def _level(value: Any, kind: type, where: str) -> Any:
    return value_of({"level": value}, "level", kind, where)


def _version(name: Any) -> Any:
    """A version's name; ``"none"`` scales and tracks the keypoints themselves."""
    if _level(name, str, "augment.version") != "none":
        return name
    plain = opencap_setup("openpose")
    return Changes(
        (
            ("augment", NoAugmentation()),
            ("generic", plain.generic),
            ("scale.setup", plain.scaling),
            ("scale.marker_set", plain.marker_set),
            ("solve.tasks", plain.ik),
        )
    )


def _warm_up(seconds: Any) -> WarmUp:
    return WarmUp(_level(seconds, float, "augment.warm_up_s"))


def _engine(name: str) -> EngineChoice:
    require_names([str(name)], ENGINES, "engine", "a study")
    return EngineChoice(name)


def _named(level: Any, where: str) -> tuple[str, Any]:
    if not isinstance(level, Mapping):
        return _label(level), level
    keys = ("label", "value")
    require_keys(level, keys, f"{where}, levels", keys)
    return str(level["label"]), level["value"]


def _label(level: Any) -> str:
    if isinstance(level, bool):
        return "yes" if level else "no"
    if isinstance(level, list):
        return " to ".join(map(_label, level))
    return f"{level:g}" if isinstance(level, float) else str(level)
