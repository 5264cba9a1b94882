from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.core.markers import Markers
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.provenance import digest
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import (
    FileFormatError,
    KinebenchError,
    NameNotFoundError,
    UnderTestError,
    ValueRangeError,
)
from kinebench.io.mot import write_motion
from kinebench.pipeline.spec import PipelineSpec
from kinebench.pipeline.under_test import (
    CommandLine,
    NameMap,
    OwnPipeline,
    PythonCallable,
    ReadyFiles,
    content_of,
    under_test_of,
)
from kinebench.pipeline.under_test.own import BuiltPipeline

TIMES = np.arange(60) / 60
TRUTH = Motion((Coordinate("knee_angle_r"),), TIMES, np.radians(40) * TIMES[:, None] + 0.1)
KEYPOINTS = Markers(("RKnee",), TIMES, np.ones((60, 1, 3)))
TRIAL = Trial("s1 squat", Subject(72.5, 1.81), KEYPOINTS, static=KEYPOINTS, reference_motion=TRUTH)
PROGRAM = """\
import pathlib, sys
keypoints, static, mass, height, out = sys.argv[1:]
assert pathlib.Path(keypoints).read_text().startswith("PathFileType")
assert pathlib.Path(static).is_file()
assert (mass, height) == ("72.5", "1.81"), (mass, height)
rows = "\\n".join(f"{i / 60}\\t{40 * i / 60 + 5.72958}" for i in range(60))
header = "Coordinates\\nversion=1\\nnRows=60\\nnColumns=2\\ninDegrees=yes\\nendheader\\n"
"""
WRITES = 'pathlib.Path(out).write_text(header + "time\\tknee_angle_r\\n" + rows + "\\n")\n'


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., CommandLine]:
    def make(program: str = PROGRAM + WRITES, **options: object) -> CommandLine:
        (tmp_path / "run.py").write_text(program)
        template = f"{sys.executable} run.py {{keypoints}} {{static}} {{mass}} {{height}} {{out}}"
        return CommandLine(template, home=tmp_path, **options)  # type: ignore[arg-type]

    return make


def test_a_command_gives_the_motion_that_it_wrote(command: Callable[..., CommandLine]) -> None:
    found = command()(TRIAL)
    assert found.names == ("knee_angle_r",)
    np.testing.assert_allclose(found.values, TRUTH.values, atol=1e-5)


@pytest.mark.parametrize(
    ("program", "says"),
    [
        (PROGRAM, "wrote no out.mot; it ended with 0"),
        ("raise SystemExit('no licence')", "ended with 1: no licence"),
        ("import pathlib, sys; pathlib.Path(sys.argv[-1]).write_text('nothing')", "out.mot"),
        (PROGRAM + WRITES.replace('" + rows + "', ""), "out.mot"),
    ],
    ids=["nothing written", "crashed", "no table", "no rows"],
)
def test_the_file_counts_whatever_the_return_code(
    command: Callable[..., CommandLine], program: str, says: str
) -> None:
    with pytest.raises(UnderTestError, match=says):
        command(program)(TRIAL)


def test_a_good_file_counts_after_a_bad_return_code(command: Callable[..., CommandLine]) -> None:
    assert command(PROGRAM + WRITES + "raise SystemExit(3)")(TRIAL).n_frames == 60


def test_a_command_that_hangs_is_ended_with_its_children(
    command: Callable[..., CommandLine], tmp_path: Path
) -> None:
    late = tmp_path / "late"
    child = f"import time, pathlib; time.sleep(3); pathlib.Path({str(late)!r}).touch()"
    hangs = (
        f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "time.sleep(60)"
    )
    with pytest.raises(UnderTestError, match=r"ended after 0\.5 s"):
        command(hangs, time_limit_s=0.5)(TRIAL)
    assert not late.exists()


