"""Where each page of a run lies, and how the pages name people and calls."""

from __future__ import annotations

from collections.abc import Iterable

from qa.model import CriterionResult, SampleRow
from reports.data import CallRecord, ReportData
from reports.names import file_names

UNASSIGNED = "unassigned"


class Links:
    """Relative addresses from the run's folder; a page in a subfolder puts ``../`` before them."""

    def __init__(self, data: ReportData) -> None:
        calls = [record.call for record in data.calls]
        self._calls = file_names(call.call_id for call in calls)
        self._agents = _with_nobody({call.agent_id for call in calls})
        self._teams = _with_nobody({call.team for call in calls})
        self._criteria = file_names(data.criterion_order())

    def call(self, call_id: str | None) -> str | None:
        """The call's page, or None when this run has no page for it."""
        return None if call_id not in self._calls else f"calls/{self._calls[call_id]}.html"

    def call_page(self, record: CallRecord) -> str:
        """The page of one of the run's calls."""
        return f"calls/{self._calls[record.call.call_id]}.html"

    def conversation(self, call_id: str) -> str:
        return f"conversations/{self._calls[call_id]}.json"

    def agent(self, agent_id: str | None) -> str:
        return f"agents/{self._agents[agent_id]}.html"

    def sheet(self, row: SampleRow) -> str | None:
        """The empty sheet of a call to score again, or None when this run has no page for the call."""
        return f"{self.agent(row.agent_id)}#sample" if row.call_id in self._calls else None

    def team(self, team: str | None) -> str:
        return f"teams/{self._teams[team]}.html"

    def anchors(self, record: CallRecord) -> list[list[str]]:
        """Ids of the verdicts on the call's page, per evaluation and result."""
        seen: dict[str, int] = {}
        return [[self._anchor(result, seen) for result in evaluation.results] for evaluation in record.evaluations]

    def verdict(self, record: CallRecord, result: CriterionResult) -> str:
        """The verdict on the call's page."""
        return f"{self.call_page(record)}#v-{self._criteria[result.criterion]}"

    def _anchor(self, result: CriterionResult, seen: dict[str, int]) -> str:
        seen[result.criterion] = seen.get(result.criterion, 0) + 1
        again = f"--{seen[result.criterion]}" if seen[result.criterion] > 1 else ""
        return f"v-{self._criteria[result.criterion]}{again}"

    def at(self, record: CallRecord, turn: int, start_s: float | None) -> str:
        """The second in the call where something was said, or its turn when there are no times."""
        place = f"turn-{turn}" if start_s is None else f"t={start_s:.1f}"
        return f"{self.call_page(record)}#{place}"


def _with_nobody(keys: Iterable[str | None]) -> dict[str | None, str]:
    """File names by key; None is ``unassigned``, and an id of that name gives way to it."""
    names: dict[str | None, str] = {None: UNASSIGNED}
    names.update(file_names((key for key in keys if key is not None), reserved=(UNASSIGNED,)))
    return names
