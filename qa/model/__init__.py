"""What a call is. Pure values: standard library and pydantic only."""

from qa.model.act import Act, ActScore
from qa.model.call import Call, ChannelKind, Direction, Language, SpeakerRole
from qa.model.conversation import Conversation, Provenance, Sentence, Sentiment, Turn, Word
from qa.model.coverage import CoverageRow, Status
from qa.model.document import Document
from qa.model.errors import (
    CallibrateError,
    ModelUnavailable,
    Reason,
    RecordingRefused,
    RubricError,
    UsageError,
)
from qa.model.evaluation import (
    CriterionResult,
    CriticalErrors,
    Cue,
    Evaluation,
    Evidence,
    JudgeUse,
    OnFail,
    Outcome,
    RubricRef,
    SectionTotals,
    Severity,
    Totals,
)
from qa.model.features import Feature
from qa.model.judging import Judge, JudgeAnswer, JudgeFailed, JudgeQuestion, Quote
from qa.model.recording import AudioFacts, Recording
from qa.model.sample import SampleRow
from qa.model.span import Span, intersection, total_s, union

__all__ = [
    "Act",
    "ActScore",
    "AudioFacts",
    "Call",
    "CallibrateError",
    "ChannelKind",
    "Conversation",
    "CoverageRow",
    "CriterionResult",
    "CriticalErrors",
    "Cue",
    "Direction",
    "Document",
    "Evaluation",
    "Evidence",
    "Feature",
    "Judge",
    "JudgeAnswer",
    "JudgeFailed",
    "JudgeQuestion",
    "JudgeUse",
    "Language",
    "ModelUnavailable",
    "OnFail",
    "Outcome",
    "Provenance",
    "Quote",
    "Reason",
    "Recording",
    "RecordingRefused",
    "RubricError",
    "RubricRef",
    "SampleRow",
    "SectionTotals",
    "Sentence",
    "Sentiment",
    "Severity",
    "Span",
    "SpeakerRole",
    "Status",
    "Totals",
    "Turn",
    "UsageError",
    "Word",
    "intersection",
    "total_s",
    "union",
]