@pytest.mark.parametrize(
    ("template", "error", "says"),
    [
        ("run {keypoint} {out}", NameNotFoundError, "did you mean 'keypoints'"),
        ("run {keypoints}", FileFormatError, r"lacks \{out\}"),
        ("run {keypoints} {out} 'x", FileFormatError, "cannot read the command"),
        ("", FileFormatError, "empty"),
    ],
)
def test_a_wrong_command_is_refused(template: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        CommandLine(template)


def test_a_program_that_is_not_there_is_a_failure() -> None:
    with pytest.raises(UnderTestError, match="cannot run no-such-program"):
        CommandLine("no-such-program {keypoints} {out}")(TRIAL)


def test_a_static_trial_that_is_asked_for_must_be_there(
    command: Callable[..., CommandLine],
) -> None:
    with pytest.raises(UnderTestError, match="has no static trial"):
        command()(Trial("t", TRIAL.subject, KEYPOINTS))


def test_a_function_never_sees_the_truth() -> None:
    seen: list[Trial] = []

    def estimate(trial: Trial) -> Motion:
        seen.append(trial)
        return TRUTH

    assert PythonCallable("toy:estimate", function=estimate)(TRIAL) == TRUTH
    assert seen[0].reference_motion is None
    assert seen[0].reference_markers is None
    assert seen[0].keypoints == KEYPOINTS


def leaves(trial: Trial) -> Motion:
    raise SystemExit(0)


def test_what_a_function_prints_stays_out_of_our_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def chatty(trial: Trial) -> Motion:
        sys.stdout.write("working\n")
        return TRUTH

    PythonCallable("toy:chatty", function=chatty)(TRIAL)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "working\n")


@pytest.mark.parametrize(
    ("gives", "says"),
    [
        (lambda trial: None, "must give a Motion, found a NoneType"),
        (leaves, "SystemExit: 0"),
        (lambda trial: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda trial: Motion(TRUTH.coordinates, TIMES, np.full((60, 1), np.nan)),
         "without a number"),
        (lambda trial: Motion(TRUTH.coordinates, TIMES + 100, TRUTH.values), "gave 100 to"),
    ],
    ids=["nothing", "exit", "error", "no numbers", "other times"],
)  # fmt: skip
def test_what_is_no_motion_of_the_trial_is_a_failure(
    gives: Callable[[Trial], Motion], says: str
) -> None:
    with pytest.raises(UnderTestError, match=says):
        PythonCallable("toy:estimate", function=gives)(TRIAL)


def test_a_function_is_found_by_its_place(tmp_path: Path) -> None:
    (tmp_path / "toy_a.py").write_text("def estimate(trial):\n    return trial.name\n")
    found = PythonCallable("toy_a:estimate", folder=tmp_path)
    assert found.estimate(TRIAL) == "s1 squat"
    assert str(tmp_path) not in sys.path


@pytest.mark.parametrize(
    ("place", "error", "says"),
    [
        ("toy_b:estimat", NameNotFoundError, "did you mean 'estimate'"),
        ("toy_b", FileFormatError, "module:function"),
        ("no_such_module:estimate", NameNotFoundError, "no Python module 'no_such_module'"),
        ("toy_broken:estimate", UnderTestError, "cannot import toy_broken: SyntaxError"),
        ("toy_needy:estimate", UnderTestError, "No module named 'absent_library'"),
    ],
)
def test_a_wrong_place_is_named(
    tmp_path: Path, place: str, error: type[KinebenchError], says: str
) -> None:
    (tmp_path / "toy_b.py").write_text("def estimate(trial): ...\n")
    (tmp_path / "toy_broken.py").write_text("def estimate(trial:\n")
    (tmp_path / "toy_needy.py").write_text("import absent_library\n")
    with pytest.raises(error, match=says):
        PythonCallable(place, folder=tmp_path)


def test_other_names_are_mapped(tmp_path: Path) -> None:
    theirs = Motion((Coordinate("RKneeFlexion"),), TIMES, TRUTH.values)
    names = NameMap({"RKneeFlexion": "knee_angle_r"})
    estimate = PythonCallable("toy:estimate", names, function=lambda trial: theirs)
    assert estimate(TRIAL).names == ("knee_angle_r",)
    write_motion(tmp_path / "s1_squat.mot", theirs)
    read = ReadyFiles(tmp_path, names)(TRIAL)
    assert read.names == ("knee_angle_r",)
    np.testing.assert_allclose(read.values, TRUTH.values, atol=1e-7)


