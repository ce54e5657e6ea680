"""The parts of the sample generator: script -> voice -> timeline -> render -> encode, and gold."""
