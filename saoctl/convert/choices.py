"""How files are to be converted, and what became of them. Nothing here loads torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from saoctl.convert.layouts import Layout
from saoctl.errors import ConfigError
from saoctl.kinds import SAMPLE_RATES, Bits
from saoctl.vocabulary import Method

State = Literal["written", "skipped", "failed"]
Engine = Literal["local", "ray"]
ENGINES: tuple[Engine, ...] = ("local", "ray")
BLOCK_SECONDS = 1.0


@dataclass(frozen=True)
class Choices:
    """How files are converted.

    Args:
        output: a file or a folder; PIPE; None: beside each file.
        artifact: an exported file in the place of the config's weights.
        suffix: of the outputs, such as ".flac"; None: as usual.
        bits: of audio, 32 being floats; None: what loses least.
        sample_rate: of audio out, in Hz; None: the model's.
        noise, seed: how much of the VAE's sampling noise is added to latents, and from which seed.
        block_seconds: of audio that are computed at a time.
        shard: which share of the files, counted from 1, of how many.
        overwrite: write anew what is there already.
        layout: what stands beside latents: nothing, or what stable-audio-tools trains with.
        engine: where they are converted: in this process, or on the workers of a Ray cluster.
        workers: of a cluster; None: one for each GPU, or one for each machine.
    """

    output: Path | None = None
    artifact: Path | None = None
    suffix: str | None = None
    bits: Bits | None = None
    sample_rate: int | None = None
    noise: float = 0.0
    seed: int = 0
    block_seconds: float = BLOCK_SECONDS
    shard: tuple[int, int] | None = None
    overwrite: bool = False
    layout: Layout = "plain"
    engine: Engine = "local"
    workers: int | None = None


@dataclass(frozen=True)
class Converted:
    """What became of a file.

    Args:
        given, output: the file, and what it became.
        state: written; skipped, as it was there already; or failed.
        seconds: of audio.
        frames: of latents, of what was encoded or decoded.
        peak: the largest sample of audio out, 1 being full scale.
        clipped: samples above full scale, where the format ends there.
        error: why it failed.
    """

    given: Path
    output: Path
    state: State
    seconds: float = 0.0
    frames: int | None = None
    peak: float | None = None
    clipped: int | None = None
    error: str | None = None


@dataclass(frozen=True)
class Running:
    """What computes.

    Args:
        source, commit: of the weights.
        precision, device: of the computation.
        sample_rate: of the model's audio, in Hz.
        ratio: audio samples per latent frame.
        workers: how many there are.
    """

    source: str
    commit: str | None
    precision: str
    device: str
    sample_rate: int
    ratio: int
    workers: int = 1


def check(method: Method, choices: Choices) -> None:
    """Refuse what cannot be, before any work.

    Raises:
        ConfigError: a choice is impossible.
    """
    low, high = SAMPLE_RATES
    if choices.sample_rate is not None and not low <= choices.sample_rate <= high:
        raise ConfigError(f"A sample rate of {choices.sample_rate} Hz is impossible.", f"Give {low} to {high}.")
    if not 0 < choices.block_seconds < float("inf"):
        raise ConfigError(f"Blocks of {choices.block_seconds:g} s are impossible.", "Give a number above 0.")
    if choices.shard is not None:
        which, of = choices.shard
        if not 1 <= which <= of:
            raise ConfigError(
                f"There is no share {which} of {of}.", f"Give 1/{max(of, 1)} to {max(of, 1)}/{max(of, 1)}."
            )
    if choices.layout == "stable-audio-tools" and choices.suffix not in (None, ".npy"):
        raise ConfigError("stable-audio-tools reads latents as npy.", "Leave --format out.")
    if choices.workers is not None and (choices.engine == "local" or choices.workers < 1):
        raise ConfigError(f"{choices.workers} workers are impossible here.", "Give --engine ray, and 1 or more.")
    if method == "encode" and choices.sample_rate is not None:
        raise ConfigError("Latents have no sample rate of their own.", "Leave it out.")
