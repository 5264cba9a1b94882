"""What a copy of a data set holds of the published layout, and what of it is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from kinebench.datasets.card import Card
from kinebench.datasets.patterns import (
    Item,
    Pattern,
    activity_of,
    fields_in,
    find_items,
    sample_values,
)
from kinebench.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Files of one kind that the published set has and the copy lacks.

    Parameters
    ----------
    what : str
        Their path, with fields where they differ; or what else is short.
    found, expected : int
    absent : tuple of str
        Which.
    """

    what: str
    found: int
    expected: int
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holdings:
    """A copy, indexed.

    Parameters
    ----------
    card : Card
    items : tuple of Item
        What patterns found, in the order of the paths.
    unknown : tuple of str
        Paths that no pattern fits.
    """

    card: Card
    items: tuple[Item, ...]
    unknown: tuple[str, ...]

    @property
    def samples(self) -> dict[str, dict[str, str]]:
        """Values of the fields of each sample, by its name."""
        return sample_values(self.items)

    def values(self, field: str, **where: str) -> tuple[str, ...]:
        """Values that a field has in the copy, where other fields have the values given."""
        chosen = (dict(item.values) for item in self.items if item.agrees(where))
        found = (values[field] for values in chosen if field in values)
        return tuple(sorted(dict.fromkeys(found), key=natural))

    def shortfalls(self) -> tuple[Shortfall, ...]:
        """What is missing: of subjects, of trials, of files; nothing where nothing is expected."""
        return tuple(
            short
            for short in (*self._subjects(), *self._trials(), *self._files())
            if short.found < short.expected
        )

    def _subjects(self) -> Iterator[Shortfall]:
        for field, expected in self.card.expected:
            found = {value.casefold() for value in self.values(field)}
            absent = tuple(value for value in expected if value.casefold() not in found)
            yield Shortfall(f"{{{field}}}", len(expected) - len(absent), len(expected), absent)

    def _trials(self) -> Iterator[Shortfall]:
        """Trials of each activity, of the subjects that are there."""
        counts = Counter(
            (values.get("subject", ""), activity_of(values)) for values in self.samples.values()
        )
        subjects = self.values("subject")
        for activity, expected in self.card.trials:
            short = tuple(
                f"{subject}: {counts[subject, activity]} of {expected}"
                for subject in subjects
                if counts[subject, activity] < expected
            )
            found = sum(min(counts[subject, activity], expected) for subject in subjects)
            yield Shortfall(f"trials of {activity}", found, expected * len(subjects), short)

    def _files(self) -> Iterator[Shortfall]:
        """Files beside the samples, and of the subjects, that are there."""
        for pattern in self.card.patterns:
            if pattern.presence == "optional" or pattern.sample:
                continue
            found = [dict(item.values) for item in self.items if item.pattern == pattern]
            have = {_key(values, pattern.fields) for values in found}
            for shared, wanted in self._wanted(pattern, found).items():
                absent = [each for each in wanted if _key(each, pattern.fields) not in have]
                yield Shortfall(
                    pattern.filled(dict(shared)),
                    len(wanted) - len(absent),
                    len(wanted),
                    tuple("/".join(_of_sample(each)) for each in absent),
                )

    def _wanted(
        self, pattern: Pattern, found: Sequence[Mapping[str, str]]
    ) -> dict[tuple[tuple[str, str], ...], list[dict[str, str]]]:
        """Values that the files of a pattern should have, by those that no sample tells."""
        known = dict(self.card.expected)
        of_sample = {name for p in self.card.patterns for name in fields_in(p.sample)}
        bound = [name for name in pattern.fields if name in of_sample]
        free = [name for name in pattern.fields if name not in of_sample]
        # a subject without any sample should have its own files all the same
        subjects = [{"subject": subject} for subject in self.values("subject")]
        all_rows = subjects if bound == ["subject"] else list(self.samples.values())
        rows = {_key(values, bound): values for values in all_rows}.values()
        choices = [
            known.get(name) or tuple(dict.fromkeys(values[name] for values in found))
            for name in free
        ]
        return {
            tuple(zip(free, chosen, strict=True)): [
                {**{name: row[name] for name in bound}, **dict(zip(free, chosen, strict=True))}
                for row in rows
            ]
            for chosen in product(*choices)
        }


def _key(values: Mapping[str, str], fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(values[name].casefold() for name in fields)


def _of_sample(values: Mapping[str, str]) -> list[str]:
    return [values[name] for name in ("subject", "activity", "trial") if name in values]


def natural(text: str) -> tuple[str, int, str]:
    """Sorts subject10 behind subject9."""
    plain = text.rstrip("0123456789")
    digits = text[len(plain) :]
    return plain.casefold(), int(digits or 0), text


def holdings_of(card: Card, paths: Iterable[str]) -> Holdings:
    """Index paths by the patterns of a card.

    Raises
    ------
    DatasetError
        When the card has no patterns.
    """
    if not card.patterns:
        raise DatasetError(
            f"the card of {card.name} states no layout ([[pattern]]): nothing can be indexed"
        )
    listed = tuple(paths)
    items = find_items(card.patterns, listed)
    fitting = {item.path for item in items}
    return Holdings(card, items, tuple(path for path in listed if path not in fitting))


def index_copy(card: Card, folder: Path) -> Holdings:
    """Index a folder, without reading a file.

    Raises
    ------
    DatasetError
        No such folder, no file in it that the layout knows, or the card has no patterns.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is no folder; unpack an archive first")
    found = holdings_of(card, paths_in(folder))
    if not found.items:
        first = next((p for p in card.patterns if p.presence == "required"), card.patterns[0])
        raise DatasetError(f"{folder} holds nothing of {card.name}: no file is like {first.path}")
    return found


def paths_in(folder: Path) -> tuple[str, ...]:
    """Relative paths of the files below a folder, hidden ones left out."""
    relative = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple(
        path.as_posix() for path in relative if not any(p.startswith(".") for p in path.parts)
    )
