#!/usr/bin/env python3
"""Prints what dnf, rpm, pip and puppet say of packages that do not fit: the logs of `tests/conflicts`.

Usage: print.py [NAME ...]

Each case below builds its packages (rpmbuild), repositories (createrepo_c) and an install root of its
own, and runs the real tool in it, without a network. The packages are made up: they hold names,
versions and relations as RDO's do, and nothing else. What changes from run to run (speeds, times, the
folder of the set-up) is left out or replaced, and Debian's own remark on rpm. Needs rpmbuild, createrepo_c, dnf, rpm and openssl; for
the cases of pip and puppet, these.
"""
import dataclasses, hashlib, http.server, json, os, pathlib, re, shutil, subprocess, sys, tarfile, threading, zipfile

HERE = pathlib.Path(__file__).resolve().parent
WORK = pathlib.Path(os.environ.get("OSTACK_CONFLICTS", "/tmp/ostack-conflicts"))
ENV = {**{name: value for name, value in os.environ.items() if not name.startswith("PIP_")}, "LC_ALL": "C.UTF-8", "COLUMNS": "80", "HOME": str(WORK)}
VICTORIA, WALLABY = "centos-openstack-victoria", "centos-openstack-wallaby"


@dataclasses.dataclass
class Rpm:
    name: str
    evr: str
    requires: tuple = ()
    conflicts: tuple = ()
    obsoletes: tuple = ()
    provides: tuple = ()
    recommends: tuple = ()
    files: dict = dataclasses.field(default_factory=dict)
    arch: str = "noarch"

    def build(self):
        epoch, _, rest = self.evr.rpartition(":")
        version, release = rest.rsplit("-", 1)
        tags = [f"Name: {self.name}", f"Version: {version}", f"Release: {release}", "Summary: Made up",
                "License: MIT", "AutoReqProv: no"]
        tags += [f"Epoch: {epoch}"] if epoch else []
        tags += ["BuildArch: noarch"] if self.arch == "noarch" else []
        for tag in ("requires", "conflicts", "obsoletes", "provides", "recommends"):
            tags += [f"{tag.capitalize()}: {value}" for value in getattr(self, tag)]
        writes = [f"mkdir -p %{{buildroot}}{os.path.dirname(path)}\nprintf '%s' '{text}' > %{{buildroot}}{path}"
                  for path, text in self.files.items()]
        spec = "\n".join(tags) + "\n%description\nMade up.\n%install\n" + "\n".join(writes) + "\n%files\n" + "\n".join(self.files) + "\n"
        top = WORK / "built" / hashlib.sha256((spec + self.arch).encode()).hexdigest()[:16]
        if not top.exists():
            (top / "SPECS").mkdir(parents=True)
            (top / "SPECS" / "a.spec").write_text(spec)
            run(["rpmbuild", "-bb", "--quiet", "--target", self.arch, "--define", f"_topdir {top}", "--define",
                 "_build_id_links none", "--define", "debug_package %{nil}", str(top / "SPECS" / "a.spec")], check=True)
        return next(top.glob("RPMS/*/*.rpm"))


