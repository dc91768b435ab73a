"""Mean and covariance of a stream of any length, in constant memory and in float64."""

import torch
from torch import Tensor


class Moments:
    """The running mean and covariance of vectors.

    Blocks are merged with what came before by the formula of Chan, Golub and LeVeque (1979), which loses no digits
    where the mean is large beside the spread.

    Args:
        size: numbers of a vector.
    """

    def __init__(self, size: int) -> None:
        self.count = 0
        self.mean = torch.zeros(size, dtype=torch.float64)
        self._scatter = torch.zeros(size, size, dtype=torch.float64)

    def add(self, vectors: Tensor) -> None:
        """Some more, a column each, [size, N]."""
        if vectors.shape[1] == 0:
            return
        block = Moments(len(self.mean))
        columns = vectors.double()
        block.count, block.mean = columns.shape[1], columns.mean(1)
        centred = columns - block.mean[:, None]
        block._scatter = centred @ centred.T
        self.merge(block)

    def merge(self, other: "Moments") -> None:
        """All that came to another."""
        total = self.count + other.count
        if other.count == 0:
            return
        away = other.mean - self.mean
        self._scatter += other._scatter + torch.outer(away, away) * (self.count * other.count / total)
        self.mean = self.mean + away * (other.count / total)
        self.count = total

    @property
    def covariance(self) -> Tensor:
        """Of all that came, [size, size]."""
        return self._scatter / self.count
