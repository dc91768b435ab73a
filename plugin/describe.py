"""Writes the header that a plug-in is compiled with: what the .onnx file of its model says about itself.

    python plugin/describe.py exports/demo.onnx model_info.h --name Demo --block 2048 --threads 0

A host asks a plug-in for its name, its parameters and its latency before the model is loaded, so these are compiled in.
"""

import argparse
import json
import re
import sys
import zlib
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors import SafetensorError
from safetensors.numpy import load_file

LEAST_BLOCK = 2048  # samples: shorter blocks cost more time
SLIDERS = 8
MOST_NAME = 63  # characters, for hosts that keep few


def sliders(inputs: set[str], latents: int, basis: dict | None) -> list[str]:
    """Return the label of each slider: a latent, or a direction of a basis with its share of the variance."""
    if "offset" not in inputs:
        return []
    if basis is None:
        return [f"Latent {index + 1}" for index in range(min(SLIDERS, latents))]
    return [f"Direction {index + 1} ({share:.0%})" for index, share in enumerate(basis["share"][:latents][:SLIDERS])]


def quoted(text: str) -> str:
    """Return a text as a literal of C."""
    return '"' + re.sub(r'(["\\])', r"\\\1", re.sub(r"[^\x20-\x7e]", "_", text)) + '"'


def read_latents(path: Path, channels: int) -> np.ndarray:
    """Return the latents of a .safetensors or .npy file that saoctl encode wrote, [channels, frames].

    Raises:
        ValueError: the file has no such latents.
    """
    try:
        latents = np.load(path) if path.suffix == ".npy" else load_file(path)["latents"]
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ValueError(f"{path} has no latents that saoctl encode wrote") from error
    if latents.ndim != 2 or latents.shape[0] != channels or latents.shape[1] == 0:
        raise ValueError(f"{path} has no latents of {channels} channels")
    return latents.astype("<f4")


def header(model: Path, name: str, block: int, threads: int, latents_file: Path | None, loop: Path) -> str:
    """Return the header of a model.

    Args:
        model: the .onnx file of `forward` or `decode`.
        name: the name of the plug-in.
        block: samples that are computed at once, a whole number of latent frames; 0 for the default.
        threads: threads of onnxruntime; 0 lets the plug-in choose by the machine.
        latents_file: latents that a plug-in of `decode` repeats; None for none.
        loop: where they are written as plain numbers.

    Raises:
        ValueError: the file cannot be a plug-in.
    """
    try:
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no common class
        raise ValueError(f"{model} is not an ONNX file that onnxruntime can load") from error
    metadata = session.get_modelmeta().custom_metadata_map
    method = metadata.get("method")
    if method not in ("forward", "decode"):
        raise ValueError(f"{model} is not a forward or decode .onnx of saoctl")
    ratio, channels = int(metadata["ratio"]), int(metadata["out_channels"])
    shapes = {each.name: each.shape for each in session.get_inputs()}
    basis = json.loads(metadata["saoctl"]).get("basis")
    latents = shapes.get("offset", [0])[0]
    length = shapes["block"][2]
    fixed = length * (ratio if method == "decode" else 1) if isinstance(length, int) else 0
    if fixed and block not in (0, fixed):
        raise ValueError(f"{model} has blocks of {fixed} samples, so BLOCK must be {fixed}")
    unit = int(metadata.get("block_size", ratio))
    block = fixed or block or max(1, LEAST_BLOCK // unit) * unit
    if block < 1 or block % unit:
        raise ValueError(f"BLOCK must be a multiple of {unit} samples, not {block}")
    labels = sliders(set(shapes), latents, basis)
    frames = 0
    if latents_file is not None:
        if method != "decode":
            raise ValueError(f"{model} takes audio; only a file of decode takes LATENTS")
        repeated = read_latents(latents_file, int(metadata["in_channels"]))
        frames = repeated.shape[1]
        repeated.tofile(loop)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "model"
    values = {
        "NAME": quoted(name[:MOST_NAME]),
        "URI": quoted(f"urn:saoctl:{slug}"),
        "CLAP_ID": quoted(f"saoctl.{slug}"),
        # Hosts keep four letters of a plug-in apart; the name stands for the plug-in, so they come from it.
        "UNIQUE_ID": zlib.crc32(name.encode()) & 0x7FFFFFFF,
        "CHANNELS": channels,
        "FILE": quoted(model.name),
        "SYMBOL": quoted(slug.replace("-", "_")),
        "GENERATES": int(method == "decode"),
        "LOOP": frames,
        "RATE": metadata["sample_rate"],
        "BLOCK": block,
        "LATENCY": metadata["latency_samples"],
        "THREADS": threads,
        "SLIDERS": len(labels),
        "LABELS": ", ".join(map(quoted, labels)) or '""',
        "HAS_CONTROLS": int("motion" in shapes),
        "HAS_REST": int(basis is not None and latents < len(basis["share"]) and "motion" in shapes),
        "HAS_NOISE": int("noise" in shapes),
    }
    lines = [f"#define MODEL_{key} {value}" for key, value in values.items()]
    return "\n".join([f"// {model.name}, as describe.py found it.", "#pragma once", *lines, ""])


def main() -> int:
    """Write the header, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("header", type=Path)
    parser.add_argument("--name")
    parser.add_argument("--block", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--latents", type=Path)
    given = parser.parse_args()
    name, loop = given.name or given.model.stem, given.header.with_name("latents.f32")
    if not given.model.is_file():
        print(f"There is no file {given.model}; saoctl export --output {given.model} writes it.", file=sys.stderr)
        return 4
    try:
        text = header(given.model, name, given.block, given.threads, given.latents, loop)
    except ValueError as error:
        print(f"{error}.", file=sys.stderr)
        return 2
    if not given.header.exists() or given.header.read_text() != text:  # an unchanged header compiles nothing again
        given.header.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
