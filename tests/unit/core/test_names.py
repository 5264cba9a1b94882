"""Names are looked up in one pass."""

from __future__ import annotations

import pytest

from kinebench.core.names import columns_of, shared_names


def test_shared_names_keep_the_first_order() -> None:
    assert shared_names(("b", "a", "c"), ["c", "b"]) == ("b", "c")
    assert shared_names((), ["a"]) == ()


def test_columns_of_names_in_any_order() -> None:
    assert columns_of(["c", "a", "c"], ("a", "b", "c")) == [2, 0, 2]
    with pytest.raises(KeyError):
        columns_of(["d"], ("a",))


class Counted(str):
    """A name that counts how often it is compared."""

    comparisons = 0
    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.comparisons += 1
        return str.__eq__(self, other)


@pytest.mark.parametrize("look", [shared_names, columns_of])
def test_a_thousand_names_cost_a_thousand_look_ups(look: object) -> None:
    """Not a million, as tuples that are searched for each name would."""
    names = [Counted(f"marker_{i}") for i in range(1000)]
    others = [Counted(f"marker_{i}") for i in reversed(range(1000))]
    Counted.comparisons = 0
    assert len(look(names, others)) == 1000  # type: ignore[operator]
    assert Counted.comparisons < 5000
