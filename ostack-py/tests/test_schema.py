"""Every built-in rule against the JSON Schema of rule files, by a validator that is not ours."""

import json
import pathlib
from typing import Any

import pytest

jsonschema = pytest.importorskip("jsonschema")
tomllib = pytest.importorskip("tomllib", reason="Python 3.11 and later")

CORE = pathlib.Path(__file__).parents[2] / "ostack-core"


def validator() -> Any:
    schema = json.loads((CORE / "data/rule.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def test_every_rule_is_valid() -> None:
    check = validator()
    files = sorted(CORE.glob("rules/*/*.toml"))
    assert len(files) > 400
    for file in files:
        rule = tomllib.loads(file.read_text(encoding="utf-8"))
        errors = [f"{file.name}: {e.message}" for e in check.iter_errors(rule)]
        assert not errors


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "x"},
        {"severity": "fatal"},
        {"fix": [{"title": "x", "step": [{"run": "a", "note": "b"}]}]},
        {"pattern": [{"name": "p"}]},
        {"allow": [{"lint": "no-verify"}]},
        {"test": [{"log": 1}]},
    ],
)
def test_what_is_no_rule_is_not_valid(change: dict[str, object]) -> None:
    rule: dict[str, object] = {
        "format": 1,
        "id": "x",
        "title": "x",
        "component": "host",
        "severity": "error",
        "cause": "x",
        "pattern": [{"name": "p", "regex": "pppp"}],
    }
    assert validator().is_valid(rule)
    assert not validator().is_valid(rule | change)
