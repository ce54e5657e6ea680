"""The one way in which our values become JSON and come back."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """A frozen value with a JSON form.

    Unknown keys are ignored on input, because conversations come from other systems as well; where people write the
    input by hand (rubrics, settings, manifests) those models forbid them instead.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready dictionary; optional fields that nobody set are left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=False, exclude_none=False)

    def to_json(self, *, indent: int | None = None) -> str:
        """The document as JSON text in UTF-8 characters (no escapes for Chinese)."""
        return self.model_dump_json(by_alias=True, indent=indent)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a document; raises ``pydantic.ValidationError`` with the path of each fault."""
        return cls.model_validate_json(text)
