"""What pyproject.toml allows is what is tried."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_lowest_versions_are_those_that_are_tried() -> None:
    found = [
        re.fullmatch(r"([\w.-]+)>=([\d.]+)(?:,<[\d.]+)?", one) for one in PROJECT["dependencies"]
    ]
    assert None not in found
    bounds = {one[1]: one[2] for one in found if one}
    lines = (ROOT / "constraints-lowest.txt").read_text(encoding="utf-8").splitlines()
    tried = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert tried.keys() == bounds.keys()
    for name, bound in bounds.items():
        # 2.1 and 2.1.0 are one
        assert re.fullmatch(re.escape(bound) + r"(\.0)*", tried[name]), name
