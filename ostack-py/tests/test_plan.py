"""Plans and preflights from Python."""

import subprocess
from pathlib import Path

import pytest

import ostack

HOSTS = Path(__file__).parents[2] / "tests" / "hosts"


def test_a_plan_has_typed_steps_and_all_forms() -> None:
    plan = ostack.plan("victoria", "centos-8")
    assert (plan.release, plan.os) == ("victoria", "centos-8")
    assert len(plan) == len(plan.steps) > 10
    step = next(step for step in plan.steps if step.id == "release")
    assert step.commands == ["sudo dnf install -y centos-release-openstack-victoria"]
    assert step.risk == "safe" and not step.optional and step.again is None
    assert plan.to_dict()["steps"][0]["id"] == plan.steps[0].id
    assert plan.to_markdown().startswith("# OpenStack victoria on centos-8")
    assert str(plan).startswith("victoria on centos-8: ")
    subprocess.run(["sh", "-n"], input=plan.to_sh(), text=True, check=True)


def test_a_plan_runs_packstack_with_an_answer_file(tmp_path: Path) -> None:
    answers = tmp_path / "answers.txt"
    answers.write_text("[general]\nCONFIG_HEAT_INSTALL=n\n")
    plan = ostack.plan("2024.1", "centos-stream-9", answers)
    assert plan.steps[-1].commands == [f"sudo packstack --answer-file={answers}"]
    with pytest.raises(ostack.FileError):
        ostack.plan("2024.1", "centos-stream-9", tmp_path / "absent")


def test_a_pair_that_never_was_is_refused_with_the_nearest() -> None:
    with pytest.raises(ostack.ContextError, match="RDO never supported zed on centos-8"):
        ostack.plan("zed", "centos-8")


def test_a_prepared_host_has_nothing_to_find() -> None:
    host = HOSTS / "victoria-centos-8-prepared"
    found = ostack.preflight(
        host,
        release="victoria",
        packages=f"{host}.rpm-qa.txt",
        answers=f"{host}.answers.txt",
    )
    assert not found and found.findings == []
    assert "the free disk space" in [unknown.what for unknown in found.unknown]


def test_findings_are_those_of_a_diagnosis() -> None:
    found = ostack.preflight(HOSTS / "yoga-stream-9-second-run", release="yoga")
    assert found
    two = next(finding for finding in found.findings if finding.rule == "two_releases_at_once")
    assert two.severity == "error" and two.evidence[0].kind == "file"
    assert found.to_dict()["findings"][0]["rule"] == found.findings[0].rule
    assert "a-made-up-word" not in found.to_json()
    assert {unknown.by for unknown in found.unknown} == {"file", "host"}


def test_a_root_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ostack.FileError):
        ostack.preflight(tmp_path / "absent")
