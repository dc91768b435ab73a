"""What verify compared, as audio files to listen to."""

import math
from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from saoctl import recording
from saoctl.verify.compare import Trace

LOUD_DB = -20.0  # peak of the difference after its gain, at most
GAIN_STEP_DB = 10


def save(folder: Path, given: Tensor, sample_rate: int, traces: Sequence[Trace]) -> tuple[Path, ...]:
    """Write the input and, per method that gives audio, offline and streamed output and their difference.

    All files begin at the first sample of the signal: the latency is taken off. They are WAV files of 32-bit floats,
    which clip nothing. The difference, far too soft to be heard, is amplified, and its gain stands in its name.

    Args:
        folder: where to; it is made if it is not there.
        given: the audio that was streamed, [C, T].
        sample_rate: Hz.
        traces: of each method the worst is written.

    Returns:
        The files.

    Raises:
        FileError: a file cannot be written.
    """
    files = {"input.wav": given}
    for method in dict.fromkeys(trace.comparison.method for trace in traces):
        trace = worst([trace for trace in traces if trace.comparison.method == method])
        if trace.rate != sample_rate:
            continue  # latents are no audio
        offline, streamed = (_placed(trace, part, given.shape[1]) for part in (trace.offline, trace.streamed))
        difference = streamed - offline
        gain = _gain_db(difference)
        files[f"{method}-offline.wav"] = offline
        files[f"{method}-streamed.wav"] = streamed
        files[f"{method}-difference{gain:+d}dB.wav"] = difference * 10 ** (gain / 20)
        for old in folder.glob(f"{method}-difference*dB.wav"):  # of another run, with another gain
            old.unlink()
    rates, channels, length = (sample_rate, sample_rate), *given.shape
    for name, samples in files.items():
        recording.write(folder / name, iter([samples]), rates, channels, 32, lambda: length, length)
    return tuple(folder / name for name in files)


def worst(traces: Sequence[Trace]) -> Trace:
    """The trace with the most to tell: the lowest SNR of those that failed, else of those in many blocks."""
    failed = [trace for trace in traces if not trace.comparison.passed]
    in_blocks = [trace for trace in traces if trace.comparison.schedule in ("fixed", "frames", "random")]
    telling = [trace for trace in in_blocks if not trace.comparison.passed] or failed or in_blocks or traces
    return min(telling, key=lambda trace: trace.comparison.snr_db)


def _placed(trace: Trace, samples: Tensor, length: int) -> Tensor:
    """What was compared where it belongs in the whole signal, [C, length]; what was not compared is silence."""
    placed = samples.new_zeros(len(samples), length)
    for begin, item in zip(trace.begins, samples.chunk(len(trace.begins), dim=1), strict=True):
        placed[:, begin : begin + item.shape[1]] = item[:, : length - begin]
    return placed


def _gain_db(difference: Tensor) -> int:
    """A gain in whole steps that brings a signal's peak to LOUD_DB or less below; 0 for silence and nonsense."""
    peak = difference.abs().max().item()
    if peak == 0 or not math.isfinite(peak):
        return 0
    return math.floor((LOUD_DB - 20 * math.log10(peak)) / GAIN_STEP_DB) * GAIN_STEP_DB
