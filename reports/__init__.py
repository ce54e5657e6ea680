"""Pages and tables for people: view models and templates, text out. Nothing here scores, stores or decodes."""

from reports.data import CallRecord, CriterionInfo, HistoryPoint, ReportData, RunInfo
from reports.names import file_names
from reports.tables import (
    write_calibration_ratings_csv,
    write_calibration_sample_csv,
    write_coverage_csv,
    write_evaluations_jsonl,
)
from reports.write import write_reports

__all__ = [
    "CallRecord",
    "CriterionInfo",
    "HistoryPoint",
    "ReportData",
    "RunInfo",
    "file_names",
    "write_calibration_ratings_csv",
    "write_calibration_sample_csv",
    "write_coverage_csv",
    "write_evaluations_jsonl",
    "write_reports",
]
