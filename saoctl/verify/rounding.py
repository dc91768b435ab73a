"""What the offline model itself loses to rounding: its float32 beside its float64."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from saoctl.models.family import Reference
from saoctl.verify.stream import Case
from saoctl.vocabulary import Method

UNIT = 2.0**-24  # of a float32: by so much of a number, at most, it is off


@dataclass(frozen=True)
class Precise:
    """The offline model in float64, and in float32 with weights that are rounded in another way.

    The rounding of one run is one sample of what can happen: a lucky order of sums may lose next to nothing. Weights
    that are each off by about as much as float32 rounds give another.
    """

    exact: Reference
    nudged: Reference


def precise(build: Callable[[Mapping[str, Tensor]], Reference], weights: Mapping[str, Tensor]) -> Precise:
    """The offline model twice, see `Precise`.

    Args:
        build: the offline model of a state dict.
        weights: that.
    """
    exact = build(weights)
    exact.model.double()
    generator = torch.Generator().manual_seed(0)
    nudged = {
        name: weight * (1 + UNIT * torch.randn(weight.shape, generator=generator)) for name, weight in weights.items()
    }
    return Precise(exact, build(nudged))


def with_rounding(cases: Sequence[Case], models: Precise) -> list[Case]:
    """The cases with the output of the model in float64 as what is due, and with the rounding of its float32.

    Args:
        cases: with the output of the model in float32.
        models: the model in float64, and with nudged weights.
    """
    outputs: dict[tuple[Method, bool], tuple[Tensor, Tensor]] = {}
    found = []
    for case in cases:
        kind = case.method, case.schedule.halves
        if kind not in outputs:
            given = case.given if case.before is None else torch.cat((case.before, case.given))
            outputs[kind] = (
                _output(models.exact, case.method, given.double()),
                _output(models.nudged, case.method, given),
            )
        exact, nudged = (output[-len(case.given) :] for output in outputs[kind])
        rounding = torch.hypot(case.offline - exact, nudged - exact) / math.sqrt(2)
        if case.estimate is None:
            found.append(replace(case, offline=exact, rounding=rounding))
        else:
            # An estimate for every block in float64 would take very long. So the stream stays compared with one in
            # float32: both are rounded, and their difference is as large as that of two roundings.
            found.append(replace(case, rounding=math.sqrt(2) * rounding))
    return found


def _output(model: Reference, method: Method, given: Tensor) -> Tensor:
    if method == "encode":
        return model.encode(given)
    return model.decode(given if method == "decode" else model.encode(given))
