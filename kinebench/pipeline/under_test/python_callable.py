"""A Python function under test: ``module:function``."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kinebench.core.motion import Motion
from kinebench.core.trial import Trial
from kinebench.errors import (
    FileFormatError,
    NameNotFoundError,
    UnderTestError,
    one_line,
    require_names,
)
from kinebench.pipeline.under_test.names import NameMap


@dataclass(frozen=True)
class PythonCallable:
    """A function ``(trial) -> Motion``.

    Parameters
    ----------
    place : str
        ``module:function``; the module is looked for in `folder`, then where Python looks.
    names : NameMap
    folder : Path
    function : callable, optional
        The function itself, where it is at hand already.

    A copy in another process imports the function there anew.
    """

    place: str
    names: NameMap = field(default_factory=NameMap)
    folder: Path = Path()
    function: Callable[[Trial], Any] | None = None

    def __post_init__(self) -> None:
        # what is misspelt is told at once
        _ = self.estimate

    @cached_property
    def estimate(self) -> Callable[[Trial], Any]:
        """The function."""
        return self.function or _imported(self.place, self.folder)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), (self.place, self.names, self.folder, self.function)

    @property
    def parameters(self) -> Mapping[str, str]:
        return {"python": self.place}

    @property
    def sources(self) -> tuple[Path, ...]:
        """The function's module, with all of its package; what else it imports is not known."""
        package, _, _ = self.estimate.__module__.partition(".")
        file = getattr(sys.modules.get(package), "__file__", None)
        if file is None:
            return ()
        path = Path(file)
        return tuple(sorted(path.parent.rglob("*.py"))) if path.stem == "__init__" else (path,)

    def __call__(self, trial: Trial) -> Motion:
        """The function's motion in our names; it never sees the truth."""
        blind = replace(self.names.recordings(trial), reference_motion=None, reference_markers=None)
        try:
            # what it prints must not stand among our own output
            with contextlib.redirect_stdout(sys.stderr):
                found = self.estimate(blind)
        # whatever a stranger's code raises is a failure of that code, never of ours; and a call of
        # sys.exit must not end the check as if all were fine
        except (Exception, SystemExit) as error:
            raise UnderTestError(f"{type(error).__name__}: {one_line(error)}") from error
        return self.names(checked_motion(found, trial, self.place), _known(trial))


def checked_motion(found: Any, trial: Trial, where: str) -> Motion:
    """What a pipeline gave, when it is a motion of the trial.

    Raises
    ------
    UnderTestError
        When it is none, holds no numbers, or lies outside of the recording's time.
    """
    if not isinstance(found, Motion):
        raise UnderTestError(f"{where} must give a Motion, found a {type(found).__name__}")
    if not found.n_frames or not np.isfinite(found.values).any():
        raise UnderTestError(f"{where} gave a motion without a number")
    start, end = trial.keypoints.times[[0, -1]]
    if found.times[-1] < start or found.times[0] > end:
        raise UnderTestError(
            f"{where} gave {found.times[0]:g} to {found.times[-1]:g} s of a recording from"
            f" {start:g} to {end:g} s"
        )
    return found


def _known(trial: Trial) -> tuple[str, ...]:
    return () if trial.reference_motion is None else trial.reference_motion.names


def _imported(place: str, folder: Path) -> Callable[[Trial], Any]:
    module_name, colon, attribute = place.partition(":")
    if not colon or not attribute.isidentifier():
        raise FileFormatError(f"a Python pipeline is named module:function, found '{place}'")
    sys.path.insert(0, str(folder.resolve()))
    try:
        with contextlib.redirect_stdout(sys.stderr):
            module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and not module_name.startswith(error.name):
            raise UnderTestError(f"cannot import {module_name}: {one_line(error)}") from error
        raise NameNotFoundError(f"there is no Python module '{module_name}'") from error
    except (Exception, SystemExit) as error:
        raise UnderTestError(
            f"cannot import {module_name}: {type(error).__name__}: {one_line(error)}"
        ) from error
    finally:
        sys.path.remove(str(folder.resolve()))
    public = [name for name in vars(module) if callable(getattr(module, name))]
    require_names([attribute], public, "function", module_name)
    function: Callable[[Trial], Any] = getattr(module, attribute)
    return function
