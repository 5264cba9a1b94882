from __future__ import annotations

import pytest

from kinebench.core.limits import LONGEST_S
from kinebench.core.notation import step_text
from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.lab.camera.catalogue import CAMERA_ERRORS, parse_camera
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.camera.gaps import Dropouts, SideOcclusion, SideSwaps
from kinebench.lab.camera.noise import HeavyTails, WhiteNoise
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.camera.rig_presets import BEST_GUESS, plausible_preset, rig
from kinebench.lab.camera.space import ScaleError, VerticalOffset, WorldTilt
from kinebench.lab.camera.time import FrameRateChange, ImageFilter, Lag, TimeJitter

EXAMPLES: dict[str, CameraError] = {
    "none": Chain(),
    "two-phones": two_phones(),
    "two-phones:12": two_phones(12.0),
    "rig": BEST_GUESS,
    "rig:3:60.0": rig(3, 60.0),
    "rig:2:40.0:5.0:20.0:0.3": rig(2, 40.0, 5.0, 20.0, 0.3),
    "plausible:3": plausible_preset(3),
    "plausible:2+lowpass:12": Chain((plausible_preset(2), ImageFilter(12.0))),
    "plausible:2:7+tilt:0:2": Chain((plausible_preset(2, 7), WorldTilt(0.0, 2.0))),
    "white:2.5": WhiteNoise((2.5, 2.5, 2.5)),
    "tails:0.01:20": HeavyTails(0.01, 20.0),
    "tilt:1:-2": WorldTilt(1.0, -2.0),
    "scale:1.01": ScaleError(1.01),
    "raise:10": VerticalOffset(10.0),
    "occluded:R:30": SideOcclusion("R", 0.0, LONGEST_S, 30.0, 0.0),
    "occluded:L:30:0.1": SideOcclusion("L", 0.0, LONGEST_S, 30.0, 0.1),
    "dropouts:3:0.2": Dropouts(3.0, 0.2),
    "swaps:2:0.1": SideSwaps(2.0, 0.1),
    "jitter:2": TimeJitter(2.0),
    "lag:20": Lag(20.0),
    "lowpass:12": ImageFilter(12.0),
    "frame-rate:30": FrameRateChange(30.0),
    "two-phones+tilt:0:2": Chain((two_phones(), WorldTilt(0.0, 2.0))),
}


@pytest.mark.parametrize("text", EXAMPLES)
def test_texts_give_errors(text: str) -> None:
    assert parse_camera(text) == EXAMPLES[text]


@pytest.mark.parametrize("text", [text for text in EXAMPLES if "+" not in text])
def test_errors_are_written_as_the_text_that_gives_them(text: str) -> None:
    assert parse_camera(step_text(EXAMPLES[text], CAMERA_ERRORS)) == EXAMPLES[text]


def test_every_entry_has_an_example_of_its_stage() -> None:
    assert {text.split(":")[0].split("+")[0] for text in EXAMPLES} == set(CAMERA_ERRORS)
    for name, entry in CAMERA_ERRORS.items():
        assert entry.usage.startswith(name)
        assert entry.meaning
        assert isinstance(
            parse_camera(next(t for t in EXAMPLES if t.startswith(name))), entry.stage
        )


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("two-phone", NameNotFoundError, "did you mean 'two-phones'"),
        ("tilt:2", ValueRangeError, r"1 option\(s\); it is written tilt:FORWARD_DEG:SIDEWAYS_DEG"),
        ("tilt:0:two", ValueRangeError, r"sideways_deg \(degrees\) must be a number"),
        ("occluded:X:30", ValueRangeError, "'R' or 'L', found 'X'"),
        ("occluded:R:30:2", ValueRangeError, "missing of SideOcclusion must be 0 to 1"),
        ("scale:-1", ValueRangeError, "factor"),
        ("rig:1", ValueRangeError, "count of Phones must be 2 to 64"),
        ("rig:two", ValueRangeError, "must be a whole number, found 'two'; it is written rig"),
        ("plausible", ValueRangeError, r"it is written plausible:NUMBER\[:SEED\]"),
        ("plausible:-1", ValueRangeError, "number of a plausible preset must be 0"),
    ],
)
def test_mistakes_are_told(text: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        parse_camera(text)
