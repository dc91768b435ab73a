"""Protobuf messages in files, read field by field without loading the content of the fields, which can be large."""

import os
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple


class Field(NamedTuple):
    """A field of a protobuf message.

    Args:
        number: the number of the field in its message.
        value: the value of a varint, or the length of a field that has one.
        start, stop: the part of the file that holds the content.
    """

    number: int
    value: int
    start: int
    stop: int


def fields(file: BinaryIO, message: Field | None = None) -> Iterator[Field]:
    """Yield the fields of a message in a file, without their content.

    See https://protobuf.dev/programming-guides/encoding.

    Args:
        file: the file.
        message: the field that holds the message; None: the whole file is the message.

    Raises:
        ValueError: this part of the file is not a message.
    """
    start, stop = (0, file.seek(0, os.SEEK_END)) if message is None else (message.start, message.stop)
    while start < stop:
        file.seek(start)
        number, kind = divmod(_varint(file), 8)
        value = _varint(file) if kind in (0, 2) else 0
        begin = file.tell()
        start = begin + {0: 0, 1: 8, 2: value, 5: 4}.get(kind, stop)
        if start > stop or number == 0:
            raise ValueError("a field has an unknown wire type, or ends after its message")
        yield Field(number, value, begin, start)


def _varint(file: BinaryIO) -> int:
    """Read a varint: bytes of seven bits of a number, the lowest first, whose top bit says whether more follow."""
    value, shift = 0, 0
    while shift < 70:
        byte = file.read(1)
        if not byte:
            break
        value |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            return value
    raise ValueError("a varint has no end")


def text(file: BinaryIO, field: Field) -> str:
    """Read the content of a field as text."""
    file.seek(field.start)
    return file.read(field.stop - field.start).decode()
