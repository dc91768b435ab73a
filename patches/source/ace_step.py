"""ace-step: the patch of Stable Audio Open with ACE-Step's file, sample rate and delay; both have 64 latents."""

import math
import re

from docs.generate import ACE_STEP_RATE, ACE_STEP_STRIDES, SAMPLE_RATE, latencies, milliseconds
from patches.source.common import BUFFER
from saoctl.bench.buffers import host_delay_of_two
from saoctl.blocks import grid_of

NAMES = {
    "Stable Audio Open's": "ACE-Step's",
    "stable-audio-open-1.0": "ace-step-1.5",
    f"at {SAMPLE_RATE} Hz": f"at {ACE_STEP_RATE} Hz",
}
# PureData writes a comma with a backslash before it.
DELAY = re.compile(r"(?P<late>[Ll]ate by) .*? ms.*? ms are the model's(?P<comma>[ \\]*,) .*?for both objects")


def written(text: str) -> str:
    """Return the text of the patch for ACE-Step, for the host of the given patch of Stable Audio Open."""
    for old, new in NAMES.items():
        assert old in text
        text = text.replace(old, new)
    model, ratio = latencies(ACE_STEP_STRIDES)["forward"], math.prod(ACE_STEP_STRIDES)
    queued = ratio - (grid_of(ratio) or ratio)
    total = model + 2 * queued + host_delay_of_two(BUFFER, ratio)
    of_all, of_model, of_host = (milliseconds(samples, ACE_STEP_RATE) for samples in (total, model, total - model))
    of_both = f"{of_host} ms are those of nn~ and of the queues in the file"
    delay = rf"\g<late> {of_all} ms: {of_model} ms are the model's\g<comma> {of_both}"
    text, found = DELAY.subn(delay, text)
    assert found == 1
    return text
