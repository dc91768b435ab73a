"""ExecuTorch, for Max through neural.live~, phones and single-board computers: methods that keep their state inside.

`model.pte` holds all methods. `model.json` beside it says how they are called, in the protocol of neural.live~
(https://github.com/jasper-zheng/neural_tilde, PROTOCOL.md), and describes the model under `saoctl`. Each method takes
blocks of one size, which is chosen at export, and serves one stream. `saoctl.formats.stateful` explains the inputs.
"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from saoctl import filetypes
from saoctl.config import StatedGraph
from saoctl.errors import FileError
from saoctl.files import atomic_file, sha256
from saoctl.formats.description import Description, parse
from saoctl.formats.format import Capabilities, Contents, Format
from saoctl.formats.nn_tilde import MAX_NOISE, NnTilde
from saoctl.formats.packages import import_for, quiet
from saoctl.formats.stateful import StatefulStep
from saoctl.formats.streams import MethodStream, StreamsArtifact, pure_steps
from saoctl.streaming.controls import MAX_BIAS, MAX_GLIDE, MAX_REST, MAX_SCALE

READER = filetypes.reader_of_exported("executorch")
JSON_READER = filetypes.Reader("JSON", (filetypes.JSON,), give=READER.again, again=READER.again)
SAOCTL = "saoctl"  # the key of all that is not in the protocol
LARGEST = 2**53  # the largest whole number that a host can keep

# Default, least and most value, and meaning; see `NnTilde` and `StatefulStep`.
ATTRIBUTES: dict[str, tuple[float, float, float, str]] = {
    "reset": (0, 0, 1, "while it is 1, every block begins a signal"),
    "end": (-1, -1, LARGEST, "audio samples of the whole signal, -1 while it goes on"),
    "latent_scale": (1.0, -MAX_SCALE, MAX_SCALE, "scale of all latents that enter the decoder"),
    "latent_bias": (0.0, -MAX_BIAS, MAX_BIAS, "bias of all latents that enter the decoder"),
    "freeze": (0, 0, 1, "1 holds the latest latents"),
    "glide": (0.0, 0.0, MAX_GLIDE, "ms that latents take to arrive"),
    "rest": (0.0, 0.0, MAX_REST, "how much the directions vary that are not played"),
    "noise": (1.0, 0.0, MAX_NOISE, "amount of the VAE's sampling noise"),
}
SHIFT = torch.ops.aten.bitwise_right_shift.Tensor_Scalar  # used by the noise of a basis
WHOLE = ("reset", "end", "freeze")  # attributes that are whole numbers

_import = partial(import_for, "executorch")


class ExecuTorchStream(MethodStream):
    """A method that streams through ExecuTorch's runtime; the file is opened once for each row of a batch.

    In Python, the methods of one opened file share their memory, and so their state.

    Args:
        path: the file.
        protocol: the content of the JSON.
        description: the description in it.
        method: the name of the method.
    """

    def __init__(self, path: Path, protocol: dict[str, Any], description: Description, method: str) -> None:
        described = protocol[SAOCTL]["methods"][method]
        self.path, self.method, self.inputs = path, method, protocol["methods"][method]["inputs"]
        self.rows: list[Any] = [_loaded(path, method)]
        flushed = int(described["flush_values"])
        super().__init__(_block_size(description), int(described["ratio"]), description.signatures[method], flushed)

    def begin(self) -> None:
        self.rows += [_loaded(self.path, self.method) for _ in range(self.batch - len(self.rows))]

    def run(self, blocks: Tensor, noise: float) -> Tensor:
        set_now = {"reset": int(self.position == 0), "end": self.end, "noise": noise}
        outputs = []
        for row, method in enumerate(self.rows[: self.batch]):
            given = []
            for each in self.inputs:
                if each["role"] == "signal":
                    given.append(blocks[row : row + 1].contiguous())
                elif each["role"] == "noise":
                    given.append(torch.randn(each["shape"]) if noise else torch.zeros(each["shape"]))
                else:
                    value = set_now.get(each["name"], each["default"])
                    given.append(torch.tensor([value], dtype=getattr(torch, each["dtype"])))
            # The next call writes to the memory of this output.
            outputs.append(method.execute(given)[0].clone())
        return torch.cat(outputs)


class ExecuTorch(Format):
    """Files that ExecuTorch's runtime opens."""

    name = "executorch"
    cpu_only = True
    needs = ("executorch.exir",)

    def save(self, model: NnTilde, path: Path, description: Description) -> int:
        """Write the file and its JSON, and return the size of `path` in bytes; see `Format.save`."""
        block_size = _block_size(description)
        description = description.model_copy(update={"block_size": block_size})
        frames = block_size // description.architecture.ratio
        pure = pure_steps(self.name, model, description)
        steps = {method: StatefulStep(step.fixed(frames), frames).eval() for method, step in pure.items()}
        self.check_packages()
        program = _program(steps)
        with ExitStack() as files:
            # ExitStack renames in reverse order, so `path` appears last, when its JSON exists.
            place = files.enter_context(atomic_file(path))
            with place.open("wb") as file:
                program.write_to_file(file)
            size = place.stat().st_size
            protocol = _protocol(model, steps, description)
            protocol[SAOCTL]["sha256"] = sha256(place)
            beside = files.enter_context(atomic_file(_json_of(path)))
            beside.write_text(json.dumps(protocol, indent=2) + "\n", encoding="utf-8")
        return size

    def describe(self, path: Path) -> Description | None:
        own = self._json(path).get(SAOCTL)
        return None if own is None else parse(json.dumps(own.get("description")), _json_of(path))

    def load(
        self, path: Path, device: torch.device, description: Description | None, stated: StatedGraph | None = None
    ) -> StreamsArtifact:
        if description is None:
            raise FileError(f"{path} was not written by `saoctl export`.", "Give a .ts file, or one of saoctl.")
        protocol = self._json(path)
        # A damaged file can crash the runtime, so it is refused before.
        if protocol[SAOCTL].get("sha256") != sha256(path):
            message = f"{path} is damaged, or is not the file that {_json_of(path)} was written for."
            raise FileError(message, "Export it again: saoctl export.")
        block_size = _block_size(description)
        can = Capabilities(description.signatures, latency_samples=description.latency_samples, block_size=block_size)
        open_stream = partial(ExecuTorchStream, path, protocol, description)
        opened = StreamsArtifact(path, device, description.precision, description, can, open_stream)
        # This raises now if the file is of another version, or the package is missing.
        opened.stream(description.architecture.methods[0])
        return opened

    def contents(self, path: Path, description: Description | None) -> Contents:
        if description is None:
            return Contents({}, {}, [])
        protocol = self._json(path)
        inputs = [each for method in protocol["methods"].values() for each in method["inputs"]]
        names = dict.fromkeys(each["name"] for each in inputs if each["role"] == "attribute")
        return Contents(protocol[SAOCTL]["dtypes"], description.signatures, list(names))

    def _json(self, path: Path) -> dict[str, Any]:
        """Read the JSON beside a file.

        Raises:
            FileError: the file is not of this format, or its JSON is missing or damaged.
        """
        if not self.recognises(path):
            raise READER.refusal(path)
        beside = _json_of(path)
        if not beside.is_file():
            raise FileError(f"{beside}, which belongs beside {path}, is not there.", "Copy both files.")
        try:
            protocol = json.loads(beside.read_bytes())
        except ValueError as error:
            raise JSON_READER.refusal(beside) from error
        if not isinstance(protocol, dict):
            raise FileError(f"{beside} does not say how {path} is called.", "Export it again: saoctl export.")
        return protocol