@pytest.mark.parametrize(
    ("coordinates", "says"),
    [
        ({"RKneeFlexon": "knee_angle_r"}, "did you mean 'RKneeFlexion'"),
        ({"RKneeFlexion": "knee_angel_r"}, "did you mean 'knee_angle_r'"),
    ],
)
def test_misspelt_names_are_errors(coordinates: dict[str, str], says: str) -> None:
    theirs = Motion((Coordinate("RKneeFlexion"),), TIMES, TRUTH.values)
    estimate = PythonCallable("t:e", NameMap(coordinates), function=lambda trial: theirs)
    with pytest.raises(NameNotFoundError) as caught:
        estimate(TRIAL)
    assert says in str(caught.value)


def test_two_names_for_one_are_refused() -> None:
    with pytest.raises(ValueRangeError, match="mapped to knee_angle_r"):
        NameMap({"a": "knee_angle_r", "b": "knee_angle_r"})


def test_a_file_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "s1_sqat.mot").touch()
    with pytest.raises(UnderTestError, match=r"no s1_squat\.mot; it has: s1_sqat\.mot"):
        ReadyFiles(tmp_path)(TRIAL)


def test_a_table_describes_each_kind(tmp_path: Path) -> None:
    own = PipelineSpec(body="lab", engine="fast")
    (tmp_path / "toy_c.py").write_text("def estimate(trial): ...\n")
    (tmp_path / "results").mkdir()

    def of(**table: object) -> object:
        return under_test_of({"under_test": table}, tmp_path, own)

    names = NameMap({"a": "b"})
    assert of(python="toy_c:estimate", coordinates={"a": "b"}).names == names  # type: ignore[attr-defined]
    assert of(command="x {keypoints} {out}", time_limit_s=5) == CommandLine(
        "x {keypoints} {out}", time_limit_s=5.0, home=tmp_path
    )
    assert of(files="results") == ReadyFiles(tmp_path / "results")
    assert under_test_of({}, tmp_path, own) == OwnPipeline(own)
    changed = under_test_of({"pipeline": {"clean": "butterworth:6"}}, tmp_path, own)
    assert isinstance(changed, OwnPipeline)
    assert (changed.spec.engine, len(changed.spec.clean or ())) == ("fast", 1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"under_test": {}}, "needs one of python, command, files"),
        ({"under_test": {"pyton": "a:b"}}, "did you mean 'python'"),
        ({"under_test": {"files": "a", "command": "b"}}, "found 2"),
        ({"under_test": {"files": "no-such-folder"}}, "no folder no-such-folder"),
        ({"under_test": {"files": "a", "time_limit_s": 3}}, "belongs to a command"),
        ({"under_test": {"files": "."}, "pipeline": {}}, "not both"),
    ],
)
def test_a_wrong_table_is_named(content: dict[str, object], says: str, tmp_path: Path) -> None:
    with pytest.raises(KinebenchError) as caught:
        under_test_of(content, tmp_path, PipelineSpec(body="lab", engine="fast"))
    assert says in str(caught.value)


class TestContent:
    """What is kept of a pipeline is not used once its known files have changed."""

    def test_of_a_function_its_module_counts(self, tmp_path: Path) -> None:
        path = tmp_path / "toy_content.py"
        path.write_text("def estimate(trial): ...\n")
        found = PythonCallable("toy_content:estimate", folder=tmp_path)
        before = digest(content_of(found))
        assert before == digest(content_of(pickle.loads(pickle.dumps(found))))
        path.write_text("def estimate(trial): return 1\n")
        assert digest(content_of(found)) != before

    def test_of_a_package_all_modules_count(self, tmp_path: Path) -> None:
        package = tmp_path / "toy_package"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "main.py").write_text("def estimate(trial): ...\n")
        found = PythonCallable("toy_package.main:estimate", folder=tmp_path)
        assert [path.name for path in found.sources] == ["__init__.py", "main.py"]

    def test_of_a_command_the_files_that_it_names(
        self, command: Callable[..., CommandLine]
    ) -> None:
        one = command()
        before = digest(content_of(one))
        assert [path.name for path in one.sources] == [Path(sys.executable).name, "run.py"]
        assert digest(content_of(command("pass"))) != before

    def test_of_ready_files_each_motion(self, tmp_path: Path) -> None:
        before = digest(content_of(ReadyFiles(tmp_path)))
        write_motion(tmp_path / "a.mot", TRUTH)
        assert digest(content_of(ReadyFiles(tmp_path))) != before

    def test_other_names_are_another_pipeline(self, tmp_path: Path) -> None:
        plain, named = ReadyFiles(tmp_path), ReadyFiles(tmp_path, NameMap({"a": "b"}))
        assert digest(content_of(plain)) != digest(content_of(named))


