"""Compiled code that was stored is used for the very sources it came from, and no others."""

from __future__ import annotations

from kinebench.kinematics.newton.compilation import compiled, is_compiled


def doubled(x: float) -> float:
    return 2.0 * x


def test_stored_code_counts_only_with_the_same_sources() -> None:
    first = compiled(doubled)
    assert first(1.5) == 3.0
    again = compiled(doubled)
    assert is_compiled(again)
    assert again(1.5) == 3.0
    assert sum(again.stats.cache_hits.values()) == 1
    changed = compiled(doubled)
    changed._cache._cache_file._source_stamp = "of a file that has changed since"
    assert not is_compiled(changed)
