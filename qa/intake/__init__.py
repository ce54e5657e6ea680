"""Files in: find recordings, read the manifest, identify by content, decode in a sandbox, tell channels apart."""

from qa.intake.decode import DecodedAudio, decode
from qa.intake.playback import playback_copy
from qa.intake.scan import Intake, scan

__all__ = ["DecodedAudio", "Intake", "decode", "playback_copy", "scan"]
