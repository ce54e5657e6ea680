"""The JSON Schemas of rubric and signal files, for editors and other tools. What only the loader can tell they do not say."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from scoring.rubric import Rubric
from scoring.signal_files import SignalFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def rubric_schema() -> dict[str, Any]:
    """A whole form, or with ``extends`` what a derived form changes of its base.

    Checks that are installed beside the built-in ones are not in it.
    """
    form = Rubric.model_json_schema()
    definitions = form.pop("$defs")
    del form["properties"]["sha256"]  # worked out by the loader
    form["properties"]["signals_from"] = {
        "type": "array",
        "items": {"type": "string"},
        "description": "Files of signals and words that the form takes: ids of shipped ones, or files beside this one.",
    }
    definitions["Condition"] = {"anyOf": [{"type": "string", "title": "Signal"}, definitions["Condition"]]}
    derived = _derived(form, definitions)
    whole = {
        "$schema": DIALECT,
        "title": "Rubric",
        "$defs": {**definitions, "Form": form, "DerivedForm": derived},
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/DerivedForm"},
        "else": {"$ref": "#/$defs/Form"},
    }
    _accept_any_kind(whole)
    return whole


def signal_file_schema() -> dict[str, Any]:
    """A file of signals and words that forms take with ``signals_from``."""
    whole = {"$schema": DIALECT, **SignalFile.model_json_schema()}
    _accept_any_kind(whole)
    return whole


def _derived(form: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The form's schema with everything optional that a base can give; adds the changed parts to the definitions."""
    criterion, section = deepcopy(definitions["Criterion"]), deepcopy(definitions["Section"])
    criterion["required"] = ["id"]
    section.pop("required")
    section["properties"]["criteria"] = {"type": "array", "items": {"$ref": "#/$defs/CriterionChange"}}
    definitions |= {"CriterionChange": criterion, "SectionChange": section}
    derived = deepcopy(form)
    derived["required"] = ["id", "version", "extends"]
    derived["properties"] |= {
        "sections": {"type": "array", "items": {"$ref": "#/$defs/SectionChange"}},
        "remove": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Ids of criteria of the base that this form does without.",
        },
    }
    return derived


def _accept_any_kind(node: Any) -> None:
    """Turn ``oneOf`` into ``anyOf`` where no key tells the kinds apart: a group of signals is a condition as well."""
    if isinstance(node, dict):
        if "oneOf" in node and "discriminator" not in node:
            node["anyOf"] = node.pop("oneOf")
        for child in node.values():
            _accept_any_kind(child)
    elif isinstance(node, list):
        for child in node:
            _accept_any_kind(child)
