"""Rubric, checks, evaluation, totals. Pure: a verdict can be replayed anywhere from the conversation and the rubric."""

from scoring.assembly import evaluate_answers
from scoring.engine import evaluate
from scoring.loading import find_faults, find_rubric, load_rubric, parse_rubric
from scoring.rubric import Criterion, Rubric, Section
from scoring.rubric_files import shipped_rubrics
from scoring.selection import select

__all__ = [
    "Criterion",
    "Rubric",
    "Section",
    "evaluate",
    "evaluate_answers",
    "find_faults",
    "find_rubric",
    "load_rubric",
    "parse_rubric",
    "select",
    "shipped_rubrics",
]
