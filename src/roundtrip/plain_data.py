"""Makes dataclasses of the plain data that JSON holds."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints


def build(kind: Any, value: Any) -> Any:
    """Make a value of type `kind` (dataclass, tuple, optional, plain) from what JSON holds.

    Keys that the dataclass does not know are left out, those that are missing get their default.
    """
    if get_origin(kind) in (types.UnionType, Union):
        kinds = [option for option in get_args(kind) if option is not type(None)]
        return None if value is None else build(kinds[0], value)
    if get_origin(kind) is tuple:
        return tuple(build(get_args(kind)[0], item) for item in value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        known = {f.name for f in fields(kind)} & value.keys()
        return kind(**{name: build(hints[name], value[name]) for name in known})
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
