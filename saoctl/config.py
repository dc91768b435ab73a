"""The YAML config that all commands share: one typed model, and its loading."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictBool,
    ValidationError,
    field_validator,
    model_validator,
)

from saoctl.errors import ConfigError
from saoctl.filetypes import types_of
from saoctl.kinds import path_in_format
from saoctl.models.family import Architecture, Numbers
from saoctl.models.registry import (
    FAMILIES,
    AnArchitecture,
    known_models,
    nearest,
    references,
    unavailable_models,
)
from saoctl.validation import explain
from saoctl.vocabulary import Direction, FormatName, Method, Precision, ScheduleKind

BlockSize = Annotated[int, Field(strict=True, gt=0)]  # in audio samples
DeviceName = Annotated[str, Field(pattern=r"^(cpu|cuda(:\d+)?|mps)$")]
BlockSizes = Annotated[list[BlockSize], Field(min_length=1)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Milliseconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Decibels = Annotated[float, Field(allow_inf_nan=False)]


def _known_reference(name: str) -> str:
    *others, last = map(repr, references())
    if repr(name) not in (*others, last):
        raise ValueError(f"is {name!r}, but must be {', '.join(others)} or {last}")
    return name


ReferenceName = Annotated[str, AfterValidator(_known_reference)]

DEFAULT_NAME = "stable-audio-open-1.0"
LOCAL_FILE = Path("saoctl.yaml")

# The keys of input files, whose paths start at the config's folder; those of output start at the working folder.
INPUT_PATHS = ("model.path", "model.encoder", "model.decoder", "audio", "export.basis")

# Old names of keys, which go on working, and the new ones.
OLD_NAMES = {
    "verify.reference": "reference",
    "verify.audio": "audio",
    "verify.seconds": "seconds",
    "bench.baselines": "bench.offline",
}
# Keys that bench no longer has, because it exports nothing, and what to do instead.
GONE = {
    "bench.exact": "export the exact file too, and run `saoctl bench LESS.ts EXACT.ts`.",
    "bench.formats": "run `saoctl tune --format NAME`, or export and `saoctl bench A.ts B.onnx`.",
}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ModelConfig(_Section):
    """Where the weights come from: exactly one of `repo`, `path`, `seed`, and `encoder` or `decoder` or both.

    Args:
        file: the file of the weights in the repo; None: they are searched for in the usual layouts.
        encoder, decoder: the weights of which the one direction is taken. If one of them is not given, the model does
            not have that direction.

    Attributes:
        is_default: whether the user chose no weights, so that they are those of the shipped default.
        halves: the directions that are given by `encoder` and `decoder`, with their paths.
    """

    repo: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")] | None = None
    revision: str = "main"
    file: Annotated[str, Field(pattern=r"^[^/\\]+(/[^/\\]+)*$")] | None = None
    path: Path | None = None
    encoder: Path | None = None
    decoder: Path | None = None
    seed: Annotated[int, Field(strict=True, ge=0)] | None = None
    architecture: AnArchitecture | None = None

    _is_default: bool = PrivateAttr(default=False)
    _written: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def is_default(self) -> bool:
        return self._is_default

    @property
    def whole_architecture(self) -> Architecture | None:
        """The architecture, unless the config leaves some or all of its numbers to the weights."""
        return self.architecture if isinstance(self.architecture, Architecture) else None

    @property
    def halves(self) -> dict[Direction, Path]:
        every: dict[Direction, Path | None] = {"encoder": self.encoder, "decoder": self.decoder}
        return {direction: path for direction, path in every.items() if path is not None}

    def written(self, path: Path) -> str:
        """Return one of the paths as the user wrote it, before the config's folder was put in front."""
        return self._written.get(str(path), str(path))

    def __eq__(self, other: object) -> bool:
        """Compare the keys alone: two that name the same weights are equal, whoever chose them."""
        return isinstance(other, ModelConfig) and self.model_dump() == other.model_dump()

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("repo", "path", "seed") if getattr(self, name) is not None]
        if len(given) + bool(self.halves) != 1:
            found = " and ".join(f"`{name}`" for name in [*given, *self.halves]) or "none of them"
            sources = "`repo`, `path`, `seed`, or `encoder` and `decoder`"
            raise ValueError(f"needs exactly one of {sources}, and has {found}")
        if self.seed is not None and not isinstance(self.architecture, Architecture):
            raise ValueError("with `seed` needs an `architecture` too, with all of its numbers")
        if self.file is not None and self.repo is None:
            raise ValueError("has a `file` without the `repo` that it is in; for a file on this machine, use `path`")
        if self.repo is not None and self.file is None and self.architecture is not None:
            raise ValueError(
                "with `repo` takes the architecture from there; leave `architecture` out, or name the `file`"
            )
        return self


