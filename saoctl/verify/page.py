"""The report of a verify as a page: a single HTML file, for readers who do not know saoctl."""

import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from saoctl import __version__
from saoctl.files import atomic_file
from saoctl.verify import listening, sentences
from saoctl.verify.caveats import in_seconds
from saoctl.verify.compare import Trace
from saoctl.verify.plot import panels
from saoctl.verify.result import VerifyResult

SUFFIX = ".html"

RESULT = "result"  # the name of the column that says whether a comparison passed
METHODS = {"encode": "sound to latents", "decode": "latents to sound", "forward": "sound to latents to sound"}

STYLE = """
:root {
  color-scheme: light dark;
  --ink: #16181b; --paper: #ffffff; --soft: #5a6068; --line: #d5d8dc; --good: #146c2e; --bad: #b3261e;
  --doubt: #7a5200; --signal: #d9d9d9; --band: #56b4e9; --error: #003d66; --alarm: #d55e00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e7e9; --paper: #16181b; --soft: #a2a8b0; --line: #3b4047; --good: #6fcf87; --bad: #ff8a80;
    --doubt: #f0c05a; --signal: #454a51; --band: #2f7fae; --error: #d4ecff; --alarm: #ff8f45;
  }
}
body {
  background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
  max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: break-word;
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 0.5rem; }
h2 small { color: var(--soft); font-weight: normal; }
p, dl, ul { max-width: 44rem; }
.verdict { border-left: 0.3rem solid; padding: 0.1rem 0 0.1rem 0.9rem; }
dt { font-weight: 600; }
dd { margin: 0 0 0.6rem; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem; }
dl.facts dt { color: var(--soft); font-weight: normal; }
dl.facts dd { margin: 0; min-width: 0; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td {
  border-bottom: 1px solid var(--line); padding: 0.2rem 0 0.2rem 1.2rem; text-align: right; white-space: nowrap;
}
th { color: var(--soft); font-weight: normal; vertical-align: bottom; }
td.good { color: var(--good); font-weight: 600; }
td.bad { color: var(--bad); font-weight: 600; }
figure { margin: 1rem 0 0; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0 2rem; }
.pictures svg { display: block; width: 100%; max-width: 36rem; height: auto; fill: var(--ink); }
figcaption, footer { color: var(--soft); font-size: 0.9rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 0.7rem; }
@media (max-width: 40rem) {
  table { width: 100%; font-size: 0.75rem; }
  th, td { padding-left: 0.35rem; }
  th { white-space: normal; }
  th:first-child, td:first-child { padding-left: 0; }
}
"""


def write(result: VerifyResult, traces: Sequence[Trace], sample_rate: int, path: Path) -> None:
    """Write the report as a page.

    Args:
        result: what was found, with the files that are written beside the page.
        traces: of its comparisons.
        sample_rate: of the audio, in Hz.
        path: of the page.

    Raises:
        FileError: it cannot be written.
    """
    page = "\n".join(_page(result, traces, sample_rate))
    with atomic_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _page(result: VerifyResult, traces: Sequence[Trace], sample_rate: int) -> Iterable[str]:
    title = f"{html.escape(result.artifact.name)}: verification {sentences.outcome(result)}"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>"
    yield from _verdict(result)
    yield (
        "<p>The file holds an audio autoencoder: a model that encodes sound into a few numbers, its latents, and"
        " decodes latents into sound. It was exported to run as a stream, on sound that arrives block by block, as in a"
        " music program. The original model runs offline: it needs the whole sound at once. <b>saoctl verify</b> gives"
        " the same sound to both and compares what comes out, on every sample from the first one on. If the two are"
        " equal, streaming loses nothing.</p>"
    )
    yield _list(_facts(result), "facts")
    yield f"<h2>What “passed” means</h2>\n<p>{_bound(result)}</p>"
    for method in dict.fromkeys(row.method for row in result.results):
        yield from _method(method, result, [t for t in traces if t.comparison.method == method], sample_rate)
    yield "<h2>What the columns mean</h2>"
    yield _list(_columns(result, sample_rate).items())
    yield "<h2>What the pictures show</h2>"
    yield _list(PICTURES.items())
    yield "<h2>The sound files</h2>"
    yield from _sounds(result)
    yield f"<footer>Written by saoctl {__version__} verify.</footer>\n</body>\n</html>\n"


def _verdict(result: VerifyResult) -> Iterable[str]:
    colour = "bad" if not result.passed else "good" if result.conclusive else "doubt"
    sentence = sentences.verdict(result)
    items = "".join(f"<li>{html.escape(note)}</li>" for note in sentences.notes(result))
    yield f'<div class="verdict" style="border-color: var(--{colour})">'
    yield f"<p><b>{html.escape(sentence[0].upper() + sentence[1:])}</b></p>"
    yield f"<ul>{items}</ul>\n</div>" if items else "</div>"


def _facts(result: VerifyResult) -> Iterable[tuple[str, str]]:
    sound = "a test signal of clicks, a sweep, noise and silence"
    if result.audio is not None:
        sound = f"the beginning of {html.escape(result.audio.name)}"
    yield "File", f"{html.escape(result.artifact.name)} ({result.precision}, on {html.escape(result.device)})"
    yield "Compared with", f"the offline model of {html.escape(result.reference)}"
    yield "Sound", f"{sound}, {in_seconds(result.seconds)}"


