"""The sentences that say what a verify found, in every report."""

from saoctl.verify.compare import Comparison
from saoctl.verify.result import VerifyResult
from saoctl.vocabulary import ScheduleKind

NEAR_DB = 10.0  # own rounding that is less than this below the bound is worth a word

# What the column `blocks` says of each schedule, and what it means.
SCHEDULES: dict[ScheduleKind, tuple[str, str]] = {
    "fixed": ("a number", "blocks of so many audio samples"),
    "frames": ("1 frame", "blocks of one latent frame, the smallest there are"),
    "random": ("random", "blocks of random sizes"),
    "whole": ("whole", "all of the audio as one block"),
    "reset": ("reset", "the second half of the audio, after the first half and a reset"),
    "batch": ("batch", "both halves of the audio at once, which must not leak into each other"),
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
    """Return a sentence for each thing that is wrong: what, in which schedules, and where it begins."""
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
    """Return what the column `blocks` says of the schedules that were compared, each with its meaning."""
    return [SCHEDULES[kind] for kind in dict.fromkeys(row.schedule for row in result.results)]


def caveats(result: VerifyResult) -> list[str]:
    """Return a sentence for each reason why the outcome proves less than it seems to."""
    return [f"This proves too little: {caveat.message}." for caveat in result.caveats]


def rounding(result: VerifyResult) -> list[str]:
    """Return a sentence for each method that was judged by float64, on what the model itself loses."""
    lost: dict[str, float] = {}
    for row in result.results:
        if row.rounding_db is not None:
            lost[row.method] = min(lost.get(row.method, row.rounding_db), row.rounding_db)
    little_sound = any(caveat.kind in ("silent", "constant", "short") for caveat in result.caveats)
    why = (
        "because there is too little sound in the audio"
        if little_sound
        else "so much do these weights amplify rounding"
    )
    return [
        f"{method}: the offline model's own float32 is only {db:.1f} dB from its float64, {why}. The stream is compared"
        " with float64 here, and may be off about as much, at any time."
        for method, db in lost.items()
        if db < result.min_snr_db + NEAR_DB
    ]
