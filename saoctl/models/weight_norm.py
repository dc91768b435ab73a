"""Weight norm: weights that are stored as magnitude and direction, in each form that checkpoints have."""

import torch
from torch import Tensor, nn

# torch.nn.utils.parametrizations.weight_norm keeps g and v under these names.
PARAMETRIZED = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}


class WeightNorm(nn.Module):
    """A weight stored as magnitude and direction, w = g * v / ||v||, with the norm over all but the first dimension.

    Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868.
    """

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.weight_g = nn.Parameter(torch.empty(shape[0], 1, 1))
        self.weight_v = nn.Parameter(torch.empty(shape))

    def folded_weight(self) -> Tensor:
        weight: Tensor = torch._weight_norm(self.weight_v, self.weight_g, 0)
        return weight


def plain_name(name: str) -> str:
    """Return the name of a tensor with the parametrised form of weight norm written as `weight_g` and `weight_v`."""
    for parametrized, plain in PARAMETRIZED.items():
        if name.endswith(f".{parametrized}"):
            return name.removesuffix(parametrized) + plain
    return name


def unfolded(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return the magnitude and the direction that fold to exactly this weight.

    The direction is the weight itself, and the magnitude is the norm that torch computes when it folds: then g / ||v||
    is x / x, which is exactly 1, and v * 1 is the weight. A row of zeros gets ones as its direction, with magnitude 0.
    """
    direction = weight.float()
    zero = (direction == 0).all(dim=2, keepdim=True).all(dim=1, keepdim=True)
    if zero.any():
        direction = torch.where(zero, 1.0, direction)
    _, norm = torch._weight_norm_interface(direction, torch.ones_like(zero, dtype=torch.float32), 0)
    return torch.where(zero, 0.0, norm.view_as(zero)), direction
