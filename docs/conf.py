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
    "executed",
    "generated_pages",
]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
# committed tables begin where their own title does, and some have no second heading
suppress_warnings = ["myst.header"]

html_theme = "pydata_sphinx_theme"
html_title = f"kinebench {release}"
html_theme_options = {"show_prev_next": False, "navigation_with_keys": False}
