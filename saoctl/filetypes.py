"""Types of files by their content, so that a reader can say what a refused file is, and which command takes it.

An empty file, a damaged file and a file of another type are three different mistakes. The `Reader` of a kind of file
distinguishes them. Nothing here loads torch.
"""

import codecs
import json
import re
import shlex
import zipfile
from dataclasses import dataclass
from pathlib import Path

from saoctl.errors import FileError
from saoctl.vocabulary import FORMAT_SUFFIXES, PIPE, FormatName

HEAD = 512  # bytes at the beginning of a file that its type is recognised by
LARGEST_HEADER = 100_000_000  # bytes of JSON at the beginning of a safetensors file, by its library

# In the metadata of safetensors files that saoctl writes.
LATENTS_METADATA = "saoctl.latents"
BASIS_METADATA = "saoctl.basis"
LATENTS_TENSOR = "latents"


@dataclass(frozen=True)
class FileType:
    """A type of file.

    Args:
        name: with its article.
        step: what can be done with such a file, in one sentence; `{path}` stands for its name in a shell.
        suffix: the suffix of an exported file.
    """

    name: str
    step: str = ""
    suffix: str = ""

    def matches(self, path: Path) -> bool:
        """Return whether a file is of this type, by its content."""
        try:
            return types_of(path) == (self,)
        except OSError:
            return False


EXPORTED_STEP = (
    "`saoctl forward AUDIO --artifact {path}` plays sound through it, and `saoctl info {path}` describes it."
)

AUDIO = FileType("an audio file", "`saoctl encode {path}` makes latents of it.")
MEDIA = FileType("an MPEG-4 or Matroska file", "`ffmpeg -i {path} song.wav` takes the sound out of it.")
LATENTS = FileType("a file of latents", "`saoctl decode {path}` makes audio of it.")
NUMPY = FileType("a NumPy array", "If it holds latents, `saoctl decode {path}` makes audio of it.")
BASIS = FileType("a basis", "`saoctl export --basis {path}` exports a model with it.")
CHECKPOINT = FileType("a checkpoint", "`saoctl forward AUDIO --path {path}` plays sound through it.")
TORCHSCRIPT = FileType("a TorchScript file", EXPORTED_STEP, FORMAT_SUFFIXES["torchscript"])
ONNX = FileType("an ONNX file", EXPORTED_STEP, FORMAT_SUFFIXES["onnx"])
EXECUTORCH = FileType("an ExecuTorch file", EXPORTED_STEP, FORMAT_SUFFIXES["executorch"])
EXPORTED: dict[FormatName, FileType] = {"torchscript": TORCHSCRIPT, "onnx": ONNX, "executorch": EXECUTORCH}
SAFETENSORS = FileType("a safetensors file")
ZIP = FileType("a zip archive")
PICKLE = FileType("a pickle", "It could only be loaded by running code from it: ask for it as safetensors.")
LFS_POINTER = FileType("a pointer of Git LFS", "`git lfs pull` fetches the file that it stands for.")
JSON = FileType("a JSON file")
TEXT = FileType("a text file")

# How files begin, as regular expressions. A RIFF or a FORM that ends within its header counts as audio too. An ONNX
# file is a ModelProto, whose first field is `ir_version`, below 128, followed by `producer_name`, `producer_version`,
# `domain`, `graph` or `opset_import`: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
MAGIC = (
    (rb"fLaC|OggS|RF64|caff|\.snd|ID3", AUDIO),
    (rb"riff\x2e\x91\xcf\x11", AUDIO),  # of W64
    (rb"RIFF(....WAVE|.{0,7}\Z)", AUDIO),
    (rb"FORM(....AIF|.{0,6}\Z)", AUDIO),
    (rb"\x1aE\xdf\xa3|....ftyp", MEDIA),
    (rb"\x93NUMPY", NUMPY),
    (rb"version https://git-lfs", LFS_POINTER),
    (rb"....ET12", EXECUTORCH),
    (rb"GGUF", CHECKPOINT),
    (rb"\x08[\x01-\x7f][\x12\x1a\x22\x3a\x42]", ONNX),
    (rb"\x80[\x02-\x05]", PICKLE),
)


