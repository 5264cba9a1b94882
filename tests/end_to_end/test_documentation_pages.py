"""The notebook runs, cell by cell; the gallery's and the tutorial's parts are what they say.

Gallery and tutorial are executed when the documentation is built: `make docs`.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import kinebench as kb
from kinebench.errors import KinebenchWarning

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "examples" / "notebook" / "first_steps.ipynb"
GALLERY = sorted((ROOT / "examples" / "gallery").glob("plot_*.py"))


def code_cells() -> list[str]:
    """The notebook's code; what only Jupyter can do is a line that begins with a percent sign."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    found = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return ["\n".join(map(_plain, text.splitlines())) for text in found]


def _run(cells: list[str], names: dict[str, Any]) -> None:
    for number, text in enumerate(cells):
        exec(compile(text, f"cell {number}", "exec"), names)


def _plain(line: str) -> str:
    """The line without Jupyter's own: a command in its place would be reached by mistake."""
    bare = line.lstrip()
    if not bare.startswith("%"):
        return line
    return line[: len(line) - len(bare)] + 'raise AssertionError("kinebench is installed")'


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """Names that the notebook has defined in the end, and the folder that it ran in."""
    folder = tmp_path_factory.mktemp("notebook")
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with pytest.warns(KinebenchWarning, match="static marker errors"):
            _run(code_cells(), names)
    return names, folder


def test_the_notebook_installs_before_it_imports() -> None:
    first, second, *_ = code_cells()
    assert "find_spec" in first
    assert "import kinebench" not in first
    assert second.startswith("import kinebench as kb")


def test_the_notebook_keeps_no_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_the_notebook_s_errors_are_of_the_laboratory_s_size(
    notebook: tuple[dict[str, Any], Path],
) -> None:
    names, folder = notebook
    knee = names["rmse"].loc["knee_angle_r"]
    # camera errors of some mm are degrees at the knee, and never tens of them
    assert knee["unit"] == "°"
    assert 0.2 < knee["value"] < 8
    written = kb.read_motion(folder / "squat.mot")
    assert written.names == names["result"].motion.names
    model = kb.read_model(folder / "scaled.osim")
    assert model.xml == names["result"].model.xml


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_gallery_scripts_name_only_what_there_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "kb"
    }
    assert used
    assert used <= set(kb.__all__)
    title = (ast.get_docstring(tree) or "").splitlines()
    assert set(title[1]) == {"="}
    assert len(title[0]) == len(title[1])


def test_there_is_a_gallery() -> None:
    assert 5 <= len(GALLERY) <= 7
