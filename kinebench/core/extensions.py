"""What packages outside kinebench add, by entry points of the group ``kinebench.stages``.

A package names its parts in its ``pyproject.toml``, each by its kind and a name of its own::

    [project.entry-points."kinebench.stages"]
    "cleaner.hann" = "my_package.filters:Hann"
    "engine.mine" = "my_package.engine:ENGINE"

Parts are imported when a name that is not kinebench's own is looked up, or when all are listed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar

from kinebench.errors import NotApplicableError, one_line, require_names
from kinebench.remarks import tell

_GROUP = "kinebench.stages"
"""The group of entry points."""

KINDS = ("cleaner", "augmenter", "engine", "metric", "dataset", "section")
"""What a package can add: the first word of an entry point's name."""

_TITLES = {"augmenter": "augmenter version"}

Item = TypeVar("Item")


class Catalogue(Mapping[str, Item], Generic[Item]):
    """Kinebench's own items by name, then those of other packages.

    Parameters
    ----------
    own : mapping of str
    kind : one of KINDS
    items : callable
        What an entry point names -> its items by name; raises when it is not of this kind.

    Warns
    -----
    KinebenchWarning
        One line for each part that is left out: it cannot be imported, is of another kind, or has
        a name that is taken.
    """

    def __init__(
        self, own: Mapping[str, Item], kind: str, items: Callable[[Any], Mapping[str, Item]]
    ) -> None:
        self._own = dict(own)
        self._kind = kind
        self._title = _TITLES.get(kind, kind)
        self._items = items
        self._added: dict[str, Item] | None = None

    def __getitem__(self, name: str) -> Item:
        # kinebench's own parts need no other package, and none can take their place
        return self._own[name] if name in self._own else self.added[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        yield from self.added

    def __len__(self) -> int:
        return len(self._own) + len(self.added)

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self.added

    def __hash__(self) -> int:
        return id(self)

    def named(self, name: str, where: str) -> Item:
        """The item of that name.

        Raises
        ------
        NameNotFoundError
            With the near match and the names that exist.
        """
        if name not in self:
            require_names([name], self, self._title, where)
        return self[name]

    @property
    def added(self) -> Mapping[str, Item]:
        """Items of other packages; their modules are imported once."""
        if self._added is None:
            self._added = {}
            for entry in _entries(self._kind):
                self._add(entry, self._added)
        return self._added

    def _add(self, entry: EntryPoint, added: dict[str, Item]) -> None:
        try:
            items = self._items(entry.load())
            taken = next((name for name in items if name in self._own or name in added), None)
            if taken is not None:
                raise NotApplicableError(f"the name '{taken}' is taken")
        except Exception as error:  # whatever another package does, kinebench goes on without it
            tell("extension left out", _left_out(entry, error))
        else:
            added.update(items)


@functools.cache
def adding_packages() -> dict[str, str]:
    """Name and version of every installed package that adds something."""
    dists = (entry.dist for entry in entry_points(group=_GROUP))
    return dict(sorted({(dist.name, dist.version) for dist in dists if dist is not None}))


def of_type(kind: type[Item], value: Any) -> Item:
    """The value, when it is of this type.

    Raises
    ------
    NotApplicableError
        Naming both types.
    """
    if not isinstance(value, kind):
        raise NotApplicableError(f"must be of type {kind.__name__}, found {type(value).__name__}")
    return value


def _entries(kind: str) -> list[EntryPoint]:
    found = [e for e in entry_points(group=_GROUP) if e.name.partition(".")[0] == kind]
    # the order of installed packages is nothing that a result may depend on
    return sorted(found, key=lambda entry: (entry.name, entry.value))


def _left_out(entry: EntryPoint, error: Exception) -> str:
    package = f" of {entry.dist.name} {entry.dist.version}" if entry.dist else ""
    reason = one_line(error) or type(error).__name__
    return f"{entry.name}{package} is left out: {entry.value}: {reason}"
