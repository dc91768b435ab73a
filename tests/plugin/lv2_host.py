"""A host of LV2 plug-ins on lilv, which most hosts use to read what a bundle says about itself.

lilv: https://drobilla.net/docs/lilv/. The structures are those of https://lv2plug.in/c/html/group__lv2core.html.
"""

import ctypes
import ctypes.util
from collections.abc import Mapping, Sequence
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_double, c_float, c_int, c_int32, c_uint32, c_void_p
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LIBRARY = ctypes.util.find_library("lilv-0")
LV2 = "http://lv2plug.in/ns/lv2core#"
EXT = "http://lv2plug.in/ns/ext/"
EMPTY_SEQUENCE = 8  # bytes of an atom sequence without events

Signal = NDArray[np.float32]


class _Feature(ctypes.Structure):
    _fields_ = (("uri", c_char_p), ("data", c_void_p))


class _Map(ctypes.Structure):
    _fields_ = (("handle", c_void_p), ("map", CFUNCTYPE(c_uint32, c_void_p, c_char_p)))


class _Option(ctypes.Structure):
    _fields_ = (
        ("context", c_int),
        ("subject", c_uint32),
        ("key", c_uint32),
        ("size", c_uint32),
        ("type", c_uint32),
        ("value", c_void_p),
    )


class _Descriptor(ctypes.Structure):
    _fields_ = (
        ("uri", c_char_p),
        ("instantiate", c_void_p),
        ("connect_port", CFUNCTYPE(None, c_void_p, c_uint32, c_void_p)),
        ("activate", CFUNCTYPE(None, c_void_p)),
        ("run", CFUNCTYPE(None, c_void_p, c_uint32)),
        ("deactivate", CFUNCTYPE(None, c_void_p)),
        ("cleanup", CFUNCTYPE(None, c_void_p)),
        ("extension_data", c_void_p),
    )


class _Instance(ctypes.Structure):
    _fields_ = (("descriptor", POINTER(_Descriptor)), ("handle", c_void_p), ("more", c_void_p))


def _lilv() -> Any:
    library = ctypes.CDLL(LIBRARY)
    for name, result, arguments in (
        ("world_new", c_void_p, ()),
        ("world_free", None, (c_void_p,)),
        ("world_load_bundle", None, (c_void_p, c_void_p)),
        ("world_get_all_plugins", c_void_p, (c_void_p,)),
        ("new_uri", c_void_p, (c_void_p, c_char_p)),
        ("new_file_uri", c_void_p, (c_void_p, c_char_p, c_char_p)),
        ("plugins_begin", c_void_p, (c_void_p,)),
        ("plugins_get", c_void_p, (c_void_p, c_void_p)),
        ("plugin_get_name", c_void_p, (c_void_p,)),
        ("plugin_get_num_ports", c_uint32, (c_void_p,)),
        ("plugin_get_port_by_index", c_void_p, (c_void_p, c_uint32)),
        ("plugin_get_port_by_designation", c_void_p, (c_void_p, c_void_p, c_void_p)),
        ("plugin_instantiate", POINTER(_Instance), (c_void_p, c_double, c_void_p)),
        ("port_get_index", c_uint32, (c_void_p, c_void_p)),
        ("port_get_symbol", c_void_p, (c_void_p, c_void_p)),
        ("port_is_a", c_int32, (c_void_p, c_void_p, c_void_p)),
        ("port_get_range", None, (c_void_p, c_void_p, POINTER(c_void_p), c_void_p, c_void_p)),
        ("node_as_string", c_char_p, (c_void_p,)),
        ("node_as_float", c_float, (c_void_p,)),
    ):
        function = getattr(library, f"lilv_{name}")
        function.restype, function.argtypes = result, arguments
    return library


