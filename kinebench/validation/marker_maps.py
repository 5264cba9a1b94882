"""Marker names of other laboratories: which of ours they are, and how far a set covers a model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from kinebench.core.marker_sets import ANATOMICAL_MARKERS, OPTICAL_MARKERS
from kinebench.core.markers import Markers
from kinebench.errors import FileFormatError, NameNotFoundError, ValueRangeError, require_names
from kinebench.io.documents import parse_toml, read_text

FEWEST_KNOWN = 0.5
"""Share of the tracked markers that a recording must have. OpenCap's own optical trials lack none
of the tasks; Plug-in Gait has 21 of 43 counterparts, which its map then states."""

_MAIN_BODIES = ("pelvis", "femur", "tibia", "calcn")


@dataclass(frozen=True, slots=True)
class MarkerMap:
    """Our names for the markers of another set.

    Parameters
    ----------
    name : str
    spellings : mapping of str to tuple of str
        Our name: what others call it, the likeliest first.
    source : str
    """

    name: str
    spellings: Mapping[str, tuple[str, ...]]
    source: str = ""

    def applied_to(self, names: Sequence[str]) -> dict[str, str]:
        """Their name: our name, for those of `names` that the map knows."""
        plain: dict[str, str] = {}
        for name in names:
            plain.setdefault(_plain(name), name)
        found = {}
        for ours, theirs in self.spellings.items():
            own = next((plain[_plain(one)] for one in theirs if _plain(one) in plain), None)
            if own is not None and own not in found:
                found[own] = ours
        return found


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what is tracked a set of names has.

    Parameters
    ----------
    known, lacking : tuple of str
        Tracked markers.
    bodies_without : tuple of str
        Pelvis, thighs, shanks and feet of the model without any marker.
    """

    known: tuple[str, ...]
    lacking: tuple[str, ...]
    bodies_without: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Share of the tracked markers that the names have."""
        return len(self.known) / max(1, len(self.known) + len(self.lacking))

    @property
    def enough(self) -> bool:
        """Whether the share is large enough and none of these bodies is without a marker."""
        return self.share >= FEWEST_KNOWN and not self.bodies_without

    def __str__(self) -> str:
        n = len(self.known)
        without = f", none on {', '.join(self.bodies_without)}" if self.bodies_without else ""
        return f"{n} of {n + len(self.lacking)} tracked markers{without}"


@cache
def built_in_maps() -> Mapping[str, MarkerMap]:
    """Maps that come along, by name."""
    folder = files("kinebench.validation") / "maps"
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {
        name.removesuffix(".toml"): _parsed((folder / name).read_text("utf-8"), name)
        for name in found
    }


def marker_map(named: str) -> MarkerMap:
    """A built-in map by its name, or one's own from a TOML file.

    Raises
    ------
    NameNotFoundError
        There is no such map.
    FileFormatError
        The file has no table ``[markers]`` of texts or lists of texts.
    """
    if named.lower().endswith(".toml"):
        return _parsed(read_text(Path(named)), Path(named).name)
    require_names([named], built_in_maps(), "map of marker names", "kinebench (or a .toml file)")
    return built_in_maps()[named]


def _parsed(text: str, file: str) -> MarkerMap:
    content = parse_toml(text, file)
    table = content.get("markers")
    if not isinstance(table, dict) or not table:
        raise FileFormatError(
            f'{file} has no table [markers], which holds lines such as "r.ASIS" = ["RASI"];'
            f" found: {', '.join(content) or 'nothing'}"
        )
    spellings = {}
    for ours, theirs in table.items():
        names = [theirs] if isinstance(theirs, str) else theirs
        if not isinstance(names, list) or not all(isinstance(one, str) and one for one in names):
            raise FileFormatError(
                f"{file}, [markers]: {ours} must be a name or a list of names, found {theirs!r}"
            )
        spellings[ours] = tuple(names)
    return MarkerMap(file.removesuffix(".toml"), spellings, str(content.get("source", "")))


def renamed(markers: Markers, how: MarkerMap) -> tuple[Markers, tuple[str, ...]]:
    """Markers by our names, and those that the map does not know, which are left out.

    Raises
    ------
    NameNotFoundError
        The map knows none of them.
    """
    found = how.applied_to(markers.names)
    if not found:
        raise NameNotFoundError(
            f"the map {how.name} knows none of the markers: {', '.join(markers.names[:8])}, …"
        )
    left_out = tuple(name for name in markers.names if name not in found)
    return markers.select(found).rename(found), left_out


def coverage(
    names: Iterable[str], tracked: Sequence[str], body_of: Mapping[str, str] | None = None
) -> Coverage:
    """How much of the tracked markers is among names.

    Parameters
    ----------
    names : iterable of str
    tracked : sequence of str
        Markers that inverse kinematics has tasks for.
    body_of : mapping of str to str, optional
        Body of each tracked marker.
    """
    have = set(names)
    known = tuple(name for name in tracked if name in have)
    lacking = tuple(name for name in tracked if name not in have)
    bodies = {body_of[name] for name in tracked if name in body_of} if body_of else set()
    carried = {body_of[name] for name in known if name in body_of} if body_of else set()
    without = sorted(b for b in bodies - carried if b.split("_")[0] in _MAIN_BODIES)
    return Coverage(known, lacking, tuple(without))


def require_known(
    names: Sequence[str], tracked: Sequence[str], body_of: Mapping[str, str], which: str
) -> Coverage:
    """The coverage, or an error that tells which map would cover more.

    Raises
    ------
    NameNotFoundError
        Too few of the tracked markers are there, or a part of the legs has none.
    """
    found = coverage(names, tracked, body_of)
    if found.enough:
        return found
    maps = {
        name: coverage(each.applied_to(names).values(), tracked, body_of)
        for name, each in built_in_maps().items()
    }
    best = max(maps, key=lambda name: maps[name].share)
    cure = (
        f"--map {best} would give {maps[best]}"
        if maps[best].share > found.share
        else "no map that comes along gives more: write one's own, a .toml with a table [markers],"
        " and name it with --map"
    )
    raise NameNotFoundError(
        f"{which}: the model knows {found}; the recording has {', '.join(names[:6])}, …; {cure}"
    )


def matched(reference: Markers, estimate: Markers) -> tuple[Markers, Markers, tuple[str, ...]]:
    """The markers that both have, by the reference's names, and what was taken for what.

    Optical markers by OpenCap's names and augmented ones (``r_knee`` and ``r_knee_study``) match.

    Raises
    ------
    ValueRangeError
        There is no pair.
    """
    augmented = dict(zip(OPTICAL_MARKERS, ANATOMICAL_MARKERS, strict=True))
    pairs = {}
    for name in reference.names:
        other = name if name in estimate.names else augmented.get(name, "")
        if other in estimate.names:
            pairs[name] = other
    if not pairs:
        raise ValueRangeError(
            f"mocap and video share no marker: the first has {', '.join(reference.names[:4])}, …,"
            f" the second {', '.join(estimate.names[:4])}, …; give the mocap a --map, or compare"
            " motions: a mocap .mot with the video's .mot"
        )
    moved = estimate.select(pairs.values()).rename({theirs: ours for ours, theirs in pairs.items()})
    told = tuple(f"{ours}={theirs}" for ours, theirs in pairs.items() if ours != theirs)
    return reference.select(pairs), moved, told


def _plain(name: str) -> str:
    """A name without the subject before its colon, case, and signs between words."""
    return re.sub(r"[\s._\-]", "", name.rsplit(":", 1)[-1]).casefold()
