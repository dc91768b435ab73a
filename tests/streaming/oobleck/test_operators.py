"""CUDA and MPS have every operator of the exported file, by the table of operators that torch ships.

Neither device need be there. What the graphs of a file name is looked up in the table; what composite operators call
inside is recorded while the file runs on the CPU, and looked up down to where a device has a kernel of its own.
"""

import functools
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
import torchgen
from torch import Tensor, nn
from torch._C._profiler import _ExperimentalConfig, _TensorMetadata
from torch.profiler import ProfilerActivity, profile
from torchgen.gen import ParsedYaml, parse_native_yaml
from torchgen.model import DispatchKey

from saoctl.blocks import grid_of
from saoctl.formats import export
from saoctl.formats.description import BasisDescription
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.streaming.oobleck.lookahead import most_lookahead
from tests.architectures import REACH, offline
from tests.examples import FACTOR

CUDA, MPS = DispatchKey.CUDA, DispatchKey.MPS
FLOAT64 = 7  # torch.float64 as graphs have it; MPS lacks it
NO_SCHEMA = "(no schema)"  # of control flow, attributes and tuples: the language itself

# Wide enough for every form of a product: one matrix product, groups of outputs, a convolution.
WIDE = Coder(channels=16, c_mults=(1, 2), strides=(2, 4), dilations=REACH)
SNAKE = OobleckArchitecture(sample_rate=8000, audio_channels=2, latent_dim=3, encoder=WIDE, decoder=WIDE)
# And what else there is: ELU, odd strides, a last tanh, scaled latents.
ODD = Coder(channels=12, c_mults=(1, 2), strides=(3, 5), use_snake=False, dilations=REACH)
ELU = OobleckArchitecture(
    sample_rate=8000, audio_channels=1, latent_dim=2, encoder=ODD, decoder=ODD, final_tanh=True, scale=0.5
)

# What TorchScript itself does with tensors is not in the table. Telling what a tensor is asks no device.
TELLING = {"aten::dim", "aten::size", "aten::size.int", "prim::device", "prim::dtype"}
# And a tensor of numbers is filled on the CPU; then it is moved by these.
MAKING = {"aten::tensor.float": {"aten::_to_copy", "aten::empty_strided", "aten::copy_"}}

# `_convolution` asks which library shall do it: what it calls on the CPU says nothing of other devices.
CHOOSING = "aten::_convolution"
LIBRARIES = {
    CUDA: ("aten::cudnn_convolution", "aten::cudnn_convolution_transpose"),
    MPS: ("aten::_mps_convolution", "aten::_mps_convolution_transpose"),
}

# In graphs, but never reached: `F.elu` has a branch for work in place.
UNREACHED = {"aten::elu_"}

# Every form, every precision and every kind of layer. `make test EXAMPLES=2` has each beside most of the others too.
FILES = {
    "snake-float32-streaming": (SNAKE, "float32", "streaming"),
    "snake-float32-offline": (SNAKE, "float32", "offline"),
    "snake-mixed-lookahead": (SNAKE, "mixed", "lookahead"),
    "snake-bfloat16-basis": (SNAKE, "bfloat16", "basis"),
    "elu-float32-streaming": (ELU, "float32", "streaming"),
    "elu-float16-mean": (ELU, "float16", "mean"),  # a stream that does not sample
    "elu-float32-held": (ELU, "float32", "held"),  # for nn~, because the ratio is no power of two
}
if FACTOR > 1:
    FILES |= {
        "snake-float32-lookahead": (SNAKE, "float32", "lookahead"),
        "snake-float32-basis": (SNAKE, "float32", "basis"),
        "snake-float32-mean": (SNAKE, "float32", "mean"),
        "snake-mixed-streaming": (SNAKE, "mixed", "streaming"),
        "snake-bfloat16-streaming": (SNAKE, "bfloat16", "streaming"),
        "snake-float16-offline": (SNAKE, "float16", "offline"),
        "elu-float32-offline": (ELU, "float32", "offline"),
        "elu-mixed-lookahead": (ELU, "mixed", "lookahead"),
        "elu-bfloat16-mean": (ELU, "bfloat16", "mean"),
    }