def test_an_environments_interpreter_stays_the_environments(tmp_path: Path) -> None:
    """A link is not followed: behind it the packages of the environment are not found."""
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    assert CommandLine("python {keypoints} {out}", home=tmp_path).sources == (link,)


class TestNamesOfKeypoints:
    """A pipeline gets the recording under the names that it knows."""

    names = NameMap(markers={"right_knee": "RKnee"})

    def test_a_function_sees_its_own_names(self) -> None:
        seen: list[Trial] = []

        def estimate(trial: Trial) -> Motion:
            seen.append(trial)
            return TRUTH

        PythonCallable("t:e", self.names, function=estimate)(TRIAL)
        (trial,) = seen
        assert trial.static is not None
        assert trial.keypoints.names == trial.static.names == ("right_knee",)
        np.testing.assert_array_equal(trial.keypoints.positions, KEYPOINTS.positions)
        # the trial itself keeps its names for whatever else is measured
        assert TRIAL.keypoints.names == ("RKnee",)

    def test_a_command_reads_files_with_them(self, command: Callable[..., CommandLine]) -> None:
        program = PROGRAM + (
            "for path in (keypoints, static):\n"
            "    assert 'right_knee' in pathlib.Path(path).read_text()\n"
            "    assert 'RKnee' not in pathlib.Path(path).read_text()\n"
        )
        assert command(program + WRITES, names=self.names)(TRIAL).names == ("knee_angle_r",)

    def test_a_misspelt_keypoint_is_an_error_with_the_near_one(self) -> None:
        estimate = PythonCallable(
            "t:e", NameMap(markers={"right_knee": "RKnie"}), function=lambda trial: TRUTH
        )
        with pytest.raises(NameNotFoundError, match=r"no keypoint 'RKnie' .*did you mean 'RKnee'"):
            estimate(TRIAL)

    def test_two_names_of_one_keypoint_are_refused(self) -> None:
        with pytest.raises(ValueRangeError, match="two markers are mapped to RKnee"):
            NameMap(markers={"a": "RKnee", "b": "RKnee"})

    def test_a_name_that_is_another_keypoints_is_refused(self) -> None:
        both = Markers(("RKnee", "LKnee"), TIMES, np.ones((60, 2, 3)))
        with pytest.raises(KinebenchError, match="LKnee"):
            NameMap(markers={"LKnee": "RKnee"}).recordings(Trial("t", TRIAL.subject, both))

    def test_the_table_of_a_gate(self, tmp_path: Path) -> None:
        (tmp_path / "toy_m.py").write_text("def estimate(trial):\n    return None\n")
        table = {"python": "toy_m:estimate", "markers": {"right_knee": "RKnee"}}
        found = under_test_of({"under_test": table}, tmp_path, PipelineSpec())
        assert found.names.markers == {"right_knee": "RKnee"}  # type: ignore[attr-defined]
        files = {"files": ".", "markers": {"right_knee": "RKnee"}}
        with pytest.raises(FileFormatError, match="markers map nothing"):
            under_test_of({"under_test": files}, tmp_path, PipelineSpec())


def refusal(make: Callable[[], object]) -> str:
    with pytest.raises(KinebenchError) as refused:
        make()
    return str(refused.value)


