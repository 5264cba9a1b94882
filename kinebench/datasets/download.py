"""Downloads that are resumed, verified, and appear whole or not at all."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kinebench.core.provenance import file_sha256
from kinebench.datasets.card import CardFile
from kinebench.errors import DatasetError

if TYPE_CHECKING:
    import requests

__all__ = ["Downloader"]


@dataclass(frozen=True, slots=True)
class Downloader:
    """Fetches a file over HTTP: ``downloader(address, file, target)``.

    What arrived before a connection broke is kept in ``TARGET.part``; the next attempt, also one
    of a later process, asks the server for the rest only (HTTP Range). A server that sends the
    whole file all the same is taken at its word, and a file whose bytes turn out wrong is fetched
    again from its start.

    Parameters
    ----------
    attempts : int
    pause_s : float
        Before the second attempt; doubled before each further one.
    timeout_s : float
        Longest silence of the server.
    """

    attempts: int = 3
    pause_s: float = 0.5
    timeout_s: float = 20.0

    def __call__(self, address: str, file: CardFile, target: Path) -> None:
        """Download `address` to `target`, which is replaced only by the right bytes.

        Raises
        ------
        DatasetError
            With the reason of the last failure.
        """
        import requests

        reason = ""
        for attempt in range(self.attempts):
            if attempt:
                time.sleep(self.pause_s * 2 ** (attempt - 1))
            try:
                self._attempt(address, file, target)
                return
            except requests.HTTPError as error:
                status = 0 if error.response is None else error.response.status_code
                reason = f"the server answers {status}"
                # 4xx will not change by asking again, except "too many requests" and timeouts
                if 400 <= status < 500 and status not in (408, 416, 429):
                    break
            except requests.Timeout:
                reason = "the server does not answer"
            except requests.ConnectionError:
                reason = "no connection to the server"
            except requests.RequestException:
                reason = "the connection broke"
            except _WrongBytesError as error:
                reason = str(error)
            except OSError as error:
                raise DatasetError(f"cannot write {target}: {error.strerror}") from error
        raise DatasetError(reason)

    def _attempt(self, address: str, file: CardFile, target: Path) -> None:
        import pooch

        target.parent.mkdir(parents=True, exist_ok=True)
        shared = target.with_name(target.name + ".part")
        # claiming the remainder by a rename lets processes and threads download side by side
        own = target.with_name(f"{target.name}.part-{os.getpid()}-{threading.get_ident()}")
        with suppress(FileNotFoundError):
            os.replace(shared, own)
        try:
            with own.open("ab") as output:
                have = output.tell()
                if have >= file.size_bytes:
                    have = output.truncate(0)
                pooch.HTTPDownloader(
                    timeout=self.timeout_s,
                    headers=_headers(have),
                    hooks={"response": _restart_unless_partial(output)},
                )(address, output, None)
            if (found := file_sha256(own)) != file.sha256:
                own.unlink()
                raise _WrongBytesError(
                    f"what it sent has sha256 {found[:12]}…, not {file.sha256[:12]}…"
                )
            os.replace(own, target)
        finally:
            with suppress(FileNotFoundError):
                os.replace(own, shared)


class _WrongBytesError(Exception):
    """A download ended with other bytes than the card names."""


def _headers(have_bytes: int) -> dict[str, str]:
    # a compressed transfer could not be resumed: ranges would count compressed bytes
    headers = {"Accept-Encoding": "identity"}
    return headers | {"Range": f"bytes={have_bytes}-"} if have_bytes else headers


def _restart_unless_partial(output: IO[bytes]) -> Any:
    def restart(response: requests.Response, **_: Any) -> None:
        if response.status_code == 200:
            output.truncate(0)

    return restart