# Operations of files that were loaded in torch 2.5.1, whose libtorch nn~ 1.6.0 ships, and gave the same output there.
# What is not in this list must be tried there before it is added: interpolate, stft and istft, for example, as
# torch 2.13 writes them, do not load.
KNOWN_TO_LOAD = """
    Float __getitem__ __is__ __isnot__ __not__ add add_ addcmul append arange as_strided baddbmm bitwise_and
    bitwise_right_shift bitwise_xor bmm cat chunk clone contiguous conv1d conv2d conv_transpose1d copy_ cos dim div
    elu elu_ empty eq exp expand floordiv format ge gt item le len linear log lt matmul mul nan_to_num narrow ne neg
    pad permute pow randn_like reciprocal remainder reshape select silu silu_ sin sin_ size slice softmax softplus
    sqrt square square_ squeeze sub tanh tensor to transpose unbind unsqueeze view zero_ zeros
"""


@functools.cache
def table() -> ParsedYaml:
    """The operators of torch and the kernels of its devices, as torch's own build reads them."""
    native = Path(torchgen.__file__).parent / "packaged" / "ATen" / "native"
    return parse_native_yaml(str(native / "native_functions.yaml"), str(native / "tags.yaml"))


@functools.cache
def entries() -> dict[str, Any]:
    """The table by name and overload."""
    return {f"aten::{function.func.name}": function for function in table().native_functions}


def has_kernel(name: str, device: DispatchKey) -> bool:
    """Whether a device computes an operator by a kernel of its own."""
    if (function := entries().get(name)) is None:
        return False
    # Functional and in-place forms may be made from the form with `out`.
    return (function.structured_delegate or function.func.name) in table().backend_indices[device].index


def is_composite(name: str) -> bool:
    """Whether an operator is made of others, on any device."""
    return (function := entries().get(name)) is not None and (
        function.has_composite_implicit_autograd_kernel
        or function.has_composite_explicit_autograd_kernel
        or function.has_composite_explicit_autograd_non_functional_kernel
    )


def lacking(name: str, device: DispatchKey) -> set[str]:
    """The complaint about an operator that a device does not have."""
    return set() if has_kernel(name, device) or is_composite(name) else {f"{device.name} lacks {name}"}


def full_name(name: str, overload: str) -> str:
    return f"{name}.{overload}" if overload else name


schema_of = functools.cache(torch._C.parse_schema)


class File(NamedTuple):
    """A module as it comes out of a TorchScript file, and the nodes of its graphs, which take seconds to inline."""

    module: Any
    nodes: list[torch.Node]


def nodes_of(module: Any) -> Iterator[torch.Node]:
    """The nodes of all methods of a module and of those within it, with the functions that they call."""

    def walk(block: Any) -> Iterator[torch.Node]:
        for node in block.nodes():
            yield node
            for inner in node.blocks():
                yield from walk(inner)

    # What is behind an interface is not inlined, but is among the modules. Those of one type share their methods.
    kinds = {part._c._type().qualified_name(): part._c for part in module.modules()}
    for kind in kinds.values():
        for name in kind._method_names():
            yield from walk(kind._get_method(name).inlined_graph)


def named(file: File) -> set[str]:
    """The operators in the graphs of a file that take or give tensors."""
    found = set()
    for text in {node.schema() for node in file.nodes} - {NO_SCHEMA}:
        schema = schema_of(text)
        if any("Tensor" in str(value.type) for value in (*schema.arguments, *schema.returns)):
            found.add(full_name(schema.name, schema.overload_name))
    return found


def float64_made(file: File) -> set[str]:
    """Complaints about all in a file that is float64 or becomes it."""
    complaints = set()
    for node in file.nodes:
        if node.kind() == "prim::Constant" and isinstance(value := node.output().toIValue(), Tensor):
            complaints |= {"MPS lacks float64: a constant"} if value.dtype == torch.float64 else set()
        elif node.schema() != NO_SCHEMA:
            schema = schema_of(node.schema())
            for argument, given in zip(schema.arguments, node.inputs(), strict=False):
                if argument.name == "dtype" and given.toIValue() == FLOAT64:  # type: ignore[comparison-overlap]
                    complaints.add(f"MPS lacks float64: {full_name(schema.name, schema.overload_name)}")
    tensors = (*file.module.named_parameters(), *file.module.named_buffers())
    return complaints | {f"MPS lacks float64: {name}" for name, tensor in tensors if tensor.dtype == torch.float64}


def refused_by_graphs(file: File) -> set[str]:
    """Complaints about what the graphs of a file name and about the tensors that it holds."""
    names = named(file)
    names |= {inner for name in names & MAKING.keys() for inner in MAKING[name]}
    names -= TELLING | MAKING.keys()
    return {each for name in names for device in (CUDA, MPS) for each in lacking(name, device)} | float64_made(file)


