"""The protocol of nn~ around a model: methods with their parameters, attributes, float32 in and out.

nn~ (https://github.com/acids-ircam/nn_tilde) hosts TorchScript models in Max/MSP and PureData. It asks `get_methods`
for the methods and reads a buffer `<method>_params` for each: [in_channels, in_ratio, out_channels, out_ratio], where a
ratio is audio samples per value. It calls the methods in inference mode with float32 blocks [B, channels, T / ratio],
which always have the same shape. `get_attributes` names the attributes, which nn~ gets and sets between blocks, outside
of inference mode: `<name>_params` holds the type of each argument, `set_<name>` returns 0 if it took the arguments, and
`get_<name>` returns one value per argument.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from saoctl.streaming.stream import Stream
from saoctl.vocabulary import METHODS, Method, Signature, signatures

# nn~'s numbers for the types of arguments. No attribute is a boolean, because nn~ sends `set flag 0` as true.
INT, FLOAT = 1, 2
ATTRIBUTES = {
    "noise": (FLOAT,),
    "reset": (INT,),
    "latent_scale": (FLOAT,),
    "latent_bias": (FLOAT,),
    "latent": (INT, FLOAT, FLOAT),
    "freeze": (INT,),
    "glide": (FLOAT,),
    "rest": (FLOAT,),
    "latency_encode": (INT,),
    "latency_decode": (INT,),
    "latency_forward": (INT,),
}

MAX_NOISE = 2.0
GOOD, REFUSED = 0, -1


class NnTilde(nn.Module):
    """A streaming or offline autoencoder with the interface that nn~ expects.

    Args:
        model: the autoencoder.
        dtype: the dtype of the computation. Inputs are cast to it, and outputs to float32.
        labels: labels of the latents; without them, latents are numbered.
        grid: audio samples per value of a latent signal; None: the ratio of the model.
        methods: the methods of the model. A host is shown these alone, and the attributes that act on them. If an
            object names another, or none and so `forward`, nn~ 1.6 says that there is no such method, and is silent.

    Attributes that the host can set (a value out of range is refused with -1 and changes nothing):
        noise: the amount of the VAE's sampling noise, 0 to 2; at first 1, as trained. A model without sampling takes
            only 0.
        reset: 1 clears all streaming state, so that the next block begins as after loading. 0 does nothing.
        latent_scale, latent_bias: scale and bias of all latents that enter the decoder, -10 to 10; at first 1 and 0.
        latent: scale and bias of one latent, counted from 1: `set latent 3 1.5 0.2`.
        freeze: 1 holds the latest latents, 0 releases them. Frozen latents can still be scaled and biased.
        glide: the time in which latents reach a new value, 0 to 60000 ms; at first 0.
        rest: with a basis, how much the directions vary that are not played, 0 to 2: 0, as at first, not at all; 1 as
            in the sounds that the basis was made from. Without a basis it takes only 0.
        latency_encode, latency_decode, latency_forward: latencies in audio samples; they can only be read.
    """

    if TYPE_CHECKING:  # TorchScript would take the annotation of a submodule for an interface
        model: Any
    like: Tensor
    methods: list[str]

    def __init__(
        self,
        model: Stream,
        dtype: torch.dtype,
        labels: Sequence[str] | None = None,
        grid: int | None = None,
        methods: Sequence[Method] = METHODS,
    ) -> None:
        super().__init__()
        self.model = model
        audio, latents = model.audio_channels, model.controls.channels
        for method, signature in signatures(audio, latents, grid or model.ratio, methods).items():
            self.register_buffer(f"{method}_params", torch.tensor(signature))
        attributes = [name for name in ATTRIBUTES if _acts_on(name, methods)]
        for name in attributes:
            self.register_buffer(f"{name}_params", torch.tensor(ATTRIBUTES[name]))
        self.register_buffer("like", torch.zeros(0, dtype=dtype))
        audio_labels = [f"audio {channel + 1} of {audio}" for channel in range(audio)]
        if audio == 2:
            audio_labels = ["audio left", "audio right"]
        latent_labels = list(labels or (f"latent {channel + 1} of {latents}" for channel in range(latents)))
        self.encode_input_labels, self.encode_output_labels = audio_labels, latent_labels
        self.decode_input_labels, self.decode_output_labels = latent_labels, audio_labels
        self.forward_input_labels, self.forward_output_labels = audio_labels, audio_labels
        self.methods, self.attributes = list(methods), attributes
        self.highest_noise = MAX_NOISE if model.sampling else 0.0
        self.model.noise = 1.0 if model.sampling else 0.0
        self.latest_latent = 1
        self.warm = False

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        latents: Tensor = self.model.encode(x.to(self.like.dtype))
        return latents.to(torch.float32)

    @torch.jit.export
    def decode(self, x: Tensor) -> Tensor:
        audio: Tensor = self.model.decode(x.to(self.like.dtype))
        return audio.to(torch.float32)

    def forward(self, x: Tensor) -> Tensor:
        audio: Tensor = self.model(x.to(self.like.dtype))
        return audio.to(torch.float32)

    # nn~ never calls these four. They are for programs that want the output of a whole signal.

    @torch.jit.export
    def flush_encode(self) -> Tensor:
        """Return the latents still due at the end of a signal of `encode`; empty for the offline model."""
        latents: Tensor = self.model.flush_encode()
        return latents.to(torch.float32)

    @torch.jit.export
    def flush_decode(self) -> Tensor:
        """Return the audio still due at the end of a signal of `decode`; empty for the offline model."""
        audio: Tensor = self.model.flush_decode()
        return audio.to(torch.float32)

    @torch.jit.export
    def flush_forward(self) -> Tensor:
        """Return the audio still due at the end of a signal of `forward`; empty for the offline model."""
        audio: Tensor = self.model.flush_forward()
        return audio.to(torch.float32)

    @torch.jit.export
    def reset(self) -> None:
        """Reset the stream of every method; the attributes keep their values."""
        self.model.reset()

    @torch.jit.export
    def get_methods(self) -> list[str]:
        """Warm the model up, and return its methods; a host calls this once, between loading and the first block."""
        if not self.warm:
            self.warm = True
            self.model.warm_up(self.like)
        return self.methods

    @torch.jit.export
    def get_attributes(self) -> list[str]:
        return self.attributes

    @torch.jit.export
    def get_noise(self) -> list[float]:
        return [self.model.noise]

    @torch.jit.export
    def set_noise(self, noise: float) -> int:
        good = 0.0 <= noise <= self.highest_noise
        if good:
            self.model.noise = noise
        return self._answer(good)

    @torch.jit.export
    def get_reset(self) -> list[int]:
        return [0]

    @torch.jit.export
    def set_reset(self, reset: int) -> int:
        if reset == 1:
            self.reset()
        return self._answer(reset == 0 or reset == 1)

    @torch.jit.export
    def get_latent_scale(self) -> list[float]:
        return [self.model.controls.scale]

    @torch.jit.export
    def set_latent_scale(self, scale: float) -> int:
        return self._answer(self.model.controls.set_scale(scale))

    @torch.jit.export
    def get_latent_bias(self) -> list[float]:
        return [self.model.controls.bias]

    @torch.jit.export
    def set_latent_bias(self, bias: float) -> int:
        return self._answer(self.model.controls.set_bias(bias))

    @torch.jit.export
    def get_latent(self) -> tuple[int, float, float]:
        """Return the latent that was set last, with its scale and bias."""
        channel = self.latest_latent
        return (
            channel,
            float(self.model.controls.gain[channel - 1].item()),
            float(self.model.controls.offset[channel - 1].item()),
        )

    @torch.jit.export
    def set_latent(self, channel: int, scale: float, bias: float) -> int:
        good: bool = self.model.controls.set_channel(channel, scale, bias)
        if good:
            self.latest_latent = channel
        return self._answer(good)

    @torch.jit.export
    def get_freeze(self) -> list[int]:
        return [self.model.controls.freeze]

    @torch.jit.export
    def set_freeze(self, freeze: int) -> int:
        return self._answer(self.model.controls.set_freeze(freeze))

    @torch.jit.export
    def get_glide(self) -> list[float]:
        return [self.model.controls.glide]

    @torch.jit.export
    def set_glide(self, glide: float) -> int:
        return self._answer(self.model.controls.set_glide(glide))

    @torch.jit.export
    def get_rest(self) -> list[float]:
        return [self.model.controls.rest]

    @torch.jit.export
    def set_rest(self, rest: float) -> int:
        return self._answer(self.model.controls.set_rest(rest))

    @torch.jit.export
    def get_latency_encode(self) -> list[int]:
        return [self.model.latency_encode]

    @torch.jit.export
    def set_latency_encode(self, latency: int) -> int:
        return self._answer(False)

    @torch.jit.export
    def get_latency_decode(self) -> list[int]:
        return [self.model.latency_decode]

    @torch.jit.export
    def set_latency_decode(self, latency: int) -> int:
        return self._answer(False)

    @torch.jit.export
    def get_latency_forward(self) -> list[int]:
        return [self.model.latency_forward]

    @torch.jit.export
    def set_latency_forward(self, latency: int) -> int:
        return self._answer(False)

    def _answer(self, good: bool, yes: int = GOOD, no: int = REFUSED) -> int:
        """Return the status for the host; TorchScript can read this file's constants only as default values."""
        return yes if good else no


def _acts_on(attribute: str, methods: Sequence[Method]) -> bool:
    """Return whether an attribute acts on any of some methods."""
    if attribute.startswith("latency_"):
        return attribute.removeprefix("latency_") in methods
    if attribute == "noise":
        return "encode" in methods
    return attribute == "reset" or "decode" in methods  # all others change latents that enter the decoder


def read_signatures(module: Any) -> dict[str, Signature]:
    """Return the methods of a TorchScript module that nn~ finds, with their signatures, as its buffers hold them."""
    buffers = dict(module.named_buffers(recurse=False))
    named = [name.removesuffix("_params") for name in buffers if name.endswith("_params")]
    names = list(module.get_methods()) if hasattr(module, "get_methods") else named
    found = {}
    for name in names:
        parameters = buffers.get(f"{name}_params")
        if parameters is not None and parameters.numel() == len(Signature._fields):
            found[name] = Signature(*(int(number) for number in parameters))
    return found
