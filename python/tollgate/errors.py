"""The exceptions. Their words are those of the program."""


class TollgateError(Exception):
    """Something that could not be done. ``code`` is a stable word for it."""

    def __init__(self, message: str, code: str = "error") -> None:
        super().__init__(message, code)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return self.message


class PageError(TollgateError, ValueError):
    """A page was refused: it is empty, no page, too large, or damaged."""


class BatchError(TollgateError, ValueError):
    """The answers are too large for one batch of Arrow, 2 GiB of text: hand over fewer rows."""


class InputError(TollgateError):
    """A file can't be read, or a path names nothing."""


class LabelsError(TollgateError, ValueError):
    """A label file or gold file has a fault."""


class ModelError(TollgateError):
    """A model file was refused."""


class TrainingError(TollgateError):
    """Training can't be done with what was given."""
