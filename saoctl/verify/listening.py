"""Audio files to listen to, of what verify compared."""

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from torch import Tensor

from saoctl import recording
from saoctl.verify.compare import Trace

SUFFIX = ".wav"
LOUD_DB = -20.0  # largest peak of the difference after its gain
GAIN_STEP_DB = 10


def save(folder: Path, given: Tensor | None, sample_rate: int, traces: Sequence[Trace]) -> list[Path]:
    """Write the input and, of each method that gives audio, its outputs and their difference, and return the files.

    They are WAV of 32-bit floats, which clip nothing. Each begins at the first sample of the signal, as the latency is
    taken off. The difference is far too soft to be heard, so it is amplified, and its gain stands in its name; one with
    another gain, from an earlier run, is deleted.

    Args:
        folder: for the files.
        given: the audio that was streamed, [C, T]; None: latents were.
        sample_rate: Hz.
        traces: the comparisons; of each method the worst is taken.

    Raises:
        FileError: a file cannot be written.
    """
    sounds = {} if given is None else {"input": given}
    for method in dict.fromkeys(trace.comparison.method for trace in traces):
        trace = worst([trace for trace in traces if trace.comparison.method == method])
        if trace.rate != sample_rate:
            continue  # latents are no audio
        length = max(begin + trace.offline.shape[1] // len(trace.begins) for begin in trace.begins)
        length = length if given is None else given.shape[1]
        offline, streamed = (_placed(trace, part, length) for part in (trace.offline, trace.streamed))
        difference = streamed - offline
        gain = _gain_db(difference)
        sounds[f"{method}-offline"] = offline
        sounds[f"{method}-streamed"] = streamed
        sounds[f"{method}-difference{gain:+d}dB"] = difference * 10 ** (gain / 20)
        for old in folder.glob(f"{method}-difference*dB{SUFFIX}"):
            old.unlink()
    files = {folder / f"{name}{SUFFIX}": samples for name, samples in sounds.items()}
    for path, samples in files.items():
        channels, length = samples.shape
        recording.write(path, iter([samples]), (sample_rate, sample_rate), channels, 32, partial(int, length), length)
    return list(files)


def worst(traces: Sequence[Trace]) -> Trace:
    """Return the trace that tells the most: the lowest SNR of those that failed, or else of those in many blocks."""
    failed = [trace for trace in traces if not trace.comparison.passed]
    in_blocks = [trace for trace in traces if trace.comparison.schedule in ("fixed", "frames", "random")]
    telling = [trace for trace in in_blocks if not trace.comparison.passed] or failed or in_blocks or traces
    return min(telling, key=lambda trace: trace.comparison.snr_db)


def _placed(trace: Trace, samples: Tensor, length: int) -> Tensor:
    """Return samples at their place in the whole signal, [C, length]; what was not compared is silence."""
    placed = samples.new_zeros(len(samples), length)
    for begin, item in zip(trace.begins, samples.chunk(len(trace.begins), dim=1), strict=True):
        placed[:, begin : begin + item.shape[1]] = item[:, : length - begin]
    return placed


def _gain_db(difference: Tensor) -> int:
    """Return the largest gain in whole steps that leaves the peak at LOUD_DB or below; 0 for silence and NaN."""
    peak = difference.abs().max().item()
    if peak == 0 or not math.isfinite(peak):
        return 0
    return math.floor((LOUD_DB - 20 * math.log10(peak)) / GAIN_STEP_DB) * GAIN_STEP_DB
