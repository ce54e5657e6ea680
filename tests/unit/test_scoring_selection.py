"""Which forms a call is scored by."""

from __future__ import annotations

from typing import Any

import pytest

from qa.model import Call
from scoring import select
from tests.form_builders import ask, form, section


def made(name: str, language: str = "en", **applies_to: Any) -> Any:
    return form(section("s", ask("a", 1)), id=name, language=language, applies_to=applies_to)


FORMS = [
    made("every.en"),
    made("every.zh", "zh"),
    made("cards.en", queue="cards"),
    made("money.en", queue=["cards", "loans"], direction="inbound"),
    made("complaint.en", call_type="complaint", queue=["cards", "loans"], direction="inbound"),
    made("north.en", tags={"region": "north"}),
]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"language": "en"}, ["every.en"]),
        ({"language": "zh"}, ["every.zh"]),
        ({"language": "zh", "queue": "cards"}, ["every.zh"]),
        ({"language": None}, []),
        ({"language": "auto"}, []),
        ({"language": "en", "queue": "cards"}, ["cards.en", "every.en"]),
        ({"language": "en", "queue": "loans"}, ["every.en"]),  # the direction is not known
        ({"language": "en", "queue": "Cards"}, ["every.en"]),  # another word
        ({"language": "en", "queue": "loans", "direction": "inbound"}, ["money.en", "every.en"]),
        ({"language": "en", "queue": "loans", "direction": "outbound"}, ["every.en"]),
        (
            {"language": "en", "queue": "cards", "direction": "inbound", "call_type": "complaint"},
            ["complaint.en", "money.en", "cards.en", "every.en"],  # three conditions, two, one, none
        ),
        ({"language": "en", "tags": {"region": "north"}}, ["north.en", "every.en"]),
        ({"language": "en", "tags": {"region": "south"}}, ["every.en"]),
    ],
)
def test_select(data: dict[str, Any], expected: list[str]) -> None:
    call = Call.model_validate({"call_id": "c-1", **data})
    assert [rubric.id for rubric in select(FORMS, call)] == expected


def test_forms_that_are_as_specific_stay_in_order() -> None:
    call = Call(call_id="c-1", language="en", queue="cards", team="a")
    forms = [made("b.en", team="a"), made("a.en", queue="cards")]
    assert [rubric.id for rubric in select(forms, call)] == ["b.en", "a.en"]
