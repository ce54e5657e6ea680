"""What each sentence of a call does: features, classifier, and the scores on a conversation's sentences."""

from qa.language.acts.annotate import FLOOR, with_acts
from qa.language.acts.head import ActHead, load_act_head
from qa.language.acts.sides import acts_of
from qa.language.acts.units import ActUnit

__all__ = ["FLOOR", "ActHead", "ActUnit", "acts_of", "load_act_head", "with_acts"]
