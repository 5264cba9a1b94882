"""Results kept by object: computed once of each, never taken from an equal or a former one."""

from __future__ import annotations

from kinebench.core.identity import kept_by_object


def test_each_object_has_its_own_result_once() -> None:
    asked: list[list[int]] = []

    @kept_by_object(4)
    def total(values: list[int], factor: int) -> int:
        """Of all."""
        asked.append(values)
        return factor * sum(values)

    one, equal = [1, 2], [1, 2]
    assert [total(one, 1), total(one, 1), total(one, 2), total(equal, 1)] == [3, 3, 6, 3]
    assert [values is one for values in asked] == [True, True, False]
    assert total.__doc__ == "Of all."
    # a list that stands where another stood is not taken for it
    assert [total([number], 1) for number in range(20)] == list(range(20))
