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
        passed: all of them did.
        artifact, precision, device: what was compared, and where.
        written_by_saoctl: whether it was; of other artifacts the latency is measured, not declared.
        reference: the offline model that it was compared with.
        min_snr_db: the bound.
        lookahead: of a file with less than the model has, see `saoctl export`; None if it is exact.
        min_price_db: the bound of `price_db`, the SNR of such a file to the offline model.
        seed, random_blocks: of the random schedule, its seed and its blocks in audio samples.
        results: the comparisons, with TF32 switched off.
        tf32_snr_db: of the worst comparison with TF32 convolutions, on a device that has them.
        audio: the file that was streamed; None for the built-in test signal.
        seconds: of audio that were streamed.
        conclusive: whether the audio was enough to tell a right file from a wrong one: there are no `caveats`.
        caveats: why it was not enough. A file can pass all the same.
        files: plots and audio that were written.
        weights: those of the offline model, and whether the config or the artifact named them.
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
