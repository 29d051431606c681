"""The words and shapes of the package, for type checkers."""

from __future__ import annotations

import os
from typing import BinaryIO, Literal, Protocol, TypedDict, Union

__all__ = [
    "ArrowTable",
    "ContentStatus",
    "Declared",
    "DeclaredSource",
    "EvidenceKind",
    "GateKind",
    "Html",
    "Input",
    "Label",
    "Part",
    "Probabilities",
    "Purpose",
    "Verdict",
]

Label = Literal["content", "subscription", "navigation"]
Part = Literal["title", "byline", "date", "caption", "body"]
Purpose = Literal["gate", "offer", "newsletter", "account", "donation"]
Verdict = Literal["open", "soft", "hard", "blocked"]
GateKind = Literal["subscription", "registration", "metered", "membership", "unknown"]
Declared = Literal["free", "metered", "locked"]
DeclaredSource = Literal["json-ld", "microdata", "content-tier"]
ContentStatus = Literal["complete", "truncated", "scrambled", "empty"]
EvidenceKind = Literal["prompt", "truncation", "scrambling", "meter", "markup", "vendor", "blocked"]


class Probabilities(TypedDict):
    """Probability of every label."""

    content: float
    subscription: float
    navigation: float


class _Read(Protocol):
    def read(self, n: int, /) -> bytes: ...


class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


# Union: CPython 3.10 evaluates these lines
Html = Union[str, bytes, bytearray, memoryview]
Input = Union[str, "os.PathLike[str]", BinaryIO, _Read]
ArrowTable = Union[_ArrowStream, _ArrowArray]
