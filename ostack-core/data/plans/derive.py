#!/usr/bin/env python3
"""Derive pages.toml from the collected facts: derive.py FACTS_FOLDER

Reads install_steps.json, and ../releases/releases.toml for the pairs that RDO supported; README.md
says what becomes of them. Nothing is added.
"""
import json
import pathlib
import re
import sys
import tomllib

HERE = pathlib.Path(__file__).parent
FACTS = pathlib.Path(sys.argv[1])
# What a page asks of the host and no step of a plan can do.
REQUIREMENTS = ["memory", "cpu", "nic", "hostname", "arch", "ip"]


def quoted(x):
    return json.dumps(x, ensure_ascii=False)


def lines(name, values):
    if not values:
        return []
    return [f"{name} = [", *(f"    {quoted(value)}," for value in values), "]"]


def words(requirement):
    value = requirement["value"]
    value = value if isinstance(value, str) else " or ".join(value)
    name = {"hostname": "host name: ", "arch": "architecture: "}.get(requirement["kind"], "")
    return name + value


def pages():
    """The page of each pair: of several the last that names the release in its commands itself."""
    found = {}
    steps = json.loads((FACTS / "install_steps.json").read_text(encoding="utf-8"))["steps"]
    for step in sorted(steps, key=lambda step: step["page_date"]):
        for os in re.findall(r"(?:rhel|centos-stream|centos|fedora)-\d+", step["os"]):
            key = (step["release"], os)
            known = found.get(key)
            literal = step["commands_literal_on_page"]
            # CentOS's own page names the release; RDO's of the same day an address without one.
            own = "(CentOS page)" in step["os"]
            if not known or own or (literal and "(CentOS page)" not in known["os"]):
                found[key] = step
    return found


def toml(release, os, page, like=None, like_os=None):
    put = lambda text: text.replace(like["name"], release["name"]) if like else text
    network = [p for p in page["preconditions"] if p["kind"] == "network" and p["value"]]
    requires = [words(p) for p in page["preconditions"] if p["kind"] in REQUIREMENTS]
    out = ["", "[[page]]", f"release = {quoted(release['id'])}", f"os = {quoted(os)}"]
    if like:
        out.append(f"like = {quoted(like['id'] + ' on ' + like_os)}")
    out += lines("requires", requires)
    out += lines("network", network[0]["value"] if network else [])
    out += lines("commands", [put(command) for command in page["commands"]])
    out.append(f"source = {quoted(page['source'])}")
    return out


def main():
    catalogue = (HERE / "../releases/releases.toml").read_text(encoding="utf-8")
    releases = tomllib.loads(catalogue)["release"]
    found = pages()
    out = ["# RDO's installation pages, one block for each release and OS. Derived: see README.md."]
    for index, release in enumerate(releases):
        for os in release.get("os", []):
            own = found.get((release["name"], os))
            if own:
                out += toml(release, os, own)
                continue
            kin = os.partition("-")[0]
            same = [key for key in found if key[0] == release["name"] and key[1].startswith(kin)]
            near = [(abs(i - index), -i) for i, r in enumerate(releases) if (r["name"], os) in found]
            if kin == "fedora" and same:
                out += toml(release, os, found[same[0]], release, same[0][1])
            elif near:
                like = releases[-min(near)[1]]
                out += toml(release, os, found[like["name"], os], like, os)
    (HERE / "pages.toml").write_text("\n".join(out) + "\n", encoding="utf-8")


main()