def recorded(module: Any, run: Callable[[Any], None]) -> list[Any]:
    """What is called while a module runs: the outermost calls, each with those within it."""
    names = _ExperimentalConfig(capture_overload_names=True)
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True, experimental_config=names) as profiler:
        run(module)
    assert profiler.profiler is not None
    return list(profiler.profiler.kineto_results.experimental_event_tree())


def takes_float64(call: Any) -> bool:
    """Whether a tensor that is given to an operator is float64; a number is one without dimensions, on the CPU."""
    tensors = [value for value in call.extra_fields.inputs if isinstance(value, _TensorMetadata)]
    return any(tensor.dtype == torch.float64 and tensor.sizes for tensor in tensors)


def refused_by_run(calls: Iterable[Any], device: DispatchKey) -> set[str]:
    """Complaints about what a device would have to compute in the place of the CPU."""
    complaints = set()
    for call in calls:
        name = full_name(call.name, call.overload_name)
        if name.startswith("aten::"):
            if device == MPS and takes_float64(call):
                complaints.add(f"MPS is given float64: {name}")
            if has_kernel(name, device):
                continue  # what is within is the CPU's own
            if name == CHOOSING:
                complaints |= {each for library in LIBRARIES[device] for each in lacking(library, device)}
                continue
            complaints |= lacking(name, device)
        complaints |= refused_by_run(call.children, device)
    return complaints


def called(calls: Iterable[Any]) -> set[str]:
    """The names of all calls."""
    return {name for call in calls for name in (full_name(call.name, call.overload_name), *called(call.children))}


def saved(module: nn.Module) -> File:
    """The module as it comes out of a TorchScript file."""
    file = io.BytesIO()
    torch.jit.save(torch.jit.script(module), file)
    file.seek(0)
    loaded = torch.jit.load(file)  # type: ignore[no-untyped-call]
    return File(loaded, [*nodes_of(loaded)])


QUICK = ("snake-float32-streaming", "elu-float32-streaming", "elu-float32-held")


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in FILES]
)
def file(request: pytest.FixtureRequest) -> File:
    """A made model as a file has it, and no longer than its tests last: what is recorded of it takes much memory."""
    architecture, precision, form = FILES[request.param]
    model = offline(architecture)
    model.sampling = form != "mean"  # type: ignore[misc] # final for TorchScript, not before it
    lookahead = most_lookahead(architecture).described if form == "lookahead" else None
    size = [1.0] * architecture.latent_dim
    basis = BasisDescription(
        latents=1, mean=size, directions=torch.eye(len(size)).tolist(), spread=size, share=size, source="", commit=None,
        frames=1, audio=[],
    )  # fmt: skip
    grid = grid_of(architecture.ratio) if form == "held" else None
    own_basis = basis if form == "basis" else None
    return saved(export.build(model, precision, form != "offline", lookahead, own_basis, grid=grid))


def everything(host: Any) -> None:
    """All that a host asks of a file, and what is asked for the end of a signal."""
    host.get_methods()
    for noise, freeze, glide in ((1.0, 0, 0.0), (0.0, 1, 100.0)):
        host.set_noise(noise)
        host.set_freeze(freeze)
        host.set_glide(glide)
        ratio = int(host.encode_params[3])
        for method, samples in (("encode", ratio), ("decode", 1), ("forward", ratio)):
            channels = int(getattr(host, f"{method}_params")[0])
            with torch.inference_mode():
                for frames in (1, 60):  # products of few and of many frames take different forms
                    getattr(host, method)(torch.randn(1, channels, frames * samples))
                getattr(host, f"flush_{method}")()
    for name in host.get_attributes():
        values = getattr(host, f"get_{name}")()
        getattr(host, f"set_{name}")(*values)
    host.set_reset(1)


@pytest.mark.slow
def test_cuda_and_mps_have_every_operator_that_the_file_names(file: File) -> None:
    assert refused_by_graphs(file) == set()


@pytest.mark.slow
def test_cuda_and_mps_have_every_operator_that_runs_within_these(file: File, request: pytest.FixtureRequest) -> None:
    calls = recorded(file.module, everything)
    assert refused_by_run(calls, CUDA) | refused_by_run(calls, MPS) == set()
    if "float32" in request.node.callspec.id:  # the other precisions leave the groups of outputs out
        assert named(file) - called(calls) <= TELLING | MAKING.keys() | UNREACHED


