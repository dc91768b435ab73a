"""The cells and the sentences of all reports on what verify found."""

from collections.abc import Callable

from saoctl.verify.compare import Comparison
from saoctl.verify.result import VerifyResult
from saoctl.vocabulary import ScheduleKind

NEAR_DB = 10.0  # the model's own rounding is named if it is less than this below the bound

# For each schedule, the entry in the column `blocks` and its meaning.
SCHEDULES: dict[ScheduleKind, tuple[str, str]] = {
    "fixed": ("a number", "blocks of so many audio samples"),
    "frames": ("1 frame", "blocks of one latent frame, the smallest there are"),
    "random": ("random", "blocks of random sizes"),
    "whole": ("whole", "all of the audio as one block"),
    "reset": ("reset", "the second half of the audio, after the first half and a reset"),
    "batch": ("batch", "both halves of the audio at once, which must not leak into each other"),
}

# The cell of a comparison in each column of a table.
CELLS: dict[str, Callable[[Comparison], str]] = {
    "blocks": lambda row: row.blocks,
    "SNR dB": lambda row: f"{row.snr_db:.1f}",
    "price dB": lambda row: _rounded(row.price_db, 1),
    "max error": lambda row: f"{row.max_abs_error:.1e}",
    "compared": lambda row: str(row.samples_compared),
    "latency": lambda row: f"{row.latency_samples}{_wrong_latency(row)}",
    "seams": lambda row: _rounded(row.seam_error_ratio, 2),
    "clicks": lambda row: _rounded(row.click_ratio, 2),
}


def outcome(result: VerifyResult) -> str:
    """Return the outcome in a few words."""
    if not result.passed:
        return "failed"
    return "passed" if result.conclusive else "passed, but inconclusive"


def verdict(result: VerifyResult) -> str:
    """Return the outcome in a sentence."""
    passed = outcome(result)
    if not result.passed:
        return f"{passed}: {sum(not row.passed for row in result.results)} of {len(result.results)} comparisons."
    precision = "mixed precision" if result.precision == "mixed" else result.precision
    if result.lookahead is not None:
        worst = min(row.price_db or 0.0 for row in result.results)
        return (
            f"{passed}: with less lookahead the stream is {worst:.1f} dB or more from the offline model on this audio,"
            f" and on every sample what such a stream should give, to the rounding of {precision}."
        )
    streamed = any(row.schedule != "whole" for row in result.results)
    what = "the streamed output" if streamed else "the output for one block"
    which = "every sample" if result.written_by_saoctl else "every sample that can be had"
    return f"{passed}: {what} equals the offline output on {which}, to the rounding of {precision}."


def findings(result: VerifyResult) -> list[str]:
    """Return a sentence for each thing that is wrong: what it is, in which schedules, and where it begins."""
    causes: dict[tuple[str, str], list[Comparison]] = {}
    for row in result.results:
        if row.diagnosis is not None:
            causes.setdefault((row.method, row.diagnosis.kind), []).append(row)
    sentences = []
    for (method, _), rows in causes.items():
        first = rows[0].diagnosis
        assert first is not None
        of = sum(row.method == method for row in result.results)
        unit = "frame" if method == "encode" else "sample"
        sentences.append(
            f"{method}: {first.message}. In {len(rows)} of {of} schedules; first bad {unit} {first.first_bad_sample},"
            f" in block {first.first_bad_block} ({rows[0].blocks}), counted from 0."
        )
    return sentences


def schedules(result: VerifyResult) -> list[tuple[str, str]]:
    """Return the entries in the column `blocks`, each with its meaning, for the schedules that were compared."""
    return [SCHEDULES[kind] for kind in dict.fromkeys(row.schedule for row in result.results)]


def caveats(result: VerifyResult) -> list[str]:
    """Return a sentence for each reason why the outcome proves less than it seems to."""
    return [f"This proves too little: {caveat.message}." for caveat in result.caveats]


def rounding(result: VerifyResult) -> list[str]:
    """Return a sentence on the model's own rounding for each method that was judged by float64."""
    lost: dict[str, float] = {}
    for row in result.results:
        if row.rounding_db is not None:
            lost[row.method] = min(lost.get(row.method, row.rounding_db), row.rounding_db)
    why = "so much do these weights amplify rounding"
    if any(caveat.kind in ("silent", "constant", "short") for caveat in result.caveats):
        why = "because there is too little sound in the audio"
    return [
        f"{method}: the offline model's own float32 is only {db:.1f} dB from its float64, {why}. The stream is compared"
        " with float64 here, and may be off about as much, at any time."
        for method, db in lost.items()
        if db < result.min_snr_db + NEAR_DB
    ]


def notes(result: VerifyResult) -> list[str]:
    """Return the caveats, the findings and the sentences on rounding."""
    return [*caveats(result), *findings(result), *rounding(result)]


def _wrong_latency(row: Comparison) -> str:
    return "" if row.latency_measured in (row.latency_samples, None) else f" ≠ {row.latency_measured}"


def _rounded(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