class ExportConfig(_Section):
    format: FormatName | None = None
    block_size: BlockSize | None = None
    streaming: StrictBool = True
    skip_bottleneck: StrictBool = False
    lookahead: Literal["exact"] | Milliseconds = "exact"
    lookahead_encode: Milliseconds | None = None
    lookahead_decode: Milliseconds | None = None
    basis: Path | None = None
    latents: Annotated[int, Field(strict=True, gt=0)] | None = None
    packed: StrictBool = False

    @model_validator(mode="after")
    def _a_stream_looks_ahead(self) -> Self:
        shares = self.lookahead_encode, self.lookahead_decode
        if self.lookahead == "exact" and shares != (None, None):
            raise ValueError("has a `lookahead_encode` or a `lookahead_decode`, which need a `lookahead` in ms")
        if self.lookahead != "exact" and not self.streaming:
            raise ValueError("has a `lookahead` without `streaming`; the offline model has none")
        if self.latents is not None and self.basis is None:
            raise ValueError("has `latents` without a `basis`, whose directions they are")
        if self.packed and not self.streaming:
            raise ValueError("has `packed` without `streaming`; the offline model packs no weights")
        return self


class MinSnr(_Section):
    """The SNR in dB below which verify fails, per precision, and that of less `lookahead` to the offline model."""

    float32: Decibels = 100.0
    mixed: Decibels = 40.0
    float16: Decibels = 45.0
    bfloat16: Decibels = 25.0
    lookahead: Decibels = 20.0


