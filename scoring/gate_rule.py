"""What a form asks of the machine before its verdicts count."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scoring.form import Form

Coefficient = Literal[
    "gwet_ac1", "gwet_ac2", "cohen_kappa", "weighted_kappa", "krippendorff_alpha", "percent_agreement"
]


class GateRule(Form):
    """Verdicts count while the lower end of the 95 % interval of the machine's agreement with people is high enough."""

    min_agreement: float = Field(default=0.6, ge=-1, le=1)
    """How high that lower end has to be."""
    coefficient: Coefficient = "gwet_ac1"
    """The measure of agreement (docs/agreement.md)."""
    before_calibration: Literal["automatic", "report_only"] = "automatic"
    """What holds while too few calls were scored by people: verdicts count and are marked, or are only reported."""

    def changed_by(self, other: GateRule | None) -> GateRule:
        """This rule with what ``other`` sets of it."""
        return self if other is None else self.model_copy(update=other.model_dump(exclude_unset=True))
