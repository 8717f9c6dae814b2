"""packstack's answer files, as a mapping."""

from __future__ import annotations

import socket
from collections.abc import Iterator, MutableMapping
from os import PathLike, fspath
from pathlib import Path
from typing import Literal, TypeAlias

from ostack._ostack import (
    Difference,
    KnowledgeBase,
    MigrationStep,
    RawAnswerFile,
    Verdict,
)

_Path: TypeAlias = str | PathLike[str]


class AnswerFile(MutableMapping[str, str]):
    """An answer file: a mapping from parameters to their values, in the order of the file.

    Names are read in any case. What is not edited stays byte for byte. A value that the file
    cannot hold raises :class:`ostack.AnswerFileError`, with its line and its parameter.

    >>> file = AnswerFile.parse("[general]\\n# mine\\nCONFIG_HEAT_INSTALL=n\\n")
    >>> file["CONFIG_HEAT_INSTALL"] = "y"
    >>> file.text
    '[general]\\n# mine\\nCONFIG_HEAT_INSTALL=y\\n'
    >>> file.check("victoria").accepted
    True
    """

    def __init__(self, raw: RawAnswerFile, *, release: str | None = None) -> None:
        self._raw = raw
        self.release = release
        """The release that it was read or made for, where that was said."""
        self.steps: list[MigrationStep] = []
        """What :meth:`migrate` did to make it."""

    @classmethod
    def load(cls, path: _Path, *, release: str | None = None, os: str | None = None) -> AnswerFile:
        """Read a file, as packstack of that release does on that OS."""
        return cls(RawAnswerFile.load(path, release, os), release=release)

    @classmethod
    def parse(cls, text: str, *, release: str | None = None, os: str | None = None) -> AnswerFile:
        """Read a text."""
        return cls(RawAnswerFile.parse(text, release, os), release=release)

    @classmethod
    def new(
        cls,
        release: str,
        *,
        local_ip: str | None = None,
        hostname: str | None = None,
        home: str | None = None,
        **parameters: str,
    ) -> AnswerFile:
        """Make the file that ``packstack --gen-answer-file`` writes, for this machine or another.

        >>> file = AnswerFile.new("victoria", local_ip="192.0.2.2", CONFIG_HEAT_INSTALL="y")
        >>> file["CONFIG_HEAT_INSTALL"], file["CONFIG_CONTROLLER_HOST"]
        ('y', '192.0.2.2')
        """
        raw = RawAnswerFile.generate(
            release,
            list(parameters.items()),
            local_ip or _address(),
            hostname or socket.gethostname(),
            home or str(Path.home()),
        )
        return cls(raw, release=release)

    @property
    def path(self) -> str | None:
        """The file that it was loaded from or saved to."""
        return self._path if self._path is not None else self._raw.path

    _path: str | None = None

    @property
    def text(self) -> str:
        """The text, as it would be saved."""
        return self._raw.text

    def line(self, name: str) -> int:
        """Tell the line of a parameter, from 1."""
        line = self._raw.line(name)
        if line is None:
            raise KeyError(name)
        return line

    def check(
        self,
        release: str | None = None,
        *,
        os: str | None = None,
        rules: KnowledgeBase | None = None,
    ) -> Verdict:
        """Give packstack's verdict, and the lints beside it."""
        return self._raw.check(self._release(release), os, rules)

    def effective(
        self,
        release: str | None = None,
        *,
        os: str | None = None,
        stage: Literal["processed", "deployed"] = "processed",
    ) -> dict[str, str | bool]:
        """Give the values that packstack works with, active parameters only."""
        return self._raw.effective(self._release(release), os, stage == "deployed")

    def diff(self, other: AnswerFile, *, release: str | None = None) -> list[Difference]:
        """Tell in what another file differs from this one, by meaning; secrets are masked."""
        return self._raw.diff(other._raw, self._release(release or self.release or other.release))

    def migrate(self, to: str, *, release: str | None = None) -> AnswerFile:
        """Carry it to another release; :attr:`steps` of the new file gives the reasons."""
        raw, steps = self._raw.migrate(self._release(release), to)
        file = AnswerFile(raw, release=to)
        file.steps = steps
        return file

    def save(self, path: _Path | None = None) -> None:
        """Write it, whole or not at all, with mode 0600; without a path, to where it came from."""
        target = self.path if path is None else fspath(path)
        if target is None:
            raise ValueError("expected a path, but the file was not loaded from one")
        self._raw.save(target)
        self._path = target

    def _release(self, release: str | None) -> str:
        return release or self.release or self._raw.likely_release()

    def __getitem__(self, name: str) -> str:
        value = self._raw.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name: str, value: str) -> None:
        self._raw.set(name, value)

    def __delitem__(self, name: str) -> None:
        if not self._raw.remove(name):
            raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw.names())

    def __len__(self) -> int:
        return len(self._raw.names())

    def __repr__(self) -> str:
        return f"<AnswerFile {self.path or 'without a path'}: {len(self)} parameters>"


def _address() -> str:
    """Give the address from which this machine speaks to others; nothing is sent to learn it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
