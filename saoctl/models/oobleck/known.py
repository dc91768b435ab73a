"""The public models with an Oobleck autoencoder, and those that are taken for one: where each is published.

No repo could be reached when this table was written. Repos, files and numbers are those that public code downloads and
builds. A wrong one is noticed: every tensor is checked against the numbers.
"""

from saoctl.models.family import KnownModel, UnavailableModel
from saoctl.models.oobleck.architecture import DREAMVAE_DILATIONS, Coder, OobleckArchitecture


def _architecture(
    sample_rate: int, *strides: int, c_mults: tuple[int, ...] = (1, 2, 4, 8, 16), channels: int = 2, latents: int = 64
) -> OobleckArchitecture:
    """Return an architecture whose directions mirror each other; the defaults are Stable Audio Open's."""
    coder = Coder(channels=128, c_mults=c_mults, strides=strides)
    return OobleckArchitecture(
        sample_rate=sample_rate, audio_channels=channels, latent_dim=latents, encoder=coder, decoder=coder
    )


STABLE_AUDIO_OPEN = _architecture(44100, 2, 4, 4, 8, 8)
ACE_STEP = _architecture(48000, 2, 4, 4, 6, 10)
DREAMVAE = OobleckArchitecture(
    sample_rate=48000,
    audio_channels=2,
    latent_dim=64,
    decoder=Coder(channels=128, c_mults=(1, 2, 4, 8, 8), strides=(2, 4, 4, 6, 10), dilations=DREAMVAE_DILATIONS),
)
EZAUDIO = _architecture(24000, 2, 4, 6, 10, c_mults=(1, 2, 4, 8), channels=1, latents=128)

STABILITY = "Stability AI"

# In the order in which they are listed. The first with some architecture gives it its name.
KNOWN = (
    KnownModel(
        name="stable-audio-open-1.0",
        title="Stable Audio Open 1.0",
        architecture=STABLE_AUDIO_OPEN,
        repo="stabilityai/stable-audio-open-1.0",
        file=None,
        gated=True,
        licence=STABILITY,
    ),
    KnownModel(
        name="ace-step-1.5",
        title="ACE-Step 1.5",
        architecture=ACE_STEP,
        repo="ACE-Step/Ace-Step1.5",
        file=None,
        bytes_per_weight=2,
        gated=False,
        licence="MIT",
    ),
    KnownModel(
        name="stable-audio-open-small",
        title="Stable Audio Open Small",
        architecture=STABLE_AUDIO_OPEN,
        repo="stabilityai/stable-audio-open-small",
        file=None,
        gated=True,
        licence=STABILITY,
    ),
    KnownModel(
        name="ace-step-1.5-comfyui",
        title="ACE-Step 1.5, ComfyUI's file",
        architecture=ACE_STEP,
        repo="Comfy-Org/ace_step_1.5_ComfyUI_files",
        file="split_files/vae/ace_1.5_vae.safetensors",
        bytes_per_weight=2,
        gated=False,
        licence="MIT",
    ),
    KnownModel(
        name="ace-step-1.5-gguf",
        title="ACE-Step 1.5, acestep.cpp's file",
        architecture=ACE_STEP,
        repo="Serveurperso/ACE-Step-1.5-GGUF",
        file="vae-BF16.gguf",
        bytes_per_weight=2,
        gated=False,
        licence="MIT",
    ),
    KnownModel(
        name="dreamvae",
        title="DreamVAE, for ACE-Step's latents",
        architecture=DREAMVAE,
        repo="daydreamlive/DreamVAE",
        file="model.safetensors",
        gated=False,
        licence=None,
    ),
    KnownModel(
        name="foundation-1",
        title="Foundation-1",
        architecture=STABLE_AUDIO_OPEN,
        repo="RoyalCities/Foundation-1",
        file="Foundation_1.safetensors",
        gated=False,
        licence=STABILITY,
    ),
    KnownModel(
        name="sao-vae-tuned-100k",
        title="sao_vae_tuned_100k",
        architecture=STABLE_AUDIO_OPEN,
        repo="lyraaaa/sao_vae_tuned_100k",
        file="sao_vae_tune_100k_unwrapped.ckpt",
        gated=False,
        licence=None,
    ),
    KnownModel(
        name="tangoflux",
        title="TangoFlux",
        architecture=STABLE_AUDIO_OPEN,
        repo="declare-lab/TangoFlux",
        file="vae.safetensors",
        gated=False,
        licence="for research",
    ),
    KnownModel(
        name="audiox",
        title="AudioX",
        architecture=STABLE_AUDIO_OPEN,
        repo="HKUSTAudio/AudioX",
        file="model.ckpt",
        gated=False,
        licence="CC BY-NC 4.0",
    ),
    KnownModel(
        name="thinksound",
        title="ThinkSound",
        architecture=STABLE_AUDIO_OPEN,
        repo="FunAudioLLM/ThinkSound",
        file="vae.ckpt",
        gated=False,
        licence="Apache 2.0",
    ),
    KnownModel(
        name="prismaudio",
        title="PrismAudio",
        architecture=STABLE_AUDIO_OPEN,
        repo="FunAudioLLM/PrismAudio",
        file="vae.ckpt",
        gated=False,
        licence=None,
    ),
    KnownModel(
        name="songbloom",
        title="SongBloom",
        architecture=ACE_STEP,
        repo="CypressYang/SongBloom",
        file="autoencoder_music_dsp1920.ckpt",
        gated=False,
        licence=None,
    ),
    KnownModel(
        name="levo",
        title="LeVo (SongGeneration)",
        architecture=ACE_STEP,
        repo="tencent/SongGeneration",
        file="ckpt/vae/autoencoder_music_1320k.ckpt",
        gated=False,
        licence=None,
    ),
    KnownModel(
        name="ezaudio",
        title="EzAudio",
        architecture=EZAUDIO,
        repo="OpenSound/EzAudio",
        file="ckpts/vae/1m.pt",
        gated=False,
        licence=None,
    ),
    KnownModel(
        name="soloaudio",
        title="SoloAudio",
        architecture=EZAUDIO,
        repo="westbrook/SoloAudio",
        file="audio-vae.pt",
        gated=False,
        licence=None,
    ),
)

OTHER_KIND = "Its autoencoder is of another kind, which saoctl cannot stream"

UNAVAILABLE = (
    UnavailableModel(
        name="diffrhythm",
        title="DiffRhythm 1",
        reason="It is published as TorchScript alone, from which saoctl takes no weights.",
        step="Its encoder is Stable Audio Open's: -c stable-audio-open-1.0.",
    ),
    UnavailableModel("diffrhythm-2", "DiffRhythm 2", f"{OTHER_KIND}.", step=""),
    UnavailableModel("stable-audio-1.0", "Stable Audio 1.0", f"{OTHER_KIND}: a DAC.", step=""),
    UnavailableModel("woosh", "Woosh", f"{OTHER_KIND}.", step=""),
    UnavailableModel("heartmula", "HeartMuLa", f"{OTHER_KIND}.", step=""),
)
