"""What can go wrong, with the place where it did."""

from __future__ import annotations


class OstackError(Exception):
    """The base of all errors of ostack.

    ``path``, ``line`` and ``column`` (both from 1) say where, as far as it is known; ``parameter``
    names the answer-file parameter concerned, and ``help`` says what to do.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        parameter: str | None = None,
        help: str | None = None,
    ) -> None:
        super().__init__(message)
        self.path = path
        self.line = line
        self.column = column
        self.parameter = parameter
        self.help = help


class FileError(OstackError, OSError):
    """A file or folder cannot be read or written."""


class RuleError(OstackError, ValueError):
    """A rule file is not valid."""


class AnswerFileError(OstackError, ValueError):
    """An answer file cannot be read, or a value cannot stand in it."""


class VersionError(OstackError, ValueError):
    """A version or a constraint cannot be read."""


class ContextError(OstackError, ValueError):
    """A release, an OS, a package list or a rule's id is not known or cannot be read."""