class TestWords:
    """What is said of a pipeline that does not do, in full."""

    def test_a_command(self, command: Callable[..., CommandLine]) -> None:
        assert refusal(lambda: CommandLine("run {keypoints}")) == (
            "the command lacks {out}: run {keypoints}"
        )
        assert refusal(lambda: CommandLine("run {out}")) == (
            "the command lacks {keypoints}: run {out}"
        )
        assert refusal(lambda: CommandLine("  ")) == "the command is empty"
        assert refusal(lambda: command("pass")(TRIAL)) == (
            "the command wrote no out.mot; it ended with 0"
        )
        quiet = command("import sys; sys.exit(7)")
        assert refusal(lambda: quiet(TRIAL)) == "the command wrote no out.mot; it ended with 7"
        chatty = command("print('x' * 150, 'the end')")
        said = refusal(lambda: chatty(TRIAL))
        assert said.startswith("the command wrote no out.mot; it ended with 0: xxx")
        assert said.endswith("x the end")
        chatty = command("print('y' * 50 + 'x' * 199)")
        assert refusal(lambda: chatty(TRIAL)).endswith("ended with 0: " + "x" * 199)
        assert refusal(lambda: CommandLine("no-such-program {keypoints} {out}")(TRIAL)) == (
            "cannot run no-such-program: No such file or directory"
        )
        assert (
            refusal(
                lambda: CommandLine("x {keypoints} {static} {out}")(
                    Trial("t", TRIAL.subject, KEYPOINTS)
                )
            )
            == "the command asks for {static}, and the trial has no static trial"
        )

    @pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
    def test_a_time_limit_is_above_zero(self, seconds: float) -> None:
        said = refusal(lambda: CommandLine("x {keypoints} {out}", time_limit_s=seconds))
        assert "time_limit_s of a command" in said

    def test_a_function(self) -> None:
        assert refusal(lambda: PythonCallable("toy")) == (
            "a Python pipeline is named module:function, found 'toy'"
        )
        assert refusal(lambda: PythonCallable("toy:a.b")) == (
            "a Python pipeline is named module:function, found 'toy:a.b'"
        )
        nothing = PythonCallable("toy:estimate", function=lambda trial: 3)
        assert refusal(lambda: nothing(TRIAL)) == "toy:estimate must give a Motion, found a int"

    def test_files(self, tmp_path: Path) -> None:
        results = tmp_path / "results"
        results.mkdir()
        said = "results has no s1_squat.mot; it has: "
        assert refusal(lambda: ReadyFiles(results)(TRIAL)) == f"{said}no .mot files"
        for i in range(9):
            (results / f"t{8 - i}.mot").touch()
        (results / "other.sto").touch()
        shown = ", ".join(f"t{i}.mot" for i in range(8))
        assert refusal(lambda: ReadyFiles(results)(TRIAL)) == said + shown

    def test_tables(self, tmp_path: Path) -> None:
        def of(**table: object) -> str:
            own = PipelineSpec(body="lab", engine="fast")
            return refusal(lambda: under_test_of({"under_test": table}, tmp_path, own))

        assert of() == "[under_test] needs one of python, command, files, found 0"
        assert of(files="a", command="b") == (
            "[under_test] needs one of python, command, files, found 2"
        )
        assert of(python="a:b", time_limit_s=3) == (
            "[under_test]: time_limit_s belongs to a command"
        )
        assert of(files="a") == "[under_test]: there is no folder a"
        assert "coordinates" in of(command="x {keypoints} {out}", coordinates={"a": 3})


class TestTimes:
    """A motion may be shorter or longer than the recording; it must share a moment with it."""

    @pytest.mark.parametrize(
        ("start", "end", "good"),
        [(-1.0, 0.0, True), (-1.0, -0.001, False), (59 / 60, 2.0, True), (0.984, 2.0, False)],
    )
    def test_to_the_first_and_from_the_last_frame(
        self, start: float, end: float, good: bool
    ) -> None:
        moved = Motion(TRUTH.coordinates, np.array([start, end]), np.array([[0.1], [0.2]]))
        estimate = PythonCallable("toy:e", function=lambda trial: moved)
        if good:
            assert estimate(TRIAL) == moved
        else:
            assert refusal(lambda: estimate(TRIAL)) == (
                f"toy:e gave {start:g} to {end:g} s of a recording from 0 to 0.983333 s"
            )

    def test_one_number_is_enough(self) -> None:
        values = np.full((60, 1), np.nan)
        assert "without a number" in refusal(lambda: given(values)(TRIAL))
        values[30] = 0.1
        assert np.isfinite(given(values)(TRIAL).values).sum() == 1


