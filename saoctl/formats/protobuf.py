"""Protobuf messages in files, read field by field without what is in them: a graph can be large."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple


class Field(NamedTuple):
    """A field of a protobuf message: a number, or a part of the file."""

    number: int
    value: int
    start: int
    stop: int


def fields(file: BinaryIO, start: int, stop: int) -> Iterator[Field]:
    """The fields of a message that is a part of a file; what is in them is not read.

    See https://protobuf.dev/programming-guides/encoding.

    Raises:
        ValueError: it is no such message.
    """
    while start < stop:
        file.seek(start)
        number, kind = divmod(_varint(file), 8)
        value = _varint(file) if kind in (0, 2) else 0
        begin = file.tell()
        start = begin + {0: 0, 1: 8, 2: value, 5: 4}.get(kind, stop)
        if start > stop or number == 0:
            raise ValueError("a field of no kind, or beyond the end of its message")
        yield Field(number, value, begin, start)


def _varint(file: BinaryIO) -> int:
    """A number in as many bytes as it needs, seven bits each, the lowest first."""
    value, shift = 0, 0
    while shift < 70:
        byte = file.read(1)
        if not byte:
            break
        value |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            return value
    raise ValueError("a number without an end")


def text(file: BinaryIO, field: Field) -> str:
    """A field as text."""
    file.seek(field.start)
    return file.read(field.stop - field.start).decode()
