#!/usr/bin/env python3
"""Derive the files in this folder from the collected facts: derive.py FACTS_FOLDER

Reads releases.json, repos.json, rdo_packages.json, puppet_modules.json, service_versions.json and
rpm_requires.json; README.md says what becomes of them. Nothing is added: what was not found there is left out here.
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
FACTS = pathlib.Path(sys.argv[1])


def load(name):
    return json.loads((FACTS / name).read_text(encoding="utf-8"))


def value(leaf):
    return leaf.get("value") if isinstance(leaf, dict) else leaf


def quoted(x):
    return json.dumps(x, ensure_ascii=False)


def inline(table):
    return "{ " + ", ".join(f"{k} = {quoted(v)}" for k, v in table.items() if v is not None) + " }"


def release_id(release):
    """Named up to zed, numbered from 2023.1 on, as packstack's schemas are."""
    series = value(release["series"])
    return series if series and series >= "2023.1" else release["name"]


def operating_systems(release):
    """The OS ids of RDO's support table, its documentation and its published builds."""
    words = [row["os"] for row in release["rdo_support_table"] or []]
    words += [value(row) for row in release["rdo_documented_os"] or []]
    words += [value(row) for row in release["install_steps_os"] or []]
    words += [tag["os"] for tag in release["rdo_repos_cbs"] or [] if tag["kind"] == "release"]
    found = set()
    for text in words:
        text = text.lower().replace("centos stream", "centos-stream")
        for name, number in re.findall(r"\b(rhel|centos-stream|centos|fedora)[ -](\d+)", text):
            found.add((name, int(number)))
    return [f"{name}-{number}" for name, number in sorted(found)]


def packstack_series(release):
    """What the versions of packstack begin with: 17, or 2014.2 before liberty."""
    known = release["packstack"]
    versions = [value(known.get("version")), *(value(known.get("tags")) or {})]
    parts = [re.match(r"20\d\d\.\d|\d+", version or "") for version in versions]
    return next((part.group() for part in parts if part), None)


def write_catalogue(releases, repos):
    out = ["# One entry per OpenStack release, oldest first. Derived: see README.md.\n"]
    for release in sorted(releases, key=lambda r: value(r["date"])):
        name = release["name"]
        packages = [value(release["centos_release_package"]), value(release["rdo_release_rpm"])]
        # kilo's files are on the branch `master` of rdo-release.
        files = [
            repos["centos_release_openstack"].get(name),
            repos["rdo_release"].get("master" if name == "kilo" else name),
        ]
        enabled = [
            repo
            for file in files if file
            for repo, entry in file["repos"].items()
            if entry.get("enabled") == "1" and "openstack" in repo
        ]
        entry = {
            "id": release_id(release),
            "name": name,
            "series": value(release["series"]),
            "date": value(release["date"]),
            "status": value(release["status"]),
            "end_of_life": value(release["eol_date"]),
            "packstack": packstack_series(release),
            "os": operating_systems(release) or None,
            "release_packages": [p for p in packages if p] or None,
            "repos": enabled or None,
        }
        out.append("[[release]]")
        out += [f"{key} = {quoted(v)}" for key, v in entry.items() if v is not None]
        out.append("")
    (HERE / "releases.toml").write_text("\n".join(out), encoding="utf-8")


def puppet_ranges(metadata):
    """The ranges that a module declares for Puppet; the names of both generations count."""
    requirements = (metadata or {}).get("requirements") or []
    return [r["version_requirement"] for r in requirements if r["name"] == "puppet"]


