"""The forms of a report: each is held against its schema, and the page against a browser."""

from __future__ import annotations

import base64
import functools
import hashlib
import html.parser
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import ostack
import pytest

TESTS = Path(__file__).parents[2] / "tests"
LOGS = sorted((TESTS / "logs").rglob("*.log")) + sorted((TESTS / "cli").rglob("*.log"))

# What a log can hold to break out of the form that it is shown in.
HOSTILE = (
    "ERROR : </code><script>document.title='broken'</script> ]]> ``` <!-- & \x1b[31m \x0b \ufffe \x00 "
    "<img src=x onerror=alert(1)> <script>alert(2)</script>\n"
    "Error: /Stage[main]/Packstack::Neutron::Ovn_bridge/Vs_port[eth1\"><script>]: Provider ovs_redhat "
    "is not functional on this host\n"
    "Error: could not run mysql://nova:hunter2@192.0.2.2/nova ````` ]]>\n"
)


@functools.cache
def reports() -> list[ostack.Report]:
    found = [ostack.diagnose(path) for path in LOGS]
    founding = TESTS / "logs" / "founding"
    found.append(
        ostack.diagnose(
            founding / "192.0.2.2_controller.pp.log",
            packages=founding / "rpm-qa.txt",
            answers=founding / "answers.txt",
        )
    )
    found.append(ostack.diagnose_text(HOSTILE))
    assert sum(map(bool, found)) >= 5
    return found


def closed(schema: Any) -> Any:
    """The schema with no key but those that it names, so that none goes without its words."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(part) for key, part in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        schema["additionalProperties"] = False
    return schema


def test_json_is_what_its_schema_says() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(ostack.Report.json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(closed(schema))
    for report in reports():
        validator.validate(report.to_dict())
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**reports()[0].to_dict(), "schema": 2})


def test_sarif_is_what_its_schema_says() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((TESTS / "schema" / "sarif-2.1.0.json").read_text())
    validator = jsonschema.Draft7Validator(schema)
    ids = ostack.KnowledgeBase.builtin().ids()
    for report in reports():
        sarif = json.loads(report.to_sarif())
        run = sarif["runs"][0]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert rules == [*ids, "unexplained"]
        assert len(run["results"]) == len(report.diagnoses) + len(report.unexplained)
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
        for result, diagnosis in zip(run["results"], report.diagnoses):
            region = result["locations"][0]["physicalLocation"]["region"]
            evidence = diagnosis.evidence[0]
            assert (region["startLine"], region["startColumn"]) == (evidence.line, evidence.column)
        if report is not reports()[0]:
            # The rules are the same in all, but for what results say of theirs.
            named = {result["ruleId"] for result in run["results"]}
            driver = run["tool"]["driver"]
            driver["rules"] = [rule for rule in driver["rules"] if rule["id"] in named]
        validator.validate(sarif)


def test_junit_is_what_servers_read() -> None:
    for report in reports():
        root = ET.fromstring(report.to_junit())
        cases = root.findall("testsuite/testcase")
        assert int(root.attrib["tests"]) == len(cases) > 0
        problems = root.findall("testsuite[@name='ostack']/testcase/failure")
        assert len(problems) == len(report.diagnoses)
        assert len(root.findall("testsuite/testcase/error")) == len(report.unexplained)


def test_junit_is_what_its_schema_says() -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(file=str(TESTS / "schema" / "junit.xsd"))
    for report in reports():
        schema.assertValid(etree.fromstring(report.to_junit().encode()))


class Fences:
    """Markdown's fenced blocks, and the text outside of them."""

    def __init__(self, text: str) -> None:
        self.inside: list[str] = []
        self.outside: list[str] = []
        fence = ""
        for line in text.splitlines():
            ticks = line[: len(line) - len(line.lstrip("`"))]
            if fence and line == fence:
                fence = ""
            elif fence:
                self.inside.append(line)
            elif len(ticks) >= 3:
                fence = ticks
            else:
                self.outside.append(line)
        assert not fence, "a fence is not closed"


def test_markdown_keeps_logs_in_their_fences() -> None:
    for report in reports():
        markdown = report.to_markdown()
        fences = Fences(markdown)
        for diagnosis in report.diagnoses:
            for evidence in diagnosis.evidence:
                assert any(evidence.text in line for line in fences.inside)
        assert "<script" not in "\n".join(fences.outside)
        if report:
            assert "## Next" in markdown


def test_no_form_has_a_secret_or_a_control_character() -> None:
    report = ostack.diagnose_text(HOSTILE)
    sarif, page, markdown = report.to_sarif(), report.to_html(), report.to_markdown()
    for text in (str(report), report.to_json(), markdown, sarif, report.to_junit(), page):
        assert "hunter2" not in text
        assert not set(text) & {"\x00", "\x0b", "\x1b"}