def run(command, check=False, cwd=None, env=ENV):
    done = subprocess.run(command, env=env, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if check and done.returncode:
        sys.exit(f"{command}: {done.stdout}")
    return done.stdout


class Host:
    """An install root with repositories."""

    def __init__(self, case):
        self.top = WORK / "cases" / case
        shutil.rmtree(self.top, ignore_errors=True)
        self.root = self.top / "root"
        (self.top / "yum.repos.d").mkdir(parents=True)
        self.root.mkdir()

    def repo(self, id, *packages, modules=None, options=""):
        folder = self.top / "repos" / id
        folder.mkdir(parents=True)
        for package in packages:
            shutil.copy(package.build(), folder)
        run(["createrepo_c", "--quiet", str(folder)], check=True)
        if modules:
            (self.top / "modules.yaml").write_text(modules)
            run(["modifyrepo_c", "--mdtype=modules", str(self.top / "modules.yaml"), str(folder / "repodata")], check=True)
        (self.top / "yum.repos.d" / f"{id}.repo").write_text(
            f"[{id}]\nname={id}\nbaseurl=file://{folder}\nenabled=1\ngpgcheck=0\n{options}\n")
        return folder

    def installed(self, *packages):
        run(["rpm", "--root", str(self.root), "-i", "--nodeps", "--force"] + [str(p.build()) for p in packages], check=True)

    def setup(self):
        """The options that make dnf's host one of EL 8."""
        return ["--disableplugin=*", "--installroot", str(self.root), "--releasever=8", "--setopt=module_platform_id=platform:el8",
                f"--setopt=reposdir={self.top}/yum.repos.d", f"--setopt=cachedir={self.top}/cache", "--setopt=keepcache=1",
                "--setopt=protected_packages=", "--setopt=install_weak_deps=1"]

    def dnf(self, *arguments, options=()):
        """Runs dnf, and gives the prompt, the command and what it printed."""
        printed = run(["dnf", *self.setup(), *options, *arguments])
        return self.shown("dnf", arguments, printed)

    def rpm(self, *arguments):
        paths = [str(a.build()) if isinstance(a, Rpm) else a for a in arguments]
        printed = run(["rpm", "--root", str(self.root), *paths])
        names = [os.path.basename(p) for p in paths]
        return self.shown("rpm", names, printed)

    def shown(self, tool, arguments, printed):
        printed = printed.replace(f"{self.top}/cache", "/var/cache/dnf").replace(f"{self.top}/repos", "/srv/repos").replace(str(self.root), "")
        printed = re.sub(r"/var/cache/dnf/([\w.-]+)-[0-9a-f]{16}", r"/var/cache/dnf/\1", printed)
        lines = [line for line in printed.splitlines(keepends=True)
                 if not re.search(r" [kMG]?B/s \| |^Last metadata expiration|^Total  |^rpm: ", line)]
        return f"[root@controller ~]# {tool} {' '.join(arguments)}\n" + "".join(lines)


CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def nova(version, name="nova-api"):
    """openstack-nova-* and python3-nova of one version."""
    return (Rpm(f"openstack-{name}", version, requires=(f"python3-nova = {version}",)), Rpm("python3-nova", version))


# dnf: what nothing provides

@case
def dnf_nothing_provides_version(h):
    h.repo(VICTORIA, Rpm("openstack-nova-compute", "1:22.2.1-1.el8", requires=("qemu-kvm-core >= 4.2.0",)))
    return h.dnf("-y", "install", "openstack-nova-compute")


@case
def dnf_chain_ends_in_powertools(h):
    h.repo(VICTORIA, Rpm("openstack-glance", "1:21.1.0-1.el8", requires=("python3-glance = 1:21.1.0-1.el8",)),
           Rpm("python3-glance", "1:21.1.0-1.el8", requires=("python3-pyxattr >= 0.5.3",)))
    return h.dnf("-y", "install", "openstack-glance")


@case
def dnf_two_problems(h):
    h.repo(VICTORIA, Rpm("openstack-neutron-ovn-metadata-agent", "1:17.3.0-1.el8", requires=("ovn2.13-host >= 20.12",)),
           Rpm("rabbitmq-server", "3.8.3-1.el8", requires=("erlang >= 21.3",)))
    return h.dnf("-y", "install", "openstack-neutron-ovn-metadata-agent", "rabbitmq-server")


@case
def dnf_only_another_version_offered(h):
    h.repo(VICTORIA, Rpm("openstack-keystone", "1:18.0.0-1.el8", requires=("python3-keystone = 1:18.0.0-1.el8",)),
           Rpm("python3-keystone", "1:18.1.0-1.el8"))
    return h.dnf("-y", "install", "openstack-keystone")


@case
def dnf_epoch_missing_in_candidate(h):
    h.repo(VICTORIA, Rpm("openstack-cinder", "1:17.4.0-1.el8", requires=("python3-cinder >= 1:17.0.0",)))
    h.repo("local-rebuilds", Rpm("python3-cinder", "17.4.0-1.el8"))
    return h.dnf("-y", "install", "openstack-cinder", "python3-cinder")


@case
def dnf_release_of_later_library(h):
    h.repo(VICTORIA, Rpm("python3-oslo-db", "8.4.0-1.el8"))
    h.repo("delorean", Rpm("openstack-placement-api", "5.0.1-1.el8", requires=("python3-oslo-db >= 8.6.0",)))
    return h.dnf("-y", "install", "openstack-placement-api")


@case
def dnf_python_dist(h):
    h.repo("centos-openstack-yoga", Rpm("python3-barbicanclient", "5.3.0-1.el8", requires=("python3.6dist(oslo-utils) >= 4.5",)))
    return h.dnf("-y", "install", "python3-barbicanclient")


@case
def dnf_shared_library(h):
    h.repo("epel", Rpm("rabbitmq-c-utils", "0.11.0-1.el9", requires=("libcrypto.so.3()(64bit)", "libcrypto.so.3(OPENSSL_3.0.0)(64bit)"), arch="x86_64"))
    return h.dnf("-y", "install", "rabbitmq-c-utils")


@case
def dnf_rich_requirement(h):
    h.repo(VICTORIA, Rpm("openstack-ironic-conductor", "1:16.2.2-1.el8", requires=("(ipxe-bootimgs >= 20181214 or ipxe-bootimgs-x86)",)))
    return h.dnf("-y", "install", "openstack-ironic-conductor")


# dnf: what is there and may not be taken

@case
def dnf_excluded(h):
    h.repo("centos-nfv-openvswitch", Rpm("openvswitch2.13", "2.13.0-79.el8s"), options="excludepkgs=openvswitch*")
    h.repo(VICTORIA, Rpm("rdo-openvswitch", "1:2.13-3.el8", requires=("openvswitch2.13 >= 2.13.0",)))
    return h.dnf("-y", "install", "rdo-openvswitch")


@case
def dnf_excluded_argument(h):
    h.repo(VICTORIA, Rpm("openstack-packstack", "1:17.0.0-1.el8"), options="excludepkgs=openstack-packstack")
    return h.dnf("-y", "install", "openstack-packstack")


MODULES = """---
document: modulemd
version: 2
data:
  name: {name}
  stream: "{stream}"
  version: 8020020200101010101
  context: abcdef12
  arch: x86_64
  summary: Made up
  description: Made up
  license:
    module: [MIT]
  dependencies:
  - requires:
      platform: [{platform}]
  artifacts:
    rpms: [{rpms}]
...
"""


@case
def dnf_modular_filter(h):
    h.repo("appstream", Rpm("mariadb-server", "3:10.3.28-1.module_el8.3.0+757+d382997d"),
           modules=MODULES.format(name="mariadb", stream="10.3", platform="el8",
                                  rpms="mariadb-server-3:10.3.28-1.module_el8.3.0+757+d382997d.noarch"))
    h.repo(VICTORIA, Rpm("mariadb-server-galera", "3:10.3.28-2.el8", requires=("mariadb-server >= 3:10.3.20",)))
    return h.dnf("-y", "install", "mariadb-server-galera")


@case
def dnf_module_stream_conflict(h):
    two = MODULES.format(name="virt", stream="rhel", platform="el8", rpms="") + MODULES.format(name="virt", stream="8.3", platform="el8", rpms="")
    h.repo("appstream", Rpm("qemu-kvm", "15:4.2.0-34.el8"), modules=two)
    h.dnf("-y", "module", "enable", "virt:rhel")
    return h.dnf("-y", "module", "enable", "virt:8.3")


@case
def dnf_module_of_other_platform(h):
    h.repo("advanced-virtualization", Rpm("qemu-kvm", "15:6.2.0-20.el9"),
           modules=MODULES.format(name="virt", stream="av", platform="el9", rpms=""))
    return h.dnf("-y", "module", "enable", "virt:av")


@case
def dnf_module_missing(h):
    h.repo("appstream", Rpm("bash", "4.4.20-1.el8"))
    return h.dnf("-y", "module", "enable", "virt:av")


@case
def dnf_inferior_architecture(h):
    h.repo("appstream", Rpm("openssl-libs", "1:1.1.1k-9.el8", arch="i686"), Rpm("socat", "1.7.4-1.el8", requires=("openssl-libs(x86-32) = 1:1.1.1k-9.el8",), arch="i686"))
    h.repo("vendor-i586", Rpm("openssl-libs", "1:1.1.1g-1", arch="i586"),
           Rpm("erlang-crypto", "22.3-1.el8", requires=("openssl-libs(x86-32) = 1:1.1.1g-1",), arch="i686"))
    return h.dnf("-y", "install", "erlang-crypto", "socat")


# dnf: what excludes each other

@case
def dnf_conflicts_with_installed(h):
    h.installed(Rpm("mysql-community-server", "8.0.21-1.el8", provides=("mysql-server",)))
    h.repo(VICTORIA, Rpm("mariadb-server", "3:10.3.28-1.el8", conflicts=("mysql-server",)))
    return h.dnf("-y", "install", "mariadb-server")


@case
def dnf_cannot_install_both(h):
    h.repo(VICTORIA, *nova("1:22.2.1-1.el8"))
    h.repo(WALLABY, *nova("1:23.0.1-1.el8", name="nova-conductor"))
    return h.dnf("-y", "install", "openstack-nova-api", "openstack-nova-conductor")


@case
def dnf_installed_of_other_release(h):
    api, python = nova("1:22.2.1-1.el8")
    wallaby_api, wallaby_python = nova("1:23.0.1-1.el8", name="nova-scheduler")
    h.installed(wallaby_api, wallaby_python)
    h.repo(VICTORIA, api, python)
    return h.dnf("-y", "install", "openstack-nova-api")


@case
def dnf_best_candidate(h):
    h.installed(Rpm("python3-kombu", "1:4.6.6-1.el8"))
    h.repo(VICTORIA, Rpm("python3-kombu", "1:4.6.11-1.el8", requires=("python3-vine >= 1.3.0",)))
    return h.dnf("-y", "--best", "upgrade", "python3-kombu")


@case
def dnf_obsoletes(h):
    h.repo("puppet7", Rpm("puppet-agent", "7.4.1-1.el8", obsoletes=("hiera < 4.0.0",), arch="x86_64"))
    h.repo(VICTORIA, Rpm("hiera", "3.6.0-2.el8"), Rpm("puppet", "6.14.0-2.el8", requires=("hiera >= 3.3.1",)))
    return h.dnf("-y", "install", "puppet", "hiera", "puppet-agent")


@case
def dnf_vendor_puppet_in_the_way(h):
    h.installed(Rpm("puppet-agent", "7.4.1-1.el8", conflicts=("puppet < 7",), arch="x86_64"))
    h.repo(VICTORIA, Rpm("puppet", "6.14.0-2.el8"),
           Rpm("openstack-packstack-puppet", "1:17.0.0-1.el8", requires=("puppet < 7.0.0",)))
    return h.dnf("-y", "install", "openstack-packstack-puppet")


@case
def dnf_ovn_two_streams(h):
    h.repo("centos-nfv-openvswitch", Rpm("ovn2.13", "20.12.0-24.el8s", provides=("ovn = 20.12.0",)),
           Rpm("ovn-2021", "21.06.0-29.el8s", provides=("ovn = 21.06.0",), conflicts=("ovn2.13",)))
    h.repo(VICTORIA, Rpm("rdo-ovn", "2:2.13-2.el8", requires=("ovn2.13 >= 20.12",)),
           Rpm("rdo-ovn-2021", "2:21.06-1.el8", requires=("ovn-2021 >= 21.06",)))
    return h.dnf("-y", "install", "rdo-ovn", "rdo-ovn-2021")


@case
def dnf_upgrade_held_by_installed(h):
    h.installed(Rpm("python3-django", "2.2.24-1.el8"), Rpm("openstack-dashboard", "1:18.6.4-1.el8", requires=("python3-django < 3.0",)))
    h.repo("epel", Rpm("python3-django", "3.2.20-1.el8"))
    return h.dnf("-y", "--best", "upgrade", "python3-django", "openstack-dashboard")


@case
def dnf_library_of_two_minds(h):
    h.repo(VICTORIA, Rpm("python3-sqlalchemy", "1.3.19-1.el8"), Rpm("python3-migrate", "0.13.0-3.el8", requires=("python3-sqlalchemy < 1.4",)))
    h.repo("epel", Rpm("python3-sqlalchemy", "1.4.31-1.el8"), Rpm("python3-alembic", "1.7.5-1.el8", requires=("python3-sqlalchemy >= 1.4",)))
    return h.dnf("-y", "install", "python3-migrate", "python3-alembic")


@case
def dnf_two_replace_one(h):
    h.installed(Rpm("openvswitch", "1:2.12.0-1.el8"))
    h.repo("centos-nfv-openvswitch", Rpm("openvswitch2.13", "2.13.0-79.el8s", obsoletes=("openvswitch < 1:2.13",)),
           Rpm("openvswitch2.15", "2.15.0-24.el8s", obsoletes=("openvswitch < 1:2.15",), conflicts=("openvswitch2.13",)))
    h.repo(VICTORIA, Rpm("openstack-neutron-openvswitch", "1:17.3.0-1.el8", requires=("openvswitch2.13", "openvswitch2.15 >= 2.15")))
    return h.dnf("-y", "install", "openstack-neutron-openvswitch")


@case
def dnf_requirement_of_installed(h):
    h.installed(Rpm("ovn2.13", "20.12.0-24.el8s"), Rpm("rdo-ovn", "2:2.13-2.el8", requires=("ovn2.13 = 20.12.0",)))
    h.repo("centos-nfv-openvswitch", Rpm("ovn2.13", "21.12.0-1.el8s"))
    h.repo(VICTORIA, Rpm("openstack-neutron-ovn-agent", "1:17.3.0-1.el8", requires=("ovn2.13 >= 21",)))
    return h.dnf("-y", "install", "openstack-neutron-ovn-agent")


@case
def dnf_distupgrade(h):
    h.installed(Rpm("python3-sqlalchemy", "1.4.31-1.el8"), Rpm("local-billing", "2.0-1", requires=("python3-sqlalchemy >= 1.4",)))
    h.repo(VICTORIA, Rpm("python3-sqlalchemy", "1.3.19-1.el8"))
    return h.dnf("-y", "distro-sync", "--best")


@case
def dnf_protected(h):
    h.installed(Rpm("python3-libs", "3.6.8-37.el8"), Rpm("dnf", "4.2.23-4.el8", requires=("python3-libs",)))
    return h.dnf("-y", "remove", "python3-libs", options=["--setopt=protected_packages=dnf"])


@case
def dnf_no_match(h):
    h.repo("baseos", Rpm("bash", "4.4.20-1.el8"))
    return h.dnf("-y", "install", "openstack-packstack", "crudini")


# dnf: metadata, download and the transaction

@case
def dnf_metadata_missing(h):
    folder = h.repo(VICTORIA, Rpm("bash", "4.4.20-1.el8"))
    shutil.rmtree(folder / "repodata")
    return h.dnf("-y", "install", "bash")


@case
def dnf_package_file_gone(h):
    folder = h.repo(VICTORIA, Rpm("openstack-heat-api", "1:15.1.0-1.el8"))
    for rpm in folder.glob("*.rpm"):
        rpm.unlink()
    return h.dnf("-y", "install", "openstack-heat-api")


@case
def dnf_package_not_signed(h):
    h.repo(VICTORIA, Rpm("openstack-heat-engine", "1:15.1.0-1.el8"))
    return h.dnf("-y", "install", "openstack-heat-engine", options=[f"--setopt={VICTORIA}.gpgcheck=1"])


@case
def dnf_file_conflict_of_two(h):
    h.repo(VICTORIA, Rpm("mariadb-common", "3:10.3.28-1.el8", files={"/etc/my.cnf.d/client.cnf": "mariadb"}))
    h.repo("mysql80-community", Rpm("mysql-community-common", "8.0.21-1.el8", files={"/etc/my.cnf.d/client.cnf": "mysql"}))
    return h.dnf("-y", "install", "mariadb-common", "mysql-community-common")


@case
def dnf_file_conflict_with_installed(h):
    h.installed(Rpm("python3-openvswitch", "2.12.0-1.el8", files={"/usr/lib/python3.6/site-packages/ovs/version.py": "2.12"}))
    h.repo("centos-nfv-openvswitch", Rpm("python3-openvswitch2.13", "2.13.0-79.el8s", files={"/usr/lib/python3.6/site-packages/ovs/version.py": "2.13"}))
    return h.dnf("-y", "install", "python3-openvswitch2.13")


# rpm

@case
def rpm_needs(h):
    return h.rpm("-Uvh", Rpm("openstack-nova-api", "1:22.2.1-1.el8", requires=("openstack-nova-common = 1:22.2.1-1.el8", "python3-paste-deploy >= 1.5.2")))


@case
def rpm_needs_other_version_than_installed(h):
    h.installed(Rpm("python3-neutron", "17.4.1-1.el8"))
    return h.rpm("-Uvh", Rpm("openstack-neutron", "1:17.4.1-1.el8", requires=("python3-neutron = 1:17.4.1-1.el8",)))


@case
def rpm_erase_needed(h):
    h.installed(Rpm("firewalld", "0.8.2-2.el8"), Rpm("firewall-config", "0.8.2-2.el8", requires=("firewalld = 0.8.2-2.el8",)))
    return h.rpm("-e", "firewalld")


@case
def rpm_conflicts(h):
    h.installed(Rpm("openvswitch", "1:2.12.0-1.el8"))
    return h.rpm("-ivh", Rpm("openvswitch2.13", "2.13.0-79.el8s", conflicts=("openvswitch < 1:2.13",)))


@case
def rpm_obsoleted(h):
    h.installed(Rpm("python3-mod_wsgi", "4.6.4-4.el8", obsoletes=("python36-mod_wsgi < 4.6.5",)))
    return h.rpm("-ivh", Rpm("python36-mod_wsgi", "4.5.15-1.el8"))


@case
def rpm_file_conflict(h):
    h.installed(Rpm("puppet-agent", "7.4.1-1.el8", files={"/etc/sysconfig/puppet": "vendor"}, arch="x86_64"))
    return h.rpm("-ivh", Rpm("puppet", "6.14.0-2.el8", files={"/etc/sysconfig/puppet": "rdo"}))


@case
def rpm_newer_installed(h):
    h.installed(Rpm("libgomp", "8.5.0-10.el8", arch="x86_64"))
    return h.rpm("-Uvh", Rpm("libgomp", "8.3.1-5.el8", arch="x86_64"))


@case
def rpm_other_architecture(h):
    return h.rpm("-ivh", Rpm("liberasurecode", "1.6.1-2.el8", arch="aarch64"))


# dnf that comes to an end all the same: no failure

@case
def healthy_dnf_skips_broken(h):
    h.repo(VICTORIA, Rpm("openstack-heat-ui", "4.0.0-1.el8", requires=("openstack-dashboard >= 1:18.3",)), Rpm("bash", "4.4.20-1.el8"))
    return h.dnf("-y", "--skip-broken", "install", "openstack-heat-ui", "bash")


@case
def healthy_dnf_keeps_the_older(h):
    h.installed(Rpm("python3-kombu", "1:4.6.6-1.el8"), Rpm("bash", "4.4.19-1.el8"))
    h.repo(VICTORIA, Rpm("python3-kombu", "1:4.6.11-1.el8", requires=("python3-vine >= 1.3.0",)), Rpm("bash", "4.4.20-1.el8"))
    return h.dnf("-y", "upgrade", "--nobest")


# pip

def wheel(folder, name, version, requires=()):
    """A wheel without code."""
    stem = f"{name.replace('-', '_')}-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {r}\n" for r in requires)
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as z:
        z.writestr(f"{stem}.dist-info/METADATA", metadata)
        z.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: print.py\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        z.writestr(f"{stem}.dist-info/RECORD", "")


