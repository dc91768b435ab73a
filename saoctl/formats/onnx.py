"""ONNX, for hosts without torch: a graph for each method, whose state is an input and an output.

`model.onnx` is `forward`; `model.encode.onnx` and `model.decode.onnx` beside it are the other methods. Each file holds
its weights and can be used alone. `saoctl.streaming.pure` explains the inputs. `metadata_props` hold the description,
and a key for each number that a host needs. https://onnx.ai/onnx/repo-docs/IR.html specifies the format.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from saoctl import filetypes
from saoctl.config import StatedGraph
from saoctl.errors import FileError
from saoctl.files import atomic_file
from saoctl.formats import onnx_foreign, protobuf
from saoctl.formats.description import Description, parse
from saoctl.formats.format import Capabilities, Contents, Format
from saoctl.formats.nn_tilde import NnTilde
from saoctl.formats.onnx_foreign import GraphArtifact
from saoctl.formats.onnx_trace import Tracer
from saoctl.formats.packages import import_for
from saoctl.formats.streams import MethodStream, StreamsArtifact, pure_steps
from saoctl.streaming.precision import DTYPES
from saoctl.streaming.pure import PureStep
from saoctl.vocabulary import METHODS, Method, Precision

READER = filetypes.reader_of_exported("onnx")
DESCRIPTION = "saoctl"  # the key of the description

# onnxruntime 1.17 of 2024 loads these versions, and so do most hosts.
IR_VERSION, OPSET = 9, 18
MOST_BYTES = 2_100_000_000  # of weights in a file; a protobuf message, graph included, has at most 2**31 - 1 bytes
MOST_FRAMES = 1024  # in one call: the glide needs memory for frames x frames
SMALL = 1024  # bytes of a tensor that stays in the graph when the weights are moved out

# Numbers of fields in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
MODEL_IR_VERSION, MODEL_GRAPH, MODEL_METADATA = 1, 7, 14
ENTRY_KEY, ENTRY_VALUE = 1, 2
GRAPH_INITIALIZER, GRAPH_INPUT = 5, 11
TENSOR_DIMS, TENSOR_TYPE = 1, 2
INPUT_NAME = 1
TYPES = {1: "float32", 10: "float16", 11: "float64", 16: "bfloat16"}  # the dtypes of weights
OUTPUTS = ("output", "next_state")
CONTROLS = ("gain", "offset", "motion", "noise")

_import = partial(import_for, "onnx")


class OnnxStream(MethodStream):
    """A method that streams through onnxruntime.

    Args:
        path: the file of the method.
        description: the description in it.

    Raises:
        FileError: the file is damaged.
        ConfigError: onnxruntime is missing.
    """

    def __init__(self, path: Path, description: Description) -> None:
        step, ratio = _metadata(path), description.architecture.ratio
        self.state_size = int(step["state_size"])
        try:
            self.session = _open(path)
        except FileError as error:
            raise READER.refusal(path) from error
        self.inputs = {each.name: each.shape for each in self.session.get_inputs()}
        signature = description.signatures[step["method"]]
        super().__init__(description.block_size or ratio, ratio, signature, int(step["flush_values"]))
        self.most *= max(MOST_FRAMES * ratio // self.block_size, 1)

    def begin(self) -> None:
        self.state = torch.zeros(self.batch, self.state_size)

    def run(self, blocks: Tensor, noise: float) -> Tensor:
        names = list(self.inputs)
        given = {
            names[0]: blocks,
            "state": self.state,
            "position": torch.tensor([self.position]),
            "end": torch.tensor([self.end]),
        }
        if "gain" in self.inputs:
            channels = self.inputs["gain"][0]
            given |= {"gain": torch.ones(channels), "offset": torch.zeros(channels), "motion": torch.zeros(3)}
        if "noise" in self.inputs:
            frames = blocks.shape[2] * self.signature.in_ratio // self.ratio
            shape = [self.batch, self.inputs["noise"][1], frames]
            given["noise"] = torch.randn(shape) * noise if noise else torch.zeros(shape)
        output, state = self.session.run(None, {name: given[name].numpy(force=True) for name in names})
        self.state = torch.from_numpy(state)
        return torch.from_numpy(output)


class Onnx(Format):
    """Files that onnxruntime opens."""

    name = "onnx"
    cpu_only = True
    needs = ("onnx", "onnxscript")

    def save(self, model: NnTilde, path: Path, description: Description) -> int:
        """Write the three files of a model, and return the size of `path` in bytes; see `Format.save`."""
        steps = pure_steps(self.name, model, description)
        self.check_packages()
        size = 0
        graphs = _graphs(steps)
        with ExitStack() as places:
            # ExitStack renames in reverse order, so `path`, of `forward`, appears last, when the other files exist.
            for method, step in reversed(steps.items()):
                file = _file_of(path, method, alone=len(steps) == 1)
                proto = _finished(graphs[method], step, _keys(step, description))
                place = places.enter_context(atomic_file(file))
                if description.precision != "float32":
                    _store(proto, description.precision)
                if sum(len(each.raw_data) for each in proto.graph.initializer) > MOST_BYTES:
                    data = file.with_name(f"{file.name}.data")
                    _move_weights(proto, places.enter_context(atomic_file(data)), data.name)
                place.write_bytes(proto.SerializeToString())
                size = size or place.stat().st_size
        return size

    def describe(self, path: Path) -> Description | None:
        text = _metadata(path).get(DESCRIPTION)
        return None if text is None else parse(text, path)

    def load(
        self, path: Path, device: torch.device, description: Description | None, stated: StatedGraph | None = None
    ) -> StreamsArtifact | GraphArtifact:
        if description is None:
            return onnx_foreign.load(path, _open(path), _parts(path)[0], stated or StatedGraph())
        method = _metadata(path)["method"]
        files = _files_with(path, method)
        for other in files.values():
            if self.describe(other) != description:
                raise FileError(f"{path} and {other} are not of one export.", "Export them anew.")
        every = description.signatures
        can = Capabilities(
            {name: every[name] for name in files},
            latency_samples=description.latency_samples,
            block_size=description.block_size,
        )
        opened = StreamsArtifact(
            path, device, description.precision, description, can, lambda name: OnnxStream(files[name], description)
        )
        opened.stream(method)  # raises now if the file is damaged
        return opened

    def contents(self, path: Path, description: Description | None) -> Contents:
        dtypes, inputs = _parts(path)
        if description is None:
            return onnx_foreign.contents(path, lambda: _open(path), dtypes)
        every = description.signatures
        methods = {method: every[method] for method in _files_with(path, _metadata(path)["method"])}
        return Contents(dtypes, methods, [name for name in CONTROLS if name in inputs])


def _parts(path: Path) -> tuple[dict[str, int], list[str]]:
    """Return the number of weights of each dtype in a graph, and the names of its inputs."""
    dtypes: dict[str, int] = {}
    inputs = []
    with path.open("rb") as file:
        graph = next(field for field in protobuf.fields(file) if field.number == MODEL_GRAPH)
        for part in protobuf.fields(file, graph):
            if part.number not in (GRAPH_INPUT, GRAPH_INITIALIZER):
                continue
            fields = list(protobuf.fields(file, part))
            if part.number == GRAPH_INPUT:
                inputs += [protobuf.text(file, field) for field in fields if field.number == INPUT_NAME]
            else:
                name = TYPES.get(next((field.value for field in fields if field.number == TENSOR_TYPE), 0))
                shape = [field.value for field in fields if field.number == TENSOR_DIMS]
                if name and shape:  # other tensors are indices and constants
                    dtypes[name] = dtypes.get(name, 0) + prod(shape)
    return dtypes, inputs


def _store(proto: Any, precision: Precision) -> None:
    """Store the weights of a graph in a lower precision, in place. The graph begins with their conversion to float32.

    A runtime converts them once, when it loads the file. Vectors stay as they are: they are small.
    """
    helper, types = _import("onnx.helper", "onnx")
    kind, dtype = getattr(types.TensorProto, precision.upper()), DTYPES[precision]
    conversions = []
    for tensor in proto.graph.initializer:
        matrix = sum(size > 1 for size in tensor.dims) > 1
        if not matrix or tensor.data_type != types.TensorProto.FLOAT or len(tensor.raw_data) <= SMALL:
            continue
        values = torch.frombuffer(bytearray(tensor.raw_data), dtype=torch.float32)
        if values.abs().max() > torch.finfo(dtype).max:
            continue
        name, stored = tensor.name, f"{tensor.name}.stored"
        conversions.append(helper.make_node("Cast", [stored], [name], name=stored, to=types.TensorProto.FLOAT))
        tensor.name, tensor.data_type = stored, kind
        tensor.raw_data = values.to(dtype).view(torch.int16).numpy().tobytes()
    nodes = [*conversions, *proto.graph.node]
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)


def _move_weights(proto: Any, place: Path, name: str) -> None:
    """Move the weights of a graph into a file of their own; see https://onnx.ai/onnx/repo-docs/ExternalData.html.

    Args:
        proto: the graph, which is changed in place.
        place: the file that is written.
        name: the name under which the graph finds that file beside itself.
    """
    (helper,) = _import("onnx.external_data_helper")
    helper.convert_model_to_external_data(proto, location=name, size_threshold=SMALL)
    with place.open("wb") as file:
        for tensor in proto.graph.initializer:
            if helper.uses_external_data(tensor):
                helper.set_external_data(tensor, name, file.tell(), len(tensor.raw_data))
                file.write(tensor.raw_data)
                tensor.ClearField("raw_data")


def _file_of(path: Path, method: Method, alone: bool = False) -> Path:
    """Return the file of a method of the model in `path`, which is that of `forward` or of the method that is alone."""
    return path if alone or method == "forward" else path.with_suffix(f".{method}{path.suffix}")


def _files_with(path: Path, method: str) -> dict[str, Path]:
    """Return the methods that a loaded file offers, with their files: `forward` offers all files beside it."""
    if method != "forward":
        return {method: path}
    return {name: file for name in METHODS if (file := _file_of(path, name)).is_file()}


def _keys(step: PureStep, description: Description) -> dict[str, str]:
    """Return the metadata of a file: the description, and a key for each number that a host needs."""
    signature = description.signatures[step.method]
    flat = {
        "method": step.method,
        "latency_samples": description.latency_samples[step.method],
        "ratio": step.ratio,
        "sample_rate": description.architecture.sample_rate,
        "in_channels": signature.in_channels,
        "out_channels": signature.out_channels,
        "state_size": step.state_size,
        "flush_frames": step.flush_frames,
        "flush_values": step.flush_values,
        "source": description.source,
        "commit": description.commit or "",
    }
    if description.block_size is not None:
        flat["block_size"] = description.block_size
    return {DESCRIPTION: description.model_dump_json(), **{key: str(value) for key, value in flat.items()}}


def _traced(step: PureStep, tracer: Tracer) -> Any:
    """Return a step as an ONNX ModelProto, for any batch size and any number of blocks."""
    batch, blocks = torch.export.Dim("batch", min=1, max=1 << 16), torch.export.Dim("frames", min=1, max=1 << 24)
    channels, per_frame = (step.controls.channels, 1) if step.method == "decode" else (step.audio_channels, step.ratio)
    frames = _times(blocks, step.block_frames)
    some = 3 * step.block_frames  # not one block: torch.export would specialise the graph on it
    like = {
        "block": torch.zeros(2, channels, some * per_frame),
        "state": torch.zeros(2, step.state_size),
        "position": torch.zeros(1, dtype=torch.int64),
        "end": torch.full((1,), -1),
    }
    free: dict[str, Any] = dict.fromkeys(like)
    free |= {"block": {0: batch, 2: _times(blocks, step.block_frames * per_frame)}, "state": {0: batch}}
    if step.plays:
        for name, count in (("gain", step.controls.channels), ("offset", step.controls.channels), ("motion", 3)):
            like[name], free[name] = torch.zeros(count), None
    if step.takes_noise:
        like["noise"], free["noise"] = torch.zeros(2, step.latent_dim, some), {0: batch, 2: frames}
    return tracer.trace(step, like, free)


def _times(dimension: Any, factor: int) -> Any:
    """Return a multiple of a free dimension; torch.export refuses a product with 1."""
    return dimension if factor == 1 else dimension * factor


def _graphs(steps: Mapping[Method, PureStep]) -> dict[Method, Any]:
    """Return each method as an ONNX ModelProto; `forward` is a chain of the others if it can, since tracing is slow."""
    tracer = Tracer(OPSET, OUTPUTS)
    separate = {method: step for method, step in steps.items() if method != "forward" or not step.chained}
    traced = {method: _traced(step, tracer) for method, step in separate.items()}
    chained = "forward" in steps and "forward" not in traced
    return {**traced, "forward": _chained(traced["encode"], traced["decode"], steps)} if chained else traced


def _chained(encode: Any, decode: Any, steps: Mapping[Method, PureStep]) -> Any:
    """Return `forward` as a chain of the graphs of the other methods; see `PureStep.lag`."""
    helper, types = _import("onnx.helper", "onnx")
    forward = steps["forward"]
    sizes, lag = [steps["encode"].state_size, steps["decode"].state_size], forward.lag * forward.ratio
    proto = types.ModelProto()
    proto.CopyFrom(decode)
    graph = proto.graph
    for part in (graph.node, graph.initializer, graph.input):
        del part[:]
    of_encode, of_decode = {"state": "encode.state", "output": "latents"}, {"state": "decode.state", "block": "latents"}
    of_decode |= {"position": "decode.position", "output": "output"}
    graph.initializer.append(helper.make_tensor("sizes", types.TensorProto.INT64, [2], sizes))
    graph.initializer.append(helper.make_tensor("lag", types.TensorProto.INT64, [1], [lag]))
    graph.node.append(helper.make_node("Split", ["state", "sizes"], ["encode.state", "decode.state"], axis=1))
    graph.node.append(helper.make_node("Sub", ["position", "lag"], ["decode.position"]))
    for name, part, names in (("encode", encode.graph, of_encode), ("decode", decode.graph, of_decode)):
        names |= {each.name: names.get(each.name, each.name) for each in part.input}
        for node in part.node:
            own = graph.node.add()
            own.CopyFrom(node)
            own.name = f"{name}.{node.name}"
            own.input[:] = [names.get(each, f"{name}.{each}") if each else "" for each in node.input]
            own.output[:] = [names.get(each, f"{name}.{each}") if each else "" for each in node.output]
        for tensor in part.initializer:
            own = graph.initializer.add()
            own.CopyFrom(tensor)
            own.name = f"{name}.{tensor.name}"
    graph.node.append(helper.make_node("Concat", ["encode.next_state", "decode.next_state"], ["next_state"], axis=1))
    given = {each.name: each for each in (*decode.graph.input, *encode.graph.input)}
    graph.input.extend(given[name] for name in ("block", "state", "position", "end", *CONTROLS) if name in given)
    for each in (*graph.input, *graph.output):
        if each.name in ("state", "next_state"):
            each.type.tensor_type.shape.dim[1].dim_value = forward.state_size
    return proto


def _finished(proto: Any, step: PureStep, keys: dict[str, str]) -> Any:
    """Return the graph of a method with the metadata of its file, and without traces of the machine."""
    proto.ir_version = IR_VERSION
    proto.producer_name, proto.producer_version, proto.doc_string = "saoctl", "", ""
    graph = proto.graph
    graph.name = f"saoctl.{step.method}"
    # A runtime derives the shapes between the layers again. The other entries name files of this machine.
    del graph.value_info[:]
    del graph.metadata_props[:]
    for each in (*graph.node, *graph.input, *graph.output, *graph.initializer):
        each.doc_string = ""
        del each.metadata_props[:]
    audio, latents = f"{step.ratio}*frames", "frames"
    block, output = (latents if step.method == "decode" else audio), (latents if step.method == "encode" else audio)
    for each in (*graph.input, *graph.output):
        length = {"block": block, "output": output, "noise": latents}.get(each.name, "")
        for place, name in ((0, "batch"), (2, length)):
            dims = each.type.tensor_type.shape.dim
            if place < len(dims) and dims[place].dim_param:
                dims[place].dim_param = name
    del proto.metadata_props[:]
    for key, value in keys.items():
        entry = proto.metadata_props.add()
        entry.key, entry.value = key, value
    return proto


def _open(path: Path) -> Any:
    """Load a file into onnxruntime, with as many threads as torch has.

    Raises:
        FileError: onnxruntime cannot load it.
        ConfigError: onnxruntime is missing.
    """
    (runtime,) = _import("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 4  # log fatal errors alone; other errors are raised
    try:
        return runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no common class
        message = f"onnxruntime cannot load {path}: {onnx_foreign.reason(error)}."
        raise FileError(message, "Export it again, in operators that onnxruntime has for the CPU.") from error


def _metadata(path: Path) -> dict[str, str]:
    """Return the metadata of an ONNX file without reading its graph.

    Raises:
        FileError: the file is empty, damaged or of another kind.
    """
    READER.check(path)
    try:
        with path.open("rb") as file:
            fields = list(protobuf.fields(file))
            if not {MODEL_IR_VERSION, MODEL_GRAPH} <= {field.number for field in fields}:
                raise READER.refusal(path)
            found = {}
            for field in fields:
                if field.number == MODEL_METADATA:
                    entry = {each.number: protobuf.text(file, each) for each in protobuf.fields(file, field)}
                    found[entry.get(ENTRY_KEY, "")] = entry.get(ENTRY_VALUE, "")
            return found
    except (ValueError, OSError) as error:
        raise READER.refusal(path) from error
