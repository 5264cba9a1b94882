"""Studies as TOML: strict, with errors that name table and key."""

from __future__ import annotations

from pathlib import Path

from kinebench.augmentation import LSTMAugmenter
from kinebench.errors import FileFormatError, KinebenchError, require_names
from kinebench.ik.engines import make_engine
from kinebench.io.documents import (
    Table,
    items_of,
    parse_toml,
    read_text,
    require_keys,
    table_of,
    texts_of,
    value_of,
)
from kinebench.lab import generic_body, ik_tasks
from kinebench.metrics import CATALOGUE
from kinebench.pipeline.opencap import OpenCapSetup, opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.scalers import make_scaler
from kinebench.studies.design import Study
from kinebench.studies.toml_levels import cleaners_from, factor_from, scaling_from, window_from
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
    "scaler",
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
    content = parse_toml(read_text(path), path.name)
    try:
        return study_from(content)
    except KinebenchError as error:
        raise FileFormatError(f"{path.name}: {error}") from error


def study_from(content: Table) -> Study:
    """A study from the content of its TOML file."""
    require_keys(content, _KEYS, "a study", ("name", "question", "factors"))
    base = table_of(content, "base", "the study")
    require_keys(base, _BASE_KEYS, "[base]")
    body = value_of(base, "body", str, "[base]", "opencap")
    require_names([body], _BODIES, "body", "[base]")
    metrics = texts_of(content, "metrics", "the study")
    require_names(metrics, CATALOGUE, "metric", "the study")
    return Study(
        value_of(content, "name", str, "the study"),
        value_of(content, "question", str, "the study"),
        _base(base, _setup(base, body)),
        tuple(factor_from(table, where, body) for table, where in items_of(content, "factors")),
        sources_of(content, body),
        **({"metrics": metrics} if "metrics" in content else {}),
        datasets=datasets_named(content),
    )


def _setup(base: Table, body: str) -> OpenCapSetup:
    pose = value_of(base, "static_pose", str, "[base]", "upright")
    if body == "opencap":
        return opencap_setup("augmented", pose)
    return OpenCapSetup(generic_body().model, None, scaling_from(pose, body), ik_tasks())


def _base(table: Table, setup: OpenCapSetup) -> Pipeline:
    where = "[base]"
    return Pipeline(
        generic=setup.generic,
        augment=LSTMAugmenter(
            value_of(table, "augmenter", str, where, "v0.3"),
            warm_up_s=value_of(table, "warm_up_s", float, where, 0.0),
            resample_hz=value_of(table, "resample_hz", float, where),
        ),
        # a study solves the same trial hundreds of times
        scale=make_scaler(
            value_of(table, "scaler", str, where, "fast"),
            setup.scaling,
            setup.marker_set,
            window_from(table.get("window", "opencap")),
        ),
        solve=make_engine(value_of(table, "engine", str, where, "fast"), setup.ik),
        clean=cleaners_from(value_of(table, "clean", str, where, "none")),
    )
