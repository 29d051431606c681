"""Archives on stores that fail now and then: a file that opens itself again and goes on where it was."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import IO

# tries in a row without a byte, and seconds before the second of them; each pause is twice the one before
TRIES = 4
PAUSE = 0.5

# no second try finds what isn't there, or what one may not see
_FINAL = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)


class Steady(io.RawIOBase):
    """Reads a file to its end; ``OSError`` comes through only when trying again doesn't help."""

    def __init__(self, opened: Callable[[], IO[bytes]], tries: int = TRIES, pause: float = PAUSE) -> None:
        self._opened = opened
        self._file: IO[bytes] | None = None
        self._at = 0
        self._tries = tries
        self._pause = pause

    def read(self, size: int = -1, /) -> bytes:
        for tried in range(1, self._tries + 1):
            try:
                if self._file is None:
                    self._file = self._opened()
                    self._pass(self._at)
                data = self._file.read(size)
                self._at += len(data)
                return data
            except _FINAL:
                raise
            except OSError:
                self._drop()
                if tried == self._tries:
                    raise
                time.sleep(self._pause * 2 ** (tried - 1))
        raise AssertionError("the last try returns or raises")

    def _pass(self, left: int) -> None:
        """Passes over what was read before."""
        assert self._file is not None
        if left and self._file.seekable():
            self._file.seek(left)
            return
        while left:
            data = self._file.read(min(left, 1 << 20))
            if not data:
                raise OSError("the file is shorter than it was")
            left -= len(data)

    def _drop(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                pass

    def close(self) -> None:
        self._drop()
        super().close()
