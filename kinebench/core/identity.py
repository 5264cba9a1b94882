"""Results kept by which object they were computed from: large values are not compared again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar

Source = TypeVar("Source")
Result = TypeVar("Result")
Further = ParamSpec("Further")


class _Same:
    """Equal to what holds the very same object, which cannot go while it is held here."""

    __slots__ = ("held",)

    def __init__(self, held: Any) -> None:
        self.held = held

    def __hash__(self) -> int:
        return id(self.held)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.held is other.held


def kept_by_object(
    maxsize: int,
) -> Callable[
    [Callable[Concatenate[Source, Further], Result]],
    Callable[Concatenate[Source, Further], Result],
]:
    """As `functools.lru_cache`, for a function of an immutable value that has no hash.

    Parameters
    ----------
    maxsize : int
        Results, and with them first arguments, that are kept.
    """

    def decorate(
        function: Callable[Concatenate[Source, Further], Result],
    ) -> Callable[Concatenate[Source, Further], Result]:
        @lru_cache(maxsize)
        def kept(source: _Same, *further: Hashable) -> Any:
            return function(source.held, *further)  # type: ignore[call-arg, arg-type]

        def found(source: Source, /, *further: Further.args, **named: Further.kwargs) -> Result:
            result: Result = kept(_Same(source), *further, **named)  # type: ignore[arg-type]
            return result

        update_wrapper(found, function)
        return found

    return decorate
