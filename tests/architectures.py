"""Architectures and models for tests, and how to stream through them."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor

from saoctl.formats.description import EXACT_FORMAT, HELD_FORMAT, Description
from saoctl.models.family import Architecture, Reference
from saoctl.models.oobleck.architecture import DILATIONS, Coder, OobleckArchitecture, to_diffusers
from saoctl.models.oobleck.model import OobleckAutoencoder, offline_model
from saoctl.models.oobleck.random import random_state
from saoctl.models.oobleck.tensors import to_diffusers_name
from saoctl.models.registry import family_of

STABLE_AUDIO_OPEN = Coder(channels=128, c_mults=(1, 2, 4, 8, 16), strides=(2, 4, 4, 8, 8))
FULL_SIZE = OobleckArchitecture(
    sample_rate=44100, audio_channels=2, latent_dim=64, encoder=STABLE_AUDIO_OPEN, decoder=STABLE_AUDIO_OPEN
)
# What takes the time of a test is the number of layers. So a block of these has one residual unit, which reaches as far
# as the usual three together.
REACH = (sum(DILATIONS),)
TINY_CODER = Coder(channels=4, c_mults=(1, 2), strides=(2, 4), dilations=REACH)
TINY = OobleckArchitecture(sample_rate=8000, audio_channels=2, latent_dim=2, encoder=TINY_CODER, decoder=TINY_CODER)

# The same with the usual units. Files of such models are recognised by their tensors.
USUAL_CODER = TINY_CODER.model_copy(update={"dilations": DILATIONS})
USUAL = TINY.model_copy(update={"encoder": USUAL_CODER, "decoder": USUAL_CODER})

# A ratio that is no power of two: nn~'s blocks are multiples of 4 samples, and a latent is held for three of them.
HELD_CODER = TINY_CODER.model_copy(update={"strides": (2, 6)})
HELD = TINY.model_copy(update={"encoder": HELD_CODER, "decoder": HELD_CODER})

# Wide enough that blocks of one frame and of many take every form of a product.
WIDE_CODER = Coder(channels=16, c_mults=(1, 2, 4), strides=(2, 4, 4), dilations=REACH)
WIDE = OobleckArchitecture(sample_rate=8000, audio_channels=2, latent_dim=4, encoder=WIDE_CODER, decoder=WIDE_CODER)

# The decoder and the encoder of a model alone, and those of a ratio that is no power of two.
DECODER, HELD_DECODER = (each.model_copy(update={"encoder": None}) for each in (TINY, HELD))
ENCODER, HELD_ENCODER = (each.model_copy(update={"decoder": None}) for each in (TINY, HELD))

# A decoder as DreamVAE's class has them, but tiny.
DREAMVAE = DECODER.model_copy(update={"decoder": TINY_CODER.model_copy(update={"dilations": (1, 3)})})

ODD = OobleckArchitecture(
    sample_rate=44100,
    audio_channels=1,
    latent_dim=3,
    encoder=Coder(channels=3, c_mults=(1, 2, 3), strides=(3, 5, 2), use_snake=False),
    decoder=Coder(channels=4, c_mults=(2, 1, 2), strides=(5, 2, 3)),
    final_tanh=True,
    scale=0.3,
)

HIGHEST_RATIO = 600  # of random architectures: what costs time is the length of the signals


# One to four residual units in a block, most often those of all models of stable-audio-tools.
DILATIONS_OF_UNITS = st.just(DILATIONS) | st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple)


@st.composite
def architectures(draw: st.DrawFn, same_units: bool = False) -> OobleckArchitecture:
    """Architectures with everything free: one to five blocks, strides 2 to 9, odd ones too, any residual units.

    Args:
        draw: of hypothesis.
        same_units: whether both directions have the same dilations.
    """
    strides = draw(st.lists(st.integers(2, 9), min_size=1, max_size=5))
    while math.prod(strides) > HIGHEST_RATIO:
        strides.pop()

    shared = draw(DILATIONS_OF_UNITS)

    def coder(order: list[int]) -> Coder:
        return Coder(
            channels=draw(st.integers(1, 4)),
            c_mults=draw(st.lists(st.integers(1, 3), min_size=len(order), max_size=len(order))),
            strides=order,
            use_snake=draw(st.booleans()),
            dilations=shared if same_units else draw(DILATIONS_OF_UNITS),
        )

    return OobleckArchitecture(
        sample_rate=draw(st.sampled_from([8000, 44100, 48000])),
        audio_channels=draw(st.integers(1, 3)),
        latent_dim=draw(st.integers(1, 4)),
        encoder=coder(strides),
        decoder=coder(draw(st.permutations(strides))),
        final_tanh=draw(st.booleans()),
        scale=draw(st.sampled_from([1.0, 0.3])),
    )


@st.composite
def halves(draw: st.DrawFn) -> OobleckArchitecture:
    """Encoders and decoders alone."""
    architecture = draw(architectures())
    if draw(st.booleans()):
        return architecture.model_copy(update={"encoder": None})
    return architecture.model_copy(update={"decoder": None, "final_tanh": False})


def schedules(longest: int = 24) -> st.SearchStrategy[list[int]]:
    """Block sizes in latent frames, of one block to several, with any number of frames from one on."""
    return st.lists(st.integers(1, longest), min_size=1, max_size=4)


def amplifying_state(architecture: OobleckArchitecture, seed: int = 0, gain: float = 1.3) -> dict[str, Tensor]:
    """Weights that amplify rounding, and whose output is mostly constant.

    The initialisation of torch's convolutions, with norms `gain` times as large, on snakes of very different bends.
    """
    generator = torch.Generator().manual_seed(seed)
    shapes = family_of(architecture).shapes(architecture)
    state: dict[str, Tensor] = {}
    for name, shape in shapes.items():
        if name.endswith("weight_v"):
            reach = math.sqrt(shape[1] * shape[2])
            state[name] = (2 * torch.rand(shape, generator=generator) - 1) / reach
        elif not name.endswith("weight_g"):
            state[name] = torch.randn(shape, generator=generator) * (0.02 if name.endswith("bias") else 0.3)
    for name, shape in shapes.items():
        if name.endswith("weight_g"):
            state[name] = gain * state[name.removesuffix("g") + "v"].flatten(1).norm(dim=1).reshape(shape)
    return {name: state[name] for name in shapes}


State = dict[str, Tensor]


def offline(architecture: OobleckArchitecture, seed: int = 0, state: State | None = None) -> OobleckAutoencoder:
    """An offline model with random weights, or with given ones."""
    return offline_model(architecture, random_state(architecture, seed) if state is None else state)


def judge(
    architecture: OobleckArchitecture, seed: int = 0, dtype: torch.dtype = torch.float32, state: State | None = None
) -> Reference:
    """stable-audio-tools' own model with the same random weights, or with given ones."""
    state = random_state(architecture, seed) if state is None else state
    reference = family_of(architecture).reference("stable-audio-tools", architecture, state)
    reference.model.to(dtype)
    return reference