@pytest.mark.slow
def test_every_operation_of_the_file_is_known_to_load_in_the_hosts_libtorch(
    file: File, request: pytest.FixtureRequest
) -> None:
    found = {node.kind() for node in file.nodes}
    assert "aten::conv2d" in found or "offline" in request.node.callspec.id
    # `prim` is control flow, tuples and attributes: the language itself.
    used = {kind.removeprefix("aten::") for kind in found if not kind.startswith("prim::")}
    assert sorted(used - set(KNOWN_TO_LOAD.split())) == []


# What these tests would say of models that do use what a device lacks.


class Poisson(nn.Module):
    """MPS lacks it."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.poisson(x)


class OnlyCpu(nn.Module):
    """A form of memory that is the CPU's, in a branch that does not run."""

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[0] == 0:
            x = x.to_mkldnn()
        return x


class Inside(nn.Module):
    """A composite operator, which calls one that MPS lacks."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.frexp(x)[0]


class Casting(nn.Module):
    """float64 for a moment."""

    def forward(self, x: Tensor) -> Tensor:
        return x.to(torch.float64).sin().to(torch.float32)


class Making(nn.Module):
    """A new tensor of float64."""

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.zeros([1], dtype=torch.float64)


class Holding(nn.Module):
    """A tensor of float64 in the file."""

    table: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("table", torch.zeros(1, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.table.to(x.dtype)


@torch.jit.interface
class Layer(nn.Module):
    """What can stand behind a `Behind`."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[empty-body]
        pass


class Behind(nn.Module):
    """A layer behind an interface."""

    layer: Layer

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer  # type: ignore[assignment]

    def forward(self, x: Tensor) -> Tensor:
        return self.layer.forward(x)


@pytest.mark.parametrize(
    ("module", "complaints"),
    [
        (Poisson(), {"MPS lacks aten::poisson"}),
        (Behind(Poisson()), {"MPS lacks aten::poisson"}),
        (OnlyCpu(), {"CUDA lacks aten::to_mkldnn", "MPS lacks aten::to_mkldnn"}),
        (Casting(), {"MPS lacks float64: aten::to.dtype"}),
        (Making(), {"MPS lacks float64: aten::zeros"}),
        (Holding(), {"MPS lacks float64: table"}),
        (Inside(), set()),  # only seen when it runs
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_what_a_device_lacks_is_named_from_the_graphs(module: nn.Module, complaints: set[str]) -> None:
    assert refused_by_graphs(saved(module)) == complaints


@pytest.mark.parametrize(
    ("module", "device", "complaints"),
    [
        (Inside(), MPS, {"MPS lacks aten::frexp.Tensor_out"}),
        (Inside(), CUDA, set()),
        (Poisson(), MPS, {"MPS lacks aten::poisson"}),
        (Casting(), MPS, {"MPS is given float64: aten::sin"}),
        (Casting(), CUDA, set()),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else getattr(value, "name", ""),
)
def test_what_a_device_lacks_is_named_from_a_run(module: nn.Module, device: DispatchKey, complaints: set[str]) -> None:
    calls = recorded(saved(module).module, lambda file: file(torch.ones(2, 3)))
    assert complaints <= refused_by_run(calls, device)
    assert bool(complaints) == bool(refused_by_run(calls, device))


@pytest.mark.parametrize(
    ("name", "cuda", "mps", "composite"),
    [
        ("aten::copy_", False, False, True),  # CompositeExplicitAutograd
        ("aten::narrow", False, False, True),  # CompositeImplicitAutograd
        ("aten::contiguous", False, False, True),  # the same, as what stands without any kernel is
        ("aten::linear", False, True, True),  # composite, but MPS has its own
        ("aten::zero_", True, True, False),  # one kernel for "CPU, CUDA, MPS"
        ("aten::sin_", True, True, False),  # made from sin.out
        ("aten::add.Tensor", True, True, False),  # made from add.out, whose kernels are generated
        ("aten::to_mkldnn", False, False, False),  # the CPU alone
        ("aten::none_such", False, False, False),
    ],
)
def test_the_table_is_read_rightly(name: str, cuda: bool, mps: bool, composite: bool) -> None:
    assert (has_kernel(name, CUDA), has_kernel(name, MPS), is_composite(name)) == (cuda, mps, composite)
