"""Computes the mean and covariance of a stream of any length, in constant memory and in float64."""

import torch
from torch import Tensor


class Moments:
    """The running mean and covariance of vectors.

    Each block is merged by the formula of Chan, Golub and LeVeque (1979), which loses no digits where the mean is
    large relative to the spread.

    Args:
        size: the dimension of the vectors.
    """

    def __init__(self, size: int) -> None:
        self.count = 0
        self.mean = torch.zeros(size, dtype=torch.float64)
        self._scatter = torch.zeros(size, size, dtype=torch.float64)

    def add(self, vectors: Tensor) -> None:
        """Add vectors, a column each, [size, N]."""
        if vectors.shape[1] == 0:
            return
        block = Moments(len(self.mean))
        columns = vectors.double()
        block.count, block.mean = columns.shape[1], columns.mean(1)
        centred = columns - block.mean[:, None]
        block._scatter = centred @ centred.T
        self.merge(block)

    def merge(self, other: "Moments") -> None:
        """Add all vectors of another."""
        if other.count == 0:
            return
        total = self.count + other.count
        distance = other.mean - self.mean
        self._scatter += other._scatter + torch.outer(distance, distance) * (self.count * other.count / total)
        self.mean = self.mean + distance * (other.count / total)
        self.count = total

    @property
    def covariance(self) -> Tensor:
        """The covariance of all vectors, [size, size]."""
        return self._scatter / self.count
