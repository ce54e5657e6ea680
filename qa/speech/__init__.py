"""Speech to turns: activity, transcription (faster-whisper), diarization (pyannote.audio), roles.

Nothing heavy is imported here; engines load on first use.
"""

from qa.speech.engines import SpeechEngines
from qa.speech.listen import Heard, listen

__all__ = ["Heard", "SpeechEngines", "listen"]
