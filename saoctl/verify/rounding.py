"""What the offline model itself loses to rounding: the difference of its float32 to its float64."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from saoctl.models.family import Reference
from saoctl.verify.stream import Case
from saoctl.vocabulary import Method

UNIT_ROUNDOFF = 2.0**-24  # of float32, relative


class Precise:
    """The offline model in float64, and in float32 with weights that are rounded in another way.

    The rounding error of one run is one sample of what can happen: a lucky order of sums may lose next to nothing.
    Weights that are each off by about one unit roundoff give another sample.

    Args:
        build: makes the offline model of a state dict.
        weights: the state dict.
    """

    def __init__(self, build: Callable[[Mapping[str, Tensor]], Reference], weights: Mapping[str, Tensor]) -> None:
        self._exact = build(weights)
        self._exact.model.double()
        generator = torch.Generator().manual_seed(0)

        def nudged(weight: Tensor) -> Tensor:
            return weight * (1 + UNIT_ROUNDOFF * torch.randn(weight.shape, generator=generator))

        self._nudged = build({name: nudged(weight) for name, weight in weights.items()})
        self._outputs: dict[tuple[Method, bool], tuple[Tensor, Tensor]] = {}

    def known(self, case: Case) -> Case:
        """Return a case with its output in float64, and with what the offline model's float32 loses to rounding."""
        kind = case.method, case.schedule.halves
        if kind not in self._outputs:
            given = case.given if case.before is None else torch.cat((case.before, case.given))
            self._outputs[kind] = (
                _output(self._exact, case.method, given.double()),
                _output(self._nudged, case.method, given),
            )
        exact, nudged = (output[-len(case.given) :] for output in self._outputs[kind])
        rounding = torch.hypot(case.offline - exact, nudged - exact) / math.sqrt(2)
        if case.estimate is None:
            return replace(case, exact=exact, rounding=rounding)
        # To estimate every block in float64 would take very long. So the stream stays compared with an estimate in
        # float32: both are rounded, and their difference is as large as that of two rounding errors.
        return replace(case, rounding=math.sqrt(2) * rounding)


def _output(model: Reference, method: Method, given: Tensor) -> Tensor:
    if method == "encode":
        return model.encode(given)
    return model.decode(given if method == "decode" else model.encode(given))
