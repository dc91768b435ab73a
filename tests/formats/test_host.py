"""The exported file in its host: whatever it is sent, the output is the offline model's since the last reset."""

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from saoctl.blocks import grid_of
from saoctl.formats import artifact, export
from saoctl.formats.nn_tilde import ATTRIBUTES
from saoctl.models.family import Architecture
from saoctl.models.registry import family_of
from saoctl.models.same.architecture import SameArchitecture
from saoctl.streaming.oobleck.lookahead import most_lookahead
from saoctl.streaming.registry import streaming_of
from saoctl.verify.metrics import snr_db
from tests.architectures import HELD, TINY, description
from tests.examples import examples
from tests.formats.host import Host
from tests.played import Player, Settings
from tests.same import TINY_SAME

# `lookahead` estimates latents anew, and has all of the lookahead, so that the offline model tells what must come.
# `chunks` and `frames` are of the other family: for blocks of whole chunks, and for any.
BOUNDS = {
    "float32": 100.0, "float16": 40.0, "bfloat16": 25.0, "lookahead": 100.0, "held": 100.0, "both": 100.0,
    "chunks": 100.0, "frames": 100.0,
}  # fmt: skip
ARCHITECTURES: dict[str, Architecture] = {
    **dict.fromkeys(BOUNDS, TINY), "held": HELD, "both": HELD, "chunks": TINY_SAME, "frames": TINY_SAME,
}  # fmt: skip
UNITS = {"chunks": TINY_SAME.frames}  # of the blocks, in frames
LONGEST = 60  # frames in a stream before it is judged and begun anew
GROWTH_MB = 20.0  # of memory over thousands of events, which may be the allocator's

Event = tuple[str, tuple[float, ...]]


def made(architecture: Architecture) -> Any:
    """The offline model with random weights."""
    family = family_of(architecture)
    return family.offline(architecture, family.random_state(architecture, 0))


def export_tiny(path: Path, kind: str) -> Path:
    architecture = ARCHITECTURES[kind]
    lookahead = most_lookahead(architecture).described if kind in ("lookahead", "both") else None
    precision = kind if kind in ("float16", "bfloat16") else "float32"
    grid = grid_of(architecture.ratio)
    unit = UNITS.get(kind)
    host = export.build(
        made(architecture), precision, streaming=True, lookahead=lookahead, grid=grid, block_frames=unit
    )
    artifact.save(host, path, description(architecture, export.latency_samples(host), grid))
    return path


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("hosts")
    return {precision: export_tiny(folder / f"{precision}.ts", precision) for precision in BOUNDS}