class Lv2Host:
    """A plug-in of a bundle, which plays one signal.

    Args:
        bundle: its folder.
        rate: Hz.
        most: the largest buffer.

    Attributes:
        name: of the plug-in.
        values: of the ports that carry one number, by their symbol.
        latency: samples, as the plug-in says after a call.
    """

    def __init__(self, bundle: Path, rate: float, most: int) -> None:
        lilv, self._urids, self._kept = _lilv(), {}, []
        world = lilv.lilv_world_new()
        lilv.lilv_world_load_bundle(world, lilv.lilv_new_file_uri(world, None, f"{bundle}/".encode()))
        every = lilv.lilv_world_get_all_plugins(world)
        plugin = lilv.lilv_plugins_get(every, lilv.lilv_plugins_begin(every))
        self.name = lilv.lilv_node_as_string(lilv.lilv_plugin_get_name(plugin)).decode()
        kind = {name: lilv.lilv_new_uri(world, f"{LV2}{name}".encode()) for name in ("AudioPort", "InputPort")}
        kind["ControlPort"] = lilv.lilv_new_uri(world, f"{LV2}ControlPort".encode())

        def designated(what: str) -> str:
            node = lilv.lilv_new_uri(world, f"{LV2}{what}".encode())
            port = lilv.lilv_plugin_get_port_by_designation(plugin, None, node)
            return "" if port is None else lilv.lilv_node_as_string(lilv.lilv_port_get_symbol(plugin, port)).decode()

        self._latency, self._free = designated("latency"), designated("freeWheeling")
        self._instance = lilv.lilv_plugin_instantiate(plugin, rate, self._features(most)).contents
        self._descriptor = self._instance.descriptor.contents
        self._in, self._out, self._cells = [], [], {}
        for index in range(lilv.lilv_plugin_get_num_ports(plugin)):
            port = lilv.lilv_plugin_get_port_by_index(plugin, index)
            if lilv.lilv_port_is_a(plugin, port, kind["AudioPort"]):
                taken = lilv.lilv_port_is_a(plugin, port, kind["InputPort"])
                (self._in if taken else self._out).append(index)
            elif lilv.lilv_port_is_a(plugin, port, kind["ControlPort"]):
                default = c_void_p()
                lilv.lilv_port_get_range(plugin, port, ctypes.byref(default), None, None)
                cell = c_float(lilv.lilv_node_as_float(default) if default else 0.0)
                self._cells[lilv.lilv_node_as_string(lilv.lilv_port_get_symbol(plugin, port)).decode()] = cell
                self._connect(index, ctypes.addressof(cell))
            else:  # events
                events = (c_uint32 * 4)(EMPTY_SEQUENCE, self._urid(f"{EXT}atom#Sequence"), 0, 0)
                self._kept.append(events)
                self._connect(index, ctypes.addressof(events))
        self._descriptor.activate(self._instance.handle)

    def _urid(self, uri: str) -> int:
        return self._urids.setdefault(uri, len(self._urids) + 1)

    def _connect(self, port: int, address: int) -> None:
        self._descriptor.connect_port(self._instance.handle, port, address)

    def _features(self, most: int) -> Any:
        mapped = _Map(None, CFUNCTYPE(c_uint32, c_void_p, c_char_p)(lambda _, uri: self._urid(uri.decode())))
        size = c_int32(most)
        key, kind = self._urid(f"{EXT}buf-size#maxBlockLength"), self._urid(f"{EXT}atom#Int")
        options = (_Option * 2)(_Option(0, 0, key, 4, kind, ctypes.addressof(size)))
        features = [
            _Feature(f"{EXT}urid#map".encode(), ctypes.addressof(mapped)),
            _Feature(f"{EXT}options#options".encode(), ctypes.addressof(options)),
        ]
        listed = (c_void_p * 3)(*map(ctypes.addressof, features), None)
        self._kept += [mapped, size, options, features, listed]
        return ctypes.addressof(listed)

    @property
    def values(self) -> dict[str, float]:
        return {symbol: cell.value for symbol, cell in self._cells.items()}

    @property
    def latency(self) -> int:
        return int(self._cells[self._latency].value)

    def play(self, signal: Signal, sizes: Sequence[int], offline: bool, settings: Mapping[str, float] = {}) -> Signal:
        """Return what comes out, [C, T] -> [C, T], with buffers of these sizes in turn."""
        self._cells[self._free].value = float(offline)
        for symbol, value in settings.items():
            self._cells[symbol].value = value
        signal, out = np.ascontiguousarray(signal, np.float32), np.zeros((len(self._out), signal.shape[1]), np.float32)
        at = turn = 0
        while at < signal.shape[1]:
            size = min(sizes[turn % len(sizes)], signal.shape[1] - at)
            for channel, port in enumerate(self._in):
                self._connect(port, signal[channel, at:].ctypes.data)
            for channel, port in enumerate(self._out):
                self._connect(port, out[channel, at:].ctypes.data)
            self._descriptor.run(self._instance.handle, size)
            at, turn = at + size, turn + 1
        return out

    def close(self) -> None:
        """Free the plug-in."""
        self._descriptor.deactivate(self._instance.handle)
        self._descriptor.cleanup(self._instance.handle)
