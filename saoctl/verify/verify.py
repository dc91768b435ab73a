"""The verify step: stream audio through the artifact in many ways and compare every sample with the offline model.

How a result comes about:

- `make_cases`: makes each Case, an input with its blocks and the expected output;
- `measure_all`: measures the Facts of each stream;
- `judge_all`: finds the Cause of what is wrong, and freezes both into a Comparison with the Trace of its signals;
- `run`: freezes all comparisons into the VerifyResult.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from torch import Tensor

from saoctl import audio, devices
from saoctl.blocks import block_sizes_of_file
from saoctl.config import Config, MinSnr
from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact as artifacts
from saoctl.formats.description import Description
from saoctl.formats.format import Artifact
from saoctl.formats.limits import alone, computes
from saoctl.formats.origin import Weights, is_from, options_for, other_weights, with_weights_of
from saoctl.models.checkpoint import load
from saoctl.models.family import Architecture, Reference
from saoctl.models.registry import check_reference, family_of
from saoctl.progress import Progress, Silent
from saoctl.verify import listening, page, plot
from saoctl.verify.caveats import NO_SOUND, find_caveats
from saoctl.verify.comparisons import judge_all, make_cases, measure_all
from saoctl.verify.coordinates import InBasis
from saoctl.verify.result import VerifyResult
from saoctl.verify.rounding import Precise
from saoctl.verify.schedules import Schedule, schedules
from saoctl.verify.stream import Case
from saoctl.vocabulary import Method, ScheduleKind, signatures
from saoctl.weights.source import find

USUAL_BLOCK_SIZES = (2048, 4096, 8192)
SIMULATED_SECONDS = 3.0  # the most that is compared with estimates: each block takes some fifty frames

# The schedules and the block sizes that a file can be run in, and in words the blocks that it cannot be run in.
Blocks = tuple[list[ScheduleKind], list[int], list[str]]


def run(
    config: Config, progress: Progress | None = None, plot_file: Path | None = None, save: Path | None = None
) -> VerifyResult:
    """Compare the config's artifact with the offline model of the config's weights.

    Args:
        config: what to compare.
        progress: a listener.
        plot_file: a file for a drawing of the errors, in the format of its suffix.
        save: a folder for audio files of what was compared.

    Raises:
        FileError: the artifact, the weights or the audio are missing or not what they should be, or the artifact is
            of another architecture than the weights.
        WeightsError: the weights are not on this machine.
        ConfigError: a block size is no multiple of the model's ratio, the artifact can be run in none of the block
            sizes or of the schedules, the device is not there, the reference is not installed, or what is stated of an
            ONNX file cannot be.
    """
    progress = progress or Silent()
    settings = config.verify
    check_reference(config.reference)
    device = artifacts.device_for(config.artifact, config.device)

    # Load the artifact and the weights that it is compared with.
    description = artifacts.description(config.artifact)
    blocks = None
    if description is not None:  # impossible blocks and references are refused before any work
        blocks = _possible_blocks(config, description.architecture, description.block_size, description.grid)
        family_of(description.architecture).check_reference(config.reference)
    progress.start("Loading the artifact")
    model, weights, taken = _load_weights(config, description, progress)
    artifact = artifacts.load_any(config.artifact, device, config.verify.onnx)
    if description is not None:
        artifact.set_noise(0.0)  # sampling noise has no offline counterpart
    blocks = blocks or _possible_blocks(config, model, artifact.can.block_size if artifact.can.keeps_state else None)
    # A host sees this architecture: a file with a basis has coordinates in the place of latents.
    basis = description.basis if description else None
    architecture = model if basis is None else model.model_copy(update={"latent_dim": basis.latents})
    step = artifact.can.grid or architecture.ratio
    methods = _comparable(artifact, architecture, step, progress)
    precision = computes(artifacts.format_of(config.artifact).name, artifact.precision)
    if warning := devices.slow_precision(device, precision):
        progress.warn(warning)

    # Choose what is streamed.
    lookahead = description.lookahead if description else None
    seconds = config.seconds if lookahead is None else min(config.seconds, SIMULATED_SECONDS)
    rate, channels, ratio = architecture.sample_rate, architecture.audio_channels, architecture.ratio
    hears = "encode" in architecture.methods
    if config.audio is not None and not hears:
        progress.warn(f"{config.audio} is not used: {alone(architecture)} is given random latents.")
    signal = audio.signal(config.audio if hears else None, rate, channels, seconds, ratio)
    chosen = _schedules(blocks, artifact, signal.shape[2] // ratio, ratio, step, settings.seed, progress)
    progress.start("Computing the offline reference")

    def build(weights: Mapping[str, Tensor]) -> Reference:
        """Return the judge: the offline model, in the basis of the file if it has one."""
        reference = family_of(model).reference(config.reference, model, weights)
        return reference if basis is None else InBasis(reference, basis.whole(model), basis.latents)

    reference = build(weights)
    if lookahead is not None:
        progress.start("Computing what each block should give")
    cases = make_cases(reference, signal, chosen, methods, architecture, lookahead, artifact.can.grid)

    # Measure, and judge what was measured.
    bound: float = getattr(settings.min_snr_db, artifact.precision)
    least = settings.min_snr_db.lookahead if lookahead is not None else None

    @cache
    def in_float64() -> Precise:
        progress.start("Comparing with float64, to tell rounding from error")
        return Precise(build, weights)

    # A bound above the default is deliberately stricter than rounding error, so it is applied without float64.
    exactly = in_float64 if artifact.precision == "float32" and bound <= MinSnr().float32 else None
    with devices.tf32_convolutions(False):
        progress.start("Streaming", total=len(cases))
        measured = measure_all(artifact, cases, bound, progress, exactly)
        caveats = find_caveats(signal[0], architecture, measured, chosen)
        blames_weights = exactly is not None or not any(caveat.kind in NO_SOUND for caveat in caveats)
        traces = judge_all(artifact, reference, measured, least, blames_weights)
    rows = tuple(trace.comparison for trace in traces)
    tf32_snr_db = _with_tf32(artifact, cases, bound, progress)

    # Report.
    files = [] if plot_file is None else [plot_file]
    if save is not None:
        progress.start("Writing audio")
        files += listening.save(save, signal[0] if hears else None, rate, traces)
    random = next((schedule.sizes for schedule in chosen if schedule.kind == "random"), ())
    result = VerifyResult(
        passed=all(row.passed for row in rows),
        artifact=config.artifact,
        reference=reference.name,
        precision=artifact.precision,
        device=str(device),
        written_by_saoctl=description is not None,
        min_snr_db=bound,
        seed=settings.seed,
        random_blocks=tuple(size * step for size in random),
        results=rows,
        audio=config.audio if hears else None,
        seconds=signal.shape[2] / rate,
        conclusive=not caveats,
        caveats=caveats,
        lookahead=lookahead,
        min_price_db=least,
        tf32_snr_db=tf32_snr_db,
        files=tuple(files),
        weights=taken,
    )
    if plot_file is not None:
        progress.start("Drawing")
        if plot_file.suffix.lower() == page.SUFFIX:
            page.write(result, traces, rate, plot_file)
        else:
            verdict = "passed" if result.passed else "FAILED"
            title = f"{config.artifact.name} against {reference.name}, {artifact.precision} on {device}: {verdict}"
            plot.draw(traces, title, plot_file)
    return result


def _load_weights(
    config: Config, description: Description | None, progress: Progress
) -> tuple[Architecture, dict[str, Tensor], Weights]:
    """Load the weights that the artifact is judged against, with their architecture and what they are called.

    Args:
        config: which artifact and which weights.
        description: of the artifact; None if saoctl did not write it.
        progress: a listener, warned if the artifact was exported from others.

    Raises:
        FileError: the artifact was exported from another model, or the weights of the name that it gives have changed.
    """
    model = with_weights_of(config, description).model
    source = find(model, progress)
    architecture, weights = load(source.checkpoint, source.architecture)
    used = Weights(source.name, source.commit, "config")
    if description is None:
        return architecture, weights, used
    named_by_artifact = model is not config.model
    exported, own = Weights(description.source, description.commit, "config"), is_from(description, weights)
    if named_by_artifact and own is False:
        raise other_weights(config.artifact, description.source)
    if architecture != description.architecture:
        message = f"{config.artifact} was exported from another model than {source.name}."
        options = options_for(description)
        command = "--against CHECKPOINT" if options is None else f"saoctl verify {config.artifact} {options}"
        raise FileError(message, f"Run `saoctl export` again, or give its weights: {command}.")
    if not (used == exported if own is None else own):
        others = "other weights of that name" if used == exported else used.summary()
        progress.warn(f"{config.artifact} was exported from {exported.summary()}, and is compared with {others}.")
    if named_by_artifact:
        used = Weights(description.source, source.commit, "artifact")
    return architecture, weights, used


def _possible_blocks(
    config: Config, architecture: Architecture, block_size: int | None, grid: int | None = None
) -> Blocks:
    """Return the config's schedules and block sizes that an artifact can be run in, and in words those that it cannot.

    Args:
        config: which are asked for.
        architecture: of the model.
        block_size: of the artifact, see `Capabilities`.
        grid: of the artifact, see `Capabilities`.

    Raises:
        ConfigError: it can be run in none of them.
    """
    settings, ratio = config.verify, architecture.ratio
    sizes, others = block_sizes_of_file(
        settings.block_sizes, USUAL_BLOCK_SIZES, ratio, block_size, "verify.block_sizes", grid
    )
    impossible = [f"blocks of {size} samples" for size in others]
    kinds = settings.schedules
    if block_size not in (None, ratio) and "frames" in kinds:
        kinds = [kind for kind in kinds if kind != "frames"]
        impossible.append("single latent frames")
    if not kinds:
        message = f"verify.schedules: the file takes blocks of {block_size} samples, not single latent frames."
        raise ConfigError(message, "Choose another schedule, such as fixed.")
    return kinds, sizes, impossible


def _schedules(
    blocks: Blocks, artifact: Artifact, frames: int, ratio: int, step: int, seed: int, progress: Progress
) -> list[Schedule]:
    """Return the schedules of a signal, and warn of those that the artifact cannot be run in."""
    if not artifact.can.keeps_state:
        progress.warn(f"{artifact.path} keeps no state: it is given the whole signal as one block, and nothing else.")
        return schedules(["whole"], frames, [frames], seed)
    own = artifact.can.block_size
    kinds, sizes, impossible = blocks
    if impossible:
        progress.warn(f"{artifact.path} takes blocks of {own} samples: {' and '.join(impossible)} are not compared.")
    if not artifact.can.resets:
        # nn~'s protocol has neither.
        progress.warn(
            f"{artifact.path} was not written by saoctl: what it would flush at the end, and a reset, are not compared."
        )
        kinds = [kind for kind in kinds if kind != "reset"] or ["whole"]
    return schedules(kinds, frames, [size // step for size in sizes], seed, (own or step) // step, ratio // step)


def _comparable(artifact: Artifact, architecture: Architecture, step: int, progress: Progress) -> list[Method]:
    """Return the methods whose channels and ratios are those of the model, with latents of `step` audio samples.

    Raises:
        FileError: there is none.
    """
    wanted = signatures(architecture.audio_channels, architecture.latent_dim, step, architecture.methods)
    found = artifact.can.methods
    for method in wanted:
        if method in found and found[method] != wanted[method]:
            progress.warn(
                f"{method} is not compared: its channels and ratios {list(found[method])} are not"
                f" {list(wanted[method])}"
            )
    methods = [method for method in wanted if found.get(method) == wanted[method]]
    # A codec of another ratio is another model, even if its `forward` has the same channels and ratios.
    codec = {method: signature for method, signature in wanted.items() if method != "forward"}
    other = any(step not in found.get(method, signature) for method, signature in codec.items())
    if not methods or other:
        if not found:
            raise FileError(
                f"{artifact.path} has no methods for nn~.", "A host finds them by buffers such as `encode_params`."
            )
        has, due = (
            ", ".join(f"{name} {list(signature)}" for name, signature in methods.items()) for methods in (found, wanted)
        )
        raise FileError(
            f"{artifact.path} does not have the channels and the ratio of the weights: it has {has}, where {due} are"
            " wanted.",
            "Compare it with the weights that it was exported from: --against CHECKPOINT.",
        )
    return methods


def _with_tf32(artifact: Artifact, cases: Sequence[Case], bound: float, progress: Progress) -> float | None:
    """Return the SNR in dB of the worst method with TF32 convolutions, on a device that has them."""
    if artifact.precision != "float32" or not devices.has_tf32(artifact.device):
        return None
    first = {case.method: case for case in reversed(cases)}
    progress.start("Streaming with TF32", total=len(first))
    with devices.tf32_convolutions(True):
        return min(one.snr_db for one in measure_all(artifact, list(first.values()), bound, progress))
