"""Rubric, checks, evaluation, totals. Pure: a verdict can be replayed anywhere from the conversation and the rubric."""

from scoring.engine import evaluate
from scoring.loading import find_faults, find_rubric, load_rubric, parse_rubric, shipped_rubrics
from scoring.rubric import Criterion, Rubric, Section

__all__ = [
    "Criterion",
    "Rubric",
    "Section",
    "evaluate",
    "find_faults",
    "find_rubric",
    "load_rubric",
    "parse_rubric",
    "shipped_rubrics",
]
