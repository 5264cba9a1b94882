from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

from kinebench.reports.figures import as_svg
from kinebench.reports.figures.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    grid_of_axes,
    styled,
    terse,
)
from kinebench.reports.units import label_of


def drawn() -> matplotlib.figure.Figure:
    with styled():
        figure, axes = grid_of_axes(2, 2, 3.5, 2.0)
        axes[0].plot([0, 1, 2], [0, 1, 0.123456789], color=BLUE)
        axes[1].set_xlabel("time (s)")
    return figure


def test_the_same_figure_gives_the_same_bytes_without_a_date() -> None:
    one, other = as_svg(drawn()), as_svg(drawn())
    assert one == other
    assert "date" not in one.lower()
    assert as_svg(drawn(), page=True) == as_svg(drawn(), page=True)


def test_text_stays_text_and_the_ground_is_empty() -> None:
    text = as_svg(drawn())
    assert "time (s)</text>" in text
    assert "#ffffff" not in text
    ElementTree.fromstring(text)


def test_on_a_page_ink_follows_the_page_and_colours_stay() -> None:
    text = as_svg(drawn(), page=True)
    assert text.startswith("<svg")
    assert INK not in text
    assert "currentColor" in text
    assert BLUE in text
    assert "metadata" not in text
    assert re.search(r'<svg[^>]* style="width:100%;max-width:\d+px;height:auto"', text)
    assert 'width="252pt"' not in text
    assert not re.search(r"\d\.\d{3,}", text.split("</defs>")[0])
    assert INK in as_svg(drawn())
    ElementTree.fromstring(text)


def test_settings_of_others_come_back() -> None:
    before = dict(matplotlib.rcParams)
    as_svg(drawn())
    assert dict(matplotlib.rcParams) == before


def test_unused_cells_are_removed() -> None:
    figure, axes = grid_of_axes(5, 3, 7.0, 1.0)
    assert len(axes) == len(figure.axes) == 5
    assert figure.get_size_inches().tolist() == [7.0, 2.0]


def test_names_for_readers() -> None:
    assert label_of("hip_flexion_r") == "hip flexion, right"
    assert label_of("knee_angle_l") == "knee angle, left"
    assert label_of("pelvis_tilt") == "pelvis tilt"


def _linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


# Viénot, Brettel & Mollon 1999: linear RGB as protanopes and deuteranopes see it
_DICHROMATS = (
    np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
)


def test_colours_differ_for_colour_blind_eyes_too() -> None:
    colours = [_linear(colour) for colour in (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, INK)]
    for matrix in (np.eye(3), *_DICHROMATS):
        seen = [matrix @ colour for colour in colours]
        apart = [np.abs(a - b).max() for i, a in enumerate(seen) for b in seen[:i]]
        assert min(apart) > 0.05


def test_colours_stand_out_on_both_grounds() -> None:
    weights = np.array([0.2126, 0.7152, 0.0722])
    dark = _linear("#16181b") @ weights
    for colour in (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY):
        assert (_linear(colour) @ weights + 0.05) / (dark + 0.05) > 3.0, colour


def test_figures_leave_pyplot_alone() -> None:
    code = "import sys, kinebench.reports.figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_command_needs_matplotlib_only_for_a_report() -> None:
    code = (
        "import sys, kinebench.cli.compare, kinebench.comparison, kinebench.reports.tables;"
        "import kinebench.reports.comparison_tables;"
        "sys.exit(any(name in sys.modules for name in ('matplotlib', 'opensim')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", [r"$\frac{$", "$", "a $x$ b", r"\$", "50 $ and $^2$"])
def test_dollar_signs_in_names_are_dollar_signs(name: str) -> None:
    with styled():
        figure, (axes,) = grid_of_axes(1, 1, 3.5, 2.0)
        axes.plot([0, 1], [0, 1], label=name)
        axes.set(title=name, xlabel=name, ylabel=name)
        axes.set_xticks([0, 1], [name, "b"])
        axes.legend()
    assert as_svg(figure).count(f">{name}</text>") == 5


def painted(element: ElementTree.Element, around: tuple[object, ...] = ()) -> list[object]:
    """What is drawn, in order, each with what is around it: font family, attributes of groups."""
    if element.tag.endswith("}svg"):
        family = element.attrib.get("font-family", "")
        return [each for child in element for each in painted(child, (family,))]
    own = {key: value for key, value in element.attrib.items() if key != "id"}
    if re.match(r"rotate\(-?0 ", own.get("transform", "")):
        del own["transform"]  # a turn by nothing
    if "style" in own:
        own["style"] = "; ".join(re.split(r"\s*;\s*", own["style"].replace(": ", ":").strip("; ")))
    if element.tag.endswith("}text"):
        stated = re.search(r"font-family:([^;]*)", own["style"])
        own["family"] = stated[1] if stated else str(around[0])
        own["style"] = re.sub(r"font-family:[^;]*;? ?", "", own["style"])
    if "d" in own:
        own["d"] = " ".join(
            word if word.isalpha() else str(float(word))
            for word in re.findall(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)", own["d"])
        )
    if element.tag.endswith("}g"):
        inner = (*around, sorted(own.items())) if own else around
        return [each for child in element for each in painted(child, inner)]
    told = (element.tag, sorted(own.items()), (element.text or "").strip(), around[1:])
    return [told, *(each for child in element for each in painted(child, around))]


def numbered(svg: str) -> str:
    """Names that are referred to, by the order in which they stand."""
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', svg))
    for place, name in enumerate(n for n in re.findall(r' id="([^"]*)"', svg) if n in used):
        svg = re.sub(rf'(?<=[#"]){re.escape(name)}(?=[")])', f"name {place}", svg)
    return svg


def test_a_terse_figure_draws_the_same() -> None:
    long = as_svg(drawn())
    long = long[long.index("<svg") :]
    short = terse(long)
    before, after = (painted(ElementTree.fromstring(numbered(text))) for text in (long, short))
    assert after == before
    assert len(before) > 50
    assert len(short) < 0.65 * len(long)


def test_texts_that_are_turned_stay_turned() -> None:
    with styled():
        figure, (axes,) = grid_of_axes(1, 1, 3.5, 2.0)
        axes.set_ylabel("angle (°)")
    short = terse(as_svg(figure))
    assert re.search(r'transform="rotate\(-?90 [^>]*>angle', short)
    assert "rotate(-0" not in short
    assert "rotate(0" not in short


def test_what_a_terse_figure_refers_to_is_there() -> None:
    short = terse(as_svg(drawn()))
    named = set(re.findall(r' id="([^"]*)"', short))
    assert named == set(re.findall(r"#([\w-]+)", re.sub(r"#[0-9a-f]{6}\b", "", short)))
    assert named
