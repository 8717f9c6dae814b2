"""Versions, constraints, hosts and the audit of packages."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import ostack
import pytest

LIST = """\
bash-4.4.20-1.el8.x86_64
centos-linux-release-8.4-1.2105.el8.noarch
centos-release-openstack-victoria-1-1.el8.noarch
facter-3.14.2-2.el8.x86_64
puppet-agent-7.4.1-1.el8.x86_64
"""


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    path = tmp_path / "rpm-qa.txt"
    path.write_text(LIST)
    return path


def test_versions_are_ordered_hashed_and_copied() -> None:
    texts = ["1.0~rc1-1", "1.0-1", "1.0^git1-1", "1.0a-1", "1.0.1-1", "1.2-1", "1.10-1", "1:0.1-1"]
    versions = [ostack.Version(text, "rpm") for text in texts]
    assert sorted(reversed(versions)) == versions
    assert [str(version) for version in versions] == texts
    for scheme, a, b in [("pep440", "1.0", "1.0.0"), ("rpm", "1.0-1", "0:1.00-01"), ("semver", "1.0.0", "1.0.0+b")]:
        one, other = ostack.Version(a, scheme), ostack.Version(b, scheme)  # type: ignore[arg-type]
        assert one == other and hash(one) == hash(other) and one <= other and not one != other
    version = versions[0]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(version, protocol))
        assert (again, str(again), again.scheme) == (version, str(version), "rpm")
    assert copy.deepcopy(version) == version
    assert eval(repr(version), {"Version": ostack.Version}) == version
    assert version != "1.0~rc1-1" and version != ostack.Version("1.0", "pep440")
    with pytest.raises(TypeError):
        assert version < ostack.Version("1.0", "pep440")


def test_constraints_are_hashed_and_copied() -> None:
    constraint = ostack.Constraint("puppet >= 1:5.5", "rpm")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(constraint, protocol))
        assert again == constraint and hash(again) == hash(constraint) and again.name == "puppet"
    assert constraint.overlaps(again)
    assert constraint != ostack.Constraint("puppet >= 1:5.6", "rpm")
    assert constraint != "puppet >= 1:5.5"
    with pytest.raises(TypeError):
        constraint.allows(ostack.Version("6.0.0", "puppet"))
    with pytest.raises(TypeError):
        constraint.overlaps(ostack.Constraint(">=1", "pep440"))
    with pytest.raises(ostack.VersionError) as raised:
        ostack.Constraint("puppet >= a b", "rpm")
    assert raised.value.column == 12


def test_a_host_says_what_it_knows_and_where_from(packages: Path) -> None:
    host = ostack.Host.from_packages(packages)
    assert host.os is not None and host.os.value == "centos-8" and host.os.line == 2
    assert host.release is not None and host.release.value == "victoria"
    facter = host.package("facter")
    assert facter is not None and (facter.epoch, facter.version, facter.line) == (1, "3.14.2", 4)
    assert facter.repo is None and facter.path == str(packages)
    assert host.satisfies(ostack.Constraint("puppet-agent >= 7", "rpm")) is True
    assert host.holds("(facter >= 1:3.0 with facter < 1:4)") is True
    assert host.holds("(hiera-puppet if bash)") is False
    assert host.holds("/usr/bin/puppet") is None
    assert host.repo_enabled("epel") is None
    assert "centos-8" in repr(host)
    with pytest.raises(ostack.VersionError):
        host.holds("(facter and)")
    with pytest.raises(ostack.FileError):
        ostack.Host.from_packages(packages.with_name("none"))


def test_other_lists_are_told_by_their_content(packages: Path) -> None:
    pip = packages.with_name("pip.txt")
    pip.write_text("oslo.config==8.3.2\n")
    host = ostack.Host.load([packages, pip])
    assert [package.name for package in host.python_packages] == ["oslo.config"]
    texts = {
        "facter": "facterversion => 3.14.2\n",
        "modules": "/etc/puppet/modules\n└── openstack-nova (v17.4.0)\n",
        "repolist": "repo id   repo name\nbaseos    Base\n",
    }
    host = ostack.Host.from_texts(texts)
    fact = host.fact("facterversion")
    assert fact is not None and (fact.value, fact.path) == ("3.14.2", "facter")
    module = host.puppet_modules[0]
    assert (module.author, module.name, module.version) == ("openstack", "nova", "17.4.0")
    assert host.repo_enabled("baseos") is True and host.repo_enabled("epel") is False
    with pytest.raises(ostack.ContextError):
        ostack.Host.from_texts({"x": "no list at all"})


def test_the_audit_finds_the_vendors_puppet(packages: Path) -> None:
    found = ostack.audit(packages)
    assert [finding.rule for finding in found] == ["puppet_not_from_rdo"]
    assert found[0].evidence[0].note == "RDO victoria ships puppet-6.14.0-2.el8"
    packages.write_text(LIST.replace("puppet-agent-7.4.1-1.el8.x86_64", "puppet-6.14.0-2.el8.noarch"))
    assert ostack.audit([packages], release="victoria", os="centos-8") == []
