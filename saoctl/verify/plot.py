"""The picture of a verify: for each method, the error over time beneath the signal, and the error over frequency.

The colours are those of `saoctl.drawing`; cividis runs from dark to light in grey too.
"""

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from saoctl.drawing import FONT, blank, drawn, inline, look
from saoctl.verify.compare import Comparison, Trace
from saoctl.verify.listening import worst

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 300  # on a curve; each is the mean power of its share of the time
COLUMNS = 400  # in a spectrogram
FFT = 1024  # samples
LEAST_POWER = 1e-30  # a smaller one counts as this
FLOOR_DB = -200.0  # silence is drawn here
SPECTRUM_DB = -150.0  # the lowest level that a spectrogram shows, relative to the peak of the offline output
MOST_BORDERS = 60  # more lines than this would look like a grey area

SIGNAL, BAND, ERROR, ALARM = "#D9D9D9", "#56B4E9", "#003D66", "#D55E00"
COLOURS = "cividis"
LEGEND: dict[str, Any] = {"fontsize": FONT - 1, "handlelength": 1.8}
WIDTH = 9.0  # inches
METHOD_HEIGHT = 4.4
PANEL_SIZE = (5.0, 2.9)  # inches; on a phone, letters in a picture of a page are then as large as the page's
# The names of the colours in the style sheet of a page, which defines them for light and dark screens.
PAGE_COLOURS = {
    "#000000": "var(--ink)", "#ffffff": "var(--paper)", SIGNAL: "var(--signal)", BAND: "var(--band)",
    ERROR: "var(--error)", ALARM: "var(--alarm)",
}  # fmt: skip


def draw(traces: Sequence[Trace], title: str, path: Path) -> None:
    """Draw what was compared, for each method.

    Raises:
        FileError: the file cannot be written.
    """
    methods = list(dict.fromkeys(trace.comparison.method for trace in traces))
    with drawn(path, WIDTH, 0.4 + METHOD_HEIGHT * len(methods)) as figure:
        figure.suptitle(title, fontsize=FONT + 1, fontweight="bold")
        for part, method in zip(figure.subfigures(len(methods), squeeze=False)[:, 0], methods, strict=True):
            panel = [trace for trace in traces if trace.comparison.method == method]
            over_time, spectra = part.subfigures(2, height_ratios=(1.15, 1))
            axes = over_time.subplots()
            _draw_error(axes, panel)
            axes.set_title(textwrap.fill(_heading(worst(panel).comparison), 100), loc="left", fontsize=FONT + 1)
            axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), **LEGEND)
            _draw_spectra(spectra, worst(panel))


def panels(traces: Sequence[Trace]) -> tuple[str, str]:
    """Draw the comparisons of one method for a page.

    Returns:
        The errors over time, and the spectra, each as an SVG element whose colours are PAGE_COLOURS.
    """
    with look():
        over_time, spectra = blank(*PANEL_SIZE), blank(*PANEL_SIZE)
        axes = over_time.subplots()
        _draw_error(axes, traces)
        over_time.legend(loc="outside lower center", ncols=3, columnspacing=1.2, **LEGEND)
        _draw_spectra(spectra, worst(traces))
        return _svg(over_time), _svg(spectra)


def _draw_error(axes: "Axes", panel: Sequence[Trace]) -> None:
    """Draw the signal, the allowed error, and the errors of all schedules; the worst one has a line of its own."""
    lead = worst(panel)
    row = lead.comparison
    seconds, signal = _power_db(lead.offline, lead.rate)
    # Traces of the same part of the signal can be drawn over one another.
    alike = [trace for trace in panel if (trace.offline.shape, trace.begins) == (lead.offline.shape, lead.begins)]
    errors = torch.tensor([_power_db(trace.streamed - trace.offline, trace.rate)[1] for trace in alike])
    low, high = errors.min(0).values.tolist(), errors.max(0).values.tolist()
    _, error = _power_db(lead.streamed - lead.offline, lead.rate)
    allowed = 10 * math.log10(max(lead.allowed, LEAST_POWER))
    bottom = max(min([*low, allowed]) - 12, FLOOR_DB - 5)

    axes.fill_between(seconds, signal, bottom, color=SIGNAL, linewidth=0, label="offline output")
    axes.fill_between(seconds, low, high, color=BAND, linewidth=0, label="error, all schedules")
    axes.plot(seconds, error, color=ERROR, linewidth=1.4, label=f"error, worst: {row.blocks}")
    axes.axhline(allowed, color="black", linestyle="--", linewidth=1.1, label="allowed, on average")
    times = [border / lead.rate for border in lead.borders]
    if len(times) <= MOST_BORDERS:
        for time in times:
            axes.axvline(time, color="white", linewidth=0.7, zorder=1.5)
    marks = axes.get_xaxis_transform()
    axes.plot(times, [0.015] * len(times), "|", color="black", markersize=5, transform=marks, label="block borders")
    if row.diagnosis is not None:
        bad = row.diagnosis.first_bad_sample / lead.rate
        axes.axvline(bad, color=ALARM, linestyle="-.", linewidth=2, label="first bad", clip_on=False)
    axes.set_xlim(0, lead.offline.shape[1] / lead.rate)
    axes.set_ylim(bottom, max(*signal, *high) + 6)
    axes.set_xlabel("seconds")
    axes.set_ylabel("power, dB")


