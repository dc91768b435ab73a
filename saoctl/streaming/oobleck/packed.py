"""Packed weights: weights in the memory order of the processor's convolutions, reordered once instead of in every call.

torch reorders the weights of a convolution in every call, which in short blocks takes longer than the arithmetic, and
its matrix products are slow on processors that MKL does not know. oneDNN, which torch has on x86, takes weights in its
own order (https://uxlfoundation.github.io/oneDNN/dev_guide_memory_format_propagation.html). The runtimes of ONNX and
ExecuTorch do the same by themselves. The price: a file with these operators loads only where torch has oneDNN, which
torch for Apple Silicon does not.

Only float32 is packed: its order is the same for blocks of any length. That of bfloat16 is not: with weights that were
packed for one latent frame, blocks of eight took twice as long as with plain weights.
"""

import torch
from torch import Tensor, nn

from saoctl.streaming.oobleck.layers import Product


def pack(module: nn.Module) -> None:
    """Let all products of a stream pack their weights, in place."""
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is Product:
                setattr(parent, name, PackedProduct(child))


class PackedProduct(Product):
    """A product that packs its weights when it is first used on a processor with AVX2 or AVX-512.

    On other processors and on GPUs it stays a plain product. The weights are in memory once: packing frees the plain
    ones, and unpacking restores them.

    Args:
        like: the product, whose weights are taken over.
    """

    def __init__(self, like: Product) -> None:
        weight = like.weight.view(like.outputs, like.kernel, like.inputs).transpose(1, 2)  # no copy, here and there
        super().__init__(weight, like.bias, like.stride, like.dilation)
        self.packed = torch.empty(0)

    def forward(self, window: Tensor) -> Tensor:
        if not self._packs(window):
            self._unpack(window.device)
            return self.plain(window)
        image = window.transpose(1, 2).unsqueeze(2)  # [B, in, 1, T], channels last: no copy
        stride, dilation = [1, self.stride], [1, self.dilation]
        if not self.packed.is_mkldnn:
            self.packed = torch.ops.mkldnn._reorder_convolution_weight(
                self.image_weight(), [0, 0], stride, dilation, 1, image.shape
            )
            self.weight.set_(self.weight.new_empty([0]))  # type: ignore[call-overload]
        # "none" means no activation afterwards; the last three arguments would describe one.
        y: Tensor = torch.ops.mkldnn._convolution_pointwise(
            image, self.packed, self.bias, [0, 0], stride, dilation, 1, "none", [], ""
        )
        return y.squeeze(2).transpose(1, 2)

    def _packs(self, window: Tensor) -> bool:
        """Return whether packed weights are used for an input."""
        if self.few_inputs or window.device.type != "cpu" or window.dtype != torch.float32:
            return False
        has: str = torch.ops.aten._get_cpu_capability()
        return has == "AVX2" or has == "AVX512"  # TorchScript has no sets

    def _unpack(self, device: torch.device) -> None:
        if self.packed.is_mkldnn:
            weight = self.packed.to_dense().permute(0, 2, 3, 1).reshape(self.outputs, -1)
            self.weight.set_(weight.to(device))  # type: ignore[call-overload]
            self.packed = torch.empty(0)
