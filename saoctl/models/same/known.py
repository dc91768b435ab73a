"""The public models with a SAME autoencoder: where each is published, and one that cannot be streamed.

No repo could be reached when this table was written. Repos and numbers are those that public code downloads and builds.
A wrong one is noticed: every tensor is checked against the numbers.
"""

from saoctl.models.family import KnownModel, UnavailableModel
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


def _known(name: str, title: str, repo: str) -> KnownModel:
    return KnownModel(name, title, SAME_S, f"stabilityai/{repo}", file=None, gated=True, licence="Stability AI")


# The first with some architecture gives it its name.
KNOWN = (
    _known("stable-audio-3-small", "SAME-S, Stable Audio 3 Small's autoencoder", "SAME-S"),
    _known("stable-audio-3-music", "Stable Audio 3 Small Music", "stable-audio-3-small-music"),
    _known("stable-audio-3-sfx", "Stable Audio 3 Small SFX", "stable-audio-3-small-sfx"),
)

UNAVAILABLE = (
    UnavailableModel(
        name="stable-audio-3-medium",
        title="Stable Audio 3 Medium",
        reason="The attention of its autoencoder, SAME-L, is in sliding windows, which saoctl cannot stream.",
        step="Stable Audio 3 Small has SAME-S: -c stable-audio-3-small.",
    ),
)
