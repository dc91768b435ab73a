"""The public models with a SAME autoencoder, and where each is published.

No repo could be reached when this table was written. Repos and numbers are those that public code downloads and builds.
A wrong one is noticed: every tensor is checked against the numbers.
"""

from saoctl.models.family import KnownModel
from saoctl.models.same.architecture import SameArchitecture, Transformer

SAME_S = SameArchitecture(
    sample_rate=44100,
    audio_channels=2,
    latent_dim=256,
    patch=256,
    stride=16,
    chunk=32,
    encoder=Transformer(width=768, depth=6, dim_heads=64),
    decoder=Transformer(width=768, depth=6, dim_heads=64, conv_mapping=True),
)
# With the mappings of diffusers' class, which have a kernel of 1, it has the 852 million weights that are told of it.
SAME_L = SameArchitecture(
    sample_rate=44100,
    audio_channels=2,
    latent_dim=256,
    patch=256,
    stride=16,
    window=1,
    encoder=Transformer(width=1536, depth=12, dim_heads=64),
    decoder=Transformer(width=1536, depth=12, dim_heads=64, sinusoidal_blocks=8),
)


def _known(name: str, title: str, repo: str, architecture: SameArchitecture = SAME_S) -> KnownModel:
    return KnownModel(name, title, architecture, f"stabilityai/{repo}", file=None, gated=True, licence="Stability AI")


# The first with some architecture gives it its name.
KNOWN = (
    _known("stable-audio-3-small", "SAME-S, Stable Audio 3 Small's autoencoder", "SAME-S"),
    _known("stable-audio-3-music", "Stable Audio 3 Small Music", "stable-audio-3-small-music"),
    _known("stable-audio-3-sfx", "Stable Audio 3 Small SFX", "stable-audio-3-small-sfx"),
    _known("stable-audio-3-medium", "SAME-L, Stable Audio 3 Medium's autoencoder", "SAME-L", SAME_L),
)
