from __future__ import annotations

import pytest

from kinebench.augmentation.frames import lead_in_frames


def test_mirroring_does_not_repeat_the_first_frame() -> None:
    assert lead_in_frames(4, 2, "mirror").tolist() == [2, 1, 0, 1, 2, 3]


def test_a_lead_in_longer_than_the_trial_is_reflected_again() -> None:
    assert lead_in_frames(3, 6, "mirror").tolist() == [2, 1, 0, 1, 2, 1, 0, 1, 2]


def test_repeating() -> None:
    assert lead_in_frames(3, 2, "repeat").tolist() == [0, 0, 0, 1, 2]


@pytest.mark.parametrize("kind", ["mirror", "repeat"])
def test_edges(kind: str) -> None:
    assert lead_in_frames(1, 3, kind).tolist() == [0, 0, 0, 0]
    assert lead_in_frames(3, 0, kind).tolist() == [0, 1, 2]
