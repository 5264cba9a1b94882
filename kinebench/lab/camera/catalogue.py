"""Camera errors by name, for study files: ``two-phones+tilt:0:2``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kinebench.core.notation import NotationEntry, entries_of, parse_steps
from kinebench.core.parameters import parameters_of
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.camera.gaps import Dropouts, SideOcclusion, SideSwaps
from kinebench.lab.camera.noise import HeavyTails, WhiteNoise
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.camera.space import ScaleError, VerticalOffset, WorldTilt
from kinebench.lab.camera.time import FrameRateChange, ImageFilter, Lag, TimeJitter

__all__ = ["CAMERA_ERRORS", "parse_camera"]

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


CAMERA_ERRORS: Mapping[str, NotationEntry[CameraError]] = MappingProxyType(
    {
        **entries_of(Chain),
        # a preset: a chain that was measured, no class
        "two-phones": NotationEntry(
            Chain,
            "two-phones[:FILTER_HZ]",
            "what OpenCap's recordings show",
            _two_phones,
            _two_phones_options,
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
