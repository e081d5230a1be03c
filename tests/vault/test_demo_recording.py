"""The demo's recording is a WAV file in which a listener can hear where they are."""

from __future__ import annotations

import io
import wave
from array import array
from itertools import pairwise

from broker.vault.demo_recording import MARK_EVERY, RATE, SECONDS, make_wav


def _sound(start: float, seconds: float) -> array[int]:
    with wave.open(io.BytesIO(make_wav())) as file:
        file.setpos(int(start * RATE))
        return array("h", file.readframes(int(seconds * RATE)))


def _crossings(sound: array[int]) -> int:
    return sum(1 for one, other in pairwise(sound) if one < 0 <= other)


def test_it_is_a_plain_wav():
    """16 bits, mono, 16 kHz, three minutes, with nothing before or behind."""
    content = make_wav()
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getsampwidth(), file.getnchannels(), file.getframerate()) == (2, 1, RATE)
        assert file.getnframes() == RATE * SECONDS
    assert len(content) == 44 + 2 * RATE * SECONDS


def test_it_is_the_same_every_time():
    """Two calls give the same bytes."""
    assert make_wav() == make_wav()


def test_bells_tell_the_ten_seconds_of_a_minute():
    """A chime has one bell at the start of a minute and one more every ten seconds."""
    for start in range(0, SECONDS, MARK_EVERY):
        bells = start % 60 // MARK_EVERY + 1
        assert any(_sound(start + (bells - 1) * 0.25, 0.2))
        assert not any(_sound(start + bells * 0.25, 0.25))


def test_minutes_differ_in_pitch():
    """The same note of the melody is higher in each minute, so that a seek is heard."""
    pitches = [_crossings(_sound(60 * minute + 2, 0.5)) for minute in range(3)]
    assert pitches == sorted(set(pitches))


def test_it_is_audible_and_does_not_clip():
    """Loud enough to hear, far enough from the limit."""
    assert 5_000 < max(_sound(0, 10)) < 20_000
