"""Two nodes for ComfyUI that decode and encode audio exactly, in memory that does not grow with its length.

ComfyUI loads this folder from `custom_nodes/`; docs/out-of-memory.md says how to install it. The nodes run the VAE's
own `decode` and `encode` while `saoctl.stream_vae` computes its model block by block, so device, dtype, cropping and
sampling are ComfyUI's. They take the place of VAE Decode Audio and VAE Encode Audio, with the same inputs and outputs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from comfy.utils import ProgressBar
from torch import Tensor

from saoctl import stream_vae

BLOCK_FRAMES = 32  # latent frames that are computed at a time
USUAL_RATE = 44100  # Hz, of a VAE that tells none

BLOCKS = {
    "default": BLOCK_FRAMES,
    "min": 1,
    "max": 4096,
    "tooltip": "Latent frames that are computed at a time. Fewer need less memory; the result stays the same.",
}
Estimate = Callable[[Any, torch.dtype], int]


class DecodeAudioExactly:
    """The node that decodes latents to audio, LATENT [B, C, F] -> AUDIO with a waveform [B, channels, T]."""

    CATEGORY = "latent/audio"
    DESCRIPTION = "Decodes all latents as one signal, without tiles, in memory that does not grow with their number."
    RETURN_TYPES = ("AUDIO",)
    FUNCTION = "decode"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """Return the sockets and the widgets of the node."""
        return {
            "required": {"samples": ("LATENT",), "vae": ("VAE",)},
            "optional": {
                "block_frames": ("INT", BLOCKS),
                "limit_level": (
                    "BOOLEAN",
                    {"default": True, "tooltip": "Make loud audio softer, as VAE Decode Audio does."},
                ),
            },
        }

    def decode(
        self, samples: dict[str, Any], vae: Any, block_frames: int = BLOCK_FRAMES, limit_level: bool = True
    ) -> tuple[dict[str, Any]]:
        """Return the audio of latents."""
        with streamed(vae, block_frames):
            waveform: Tensor = vae.decode(samples["samples"]).movedim(-1, 1)
        if limit_level:
            # VAE Decode Audio keeps five standard deviations of each signal within full scale.
            waveform = waveform / (5 * waveform.std(dim=[1, 2], keepdim=True)).clamp(min=1)
        rate = getattr(vae, "audio_sample_rate_output", getattr(vae, "audio_sample_rate", USUAL_RATE))
        return ({"waveform": waveform, "sample_rate": samples.get("sample_rate", rate)},)


class EncodeAudioExactly:
    """The node that encodes audio to latents, AUDIO with a waveform [B, channels, T] -> LATENT [B, C, F]."""

    CATEGORY = "latent/audio"
    DESCRIPTION = "Encodes all audio as one signal, without tiles, in memory that does not grow with its length."
    RETURN_TYPES = ("LATENT",)
    FUNCTION = "encode"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """Return the sockets and the widgets of the node."""
        return {
            "required": {"audio": ("AUDIO",), "vae": ("VAE",)},
            "optional": {"block_frames": ("INT", BLOCKS)},
        }

    def encode(self, audio: dict[str, Any], vae: Any, block_frames: int = BLOCK_FRAMES) -> tuple[dict[str, Any]]:
        """Return the latents of audio, which is resampled to the VAE's rate."""
        waveform, given, rate = audio["waveform"], audio["sample_rate"], getattr(vae, "audio_sample_rate", USUAL_RATE)
        if given != rate:
            from torchaudio.functional import resample  # the resampler of VAE Encode Audio

            waveform = resample(waveform, given, rate)
        with streamed(vae, block_frames):
            return ({"samples": vae.encode(waveform.movedim(1, -1))},)


@contextmanager
def streamed(vae: Any, block_frames: int) -> Iterator[None]:
    """Let a VAE compute block by block, with a progress bar, as long as the context lasts.

    ComfyUI reserves memory before it computes, and moves other models out of the way for it. So its estimates are
    replaced by those of one block and of a second copy of the weights.
    """
    with stream_vae(vae, block_frames=block_frames, progress=ProgressBar(1).update_absolute):
        weights = sum(part.nelement() * part.element_size() for part in vae.first_stage_model.parameters())
        lengths = {"memory_used_encode": block_frames * vae.downscale_ratio, "memory_used_decode": block_frames}
        before: dict[str, Estimate] = {name: getattr(vae, name) for name in lengths}
        for name, length in lengths.items():
            setattr(vae, name, _of_a_block(before[name], length, weights))
        try:
            yield
        finally:
            for name, estimate in before.items():
                setattr(vae, name, estimate)


def _of_a_block(estimate: Estimate, length: int, weights: int) -> Estimate:
    """Return an estimate of memory in bytes that stays the same for signals [B, C, T] longer than `length`."""
    return lambda shape, dtype: weights + estimate((*shape[:2], min(shape[2], length)), dtype)


NODE_CLASS_MAPPINGS: dict[str, type] = {
    "SaoctlDecodeAudio": DecodeAudioExactly,
    "SaoctlEncodeAudio": EncodeAudioExactly,
}
NODE_DISPLAY_NAME_MAPPINGS: dict[str, str] = {
    "SaoctlDecodeAudio": "VAE Decode Audio (exact, little memory)",
    "SaoctlEncodeAudio": "VAE Encode Audio (exact, little memory)",
}
