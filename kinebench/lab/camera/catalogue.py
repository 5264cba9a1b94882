"""Camera errors by name, for study files: ``two-phones+tilt:0:2``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kinebench.core.notation import NotationEntry, entries_of, parse_steps
from kinebench.core.parameters import Parameter, parameters_of
from kinebench.lab.camera.calibration import Calibration
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.camera.gaps import Dropouts, SideOcclusion, SideSwaps
from kinebench.lab.camera.noise import HeavyTails, WhiteNoise
from kinebench.lab.camera.phones import Phones
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.camera.rig import Rig
from kinebench.lab.camera.rig_presets import plausible_preset, rig
from kinebench.lab.camera.space import ScaleError, VerticalOffset, WorldTilt
from kinebench.lab.camera.time import FrameRateChange, ImageFilter, Lag, TimeJitter

_STAGES: tuple[type[CameraError], ...] = (
    WhiteNoise, HeavyTails, WorldTilt, ScaleError, VerticalOffset, SideOcclusion, Dropouts,
    SideSwaps, TimeJitter, Lag, ImageFilter, FrameRateChange,
)  # fmt: skip


def _two_phones(*cutoff_hz: str) -> CameraError:
    read = parameters_of(ImageFilter)["cutoff_hz"].read
    return two_phones(*map(read, cutoff_hz))


def _two_phones_options(chain: Chain) -> Iterator[tuple[str, ...]]:
    yield ()
    yield from ((str(e.cutoff_hz),) for e in chain.errors if isinstance(e, ImageFilter))


_RIG_OPTIONS = {
    "cameras": parameters_of(Phones)["count"],
    "angle_deg": parameters_of(Phones)["angle_deg"],
    "distance_m": parameters_of(Phones)["distance_m"],
    "late_ms": parameters_of(Rig)["late_ms"],
    "corner_px": parameters_of(Calibration)["corner_px"],
}
# How many members of the family are tried when a rig is to be written as text.
_MEMBERS = 100


def _rig(*options: str) -> CameraError:
    return rig(*(one.read(text) for one, text in zip(_RIG_OPTIONS.values(), options, strict=False)))


def _rig_options(made: Rig) -> Iterator[tuple[str, ...]]:
    phones = made.phones
    texts = tuple(
        map(
            str,
            (phones.count, phones.angle_deg, phones.distance_m, made.late_ms,
             made.calibration.corner_px),
        )
    )  # fmt: skip
    yield from (texts[:count] for count in range(len(texts) + 1))


def _plausible(*options: str) -> CameraError:
    read = Parameter("number", "whole number").read
    return plausible_preset(*map(read, options))


def _plausible_options(made: Rig) -> Iterator[tuple[str, ...]]:
    yield from ((str(number),) for number in range(_MEMBERS))


CAMERA_ERRORS: Mapping[str, NotationEntry[CameraError]] = MappingProxyType(
    {
        **entries_of(Chain),
        # presets: values that were measured, no classes
        "two-phones": NotationEntry(
            Chain,
            "two-phones[:FILTER_HZ]",
            "what OpenCap's recordings show",
            _two_phones,
            _two_phones_options,
            1,
        ),
        "rig": NotationEntry(
            Rig,
            "rig" + "".join(f"[:{name.upper()}" for name in _RIG_OPTIONS) + "]" * len(_RIG_OPTIONS),
            "phones that triangulate, best guess",
            _rig,
            _rig_options,
            len(_RIG_OPTIONS),
        ),
        "plausible": NotationEntry(
            Rig,
            "plausible:NUMBER[:SEED]",
            "a member of the family of rigs that recordings allow",
            _plausible,
            _plausible_options,
            2,
            1,
        ),
        **entries_of(*_STAGES),
    }
)
"""What a study file may call a camera error."""


def parse_camera(text: str) -> CameraError:
    """A camera error from its text: names with options after colons, joined by ``+``.

    Examples
    --------
    >>> parse_camera("tilt:0:2")
    WorldTilt(forward_deg=0.0, sideways_deg=2.0)

    Raises
    ------
    NameNotFoundError
        A name that does not exist; the nearest one is offered.
    ValueRangeError
        Too few or too many options, or an option that is illegal; the usage is told.
    """
    steps = parse_steps(text, CAMERA_ERRORS, "camera error")
    return steps[0] if len(steps) == 1 else Chain(steps)
