"""Caveats: what a comparison does not prove, because too little happens in its audio."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import torch
from torch import Tensor

from saoctl.models.family import Architecture
from saoctl.streaming.registry import streaming_of
from saoctl.verify.measure import Facts
from saoctl.verify.schedules import Schedule
from saoctl.vocabulary import Method

CaveatKind = Literal["silent", "constant", "short", "one block", "channel", "mono"]
NO_SOUND: tuple[CaveatKind, ...] = ("silent", "constant")

# A latent frame has no sound if its samples differ by less than this from their mean. On the demo's model, the response
# to a softer signal is smaller than that to the biases alone at the beginning and the end of any signal.
SOUND_DBFS = -70.0
SOUND = 10 ** (SOUND_DBFS / 20)


@dataclass(frozen=True)
class Caveat:
    """A reason why a comparison proves less than it seems to.

    Args:
        kind: silent or constant: the audio has no sound in it; short: it has less sound than the model's receptive
            field; one block: no schedule cut it; channel: one of its channels has no sound; mono: two channels are
            alike.
        message: the reason in a sentence, without its full stop.
    """

    kind: CaveatKind
    message: str


def caveats_of_sound(frames: Tensor, architecture: Architecture) -> tuple[Caveat, ...]:
    """Return the caveat of audio that is silent, constant, or shorter than the model's receptive field, if it is so.

    Args:
        frames: the audio in latent frames, [C, F, ratio].
        architecture: the numbers of the model.
    """
    needed, count = receptive_field(architecture), frames.shape[1]
    frame_seconds = architecture.ratio / architecture.sample_rate
    length = in_seconds(count * frame_seconds)
    advice = f"give at least {math.ceil(100 * needed * frame_seconds) / 100:g} s of sound"
    sounding = _sounding(frames).any(0)
    # Padding and resampling leave a step where constant audio begins and ends.
    inner = slice(1, -1) if count > 2 else slice(None)
    if frames[:, inner].abs().max() > SOUND and not sounding[inner].any():
        return (Caveat("constant", f"the {length} of audio that were compared are constant; {advice}"),)
    if not sounding.any():
        level = f"no sample is louder than {SOUND_DBFS:g} dBFS"
        return (Caveat("silent", f"the {length} of audio that were compared are silent ({level}); {advice}"),)
    span = _span(sounding, needed)
    if span >= needed:
        return ()
    what = f"only {length} of audio were compared"
    if count >= needed:
        sound = in_seconds(span * frame_seconds)
        what = f"of the {length} of audio that were compared, only {sound} are sound"
    return (Caveat("short", f"{what}, which is shorter than the model's receptive field; {advice}"),)


def find_caveats(
    signal: Tensor, architecture: Architecture, measured: Sequence[Facts], schedules: Sequence[Schedule]
) -> tuple[Caveat, ...]:
    """Return the caveats of an artifact's comparisons; none means that the audio was enough.

    Args:
        signal: the audio that was streamed, [C, F * ratio].
        architecture: the numbers of the model.
        measured: what was compared, which need not be all of the audio.
        schedules: the blocks in which the audio was streamed.
    """
    frames = signal.unfold(1, architecture.ratio, architecture.ratio)
    compared: defaultdict[Method, Tensor] = defaultdict(lambda: torch.zeros(frames.shape[1], dtype=torch.bool))
    for one in measured:
        length = math.ceil(one.expected.shape[2] / one.case.period)
        for begin in one.case.begins:
            compared[one.case.method][begin : begin + length] = True
    # Of each method, the frames in any of its comparisons count; what follows holds for the method with the fewest.
    least = frames[:, min(compared.values(), key=lambda mask: int(mask.sum()))]
    found = caveats_of_sound(least, architecture)
    if any(caveat.kind in NO_SOUND for caveat in found):
        return found
    cut = [schedule for schedule in schedules if schedule.kind != "whole"]
    if not found and cut and all(len(schedule.sizes) == 1 for schedule in cut):
        message = "the audio was one block in every schedule, so block borders were not tested; give more audio"
        found = (Caveat("one block", f"{message}, or smaller blocks"),)
    return (*found, *_caveats_of_channels(least))


def receptive_field(architecture: Architecture) -> int:
    """Return how many latent frames of audio a frame of the model's output depends on."""
    field = streaming_of(architecture).receptive_field(architecture)[architecture.methods[-1]]
    return field.back_frames + 1 + field.ahead_frames


def in_seconds(duration: float) -> str:
    """Return a duration in words: with two digits, or from 10 s on in whole seconds."""
    return f"{duration:.2g} s" if duration < 10 else f"{duration:.0f} s"


def _caveats_of_channels(frames: Tensor) -> tuple[Caveat, ...]:
    sounding = _sounding(frames).any(1).tolist()
    heard = [channel for channel, sounds in enumerate(sounding) if sounds]
    found = []
    if heard and len(heard) < len(sounding):
        silent = sounding.index(False) + 1
        message = (
            f"channel {silent} of the audio is silent or constant, so errors in what it alone gives would not show"
        )
        found.append(Caveat("channel", f"{message}; give audio with sound in every channel"))
    alike = [pair for pair in combinations(heard, 2) if (frames[pair[0]] - frames[pair[1]]).abs().max() <= SOUND]
    if alike:
        one, other = alike[0]
        message = f"channels {one + 1} and {other + 1} of the audio are alike, so swapped input channels would not show"
        found.append(Caveat("mono", f"{message}; give audio whose channels differ"))
    return tuple(found)


def _sounding(frames: Tensor) -> Tensor:
    """Return which frames of which channels have sound, [C, F, ratio] -> [C, F]."""
    return (frames - frames.mean(2, keepdim=True)).abs().amax(2) > SOUND


def _span(sounding: Tensor, longest_gap: int) -> int:
    """Return the number of frames with sound; a pause between them counts too if it is no longer than `longest_gap`."""
    pauses = sounding.nonzero().flatten().diff()
    return 1 + int(torch.where(pauses <= longest_gap, pauses, 1).sum())
