"""Which forms a call is scored by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from qa.model import Call, Direction
from scoring.call_data import call_matches
from scoring.form import Form

if TYPE_CHECKING:
    from scoring.rubric import Rubric

Names = str | tuple[str, ...]


class AppliesTo(Form):
    """The calls that a form is for: each key that is given has to hold. The form's language always has to."""

    queue: Names | None = None
    call_type: Names | None = None
    direction: Direction | None = None
    team: Names | None = None
    site: Names | None = None
    customer_tier: Names | None = None
    tags: dict[str, Names] = Field(default_factory=dict)
    """Further columns of the manifest."""

    @property
    def wanted(self) -> dict[str, Names]:
        """The conditions by field of the call data."""
        fields = {name: value for name in type(self).model_fields if name != "tags" and (value := getattr(self, name))}
        return fields | {f"tags.{name}": value for name, value in self.tags.items()}


def select(forms: Sequence[Rubric], call: Call) -> tuple[Rubric, ...]:
    """The forms in the call's language that are for this call, the most specific first.

    More conditions are more specific; among equals the order given stands. The first form gives the call's score, so a
    form for one queue comes before the one for every call. Empty when none is for this call.
    """
    fitting = [form for form in forms if form.language == call.language and call_matches(form.applies_to.wanted, call)]
    return tuple(sorted(fitting, key=lambda form: -len(form.applies_to.wanted)))
