"""The page with the laboratory's numbers: every one is read from the code that uses it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

from kinebench.lab import anatomy, anthropometry, population, tissue, variability
from kinebench.lab.camera import rig_presets
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.variability import Spread

_PRESETS = 24  # members of the family that benchmarks/laboratory/rigs.md is about


def laboratory_page() -> str:
    """Bodies, builds, movements, skin and cameras, with their sources."""
    return "\n".join(
        (
            "# The laboratory's numbers\n\nWritten from the code. What is modelled with them,"
            " and what a reviewer should doubt, is under"
            " [the virtual laboratory](../explanation/laboratory.md)."
            " The sources of each part stand below it, from the docstring of the module"
            " that holds its numbers and says which is from where.\n",
            *_bodies(),
            *_movements(),
            *_skin(),
            *_cameras(),
        )
    )


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown."""
    names = list(head)
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    lines += [f"| {' | '.join(_cell(one) for one in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, float):
        if abs(value) == float("inf"):
            return ""
        return f"{value:.4g}"
    if isinstance(value, tuple):
        return ", ".join(map(_cell, value))
    return " ".join(str(value).split()).replace("|", "\\|")


def _sources(module: ModuleType) -> str:
    """The list of sources in a module's docstring."""
    text = inspect.getdoc(module) or ""
    found = re.search(r"^Sources\n-+\n(.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"{module.__name__} names no sources")
    entries = re.split(r"\n(?=\[\d+\])", found[1])
    return "Sources:\n\n" + "\n".join(f"- {' '.join(one.split())}" for one in entries) + "\n"


def _bodies() -> Iterator[str]:
    shares = anthropometry.PROPORTIONS
    names = [one.name for one in fields(shares["male"])]
    yield (
        "## Bodies\n\nLengths over stature; `lumbar_joint` over the distance of the iliac spines.\n"
    )
    yield table(
        ("what", *shares),
        ((f"`{name}`", *(getattr(own, name) for own in shares.values())) for name in names),
    )
    axes = {"ankle": anthropometry.ANKLE_AXIS, "subtalar joint": anthropometry.SUBTALAR_AXIS,
            "metatarsal break": anthropometry.METATARSAL_AXIS}  # fmt: skip
    yield "Axes of the right foot (forward, up, right) [6]:\n"
    yield table(("axis", "direction"), axes.items())
    yield (
        "Right hip centre from the middle of the anterior iliac spines, pelvis width $w$, depth"
        " $d$ [3]:\n"
    )
    yield (
        "$$x = -0.24\\,d - 9.9\\ \\mathrm{mm},\\quad y = -0.30\\,w - 10.9\\ \\mathrm{mm},\\quad"
        " z = 0.33\\,w + 7.3\\ \\mathrm{mm}$$\n"
    )
    yield _sources(anthropometry)
    yield "### How people differ in size\n\nStandard deviations, cut at 2.5 of them.\n"
    yield table(("parameter", "value"), _numbers(population.Population()))
    yield _sources(population)
    yield (
        '### How they are built otherwise than a scaled model\n\nWith `people = "shaped"` or'
        ' `"varied"`;'
        " standard deviations per person, the two sides correlated.\n"
    )
    yield table(("parameter", "value"), _numbers(anatomy.Anatomy()))
    yield _sources(anatomy)


def _movements() -> Iterator[str]:
    yield (
        "## Movements\n\nStandard deviations of the motions' parameters, between people and within"
        " a"
        ' person, with `people = "moving"` or `"varied"`. *Follows*: a trait of the person, and the'
        " correlation with it. The bracketed sources of single rows stand in"
        " `kinebench/lab/variability.py`; rows without one are assumptions.\n"
    )
    for kind, spreads in variability.SPREADS.items():
        yield f"### {kind}\n\n{_spreads(spreads.items())}"
    yield f"### Posture, ° off the motion\n\n{_spreads(variability.POSTURE.items())}"
    yield f"### Slow wandering during a trial, ° and m\n\n{_spreads(variability.WANDER.items())}"
    yield _sources(variability)


def _spreads(entries: Iterable[tuple[str, Spread]]) -> str:
    return table(
        ("parameter", "between", "within", "least", "most", "follows", "sides differ"),
        (
            (f"`{name}`", one.between, one.within, one.least, one.most, one.shared or "",
             "yes" if one.sided else "")
            for name, one in entries
        ),
    )  # fmt: skip


def _skin() -> Iterator[str]:
    yield "## Skin\n\nAmplitude per axis of the segment, and the joint angles that drive it.\n"
    yield table(
        ("segment", "mm", "driven by"),
        (
            (body, amplitude, ", ".join(f"{share:g} `{name}`" for name, share in drivers))
            for body, (amplitude, drivers) in tissue._SKIN.items()
        ),
    )
    yield _sources(tissue)


def _cameras() -> Iterator[str]:
    guess = rig_presets.BEST_GUESS
    members = [rig_presets.plausible_preset(number) for number in range(_PRESETS)]
    yield (
        "## Cameras\n\nThe rig's best guess, and what the first"
        f" {_PRESETS} members of `plausible` have, each one draw from what the recordings allow.\n"
    )
    rows = []
    for part in ("phones", "calibration", "detector"):
        for name, value in _numbers(getattr(guess, part)):
            drawn = [getattr(getattr(one, part), name.strip("`")) for one in members]
            rows.append((f"{part} {name}", value, _range(drawn)))
    rows.append(("`sync_sd_ms`", guess.sync_sd_ms, _range([one.sync_sd_ms for one in members])))
    yield table(("parameter", "best guess", "plausible"), rows)
    yield "Bias of the detector's keypoints, mm forwards, up and outwards; per radian of flexion:\n"
    yield table(
        ("keypoint", "bias", "per rad"),
        ((one.keypoint, one.offset_mm, one.per_flexion_mm) for one in guess.detector.biases),
    )
    yield "`two-phones`, errors of the reconstruction, one after the other:\n"
    yield table(
        ("error", "parameters"),
        (
            (
                type(one).__name__,
                ", ".join(f"{n} = {_cell(v)}" for n, v in _numbers(one)) or "by keypoint",
            )
            for one in two_phones().errors
        ),
    )


def _numbers(value: object) -> Iterator[tuple[str, Any]]:
    """Parameters that are numbers or tuples of numbers."""
    assert is_dataclass(value)
    for one in fields(value):
        held = getattr(value, one.name)
        flat = held if isinstance(held, tuple) else (held,)
        if flat and all(isinstance(part, int | float) for part in flat):
            yield f"`{one.name}`", held


def _range(drawn: list[Any]) -> str:
    if isinstance(drawn[0], tuple):
        columns = [list(column) for column in zip(*drawn, strict=True)]
        return "; ".join(_range(column) for column in columns)
    low, high = min(drawn), max(drawn)
    if isinstance(low, bool):
        return f"yes in {sum(drawn)} of {len(drawn)}"
    return "the same" if low == high else f"{_cell(low)} to {_cell(high)}"
