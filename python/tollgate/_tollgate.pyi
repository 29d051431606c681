"""The compiled half of the package."""

import os
from collections.abc import Iterable, Iterator
from typing import Any, final

import pyarrow

from .types import (
    ArrowTable,
    ContentStatus,
    Declared,
    DeclaredSource,
    EvidenceKind,
    GateKind,
    Html,
    Input,
    Label,
    Part,
    Probabilities,
    Purpose,
    Verdict,
)

__all__ = [
    "__version__",
    "Page",
    "Block",
    "Paywall",
    "Evidence",
    "Failure",
    "Classifier",
    "Pages",
    "to_arrow",
    "arrow_schema",
    "train",
    "evaluate",
    "run",
    "site_of",
]

__version__: str

@final
class Block:
    """A block of a page with its label."""

    @property
    def index(self) -> int:
        """Position on the page, 0 is the first."""
    @property
    def label(self) -> Label:
        """What the block is."""
    @property
    def part(self) -> Part | None:
        """Which part of the content; ``None`` for other labels."""
    @property
    def purpose(self) -> Purpose | None:
        """What a subscription block is for; ``None`` for other labels."""
    @property
    def repeats(self) -> int | None:
        """Index of the content block whose text this block repeats word for word."""
    @property
    def confidence(self) -> float:
        """Probability of the given label."""
    @property
    def probabilities(self) -> Probabilities:
        """Probability of every label."""
    @property
    def tag(self) -> str | None:
        """Name of the block's element; ``None`` for plain text."""
    @property
    def selector(self) -> str | None:
        """CSS selector of the block's element; ``None`` for plain text."""
    @property
    def text(self) -> str:
        """The text, white space collapsed."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Evidence:
    """A reason for the verdict."""

    @property
    def kind(self) -> EvidenceKind: ...
    @property
    def block(self) -> int | None:
        """Index of the block that it points to."""
    @property
    def weight(self) -> float:
        """What it adds to the log-odds of a gate."""
    @property
    def text(self) -> str:
        """The words seen."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Paywall:
    """Access to the page's article."""

    @property
    def verdict(self) -> Verdict:
        """What the page shows."""
    @property
    def probability(self) -> float:
        """Probability that the page is gated."""
    @property
    def kind(self) -> GateKind | None:
        """What the gate asks for; ``None`` without a gate."""
    @property
    def declared(self) -> Declared | None:
        """What the publisher's markup declares."""
    @property
    def declared_source(self) -> DeclaredSource | None:
        """Where it is declared."""
    @property
    def declared_selector(self) -> str | None:
        """CSS selectors of the parts declared as gated."""
    @property
    def evidence(self) -> list[Evidence]:
        """Reasons for the verdict, the strongest first."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Failure:
    """Why a page failed."""

    @property
    def code(self) -> str:
        """Stable word."""
    @property
    def message(self) -> str:
        """What happened."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Page:
    """The answer for a page."""

    @property
    def path(self) -> str | None:
        """Path, or the name that was given."""
    @property
    def url(self) -> str | None:
        """The given address, or else the one that the page names."""
    @property
    def title(self) -> str | None:
        """Title that the page declares."""
    @property
    def lang(self) -> str | None:
        """Language that the page declares."""
    @property
    def encoding(self) -> str | None:
        """Encoding that the bytes were read in."""
    @property
    def paywall(self) -> Paywall | None:
        """Access to the article; ``None`` for failed pages."""
    @property
    def verdict(self) -> Verdict | None:
        """``paywall.verdict``; ``None`` for failed pages."""
    @property
    def content_status(self) -> ContentStatus | None:
        """Whether the text is all there; ``None`` for failed pages."""
    @property
    def content_reason(self) -> str | None:
        """Why the text is not all there; ``None`` when it is."""
    @property
    def blocks(self) -> list[Block]:
        """The blocks in document order."""
    @property
    def error(self) -> Failure | None:
        """Why the page failed; ``None`` when it did not."""
    @property
    def date(self) -> str | None:
        """When it was fetched, as an archive writes it; not part of the JSON."""
    @property
    def text_bytes(self) -> int:
        """Bytes of text in the answer: what it takes in a batch of Arrow."""
    def count(self, label: Label) -> int:
        """Number of blocks with a label."""
    def text(self, *, body: bool = False) -> str:
        """The content as plain text; with ``body`` without title, byline, date and captions."""
    def markdown(self, *, body: bool = False) -> str:
        """The content as Markdown; with ``body`` without title, byline, date and captions."""
    def to_json(self) -> str:
        """The line of JSON that the program prints with ``-f jsonl``, without its end of line."""
    def to_dict(self) -> dict[str, Any]:
        """The same as a dictionary."""
    @staticmethod
    def from_json(line: str, *, date: str | None = None) -> Page:
        """Reads a line of the program's JSON back."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Pages(Iterator[Page]):
    """An iterator over the pages of files."""

    def __iter__(self) -> Pages: ...
    def __next__(self) -> Page: ...
    def close(self) -> None:
        """Ends reading and labelling."""

@final
class Classifier:
    """Labels pages with a model: the embedded one, or that of a file."""

    def __new__(
        cls,
        model: str | os.PathLike[str] | None = None,
        *,
        max_bytes: int | None = None,
        max_blocks: int | None = None,
    ) -> Classifier: ...
    @property
    def model(self) -> str:
        """Name of the model."""
    def classify(
        self,
        html: Html,
        url: str | None = None,
        *,
        path: str | None = None,
        charset: str | None = None,
        text: bool = False,
    ) -> Page:
        """See :func:`tollgate.classify`."""
    def classify_batch(
        self,
        pages: Iterable[Html | None],
        urls: Iterable[str | None] | None = None,
        *,
        paths: Iterable[str | None] | None = None,
        jobs: int = 0,
        text: bool = False,
    ) -> list[Page]:
        """See :func:`tollgate.classify_batch`."""
    def classify_arrow(
        self,
        data: ArrowTable,
        html_column: str = "html",
        url_column: str = "url",
        *,
        jobs: int = 0,
        text: bool = False,
    ) -> pyarrow.RecordBatch:
        """See :func:`tollgate.classify_arrow`."""
    def classify_files(
        self,
        inputs: Input | list[Input],
        *,
        name: str | None = None,
        html_column: str = "html",
        url_column: str = "url",
        text: bool | None = None,
        jobs: int = 0,
        shard: tuple[int, int] = ...,
    ) -> Pages:
        """See :func:`tollgate.classify_files`."""
    def __getnewargs_ex__(self) -> tuple[tuple[str | None], dict[str, int]]: ...

def to_arrow(pages: list[Page]) -> pyarrow.RecordBatch:
    """The pages as a RecordBatch, a row a page, with the columns of the program's Parquet files."""

def arrow_schema() -> pyarrow.Schema:
    """The columns of :func:`to_arrow` and their types."""

def site_of(url: str | None) -> str | None:
    """The site of an address: its registrable domain, or the host where there is none."""

def train(
    paths: list[str],
    output: str,
    name: str,
    model: str | None,
    base: bool,
    folds: int,
    seed: int,
    jobs: int,
) -> str: ...
def evaluate(
    path: str,
    model: str | None,
    folds: int | None,
    others: list[str],
    lines: bool,
    seed: int,
    jobs: int,
) -> str: ...
def run(args: list[str]) -> int: ...
