"""Results of stages by key: what a pipeline may look up instead of computing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")

STAGE_VERSIONS: Mapping[str, int] = MappingProxyType(
    {"clean": 3, "augment": 3, "floor": 2, "scale": 4, "solve": 4}
)
"""Part of every key: raised when a stage's code changes what it gives for the same parameters."""


class Memo(Protocol):
    """Keeps results by key, 64 hexadecimal digits: a study's store, or the memory of a process."""

    def remember(self, key: str, make: Callable[[], Result]) -> Result:
        """The result kept under the key, or what `make` gives, which is then kept."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryMemo:
    """A memo that ends with the process."""

    content: dict[str, Any] = field(default_factory=dict)

    def remember(self, key: str, make: Callable[[], Result]) -> Result:
        if key not in self.content:
            self.content[key] = make()
        result: Result = self.content[key]
        return result