def pip(h, *arguments, before=()):
    """Runs pip with the wheels of the case only, in an environment of its own."""
    venv = h.top / "venv"
    run([sys.executable, "-m", "venv", str(venv)], check=True)
    tool = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--no-index", "--find-links", str(h.top / "wheels")]
    for package in before:
        run([*tool, "--no-deps", package], check=True)
    printed = run([*tool, *arguments]).replace(str(h.top / "wheels"), "/srv/wheels")
    return f"[root@controller ~]# pip install {' '.join(arguments)}\n{printed}"


@case
def pip_cannot_install(h):
    w = h.top / "wheels"
    wheel(w, "oslo-db", "12.0.0", ["SQLAlchemy>=1.4,<2"])
    wheel(w, "python-novaclient", "18.0.0", ["SQLAlchemy>=2.0"])
    wheel(w, "SQLAlchemy", "1.4.41")
    wheel(w, "SQLAlchemy", "2.0.9")
    return pip(h, "oslo-db==12.0.0", "python-novaclient==18.0.0")


@case
def pip_user_requested(h):
    w = h.top / "wheels"
    wheel(w, "eventlet", "0.33.3")
    wheel(w, "oslo.messaging", "14.0.0", ["eventlet!=0.18.3,>=0.36"])
    return pip(h, "oslo.messaging", "eventlet==0.33.3")


