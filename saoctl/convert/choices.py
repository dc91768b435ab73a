"""How files are to be converted, and what became of each. Nothing here loads torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from saoctl.convert.layouts import LAYOUTS, Layout
from saoctl.errors import ConfigError
from saoctl.kinds import BITS, SAMPLE_RATES, Bits
from saoctl.vocabulary import Method

State = Literal["written", "skipped", "failed"]
EngineName = Literal["local", "ray"]
ENGINES: tuple[EngineName, ...] = ("local", "ray")
BLOCK_SECONDS = 1.0


@dataclass(frozen=True)
class Choices:
    """How files are converted.

    Args:
        output: a file or a folder; PIPE; None: beside each file.
        artifact: an exported file, instead of the config's weights.
        suffix: of the outputs, such as ".flac"; None: the method's default.
        bits: of a sample of audio that is written, where 32 are floats; None: those that lose least.
        sample_rate: of audio that is written, in Hz; None: the model's.
        noise, seed: the scale of the VAE's sampling noise, 0 to 2, and its seed.
        block_seconds: the seconds of audio that are computed at a time.
        shard: which share of the files is converted, counted from 1, and the number of shares.
        overwrite: replace outputs that exist.
        layout: what is written beside latents: nothing, or what stable-audio-tools trains with.
        engine: where files are converted: in this process, or on the workers of a Ray cluster.
        workers: the number of workers in the cluster; None: one for each GPU, or one for each machine.
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
    engine: EngineName = "local"
    workers: int | None = None

    def check(self, method: Method) -> None:
        """Refuse impossible choices before any work.

        Raises:
            ConfigError: a choice is impossible.
        """
        for what, name, allowed in (("layout", self.layout, LAYOUTS), ("engine", self.engine, ENGINES)):
            if name not in allowed:
                raise ConfigError(f"There is no {what} {name}.", f"Allowed: {', '.join(allowed)}.")
        if self.bits not in (None, *BITS):
            raise ConfigError(f"Samples of {self.bits} bits cannot be written.", "Give 16, 24 or 32.")
        low, high = SAMPLE_RATES
        if self.sample_rate is not None and not low <= self.sample_rate <= high:
            raise ConfigError(f"A sample rate of {self.sample_rate} Hz is impossible.", f"Give {low} to {high}.")
        if not 0 < self.block_seconds < float("inf"):
            raise ConfigError(f"Blocks of {self.block_seconds:g} s are impossible.", "Give a number above 0.")
        if self.shard is not None:
            share, shares = self.shard
            if not 1 <= share <= shares:
                last = max(shares, 1)
                raise ConfigError(f"There is no share {share} of {shares}.", f"Give 1/{last} to {last}/{last}.")
        if self.layout == "stable-audio-tools" and self.suffix not in (None, ".npy"):
            raise ConfigError("stable-audio-tools reads latents as npy.", "Leave --format out.")
        if self.workers is not None and (self.engine == "local" or self.workers < 1):
            raise ConfigError(f"{self.workers} workers are impossible here.", "Give --engine ray, and 1 or more.")
        if method == "encode" and self.sample_rate is not None:
            raise ConfigError("Latents have no sample rate of their own.", "Leave it out.")


@dataclass(frozen=True)
class Converted:
    """What became of a file.

    Args:
        given, output: the file, and its output.
        state: written; skipped, because the output exists; or failed.
        seconds: of audio.
        frames: the number of latent frames that were encoded or decoded.
        peak: the largest absolute sample of the audio that was written; 1 is full scale.
        clipped: how many samples were clipped at full scale; floats are not clipped.
        error: why the file failed.
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
    """The model that converts files.

    Args:
        source, commit: of the weights.
        precision, device: of the computation.
        sample_rate: of the model's audio, in Hz.
        ratio: audio samples per latent frame.
        workers: the number of processes that run it.
    """

    source: str
    commit: str | None
    precision: str
    device: str
    sample_rate: int
    ratio: int
    workers: int = 1