class StatedGraph(_Section):
    """The facts that the user states of a graph of another tool, where its file does not hold them.

    Args:
        method: the method that the graph computes.
        input: the name of the input that takes the signal.
        output: the name of the output that gives the result.
        states: the names of inputs, each with that of the output that replaces it.
        constants: the names of inputs, each with the number that it is always given.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)  # exporters give names such as 12

    method: Method | None = None
    input: str | None = None
    output: str | None = None
    states: dict[str, str] = {}
    constants: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = {}


class VerifyConfig(_Section):
    block_sizes: BlockSizes | None = None
    min_snr_db: MinSnr = MinSnr()
    schedules: Annotated[list[ScheduleKind], Field(min_length=1)] = [
        "fixed", "frames", "random", "whole", "reset", "batch",
    ]  # fmt: skip
    seed: Annotated[int, Field(strict=True, ge=0)] = 0
    onnx: StatedGraph = StatedGraph()


class BenchConfig(_Section):
    devices: Literal["auto"] | Annotated[list[DeviceName], Field(min_length=1)] = "auto"
    methods: Annotated[list[Method], Field(min_length=1)] = ["encode", "decode", "forward"]
    block_sizes: BlockSizes | None = None
    seconds: Seconds = 10.0
    threads: Annotated[int, Field(strict=True, gt=0)] | None = None
    precisions: Annotated[list[Precision], Field(min_length=1)] | None = None
    offline: StrictBool = True
    together: StrictBool = False
    time_limit: Seconds = 60.0


class Config(_Section):
    model: ModelConfig
    device: Literal["auto"] | DeviceName = "auto"
    precision: Precision = "float32"
    artifact: Path = Path("exports/model.ts")
    reference: ReferenceName = "auto"
    audio: Path | None = None
    seconds: Seconds = 10.0
    export: ExportConfig = ExportConfig()
    verify: VerifyConfig = VerifyConfig()
    bench: BenchConfig = BenchConfig()

    @field_validator("artifact")
    @classmethod
    def _a_file_name(cls, path: Path) -> Path:
        if not path.name:
            raise ValueError("is a folder, and must name a file")
        return path

    @model_validator(mode="after")
    def _named_as_its_format(self) -> Self:
        """Give the file the suffix of its format."""
        if self.export.format is not None:
            self.artifact = path_in_format(self.artifact, self.export.format)
        return self


def load(name: str | None = None, settings: Sequence[str] = (), flags: Mapping[str, object] | None = None) -> Config:
    """Return the config of a file or of a shipped name, overridden by `--set` settings, and these by flags.

    Args:
        name: a path or a shipped name. None: ./saoctl.yaml if there is one, else the shipped default.
        settings: settings of the form `key.path=value`, whose value is YAML.
        flags: values by key path, of which None is ignored.

    Raises:
        ConfigError: the file cannot be read, or a key is unknown, of the wrong type or impossible. The message names
            the file, the key path, what was found and what is allowed.
    """
    keys = _named(name)
    written = keys.place_inputs()
    architectures: list[tuple[str, object]] = []
    for setting in settings:
        key_path, equals, text = setting.partition("=")
        if not equals or not key_path:
            raise ConfigError(f"--set {setting} is not of the form key.path=value.", "Example: --set seconds=4")
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ConfigError(f"--set {setting} has a value that is not YAML.", "Quote it.") from error
        keys.put(key_path, value, f"--set {key_path}")
        if f"{key_path}.".startswith("model.architecture."):
            architectures.append((key_path, value))
    for key_path, value in (flags or {}).items():
        if value is not None:
            keys.put(key_path, deepcopy(value), f"the flag for {key_path}")  # what follows may add keys to it
    if "model" in (flags or {}):  # --path replaces the section, but the user describes these weights
        for key_path, value in architectures:
            keys.put(key_path, value, f"--set {key_path}")
    keys.refuse_gone()
    families = [kind for family in FAMILIES for kind in (family.architecture, family.partial)]
    try:
        config = Config.model_validate(keys.tree)
    except ValidationError as error:
        raise explain(error, Config, keys.given_as, {Numbers: families}) from error
    chosen = name is not None or keys.path == LOCAL_FILE or any(key.split(".")[0] == "model" for key in keys.sources)
    config.model._is_default = not chosen
    config.model._written = written
    return config


class _Keys:
    """The keys of a config before they are checked, with settings and flags laid over those of a file.

    Attributes:
        tree: the keys, under their present names.
        path: of the file.
        sources: the settings and flags that keys are from, by key; the other keys are from the file.
        old_names: the old names that keys were given by, by key.
    """

    def __init__(self, tree: dict[str, Any], path: Path) -> None:
        self.tree, self.path = tree, path
        self.sources: dict[str, str] = {}
        self.old_names: dict[str, str] = {}
        self._rename(None)

    def put(self, key: str, value: object, source: str | None) -> None:
        """Set a key or a whole section.

        Args:
            key: its path, under an old name too.
            value: of the key.
            source: the setting or flag that sets it; None: the file.

        Raises:
            ConfigError: the path leads through a key that is not a section.
        """
        new = OLD_NAMES.get(key, key)
        *parents, last = new.split(".")
        branch = self.tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
            if not isinstance(branch, dict):
                raise ConfigError(f"{source}: `{parent}` is not a section.")
        branch[last] = value
        if source is not None:
            self.sources[new] = source
        if new != key:
            self.old_names[new] = key
        else:
            self.old_names.pop(new, None)
            self._rename(source)

    def _rename(self, source: str | None) -> None:
        """Move the values that stand under old names."""
        for old in OLD_NAMES:
            section, _, key = old.partition(".")
            inside = self.tree.get(section)
            if isinstance(inside, dict) and key in inside:
                self.put(old, inside.pop(key), source)

    def refuse_gone(self) -> None:
        """Refuse keys that are gone; without a value they are ignored.

        Raises:
            ConfigError: there is one.
        """
        for key, instead in GONE.items():
            section, _, name = key.partition(".")
            inside = self.tree.get(section)
            if isinstance(inside, dict) and inside.pop(name, None):
                source, _ = self.given_as(key)
                message = f"{source}: bench times the files that it is given, and exports none."
                raise ConfigError(message, f"Instead of `{key}`, {instead}")

    def place_inputs(self) -> dict[str, str]:
        """Take the input files for relative to the config's folder, and return their paths as written, by the new ones.

        A path under `~` or an absolute one stays what it is.
        """
        written: dict[str, str] = {}
        for key_path in INPUT_PATHS:
            section, _, key = key_path.rpartition(".")
            inside = self.tree.get(section) if section else self.tree
            if isinstance(inside, dict) and isinstance(inside.get(key), str):
                expanded = Path(inside[key]).expanduser()
                inside[key] = str(self.path.parent / expanded)
                written[inside[key]] = str(expanded)
        return written

    def given_as(self, key: str) -> tuple[str, str]:
        """Return what set a key, which is a setting, a flag or the file, and the name that the key was given by."""
        setters = (name for set_key, name in self.sources.items() if f"{key}.".startswith(f"{set_key}."))
        return next(setters, str(self.path)), self.old_names.get(key, key)


def to_yaml(config: Config) -> str:
    """Return a config as YAML, which loads as the same config."""
    return yaml.safe_dump(config.model_dump(mode="json", exclude_none=True), sort_keys=False, default_flow_style=None)


def shipped() -> dict[str, Path]:
    """Return the files of the shipped configs, by name."""
    package = Path(__file__).parent
    # A wheel has them inside the package, a checkout beside it.
    folder = package / "configs" if (package / "configs").is_dir() else package.parent / "configs"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def names() -> list[str]:
    """Return the names that `load` takes: of the shipped configs, and of the other models that saoctl knows."""
    return list(dict.fromkeys([*shipped(), *known_models()]))


def shipped_with(model: ModelConfig) -> str | None:
    """Return the name of the shipped config with these weights; None if there is none."""

    def resolved(each: ModelConfig) -> ModelConfig:
        return each.model_copy(update={"path": each.path and each.path.resolve()})

    return next((name for name in shipped() if resolved(load(name).model) == resolved(model)), None)


def options_for_repo(repo: str, revision: str, file: str | None = None) -> str:
    """Return the options of a command that choose the weights of a repo, such as `-c stable-audio-open-1.0`."""
    for name in names():
        model = load(name).model
        if (model.repo, model.file) == (repo, file):
            return f"-c {name}" + ("" if model.revision == revision else f" --set model.revision={revision}")
    path = "" if file is None else f", file: {file}"
    return f"--set 'model={{repo: {repo}, revision: {revision}{path}}}'"


def repo_and_file(source: str) -> tuple[str, str | None]:
    """Return the repo that exported files call their source, and the file in it, if they name one.

    >>> repo_and_file("someone/model"), repo_and_file("someone/model/vae/model.ckpt")
    (('someone/model', None), ('someone/model', 'vae/model.ckpt'))
    """
    owner, name, *file = source.split("/", 2)
    return f"{owner}/{name}", file[0] if file else None


def _named(name: str | None) -> _Keys:
    """Return the keys of a config that is named by its path, its shipped name or its model, or the default of `load`.

    Raises:
        ConfigError: there is none, or it cannot be read.
    """
    configs = shipped()
    if name is None:
        path = LOCAL_FILE if LOCAL_FILE.exists() else configs[DEFAULT_NAME]
        return _Keys(_read(path), path)
    if name in configs:
        return _Keys(_read(configs[name]), configs[name])
    if (known := known_models().get(name)) is not None:
        model = {"repo": known.repo}
        if known.file is not None:  # else the config in the repo says what the architecture is
            model |= {"file": known.file, "architecture": name}
        return _Keys({"model": model, "artifact": f"exports/{name}.ts"}, Path(name))
    path = Path(name).expanduser()
    if path.is_file():
        return _Keys(_read(path), path)
    if (unavailable := unavailable_models().get(name)) is not None:
        raise ConfigError(f"saoctl cannot stream {unavailable.title}. {unavailable.reason}", unavailable.step)
    what = "is a folder" if path.is_dir() else "does not exist"
    raise ConfigError(f"The config {name} {what}.", advice_for(name, "a YAML file"))


def advice_for(name: str, otherwise: str) -> str:
    """Return the next step after a name that `load` does not take: the name that is probably meant, or all.

    Args:
        name: the wrong one.
        otherwise: what else can be given, with its article.
    """
    near = nearest(name, [*names(), *unavailable_models()])
    if near is not None:
        return f"Did you mean {near}? `saoctl models` lists the names; {otherwise} is taken too."
    return f"Give {otherwise} or one of: {', '.join(names())}."


def _read(path: Path) -> dict[str, Any]:
    """Return the keys of a YAML file.

    Raises:
        ConfigError: it cannot be read, or is not a mapping of keys in YAML.
    """
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The config {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        types = types_of(path)
        what = types[0].name if types else "not a text file"
        raise ConfigError(f"The config {path} is {what}.", "Give a YAML file.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ConfigError(f"The config {path} is not valid YAML{where}: {problem}.") from error
    if not isinstance(tree, dict):
        found = {list: "a list", type(None): "empty"}.get(type(tree), f"a {type(tree).__name__}")
        raise ConfigError(f"The config {path} is {found}, not a mapping of keys.", "It must begin with `model:`.")
    return tree
