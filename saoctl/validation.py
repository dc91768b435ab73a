"""The error of a config that does not validate, as one sentence: its key, what was found there, and what is allowed."""

import difflib
import typing
from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from saoctl.errors import ConfigError

# What is allowed, by pydantic's type of error or by the first word of it.
# https://docs.pydantic.dev/latest/errors/validation_errors/
ALLOWED = {
    "bool": "must be a valid boolean",
    "int": "must be a valid integer",
    "float": "must be a valid number",
    "finite_number": "must be a finite number",
    "string": "must be a text",
    "path": "must be a path",
    "list": "must be a list",
    "tuple": "must be a list",
    "model": "must be a valid dictionary of keys",
    "dict": "must be a valid dictionary of keys",
    "literal_error": "must be {expected}",
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be greater than or equal to {ge:g}",
    "too_short": "must have at least {min_length} item",
}
PATTERNS = {
    "device": "must be one of auto, cpu, cuda, cuda:N, mps",
    "repo": "must be of the form OWNER/NAME",
    "file": "must be the path of a file in the repo",
}


Model = type[BaseModel]
Unions = Mapping[Model, Sequence[Model]]


def explain(
    error: ValidationError, model: Model, given_as: Callable[[str], tuple[str, str]], unions: Unions
) -> ConfigError:
    """Return the sentence for one of the errors.

    Args:
        error: all that is wrong.
        model: the config's, which did not validate.
        given_as: returns what set a key, such as a file or a flag, and the name that the key was given by.
        unions: the models in the config that stand for any of several others, with these.
    """

    def keys_of(each: ErrorDetails) -> list[str]:
        return _key_path(each["loc"], model, unions)

    # pydantic reports one error per member of a union; the deepest understood most of the value.
    first = min(error.errors(), key=lambda each: (each["type"] == "extra_forbidden", -len(keys_of(each))))
    keys = keys_of(first)
    source, key = given_as(".".join(keys))
    if first["type"] == "extra_forbidden":
        allowed = _fields(keys[:-1], model, unions)
        near = difflib.get_close_matches(keys[-1], allowed, n=1)
        advice = f"Did you mean `{near[0]}`?" if near else f"Allowed here: {', '.join(allowed)}."
        return ConfigError(f"{source}: unknown key `{key}`.", advice)
    if first["type"] == "missing":
        return ConfigError(f"{source}: the key `{key}` is missing.")
    if first["type"] == "value_error":
        return ConfigError(f"{source}: `{key}` {first['ctx']['error']}.")
    here = [each for each in error.errors() if keys_of(each) == keys]
    return ConfigError(f"{source}: `{key}` is {first['input']!r}, but {_allowed(here, keys)}.")


def _allowed(here: Sequence[ErrorDetails], keys: Sequence[str]) -> str:
    """Return what may stand at a key, in words; of a union, what each member allows.

    Args:
        here: all errors of the key.
        keys: the path to the key.
    """
    if any(each["type"].startswith("string_") for each in here):
        for name, words in PATTERNS.items():
            if any(key.startswith(name) for key in keys):
                return words
    return " or ".join(dict.fromkeys(map(_wish, here)))


def _wish(error: ErrorDetails) -> str:
    """Return what one error says that is allowed."""
    kind = error["type"]
    words = ALLOWED.get(kind, ALLOWED.get(kind.partition("_")[0]))
    return words.format(**error.get("ctx", {})) if words else f"that cannot be: {error['msg']}"


def _key_path(location: Sequence[int | str], root: Model, unions: Unions) -> list[str]:
    """Return the keys and indices of an error's location, without the names of union members that pydantic adds."""
    keys: list[str] = []
    model: Model | None = root
    named = False  # whether the next part is a name that the user gave
    for part in location:
        if model in unions:  # each member has keys of its own
            return [*keys, *map(str, location[len(keys) :])]
        if model is not None:
            keys.append(str(part))
            field = model.model_fields.get(str(part))
            model = _section(field.annotation) if field else None
            named = field is not None and typing.get_origin(field.annotation) is dict
        elif named or isinstance(part, int):
            keys.append(str(part))
            named = False
    return keys


def _fields(keys: Sequence[str], root: Model, unions: Unions) -> list[str]:
    """Return the keys that a section may have, given the path to it."""
    models: Sequence[Model] = [root]
    for key in keys:
        fields = [model.model_fields[key] for model in models if key in model.model_fields]
        models = [section for field in fields if (section := _section(field.annotation)) is not None]
        models = [member for model in models for member in unions.get(model, [model])]
    return list(dict.fromkeys(name for model in models for name in model.model_fields))


def _section(annotation: object) -> Model | None:
    """Return the model of a section, if the annotation of a field has one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in typing.get_args(annotation) if (found := _section(part)) is not None), None)