def given(values: np.ndarray) -> PythonCallable:
    motion = Motion(TRUTH.coordinates, TIMES, values)
    return PythonCallable("toy:e", function=lambda trial: motion)


def test_what_describes_a_pipeline(tmp_path: Path) -> None:
    assert CommandLine("x {keypoints} {out}").parameters == {"command": "x {keypoints} {out}"}
    assert CommandLine("x {keypoints} {out}").time_limit_s == 600.0
    assert given(TRUTH.values).parameters == {"python": "toy:e"}
    assert ReadyFiles(tmp_path / "results").parameters == {"files": "results"}


def test_ready_files_are_mot_before_sto(tmp_path: Path) -> None:
    write_motion(tmp_path / "s1_squat.sto", TRUTH)
    np.testing.assert_allclose(ReadyFiles(tmp_path)(TRIAL).values, TRUTH.values, atol=1e-7)
    other = Motion(TRUTH.coordinates, TIMES, TRUTH.values + 0.5)
    write_motion(tmp_path / "s1_squat.mot", other)
    np.testing.assert_allclose(ReadyFiles(tmp_path)(TRIAL).values, other.values, atol=1e-7)
    (tmp_path / "note.txt").touch()
    assert [path.name for path in ReadyFiles(tmp_path).sources] == ["s1_squat.mot", "s1_squat.sto"]


def test_lengths_under_other_names_are_lengths(tmp_path: Path) -> None:
    """The reference says which of ours are lengths; a file of theirs does not."""
    height = Motion((Coordinate("pelvis_ty", "translational"),), TIMES, 0.9 + 0 * TIMES[:, None])
    trial = Trial("t", TRIAL.subject, KEYPOINTS, reference_motion=height)
    theirs = Motion((Coordinate("Y", "translational"),), TIMES, height.values)
    write_motion(tmp_path / "t.mot", theirs)
    found = ReadyFiles(tmp_path, NameMap({"Y": "pelvis_ty"}))(trial)
    assert found.coordinates == height.coordinates
    np.testing.assert_allclose(found.values, 0.9, atol=1e-7)


def test_without_a_reference_any_name_of_ours_will_do() -> None:
    theirs = Motion((Coordinate("RKneeFlexion"),), TIMES, TRUTH.values)
    names = NameMap({"RKneeFlexion": "anything"})
    estimate = PythonCallable("t:e", names, function=lambda trial: theirs)
    assert estimate(Trial("t", TRIAL.subject, KEYPOINTS)).names == ("anything",)


def test_a_static_trial_without_a_mapped_keypoint_is_called_so() -> None:
    other = Markers(("LKnee",), TIMES, np.ones((60, 1, 3)))
    trial = Trial("t", TRIAL.subject, KEYPOINTS, static=other)
    said = refusal(lambda: NameMap(markers={"right": "RKnee"}).recordings(trial))
    assert "the static trial has no keypoint 'RKnee'" in said
    trial = Trial("t", TRIAL.subject, other, static=KEYPOINTS)
    said = refusal(lambda: NameMap(markers={"right": "RKnee"}).recordings(trial))
    assert "the recording has no keypoint 'RKnee'" in said


def test_a_function_of_no_file_has_no_sources() -> None:
    made = PythonCallable("toy:e", function=eval("lambda trial: None", {"__name__": "nowhere"}))
    assert made.sources == ()


def test_a_module_alone_is_its_own_source(tmp_path: Path) -> None:
    (tmp_path / "toy_alone.py").write_text("def estimate(trial): ...\n")
    (tmp_path / "beside.py").write_text("")
    found = PythonCallable("toy_alone:estimate", folder=tmp_path)
    assert [path.name for path in found.sources] == ["toy_alone.py"]


def test_a_built_pipeline_is_known_by_its_digest() -> None:
    """So that a baseline notices another one."""
    pipeline = PipelineSpec(body="lab", augmenter="lab-1", engine="fast").build()
    other = PipelineSpec(body="lab", augmenter="lab-1", engine="fast", warm_up_s=1.0).build()
    assert BuiltPipeline(pipeline).parameters == {"pipeline digest": digest(pipeline)}
    assert BuiltPipeline(other).parameters != BuiltPipeline(pipeline).parameters