def diffusers_vae(
    strides: Sequence[int] = (2, 4),
    mults: Sequence[int] = (1, 2),
    latents: int = 4,
    audio_channels: int = 2,
    seed: int = 0,
) -> Any:
    """An AutoencoderOobleck of diffusers, as `from_pretrained` gives one; its output follows the input."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it imports is deprecated here and there
        from diffusers import AutoencoderOobleck

    # Its encoder ends with as many channels as it begins with, which are mean and scale.
    coder = Coder(channels=2 * latents, c_mults=tuple(mults), strides=tuple(strides))
    architecture = OobleckArchitecture(
        sample_rate=8000, audio_channels=audio_channels, latent_dim=latents, encoder=coder, decoder=coder
    )
    config = to_diffusers(architecture)
    assert config is not None
    vae = AutoencoderOobleck.from_config(config).eval()
    state = random_state(architecture, seed)
    named = {to_diffusers_name(name, architecture): tensor for name, tensor in state.items()}
    vae.load_state_dict({name: named[name].view(tensor.shape) for name, tensor in vae.state_dict().items()})
    return vae


def description(architecture: Architecture, latency: dict[str, int], grid: int | None = None) -> Description:
    """What a file of a made float32 model says of itself."""
    return Description(
        format=EXACT_FORMAT if grid is None else HELD_FORMAT,
        family=family_of(architecture).name,
        architecture=architecture,
        precision="float32",
        streaming=True,
        skip_bottleneck=False,
        source="seed 0",
        revision=None,
        commit=None,
        versions={},
        latency_samples=latency,
        grid=grid,
    )


def stream(model: Any, method: str, signal: Tensor, sizes: Sequence[int]) -> Tensor:
    """The whole output of a fresh stream, from its first sample to the end of its flush."""
    model.reset()
    call = model if method == "forward" else getattr(model, method)
    blocks = [call(block) for block in torch.split(signal, list(sizes), dim=2)]
    return torch.cat([*blocks, getattr(model, f"flush_{method}")()], dim=2)
