"""What `make eval-speech` makes of counts: estimates with intervals, and ours beside the plain pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tools.intervals import Estimate, bootstrap, wilson
from tools.speech_accuracy import CallCounts
from tools.speech_trials import Trial
from tools.speech_workers import Round


@dataclass(frozen=True, slots=True)
class Measured:
    """Every call with ours, its seconds by side and stage, the plain recognition of the mono calls, ours beside the plain
    pipeline, and the trials."""

    ours: list[CallCounts]
    plain_words: list[CallCounts]
    stage_s: dict[str, dict[str, float]]
    beside: list[Beside]
    trials: list[Trial]


@dataclass(frozen=True, slots=True)
class Beside:
    """The same calls heard by both pipelines: ours and the plain one each in its way, the plain one also in ours' way."""

    side: Literal["mono", "stereo"]
    ours: Round
    plain: Round
    plain_pair: Round


def estimates(counts: Sequence[CallCounts]) -> dict[str, Estimate]:
    """Every measure of a group of calls. Shares of calls by Wilson, everything else by the bootstrap over calls."""
    hours = [c.audio_s / 3600 for c in counts]
    units = [c.units for c in counts]
    der = [c.der for c in counts if c.der is not None]
    turns = [c.der_of_turns for c in counts if c.der_of_turns is not None]
    speech_s = [d.without_pauses.speech_s for d in der]
    roles = [c for c in counts if c.role_words]
    made = {
        "error rate (WER; zh: CER)": bootstrap([c.errors for c in counts], units),
        "cpWER": bootstrap([c.cp_errors for c in counts], units),
        "DI-cpWER, turns": bootstrap([c.di_errors for c in counts], units),
        "speaker confusion cost, turns": bootstrap([c.cp_errors - c.di_errors for c in counts], units),
        "speaker confusion cost, single words": bootstrap([c.cp_errors - c.di_unit_errors for c in counts], units),
        "words outside gold speech an hour": bootstrap([c.invented for c in counts], hours),
        "DER": bootstrap([d.without_pauses.wrong_s for d in der], speech_s),
        "DER: missed": bootstrap([d.without_pauses.missed_s for d in der], speech_s),
        "DER: false alarm": bootstrap([d.without_pauses.false_alarm_s for d in der], speech_s),
        "DER: confused": bootstrap([d.without_pauses.confusion_s for d in der], speech_s),
        "DER of whole turns (the RTTM output), pauses in turns as speech": bootstrap(
            [d.wrong_s for d in turns], [d.speech_s for d in turns]
        ),
        "words with the right role": bootstrap([c.role_words_right for c in roles], [c.role_words for c in roles]),
        "calls with roles right": wilson(sum(c.roles_right for c in roles), len(roles)),
        "calls swapped and not flagged": wilson(sum(c.swapped_silently for c in roles), len(roles)),
        "calls flagged role_uncertain": wilson(sum(c.uncertain for c in roles), len(roles)),
        "seconds a second of audio: wall": bootstrap([c.wall_s for c in counts], [c.audio_s for c in counts]),
        "seconds a second of audio: processor": bootstrap([c.cpu_s for c in counts], [c.audio_s for c in counts]),
    }
    return {name: estimate for name, estimate in made.items() if estimate.denominator}


def groups(counts: Sequence[CallCounts]) -> dict[str, dict[str, Estimate]]:
    """Estimates for all calls, and by language and by side."""
    chosen = {"all": list(counts)}
    for name in ("en", "zh", "mono", "stereo"):
        chosen[name] = [c for c in counts if name in (c.language, c.side)]
    return {f"{name} ({len(found)} calls)": estimates(found) for name, found in chosen.items() if found}


def ratios(beside: Sequence[Beside]) -> list[dict[str, Any]]:
    """Ours / plain: error rate, DER and cpWER, call by call, by side, and over all calls in one figure."""
    pairs = [(o, p) for found in beside for o, p in zip(found.ours.counts, found.plain.counts, strict=True)]
    groups = [(p.call_id, [(o, p)]) for o, p in pairs]
    groups += [(f"all {side}", [pair for pair in pairs if pair[1].side == side]) for side in ("mono", "stereo")]
    groups.append(("all", pairs))
    made = []
    for name, chosen in groups:
        if not chosen:
            continue
        a, b = estimates([o for o, _ in chosen]), estimates([p for _, p in chosen])
        row: dict[str, Any] = {"call": name}
        for key, measure_name in (("error_rate", "error rate (WER; zh: CER)"), ("der", "DER"), ("cpwer", "cpWER")):
            if measure_name in a and measure_name in b:
                x, y = a[measure_name], b[measure_name]
                ratio = x.value / y.value if x.value is not None and y.value else None
                row[key] = {"ours": x.value, "plain": y.value, "ratio": ratio}
                row[key] |= {"ours_n": x.numerator, "plain_n": y.numerator, "of": x.denominator}
        made.append(row)
    return made


def word_ratios(ours: Sequence[CallCounts], plain: Sequence[CallCounts]) -> list[dict[str, Any]]:
    """Errors of ours / of the plain recognition on the calls that both heard: by call, by language and in one figure."""
    by_id = {counts.call_id: counts for counts in ours}
    pairs = [(by_id[counts.call_id], counts) for counts in plain]
    rows = [(p.call_id, [(o, p)]) for o, p in pairs]
    rows += [(f"all {name}", [pair for pair in pairs if pair[1].language == name]) for name in ("en", "zh")]
    rows.append(("all mono", pairs))
    made = []
    for name, chosen in rows:
        if chosen:
            ratio = bootstrap([o.errors for o, _ in chosen], [p.errors for _, p in chosen])
            units, as_heard = sum(p.units for _, p in chosen), sum(o.errors_as_heard for o, _ in chosen)
            made.append({"call": name, "units": units, "as_heard": as_heard, **asdict(ratio), "ratio": ratio.value})
    return made


def speeds(beside: Sequence[Beside]) -> list[dict[str, Any]]:
    """Seconds for the same calls: by the clock on both cores, and of the processors."""
    made = []
    for found in beside:
        row: dict[str, Any] = {"calls": found.side, "audio_s": round(sum(c.audio_s for c in found.ours.counts), 1)}
        for name, heard in (("ours", found.ours), ("plain", found.plain), ("plain_pair", found.plain_pair)):
            row[name] = {"wall_s": heard.wall_s, "cpu_s": heard.cpu_s}
            row[name] |= {
                "as_fast_wall": heard.wall_s / found.ours.wall_s,
                "as_fast_cpu": heard.cpu_s / found.ours.cpu_s,
            }
        made.append(row)
    return made
