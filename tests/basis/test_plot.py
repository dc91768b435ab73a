"""The picture of a basis can be read row against row."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from saoctl.basis import plot
from saoctl.basis.fidelity import Fidelity
from saoctl.basis.plot import draw, end_of_scale
from saoctl.basis.sweep import SPREADS, Changes
from saoctl.drawing import drawn


def changes(count: int) -> Changes:
    generator = torch.Generator().manual_seed(count)
    from_mean = 5 * torch.randn(count, 7, 20, generator=generator, dtype=torch.float64)
    edges = torch.logspace(1.6, 4.3, 21, dtype=torch.float64)
    return Changes(edges, from_mean, from_mean - from_mean.mean(0))


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 9])
def test_any_number_of_directions_is_drawn(tmp_path: Path, count: int) -> None:
    results = [Fidelity(each + 1, (each + 1) / count, None, 1.0) for each in range(count)]
    draw([1 / count] * count, results, changes(count), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_all_directions_have_one_scale_of_colours_whose_middle_is_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = changes(4)
    found.from_mean[1] *= 10
    figures: list[Any] = []

    @contextmanager
    def kept(path: Path, width: float, height: float) -> Iterator[Any]:
        with drawn(path, width, height) as figure:
            figures.append(figure)
            yield figure

    monkeypatch.setattr(plot, "drawn", kept)
    draw([0.25] * 4, [Fidelity(1, 1.0, None, 1.0)], found, tmp_path / "a.png")
    images = [image for axes in figures[0].axes for image in axes.images]
    assert len(images) == 4 * 2
    for column, change in enumerate((found.from_mean, found.from_others)):
        (scale,) = {image.get_clim() for image in images[column::2]}
        assert scale == (-end_of_scale(change), end_of_scale(change))
    assert {tuple(image.get_extent()[2:]) for image in images} == {(-SPREADS, SPREADS)}


def test_few_extremes_do_not_take_the_colours_from_the_rest() -> None:
    change = torch.ones(1000, dtype=torch.float64)
    change[:5] = 60
    assert end_of_scale(change) == 1
    assert end_of_scale(torch.zeros(10)) == 1
    assert end_of_scale(-3.2 * torch.ones(10)) == 4