def _heading(row: Comparison) -> str:
    """Return what was found of a method."""
    verdict = "exact to rounding" if row.diagnosis is None else row.diagnosis.message
    return f"{row.method}: {row.snr_db:.1f} dB. {verdict[0].upper()}{verdict[1:]}."


def _draw_spectra(part: Any, trace: Trace) -> None:
    """Draw the spectrograms of offline, streamed and their difference on one scale; of latents, the latents."""
    is_audio = trace.comparison.method != "encode"
    level_db = _spectrum_db if is_audio else _value_db
    pictures = {"offline": trace.offline, "streamed": trace.streamed, "difference": trace.streamed - trace.offline}
    panels = part.subplots(1, len(pictures), sharey=True)
    levels = {name: level_db(signal) for name, signal in pictures.items()}
    loudest = levels["offline"].max().item()
    seconds = trace.offline.shape[1] / trace.rate
    bottom, top = (0, trace.rate / 2000) if is_audio else (0.5, trace.offline.shape[0] + 0.5)
    for axes, (name, level) in zip(panels, levels.items(), strict=True):
        image = axes.imshow(
            (level - loudest).numpy(), cmap=COLOURS, vmin=SPECTRUM_DB, vmax=0, extent=(0, seconds, bottom, top)
        )
        axes.set_title(name, fontsize=FONT, loc="left")
        axes.set_xlabel("seconds")
    panels[0].set_ylabel("kHz" if is_audio else "latent")
    part.colorbar(image, ax=panels, label="dB", aspect=12)


def _power_db(signal: Tensor, rate: float) -> tuple[list[float], list[float]]:
    """Return the times in seconds and the mean powers in dB of equal shares of a signal [C, T]."""
    power = _finite(signal).square().mean(0)
    share = max(-(-power.shape[0] // POINTS), 1)
    means = torch.stack([part.mean() for part in torch.split(power, share)])
    times = [(index + 0.5) * share / rate for index in range(len(means))]
    return times, _db(means).clamp(min=FLOOR_DB).tolist()


def _spectrum_db(signal: Tensor) -> Tensor:
    """Return the power in dB of a signal [C, T] over frequency and time, [F, T']."""
    fft = min(FFT, 1 << max((signal.shape[1] - 1).bit_length(), 4))
    hop = max(signal.shape[1] // COLUMNS, fft // 4)
    padded = torch.nn.functional.pad(_finite(signal), (fft // 2, fft // 2))
    window = torch.hann_window(fft, dtype=torch.float64)
    spectra = torch.stft(padded, fft, hop, window=window, center=False, return_complex=True)
    return _db(spectra.abs().square().mean(0))


def _value_db(signal: Tensor) -> Tensor:
    """Return the power in dB of each value of latents [L, T]."""
    return _db(_finite(signal).square())


def _finite(signal: Tensor) -> Tensor:
    """Return a signal in float64, with 1 in the place of NaN and infinity."""
    return torch.nan_to_num(signal.double(), nan=1.0, posinf=1.0, neginf=1.0)


def _db(power: Tensor) -> Tensor:
    return 10 * power.clamp(min=LEAST_POWER).log10()


def _svg(figure: "Figure") -> str:
    """Return a figure as an element for a page."""
    text = inline(figure, "svg").decode()
    for colour, name in PAGE_COLOURS.items():
        text = text.replace(colour.lower(), name)
    return text[text.index("<svg") :]
