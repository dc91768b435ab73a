"""ExecuTorch files of SAME: exact in blocks of one chunk, with a last block that ends within one."""

from pathlib import Path

import pytest
import torch

from saoctl.formats import artifact, export
from saoctl.models.own import OwnModel
from saoctl.streaming.registry import streaming_of
from saoctl.verify.metrics import snr_db
from tests.architectures import description
from tests.same import TINY_SAME, same_offline, sound

pytestmark = [pytest.mark.executorch, pytest.mark.slow]


def test_a_file_gives_what_the_offline_model_gives_in_each_method(tmp_path: Path) -> None:
    host = export.build(same_offline(TINY_SAME), "float32", streaming=True, block_frames=TINY_SAME.frames)
    size = streaming_of(TINY_SAME).pure_block_frames(TINY_SAME) * TINY_SAME.ratio
    about = description(TINY_SAME, export.latency_samples(host)).model_copy(update={"block_size": size})
    artifact.save(host, tmp_path / "a.pte", about)
    file, own = artifact.load(tmp_path / "a.pte", torch.device("cpu")), OwnModel(same_offline(TINY_SAME))
    assert file.set_noise(0.0)
    audio = sound(TINY_SAME, 25, batch=2)
    latents = own.encode(audio)
    decoded = own.decode(latents)
    for method, signal, expected in (
        ("encode", audio, latents),
        ("decode", latents, decoded),
        ("forward", audio, decoded),
    ):
        unit, late = file.can.methods[method].in_ratio, file.can.latency_samples[method]
        late //= file.can.methods[method].out_ratio
        for sizes in ([2] * 12 + [1], [8, 2, 15]):
            blocks = [count * TINY_SAME.ratio // unit for count in sizes]
            output = torch.cat(list(file.fresh().blocks(method, signal, blocks)), dim=2)
            assert not output[:, :, :late].any()
            assert snr_db(expected, output[:, :, late:]) >= 100, method
