"""No option of a notation, however large or small, takes memory or gives infinite positions."""

from __future__ import annotations

import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation import LSTMAugmenter
from kinebench.cleaning.catalogue import CLEANERS, parse_cleaners
from kinebench.core import Markers, Subject, Trial
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.notation import NotationEntry
from kinebench.core.stages import in_trial
from kinebench.errors import KinebenchError, KinebenchWarning
from kinebench.lab.camera.catalogue import CAMERA_ERRORS, parse_camera

EXTREMES = ("1e9", "1e300", "-1e300", "inf", "nan", "1e-300", "-1", "0", "9" * 5000, "1000000000")
# where all options are numbers: one sound value each
SOUND = {
    "fill-linear": ("1",), "fill-cubic": ("1",), "outliers": ("0.3", "5"),
    "butterworth": ("6", "4"), "savgol": ("0.3", "3"), "spline": ("1e-4",),
    "kalman": ("10", "0.01"), "median": ("0.1",), "resample": ("30",), "rotate": ("y=10",),
    "two-phones": ("6",), "white": ("2",), "tails": ("0.1", "5"), "tilt": ("1", "2"),
    "scale": ("1.1",), "raise": ("10",), "occluded": ("R", "30", "0.1"),
    "dropouts": ("3", "0.1"), "swaps": ("3", "0.1"), "jitter": ("2",), "lag": ("10",),
    "lowpass": ("6",), "frame-rate": ("30",),
    "rig": ("2", "60", "3", "10", "0.5"), "plausible": ("3", "1"),
}  # fmt: skip
# options that are no numbers
WORDS = {"residual", "challis", "bone-lengths", "rescale", "occluded 0"}
_MOST_BYTES = 60_000_000


def _recording() -> Markers:
    numbers = np.random.default_rng(3)
    steps = numbers.normal(scale=0.01, size=(240, len(OPENCAP_20), 3))
    return Markers(OPENCAP_20, np.arange(240) / 60, 1.0 + np.cumsum(steps, axis=0))


def _texts(entries: object) -> list[str]:
    texts = []
    for name, entry in entries.items():  # type: ignore[attr-defined]
        for place in range(entry.most):
            if name in WORDS or f"{name} {place}" in WORDS:
                continue
            for extreme in EXTREMES:
                options = list(SOUND[name])
                options[place] = f"y={extreme}" if name == "rotate" else extreme
                texts.append(":".join([name, *options]))
    return texts


def _survives(parse: Callable[[str], object], text: str) -> None:
    recording = _recording()
    tracemalloc.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", KinebenchWarning)
            result = parse(text)(recording)  # type: ignore[operator]
    except KinebenchError as error:
        result, said = recording, str(error)
    else:
        said = ""
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < _MOST_BYTES
    assert len(said) < 300
    may_lose = text.startswith(("dropouts", "occluded", "outliers"))
    assert np.isfinite(result.positions).all() or may_lose


@pytest.mark.parametrize("text", _texts(CLEANERS), ids=lambda text: text[:40])
def test_cleaners(text: str) -> None:
    _survives(lambda text: parse_cleaners(text)[0], text)


@pytest.mark.parametrize("text", _texts(CAMERA_ERRORS), ids=lambda text: text[:40])
def test_camera_errors(text: str) -> None:
    _survives(parse_camera, text)


@pytest.mark.parametrize("text", ["resample:1e9", "median:1e9", "outliers:1e9", "savgol:1e9"])
def test_what_took_all_memory_says_its_limit_and_why(text: str) -> None:
    with pytest.raises(KinebenchError, match=r"at most [0-9]+ .*, found 1e\+09: no "):
        parse_cleaners(text)


def test_a_rate_that_is_high_only_for_so_long_a_recording_is_refused_on_call() -> None:
    recording = Markers(("A",), np.array([0.0, 40_000.0]), np.zeros((2, 1, 3)))
    with pytest.raises(KinebenchError, match=r"makes 4e\+06 frames; 2,000,000 are the most"):
        parse_cleaners("resample:100")[0](recording)


@pytest.mark.parametrize("name", ["warm_up_s", "resample_hz"])
def test_the_augmenter_says_its_limits_and_why(name: str) -> None:
    with pytest.raises(KinebenchError, match=r"found 1e\+09: "):
        replace(LSTMAugmenter(), **{name: 1e9})  # type: ignore[arg-type]  # fields that are numbers


def test_every_entry_with_options_is_tried() -> None:
    entries: dict[str, NotationEntry[Any]] = {**CLEANERS, **CAMERA_ERRORS}
    assert {n for n, e in entries.items() if e.most and n not in WORDS} <= set(SOUND)


def test_cleaners_that_need_a_trial_say_so() -> None:
    trial = Trial("a", Subject(70.0, 1.8), _recording())
    for text in ("rescale", "bone-lengths:static"):
        with pytest.raises(KinebenchError, match="static trial"):
            parse_cleaners(text)[0](trial.keypoints)
        with pytest.raises(KinebenchError, match="a has none: give one, or ask for"):
            in_trial(parse_cleaners(text), trial)
