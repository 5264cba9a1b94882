"""Pipelines under test: anything that makes a motion of a trial, ours or not.

::

    pipeline = PythonCallable("my_pipeline:estimate")
    motion = pipeline(trial)
"""

from kinebench.pipeline.under_test.command_line import CommandLine
from kinebench.pipeline.under_test.description import KINDS, outside_of, under_test_of
from kinebench.pipeline.under_test.memory import content_of, remembered_motion
from kinebench.pipeline.under_test.names import NameMap
from kinebench.pipeline.under_test.own import BuiltPipeline, OwnPipeline
from kinebench.pipeline.under_test.protocol import UnderTest
from kinebench.pipeline.under_test.python_callable import PythonCallable, checked_motion
from kinebench.pipeline.under_test.ready_files import ReadyFiles, file_name

__all__ = [
    "KINDS",
    "BuiltPipeline",
    "CommandLine",
    "NameMap",
    "OwnPipeline",
    "PythonCallable",
    "ReadyFiles",
    "UnderTest",
    "checked_motion",
    "content_of",
    "file_name",
    "outside_of",
    "remembered_motion",
    "under_test_of",
]
