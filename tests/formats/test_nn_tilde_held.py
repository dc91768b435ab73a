"""Files whose ratio is no power of two, in nn~'s blocks: held latents and queued audio, exact from the first sample."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

import saoctl
from saoctl.bench.buffers import VECTOR, host_delay_of_two
from saoctl.blocks import grid_of
from saoctl.formats import artifact, export
from saoctl.formats.description import BasisDescription
from saoctl.formats.nn_tilde_held import HeldNnTilde
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.oobleck.exact import StreamingAutoencoder
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS, Method
from tests.architectures import HELD, WIDE_CODER, architectures, description, judge, offline
from tests.examples import examples
from tests.formats.host import Host

FLOAT32_SNR_DB, FLOAT64_SNR_DB = 100.0, 200.0
GRID, HOLD = 4, 3  # of HELD
FRAMES = 40  # at least, of each signal: more than the latency of most models

any_ratio = architectures().filter(lambda architecture: grid_of(architecture.ratio) is not None)
# A block may be any multiple of the grid; nn~'s buffers are powers of two.
buffers = st.lists(st.integers(0, 7).map(lambda power: 2**power) | st.integers(1, 100), min_size=1, max_size=4)


def written(path: Path, architecture: OobleckArchitecture, **choices: object) -> Path:
    """A file for nn~ with random weights."""
    grid = grid_of(architecture.ratio)
    host = export.build(offline(architecture), "float32", streaming=True, grid=grid, **choices)  # type: ignore[arg-type]
    artifact.save(host, path, description(architecture, export.latency_samples(host), grid))
    return path


def played(host: Host, method: Method, signal: Tensor, steps: Sequence[int]) -> Tensor:
    """The output at audio rate for a signal at audio rate, in blocks of so many steps, over and over."""
    grid, given, blocks = host.smallest_buffer, signal, []
    while given.shape[2]:
        size = min(steps[len(blocks) % len(steps)] * grid, given.shape[2])
        blocks.append(host.perform(method, given[:, :, :size]))
        given = given[:, :, size:]
    return torch.cat(blocks, dim=2)


@pytest.mark.slow
@examples(2)
@given(architecture=any_ratio, steps=buffers, batch=st.integers(1, 2), seed=st.integers(0, 99))
def test_any_ratio_in_any_buffers_is_the_offline_model_from_the_first_sample_on(
    tmp_path_factory: pytest.TempPathFactory,
    architecture: OobleckArchitecture,
    steps: list[int],
    batch: int,
    seed: int,
) -> None:
    host = Host(str(written(tmp_path_factory.mktemp("held") / "a.ts", architecture)))
    host.set("noise", 0)
    ratio, reference = architecture.ratio, judge(architecture)
    assert host.smallest_buffer == grid_of(architecture.ratio)
    late = {method: host.get(f"latency_{method}")[0] for method in METHODS}
    frames = math.ceil(late["forward"] / ratio) + FRAMES
    audio = torch.randn(
        batch, architecture.audio_channels, frames * ratio, generator=torch.Generator().manual_seed(seed)
    )
    latents = reference.encode(audio)
    decoded = reference.decode(latents)
    held = latents.repeat_interleave(ratio, dim=2)
    for method, signal, expected in (("encode", audio, held), ("decode", held, decoded), ("forward", audio, decoded)):
        output = played(host, method, signal, steps)  # type: ignore[arg-type]
        assert not output[:, :, : late[method]].any(), f"{method}: something sounds before the signal begins"
        streamed = output[:, :, late[method] :]
        length = min(streamed.shape[2], expected.shape[2])  # odd strides give less audio than the latents stand for
        assert snr_db(expected[:, :, :length], streamed[:, :, :length]) >= FLOAT32_SNR_DB, method


@examples(2)
@given(architecture=any_ratio, sizes=buffers)
def test_in_float64_only_its_rounding_is_left_to_the_last_sample_of_the_flush(
    architecture: OobleckArchitecture, sizes: list[int]
) -> None:
    grid = grid_of(architecture.ratio)
    assert grid is not None
    host = HeldNnTilde(StreamingAutoencoder(offline(architecture).double()), torch.float64, grid).double().eval()
    host.set_noise(0.0)
    hold, reference = architecture.ratio // grid, judge(architecture, dtype=torch.float64)
    steps = sum(sizes)
    frames = -(-steps // hold)
    audio = torch.randn(1, architecture.audio_channels, steps * grid, dtype=torch.float64)
    latents = reference.encode(torch.nn.functional.pad(audio, (0, frames * architecture.ratio - steps * grid)))
    decoded = reference.decode(latents)
    held = latents.repeat_interleave(hold, dim=2)
    samples = [size * grid for size in sizes]
    for method, given_, blocks, expected, period in (
        ("encode", audio, samples, held, grid),
        ("decode", held[:, :, :steps], sizes, decoded, 1),
        ("forward", audio, samples, decoded, 1),
    ):
        outputs = [getattr(host, method)(block) for block in torch.split(given_, blocks, dim=2)]
        output = torch.cat([*outputs, getattr(host, f"flush_{method}")()], dim=2)
        streamed = output[:, :, getattr(host, f"get_latency_{method}")()[0] // period :]
        assert streamed.shape == expected.shape
        assert snr_db(expected, streamed) >= FLOAT64_SNR_DB, method


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("held") / "held.ts", HELD)


@pytest.mark.slow
@pytest.mark.parametrize("buffer", [64, 128, 512])
def test_a_decoder_in_another_object_finds_each_frame_once_as_late_as_said(file: Path, buffer: int) -> None:
    encoder, decoder, ratio = Host(str(file)), Host(str(file)), HELD.ratio
    encoder.set("noise", 0)
    audio = torch.randn(1, 2, 16 * buffer + 60 * ratio)
    audio = audio[:, :, : audio.shape[2] // buffer * buffer]
    late = 2 * buffer - VECTOR  # of an object

    def delayed(signal: Tensor) -> Tensor:
        return torch.nn.functional.pad(signal, (late, -late))

    latents = delayed(played(encoder, "encode", audio, [buffer // GRID]))
    output = delayed(played(decoder, "decode", latents, [buffer // GRID]))
    model = offline(HELD)
    with torch.inference_mode():
        frames = model.encode(audio[:, :, : audio.shape[2] // ratio * ratio])
        # The decoder is given frames of zeros first.
        total = host_delay_of_two(buffer, ratio)
        own = {method: encoder.get(f"latency_{method}")[0] for method in METHODS}
        before = (total + own["encode"] - late) // ratio
        expected = model.decode(torch.nn.functional.pad(frames, (before, 0)))[:, :, before * ratio :]
    heard = output[:, :, total + own["encode"] + own["decode"] :]
    assert heard.shape[2] > 20 * ratio
    assert snr_db(expected[:, :, : heard.shape[2]], heard) >= FLOAT32_SNR_DB


@pytest.mark.parametrize("method", METHODS)
def test_another_batch_size_within_a_frame_begins_a_fresh_stream(file: Path, method: Method) -> None:
    host = Host(str(file))
    host.set("noise", 0)
    signal = torch.randn(1, 2, 30 * HELD.ratio)
    fresh = played(host, method, signal, [5])
    host.perform(method, torch.randn(2, 2, GRID))  # less than a frame, which the stream itself never sees
    assert torch.equal(played(host, method, signal, [5]), fresh)


@pytest.mark.parametrize("method", METHODS)
def test_a_reset_within_a_frame_begins_a_fresh_stream(file: Path, method: Method) -> None:
    host = Host(str(file))
    host.set("noise", 0)
    signal = torch.randn(1, 2, 30 * HELD.ratio)
    fresh = played(host, method, signal, [5])
    assert host.set("reset", 1)
    host.perform(method, torch.randn(1, 2, GRID))
    assert host.set("reset", 1)
    assert torch.equal(played(host, method, signal, [5]), fresh)


@pytest.mark.slow
def test_the_queues_do_not_grow(file: Path) -> None:
    host = Host(str(file))
    sizes = set()
    for steps in (1, 2, 3, 7, 64) * 30:
        for method in METHODS:
            host.perform(method, torch.randn(1, 2, steps * GRID))
            sizes.add((method, steps, sum(each.untyped_storage().nbytes() for each in host.model.buffers())))
    # What a queue holds depends on the place within a latent frame alone.
    assert len(sizes) <= 3 * 5 * HOLD**3
    assert host.get("latency_forward")[0] > HELD.ratio - GRID


def test_in_python_a_file_takes_whole_frames_and_gives_each_latent_once(file: Path) -> None:
    stream, reference = saoctl.load(file), offline(HELD)
    assert (stream.ratio, stream.latent_dim) == (HELD.ratio, 2)
    assert stream.latency["encode"] % HELD.ratio == 0
    audio = torch.randn(1, 2, 30 * HELD.ratio)
    with torch.inference_mode():
        expected = reference.encode(audio)
    latents = torch.cat([*map(stream.encode, audio.split(10 * HELD.ratio, dim=2)), stream.flush_encode()], dim=2)
    late = stream.latency["encode"] // HELD.ratio
    assert latents.shape[2] == late + 30
    assert snr_db(expected, latents[:, :, late:]) >= FLOAT32_SNR_DB


def test_the_file_says_its_grid_and_an_older_saoctl_refuses_it(file: Path) -> None:
    found = artifact.describe(file)
    assert (found.grid, found.format) == (GRID, 4)
    assert found.signatures["encode"] == artifact.contents(file).methods["encode"] == (2, 1, 2, GRID)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("precision", "bound"),
    [
        ("bfloat16", 25.0),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in (("mixed", 35.0), ("float16", 45.0))),
    ],
)
def test_every_precision_is_held_too(tmp_path: Path, precision: str, bound: float) -> None:
    coder = WIDE_CODER.model_copy(update={"strides": (2, 3, 4)})
    wide = OobleckArchitecture(sample_rate=8000, audio_channels=2, latent_dim=4, encoder=coder, decoder=coder)
    model = export.build(offline(wide), precision, streaming=True, grid=8)  # type: ignore[arg-type]
    artifact.save(model, tmp_path / "a.ts", description(wide, export.latency_samples(model), 8))
    host, reference = Host(str(tmp_path / "a.ts")), judge(wide)
    host.set("noise", 0)
    audio = 0.3 * torch.randn(1, 2, 60 * wide.ratio, generator=torch.Generator().manual_seed(0))
    late = host.get("latency_forward")[0]
    streamed = played(host, "forward", audio, [1, 2, 16])[:, :, late:]
    expected = reference.decode(reference.encode(audio))
    assert snr_db(expected[:, :, : streamed.shape[2]], streamed) >= bound


@pytest.mark.slow
def test_a_basis_is_held_too(tmp_path: Path) -> None:
    turned = torch.tensor([[0.6, 0.8], [0.8, -0.6]])
    basis = BasisDescription(
        latents=1, mean=[0.1, -0.2], directions=turned.tolist(), spread=[2.0, 1.0], share=[0.8, 0.2], source="",
        commit=None, frames=1, audio=[],
    )  # fmt: skip
    path = written(tmp_path / "a.ts", HELD, basis=basis)
    host, reference = Host(str(path)), judge(HELD)
    host.set("noise", 0)
    audio = torch.randn(1, 2, 40 * HELD.ratio)
    late = host.get("latency_encode")[0]
    streamed = played(host, "encode", audio, [2, 5])[:, :, late:]
    latents = reference.encode(audio) - torch.tensor([0.1, -0.2])[:, None]
    expected = (turned[:1] @ latents / 2.0).repeat_interleave(HELD.ratio, dim=2)
    assert snr_db(expected[:, :, : streamed.shape[2]], streamed) >= FLOAT32_SNR_DB
