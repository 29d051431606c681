"""An extractor for datatrove, in the place of its ``Trafilatura``."""

from __future__ import annotations

from typing import Any

from datatrove.pipeline.extractors.base import BaseExtractor

from . import Page, PageError, classify

__all__ = ["Tollgate"]

# how Trafilatura finds its text: there is nothing here that they could change
_IGNORED = frozenset(
    """config date_extraction_params fast favor_recall include_comments include_formatting include_links
    include_tables max_tree_size no_fallback prune_xpath settingsfile tei_validation""".split()
)


class Tollgate(BaseExtractor):  # type: ignore[misc]
    """Takes the content of a page and leaves prompts, menus and footers out.

    Args:
        favour_precision: the body text alone, without title, byline, date and captions
        drop_gated: drop pages whose text is withheld (verdict hard), and pages without an article (blocked)
        markdown: Markdown instead of plain text
        timeout: the timeout for extraction, per document, in seconds
        include_images: not implemented, as with ``Trafilatura``
        deduplicate: ignored: text that a page repeats is always given once
        ignored: options of ``Trafilatura`` that say how it finds its text are taken and ignored, so that its
            calls need no other change; those that choose pages or another format are refused
    """

    name = "⛏ Tollgate"
    _requires_dependencies = ["tollgate"]

    def __init__(
        self,
        favour_precision: bool = True,
        *,
        drop_gated: bool = False,
        markdown: bool = False,
        timeout: float = 1,
        include_images: bool = False,
        deduplicate: bool = True,
        **ignored: Any,
    ) -> None:
        strange = sorted(set(ignored) - _IGNORED)
        if strange:
            raise TypeError(f"Tollgate has no option {', '.join(strange)}")
        if include_images:
            raise NotImplementedError("images are not extracted")
        super().__init__(timeout)
        self.favour_precision = favour_precision
        self.drop_gated = drop_gated
        self.markdown = markdown

    def extract(self, text: str) -> str:
        """The content of a page; nothing for what is no page."""
        try:
            page: Page = classify(text)
        except PageError:
            return ""
        if self.drop_gated and page.verdict in ("hard", "blocked"):
            return ""
        content = page.markdown if self.markdown else page.text
        return content(body=self.favour_precision).rstrip("\n")
