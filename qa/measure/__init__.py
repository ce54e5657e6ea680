"""Numbers about a call, with units and without judgement.

===========================  ===================  ====  =======================================================
feature                      unit                 side  meaning
===========================  ===================  ====  =======================================================
``duration``                 s                    call  the recording; without one, to the end of the last turn
``silence``                  s                    call  nobody speaks, between the first and the last word
``silence_ratio``            ratio                call  its share of the time from the first to the last word
``longest_silence``          s                    call  the longest of these silences; 0 if there is none
``longest_silence_start``    s                    call  where it begins; reason ``no_silence`` if there is none
``dead_air``                 1                    call  silences over 15 s, announced as a hold or not
``overlap``                  s                    call  agent and customer speak at once
``overlap_ratio``            ratio                call  its share of the time in which somebody speaks
``turns``                    1                    both  turns of this side
``talk_time``                s                    both  this side speaks; pauses over 1 s in a turn are out
``talk_ratio``               ratio                both  its share of both sides' talk time
``interruptions``            1                    both  overlaps with which this side takes the floor
``response_latency_median``  s                    both  from the other side's end to this side's answer;
                                                        negative if answers mostly begin earlier
``pace_median``              words/min (en)       both  of turns of at least 5 words or 8 characters, pauses
                             characters/min (zh)        over 1 s taken out
``pitch_median``             Hz                   both  of voiced speech in which this side is alone (YIN)
``pitch_range``              semitones            both  from the 10th to the 90th percentile of the same
``loudness_median``          dBFS                 both  RMS level of 400 ms blocks of the same speech
===========================  ===================  ====  =======================================================

Side ``call`` is ``role=None``; the others come once for the agent and once for the customer. A value is None, with a
reason, when it cannot be told: never a 0 that nobody measured. Names and units are written to files and stay.
"""

from qa.measure.audio import AudioChannels
from qa.measure.exchanges import interruptions, response_latencies, utterances
from qa.measure.measurement import measure
from qa.measure.speech import DEAD_AIR_S, PAUSE_S, Run, runs, silences

__all__ = [
    "DEAD_AIR_S",
    "PAUSE_S",
    "AudioChannels",
    "Run",
    "interruptions",
    "measure",
    "response_latencies",
    "runs",
    "silences",
    "utterances",
]