class Session:
    """A host object, and beside it what the offline model says must come out of it."""

    def __init__(self, path: Path, model: Any, bound: float, unit: int = 1) -> None:
        self.host = Host(str(path))
        self.model, self.bound, self.unit = model, bound, unit
        self.noise_in = streaming_of(model.architecture).noise_in
        self.ratio, self.latents = model.ratio, model.latent_dim
        self.step = self.host.methods["decode"][1]  # audio samples per value of a latent signal
        self.hold = self.ratio // self.step
        self.frame_ms = model.ratio / model.architecture.sample_rate * 1e3
        self.generator = torch.Generator().manual_seed(0)
        self.late = {name: self.host.get(f"latency_{name}")[0] for name in ("encode", "decode", "forward")}
        self.judged = 0
        self.begin()

    def begin(self) -> None:
        """What a freshly loaded object is; but without noise, whose values nobody can foretell."""
        self.batch = 1
        self.scale, self.bias, self.freeze, self.glide = 1.0, 0.0, 0, 0.0
        self.gain, self.offset = torch.ones(self.latents), torch.zeros(self.latents)
        self.given: dict[str, list[Tensor]] = {}
        self.got: dict[str, list[Tensor]] = {}
        self.waiting: dict[str, int] = {}  # steps that are not yet a whole latent frame
        self.noisy: set[str] = set()
        self.host.set("noise", 0)
        for method in self.late:
            self.forget(method)

    def forget(self, method: str) -> None:
        """The method's next block begins a stream."""
        self.given[method], self.got[method] = [], []
        self.waiting[method] = 0
        self.noisy.discard(method)
        if method == "forward":
            self.played: list[Settings] = []  # of each frame that is given
        elif method == "decode":
            self.player = Player(self.frame_ms)

    def send(self, event: Event) -> None:
        """One event of the host: a block or a message."""
        name, values = event
        if name in self.given:
            self.block(name, max(int(values[0]), 1) * self.unit)
        elif name == "batch":
            self.batch = int(values[0])
        elif name == "reload":
            self.judge()
            self.host.reload()
            self.begin()
        elif name == "move":
            # As `gpu 1` and `gpu 0` do: parameters and buffers go elsewhere and back. Here it is another dtype.
            if self.host.model.like.dtype == torch.float32:
                self.host.model.to(torch.float64)
                self.host.model.to(torch.float32)
        else:
            self.message(name, values)

    def block(self, method: str, steps: int) -> None:
        if self.given[method] and self.given[method][0].shape[0] != self.batch:
            self.judge(method)
            self.forget(method)
        if self.host.get("noise") != [0.0] and method in ("forward", self.noise_in):
            self.noisy.add(method)
        channels = self.host.methods[method][0]
        waiting = self.waiting[method]
        frames, self.waiting[method] = divmod(waiting + steps, self.hold)
        if method == "decode":
            values = torch.randn(self.batch, channels, steps, generator=self.generator)
            buffers = values.repeat_interleave(self.step, dim=2)
            latents = values[:, :, self.hold - 1 - waiting :: self.hold]  # the last step of each frame
            played = self.player.frames(latents, [self.settings()] * frames) if frames else latents.double()
            self.given[method].append(played)
        else:
            buffers = torch.randn(self.batch, channels, steps * self.step, generator=self.generator)
            self.given[method].append(buffers)
        if method == "forward":
            self.played += [self.settings()] * frames
        output = self.host.perform(method, buffers)
        assert output.isfinite().all()
        self.got[method].append(output[:, :, :: self.step] if method == "encode" else output)
        period = self.hold if method == "encode" else self.ratio
        if sum(part.shape[2] for part in self.got[method]) > LONGEST * period:
            self.message("reset", (1,))

    def message(self, name: str, values: tuple[float, ...]) -> None:
        before = {attribute: self.host.get(attribute) for attribute in self.host.attributes}
        good = self.host.set(name, *values)
        first, rest = values[0], values[1:]
        if name == "noise":
            assert good == (0 <= round(first, 6) <= 2)
        elif name == "reset":
            assert good == (int(first) in (0, 1))
            if good and int(first) == 1:
                self.judge()
                for method in self.given:
                    self.forget(method)
        elif name in ("latent_scale", "latent_bias"):
            assert good == (abs(round(first, 6)) <= 10)
            if good and name == "latent_scale":
                self.scale = round(first, 6)
            elif good:
                self.bias = round(first, 6)
        elif name == "freeze":
            assert good == (int(first) in (0, 1))
            self.freeze = int(first) if good else self.freeze
        elif name == "glide":
            assert good == (0 <= round(first, 6) <= 60_000)
            self.glide = round(first, 6) if good else self.glide
        elif name == "rest":
            assert good == (round(first, 6) == 0)
        elif name == "latent":
            assert good == (1 <= int(first) <= self.latents and all(abs(round(value, 6)) <= 10 for value in rest))
            if good:
                self.gain, self.offset = self.gain.clone(), self.offset.clone()
                self.gain[int(first) - 1], self.offset[int(first) - 1] = round(rest[0], 6), round(rest[1], 6)
        else:
            assert name.startswith("latency_")
            assert not good
        if not good:
            assert before == {attribute: self.host.get(attribute) for attribute in self.host.attributes}

    def judge(self, only: str | None = None) -> None:
        """Compare all that came out since the last reset with the offline model."""
        for method, blocks in self.given.items():
            if not blocks or method in self.noisy or only not in (None, method):
                continue
            signal, output = torch.cat(blocks, dim=2).double(), torch.cat(self.got[method], dim=2)
            signal = signal[:, :, : signal.shape[2] - self.waiting[method] * self.step * (method != "decode")]
            late = self.late[method] // (self.step if method == "encode" else 1)
            if not signal.numel():
                assert not output[:, :, :late].any(), f"{method}: something sounds before the signal begins"
                continue
            with torch.inference_mode():
                expected = self.expected(method, signal)
            if method == "encode":
                expected = expected.repeat_interleave(self.hold, dim=2)
            assert not output[:, :, :late].any(), f"{method}: something sounds before the signal begins"
            streamed = output[:, :, late:]
            assert snr_db(expected[:, :, : streamed.shape[2]], streamed) >= self.bound, method
            self.judged += streamed.shape[2]

    def expected(self, method: str, signal: Tensor) -> Tensor:
        if method == "encode":
            return self.model.encode(signal)
        if method == "decode":
            return self.model.decode(signal)
        latents = self.model.encode(signal)
        # A latent frame is played when it comes out of the encoder, which is late.
        if isinstance(self.model.architecture, SameArchitecture):
            # So it is in chunks: frame n comes with the one that has the chunk behind it.
            chunk = self.model.architecture.frames
            come = [-(-(frame + 1 + chunk // 2) // chunk) * chunk - 1 for frame in range(len(self.played))]
        else:
            late = (self.late["encode"] - (self.ratio - self.step)) // self.ratio
            come = [frame + late for frame in range(len(self.played))]
        due = [self.played[min(frame, len(self.played) - 1)] for frame in come]
        return self.model.decode(Player(self.frame_ms).frames(latents, due))

    def settings(self) -> Settings:
        """What a frame is played with now."""
        return Settings(self.gain * self.scale, self.offset + self.bias, self.freeze, self.glide)


ATOMS = {
    "noise": ((-1, 3), (0, 0)),
    "reset": ((-1, 3),),
    "latent_scale": ((-12, 12), (0.5, 1.5)),
    "latent_bias": ((-12, 12), (-0.5, 0.5)),
    "freeze": ((-1, 3), (0, 2)),
    "glide": ((-1, 70_000), (0, 500), (0, 0)),
    "rest": ((-1, 1), (0, 0)),
    "latent": ((-1, 4, -11, 11, -11, 11), (1, 2.9, 0.5, 1.5, -0.5, 0.5)),
    "latency_encode": ((0, 10),),
    "latency_decode": ((0, 10),),
    "latency_forward": ((0, 10),),
    "encode": ((1, 9),),
    "decode": ((1, 9),),
    "forward": ((1, 9),),
    "batch": ((1, 4),),
    "reload": ((0, 0),),
    "move": ((0, 0),),
}
# Blocks are most of what happens; reading the file anew takes longest.
WEIGHTS = {"encode": 20, "decode": 20, "forward": 20, "reload": 0.1}


def random_event(source: random.Random) -> Event:
    name = source.choices(list(ATOMS), [WEIGHTS.get(name, 1) for name in ATOMS])[0]
    bounds = source.choice(ATOMS[name])
    return name, tuple(source.uniform(*bounds[at : at + 2]) for at in range(0, len(bounds), 2))


def events() -> st.SearchStrategy[Event]:
    def atoms(bounds: tuple[float, ...]) -> st.SearchStrategy[tuple[float, ...]]:
        return st.tuples(*(st.floats(*bounds[at : at + 2]) for at in range(0, len(bounds), 2)))

    return st.one_of(
        st.tuples(st.just(name), st.one_of(*(atoms(bounds) for bounds in kinds))) for name, kinds in ATOMS.items()
    )


@pytest.fixture(scope="session")
def session(files: dict[str, Path]) -> Callable[[str], Session]:
    models = {architecture: made(architecture).double() for architecture in ARCHITECTURES.values()}
    return lambda kind: Session(files[kind], models[ARCHITECTURES[kind]], BOUNDS[kind], UNITS.get(kind, 1))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["float32", "held", "frames"])
@examples(6)
@given(sequence=st.lists(events(), max_size=30))
def test_any_sequence_of_events_leaves_the_offline_output(
    session: Callable[[str], Session], kind: str, sequence: list[Event]
) -> None:
    running = session(kind)
    for event in sequence:
        running.send(event)
    running.judge()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("precision", "count"),
    [
        ("float32", 1000),
        ("bfloat16", 200),
        ("float16", 200),
        ("lookahead", 200),
        ("held", 1000),
        ("both", 200),
        ("chunks", 200),
        ("frames", 400),
    ],
)
def test_thousands_of_random_events_do_no_harm(session: Callable[[str], Session], precision: str, count: int) -> None:
    running, source = session(precision), random.Random(count)
    for _ in range(count // 5):
        running.send(random_event(source))
    memory = psutil.Process().memory_info().rss
    for _ in range(count - count // 5):
        running.send(random_event(source))
    running.judge()
    assert (psutil.Process().memory_info().rss - memory) / 1e6 < GROWTH_MB
    assert running.judged > count, "most of it has been compared"


@pytest.mark.slow
def test_a_host_without_saoctl_registers_and_runs_every_file(files: dict[str, Path]) -> None:
    script = Path(__file__).with_name("host.py")
    paths = [str(path) for path in files.values()]
    command = [sys.executable, "-I", str(script), *paths]
    done = subprocess.run(command, capture_output=True, text=True, cwd=script.anchor)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == paths


def test_a_setter_after_a_block_in_inference_mode_works(files: dict[str, Path]) -> None:
    host = Host(str(files["float32"]))
    host.perform("forward", torch.randn(1, 2, 64))
    for name, atoms in (("reset", (1,)), ("latent", (2, 1.5, 0.1)), ("noise", (0,)), ("latent_scale", (0.5,))):
        assert host.set(name, *atoms)
    host.perform("forward", torch.randn(1, 2, 64))
    assert host.get("latent") == [2, 1.5, pytest.approx(0.1)]


@pytest.mark.slow
def test_a_file_reloaded_has_its_first_attributes_again(files: dict[str, Path]) -> None:
    host = Host(str(files["float32"]))
    before = {name: host.get(name) for name in host.attributes}
    host.set("latent_scale", 2.0)
    host.set("noise", 0.0)
    host.reload()
    assert {name: host.get(name) for name in host.attributes} == before
    assert before["noise"] == [1.0]
    assert before["latent"] == [1, 1.0, 0.0]


@pytest.mark.slow
def test_an_objects_state_is_its_own(files: dict[str, Path]) -> None:
    first, second = Host(str(files["float32"])), Host(str(files["float32"]))
    for host in (first, second):
        host.set("noise", 0)
    buffers = torch.randn(1, 2, 64)
    fresh = first.perform("forward", buffers)
    first.perform("forward", buffers)
    assert torch.equal(second.perform("forward", buffers), fresh)


def test_attributes_have_types_that_puredata_can_send() -> None:
    assert {kind for types in ATTRIBUTES.values() for kind in types} <= {1, 2}
