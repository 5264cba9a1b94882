"""What stands where in a study file arrives where it belongs in the study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kinebench.errors import FileFormatError, KinebenchError
from kinebench.pipeline.spec import PipelineSpec
from kinebench.studies.files.study_file import read_study, study_from

FACTOR = {"name": "filter", "path": "clean", "levels": ["none", "butterworth:6"]}
CONTENT = {
    "name": "mine",
    "question": "why?",
    "base": {"body": "lab", "augmenter": "lab-1", "engine": "fast"},
    "laboratory": {"subjects": 1, "activities": ["squat"]},
    "factors": [FACTOR],
}


def study(**changes: Any) -> Any:
    content = {key: value for key, value in {**CONTENT, **changes}.items() if value is not None}
    return study_from(content)


def test_what_a_file_leaves_out_has_defaults() -> None:
    found = study()
    assert (found.name, found.question) == ("mine", "why?")
    assert found.base == PipelineSpec(body="lab", augmenter="lab-1", engine="fast").build()
    assert [factor.name for factor in found.factors] == ["filter"]
    assert [source.name for source in found.sources] == ["squat"]
    assert found.metrics == ("rmse", "bias", "offset_removed_rmse")
    assert (found.primary, found.datasets, found.margin) == ("", (), None)


def test_what_a_file_states_is_taken() -> None:
    found = study(metrics=["bias", "mae"], primary="mae", margin=0.5, title="T", sections=[],
                  baseline="b")  # fmt: skip
    assert found.metrics == ("bias", "mae")
    assert (found.primary, found.margin) == ("mae", 0.5)


def test_a_part_has_the_question_of_its_report_unless_it_has_its_own() -> None:
    bare = {key: value for key, value in CONTENT.items() if key != "question"}
    assert study_from(bare, "of all?").question == "of all?"
    assert study_from(CONTENT, "of all?").question == "why?"
    for question in (None, ""):
        with pytest.raises(KinebenchError, match="question"):
            study_from(bare, question)


def test_files_in_levels_lie_beside_the_study(tmp_path: Path) -> None:
    """A pipeline under test, given by its results."""
    (tmp_path / "mine").mkdir()
    levels = [{"label": "theirs", "value": {"files": "mine"}}, {"label": "ours", "value": {}}]
    factor = {"name": "pipeline", "path": "estimate", "levels": levels}
    found = study_from({**CONTENT, "factors": [factor]}, folder=tmp_path)
    assert found.factors[0].levels[0].value.folder == tmp_path / "mine"
    with pytest.raises(KinebenchError, match="there is no folder mine"):
        study_from({**CONTENT, "factors": [factor]}, folder=tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": None}, "a study has no key 'name'"),
        ({"name": 3}, "the study: name must be a text, found 3"),
        ({"margin": "x"}, "the study: margin must be a number, found 'x'"),
        ({"primary": 3}, "the study: primary must be a text, found 3"),
        ({"metric": ["rmse"]}, "a study has no key 'metric' (did you mean 'metrics'?)"),
        ({"base": {"bodi": "lab"}}, "[base] has no key 'bodi' (did you mean 'body'?)"),
        ({"factors": [FACTOR, {"name": "x"}]}, "[[factors]] number 2"),
    ],
)
def test_a_wrong_key_is_told_with_its_table(
    changes: dict[str, Any], told: str, tmp_path: Path
) -> None:
    with pytest.raises(KinebenchError) as caught:
        study(**changes)
    assert str(caught.value).startswith(told)


def test_of_a_file_its_name_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('name = "mine"\nqestion = "?"\n', encoding="utf-8")
    for given in (path, str(path)):
        with pytest.raises(FileFormatError, match=r"^x\.toml: a study has no key 'qestion'"):
            read_study(given)
