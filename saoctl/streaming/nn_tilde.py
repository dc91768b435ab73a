"""The protocol of nn~ around a model: methods with their parameters, attributes, float32 in and out.

nn~ (https://github.com/acids-ircam/nn_tilde) is the host of TorchScript models in Max/MSP and PureData. It asks
`get_methods` for the methods, reads for each a buffer `<method>_params` of [in_channels, in_ratio, out_channels,
out_ratio], where a ratio is audio samples per value, and calls the methods with float32 blocks [B, channels, T / ratio]
of the same shape every time. `get_attributes` names what can be set; `<name>_params` holds the type of its argument,
`set_<name>` returns 0 when all is well.
"""

from typing import TYPE_CHECKING, Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.oobleck import OobleckAutoencoder
from saoctl.streaming.autoencoder import StreamingAutoencoder

METHODS = ("encode", "decode", "forward")
FLOAT = 2  # nn~'s number for attributes of type float
MAX_NOISE = 2.0


class NnTilde(nn.Module):
    """A streaming or offline autoencoder as nn~ wants it.

    Args:
        model: the autoencoder.
        dtype: of its computation; inputs are cast to it, outputs to float32.

    The attribute `noise` starts at 1, as trained; for a model without sampling it can only be 0.
    """

    if TYPE_CHECKING:  # TorchScript takes annotations of submodules for interfaces
        model: Any
    encode_params: Tensor
    decode_params: Tensor
    forward_params: Tensor
    noise_params: Tensor
    like: Tensor

    streaming: Final[bool]

    def __init__(self, model: StreamingAutoencoder | OobleckAutoencoder, dtype: torch.dtype) -> None:
        super().__init__()
        self.model = model
        self.streaming = isinstance(model, StreamingAutoencoder)
        audio, latents, ratio = model.audio_channels, model.latent_dim, model.ratio
        self.register_buffer("encode_params", torch.tensor([audio, 1, latents, ratio]))
        self.register_buffer("decode_params", torch.tensor([latents, ratio, audio, 1]))
        self.register_buffer("forward_params", torch.tensor([audio, 1, audio, 1]))
        self.register_buffer("noise_params", torch.tensor([FLOAT]))
        self.register_buffer("like", torch.zeros(0, dtype=dtype))
        audio_labels = [f"audio {channel + 1} of {audio}" for channel in range(audio)]
        if audio == 2:
            audio_labels = ["audio left", "audio right"]
        latent_labels = [f"latent {channel + 1} of {latents}" for channel in range(latents)]
        self.encode_input_labels, self.encode_output_labels = audio_labels, latent_labels
        self.decode_input_labels, self.decode_output_labels = latent_labels, audio_labels
        self.forward_input_labels, self.forward_output_labels = audio_labels, audio_labels
        self.highest_noise = MAX_NOISE if model.sampling else 0.0
        self.model.noise = 1.0 if model.sampling else 0.0

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        latents: Tensor = self.model.encode(x.to(self.like.dtype))
        return latents.to(torch.float32)

    @torch.jit.export
    def decode(self, x: Tensor) -> Tensor:
        return self._whole(self.model.decode(x.to(self.like.dtype)), x.shape[2] * self.model.ratio)

    def forward(self, x: Tensor) -> Tensor:
        return self._whole(self.model(x.to(self.like.dtype)), x.shape[2])

    def _whole(self, y: Tensor, length: int) -> Tensor:
        """Audio of the length that the host expects; offline, odd strides lose some samples at the end."""
        return F.pad(y, [0, length - y.shape[2]]).to(torch.float32)

    @torch.jit.export
    def flush_encode(self) -> Tensor:
        """What `encode` still owes at the end of a signal; empty for the offline model."""
        if self.streaming:
            latents: Tensor = self.model.flush_encode()
            return latents.to(torch.float32)
        return torch.zeros([1, self.model.latent_dim, 0])

    @torch.jit.export
    def flush_decode(self) -> Tensor:
        """What `decode` still owes at the end of a signal; empty for the offline model."""
        if self.streaming:
            audio: Tensor = self.model.flush_decode()
            return audio.to(torch.float32)
        return torch.zeros([1, self.model.audio_channels, 0])

    @torch.jit.export
    def flush_forward(self) -> Tensor:
        """What `forward` still owes at the end of a signal; empty for the offline model."""
        if self.streaming:
            audio: Tensor = self.model.flush_forward()
            return audio.to(torch.float32)
        return torch.zeros([1, self.model.audio_channels, 0])

    @torch.jit.export
    def reset(self) -> None:
        """Make every stream begin anew; the attributes stay as they are."""
        if self.streaming:
            self.model.reset()

    @torch.jit.export
    def get_methods(self) -> list[str]:
        return ["forward", "encode", "decode"]

    @torch.jit.export
    def get_attributes(self) -> list[str]:
        return ["noise"]

    @torch.jit.export
    def get_noise(self) -> list[float]:
        return [self.model.noise]

    @torch.jit.export
    def set_noise(self, noise: float) -> int:
        """How much of the VAE's sampling noise `encode` adds, 0 to 2; without sampling only 0 is good."""
        if not 0.0 <= noise <= self.highest_noise:
            return -1
        self.model.noise = noise
        return 0
