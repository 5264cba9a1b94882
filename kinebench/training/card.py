"""The card beside shipped weights: who trained them, on whom, and how well they do."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version as installed
from typing import Any

from kinebench.augmentation.catalogue import AugmenterVersion, LocalFiles
from kinebench.core.provenance import describe, digest
from kinebench.errors import AugmentationError
from kinebench.lab.camera import two_phones
from kinebench.training.fitting import Recipe
from kinebench.training.judging import TrialErrors, mean_errors
from kinebench.training.trials import Cohort

_PACKAGES = ("numpy", "tensorflow-cpu", "keras")


def card_text(
    version: AugmenterVersion,
    cohort: Cohort,
    recipe: Recipe,
    held_out: Cohort,
    errors: Sequence[TrialErrors],
) -> str:
    """The card, TOML.

    Raises
    ------
    AugmentationError
        The version has no files of its own.
    """
    if not isinstance(version.files, LocalFiles):
        raise AugmentationError(f"augmenter {version.name} has no weights of its own to describe")
    names = [spec.folder for spec in version.networks]
    entries: dict[str, Mapping[str, Any]] = {
        "weights_sha256": dict(zip(names, version.files.sha256, strict=True)),
        "recipe": _plain(recipe),
        "training": _cohort(cohort),
        "held_out": _cohort(held_out),
        "camera": {"preset": "two_phones", "sha256": digest(two_phones())},
        "versions": {"python": platform.python_version(), **_installed()},
    }
    for activity in ("all", *held_out.activities):
        entries[f'error_mm."{activity}"'] = _millimetres(mean_errors(errors, activity))
    lines = [
        f'name = "{version.name}"',
        'what = "LSTM augmenter trained on the virtual laboratory"',
        "warm_up_s = 1.0  # in the errors below",
    ]
    for title, content in entries.items():
        lines += ["", f"[{title}]", *(f"{_key(key)} = {_toml(v)}" for key, v in content.items())]
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> dict[str, Any]:
    described: dict[str, Any] = describe(value)
    return {key: item for key, item in described.items() if key != "kind"}


def _cohort(cohort: Cohort) -> dict[str, Any]:
    content = _plain(cohort)
    population = content.pop("population")
    return {**content, "population": population["name"], "population_sha256": digest(population)}


def _installed() -> dict[str, str]:
    return {name: installed(name) for name in _PACKAGES}


def _millimetres(errors: TrialErrors) -> dict[str, float]:
    return {
        "floor": round(1000 * errors.floor_m, 2),
        "error": round(1000 * errors.error_m, 2),
        "noiseless": round(1000 * errors.noiseless_error_m, 2),
    }


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() else f'"{key}"'


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else repr(value)
