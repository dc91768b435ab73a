"""The offline model is stable-audio-tools' model: same names, same output."""

import pytest
import torch
from hypothesis import given

from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.oobleck.model import OobleckAutoencoder, fold_weight_norm
from saoctl.verify.metrics import snr_db
from tests.architectures import FULL_SIZE, TINY, architectures, judge, offline
from tests.examples import examples

FLOAT64_SNR_DB = 280.0


@pytest.mark.slow
@examples(10)
@given(architecture=architectures())
def test_output_equals_stable_audio_tools(architecture: OobleckArchitecture) -> None:
    reference = judge(architecture, dtype=torch.float64)
    model = offline(architecture).double()
    audio = torch.randn(2, architecture.audio_channels, 5 * architecture.ratio, dtype=torch.float64)
    latents = reference.encode(audio)
    with torch.inference_mode():
        assert snr_db(latents, model.encode(audio)) >= FLOAT64_SNR_DB
        assert snr_db(reference.decode(latents), model.decode(latents)) >= FLOAT64_SNR_DB


@pytest.mark.slow
@examples(10)
@given(architecture=architectures())
def test_names_and_shapes_are_stable_audio_tools(architecture: OobleckArchitecture) -> None:
    reference = judge(architecture)
    theirs = {name: tensor.shape for name, tensor in reference.model.state_dict().items()}  # type: ignore[attr-defined]
    assert {name: tensor.shape for name, tensor in offline(architecture).state_dict().items()} == theirs


def test_stable_audio_open_has_365_tensors_and_156_million_parameters() -> None:
    with torch.device("meta"):
        state = OobleckAutoencoder(FULL_SIZE).state_dict()
    assert len(state) == 365
    assert round(sum(tensor.numel() for tensor in state.values()) / 1e6, 1) == 156.1


def test_folding_the_weight_norm_changes_no_bit() -> None:
    model, folded = offline(TINY), offline(TINY)
    fold_weight_norm(folded)
    assert not any(name.endswith(("weight_g", "weight_v")) for name in folded.state_dict())
    audio = torch.randn(1, 2, 10 * TINY.ratio)
    with torch.inference_mode():
        assert torch.equal(model(audio), folded(audio))


@pytest.mark.parametrize("noise", [0.5, 1.0])
def test_noise_scales_the_vaes_own_deviation(noise: float) -> None:
    model = offline(TINY)
    model.noise = noise
    audio = torch.randn(1, 2, 4000 * TINY.ratio)
    with torch.inference_mode():
        mean, scale = model.encoder(audio).chunk(2, dim=1)
        normal = (model.encode(audio) - mean) / (torch.nn.functional.softplus(scale) + 1e-4)
    assert normal.std().item() == pytest.approx(noise, rel=0.05)


def test_the_vaes_sampling_is_stable_audio_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same random numbers on both sides, sampled latents are the same too."""
    reference = judge(TINY, dtype=torch.float64)
    model = offline(TINY).double()
    model.noise = 1.0
    audio = torch.randn(1, 2, 20 * TINY.ratio, dtype=torch.float64)
    with torch.inference_mode():
        torch.manual_seed(3)
        theirs = reference.model.encode(audio)  # type: ignore[attr-defined]
        torch.manual_seed(3)
        assert snr_db(theirs, model.encode(audio)) >= FLOAT64_SNR_DB


def test_odd_strides_shorten_the_decoded_audio_as_they_do_in_stable_audio_tools() -> None:
    coder = Coder(channels=2, c_mults=(1, 1), strides=(3, 5))
    architecture = OobleckArchitecture(sample_rate=8000, audio_channels=1, latent_dim=1, encoder=coder, decoder=coder)
    latents = torch.randn(1, 1, 10)
    with torch.inference_mode():
        decoded = offline(architecture).decode(latents)
    assert decoded.shape == judge(architecture).decode(latents).shape
    assert decoded.shape[2] < 10 * architecture.ratio
