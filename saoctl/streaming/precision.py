"""The dtype of each precision."""

import torch

from saoctl.vocabulary import Precision

# `mixed` computes some products in bfloat16, and keeps signal and state in float32; each family chooses which products.
DTYPES: dict[Precision, torch.dtype] = {
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "mixed": torch.float32,
}
