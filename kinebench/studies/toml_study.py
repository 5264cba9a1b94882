"""Studies as TOML: strict, with errors that name table and key."""

from __future__ import annotations

import tomllib
from pathlib import Path

from kinebench.augmentation import LSTMAugmenter
from kinebench.errors import FileFormatError, KinebenchError, require_names
from kinebench.lab import generic_body, ik_tasks
from kinebench.metrics import CATALOGUE
from kinebench.pipeline.engines import DEFAULT_ENGINE, engine
from kinebench.pipeline.opencap import OpenCapSetup, opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.plan import DEFAULT_VERSION
from kinebench.studies.design import Study
from kinebench.studies.toml_levels import cleaners_from, factor_from, scaling_from, window_from
from kinebench.studies.toml_tables import Table, items_of, require_keys, value_of
from kinebench.studies.toml_trials import datasets_named, sources_of

__all__ = ["read_study", "study_from"]

_KEYS = ("name", "question", "metrics", "base", "laboratory", "trials", "factors")
_BASE_KEYS = (
    "body",
    "clean",
    "augmenter",
    "warm_up_s",
    "resample_hz",
    "static_pose",
    "window",
    "engine",
)
_BODIES = ("opencap", "lab")


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


def study_from(content: Table) -> Study:
    """A study from the content of its TOML file."""
    require_keys(content, _KEYS, "a study", ("name", "question", "factors"))
    base = value_of(content, "base", dict, "the study", {})
    require_keys(base, _BASE_KEYS, "[base]")
    body = value_of(base, "body", str, "[base]", "opencap")
    require_names([body], _BODIES, "body", "[base]")
    metrics = value_of(content, "metrics", list, "the study")
    require_names(map(str, metrics or ()), CATALOGUE, "metric", "the study")
    return Study(
        value_of(content, "name", str, "the study"),
        value_of(content, "question", str, "the study"),
        _base(base, _setup(base, body)),
        tuple(factor_from(table, where, body) for table, where in items_of(content, "factors")),
        sources_of(content, body),
        **({} if metrics is None else {"metrics": tuple(metrics)}),
        datasets=datasets_named(content),
    )


def _setup(base: Table, body: str) -> OpenCapSetup:
    pose = value_of(base, "static_pose", str, "[base]", "upright")
    if body == "opencap":
        return opencap_setup("augmented", pose)
    return OpenCapSetup(generic_body().model, None, scaling_from(pose, body), ik_tasks())


def _base(table: Table, setup: OpenCapSetup) -> Pipeline:
    where = "[base]"
    chosen = engine(value_of(table, "engine", str, where, DEFAULT_ENGINE))
    window = window_from(table.get("window", "opencap"))
    return Pipeline(
        generic=setup.generic,
        augment=LSTMAugmenter(
            value_of(table, "augmenter", str, where, DEFAULT_VERSION),
            warm_up_s=value_of(table, "warm_up_s", float, where, 0.0),
            resample_hz=value_of(table, "resample_hz", float, where),
        ),
        scale=chosen.make_scaler(setup.scaling, setup.marker_set, window),
        solve=chosen.make_solver(setup.ik),
        clean=cleaners_from(value_of(table, "clean", str, where, "none")),
    )
