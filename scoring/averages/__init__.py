"""Averages that say how sure they are, from samples drawn with known chances. Pure. Methods: docs/averages.md."""

from scoring.averages.agents import AgentCalls, AgentMeans, agent_means, call_deviation, machine_means
from scoring.averages.design import Target, weighted_mean
from scoring.averages.mix import Adjusted, Flip, MixAdjustment, Mixed, adjust_for_mix
from scoring.averages.planner import calls_for_kappa, calls_for_mean
from scoring.averages.prediction import Corrected, corrected_mean
from scoring.averages.ranking import GOOD_RELIABILITY, Place, places, reliability, spearman_brown, times_as_many
from scoring.averages.shrinkage import Shrunken, shrink
from scoring.averages.summary import AgentAverage, Basis, CallScore, GroupAverage, group_average
from scoring.averages.values import Drawn, Estimate

__all__ = [
    "GOOD_RELIABILITY",
    "Adjusted",
    "AgentAverage",
    "AgentCalls",
    "AgentMeans",
    "Basis",
    "CallScore",
    "Corrected",
    "Drawn",
    "Estimate",
    "Flip",
    "GroupAverage",
    "MixAdjustment",
    "Mixed",
    "Place",
    "Shrunken",
    "Target",
    "adjust_for_mix",
    "agent_means",
    "call_deviation",
    "calls_for_kappa",
    "calls_for_mean",
    "corrected_mean",
    "group_average",
    "machine_means",
    "places",
    "reliability",
    "shrink",
    "spearman_brown",
    "times_as_many",
    "weighted_mean",
]
