"""Sphinx's configuration: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

import kinebench

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "kinebench"
author = "The kinebench developers"
version = release = kinebench.__version__
copyright = f"2026, {author}"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_gallery.gen_gallery",
    "executed",
    "generated_pages",
]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
# committed tables begin where their own title does, and some have no second heading
# and n_frames in a shape is no reference to one of the attributes of that name
suppress_warnings = ["myst.header", "ref.python"]

html_theme = "pydata_sphinx_theme"
# a mode that is not set is an error in the browser's console
html_context = {"default_mode": "auto"}
html_domain_indices = False
html_title = f"kinebench {release}"
html_theme_options = {"show_prev_next": False, "navigation_with_keys": False}

sphinx_gallery_conf = {
    "examples_dirs": "../examples/gallery",
    "gallery_dirs": "gallery",
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("gallery_figures.scrape",),
    "ignore_repr_types": "Plot",
    "reset_modules": ("gallery_figures.without_paths",),
    "show_memory": False,
    "write_computation_times": False,
    "download_all_examples": False,
}
