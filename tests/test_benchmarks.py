"""The benchmarks write their page; on a tiny model, whose figures nobody reads."""

import functools
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from benchmarks import kernels, model, page, tables
from benchmarks.kernels import FORMS, Block, Layers, Limits
from benchmarks.plan import FULL, QUICK
from saoctl.bench import process, worker
from saoctl.bench.offline import OfflineTiming
from saoctl.formats import artifact
from saoctl.streaming.oobleck.layers import Product
from tests.bench.rows import InProcess, timing

RESULTS = Path(page.__file__).with_name("RESULTS.md")
pytestmark = pytest.mark.slow

SPREAD = re.compile(r"(\d+\.\d\d) \((\d+\.\d\d) - (\d+\.\d\d)\)")


def hasten(patch: pytest.MonkeyPatch) -> None:
    """Measure in this process, a few blocks alone, and load a file once."""
    patch.setattr(artifact, "load", functools.cache(artifact.load))
    patch.setattr(process, "ProcessPoolExecutor", InProcess)
    patch.setattr(worker, "PEAK_SIZE", worker.SMALL_SIZE)
    patch.setattr(worker, "WARM_UP_BLOCKS", 1)
    patch.setattr(worker, "FEWEST_BLOCKS", 2)


@pytest.fixture(autouse=True)
def _hastened(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The whole page, of a tiny model."""
    path = tmp_path_factory.mktemp("page") / "RESULTS.md"
    with pytest.MonkeyPatch.context() as patch:
        hasten(patch)
        measure(f"--output {path}")
    return path.read_text(encoding="utf-8")


def measure(arguments: str) -> None:
    page.main(["--quick", *arguments.split()])


def rows(text: str, columns: tuple[str, ...]) -> list[list[str]]:
    """The rows of all tables with these columns."""
    found, inside = [], False
    for line in text.splitlines():
        inside = line == f"| {' | '.join(columns)} |" or (inside and line.startswith("|"))
        if inside and set(line) - set("|- "):
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    return [row for row in found if tuple(row) != columns]


def test_the_page_says_what_its_figures_hold_for(written: str) -> None:
    said = dict(row for row in rows(written, ("", "")))
    assert "tiny" in said["model"]
    assert torch.backends.cpu.get_cpu_capability() in said["processor"]
    assert said["threads"].startswith(f"{torch.get_num_threads()} on ")
    assert said["torch"] == torch.__version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\d, in \d+\.\d minutes", said["measured"])


def test_every_file_method_and_block_has_a_row_with_median_and_spread(written: str) -> None:
    found = rows(written, tables.FILE_COLUMNS)
    cases = [[p, m, str(size)] for p in QUICK.precisions for m in QUICK.methods for size in QUICK.block_sizes]
    assert [row[:3] for row in found] == cases
    for row in found:
        for cell in row[3:]:
            match = SPREAD.fullmatch(cell)
            assert match, cell
            median, low, high = map(float, match.groups())
            assert 0 <= low <= median <= high


def test_every_product_has_a_row_with_all_forms(written: str) -> None:
    headings = re.findall(r"^### (\w+), (\w+), block (\d+)$", written, re.MULTILINE)
    assert headings == [
        (p, m, str(size)) for p in QUICK.products for size in QUICK.block_sizes for m in ("encode", "decode")
    ]
    # Of the tiny model: one layer to begin and one to end, and three units of two and a stride for each block.
    layers = 2 + len(model.TINY.encoder.strides) * (3 * 2 + 1)
    counted = 0
    for row in rows(written, tables.PRODUCT_COLUMNS):
        times = row[3 : 3 + len(FORMS)]
        if row[0] == "all":
            assert all(float(each) >= 0 for each in times)
            assert counted == layers
            counted = 0
            continue
        counted += int(row[0])
        bold = [float(each.strip("*")) for each in times if each.startswith("**")]
        assert bold == [min(float(each.strip("*")) for each in times)]


def test_the_page_in_the_repository_is_of_the_form_that_is_written_today(written: str) -> None:
    kept = RESULTS.read_text(encoding="utf-8")

    def form(text: str) -> set[str]:
        lines = text.splitlines()
        return {line for line in lines if line.startswith(("# ", "## ", "| precision", "| layers", "Written by"))}

    assert form(kept) == form(written)
    assert {row[0] for row in rows(kept, ("", ""))} == {row[0] for row in rows(written, ("", ""))}
    assert {tuple(row[:3]) for row in rows(kept, tables.FILE_COLUMNS)} <= {
        (p, m, str(size)) for p in FULL.precisions for m in FULL.methods for size in FULL.block_sizes
    }


def test_a_part_is_printed_and_leaves_the_page_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    before = RESULTS.read_bytes()
    measure("--only files --precision mixed --method decode --block-size 64 --runs 1")
    (row,) = rows(capsys.readouterr().out, tables.FILE_COLUMNS)
    assert row[:3] == ["mixed", "decode", "64"]
    assert all(re.fullmatch(r"\d+\.\d\d", cell) for cell in row[3:]), "one run has no spread"
    measure("--only products --precision bfloat16 mixed --method decode --block-size 64")
    printed = capsys.readouterr().out
    assert re.findall("^##.*", printed, re.MULTILINE) == [
        "## Forms of products, bfloat16",
        "### bfloat16, decode, block 64",
    ]
    assert RESULTS.read_bytes() == before


def test_what_fails_leaves_an_earlier_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    path = tmp_path / "RESULTS.md"
    path.write_text("earlier")
    monkeypatch.setattr(kernels, "measure", fail)
    with pytest.raises(RuntimeError, match="out of memory"):
        measure(f"--only products --output {path}")
    assert [each.read_text() for each in tmp_path.iterdir()] == ["earlier"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--block-size 12", "multiple of 8"),
        ("--block-size 0", "multiple of 8"),
        ("--runs 0", "at least one run"),
        ("--only products --precision mixed", "nothing is left"),
        ("--only products --method forward", "nothing is left"),
        ("--precision float64", "invalid choice"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_any_work(
    arguments: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        measure(arguments)
    assert message in capsys.readouterr().err


def test_medians_and_sums_are_right() -> None:
    def run(factor: float) -> SimpleNamespace:
        row = replace(
            timing("decode", 64, factor), speedup_over_offline=2.0, roofline_fraction=0.5, peak_gflops=100 * factor
        )
        offline = OfflineTiming("cpu", "decode", "offline", 0.5, 3, None)
        return SimpleNamespace(results=(row,), offline=(offline, replace(offline, kind="overlap")))

    text = tables.files([run(3.0), run(1.0), run(2.0)])  # type: ignore[list-item]
    assert "| float32 | decode | 64 | 2.00 (1.00 - 3.00) | 2.00 (2.00 - 2.00) | 0.50 (0.50 - 0.50) |" in text
    assert "float32 200 (100 - 300)" in text
    assert "stable-audio-tools in float32, x realtime: decode 0.50 (0.50 - 0.50)" in text

    def layers(frames: int, count: int, chosen: float) -> Layers:
        return Layers(
            1000, 100, frames, count, value_bytes=4, milliseconds=dict.fromkeys(FORMS, 9.0) | {"chosen": chosen}
        )

    few, many = layers(10, count=1, chosen=1.0), layers(90, count=2, chosen=3.0)
    text = tables.products(Limits(100.0, 30.0), [Block("float32", "decode", 64, 5.0, (few, many))])
    assert "A block takes 5.0 ms, its products 4.0 ms; those of at most 16 frames take 1.0 ms for 5% of" in text
    assert "| 1 | 1000 x 100 | 10 | **1.00** | 9.00 | 9.00 | 9.00 | 9.00 | 9.00 | 2 | 0 |" in text
    assert "| 2 | 1000 x 100 | 90 | **3.00** | 9.00 | 9.00 | 9.00 | 9.00 | 9.00 | 12 | 0 |" in text
    assert "| all |  |  | 4.0 | 18.0 |" in text


@pytest.mark.parametrize(("kernel", "stride", "dilation"), [(7, 1, 9), (4, 2, 1), (1, 1, 1)])
def test_all_forms_of_a_product_are_the_same_product(kernel: int, stride: int, dilation: int) -> None:
    torch.manual_seed(0)
    product = Product(torch.randn(12, 20, kernel), torch.randn(12), stride, dilation)
    window = torch.randn(2, 80, 20)
    expected = product(window)
    for name, form in FORMS.items():
        assert torch.allclose(form(product, window), expected, atol=1e-4), name
    assert Product.forward is FORMS["chosen"], "measuring leaves the model as it was"
