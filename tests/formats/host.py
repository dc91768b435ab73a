"""A double of nn~ that does to a file what its backend does, call by call, with torch alone.

The rules are those of nn~ 1.6.0 (https://github.com/acids-ircam/nn_tilde): its C++ backend, its Max and PureData
objects, and what `register_method` of its Python package demands.
"""

import sys
from typing import Any

import torch
from torch import Tensor

BOOL, INT, FLOAT = 0, 1, 2
REGISTRATION_BATCHES = (1, 4)
REGISTRATION_BUFFER = 8192


class HostError(Exception):
    """What the host reports in its console."""


class Host:
    """An nn~ object with a file loaded."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.reload()

    def reload(self) -> None:
        """Read the file anew, as on creation and on the message `reload`; without a map location."""
        self.model: Any = torch.jit.load(self.path)
        self.model.eval()
        self.methods = {name: getattr(self.model, f"{name}_params").tolist() for name in self.model.get_methods()}
        names = [name for name in self.model.get_attributes() if name != "none"]
        self.attributes = {name: getattr(self.model, f"{name}_params").tolist() for name in names}

    def register(self) -> None:
        """The checks of the Python package's registration: shapes, ratios and dtype, with a batch of four."""
        for name, (in_channels, in_ratio, out_channels, out_ratio) in self.methods.items():
            labels = [len(getattr(self.model, f"{name}_{side}_labels")) for side in ("input", "output")]
            if labels != [in_channels, out_channels]:
                raise HostError(f"{name} has {labels} labels")
            for batch in REGISTRATION_BATCHES:
                output = getattr(self.model, name)(torch.zeros(batch, in_channels, REGISTRATION_BUFFER // in_ratio))
                if output.dim() != 3 or output.dtype != torch.float32:
                    raise HostError(f"{name} must give a float tensor of three dimensions")
                if tuple(output.shape) != (batch, out_channels, REGISTRATION_BUFFER // out_ratio):
                    raise HostError(f"{name} gives {tuple(output.shape)}")
        for name in self.attributes:
            if not (hasattr(self.model, f"get_{name}") and hasattr(self.model, f"set_{name}")):
                raise HostError(f"{name} has no getter or no setter")
        # With one method alone, a misspelt one is an error that the host names, and the object is silent.
        if len(self.methods) > 1 and "forward" not in self.methods:
            raise HostError("a misspelt method would become forward, and there is none")

    @property
    def smallest_buffer(self) -> int:
        """The highest ratio over all methods."""
        return max(max(params[1], params[3]) for params in self.methods.values())

    def perform(self, method: str, buffers: Tensor) -> Tensor:
        """One block of audio-rate buffers [batch, in_channels, n] through a method, to [batch, out_channels, n]."""
        in_channels, in_ratio, out_channels, out_ratio = self.methods[method]
        batch, channels, length = buffers.shape
        if channels != in_channels or length % self.smallest_buffer:
            raise HostError(f"{method} cannot take {tuple(buffers.shape)}")
        given = buffers[:, :, in_ratio - 1 :: in_ratio].clone()  # of each held period the last sample
        with torch.inference_mode():
            output = getattr(self.model, method)(given)
        if output.dtype != torch.float32:
            raise HostError(f"{method} gives {output.dtype}")
        if output.numel() != batch * out_channels * length // out_ratio or output.shape[0] != batch:
            raise HostError("model output size is not consistent")
        return output.clone().repeat_interleave(out_ratio, dim=2)

    def set(self, name: str, *atoms: float) -> bool:
        """The message `set name atoms...` of PureData, which has floats alone; whether the host found it good."""
        types = self.attributes[name]
        if len(atoms) != len(types):
            raise HostError(f"{name} takes {len(types)} arguments")
        convert = {BOOL: lambda atom: True, INT: int, FLOAT: lambda atom: round(atom, 6)}
        return bool(
            getattr(self.model, f"set_{name}")(*(convert[t](a) for t, a in zip(types, atoms, strict=True))) == 0
        )

    def get(self, name: str) -> list[Any]:
        """The message `get name`."""
        values = list(getattr(self.model, f"get_{name}")())
        if len(values) != len(self.attributes[name]):
            raise HostError(f"{name} gives {len(values)} values")
        return values


if __name__ == "__main__":
    for path in sys.argv[1:]:
        host = Host(path)
        host.register()
        for method, (channels, *_) in host.methods.items():
            for batch in (1, 3):
                host.perform(method, torch.randn(batch, channels, 4 * host.smallest_buffer))
        for attribute in host.attributes:
            host.get(attribute)
        print(path)
    assert not [module for module in sys.modules if module.startswith("saoctl")]