def types_of(path: Path) -> tuple[FileType, ...]:
    """Return the types that a file may be of, by its content.

    Returns:
        No type if none is recognised. Several if the file is too damaged to decide: the container first, then the
        possible contents.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= LARGEST_HEADER:
        return _of_safetensors(path)
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(path)
    found = _by_magic(head)
    return () if found is None else (found,)


@dataclass(frozen=True)
class Reader:
    """The types of files that a reader takes, and its errors for other files.

    Args:
        what: the content that it reads, such as "audio".
        types: the types of files that it takes.
        give: the next step for a file that no command takes, in one sentence.
        again: the next step for a file that is empty or damaged, in one sentence.
    """

    what: str
    types: tuple[FileType, ...]
    give: str
    again: str

    def check(self, path: Path, given: Path | None = None) -> None:
        """Refuse a file that is empty or of another type, by its first bytes.

        Args:
            path: of the file.
            given: the name that the user gave; PIPE for standard input; None: the path.

        Raises:
            FileError: it is a folder, empty or of another type.
        """
        wrong = self.wrong(path, given)
        if wrong is not None:
            raise wrong

    def refusal(self, path: Path, given: Path | None = None) -> FileError:
        """Return the error for a file that could not be read: a folder, or empty, of another type, or else damaged."""
        wrong = self.wrong(path, given)
        if wrong is not None:
            return wrong
        name = named(given or path)
        if not types_of(path):
            message = f"{name} cannot be read as {self.what}: its content is of no kind that saoctl knows."
            return FileError(message, self.give)
        return FileError(f"{name} is damaged: it begins like {self.what}, but cannot be read.", self.again)

    def wrong(self, path: Path, given: Path | None = None) -> FileError | None:
        """Return the error that `check` raises, or None."""
        given = given or path
        name = named(given)
        if path.is_dir():
            return FileError(f"{name} is a folder, and cannot be read as {self.what}.", self.give)
        if path.exists() and not path.is_file():  # its first bytes could be read only once
            return FileError(f"{name} is a pipe or a device, and no file.", "Give a file, or pipe it into `-`.")
        try:
            found = types_of(path)
            empty = not path.stat().st_size
        except OSError as error:
            return FileError(f"{name} cannot be read: {error.strerror}.", "Check its name and its permissions.")
        if empty:
            return FileError(f"{name} is empty: it has no bytes.", self.again)
        if not found or set(found) & set(self.types):
            return None
        return FileError(f"{name} is {found[0].name}, and cannot be read as {self.what}.", self._step(found[0], given))

    def _step(self, found: FileType, given: Path) -> str:
        exported = found.suffix and any(each.suffix for each in self.types)
        if exported and given.suffix.lower() != found.suffix:
            return f"Exported files are known by their names: let it end in {found.suffix}."
        return found.step.format(path=shlex.quote(str(given))) or self.give


def named(path: Path) -> str:
    """Return the name of a file, or of standard input, at the beginning of a sentence."""
    return "Standard input" if path == PIPE else str(path)


AUDIO_READER = Reader(
    "audio", (AUDIO,), give="Give a WAV, FLAC, OGG or MP3 file.", again="Copy it again, or leave it out."
)
LATENTS_READER = Reader(
    "latents",
    (LATENTS, NUMPY),
    give="Give a file that `saoctl encode` has written.",
    again="Encode the audio again.",
)


def reader_of_exported(format_name: FormatName) -> Reader:
    """Return the reader of exported files of a format."""
    suffixes = ", ".join(FORMAT_SUFFIXES.values())
    give = f"Give a file that `saoctl export` has written, or another of {suffixes}."
    exported = EXPORTED[format_name]
    return Reader(exported.name, (exported,), give, again="Export it again: saoctl export.")


def refuse_folder(path: Path) -> None:
    """Refuse a folder where an exported file is expected.

    Raises:
        FileError: the path is a folder. The next step names the exported files in it.
    """
    if path.is_dir():
        suffixes = FORMAT_SUFFIXES.values()
        inside = sorted(str(each) for each in path.iterdir() if each.suffix.lower() in suffixes and each.is_file())
        step = f"Give a file in it: {' or '.join(inside)}." if inside else "Give the name of an exported file."
        raise FileError(f"{path} is a folder, and no exported file.", step)


def _by_magic(head: bytes) -> FileType | None:
    """Return the type of a file by its first bytes, if it is neither a safetensors file nor a zip."""
    for magic, found in MAGIC:
        if re.match(magic, head, re.DOTALL):
            return found
    if _is_mpeg_audio(head):
        return AUDIO
    if not _is_text(head):
        return None
    return JSON if head.lstrip()[:1] in (b"{", b"[") else TEXT


def _is_mpeg_audio(head: bytes) -> bool:
    """Return whether a frame of MPEG audio begins here, by the fields of ISO/IEC 11172-3, 2.4.2.3."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer, bitrate, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer != 0 and bitrate not in (0, 15) and rate != 3


def _is_text(head: bytes) -> bool:
    """Return whether bytes are the beginning of a text in UTF-8, without control characters except white space."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return bool(text) and all(each.isprintable() or each in "\t\n\r\f\ufeff" for each in text)


def _of_safetensors(path: Path) -> tuple[FileType, ...]:
    """Return the type of a safetensors file by its header; if the header is damaged, all possible types."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        try:
            header = json.loads(file.read(size))
        except (ValueError, RecursionError):
            header = None
    if not isinstance(header, dict):
        return SAFETENSORS, CHECKPOINT, LATENTS, BASIS
    metadata = header.get("__metadata__")
    names = metadata if isinstance(metadata, dict) else ()
    if BASIS_METADATA in names:
        return (BASIS,)
    return (LATENTS if LATENTS_METADATA in names or LATENTS_TENSOR in header else CHECKPOINT,)


def _of_zip(path: Path) -> tuple[FileType, ...]:
    """Return the type of a zip by the names in it; if their list is damaged, all possible types."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError):
        return ZIP, CHECKPOINT, TORCHSCRIPT
    if any(name.endswith("/constants.pkl") for name in names):
        return (TORCHSCRIPT,)
    return (CHECKPOINT if any(name.endswith("data.pkl") for name in names) else ZIP,)
