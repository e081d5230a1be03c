"""A recording for the demo: three minutes of tones in which a listener can hear where they are.

A chime opens every ten seconds: one bell at the start of a minute, one more
each time, six at its fifty seconds. A slow melody follows, set higher in each minute.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array
from functools import lru_cache

SECONDS = 180
MARK_EVERY = 10
RATE = 16_000
MEDIA_TYPE = "audio/wav"

_NOTE_SECONDS = 0.5
_CHIME_SECONDS = 2.0
_BELL_SECONDS = 0.25
_BELL_HZ = 1318.5
_BASE_HZ = 220.0
_LOUDNESS = 9_000
_MELODY = (0, 4, 7, 12, 9, 7, 4, 2, 0, 2, 4, 7, 4, 2, 0, 0)  # semitones above the minute's key


def make_wav() -> bytes:
    """A WAV file: 16 bits, mono, 16 kHz, about 5.8 MB, the same on every call."""
    samples = b"".join(_block(start) for start in range(0, SECONDS, MARK_EVERY))
    return _wav_header(len(samples)) + samples


def _block(start: int) -> bytes:
    """Ten seconds beginning at ``start`` seconds."""
    minute, second = divmod(start, 60)
    chime = _tone(_BELL_HZ, _BELL_SECONDS) * (second // MARK_EVERY + 1)
    silence = bytes(2 * int(RATE * _CHIME_SECONDS) - len(chime))
    notes = (_tone(_BASE_HZ * 2 ** ((step + 3 * minute) / 12), _NOTE_SECONDS) for step in _MELODY)
    return chime + silence + b"".join(notes)


@lru_cache(maxsize=64)
def _tone(hertz: float, seconds: float) -> bytes:
    """A note that swells fast and dies away, so that notes join without a click."""
    count = int(RATE * seconds)
    turn = math.tau * hertz / RATE
    tone = array("h", (round(_LOUDNESS * _swell(at / count) * math.sin(turn * at)) for at in range(count)))
    if sys.byteorder == "big":
        tone.byteswap()
    return tone.tobytes()


def _swell(part: float) -> float:
    return min(1.0, part * 20) * math.pow(1 - part, 1.5)


def _wav_header(size: int) -> bytes:
    plain_pcm, mono, bytes_per_sample = 1, 1, 2
    layout = (plain_pcm, mono, RATE, RATE * bytes_per_sample, bytes_per_sample, 8 * bytes_per_sample)
    return struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVEfmt ", 16, *layout, b"data", size)
