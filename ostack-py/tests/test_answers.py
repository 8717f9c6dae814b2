"""Answer files from Python."""

from __future__ import annotations

import stat
from collections.abc import MutableMapping
from pathlib import Path

import ostack
import pytest

TEXT = "[general]\n# who runs it\nCONFIG_HEAT_INSTALL=n\nCONFIG_KEYSTONE_ADMIN_PW=hunter2hunter2\n"


def test_it_is_a_mutable_mapping_that_keeps_the_text() -> None:
    file = ostack.AnswerFile.parse(TEXT)
    assert isinstance(file, MutableMapping)
    assert list(file) == ["CONFIG_HEAT_INSTALL", "CONFIG_KEYSTONE_ADMIN_PW"]
    assert file["config_heat_install"] == "n"
    assert file.get("CONFIG_X") is None
    assert file.text == TEXT
    file["CONFIG_HEAT_INSTALL"] = "y"
    assert file.text == TEXT.replace("INSTALL=n", "INSTALL=y")
    del file["CONFIG_HEAT_INSTALL"]
    assert "CONFIG_HEAT_INSTALL" not in file
    with pytest.raises(KeyError):
        del file["CONFIG_HEAT_INSTALL"]


def test_errors_carry_the_place_and_the_parameter() -> None:
    with pytest.raises(ostack.AnswerFileError) as error:
        ostack.AnswerFile.parse("[general]\nCONFIG_A\n")
    assert (error.value.line, error.value.column) == (2, 1)
    with pytest.raises(ostack.AnswerFileError) as error:
        ostack.AnswerFile.parse(TEXT)["CONFIG_A"] = " x"
    assert error.value.parameter == "CONFIG_A"
    with pytest.raises(ostack.ContextError, match="victoria"):
        ostack.AnswerFile.parse(TEXT).check("victora")


def test_a_verdict_has_packstacks_refusals_and_lints() -> None:
    verdict = ostack.AnswerFile.parse("[general]\nCONFIG_HEAT_INSTALL=maybe\n").check("victoria")
    assert not verdict.accepted
    first = verdict.problems[0]
    assert (first.severity, first.parameter, first.line) == ("error", "CONFIG_HEAT_INSTALL", 2)
    verdict = ostack.AnswerFile.parse("[general]\nCONFIG_HEAT_INSTAL=y\n").check("victoria")
    assert verdict.accepted
    assert "answer_parameter_unknown" in {problem.code for problem in verdict.problems}


def test_new_files_are_packstacks(tmp_path: Path) -> None:
    file = ostack.AnswerFile.new("victoria", local_ip="192.0.2.2", CONFIG_DEFAULT_PASSWORD="1234")
    assert file["CONFIG_NOVA_DB_PW"] == "1234"
    assert file.check().release == "victoria"
    file.save(tmp_path / "answers.txt")
    assert stat.S_IMODE((tmp_path / "answers.txt").stat().st_mode) == 0o600
    assert ostack.AnswerFile.load(tmp_path / "answers.txt").text == file.text
    with pytest.raises(ostack.AnswerFileError):
        ostack.AnswerFile.new("victoria", local_ip="192.0.2.2", CONFIG_HEAT_INSTALL="maybe")


def test_effective_values() -> None:
    file = ostack.AnswerFile.parse("[general]\nCONFIG_NEUTRON_L2_AGENT=openvswitch\n")
    assert file.effective("victoria")["CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS"] == "ovn"
    deployed = file.effective("victoria", stage="deployed")
    assert deployed["CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS"] == "openvswitch"


def test_differences_and_migration_mask_secrets() -> None:
    a, b = ostack.AnswerFile.parse(TEXT), ostack.AnswerFile.parse(TEXT.replace("hunter2", "other"))
    (difference,) = a.diff(b)
    assert difference.parameter == "CONFIG_KEYSTONE_ADMIN_PW"
    assert "hunter2" not in repr((a, difference, a.check("victoria"))) + str(difference.a.value)
    old = ostack.AnswerFile.new("queens", local_ip="192.0.2.2")
    new = old.migrate("victoria")
    assert new["CONFIG_NEUTRON_L2_AGENT"] == "openvswitch"
    assert new.check().accepted
    assert {step.action for step in new.steps} == {"dropped", "added"}
