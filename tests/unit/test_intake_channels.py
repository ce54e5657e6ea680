"""Two channels: two legs, one call twice, or one leg silent."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.intake.channels import examine
from qa.model import ChannelKind
from tests.audio_builders import RATE_HZ, talk

Plane = NDArray[np.float32]


def conversation() -> tuple[Plane, Plane]:
    """Agent and customer taking turns of five seconds for a minute."""
    n = RATE_HZ * 60
    turn = (np.arange(n) // (RATE_HZ * 5)) % 2
    return talk(60, 1) * (turn == 0), talk(60, 2) * (turn == 1)


def noise(level: float, seed: int) -> Plane:
    return (np.random.default_rng(seed).standard_normal(RATE_HZ * 60) * level).astype(np.float32)


def kind(left: Plane, right: Plane) -> ChannelKind:
    return examine([(np.clip(p, -1, 1) * 32767).astype(np.int16) for p in (left, right)], RATE_HZ).kind


def test_two_legs_are_stereo() -> None:
    assert kind(*conversation()) is ChannelKind.STEREO


def test_cross_talk_stays_stereo() -> None:
    agent, customer = conversation()
    assert kind(agent + 0.15 * customer, customer + 0.15 * agent) is ChannelKind.STEREO


def test_line_noise_on_both_legs_stays_stereo() -> None:
    agent, customer = conversation()
    assert kind(agent + noise(0.003, 3), customer + noise(0.003, 4)) is ChannelKind.STEREO


@pytest.mark.parametrize("delay_s", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("gain", [1.0, 0.25])
def test_the_same_audio_twice_is_dual_mono(delay_s: float, gain: float) -> None:
    agent, customer = conversation()
    both = agent + customer
    late = np.roll(both, int(delay_s * RATE_HZ)) * gain + noise(0.001, 5)
    report = examine([(p * 32767).astype(np.int16) for p in (both, late)], RATE_HZ)
    assert report.kind is ChannelKind.DUAL_MONO
    assert report.delay_s == pytest.approx(delay_s, abs=0.001)
    assert report.active == (0,) if gain < 1 else (0, 1)[:1]


def test_inverted_copy_is_dual_mono() -> None:
    agent, customer = conversation()
    assert kind(agent + customer, -(agent + customer)) is ChannelKind.DUAL_MONO


@pytest.mark.parametrize("floor", [0.0, 0.0003])
def test_a_leg_without_a_voice_is_silent(floor: float) -> None:
    agent, customer = conversation()
    report = examine([(p * 32767).astype(np.int16) for p in (noise(floor, 6), agent + customer)], RATE_HZ)
    assert report.kind is ChannelKind.SILENT_LEG
    assert report.active == (1,)


def test_a_leg_that_speaks_once_is_not_silent() -> None:
    agent, customer = conversation()
    customer[RATE_HZ * 12 :] = 0
    assert kind(agent, customer) is ChannelKind.STEREO


def test_one_channel_is_mono() -> None:
    assert examine([np.zeros(RATE_HZ, np.int16)], RATE_HZ).kind is ChannelKind.MONO
