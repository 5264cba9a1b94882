"""Figures of the gallery: of `kb.plot`, and those that the library's own functions draw."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst

from kinebench.api.plotting import Plot
from kinebench.reports.figures.style import styled

_DOTS_PER_INCH = 150  # sharp on screens of twice the density at the width of a page


def scrape(block: object, block_vars: Mapping[str, Any], gallery_conf: Mapping[str, Any]) -> str:
    """Save the figures that a block of an example has named, each once."""
    names: dict[str, Any] = block_vars["example_globals"]
    seen: list[Figure] = names.setdefault("_seen_figures", [])
    saved = []
    for value in list(names.values()):
        figure = value.figure if isinstance(value, Plot) else value
        if isinstance(figure, Figure) and not any(figure is one for one in seen):
            seen.append(figure)
            path = next(block_vars["image_path_iterator"])
            with styled():
                figure.savefig(path, dpi=_DOTS_PER_INCH)
            saved.append(path)
    return str(figure_rst(saved, gallery_conf["src_dir"]))


def without_paths(gallery_conf: object, fname: object) -> None:
    """Before each example: warnings say what they warn of, and not where this machine has files."""
    warnings.formatwarning = lambda message, category, *_, **__: f"{category.__name__}: {message}\n"