class Page(html.parser.HTMLParser):
    """What of a page could run, or could ask for something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id" and value]
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))


def test_a_page_needs_nothing_and_runs_nothing_of_a_log() -> None:
    for report in reports():
        text = report.to_html()
        page = Page(text)
        assert page.tags.count("script") == page.tags.count("style") == 1
        assert not {"img", "link", "iframe", "object", "embed", "form", "base"} & set(page.tags)
        names = {name for name, _ in page.attributes}
        assert not {"style", "src", "srcset", "background", "action"} & names
        assert not [name for name in names if name.startswith("on")]
        for tag in ("script", "style"):
            content = text.split(f"<{tag}>")[1].split(f"</{tag}>")[0]
            digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in text, f"page.{'js' if tag == 'script' else 'css'}.sha256 is old"
        assert len(text.encode()) < 300_000


def test_a_page_can_be_found_through_by_ear() -> None:
    for report in reports():
        page = Page(report.to_html())
        assert page.headings[0] == 1 and page.headings.count(1) == 1
        for before, after in zip(page.headings, page.headings[1:]):
            assert after <= before + 1, "a level of headings is left out"
        assert len(page.ids) == len(set(page.ids))
        assert {"main", "header", "footer", "title"} <= set(page.tags)
        named = [value for name, value in page.attributes if name == "aria-labelledby" and value]
        assert {word for value in named for word in value.split()} <= set(page.ids)
        assert page.tags.count("svg") <= page.tags.count("title") - 1


def test_a_page_shows_the_lines_around_the_evidence(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    shutil.copy(TESTS / "logs" / "founding" / "console.log", log)
    page = ostack.diagnose(log).to_html()
    assert "Applying Puppet manifests                            [ ERROR ]</code>" in page
    text = ostack.diagnose_text(log.read_text())
    assert "Applying Puppet manifests                            [ ERROR ]</code>" in text.to_html()
    log.unlink()
    assert "ovs_redhat" in ostack.diagnose_text("Provider ovs_redhat is not functional on this host\n").to_html()


def test_a_page_is_small_whatever_was_found() -> None:
    errors = "".join(
        f"2026-01-10 09:00:00.000 1 ERROR nova.{name} [-] {name * 60} <&>\n"
        for name in (f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(500))
    )
    report = ostack.diagnose_text(errors)
    assert len(report.unexplained) == 500
    assert len(report.to_html().encode()) < 300_000


def test_a_notebook_shows_the_page_in_a_frame() -> None:
    frame = ostack.diagnose_text(HOSTILE)._repr_html_()
    page = Page(frame)
    assert page.tags == ["iframe"]
    assert ("sandbox", "allow-scripts") in page.attributes
    content = dict(page.attributes)["srcdoc"]
    assert content is not None and content.startswith("<!DOCTYPE html>")


def browser() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is installed")
    return found


def open_page(page: str, folder: Path) -> tuple[str, str, list[str]]:
    """The page as the browser made it, what it printed, and the addresses that it asked for."""
    (folder / "page.html").write_text(page)
    log = folder / "net.json"
    run = subprocess.run(
        [
            browser(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}",
            "--enable-logging=stderr", "--dump-dom", (folder / "page.html").as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    asked = [
        event["params"]["url"]
        for event in json.loads(log.read_text())["events"]
        # The browser itself asks its maker for updates, whatever the page.
        if "site=file:" in event.get("params", {}).get("site_for_cookies", "")
    ]
    return run.stdout, run.stderr, asked


def test_a_browser_opens_the_page_without_a_word(tmp_path: Path) -> None:
    for number, report in enumerate([ostack.diagnose_text(HOSTILE), reports()[-2]]):
        folder = tmp_path / str(number)
        folder.mkdir()
        page, printed, asked = open_page(report.to_html(), folder)
        assert "CONSOLE" not in printed, printed
        assert asked == []
        assert "broken" not in page.split("</title>")[0]
        # The script ran: there is a button at each command.
        assert page.count('class="copy"') == page.count('class="cmd"') > 0


def test_a_browser_would_tell_of_a_request_and_of_a_script(tmp_path: Path) -> None:
    page = ostack.diagnose_text(HOSTILE).to_html()
    picture = "http://192.0.2.1/x.png"
    bad = page.replace("</main>", f"<script>document.title = 'ran'</script><img src='{picture}'></main>")
    (tmp_path / "with").mkdir()
    opened, printed, asked = open_page(bad, tmp_path / "with")
    assert "CONSOLE" in printed and picture not in asked
    assert "<title>ran</title>" not in opened
    policy = bad.index("<meta http-equiv")
    unguarded = bad[:policy] + bad[bad.index(">", policy) + 1 :]
    (tmp_path / "without").mkdir()
    opened, printed, asked = open_page(unguarded, tmp_path / "without")
    assert picture in asked
    assert "<title>ran</title>" in opened


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_texts_stand_out_as_wcag_aa_asks() -> None:
    page = ostack.diagnose_text("").to_html()
    themes = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in page.split(":root {")[1:3]]
    texts = {
        "ink": ("paper", "card", "code", "mark", "red-paper", "amber-paper", "blue-paper"),
        "soft": ("paper", "card", "code", "red-paper", "amber-paper", "blue-paper"),
        "paper": ("ink",),
        "red": ("card", "red-paper"),
        "amber": ("card", "amber-paper"),
        "green": ("card", "green-paper"),
        "blue": ("card", "paper", "blue-paper"),
    }
    assert len(themes) == 2 and themes[0] != themes[1]
    for theme in themes:
        for text, grounds in texts.items():
            for ground in grounds:
                assert contrast(theme[text], theme[ground]) >= 4.5, (text, ground)
        assert contrast(theme["bar"], theme["card"]) >= 3
