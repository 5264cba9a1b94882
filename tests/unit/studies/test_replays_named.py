"""Recorded motions that virtual subjects play: their tables are checked before data is loaded."""

from __future__ import annotations

import pytest

from kinebench.errors import KinebenchError
from kinebench.studies.files.trials import sources_of

REPLAY = {"activity": "walk", "dataset": "d", "sample": "s"}


@pytest.mark.parametrize(
    ("change", "told"),
    [({"sampel": "s"}, "did you mean 'sample'"), ({"sample": None}, "sample")],
)
def test_a_wrong_or_lacking_key_is_named(change: dict[str, str | None], told: str) -> None:
    replay = {key: value for key, value in {**REPLAY, **change}.items() if value is not None}
    table = {"laboratory": {"subjects": 1, "replays": [replay]}}
    with pytest.raises(KinebenchError, match=told):
        sources_of(table, "lab")