def _block_size(description: Description) -> int:
    """Return the block size of a file in audio samples; one latent frame if none was asked for."""
    return description.block_size or description.architecture.ratio


def _json_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _program(steps: dict[Any, StatefulStep]) -> Any:
    """Return the methods as an ExecutorchProgramManager, which holds the weights that they share once."""
    exir, xnnpack, passes = _import(
        "executorch.exir",
        "executorch.backends.xnnpack.partition.xnnpack_partitioner",
        "executorch.exir.passes.init_mutable_pass",
    )
    with quiet():
        programs = {method: torch.export.export(step, step.example(), strict=False) for method, step in steps.items()}
        # This operator is not in ATen's core set, but the portable kernels have it.
        config = exir.EdgeCompileConfig(_core_aten_ops_exception_list=[SHIFT])
        partitioners = [xnnpack.XnnpackPartitioner()]
        lowered = exir.to_edge_transform_and_lower(programs, partitioner=partitioners, compile_config=config)
        # Other buffers are uninitialised in the file. At position 0 a method ignores what `state` holds.
        first_value = passes.InitializedMutableBufferPass(["b_position"])
        return lowered.to_executorch(exir.ExecutorchBackendConfig(passes=[first_value]))


def _protocol(model: NnTilde, steps: dict[Any, StatefulStep], description: Description) -> dict[str, Any]:
    """Return the JSON for neural.live~, with the description of the model under `saoctl`."""
    methods, own = {}, {}
    for method, step in steps.items():
        signature, output = description.signatures[method], "latents" if method == "encode" else "audio"
        given, gives = (getattr(model, f"{method}_{side}_labels") for side in ("input", "output"))
        signal = _signal("signal", signature.in_channels, signature.in_ratio, given)
        methods[str(method)] = {
            "inputs": [signal, *(_input(step, name) for name in step.names[1:])],
            "output": _signal(output, signature.out_channels, signature.out_ratio, gives),
            "batch": 1,
            "dynamic_time": False,
        }
        own[str(method)] = {
            "latency_samples": description.latency_samples[method],
            "ratio": step.step.ratio,
            "out_ratio": signature.out_ratio,
            "out_channels": signature.out_channels,
            "flush_frames": step.step.flush_frames,
            "flush_values": step.step.flush_values,
        }
    some = next(iter(steps.values()))
    parameters = sum(parameter.numel() for parameter in model.model.parameters())
    return {
        "kind": "live",
        "executorch_version": version("executorch"),
        "delegate": "xnnpack",
        "buffer_size": some.frames * some.step.ratio,
        "seed": 0,
        "methods": methods,
        SAOCTL: {
            "description": description.model_dump(mode="json"),
            "methods": own,
            "dtypes": {"float32": parameters},
        },
    }


