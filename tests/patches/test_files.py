"""What the patches send is taken by every kind of file, but for what the patches say."""

from pathlib import Path

import pytest
import torch

from patches.source.help import MAX_ALONE, MESSAGES
from saoctl.formats import artifact, export
from saoctl.formats.description import BasisDescription
from tests.architectures import FULL_SIZE, TINY, description, offline
from tests.formats.host import Host
from tests.patches.told import CONTROLS

LATENTS = FULL_SIZE.latent_dim
REFUSED = {  # by what a file is, the attributes that take their rest alone
    "plain": {"rest"},
    "--skip-bottleneck": {"noise", "rest"},
    "--basis --latents 8": set(),
    "--basis": {"rest"},
}


@pytest.fixture(scope="module", params=REFUSED)
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Host]:
    """What a tiny file with as many latents as the real one is, and nn~'s double with it."""
    kind: str = request.param
    architecture = TINY.model_copy(update={"latent_dim": LATENTS})
    model = offline(architecture)
    model.sampling = kind != "--skip-bottleneck"  # type: ignore[misc] # final for TorchScript, not before it
    ones = [1.0] * LATENTS
    basis = BasisDescription(
        latents=8 if "8" in kind else LATENTS, mean=ones, directions=torch.eye(LATENTS).tolist(), spread=ones,
        share=ones, source="", commit=None, frames=1, audio=[],
    )  # fmt: skip
    host = export.build(model, "float32", streaming=True, basis=basis if "basis" in kind else None)
    path: Path = tmp_path_factory.mktemp("files") / "model.ts"
    artifact.save(host, path, description(architecture, export.latency_samples(host)))
    return kind, Host(str(path))


def taken(host: Host, text: str) -> bool:
    _, name, *values = text.split()
    return host.set(name, *map(float, values))


@pytest.mark.slow
def test_controls_rest_at_what_the_file_has_and_their_ends_are_taken(file: tuple[str, Host]) -> None:
    kind, host = file
    every = {told.message: told for each in CONTROLS.values() for told in each.values()}
    for message, told in every.items():
        name, rest = message.split()[1], told.values[1]
        assert host.get(name)[-1] == (0 if name == "noise" and name in REFUSED[kind] else rest), message
    for message, told in every.items():
        for value in told.values:
            alone = message.split()[1] in REFUSED[kind] and value != 0
            assert taken(host, message.replace("$1", str(value))) != alone, message


def test_the_messages_of_the_help_are_taken(file: tuple[str, Host]) -> None:
    kind, host = file
    host.reload()
    for text, _ in MESSAGES:
        if text.startswith("set"):
            assert taken(host, text) == (text.split()[1] not in REFUSED[kind]), text
    for text, _ in MAX_ALONE:
        assert host.get(text.split()[1])
