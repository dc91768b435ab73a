"""The verify step: stream audio through the artifact in many ways and compare every sample with the offline model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import torch
from torch import Tensor

from saoctl import audio, devices
from saoctl.blocks import block_sizes_of_file
from saoctl.config import Config, MinSnr
from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact as artifacts
from saoctl.formats.description import BasisDescription
from saoctl.formats.format import Artifact
from saoctl.formats.origin import Weights, is_from, options_for, other_weights, with_weights_of
from saoctl.models.checkpoint import load
from saoctl.models.family import Architecture, Reference
from saoctl.models.registry import check_reference, family_of
from saoctl.progress import Progress, Silent
from saoctl.verify import listening, page, plot
from saoctl.verify.caveats import NO_SOUND, find_caveats, without_blame
from saoctl.verify.compare import compare, judge_price
from saoctl.verify.comparisons import compare_all, make_cases
from saoctl.verify.coordinates import InBasis
from saoctl.verify.result import VerifyResult
from saoctl.verify.rounding import Precise, precise
from saoctl.verify.schedules import Schedule, schedules
from saoctl.verify.stream import Case, stream
from saoctl.vocabulary import METHODS, Method, ScheduleKind, Signature, signatures
from saoctl.weights.source import find

USUAL_BLOCK_SIZES = (2048, 4096, 8192)
SIMULATED_SECONDS = 3.0  # at most, of a stream that is compared with estimates: each block takes some fifty frames


def run(
    config: Config, progress: Progress | None = None, plot_file: Path | None = None, save: Path | None = None
) -> VerifyResult:
    """Compare the config's artifact with the offline model of the config's weights.

    Args:
        config: what to compare.
        progress: a listener.
        plot_file: a file for a drawing of the errors, in a format that its suffix names.
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
    artifact, model, weights, taken = _load(config, device, progress)
    # What a host sees: a file with a basis has coordinates in the place of latents.
    basis = artifact.description.basis if artifact.description else None
    architecture = model if basis is None else model.model_copy(update={"latent_dim": basis.latents})
    methods = _comparable(artifact, architecture, progress)
    if warning := devices.slow_precision(device, artifact.precision):
        progress.warn(warning)
    lookahead = artifact.description.lookahead if artifact.description else None
    seconds = config.seconds if lookahead is None else min(config.seconds, SIMULATED_SECONDS)
    rate, channels, ratio = architecture.sample_rate, architecture.audio_channels, architecture.ratio
    signal = audio.signal(config.audio, rate, channels, seconds, ratio)
    chosen = _schedules(config, artifact, architecture, signal.shape[2] // ratio, progress)

    progress.start("Computing the offline reference")
    build = partial(_reference, config.reference, model, basis)
    reference = build(weights)
    if lookahead is not None:
        progress.start("Computing what each block should give")
    cases = make_cases(reference, signal, chosen, methods, architecture, lookahead)
    bound: float = getattr(settings.min_snr_db, artifact.precision)

    @cache
    def in_float64() -> Precise:
        progress.start("Comparing with float64, to tell rounding from error")
        return precise(build, weights)

    with devices.tf32_convolutions(False):
        # Who asks for more than the default asks for more than rounding allows.
        asked_more = bound > MinSnr().float32
        exactly = in_float64 if artifact.precision == "float32" and not asked_more else None
        traces = compare_all(artifact, reference, cases, bound, progress, exactly)

    caveats = find_caveats(signal[0], architecture, traces, chosen)
    if exactly is None and any(caveat.kind in NO_SOUND for caveat in caveats):
        traces = [without_blame(trace) for trace in traces]
    least = settings.min_snr_db.lookahead if lookahead is not None else None
    if least is not None:
        traces = [judge_price(trace, least) for trace in traces]
    rows = tuple(trace.comparison for trace in traces)
    random = next((schedule.sizes for schedule in chosen if schedule.kind == "random"), ())
    result = VerifyResult(
        passed=all(row.passed for row in rows),
        artifact=config.artifact,
        reference=reference.name,
        precision=artifact.precision,
        device=str(device),
        written_by_saoctl=artifact.description is not None,
        min_snr_db=bound,
        seed=settings.seed,
        random_blocks=tuple(size * ratio for size in random),
        results=rows,
        audio=config.audio,
        seconds=signal.shape[2] / rate,
        conclusive=not caveats,
        caveats=caveats,
        lookahead=lookahead,
        min_price_db=least,
        tf32_snr_db=_with_tf32(artifact, cases, bound, progress),
        weights=taken,
    )
    if save is not None:
        progress.start("Writing audio")
        result = replace(result, files=listening.save(save, signal[0], rate, traces))
    if plot_file is not None:
        progress.start("Drawing")
        if plot_file.suffix.lower() == page.SUFFIX:
            page.write(result, traces, rate, plot_file)
        else:
            plot.draw(traces, _title(result), plot_file)
        result = replace(result, files=(plot_file, *result.files))
    return result


def _load(
    config: Config, device: torch.device, progress: Progress
) -> tuple[Artifact, Architecture, dict[str, Tensor], Weights]:
    """Load the artifact, whoever wrote it, and the architecture and the weights that it is judged against."""
    description = artifacts.description(config.artifact)
    if description is not None:
        _possible(config, description.architecture, description.block_size)  # to refuse before any work
    progress.start("Loading the artifact")
    model = with_weights_of(config, description).model
    source = find(model, progress)
    architecture, weights = load(source.checkpoint, source.architecture)
    if description is None:
        _possible(config, architecture, None)
        artifact: Artifact = artifacts.load_any(config.artifact, device, config.verify.onnx)
        return artifact, architecture, weights, Weights(source.name, source.commit, "config")
    named_by_artifact = model is not config.model
    own, same = is_from(description, weights), (source.name, source.commit) == (description.source, description.commit)
    if named_by_artifact and own is False:
        raise other_weights(config.artifact, description.source)
    if architecture != description.architecture:
        message = f"{config.artifact} was exported from another model than {source.name}."
        options = options_for(description)
        command = "--against CHECKPOINT" if options is None else f"saoctl verify {config.artifact} {options}"
        raise FileError(message, f"Run `saoctl export` again, or give its weights: {command}.")
    if not (same if own is None else own):
        progress.warn(
            f"{config.artifact} was exported from {_name(description.source, description.commit)}, and is compared with"
            f" {'other weights of that name' if same else _name(source.name, source.commit)}."
        )
    artifact = artifacts.load(config.artifact, device)
    artifact.set_noise(0.0)  # what is random in the VAE has no offline counterpart
    taken = Weights(source.name, source.commit, "config")
    if named_by_artifact:
        taken = Weights(description.source, source.commit, "artifact")
    return artifact, architecture, weights, taken


def _reference(
    kind: str, architecture: Architecture, basis: BasisDescription | None, weights: Mapping[str, Tensor]
) -> Reference:
    """The judge: the offline model, in the basis of the file if it has one."""
    reference = family_of(architecture).reference(kind, architecture, weights)
    return reference if basis is None else InBasis(reference, basis.whole(architecture), basis.latents)


def _name(source: str, commit: str | None) -> str:
    return f"{source} at {commit[:12]}" if commit else source


def _schedules(
    config: Config, artifact: Artifact, architecture: Architecture, frames: int, progress: Progress
) -> list[Schedule]:
    """The config's schedules, as far as the artifact can be run in them."""
    if not artifact.can.keeps_state:
        progress.warn(f"{artifact.path} keeps no state: it is given the whole signal as one block, and nothing else.")
        return schedules(["whole"], frames, [frames], config.verify.seed)
    own = artifact.can.block_size
    kinds, sizes, impossible = _possible(config, architecture, own)
    if impossible:
        progress.warn(f"{artifact.path} takes blocks of {own} samples: {' and '.join(impossible)} are not compared.")
    if not artifact.can.resets:
        # nn~'s protocol has neither.
        progress.warn(
            f"{artifact.path} was not written by saoctl: what it would flush at the end, and a reset, are not compared."
        )
        kinds = [kind for kind in kinds if kind != "reset"] or ["whole"]
    ratio = architecture.ratio
    return schedules(kinds, frames, [size // ratio for size in sizes], config.verify.seed, (own or ratio) // ratio)


def _possible(
    config: Config, architecture: Architecture, block_size: int | None
) -> tuple[list[ScheduleKind], list[int], list[str]]:
    """The config's schedules and block sizes that an artifact can be run in, and in words those that it cannot.

    Args:
        config: which are asked for.
        architecture: of the model.
        block_size: of the artifact, see `Capabilities`.

    Raises:
        ConfigError: it can be run in none of them.
    """
    settings, ratio = config.verify, architecture.ratio
    sizes, others = block_sizes_of_file(
        settings.block_sizes, USUAL_BLOCK_SIZES, ratio, block_size, "verify.block_sizes"
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


def _comparable(artifact: Artifact, architecture: Architecture, progress: Progress) -> list[Method]:
    """The methods whose channels and ratios are those of the model.

    Raises:
        FileError: there is none.
    """
    wanted = signatures(architecture.audio_channels, architecture.latent_dim, architecture.ratio)
    found = artifact.can.methods
    for method in METHODS:
        if method in found and found[method] != wanted[method]:
            progress.warn(
                f"{method} is not compared: its channels and ratios {_list(found[method])} are not"
                f" {_list(wanted[method])}"
            )
    methods = [method for method in METHODS if found.get(method) == wanted[method]]
    # A codec of another ratio is another model, even if audio goes in and comes out alike.
    codec: tuple[Method, ...] = ("encode", "decode")
    other = any(architecture.ratio not in found.get(name, wanted[name]) for name in codec)
    if not methods or other:
        if not found:
            raise FileError(
                f"{artifact.path} has no methods for nn~.", "A host finds them by buffers such as `encode_params`."
            )
        has = ", ".join(f"{name} {_list(signature)}" for name, signature in found.items())
        raise FileError(
            f"{artifact.path} is no model of the channels and the ratio of the weights: it has {has}, where"
            f" {', '.join(f'{name} {_list(signature)}' for name, signature in wanted.items())} are wanted.",
            "Compare it with the weights that it was exported from: --against CHECKPOINT.",
        )
    return methods


def _list(signature: Signature) -> str:
    return str(list(signature))


def _with_tf32(artifact: Artifact, cases: Sequence[Case], min_snr_db: float, progress: Progress) -> float | None:
    """The SNR in dB of the worst method with TF32 convolutions, where these make a difference."""
    if artifact.precision != "float32" or not devices.has_tf32(artifact.device):
        return None
    progress.start("Streaming with TF32")
    first = {case.method: case for case in reversed(cases)}
    latency = artifact.can.latency_samples
    with devices.tf32_convolutions(True):
        rounded = [
            compare(stream(artifact, case), case, artifact.can, min_snr_db, latency.get(method))
            for method, case in first.items()
        ]
    return min(trace.comparison.snr_db for trace in rounded)


def _title(result: VerifyResult) -> str:
    verdict = "passed" if result.passed else "FAILED"
    return f"{result.artifact.name} against {result.reference}, {result.precision} on {result.device}: {verdict}"