def _bound(result: VerifyResult) -> str:
    """Return in words what is true of a comparison that passed."""
    amplitude = f"{10 ** (result.min_snr_db / 20):,.0f}"
    further = (
        "" if result.conclusive else " “Inconclusive” means that the sound was not enough to tell right from wrong."
    )
    if result.lookahead is not None:
        further += (
            f" The file looks less far ahead than the model does, so that it is less late, and guesses what it does not"
            f" know. It is compared with what such a stream should give; its SNR to the offline model itself, the"
            f" price, must reach {result.min_price_db:g} dB."
        )
    return (
        f"The signal-to-noise ratio (SNR) reaches {result.min_snr_db:g} dB: what differs has at most 1/{amplitude} of"
        f" the output's amplitude, which is about what the arithmetic, {result.precision}, loses to rounding. Or it is"
        " no larger than a few times what the offline model itself loses to rounding. The output is as late as it"
        f" should be, as long as it should be, and silent before the sound begins.{further}"
    )


def _method(method: str, result: VerifyResult, traces: Sequence[Trace], sample_rate: int) -> Iterable[str]:
    """Yield the section of a method: its table and its pictures."""
    columns = _columns(result, sample_rate)
    header = "".join(f'<th scope="col">{name}</th>' for name in columns)
    yield f'<h2>{method} <small>{METHODS[method]}</small></h2>\n<div class="table"><table>'
    yield f"<thead><tr>{header}</tr></thead>\n<tbody>"
    for trace in traces:
        good = "good" if trace.comparison.passed else "bad"
        cells = (
            f'<td class="{good}">{good}</td>'
            if name == RESULT
            else f"<td>{html.escape(sentences.CELLS[name](trace.comparison))}</td>"
            for name in columns
        )
        yield f"<tr>{''.join(cells)}</tr>"
    errors, spectra = panels(traces)
    yield "</tbody>\n</table></div>"
    yield f'<div class="pictures">\n<figure>{errors}<figcaption>Errors over time</figcaption></figure>'
    what = "Latents" if method == "encode" else "Spectrograms"
    yield f"<figure>{spectra}<figcaption>{what}</figcaption></figure>\n</div>"


def _columns(result: VerifyResult, sample_rate: int) -> dict[str, str]:
    """Return the columns of the tables, each with its meaning."""
    blocks = "; ".join(f"<i>{name}</i>: {meaning}" for name, meaning in sentences.schedules(result))
    columns = {
        "blocks": f"How the sound was cut into blocks: the schedule. {blocks}. All must give the same.",
        RESULT: "Whether this comparison passed.",
        "SNR dB": (
            "How far what differs lies below the output, in decibels; higher is better, and 20 dB more are a tenth of"
            f" the difference. It should reach {result.min_snr_db:g} dB. What the model gives whatever it hears, by its"
            " biases, does not count as output."
        ),
        "price dB": "The SNR to the offline model itself: what it costs to look less far ahead.",
        "max error": (
            "The largest difference of a single sample. Full scale of sound is 1, and 1e-06 is a millionth of it."
        ),
        "compared": "How many samples of each channel were compared; of <i>encode</i>, latent frames.",
        "latency": (
            "By how many audio samples the stream is late, because the model looks ahead. It was taken off before"
            f" comparing. {sample_rate} samples are a second."
        ),
        "seams": (
            "The power of the errors where blocks meet, over that elsewhere. About 1 means that blocks leave no seams."
            " A dash: there are too few samples to tell."
        ),
        "clicks": (
            "How much rougher the difference to the offline model is where blocks meet than around it. About 1 and"
            " less cannot be heard."
        ),
    }
    if result.lookahead is None:
        del columns["price dB"], columns["clicks"]
    return columns


PICTURES = {
    "Errors over time": (
        "Grey: how loud the offline output is. Blue band: the differences in all schedules. Line: those in the"
        " schedule with the worst SNR. Dashed line: how loud they may be on average. Ticks at the bottom: where blocks"
        " meet. Orange, if a comparison failed: the first bad sample. The farther the band lies below the grey, the"
        " better."
    ),
    "Spectrograms, latents": (
        "The offline output, the streamed output and their difference in the worst schedule, on one scale of loudness."
        " Where the difference is as dark as the scale ends, nothing differs."
    ),
}


def _sounds(result: VerifyResult) -> Iterable[str]:
    """Yield what the audio files beside the page are, or how to get them if none were saved."""
    names = [path.name for path in result.files if path.suffix == listening.SUFFIX]
    meanings = {
        "input": "the sound that was given to both",
        "offline": "the output of the offline model",
        "streamed": "the output of the stream, without its latency",
        "difference": "streamed minus offline, made louder by as many dB as the name says: it is far too soft to hear",
    }
    if not names:
        yield "<p>None were kept. <code>saoctl verify --save FOLDER</code> writes them, for listening.</p>"
        return
    yield "<p>They were written with this page and are not part of it. All begin at the first sample of the sound.</p>"
    found = {name: next(meaning for kind, meaning in meanings.items() if kind in name) for name in names}
    yield _list((f"<code>{html.escape(name)}</code>", meaning) for name, meaning in found.items())


def _list(entries: Iterable[tuple[str, str]], kind: str = "terms") -> str:
    """Return a list of terms and their descriptions, both HTML."""
    return f'<dl class="{kind}">' + "".join(f"<dt>{term}</dt><dd>{text}</dd>" for term, text in entries) + "</dl>"
