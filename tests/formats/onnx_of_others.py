"""ONNX files as other tools write them: offline models by torch.onnx.export, and streams whose states go in and out."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from tests.architectures import diffusers_vae

# What `diffusers_vae` makes, whose encoder ends with mean and scale.
VAE_CODER = Coder(channels=8, c_mults=(1, 2), strides=(2, 4))
VAE = OobleckArchitecture(sample_rate=8000, audio_channels=2, latent_dim=4, encoder=VAE_CODER, decoder=VAE_CODER)


class Encoder(nn.Module):
    """The mean of diffusers' encoder, and with `both` its scale too."""

    def __init__(self, both: bool = False) -> None:
        super().__init__()
        self.vae, self.both = diffusers_vae(), both

    def forward(self, audio: Tensor) -> Any:
        posterior = self.vae.encode(audio).latent_dist
        return (posterior.mean, posterior.std) if self.both else posterior.mean


class Decoder(nn.Module):
    """diffusers' decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.vae = diffusers_vae()

    def forward(self, latents: Tensor) -> Any:
        return self.vae.decode(latents).sample


class Window(nn.Module):
    """A stream as one is made in a hurry: the latents so far are kept, and the middle of what they decode to is given.

    Within the signal it is exact. At its beginning it is not: silence in the latents is not the end of a signal.
    """

    LATE, RATIO = 32, 8

    def __init__(self) -> None:
        super().__init__()
        self.decoder = Decoder()

    def forward(self, latents: Tensor, cache_in: Tensor) -> tuple[Tensor, Tensor]:
        both = torch.cat((cache_in, latents), dim=2)
        audio = self.decoder(both)[:, :, self.LATE * self.RATIO : -self.LATE * self.RATIO]
        return audio, both[:, :, -2 * self.LATE :]


def export(module: nn.Module, inputs: Mapping[str, Tensor], outputs: Sequence[str], path: Path, free: bool) -> Path:
    """A module in float32 or float16 by torch.onnx.export, for one length or with the last dimension `free`."""
    first = next(iter(inputs))
    axes = {name: {2: f"{name}_length"} for name in (first, outputs[0])} if free else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            path,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=axes,
            dynamo=False,
        )
    return path


def stream(
    ours: Path,
    path: Path,
    ratio: int,
    names: Mapping[str, str] | None = None,
    length: int | None = None,
    forgets: bool = False,
) -> Path:
    """A file of ours as another tool could have written it: without what it says of itself, its position a state.

    Noise stays an input.

    Args:
        ours: the file.
        path: of the new one.
        ratio: audio samples per value of `block`.
        names: of inputs and outputs, in the place of ours.
        length: of all blocks; None: any.
        forgets: the next state is zeros.
    """
    model = onnx.load(ours)
    graph = model.graph
    del model.metadata_props[:]
    model.producer_name = "another"
    constants = {"end": (TensorProto.INT64, -1), "gain": (1, 1.0), "offset": (1, 0.0), "motion": (1, 0.0)}
    for given in list(graph.input):
        if given.name in constants:
            kind, number = constants[given.name]
            shape = [each.dim_value or 1 for each in given.type.tensor_type.shape.dim]
            tensor = helper.make_tensor(given.name, kind, shape, [number] * torch.Size(shape).numel())
            graph.initializer.append(tensor)
            graph.input.remove(given)
        elif given.name == "block" and length is not None:
            given.type.tensor_type.shape.dim[2].dim_value = length
    graph.initializer.append(helper.make_tensor("samples", TensorProto.INT64, [1], [ratio]))
    graph.node.append(helper.make_node("Shape", ["block"], ["block_length"], start=2, end=3))
    graph.node.append(helper.make_node("Mul", ["block_length", "samples"], ["passed"]))
    graph.node.append(helper.make_node("Add", ["position", "passed"], ["next_position"]))
    graph.output.append(helper.make_tensor_value_info("next_position", TensorProto.INT64, [1]))
    if forgets:
        zero = numpy_helper.from_array(torch.zeros(1).numpy(), "nothing")
        graph.initializer.append(zero)
        graph.node.append(helper.make_node("Mul", ["next_state", "nothing"], ["forgotten"]))
        next(each for each in graph.output if each.name == "next_state").name = "forgotten"
    rename(graph, names or {})
    onnx.save(model, path)
    return path


def rename(graph: Any, names: Mapping[str, str]) -> None:
    """Give inputs and outputs of a graph other names, wherever they stand."""
    for node in graph.node:
        node.input[:] = [names.get(each, each) for each in node.input]
        node.output[:] = [names.get(each, each) for each in node.output]
    for each in (*graph.input, *graph.output):
        each.name = names.get(each.name, each.name)


def graph(path: Path, inputs: Sequence[Any], outputs: Sequence[Any], nodes: Sequence[Any]) -> Path:
    """A graph of a few nodes, for any onnxruntime of today."""
    made = helper.make_graph(list(nodes), "g", list(inputs), list(outputs))
    onnx.save(helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)
    return path


def floats(name: str, *shape: int | str) -> Any:
    """An input or an output in float32."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
