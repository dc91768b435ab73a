"""TorchScript archives whose bytes depend on the model and on torch, not on the process or the machine.

Four things in an archive of torch.jit.save depend on the process or the machine that wrote it:

- Debugging tables map the code to lines of Python, and name the source files by their absolute paths.
- A checksum covers these tables too.
- All types of a process share one namespace. The second type of a name gets `___torch_mangle_N` into its name, so the
  names depend on what else the process has exported.
- The constants of a class stand in the order of a Python set.

No host needs the tables and the checksum, so this module leaves them out; an error in the model then quotes only the
code in the archive. It numbers the types again, in the order in which the model uses them, and sorts the constants by
name. https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/docs/serialization.md describes the archive.
"""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

LEFT_OUT = (".debug_pkl", "/.data/serialization_id")
CODE = re.compile(r"(?P<archive>[^/]+)/code/(?P<module>__torch__/.+)\.py")
OBJECTS = "/data.pkl"  # the pickled model, whose objects name their types

DEFINITION = re.compile(r"^(?=(?:class|def) \w)", re.MULTILINE)
DEFINED = re.compile(r"(?:class|def) (\w+)")
TYPE = re.compile(r"__torch__[\w.]*")
PICKLED_TYPE = re.compile(rb"c(__torch__[\w.]*)\n(\w+)\n")  # the opcode GLOBAL of protocol 2
NUMBER = re.compile(r"\.___torch_mangle_\d+")
CONSTANTS = re.compile(r"(?:^  \w+ : Final\[.*\n)+", re.MULTILINE)  # the constants of a class

# torch begins each record at a multiple of ALIGNMENT bytes, so that it can be mapped into memory. A record's header
# has a fixed part, the name of the record and an extra field, which holds two letters, a length and the padding:
# 4.3.7 and 4.5.1 of https://pkware.cachefly.net/webdocs/APPNOTE/APPNOTE-6.3.9.TXT
ALIGNMENT, FIXED_HEADER, FIELD_HEADER, PADDING = 64, 30, 4, b"FB"


def write(archive: IO[bytes], path: Path) -> None:
    """Write an archive as a file whose bytes are the same wherever and whenever it is made.

    Args:
        archive: the archive as torch.jit.save writes it.
        path: the file.

    Raises:
        OSError: the file cannot be written.
    """
    with zipfile.ZipFile(archive) as given, path.open("wb") as file, zipfile.ZipFile(file, "w") as written:
        definitions: dict[str, str] = {}
        others, name = [], ""
        for record in given.infolist():
            if code := CODE.fullmatch(record.filename):
                name = code["archive"]
                definitions |= _definitions(code["module"].replace("/", "."), given.read(record).decode())
            elif not record.filename.endswith(LEFT_OUT):
                others.append(record)
        (objects,) = (given.read(record) for record in others if record.filename.endswith(OBJECTS))
        names = _names(objects, definitions)
        for record in others:
            is_objects = record.filename.endswith(OBJECTS)
            _put(written, record, _with_names(objects, names) if is_objects else given.read(record))
        for module, text in sorted(_modules(definitions, names).items()):
            record = zipfile.ZipInfo(f"{name}/code/{module.replace('.', '/')}.py")
            record.create_system, record.compress_type = 0, zipfile.ZIP_DEFLATED
            _put(written, record, text.encode())


def _definitions(module: str, text: str) -> dict[str, str]:
    """Return the code of each class and function of a module, by its full name."""
    parts = ((DEFINED.match(part), part) for part in DEFINITION.split(text))
    return {f"{module}.{defined[1]}": part for defined, part in parts if defined}


def _names(objects: bytes, definitions: Mapping[str, str]) -> dict[str, str]:
    """Return the name of each type in the file: types of the same name are numbered in the order of the objects.

    Args:
        objects: the pickled model.
        definitions: all code, by its full name. What has no objects, such as a function, has one definition.
    """
    pickled = [b".".join(each).decode() for each in PICKLED_TYPE.findall(objects)]
    names: dict[str, str] = {}
    alike: dict[str, int] = {}
    for each in dict.fromkeys((*pickled, *sorted(definitions))):
        plain = NUMBER.sub("", each)
        alike[plain] = number = alike.get(plain, -1) + 1
        module, _, own = plain.rpartition(".")
        names[each] = plain if number == 0 else f"{module}.___torch_mangle_{number - 1}.{own}"
    return names


def _with_names(objects: bytes, names: Mapping[str, str]) -> bytes:
    """Return the pickled model with its types renamed."""

    def renamed(found: re.Match[bytes]) -> bytes:
        module, _, own = names[b".".join(found.groups()).decode()].rpartition(".")
        return f"c{module}\n{own}\n".encode()

    return PICKLED_TYPE.sub(renamed, objects)


def _modules(definitions: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return the code of each module with its types renamed."""
    modules: dict[str, str] = {}
    for each in sorted(definitions, key=names.__getitem__):
        module = names[each].rpartition(".")[0]
        text = TYPE.sub(lambda found: names.get(found[0], found[0]), definitions[each])
        text = CONSTANTS.sub(lambda found: "".join(sorted(found[0].splitlines(keepends=True))), text)
        modules[module] = modules.get(module, "") + text
    return modules


def _put(archive: zipfile.ZipFile, record: zipfile.ZipInfo, content: bytes) -> None:
    """Append a record, so that its content begins at a multiple of ALIGNMENT."""
    begin = archive.start_dir + FIXED_HEADER + len(record.filename.encode()) + FIELD_HEADER
    padding = -begin % ALIGNMENT
    record.extra = PADDING + padding.to_bytes(2, "little") + bytes(padding)
    archive.writestr(record, content)
    record.extra = b""  # the directory at the end of the archive does not need the padding
