"""The section of docs/benchmarks.md that `make eval-speech` writes."""

from __future__ import annotations

from typing import Any, Literal

from tools.intervals import Estimate
from tools.speech_figures import Measured, groups

NOTES = """Error rate: all words in order of time, `qa.language.for_error_rate` on both sides (jiwer). cpWER and DI-cpWER
(meeteval): speakers are roles on stereo, the diarizer's labels on mono; the confusion cost is their difference, with whole
turns or single words free to change speaker. DER (pyannote.metrics; mono only): no collar, overlap scored; who speaks when
after the words settled the speakers, against gold without the pauses over 0.25 s inside turns. Both find pauses by the
recording's energy, which flatters false alarms; the line below it compares whole turns under their roles with gold as it was
written. Words outside gold speech: they touch no gold turn, so they were made up or put at a wrong time. A call is swapped
when fewer than half of its people's words carry their role. Shares of calls: Wilson; the rest: bootstrap over calls, none
under five. The calls are synthetic and clean: real ones are harder."""
PLAIN_WORDS = """Words of every mono call beside faster-whisper's own way on the same weights: sequential, beam 5, each window
told the text before it, no speech gate. Ours are stored with Mandarin homophones written right (docs/model_cards/homophones.md);
so they are counted everywhere else on this page. In brackets the 95 % interval by the bootstrap over calls."""
PLAIN = """Beside the plain pipeline on the same weights ({embedding} embedding): faster-whisper sequential, beam 5, no speech
gate, and pyannote at its default step 0.1 with its own embedding loop and clustering; on stereo each leg is recognised and
nothing diarized. Ours / plain (errors counted; DER: seconds; too few calls for an interval). Then the same calls by the clock,
one side after the other on the same two cores: ours as it is shipped, two processes of one thread that hear a call each; the
plain pipeline as its engines come, one process of two threads, call by call; and the plain pipeline in two processes of one
thread. Engines are loaded; decoding is in none."""


def page(numbers: dict[str, Any], measured: Measured) -> str:
    """The section of docs/benchmarks.md."""
    lines = [
        f"Measured {numbers['date']} by `make eval-speech` on {numbers['machine']}: {len(measured.ours)} sample calls, "
        f"{numbers['audio_s']:.0f} s, heard by {numbers['workers']} processes of one thread side by side, as in a nightly run, "
        f"engines loaded; load average at the end {numbers['load_average_1_min']}. In brackets the 95 % interval and what was "
        "counted, out of how much.",
        "",
        NOTES,
        "",
    ]
    found = groups(measured.ours)
    lines += ["| measure | " + " | ".join(found) + " |", "|---|" + "---|" * len(found)]
    for name in found[next(iter(found))]:
        lines.append(f"| {name} | " + " | ".join(_cell(name, group.get(name)) for group in found.values()) + " |")
    lines += ["", "| stage | mono: seconds of one process a second of audio | stereo |", "|---|---|---|"]
    mono, stereo = (numbers["stage_rtf"][side] for side in ("mono", "stereo"))
    lines += [f"| {name} | {mono.get(name, 0):.4f} | {stereo.get(name, 0):.4f} |" for name in {**mono, **stereo}]
    lines += [
        "",
        "| made recording | seconds | words stored | x real time: wall | processor |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {t.name} | {t.audio_s:.0f} | {t.n_words} | {t.audio_s / t.wall_s:.1f} | {t.audio_s / t.cpu_s:.1f} |"
        for t in measured.trials
    ]
    if numbers["words_beside_plain"]:
        lines += [
            "",
            PLAIN_WORDS,
            "",
            "| call | words, characters (zh) | errors: ours as heard | ours as stored | plain | ratio |",
            "|" + "---|" * 6,
        ]
        lines += [_word_ratio(row) for row in numbers["words_beside_plain"]]
    if numbers["speeds"]:
        lines += ["", PLAIN.format(embedding=numbers["plain_embedding"]), ""]
        lines += ["| call | error rate | DER | cpWER |", "|---|---|---|---|"]
        lines += [_beside(row) for row in numbers["beside_plain"]]
        lines += ["", "| the same calls | ours | plain | as fast | plain, two processes | as fast |", "|" + "---|" * 6]
        lines += [_speed(row, kind) for row in numbers["speeds"] for kind in ("wall", "cpu")]
    lines += ["", "| model file | SHA-256 |", "|---|---|"]
    lines += [
        f"| {m['name']}: {m['file']} | {m['sha256'][:16]}{'' if m['ok'] else ' (differs)'} |" for m in numbers["models"]
    ]
    return "\n".join(lines)


def _cell(name: str, estimate: Estimate | None) -> str:
    if estimate is None or estimate.value is None:
        return ""
    form = ".3g" if name.startswith(("words outside", "seconds")) else ".1%"
    interval = ""
    if estimate.low is not None and estimate.high is not None:
        interval = f"{estimate.low:{form}}-{estimate.high:{form}}; "
    return f"{estimate.value:{form}} ({interval}{estimate.numerator:.4g}/{estimate.denominator:.4g})"


def _word_ratio(row: dict[str, Any]) -> str:
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
    if row["low"] is not None:
        ratio += f" ({row['low']:.2f}-{row['high']:.2f})"
    errors = [f"{row[name]:.0f}, {row[name] / row['units']:.1%}" for name in ("as_heard", "numerator", "denominator")]
    return f"| {row['call']} | {row['units']} | {' | '.join(errors)} | {ratio} |"


def _beside(row: dict[str, Any]) -> str:
    cells = [row["call"]]
    for key in ("error_rate", "der", "cpwer"):
        found = row.get(key)
        if not found:
            cells.append("")
            continue
        ratio = f" = {found['ratio']:.2f}" if found["ratio"] is not None else ""
        counted = f"{found['ours_n']:.4g} and {found['plain_n']:.4g} of {found['of']:.4g}"
        cells.append(f"{found['ours']:.1%} / {found['plain']:.1%}{ratio} ({counted})")
    return "| " + " | ".join(cells) + " |"


def _speed(row: dict[str, Any], kind: Literal["wall", "cpu"]) -> str:
    """Seconds with times real time, by the clock or of the processors."""
    what = {"wall": "by the clock", "cpu": "processor time"}[kind]

    def seconds(name: str) -> str:
        spent = row[name][f"{kind}_s"]
        return f"{spent:.1f} s ({row['audio_s'] / spent:.1f} x real time)"

    faster = [f"{row[name][f'as_fast_{kind}']:.1f}" for name in ("plain", "plain_pair")]
    cells = [f"{row['calls']}, {row['audio_s']:.0f} s, {what}", seconds("ours"), seconds("plain"), faster[0]]
    return "| " + " | ".join([*cells, seconds("plain_pair"), faster[1]]) + " |"
