"""Studies as TOML: strict, with errors that name table and key."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.augmentation.floor import FloorOffset
from kinebench.cleaning.catalogue import parse_cleaner
from kinebench.core.stages import Cleaner
from kinebench.errors import FileFormatError, KinebenchError, require_names
from kinebench.ik.engines import make_engine
from kinebench.pipeline.opencap import OpenCapSetup, opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.scalers import make_scaler
from kinebench.scaling.standing import StandingWindow
from kinebench.scaling.window import GivenWindow, StaticWindow
from kinebench.studies.design import DATA, Factor, Level, Study, TrialSource
from kinebench.studies.sources import DatasetSource

__all__ = ["read_study", "study_from"]

_KEYS = ("name", "question", "metrics", "base", "trials", "factors")
_BASE_KEYS = (
    "clean",
    "augmenter",
    "warm_up_s",
    "resample_hz",
    "static_pose",
    "window",
    "scaler",
    "engine",
)
_TRIAL_KEYS = ("dataset", "sample", "subject", "activity")
_FACTOR_KEYS = ("name", "path", "levels")


def read_study(path: Path | str) -> Study:
    """Read a study from a TOML file.

    Raises
    ------
    FileFormatError
        When the file is no TOML, or a key is missing, unknown, or of the wrong kind.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileFormatError(f"cannot read {path}: {error}") from error
    try:
        return study_from(content)
    except KinebenchError as error:
        raise FileFormatError(f"{path.name}: {error}") from error


def study_from(content: Mapping[str, Any]) -> Study:
    """A study from the content of its TOML file."""
    require_names(content, _KEYS, "key", "a study")
    require_names(("name", "question", "trials", "factors"), content, "key", "the study")
    base = content.get("base", {})
    require_names(base, _BASE_KEYS, "key", "[base]")
    setup = opencap_setup("augmented", base.get("static_pose", "upright"))
    factors = tuple(
        _factor(table, index, setup) for index, table in enumerate(content["factors"], start=1)
    )
    sources = tuple(_source(table, index) for index, table in enumerate(content["trials"], start=1))
    options = {"metrics": tuple(content["metrics"])} if "metrics" in content else {}
    return Study(
        content["name"], content["question"], _base(base, setup), factors, sources, **options
    )


def _base(table: Mapping[str, Any], setup: OpenCapSetup) -> Pipeline:
    return Pipeline(
        generic=setup.generic,
        augment=LSTMAugmenter(
            table.get("augmenter", "v0.3"),
            warm_up_s=table.get("warm_up_s", 0.0),
            resample_hz=table.get("resample_hz"),
        ),
        # a study solves the same trial hundreds of times
        scale=make_scaler(
            table.get("scaler", "fast"),
            setup.scaling,
            setup.marker_set,
            _window(table.get("window", "opencap")),
        ),
        solve=make_engine(table.get("engine", "fast"), setup.ik),
        clean=_cleaners(table.get("clean", "none")),
    )


def _factor(table: Mapping[str, Any], index: int, setup: OpenCapSetup) -> Factor:
    where = f"[[factors]] number {index}"
    require_names(table, _FACTOR_KEYS, "key", where)
    require_names(_FACTOR_KEYS, table, "key", where)
    path = table["path"]
    levels = table["levels"]
    if not isinstance(levels, list) or not levels:
        raise FileFormatError(f"{where}: levels must be a list with a level or more")
    readers = _readers(setup)
    read = readers.get(path, lambda level: level)
    if path.startswith(DATA) or path in readers or path.partition(".")[0] in _STAGES:
        return Factor(
            table["name"], path, tuple(Level(_label(level), read(level)) for level in levels)
        )
    raise FileFormatError(
        f"{where}: path '{path}' starts with none of {', '.join(_STAGES)} and {DATA}…"
    )


_STAGES = ("clean", "augment", "scale", "solve", "floor")


def _readers(setup: OpenCapSetup) -> dict[str, Callable[[Any], Any]]:
    """How levels of the paths that are no plain fields are told in TOML."""
    return {
        "clean": _cleaners,
        "scale.window": _window,
        "scale.setup": lambda pose: opencap_setup("augmented", pose).scaling,
        "solve": lambda engine: make_engine(engine, setup.ik),
        "floor": lambda on: FloorOffset() if on else None,
    }


def _cleaners(text: str) -> tuple[Cleaner, ...]:
    return () if text == "none" else (parse_cleaner(text),)


def _window(value: Any) -> StaticWindow | StandingWindow | GivenWindow:
    if isinstance(value, list) and len(value) == 2:
        return GivenWindow(float(value[0]), float(value[1]))
    require_names([str(value)], ("opencap", "standing"), "window", "a study")
    return StaticWindow() if value == "opencap" else StandingWindow()


def _label(level: Any) -> str:
    if isinstance(level, bool):
        return "yes" if level else "no"
    if isinstance(level, list):
        return " to ".join(map(_label, level))
    return f"{level:g}" if isinstance(level, float) else str(level)


def _source(table: Mapping[str, Any], index: int) -> TrialSource:
    where = f"[[trials]] number {index}"
    require_names(table, _TRIAL_KEYS, "key", where)
    require_names(("dataset", "sample"), table, "key", where)
    return DatasetSource(
        table["dataset"],
        table["sample"],
        table.get("subject", table["dataset"]),
        table.get("activity", "unknown"),
    )
