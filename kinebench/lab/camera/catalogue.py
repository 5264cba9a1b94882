"""Camera errors by name, for study files: ``two-phones+tilt:0:2``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kinebench.core.limits import LONGEST_S
from kinebench.core.notation import NotationEntry, parse_number, parse_steps
from kinebench.errors import ValueRangeError
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.camera.gaps import Dropouts, SideOcclusion, SideSwaps
from kinebench.lab.camera.noise import HeavyTails, WhiteNoise
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.camera.space import ScaleError, VerticalOffset, WorldTilt
from kinebench.lab.camera.time import ImageFilter, Lag, TimeJitter

__all__ = ["CAMERA_ERRORS", "parse_camera"]


def _numbers(make: Callable[..., CameraError], *what: str) -> Callable[..., CameraError]:
    """A stage whose options are all numbers, described by `what`."""

    def from_texts(*texts: str) -> CameraError:
        pairs = zip(texts, what[: len(texts)], strict=True)
        return make(*(parse_number(text, meaning) for text, meaning in pairs))

    return from_texts


def _white(sd_mm: float) -> CameraError:
    return WhiteNoise((sd_mm, sd_mm, sd_mm))


def _occluded(side: str, guess_mm: str, missing: str = "0") -> CameraError:
    if side not in ("R", "L"):
        raise ValueRangeError(f"the side must be R or L, found '{side}'")
    return SideOcclusion(
        "R" if side == "R" else "L",
        end_s=LONGEST_S,
        guess_mm=parse_number(guess_mm, "error of the guesses, mm"),
        missing=parse_number(missing, "share of missing frames"),
    )


Entry = NotationEntry

CAMERA_ERRORS: Mapping[str, NotationEntry[CameraError]] = MappingProxyType(
    {
        "none": Entry(Chain, "none", "what was there", Chain),
        "two-phones": Entry(
            Chain, "two-phones[:FILTER_HZ]", "what OpenCap's recordings show",
            _numbers(two_phones, "cut-off of the image filter, Hz"), 1,
        ),
        "white": Entry(
            WhiteNoise, "white:SD_MM", "white noise, per axis", _numbers(_white, "spread, mm"), 1, 1
        ),
        "tails": Entry(
            HeavyTails, "tails:PROBABILITY:SCALE_MM", "rare large errors",
            _numbers(HeavyTails, "probability", "scale, mm"), 2, 2,
        ),
        "tilt": Entry(
            WorldTilt, "tilt:FORWARD_DEG:SIDEWAYS_DEG", "the whole world leans",
            _numbers(WorldTilt, "forward lean, degrees", "drop of the right, degrees"), 2, 2,
        ),
        "scale": Entry(
            ScaleError, "scale:FACTOR", "everything larger", _numbers(ScaleError, "factor"), 1, 1
        ),
        "raise": Entry(
            VerticalOffset, "raise:MM", "everything higher",
            _numbers(VerticalOffset, "offset, mm"), 1, 1,
        ),
        "occluded": Entry(
            SideOcclusion, "occluded:R|L:GUESS_MM[:MISSING]", "one side guessed, all the time",
            _occluded, 3, 2,
        ),
        "dropouts": Entry(
            Dropouts, "dropouts:PER_MIN:DURATION_S", "gaps",
            _numbers(Dropouts, "gaps per minute", "duration, s"), 2, 2,
        ),
        "swaps": Entry(
            SideSwaps, "swaps:PER_MIN:DURATION_S", "left and right exchanged in bursts",
            _numbers(SideSwaps, "swaps per minute", "duration, s"), 2, 2,
        ),
        "jitter": Entry(
            TimeJitter, "jitter:SD_MS", "uneven frames", _numbers(TimeJitter, "spread, ms"), 1, 1
        ),
        "lag": Entry(Lag, "lag:MS", "late by so much", _numbers(Lag, "lag, ms"), 1, 1),
        "lowpass": Entry(
            ImageFilter, "lowpass:CUTOFF_HZ", "the filter before triangulation",
            _numbers(ImageFilter, "cut-off, Hz"), 1, 1,
        ),
    }
)  # fmt: skip
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
