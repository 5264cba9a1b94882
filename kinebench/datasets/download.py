"""Downloads that are resumed, verified, and appear whole or not at all."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kinebench.core.provenance import file_sha256
from kinebench.datasets.card import CardFile
from kinebench.errors import DatasetError

if TYPE_CHECKING:
    import requests


@dataclass(frozen=True, slots=True)
class Downloader:
    """Fetches a file over HTTP: ``downloader(address, file, target)``.

    What arrived before a connection broke is kept in ``TARGET.part``; the next attempt, also one
    of a later process, asks the server for the rest only (HTTP Range). A server that sends the
    whole file all the same is taken at its word, and a file whose bytes turn out wrong is fetched
    again from its start. A server that sends more than the card states, or is slower than
    `slowest_bytes_s` on the whole, is left: no download is endless.

    Parameters
    ----------
    attempts : int
    pause_s : float
        Before the second attempt; doubled before each further one.
    timeout_s : float
        Longest silence of the server.
    slowest_bytes_s, patience_s : float
        An attempt may take so long and the time that the file takes at this rate.
    """

    attempts: int = 3
    pause_s: float = 0.5
    timeout_s: float = 20.0
    slowest_bytes_s: float = 10_000.0  # slower than any line that a person would wait at
    patience_s: float = 60.0

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
                self._in_time(address, file, target)
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
            except _TooSlowError as error:
                reason = str(error)
                break
            except OSError as error:
                raise DatasetError(f"cannot write {target}: {error.strerror}") from error
        raise DatasetError(reason)

    def _in_time(self, address: str, file: CardFile, target: Path) -> None:
        """An attempt in a thread of its own, which is left when its time is over.

        A server that sends a byte now and then keeps every read waiting, so no read can tell.
        """
        stop = threading.Event()
        attempt = _Attempt(lambda: self._attempt(address, file, target, stop))
        limit_s = self.patience_s + file.size_bytes / self.slowest_bytes_s
        attempt.start()
        try:
            attempt.join(limit_s)
        finally:
            stop.set()
        if attempt.is_alive():
            raise _TooSlowError(f"the server is too slow: not done after {limit_s:.0f} s")
        if attempt.failure is not None:
            raise attempt.failure

    def _attempt(self, address: str, file: CardFile, target: Path, stop: threading.Event) -> None:
        import pooch

        target.parent.mkdir(parents=True, exist_ok=True)
        shared = target.with_name(target.name + ".part")
        # claiming the remainder by a rename lets processes and threads download side by side
        own = target.with_name(f"{target.name}.part-{os.getpid()}-{threading.get_ident()}")
        with suppress(FileNotFoundError):
            os.replace(shared, own)
        try:
            with _opened(own) as output:
                have = output.tell()
                if have >= file.size_bytes:
                    have = output.truncate(0)
                with _Answers(output) as answers:
                    pooch.HTTPDownloader(
                        timeout=self.timeout_s,
                        headers=_headers(have),
                        hooks={"response": answers},
                    )(address, _Bounded(output, file.size_bytes, stop), None)
            if (found := file_sha256(own)) != file.sha256:
                own.unlink()
                raise _WrongBytesError(
                    f"what it sent has sha256 {found[:12]}…, not {file.sha256[:12]}…"
                )
            os.replace(own, target)
        except _TooMuchError:
            own.unlink()
            raise
        finally:
            with suppress(FileNotFoundError):
                os.replace(own, shared)


class _WrongBytesError(Exception):
    """A download ended with other bytes than the card names."""


class _TooMuchError(_WrongBytesError):
    """A server sends more than the card states."""


class _TooSlowError(Exception):
    """An attempt took longer than it may."""


class _Attempt(threading.Thread):
    """Work of which the failure is kept; it does not keep the program from ending."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            self.work()
        except BaseException as failure:  # for the thread that waits, Ctrl-C in tests included
            self.failure = failure


@dataclass(slots=True)
class _Bounded:
    """A file that takes so many bytes, and none once the attempt is over."""

    file: IO[bytes]
    size_bytes: int
    stop: threading.Event

    def write(self, data: bytes) -> int:
        if self.stop.is_set():
            raise _TooSlowError("the attempt is over")
        self.file.flush()
        # tell would not know of what was cut off
        if os.fstat(self.file.fileno()).st_size + len(data) > self.size_bytes:
            raise _TooMuchError(f"it sends more than the {self.size_bytes} bytes of the card")
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


def _opened(own: Path) -> IO[bytes]:
    """What an earlier attempt left, or a new file, to append to.

    Others may write to a shared cache: what is no plain file of this user's is thrown away, as a
    link would lead the download into another file.
    """
    with suppress(FileNotFoundError):
        status = own.lstat()
        is_own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        if not (stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and is_own):
            own.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    return os.fdopen(os.open(own, flags | getattr(os, "O_BINARY", 0), 0o666), "ab")


def _headers(have_bytes: int) -> dict[str, str]:
    # a compressed transfer could not be resumed: ranges would count compressed bytes
    headers = {"Accept-Encoding": "identity"}
    return headers | {"Range": f"bytes={have_bytes}-"} if have_bytes else headers


class _Answers:
    """Looks at the server's answers: a whole file starts the output anew; all are closed."""

    def __init__(self, output: IO[bytes]) -> None:
        self.output = output
        self.responses: list[requests.Response] = []

    def __call__(self, response: requests.Response, **_: Any) -> None:
        self.responses.append(response)
        if response.status_code == 200:
            self.output.truncate(0)

    def __enter__(self) -> _Answers:
        return self

    def __exit__(self, *_: object) -> None:
        for response in self.responses:
            response.close()