@case
def pip_no_matching_distribution(h):
    wheel(h.top / "wheels", "python-openstackclient", "6.0.0")
    return pip(h, "python-openstackclient==99.0")


@case
def pip_breaks_what_is_there(h):
    w = h.top / "wheels"
    wheel(w, "requests", "2.25.1", ["urllib3<1.27,>=1.21.1"])
    wheel(w, "urllib3", "1.26.5")
    wheel(w, "urllib3", "2.0.4")
    return pip(h, "urllib3==2.0.4", before=["requests", "urllib3==1.26.5"])


# puppet

class Forge(http.server.BaseHTTPRequestHandler):
    """The two answers of a Forge that `puppet module install` needs."""
    modules = {}

    def do_GET(self):
        name = re.search(r"module=([\w-]+)", self.path)
        releases = [r for r in self.modules.get(name.group(1), [])] if name else []
        body = json.dumps({"pagination": {"next": None}, "results": releases}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def metadata(name, version, **dependencies):
    return {"name": name, "version": version, "author": name.split("-")[0], "license": "Apache-2.0", "summary": "Made up", "source": "made up",
            "dependencies": [{"name": n.replace("__", "/"), "version_requirement": r} for n, r in dependencies.items()]}


def puppet(h, *arguments, installed=(), offered=()):
    """Runs `puppet module` with a folder of modules, and a Forge that offers some."""
    modules = h.top / "modules"
    for m in installed:
        folder = modules / m["name"].split("-")[1]
        folder.mkdir(parents=True)
        (folder / "metadata.json").write_text(json.dumps(m))
    Forge.modules = {}
    for m in offered:
        release = {"metadata": m, "version": m["version"], "file_uri": "/none.tar.gz", "file_md5": "0" * 32, "file_sha256": "0" * 64, "deleted_at": None,
                   "module": {"name": m["name"].split("-")[1], "owner": {"username": m["author"]}}, "slug": f"{m['name']}-{m['version']}"}
        Forge.modules.setdefault(m["name"], []).append(release)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    repository = f"http://127.0.0.1:{server.server_port}"
    printed = run(["puppet", "module", *arguments, "--modulepath", str(modules), "--confdir", str(h.top / "conf"), "--vardir", str(h.top / "var"),
                   "--color", "false", "--module_repository", repository])
    server.shutdown()
    printed = printed.replace(repository, "https://forge.example.org").replace(str(modules), "/etc/puppet/modules")
    return f"[root@controller ~]# puppet module {' '.join(arguments)}\n{printed}"


@case
def puppet_package_provider(h):
    """Puppet's own dnf provider, as packstack's manifests use it."""
    h.repo(VICTORIA, Rpm("openstack-glance", "1:21.1.0-1.el8", requires=("python3-glance = 1:21.1.0-1.el8",)),
           Rpm("python3-glance", "1:21.1.0-1.el8", requires=("python3-pyxattr >= 0.5.3",)))
    tools = h.top / "bin"
    tools.mkdir()
    for tool, options in (("dnf", h.setup()), ("rpm", ["--root", str(h.root)])):
        (tools / tool).write_text(f"#!/bin/sh\nexec {shutil.which(tool)} {' '.join(options)} \"$@\"\n")
        (tools / tool).chmod(0o755)
    manifest = h.top / "controller.pp"
    manifest.write_text("package { 'openstack-glance': ensure => present, provider => 'dnf' }\n")
    printed = run(["puppet", "apply", "--color", "false", "--confdir", str(h.top / "conf"), "--vardir", str(h.top / "var"), str(manifest)],
                  env={**ENV, "PATH": f"{tools}:{ENV['PATH']}"})
    printed = printed.replace(f"{tools}/", "/usr/bin/").replace(str(manifest), "/var/tmp/packstack/controller.pp")
    printed = re.sub(r"(?m)^Error: Facter: .*\n(?:(?: .*)?\n)*", "", printed)
    printed = re.sub(r"(?m)^Notice: (?:Compiled catalog for|Applied catalog in) .*\n", "", printed)
    return h.shown("puppet apply", ["controller.pp"], printed)


@case
def puppet_list_unmet(h):
    return puppet(h, "list", installed=[
        metadata("puppetlabs-stdlib", "4.25.0"),
        metadata("puppetlabs-mysql", "11.0.3", puppetlabs__stdlib=">= 5.2.0 < 8.0.0", puppetlabs__translate=">= 1.0.0 < 3.0.0")])


@case
def puppet_install_conflict(h):
    return puppet(h, "install", "puppetlabs-stdlib", "--version", "8.1.0",
                  installed=[metadata("puppetlabs-stdlib", "6.6.0"), metadata("openstack-nova", "17.6.0", puppetlabs__stdlib=">= 5.0.0 < 7.0.0")],
                  offered=[metadata("puppetlabs-stdlib", "8.1.0"), metadata("puppetlabs-stdlib", "6.6.0")])


@case
def puppet_install_dependency_conflict(h):
    return puppet(h, "install", "puppetlabs-apache", "--version", "9.0.0",
                  installed=[metadata("puppetlabs-stdlib", "6.6.0"), metadata("openstack-keystone", "17.6.0", puppetlabs__stdlib=">= 5.0.0 < 7.0.0")],
                  offered=[metadata("puppetlabs-apache", "9.0.0", puppetlabs__stdlib=">= 8.0.0 < 9.0.0"), metadata("puppetlabs-stdlib", "8.1.0"), metadata("puppetlabs-stdlib", "6.6.0")])


@case
def puppet_uninstall_required(h):
    return puppet(h, "uninstall", "puppetlabs-inifile",
                  installed=[metadata("puppetlabs-inifile", "4.2.0"), metadata("openstack-glance", "17.5.0", puppetlabs__inifile=">= 2.0.0 < 5.0.0")])


@case
def puppet_upgrade_conflict(h):
    return puppet(h, "upgrade", "puppetlabs-concat", "--version", "7.1.1",
                  installed=[metadata("puppetlabs-concat", "6.2.0"), metadata("openstack-horizon", "17.5.0", puppetlabs__concat=">= 1.1.1 < 7.0.0")],
                  offered=[metadata("puppetlabs-concat", "7.1.1"), metadata("puppetlabs-concat", "6.2.0")])


def main():
    chosen = sys.argv[1:] or list(CASES)
    for name in chosen:
        printed = CASES[name](Host(name))
        place = HERE.parent / "logs" / "healthy" if name.startswith("healthy_") else HERE
        (place / f"{name.removeprefix('healthy_')}.log").write_text(printed)
        print(f"{name}: {len(printed.splitlines())} lines")


main()
