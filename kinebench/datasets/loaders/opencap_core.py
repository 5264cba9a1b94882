"""OpenCap's generic models; weights and set-ups are files, given by `fetch_file`."""

from __future__ import annotations

from kinebench.datasets.loaders.loader import SampleFiles, TableLoader

LOADER = TableLoader(
    {
        name: SampleFiles(models={"generic": f"opensimPipeline/Models/{name}.osim"})
        for name in ("LaiUhlrich2022", "LaiUhlrich2022_shoulder")
    }
)
