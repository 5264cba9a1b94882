"""The description of a pipeline: the same whether it comes from options, TOML or code."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from kinebench.augmentation.augmenter import LSTMAugmenter, NoAugmentation
from kinebench.augmentation.floor import FloorOffset
from kinebench.cleaning.catalogue import cleaners_text, parse_cleaners
from kinebench.core.marker_sets import ANATOMICAL_MARKERS, KEYPOINT_MARKERS, OPTICAL_MARKERS
from kinebench.core.model import Document, Model
from kinebench.core.provenance import digest
from kinebench.core.stages import Augmenter, Cleaner, Scaler
from kinebench.errors import FileFormatError, ValueRangeError, require_names
from kinebench.pipeline.engines import DEFAULT_ENGINE, engine
from kinebench.pipeline.opencap import (
    STATIC_POSES,
    OpenCapSetup,
    generic_at_hand,
    opencap_setup,
    opencap_tasks,
)
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.given import GivenModel
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import (
    OPENCAP_STATIC_WINDOW,
    GivenWindow,
    StaticWindow,
)

DEFAULT_VERSION = "v0.3"
"""Augmenter version where nothing says otherwise: the default of opencap-core's code."""

# what is tracked -> (OpenCap's marker set, markers that must stand still)
_TRACKED = {
    "augmented": ("augmented", ANATOMICAL_MARKERS),
    "stored": ("augmented", ANATOMICAL_MARKERS),
    "openpose": ("openpose", KEYPOINT_MARKERS),
    "mmpose": ("mmpose", KEYPOINT_MARKERS),
    "mocap": ("mocap", OPTICAL_MARKERS),
}

TRACKED = tuple(_TRACKED)
"""What inverse kinematics can track: markers augmented here, markers stored in the file, raw
keypoints with the set-up of a detector, optical markers."""

BODIES = ("opencap", "lab")
"""Whose generic model, set-ups and tasks: OpenCap's LaiUhlrich2022, or the laboratory's own body,
which needs no files."""

_NO_SCALING = Document("no set-up", b"<OpenSimDocument/>")
"""Stands where nothing is scaled."""

Window = StaticWindow | StandingWindow | GivenWindow

WINDOWS: Mapping[str, StaticWindow | StandingWindow] = {
    "opencap": OPENCAP_STATIC_WINDOW,
    "standing": StandingWindow(),
    # with a warm-up, markers are good from the first frame on
    "standing from start": StandingWindow(avoid_start_s=0.0),
}
"""Rules for the static window, by name."""


