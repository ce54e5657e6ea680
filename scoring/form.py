"""The closed model that everything a person writes in a rubric is checked against."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Form(BaseModel):
    """A frozen value from a rubric file; an unknown key is a fault, not a comment."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
