"""The numbers of an Oobleck autoencoder, read from the names and shapes of its tensors.

Most follow from them. A convolution [out, in, kernel] has its widths in its shape, and Oobleck's strided convolutions
have kernels of twice their stride. The sample rate, a final tanh, the scale of the latents and the dilations leave no
trace in the tensors. Three residual units in a block are taken for the usual ones. Another number of them has the
dilations of a known model of the same shape, or else they are asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from saoctl.models.family import UndecidedError, UnsupportedArchitectureError
from saoctl.models.layouts import FIRST_TENSOR, NAMED, PREFIXES, autoencoder_names
from saoctl.models.oobleck.architecture import DILATIONS, DREAMVAE_DILATIONS, Coder, OobleckArchitecture
from saoctl.models.oobleck.known import KNOWN
from saoctl.vocabulary import Direction

Shape = tuple[int, ...]
COMPARED = {"channels", "c_mults", "strides"}  # of the same shape

# The endings of the name of a convolution's weight: with weight norm in its two forms, and without.
WEIGHTS = r"(?:weight_v|parametrizations\.weight\.original1|weight)"

# The names of the convolutions of a direction, behind its own name, in each layout: those at the two ends, one per
# block that changes the rate, and one per residual unit. A block's number is the first group.
LAYOUTS = {
    "stable-audio-tools": {
        "ends": r"layers\.(\d+)",
        "rate": r"layers\.(\d+)\.layers\.\d+",
        "units": r"layers\.(\d+)\.layers\.\d+\.layers\.1",
    },
    "diffusers": {
        "ends": r"conv([12])",
        "rate": r"block\.(\d+)\.conv(?:_t)?1",
        "units": r"block\.(\d+)\.res_unit\d+\.conv1",
    },
}
# DreamVAE is a decoder alone, whose names do not say so. Its dilations are those of its class.
DREAMVAE = {"ends": r"conv([12])", "rate": r"blocks\.(\d+)\.conv_t", "units": r"blocks\.(\d+)\.res\d+\.conv1"}


def read_shapes(shapes: Mapping[str, Shape], dilations: Sequence[int] | None = None) -> dict[str, Any]:
    """Return the numbers of an `OobleckArchitecture` that its tensors show; see `Family.read_shapes`.

    Args:
        shapes: the shapes of the tensors.
        dilations: those of the residual units, as a person gave them.
    """
    inner = {name: tuple(shapes[full]) for full, name in autoencoder_names(shapes).items()}
    encoder, decoder = _half(inner, "encoder"), _half(inner, "decoder")
    usual: Sequence[int] = DILATIONS
    if encoder is None and decoder is None:
        decoder, usual = _in_layout(inner, "decoder", "", DREAMVAE), DREAMVAE_DILATIONS
    halves = {name: half for name, half in (("encoder", encoder), ("decoder", decoder)) if half is not None}
    if not halves:
        copies = sorted({found[1] for name in shapes if (found := FIRST_TENSOR.match(name))})
        if len(copies) > 1:
            raise UnsupportedArchitectureError(
                f"it has several autoencoders, whose tensors begin with {' and '.join(copies)}, and none where it is"
                f" looked for first: {', '.join(filter(None, PREFIXES))}"
            )
        raise UnsupportedArchitectureError(
            f"it has no tensors of an Oobleck autoencoder, but {_listed(shapes)}. Those of an autoencoder begin with"
            " `encoder.layers.0.` (stable-audio-tools) or `encoder.conv1.` (diffusers), which a prefix may precede"
        )
    _decide_dilations(halves, dilations, usual)
    ends = {name: half.pop("ends") for name, half in halves.items()}
    if decoder is None:
        audio, encoded = ends["encoder"]
        if encoded % 2:
            raise UnsupportedArchitectureError(f"its encoder gives {encoded} channels, which are not mean and scale")
        # Only a decoder can end in tanh.
        return {"audio_channels": audio, "latent_dim": encoded // 2, "final_tanh": False, **halves}
    latents, audio = ends["decoder"]
    audio_in, encoded = ends.get("encoder", (audio, 2 * latents))
    if audio_in != audio:
        raise UnsupportedArchitectureError(f"its encoder takes {audio_in} channels, and its decoder gives {audio}")
    if encoded != 2 * latents:
        raise UnsupportedArchitectureError(
            f"its encoder gives {encoded} channels and its decoder takes {latents}: a VAE gives twice as many,"
            " which are mean and scale"
        )
    return {"audio_channels": audio, "latent_dim": latents, **halves}


def _decide_dilations(halves: Mapping[str, dict[str, Any]], given: Sequence[int] | None, usual: Sequence[int]) -> None:
    """Replace the number of residual units of each direction by their dilations.

    They are those that are given, or else the usual ones, or else those of a known model of the same shape.

    Raises:
        UnsupportedArchitectureError: the dilations that are given are those of another number of units.
        UndecidedError: none are given, and the number of units is not the usual one.
    """
    counts = {direction: half.pop("units") for direction, half in halves.items()}
    if given is not None and len(given) not in counts.values():
        found = " and ".join(f"its {direction} has {count}" for direction, count in counts.items())
        raise UnsupportedArchitectureError(f"{found} residual units in a block, and not {len(given)} as `dilations`")
    for direction, count in counts.items():
        shown = {key: halves[direction][key] for key in COMPARED}
        same = [coder for coder in _known(direction) if shown == coder.model_dump(mode="json", include=COMPARED)]
        every = (given, usual, *(coder.dilations for coder in same))
        known = next((each for each in every if each is not None and len(each) == count), None)
        if known is None:
            example = [3**unit for unit in range(count)]
            raise UndecidedError(
                f"has {count} residual units in each block of its {direction}, whose dilations its tensors do not show",
                f"Give the dilations, such as: --set 'model.architecture.dilations={example}'.",
            )
        halves[direction]["dilations"] = list(known)


def _known(direction: str) -> Iterator[Coder]:
    """Yield the numbers of a direction of each known model that has it."""
    for model in KNOWN:
        if isinstance(model.architecture, OobleckArchitecture) and direction in model.architecture.coders:
            yield model.architecture.coders[direction]


def _half(tensors: Mapping[str, Shape], direction: Direction) -> dict[str, Any] | None:
    """Return the numbers of a `Coder`, the number of `units` in a block, and the channels of its two `ends`.

    The result is None if there is no tensor of this direction in a known layout.
    """
    own = f"{direction}."
    each = (_in_layout(tensors, direction, own, patterns) for patterns in LAYOUTS.values())
    return next((half for half in each if half is not None), None)


def _in_layout(
    tensors: Mapping[str, Shape], direction: Direction, own: str, patterns: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return what `_half` does, of one layout.

    Args:
        tensors: the shapes of all tensors.
        direction: which one is looked for.
        own: how the names of its tensors begin.
        patterns: of the layout.
    """
    found = {
        part: [
            (int(match[1]), shape)
            for name, shape in sorted(tensors.items())
            if (match := re.fullmatch(rf"{re.escape(own)}{pattern}\.{WEIGHTS}", name)) and len(shape) == 3
        ]
        for part, pattern in patterns.items()
    }
    if not (found["ends"] and found["rate"]):
        return None
    has_snakes = any(name.startswith(own) and name.endswith(".alpha") for name in tensors)
    return {**_numbers(direction, found), "use_snake": has_snakes}


