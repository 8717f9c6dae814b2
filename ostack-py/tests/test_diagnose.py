"""The main job from Python: a log in, a report out."""

from __future__ import annotations

import contextlib
import gzip
import json
import lzma
import os
import pickle
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import ostack
import pytest

LOG = (
    "Warning: The function 'hiera' is deprecated in favor of using 'lookup'.\n"
    "Error: Function lookup() did not find a value for the name 'DEFAULT_EXEC_TIMEOUT'\n"
)
PACKAGES = """\
bash-4.4.19-12.el8.x86_64
centos-release-openstack-victoria-1-1.el8.noarch
puppet-agent-7.4.1-1.el8.x86_64
puppet7-release-7.0.0-1.el8.noarch
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "192.0.2.2_controller.pp.log"
    path.write_text(LOG)
    return path


def test_a_log_is_diagnosed(log: Path) -> None:
    report = ostack.diagnose(str(log))
    assert "Hiera" in report.diagnoses[0].title
    assert report.diagnoses[0].evidence[0].line == 2
    assert report.unexplained == []
    assert bool(report)


def test_several_paths_and_a_folder(log: Path, tmp_path: Path) -> None:
    (tmp_path / "other.log").write_text("all is well\n")
    assert ostack.diagnose([log, tmp_path / "other.log"]).diagnoses
    assert ostack.diagnose(tmp_path).diagnoses


def test_text_and_bytes_say_the_same() -> None:
    of_text = ostack.diagnose_text(LOG)
    of_bytes = ostack.diagnose_text(LOG.encode() + b"\xff\xfe\n")
    assert of_text.diagnoses[0].rule == of_bytes.diagnoses[0].rule == "puppet_hiera_data_missing"
    assert not ostack.diagnose_text("")


def test_the_packages_give_the_cause(log: Path, tmp_path: Path) -> None:
    packages = tmp_path / "rpm-qa.txt"
    packages.write_text(PACKAGES)
    diagnosis = ostack.diagnose(log, packages=packages, os="centos-8").diagnoses[0]
    assert diagnosis.rule == "puppet_not_from_rdo"
    assert diagnosis.symptoms[0].rule == "puppet_hiera_data_missing"
    commands = [step.command for step in diagnosis.fix[0].steps if step.command]
    assert commands[0] == "dnf remove puppet-agent puppet7-release"
    assert diagnosis.fix[0].risk == "disruptive"
    assert diagnosis.again is not None
    assert diagnosis.again.command.startswith("packstack --answer-file=")


def test_dict_json_and_text_are_the_command_lines(log: Path) -> None:
    report = ostack.diagnose(log)
    assert report.to_dict() == json.loads(report.to_json())
    assert report.to_dict()["schema"] == 1
    assert str(report).startswith("error[puppet_hiera_data_missing]: ")
    assert "puppet_hiera_data_missing" in repr(report)


def test_secrets_are_masked_unless_told_otherwise() -> None:
    text = LOG + "Error: could not run mysql://nova:hunter2@192.0.2.2/nova\n"
    assert "hunter2" not in ostack.diagnose_text(text).to_json()
    assert "hunter2" in ostack.diagnose_text(text, redact=False).to_json()


def test_what_cannot_be_read_says_where(tmp_path: Path) -> None:
    with pytest.raises(ostack.FileError) as raised:
        ostack.diagnose(tmp_path / "none.log")
    assert raised.value.path == str(tmp_path / "none.log")
    assert isinstance(raised.value, OSError)
    with pytest.raises(ostack.ContextError, match="victoria"):
        ostack.diagnose_text(LOG, release="victora")
    bad = tmp_path / "answers.txt"
    bad.write_text("[general]\nno value here\n")
    with pytest.raises(ostack.AnswerFileError) as refused:
        ostack.diagnose_text(LOG, answers=bad)
    assert (refused.value.path, refused.value.line) == (str(bad), 2)


def test_rules_are_known_and_can_be_added(tmp_path: Path) -> None:
    builtin = ostack.KnowledgeBase.builtin()
    assert "puppet_not_from_rdo" in builtin
    assert len(builtin) == len(builtin.ids())
    assert "RDO" in builtin.rule("puppet_not_from_rdo").cause
    (tmp_path / "x.toml").write_text("format = 1\nid = 'other'\n")
    with pytest.raises(ostack.RuleError) as raised:
        ostack.KnowledgeBase.load([tmp_path])
    assert raised.value.line is not None
    (tmp_path / "x.toml").write_text(
        """