@dataclass(frozen=True, slots=True)
class PipelineSpec:
    """What may be chosen of a pipeline; None leaves the choice to the data.

    Parameters
    ----------
    body : one of BODIES
    track : one of TRACKED
    augmenter : str, optional
        Version.
    warm_up_s, resample_hz
        As in `LSTMAugmenter`.
    clean : tuple of Cleaner, optional
        Applied in order; an empty tuple is no cleaning.
    floor : bool
        OpenCap's vertical offset; markers that are not augmented here are never shifted.
    static_pose : {"upright", "any_pose"}, optional
    window : StaticWindow, StandingWindow or GivenWindow, optional
        Static window.
    engine : one of ENGINES
        Scaler and solver.
    """

    body: str = "opencap"
    track: str = "augmented"
    augmenter: str | None = None
    warm_up_s: float = 0.0
    resample_hz: float | None = None
    clean: tuple[Cleaner, ...] | None = None
    floor: bool = True
    static_pose: str | None = None
    window: Window | None = None
    engine: str = DEFAULT_ENGINE

    def __post_init__(self) -> None:
        require_names([self.body], BODIES, "body", "a pipeline")
        require_names([self.track], TRACKED, "kind of markers to track", "kinebench")
        if self.static_pose is not None:
            require_names([self.static_pose], STATIC_POSES, "scaling set-up", "a pipeline")
        engine(self.engine)
        if self.body == "lab" and self.track not in ("augmented", "stored"):
            raise ValueRangeError(
                f"the laboratory's body has augmented markers only, not '{self.track}'"
            )
        if self.augments:
            return
        useless = [
            name
            for name, given in (
                ("an augmenter version", self.augmenter),
                ("a warm-up", self.warm_up_s),
                ("a rate for the augmenter", self.resample_hz),
            )
            if given
        ]
        if useless:
            raise ValueRangeError(
                f"{' and '.join(useless)} asked for, but {self.track} markers are tracked as they"
                " are: nothing is augmented"
            )

    @classmethod
    def from_table(cls, table: Mapping[str, Any], where: str = "[pipeline]") -> PipelineSpec:
        """A description from TOML's types; keys are the fields' names.

        Parameters
        ----------
        table : mapping
        where : str
            What errors call the table.

        Raises
        ------
        NameNotFoundError
            For an unknown key, or an unknown name as its value.
        FileFormatError
            For a value of the wrong type.
        """
        require_names(table, _READERS, "key", where)
        return cls(**{key: _read(table, key, where) for key in table})

    def to_table(self) -> dict[str, Any]:
        """The description in TOML's types: what differs from the defaults.

        ``PipelineSpec.from_table(spec.to_table()) == spec``.

        Raises
        ------
        ValueRangeError
            When a cleaner or window has no text, such as a stage of one's own.
        """
        plain = PipelineSpec()
        table: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != getattr(plain, field.name):
                table[field.name] = _WRITERS.get(field.name, lambda same: same)(value)
        return table

    def to_toml(self) -> str:
        """A ``[pipeline]`` table that `from_table` reads back, and ``run --pipeline`` takes."""
        # JSON's strings, numbers, booleans and lists are TOML's too
        lines = [f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in self._rows()]
        return "\n".join(["[pipeline]", *lines, ""])

    def _rows(self) -> Iterable[tuple[str, Any]]:
        return self.to_table().items()

    @property
    def digest(self) -> str:
        """SHA-256 of the meaning, hexadecimal: equal however the description was written."""
        return digest(self)

    @property
    def augments(self) -> bool:
        """Whether augmented markers are tracked, not keypoints."""
        return self.track == "augmented"

    @property
    def watched(self) -> tuple[str, ...]:
        """Markers that a static window watches."""
        return _TRACKED[self.track][1]

    def make_augmenter(self, version: str) -> Augmenter:
        """The augmenter, or the stage that adds nothing."""
        if not self.augments:
            return NoAugmentation()
        return LSTMAugmenter(version, warm_up_s=self.warm_up_s, resample_hz=self.resample_hz)

    def setup(self, shoulder: bool = False, static_pose: str = "upright") -> OpenCapSetup:
        """Model, marker set, scaling set-up and tasks for what is tracked."""
        pose = self.static_pose or static_pose
        if self.body == "lab":
            from kinebench.lab import generic_body, ik_tasks, scaling_setup

            scaling = scaling_setup(pull_upright=pose == "upright")
            return OpenCapSetup(generic_body().model, None, scaling, ik_tasks())
        return opencap_setup(_TRACKED[self.track][0], pose, shoulder)

    def build(
        self,
        setup: OpenCapSetup | None = None,
        augment: Augmenter | None = None,
        scale: Scaler | None = None,
    ) -> Pipeline:
        """The pipeline of this description.

        Parameters
        ----------
        setup : OpenCapSetup, optional
            Instead of OpenCap's or the laboratory's own files.
        augment, scale : optional
            Stages that were chosen by the data.
        """
        setup = setup or self.setup()
        chosen = engine(self.engine)
        window = self.window or OPENCAP_STATIC_WINDOW
        return Pipeline(
            setup.generic,
            augment or self.make_augmenter(self.augmenter or DEFAULT_VERSION),
            scale or chosen.make_scaler(setup.scaling, setup.marker_set, window),
            chosen.make_solver(setup.ik),
            self.clean or (),
            FloorOffset() if self.floor and self.augments else None,
        )

    def build_on(self, scaled: Model, augment: Augmenter) -> Pipeline:
        """The pipeline on a model that is scaled already: nothing is fetched that scaling needs.

        The generic model, where it is at hand, tells how much was scaled.
        """
        from kinebench.lab import generic_body, ik_tasks

        # the laboratory's tasks are those of OpenCap's Setup_IK.xml
        laboratory = self.body == "lab" or self.track in ("augmented", "stored")
        tasks = ik_tasks() if laboratory else opencap_tasks(_TRACKED[self.track][0])
        generic = generic_body().model if self.body == "lab" else generic_at_hand() or scaled
        setup = OpenCapSetup(generic, None, _NO_SCALING, tasks)
        return self.build(setup, augment, GivenModel(scaled))

    def with_given(self, **given: Any) -> PipelineSpec:
        """The description with what is given, not None, in the place of its own."""
        changes = {name: value for name, value in given.items() if value is not None}
        return replace(self, **changes)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise FileFormatError(f"{what} must be a text, found {value!r}")
    return value


def _flag(value: Any, what: str) -> bool:
    if not isinstance(value, bool):
        raise FileFormatError(f"{what} must be true or false, found {value!r}")
    return value


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise FileFormatError(f"{what} must be a finite number, found {value!r}")
    return float(value)


def read_window(value: Any, what: str) -> Window:
    """A static window from TOML's types: a rule by its name, or [start, end] in s."""
    if isinstance(value, list | tuple) and len(value) == 2:
        return GivenWindow(*(_number(time, what) for time in value))
    require_names([str(value)], WINDOWS, "window", what)
    return WINDOWS[value]


def _window_text(window: Window) -> Any:
    if isinstance(window, GivenWindow):
        return [window.start_s, window.end_s]
    for name, rule in WINDOWS.items():
        if rule == window:
            return name
    raise ValueRangeError(f"the window {window} has no name; there are: {', '.join(WINDOWS)}")


_READERS = {
    "body": _text,
    "track": _text,
    "augmenter": _text,
    "warm_up_s": _number,
    "resample_hz": _number,
    "clean": lambda value, what: parse_cleaners(_text(value, what)),
    "floor": _flag,
    "static_pose": _text,
    "window": read_window,
    "engine": _text,
}
_WRITERS: Mapping[str, Any] = {"clean": cleaners_text, "window": _window_text}


def _read(table: Mapping[str, Any], key: str, where: str) -> Any:
    return _READERS[key](table[key], f"{where}: {key}")
