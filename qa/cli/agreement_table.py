"""Agreement statistics, for the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa.cli.console import output_console
from scoring.agreement import Agreement, AgreementReport, Estimate, Why

_COLUMNS = {
    "percent_agreement": "agree",
    "cohen_kappa": "kappa",
    "weighted_kappa": "weighted",
    "fleiss_kappa": "Fleiss",
    "gwet_ac1": "AC1",
    "gwet_ac2": "AC2",
    "krippendorff_alpha": "alpha",
    "krippendorff_alpha_ordinal": "alpha ord.",
    "krippendorff_alpha_interval": "alpha int.",
    "icc_2_1": "ICC(2,1)",
    "lin_ccc": "CCC",
}


def print_agreement(report: AgreementReport, console: Console | None = None) -> None:
    """A row a criterion with the interval under each value; a coefficient from fewer than 20 items is not shown."""
    console = console or output_console()
    rows = {**report.criteria, "overall": report.overall}
    columns = [name for name in _COLUMNS if any(row.estimates[name].value is not None for row in rows.values())]
    table = Table("criterion", "items", "raters", "prevalence", title="Agreement (95 % intervals)", show_lines=True)
    for name in columns:
        table.add_column(_COLUMNS[name], justify="right", no_wrap=True)
    for name, row in rows.items():
        # Text, not str: a file's words are not to be read as markup.
        shown = (_cell(row.estimates[column]) for column in columns)
        table.add_row(Text(name), str(row.n_items), str(row.n_raters), Text(_prevalence(row)), *shown)
    console.print(table)
    for name, row in rows.items():
        for warning in row.warnings:
            console.print(Text(f"{name}: {warning}"), soft_wrap=True)


def _cell(estimate: Estimate) -> str:
    if estimate.value is None or estimate.reason is Why.FEW_ITEMS:
        return "-"
    value = f"{estimate.value:.2f}"
    return value if estimate.low is None else f"{value}\n{estimate.low:.2f} to {estimate.high:.2f}"


def _prevalence(row: Agreement) -> str:
    return "\n".join(f"{label} {share:.0%}" for label, share in row.prevalence.items())
