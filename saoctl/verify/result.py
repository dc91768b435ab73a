"""The result of the verify step."""

from dataclasses import dataclass
from pathlib import Path

from saoctl.formats.origin import Weights
from saoctl.verify.caveats import Caveat
from saoctl.verify.compare import Comparison


@dataclass(frozen=True)
class VerifyResult:
    """All comparisons of an artifact.

    Args:
        passed: whether all comparisons passed.
        artifact, precision, device: the file, the precision that it computes in, and where it ran.
        written_by_saoctl: whether saoctl wrote the file; of other files the latency is measured, not declared.
        reference: the offline model that the file was compared with.
        min_snr_db: the bound of the SNR.
        lookahead: the lookahead of a file that has less than the model, see `saoctl export`; None if it is exact.
        min_price_db: the bound of `price_db`, the SNR of such a file to the offline model.
        seed, random_blocks: the seed of the random schedule, and its blocks in audio samples.
        results: the comparisons, with TF32 switched off.
        tf32_snr_db: the lowest SNR of a method with TF32 convolutions, on a device that has them.
        audio: the file that was streamed; None for the built-in test signal.
        seconds: the length of the audio that was streamed.
        conclusive: whether the audio was enough to tell a right file from a wrong one; then there are no `caveats`.
        caveats: the reasons why the audio was not enough. A file can pass all the same.
        files: the plots and the audio files that were written.
        weights: the weights of the offline model, and whether the config or the artifact named them.
    """

    passed: bool
    artifact: Path
    reference: str
    precision: str
    device: str
    written_by_saoctl: bool
    min_snr_db: float
    seed: int
    random_blocks: tuple[int, ...]
    results: tuple[Comparison, ...]
    audio: Path | None
    seconds: float
    conclusive: bool
    caveats: tuple[Caveat, ...]
    lookahead: dict[str, int] | None = None
    min_price_db: float | None = None
    tf32_snr_db: float | None = None
    files: tuple[Path, ...] = ()
    weights: Weights | None = None
