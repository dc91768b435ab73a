"""nn~ itself, in PureData without a display, plays exported files: as late as they say, and exactly the offline model.

The environment variable NN_TILDE names the folder of its external: a release of
https://github.com/acids-ircam/nn_tilde for PureData, which brings libtorch 2.5.1.
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from saoctl.bench.buffers import VECTOR, host_delay_of_two
from saoctl.blocks import grid_of
from saoctl.formats import export
from saoctl.models.family import Architecture
from saoctl.models.registry import family_of
from saoctl.streaming.registry import streaming_of
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import Method
from tests.architectures import judge, offline
from tests.hosts import NN_TILDE, PD
from tests.patches.models import SHAPES, audio_of, exported, shape
from tests.patches.puredata import PATCHES, Flat
from tests.same import TINY_SAME

pytestmark = [pytest.mark.nn_tilde, pytest.mark.slow]

SNR_DB = 100.0
HANGS = 300  # seconds


def patch(
    folder: Path, file: Path, methods: Sequence[Method], buffer: int, channels: list[int], seconds: float
) -> Path:
    """A patch that sends in.wav through a chain of objects to out.wav, and ends PureData."""
    source, last = 0, len(methods)
    lines = [
        "#N canvas 0 0 600 400 12;",
        f"#X obj 0 0 readsf~ {channels[0]};",
        *(f"#X obj 0 0 nn~ {file.stem} {method} {buffer};" for method in methods),
        f"#X obj 0 0 writesf~ {channels[-1]};",
        "#X obj 0 0 loadbang;",
        "#X msg 0 0 set noise 0;",
        "#X msg 0 0 open in.wav \\, 1;",
        "#X msg 0 0 open -wave -bytes 4 out.wav \\, start;",
        f"#X obj 0 0 delay {1000 * seconds:.0f};",
        "#X msg 0 0 stop;",
        "#X msg 0 0 \\; pd quit;",
        "#X msg 0 0 \\; pd dsp 1;",
        "#X obj 0 0 t b b b b b;",
    ]
    bang, noise, play, record, delay, stop, leave, dsp, order = range(last + 2, last + 11)
    cords = [(place, side, place + 1, side) for place in range(last + 1) for side in range(channels[place])]
    cords += [(bang, 0, order, 0)]
    cords += [(order, outlet, target, 0) for outlet, target in enumerate((dsp, delay, play, record, noise))]
    cords += [(noise, 0, source + 1 + place, 0) for place in range(last)]
    cords += [(play, 0, source, 0), (record, 0, last + 1, 0), (stop, 0, last + 1, 0)]
    cords += [(delay, 0, stop, 0), (delay, 0, leave, 0)]
    lines += [f"#X connect {' '.join(map(str, cord))};" for cord in cords]
    path = folder / "chain.pd"
    path.write_text("\n".join(lines) + "\n")
    return path


def played(
    folder: Path,
    architecture: Architecture,
    methods: Sequence[Method],
    buffer: int,
    signal: Tensor,
    block_frames: int | None = None,
) -> Tensor:
    """What comes out of a chain of objects for [channels, samples], from the first sample on."""
    file = folder / "model.ts"
    exported(file, architecture, block_frames)
    sides = {
        "encode": (architecture.audio_channels, architecture.latent_dim),
        "decode": (architecture.latent_dim, architecture.audio_channels),
        "forward": (architecture.audio_channels, architecture.audio_channels),
    }
    channels = [sides[methods[0]][0], *(sides[method][1] for method in methods)]
    rate = architecture.sample_rate
    soundfile.write(folder / "in.wav", signal.T.numpy(), rate, subtype="FLOAT")
    path = patch(folder, file, methods, buffer, channels, signal.shape[1] / rate)
    command = [str(PD), "-nogui", "-noaudio", "-batch", "-noprefs", "-nostdpath", "-stderr", "-r", str(rate)]
    command += ["-path", str(NN_TILDE), "-lib", "nn~", "-open", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=HANGS, check=True, cwd=folder)
    assert "error" not in ended.stderr, ended.stderr
    output, _ = soundfile.read(folder / "out.wav", dtype="float32", always_2d=True)
    return torch.from_numpy(np.ascontiguousarray(output.T))


# With a buffer of 0 nn~ takes the smallest that a file allows, and no thread. EzAudio's is 32 samples, less than a
# vector of PureData, which nn~ 1.6.0 plays with gaps.
@pytest.mark.parametrize(
    ("name", "buffer"),
    [(name, buffer) for name in SHAPES for buffer in (0, 64, 2048, 4096, 8192) if buffer or name != "EzAudio's"],
    ids="{}".format,
)
def test_each_method_is_the_offline_model_from_the_first_sample_on(tmp_path: Path, name: str, buffer: int) -> None:
    architecture = SHAPES[name]
    reference, ratio = judge(architecture), architecture.ratio
    audio = audio_of(architecture, 60 + 4 * buffer // ratio)
    latents = reference.encode(audio[None])
    held, decoded = latents[0].repeat_interleave(ratio, dim=1), reference.decode(latents)[0]
    grid = grid_of(ratio)
    latency = export.latency_samples(export.build(offline(architecture), "float32", streaming=True, grid=grid))
    smallest = grid or ratio
    buffered = 2 * max(buffer, smallest) - VECTOR if buffer else smallest - VECTOR
    for method, signal, expected in (("encode", audio, held), ("decode", held, decoded), ("forward", audio, decoded)):
        output = played(tmp_path, architecture, [method], buffer, signal)  # type: ignore[list-item]
        late = latency[method] + buffered
        assert not output[:, :late].any(), f"{method}: something sounds before the signal begins"
        heard = output[:, late:]
        assert heard.shape[1] > 20 * ratio
        snr = snr_db(expected[:, : heard.shape[1]], heard)
        print(f"{name} {method}, buffer {buffer}: {snr:.1f} dB, {late} samples late")
        assert snr >= SNR_DB, method


@pytest.mark.parametrize("buffer", [2048, 8192], ids="buffer {}".format)
@pytest.mark.parametrize("name", SHAPES)
def test_a_decoder_in_another_object_is_as_late_as_said_and_exact(tmp_path: Path, name: str, buffer: int) -> None:
    architecture = SHAPES[name]
    ratio = architecture.ratio
    audio = audio_of(architecture, 90 + 8 * buffer // ratio)
    output = played(tmp_path, architecture, ["encode", "decode"], buffer, audio)
    grid = grid_of(ratio)
    latency = export.latency_samples(export.build(offline(architecture), "float32", streaming=True, grid=grid))
    late = host_delay_of_two(buffer, ratio) + latency["encode"] + latency["decode"]
    reference = judge(architecture)
    # The decoder is given frames of zeros before those of the signal.
    before = (late - latency["decode"]) // ratio
    latents = torch.nn.functional.pad(reference.encode(audio[None]), (before, 0))
    expected = reference.decode(latents)[0][:, before * ratio :]
    heard = output[:, late:]
    assert heard.shape[1] > 20 * ratio
    snr = snr_db(expected[:, : heard.shape[1]], heard)
    print(f"{name} two objects, buffer {buffer}: {snr:.1f} dB, {late} samples late")
    assert snr >= SNR_DB


# Stable Audio 3's shape, with small patches: two latent frames are a chunk.
CHUNKS = TINY_SAME.model_copy(
    update={
        "sample_rate": 44100,
        "patch": 128,
        "stride": 16,
        "chunk": 32,
        "encoder": TINY_SAME.encoder.model_copy(update={"width": 32}),
    }
)


@pytest.mark.parametrize(("buffer", "block_frames"), [(2048, None), (4096, None), (8192, None), (4096, 2), (8192, 2)])
def test_chunks_are_the_offline_model_from_the_first_sample_on(
    tmp_path: Path, buffer: int, block_frames: int | None
) -> None:
    family, ratio = family_of(CHUNKS), CHUNKS.ratio
    reference = family.reference("same", CHUNKS, family.random_state(CHUNKS, 0))
    audio = audio_of(CHUNKS, 60 + 8 * buffer // ratio)
    latents = reference.encode(audio[None])
    held, decoded = latents[0].repeat_interleave(ratio, dim=1), reference.decode(latents)[0]
    latency = streaming_of(CHUNKS).latency(CHUNKS, block_frames)
    cases: list[tuple[list[Method], Tensor, Tensor, int]] = [
        ([method], signal, expected, latency[method] + 2 * buffer - VECTOR)
        for method, signal, expected in (
            ("encode", audio, held), ("decode", held, decoded), ("forward", audio, decoded),
        )
    ]  # fmt: skip
    if block_frames is not None:  # with files for any block, an odd number of frames comes before the signal
        late = host_delay_of_two(buffer, ratio) + latency["encode"] + latency["decode"]
        cases.append((["encode", "decode"], audio, decoded, late))
    for methods, signal, expected, late in cases:
        heard = played(tmp_path, CHUNKS, methods, buffer, signal, block_frames)[:, late:]
        # What surrounds the signal is silence here and a repeated half chunk there.
        begin, end = (8 * ratio, heard.shape[1] - 8 * ratio) if len(methods) == 2 else (0, heard.shape[1])
        assert end - begin > 20 * ratio
        snr = snr_db(expected[:, begin:end], heard[:, begin:end])
        print(f"chunks {methods}, buffer {buffer}, blocks of {block_frames} frames: {snr:.1f} dB, {late} samples late")
        assert snr >= SNR_DB, methods


@pytest.mark.parametrize(("name", "rate"), [("stable-audio-open", 44100), ("ace-step", 48000)])
def test_the_patch_of_a_file_finds_what_it_needs(tmp_path: Path, name: str, rate: int) -> None:
    strides = next(each.encoder.strides for each in SHAPES.values() if each.sample_rate == rate)
    (file,) = {box.words[2] for box in Flat(PATCHES / f"{name}.pd").named("nn~")}
    exported(tmp_path / f"{file}.ts", shape(strides, rate, 64))
    shutil.copy(PATCHES / f"{name}.pd", tmp_path)
    command = [str(PD), "-nogui", "-noaudio", "-nrt", "-noprefs", "-nostdpath", "-stderr", "-path", str(NN_TILDE)]
    command += ["-lib", "nn~", "-open", str(tmp_path / f"{name}.pd"), "-send", "pd quit"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=HANGS, check=True)
    told = [line for line in (ended.stdout + ended.stderr).splitlines() if line.startswith("nn~: ")]
    assert told == ["nn~: dimensions changed: 2 in, 64 out", "nn~: dimensions changed: 64 in, 2 out"]
    assert "couldn't create" not in ended.stderr