def _numbers(direction: Direction, found: Mapping[str, Sequence[tuple[int, Shape]]]) -> dict[str, Any]:
    """Return the widths, strides, units and ends of a direction, from the shapes of its convolutions by their places.

    Raises:
        UnsupportedArchitectureError: there are other convolutions than Oobleck's.
    """
    blocks = [shape for _, shape in sorted(found["rate"])]
    ends = [shape for _, shape in sorted(found["ends"])]
    units = {place: sum(place == other for other, _ in found["units"]) for place, _ in found["rate"]}
    if len(ends) != 2 or len(units) != len(blocks):
        raise UnsupportedArchitectureError(
            f"its {direction} has {len(ends)} convolutions outside of {len(units)} blocks with {len(blocks)} strides;"
            " Oobleck has two, and one stride in each block"
        )
    count, *others = set(units.values())
    if others or not count:
        counts = " and ".join(map(str, sorted(set(units.values()))))
        raise UnsupportedArchitectureError(
            f"its {direction} has blocks with {counts} residual units; Oobleck's have the same number, at least one"
        )
    first, last = ends
    # An encoder's weights are [out, in, kernel] from the audio end on. Those of a decoder's transposed convolutions are
    # [in, out, kernel] towards the audio end, so that in both the wider end of a block comes first.
    if direction == "decoder":
        blocks.reverse()
    channels = first[0] if direction == "encoder" else last[1]
    for wide, _, kernel in blocks:
        if kernel % 2 or wide % channels:
            raise UnsupportedArchitectureError(
                f"its {direction} has a convolution with {wide} channels and a kernel of {kernel};"
                f" Oobleck's have multiples of {channels} channels, and kernels of twice their stride"
            )
    return {
        "channels": channels,
        "c_mults": [wide // channels for wide, _, _ in blocks],
        "strides": [kernel // 2 for _, _, kernel in blocks],
        "units": count,
        "ends": (first[1], last[0]),
    }


def _listed(shapes: Mapping[str, Shape]) -> str:
    """Return the number of the tensors, and the first few with their shapes."""
    some = ", ".join(f"{name} {list(shape)}" for name, shape in list(shapes.items())[:NAMED])
    return f"{len(shapes)} others, such as {some}" if shapes else "none at all"
