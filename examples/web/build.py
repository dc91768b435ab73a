"""Builds the page: a folder with its files, onnxruntime-web's, a model's ONNX files and metadata, and a sound.

`python build.py MODEL.onnx SOUND [--also MODEL.onnx] [--basis BASIS.safetensors] [--note TEXT] [--output FOLDER]`.
onnxruntime-web cannot read the metadata of an ONNX file, so it is written beside it as JSON, with the basis.
"""

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import onnx

from saoctl.errors import FileError
from saoctl.formats import artifact
from saoctl.weights import basis as bases
from saoctl.weights.basis import Basis

HERE = Path(__file__).parent
RUNTIME = HERE / "node_modules" / "onnxruntime-web" / "dist"
RUNTIME_FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
DIRECTIONS = 8  # sliders for the first directions of a basis
NUMBERS = (
    "latency_samples",
    "ratio",
    "sample_rate",
    "in_channels",
    "out_channels",
    "state_size",
    "flush_frames",
    "flush_values",
)


def build(
    models: Sequence[Path], sound: Path, output: Path, basis: Basis | None = None, note: str | None = None
) -> None:
    """Write the page.

    Args:
        models: the ONNX files of `forward`; those of `encode` and `decode` are beside them. They have the same weights
            and different latencies, and the page begins with the first one.
        sound: an audio file that the page can play at once.
        output: the folder, which is emptied first.
        basis: of the model's latents; its first directions get sliders.
        note: a sentence about the model.
    """
    shutil.rmtree(output, ignore_errors=True)
    shutil.copytree(HERE / "page", output)
    (output / "ort").mkdir()
    for name in RUNTIME_FILES:
        shutil.copy(RUNTIME / name, output / "ort")
    (output / "model").mkdir()
    shutil.copy(sound, output / "model")
    about: dict[str, object] = {"name": models[0].stem, "sound": sound.name, "note": note}
    described = artifact.describe(models[0])
    about["block_frames"] = (described.block_size or described.architecture.ratio) // described.architecture.ratio
    if basis is not None:
        about["basis"] = {"mean": basis.mean.tolist()} | {
            name: getattr(basis, name)[:DIRECTIONS].tolist() for name in ("directions", "spread", "share")
        }
    about["models"] = [describe(model, output / "model") for model in models]
    (output / "model" / "model.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def describe(model: Path, folder: Path) -> dict[str, object]:
    """Copy the files of a model that the page runs, and return what the page must know of it; see stream.js."""
    description = artifact.describe(model)
    exact = description.lookahead is None
    files = files_of(model)
    about: dict[str, object] = {"exact": exact, "latency_samples": description.latency_samples["forward"]}
    for method in ("encode", "decode" if exact else "forward"):
        shutil.copy(files[method], folder)
        about[method] = {"file": files[method].name, **numbers(files[method])}
    return about


def files_of(model: Path) -> dict[str, Path]:
    """Return the file of each method."""
    return {"forward": model} | {method: model.with_suffix(f".{method}.onnx") for method in ("encode", "decode")}


def numbers(path: Path) -> dict[str, int]:
    """Return the numbers in a file's metadata, and `noise_channels`, 0 if it takes no noise."""
    proto = onnx.load(path)
    metadata = {entry.key: entry.value for entry in proto.metadata_props}
    noise = (each.type.tensor_type.shape.dim[1].dim_value for each in proto.graph.input if each.name == "noise")
    return {**{name: int(metadata[name]) for name in NUMBERS}, "noise_channels": next(noise, 0)}


def check(models: Sequence[Path]) -> None:
    """Check that a page can offer these models.

    Raises:
        FileError: a file is missing, or the models differ in more than their latency.
    """
    for model in models:
        for method, path in files_of(model).items():
            if not path.is_file():
                raise FileError(f"{model} has no file of {method} beside it.", "The page encodes and decodes.")
    first, *others = (artifact.describe(model) for model in models)
    for model, other in zip(models[1:], others, strict=True):
        if (other.weights, other.latents) != (first.weights, first.latents):
            raise FileError(f"{model} has other weights or latents than {models[0]}.", "Export both of one config.")


def read_basis(path: Path, model: Path) -> Basis:
    """Read a basis of a model.

    Raises:
        FileError: the basis cannot be read, or was computed with other weights than the model's.
    """
    basis = bases.read(path)
    if basis.weights != artifact.describe(model).weights:
        message = f"{path} is the basis of other weights than those of {model}."
        raise FileError(message, "Make one with these weights: saoctl basis AUDIO.")
    return basis


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the page.")
    parser.add_argument("model", type=Path, help="the file that `saoctl export --output MODEL.onnx` has written")
    parser.add_argument("sound", type=Path, help="an audio file that browsers can read")
    parser.add_argument("--also", type=Path, action="append", default=[], help="the same with another --lookahead")
    parser.add_argument("--basis", type=Path, help="the file that `saoctl basis` has written for this model")
    parser.add_argument("--note", help="a sentence about the model")
    parser.add_argument("--output", type=Path, default=HERE / "dist")
    given = parser.parse_args()
    if not RUNTIME.is_dir():
        parser.error(f"{RUNTIME} is missing; run `npm ci` in {HERE}")
    models = [given.model, *given.also]
    try:
        check(models)
        basis = None if given.basis is None else read_basis(given.basis, given.model)
    except FileError as error:
        parser.error(f"{error.message} {error.hint}")
    build(models, given.sound, given.output, basis, given.note)


if __name__ == "__main__":
    main()