def write_puppet(releases, packages, modules):
    for release in releases:
        name = release["name"]
        shipped = []
        for row in release["puppet_shipped_by_rdo"] or []:
            if not row.get("value"):
                continue
            shipped.append(inline({
                "os": row["os"],
                "puppet": row["value"].split()[0],
                "facter": row.get("facter"),
                "hiera": row.get("hiera"),
                "testing": True if "-testing" in row["source"] else None,
                "source": row["source"],
            }))
        declared = {}  # row without `os` -> the list of them
        for module, versions in (modules["metadata"].get(name) or {}).items():
            before = None
            for at in ("latest", "first"):
                metadata = versions.get(at)
                ranges = puppet_ranges(metadata)
                if ranges and ranges != before:
                    row = {"module": f"puppet-{module}", "version": metadata["version"]}
                    row |= {"puppet": ranges, "source": metadata["source"]}
                    declared[inline(row)] = None
                before = ranges
        for tag, at_tag in modules["external_metadata_at_rdo_nvr"].items():
            if packages[tag]["release"] != name:
                continue
            for entry in at_tag.values():
                metadata, nvr = entry.get("metadata"), entry["nvr"].rsplit("-", 2)
                ranges = puppet_ranges(metadata)
                if ranges:
                    row = {"module": nvr[0], "version": "-".join(nvr[1:])}
                    row |= {"puppet": ranges, "source": metadata["source"]}
                    declared.setdefault(inline(row), []).append(packages[tag]["os"])
        lines = ["# Puppet as RDO ships it, and as the modules declare it. Derived: see README.md."]
        rows = [row if not os else row[:-2] + f", os = {quoted(os)} }}" for row, os in declared.items()]
        for key, rows in (("shipped", shipped), ("declared", sorted(rows))):
            lines += [f"{key} = [", *(f"    {row}," for row in rows), "]"] if rows else [f"{key} = []"]
        folder = HERE / "puppet"
        folder.mkdir(exist_ok=True)
        (folder / f"{release_id(release)}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_packages(releases, packages):
    ids = {release["name"]: release_id(release) for release in releases}
    for tag, entry in packages.items():
        if entry["kind"] != "release" or entry["release"] not in ids:
            continue
        path = HERE / "packages" / f"{ids[entry['release']]}.{entry['os']}.txt"
        lines = [f"# {entry['source']}", *sorted(set(entry["packages"].values()))]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# Libraries that OpenStack itself makes; others with such names (websocket-client) are not among them.
OPENSTACK_LIBRARY = re.compile(
    "python-(oslo-.*|(aodh|barbican|ceilometer|cinder|cloudkitty|congress|designate|glance|gnocchi|heat"
    "|ironic|ironic-inspector-|keystone|magnum|manila|mistral|monasca|murano|neutron|nova|octavia"
    "|openstack|panko|sahara|senlin|swift|tacker|trove|vitrage|watcher|zaqar)client|keystoneauth1"
    "|keystonemiddleware|neutron-lib|openstacksdk|osc-lib|os-(brick|client-config|ken|traits|vif|win"
    "|resource-classes|service-types)|osprofiler|taskflow|tooz|castellan|cursive|pycadf|ovsdbapp"
    "|glance-store|microversion-parse)"
)
# Not OpenStack's, and in no base OS: RDO's build is the one that fits.
PINNED = ["facter", "hiera", "cpp-hocon", "leatherman", "erlang", "rabbitmq-server", "python-django",
          "python-eventlet", "python-kombu", "python-amqp"]
# Spec files whose epochs matter and whose builds others make too.
EPOCHS = ["facter", "hiera", "leatherman", "puppet", "mariadb", "openvswitch", "rdo-openvswitch"]


def version_key(version):
    return [(0, int(word)) if word.isdigit() else (-1, 0) for word in re.split(r"[._^~-]", version)]


def subpackages(source, branches):
    """The names of the packages built from a spec, with its macros filled in, and their epochs."""
    names, epochs = set(), set()
    for branch, spec in branches.items():
        if branch.split("-")[-1] in ("kilo", "liberty", "mitaka"):
            continue
        for name, tags in spec["subpackages"].items():
            if name == source or name in ("openstack-%{service}", "openstack-%{project}"):
                epochs.add(int(tags.get("epoch", 0)))
            for python in "23":
                macros = {**(spec.get("globals") or {}), "name": source, "pyver": python}
                full = name
                for _ in range(3):
                    full = re.sub(r"%\{\??(\w+)\}", lambda m: macros.get(m[1], m[0]), full)
                if "%" not in full:
                    names.add(full)
    return names, epochs


def python_names(source):
    stem = source.removeprefix("python-")
    return {source} | {f"{python}-{stem}" for python in ("python", "python2", "python3")}


def write_series(releases, packages, services, requires):
    """Which versions of a source package belong to which release, its packages, and its epoch."""
    ids = {release["name"]: release_id(release) for release in releases}
    built = {}  # source package -> release -> its builds
    for tag in packages.values():
        if tag["kind"] == "release" and tag["release"] in ids:
            for nvr in tag["packages"].values():
                name, version, release = nvr.rsplit("-", 2)
                built.setdefault(name, {}).setdefault(tag["release"], set()).add((version, release))
    entries = {}
    for name in ids:
        at = services.get(name) or {"services": {}, "puppet_modules": {}}
        for kind in ("services", "puppet_modules"):
            for project, known in at[kind].items():
                sources = [project, f"openstack-{project}", f"python-{project}", f"python-django-{project}"]
                source = next((s for s in sources if s in built), None)
                # Tempest has no branches: one version serves many releases.
                if not known or not known.get("first") or not source or project == "tempest":
                    continue
                # Tags such as 2023.1-last are no versions.
                latest = [v for v in known["all"] if re.fullmatch(r"[0-9.]+", v)]
                latest = max(latest, key=version_key, default=known["first"])
                entry = entries.setdefault(source, {"kind": kind, "versions": {}})
                entry["versions"][ids[name]] = f"{known['first']} {latest}"
    for source, at in built.items():
        module = source.startswith("puppet-")
        if source in entries or not (module or OPENSTACK_LIBRARY.fullmatch(source) or source in PINNED):
            continue
        newest = {name: max((v for v, _ in builds), key=version_key) for name, builds in at.items()}
        kind = "puppet_modules" if module else "pinned" if source in PINNED else "libraries"
        versions = {ids[name]: newest[name] for name in ids if name in newest}
        entries[source] = {"kind": kind, "versions": versions}
    for source in EPOCHS:
        entries.setdefault(source, {"kind": "others", "versions": {}})
    lines = ["# Which versions belong to which release. Derived: see README.md.\n"]
    for source, entry in sorted(entries.items()):
        names, epochs = subpackages(source, requires.get(source, {}))
        if source.startswith("python-"):
            names |= python_names(source)
        if entry["kind"] == "services" and not source.startswith("python-"):
            names |= python_names("python-" + source.removeprefix("openstack-"))
        # A name that is a source package of its own belongs to that one.
        names = sorted(n for n in names | {source} if n == source or n not in built)
        row = {"source": source, "kind": entry["kind"], "names": names}
        if len(epochs) == 1:
            row["epoch"] = epochs.pop()
        lines.append("[[package]]")
        lines += [f"{key} = {quoted(value)}" for key, value in row.items()]
        if source in EPOCHS:
            builds = {f"{v}-{r}" for at in built.get(source, {}).values() for v, r in at}
            lines.append(f"builds = {quoted(sorted(builds))}")
        lines.append(f"versions = {inline_keys(entry['versions'])}\n")
    (HERE / "series.toml").write_text("\n".join(lines), encoding="utf-8")


def inline_keys(table):
    return "{ " + ", ".join(f"{quoted(k)} = {quoted(v)}" for k, v in table.items()) + " }"


releases = load("releases.json")["releases"]
packages = load("rdo_packages.json")["tags"]
write_catalogue(releases, load("repos.json"))
write_puppet(releases, packages, load("puppet_modules.json"))
write_packages(releases, packages)
write_series(releases, packages, load("service_versions.json"), load("rpm_requires.json")["packages"])