def _signal(name: str, channels: int, ratio: int, labels: list[str]) -> dict[str, Any]:
    return {"name": name, "role": "signal", "channels": channels, "ratio": ratio, "labels": list(labels)}


def _input(step: StatefulStep, name: str) -> dict[str, Any]:
    if name == "normal":
        shape = [1, step.step.latent_dim, step.frames]
        return {"name": name, "role": "noise", "shape": shape, "dtype": "float32"}
    default, least, most, meaning = ATTRIBUTES[name]
    dtype = "int64" if name in WHOLE else "float32"
    numbers = {"default": default, "min": least, "max": most}
    return {"name": name, "role": "attribute", "shape": [1], "dtype": dtype, **numbers, "description": meaning}


def _loaded(path: Path, method: str) -> Any:
    """Load a method of a file, with a state of its own.

    Raises:
        FileError: it cannot be loaded.
        ConfigError: the package is missing.
    """
    runtime = _runtime()
    try:
        return runtime.load_program(path).load_method(method)
    except RuntimeError as error:
        message = f"{path} cannot be loaded by this version of ExecuTorch."
        raise FileError(message, "Export it again: saoctl export.") from error


@cache
def _runtime() -> Any:
    """Return ExecuTorch's runtime, with as many threads as torch has now: loaded methods cannot change theirs.

    Raises:
        ConfigError: the package is missing.
    """
    runtime, bindings = _import("executorch.runtime", "executorch.extension.pybindings.portable_lib")
    with _without_stderr():
        if bindings._threadpool_get_thread_count() != torch.get_num_threads():
            bindings._unsafe_reset_threadpool(torch.get_num_threads())
        return runtime.Runtime.get()


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Hide the runtime's warnings about CPU features that are missing here.

    Its C++ code writes them to file descriptor 2, past `sys.stderr`, and has no option against it. So stderr is closed
    for all threads, but only once and while the runtime starts.
    """
    with Path(os.devnull).open("wb") as nothing:
        before = os.dup(2)
        os.dup2(nothing.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(before, 2)
            os.close(before)