format = 1
id = "x"
title = "The flux is low"
component = "host"
severity = "error"
cause = "A test."
[[pattern]]
name = "flux"
regex = 'flux capacitor'
"""
    )
    rules = ostack.KnowledgeBase.load([tmp_path], builtin=False)
    report = ostack.diagnose_text("the flux capacitor is cold\n", rules=rules)
    assert [d.title for d in report.diagnoses] == ["The flux is low"]
    assert report.to_dict()["rules_loaded"] == [str(tmp_path / "x.toml")]


def test_versions_compare_hash_and_pickle() -> None:
    older, newer = ostack.Version("6.14.0-2.el8", "rpm"), ostack.Version("1:5.5-1", "rpm")
    assert older < newer
    assert {older, ostack.Version("6.14.0-2.el8", "rpm")} == {older}
    assert pickle.loads(pickle.dumps(newer)) == newer
    constraint = ostack.Constraint("puppet >= 1:5.5", "rpm")
    assert constraint.name == "puppet"
    assert constraint.allows(newer)
    assert not constraint.allows(older)
    assert pickle.loads(pickle.dumps(constraint)) == constraint
    with pytest.raises(TypeError):
        assert older < ostack.Version("1.0", "pep440")
    with pytest.raises(ostack.VersionError) as raised:
        ostack.Constraint(">= >= 1", "puppet")
    assert raised.value.column is not None


def test_an_archive_is_read_as_the_folder_in_it(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "puppet.log").write_text(LOG)
    (logs / "puppet.log.1.gz").write_bytes(gzip.compress(b"Notice: nothing\n"))
    for mode in ("w", "w:gz", "w:xz", "w:bz2"):
        archive = tmp_path / "sosreport.data"
        with tarfile.open(archive, mode) as tar:
            tar.add(logs, "logs")
        report = ostack.diagnose([archive])
        assert [d.component for d in report.diagnoses] == ["puppet"]
        assert report.diagnoses[0].evidence[0].path == f"{archive}:logs/puppet.log"
        paths = [source["path"] for source in report.to_dict()["sources"]]
        assert paths == [f"{archive}:logs/puppet.log.1.gz", f"{archive}:logs/puppet.log"]


def test_compressed_and_utf16_text_is_read() -> None:
    for text in (gzip.compress(LOG.encode()), lzma.compress(LOG.encode()), LOG.encode("utf-16")):
        assert [d.component for d in ostack.diagnose_text(text).diagnoses] == ["puppet"]


def test_ctrl_c_stops_a_diagnosis(tmp_path: Path) -> None:
    fifo = tmp_path / "endless"
    os.mkfifo(fifo)
    script = f"import ostack; ostack.diagnose({str(fifo)!r})"
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) as python:
        with contextlib.suppress(BrokenPipeError), fifo.open("wb", buffering=0) as pipe:
            pipe.write(b"Notice: x\n" * 1000)
            time.sleep(0.5)
            python.send_signal(signal.SIGINT)
            while python.poll() is None:
                pipe.write(b"Notice: x\n" * 1000)
        assert python.stderr is not None
        assert b"KeyboardInterrupt" in python.stderr.read()


def test_what_does_not_fit_is_facts() -> None:
    report = ostack.diagnose_text(
        "Error: \n Problem: conflicting requests\n  - nothing provides qemu-kvm >= 15:4.2 needed by "
        "openstack-nova-compute-1:22.2.1-1.el8.noarch from centos-openstack-victoria\n"
    )
    conflict = report.diagnoses[0].conflicts[0]
    assert (conflict.kind, conflict.tool, conflict.requires) == ("nothing_provides", "dnf", "qemu-kvm >= 15:4.2")
    assert conflict.package is not None
    assert conflict.package.version == "1:22.2.1-1.el8"
    assert conflict.package.repo == "centos-openstack-victoria"
    assert conflict.text in report.diagnoses[0].cause
