"""Reading one TOML table with every fault noted at its path."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

Number = int | Decimal
Read = TypeVar("Read")


class Table:
    """One table of a document. Asking for a key ticks it off; `close` refuses what is left."""

    def __init__(self, values: object, path: str, faults: list[str]) -> None:
        self.path = path
        self.faults = faults
        self.values: dict[str, Any] = values if isinstance(values, dict) else {}
        self.left = set(self.values)
        if not isinstance(values, dict):
            self.fault("", "must be a table")

    def at(self, key: str) -> str:
        """The path of a key of this table."""
        return f"{self.path}.{key}" if self.path and key else self.path or key

    def fault(self, key: str, message: str) -> None:
        """Note that a key is wrong."""
        self.faults.append(f"{self.at(key)}: {message}")

    def close(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in sorted(self.left):
            self.fault(key, "unknown key")

    def _take(self, key: str, kind: str, fits: Callable[[Any], bool], *, needed: bool) -> Any:
        self.left.discard(key)
        value = self.values.get(key)
        if value is None:
            if needed and key not in self.values:
                self.fault(key, f"missing; must be {kind}")
            return None
        if not fits(value):
            self.fault(key, f"must be {kind}, not {value!r}")
            return None
        return value

    def text(self, key: str, *, needed: bool = True) -> str:
        """A text; "" when absent or wrong."""
        value = self._take(key, "a text", _is_text, needed=needed)
        return str(value or "")

    def whole(self, key: str, *, least: int = 0, needed: bool = False) -> int | None:
        """A whole number not below `least`; None when absent or wrong."""
        value: int | None = self._take(
            key,
            f"a whole number, {least} or more",
            lambda v: _is_whole(v) and v >= least,
            needed=needed,
        )
        return value

    def number(self, key: str, *, needed: bool = False) -> Decimal | None:
        """A decimal number not below 0; None when absent or wrong."""
        value = self._take(key, "a number, 0 or more", _is_threshold, needed=needed)
        return None if value is None else Decimal(value)

    def flag(self, key: str) -> bool:
        """True or false; false when absent or wrong."""
        return bool(self._take(key, "true or false", lambda v: isinstance(v, bool), needed=False))

    def maybe_flag(self, key: str) -> bool | None:
        """True, false, or None when absent or wrong."""
        value: bool | None = self._take(
            key, "true or false", lambda v: isinstance(v, bool), needed=False
        )
        return value

    def day(self, key: str) -> date | None:
        """A date; None when absent or wrong."""
        value: date | None = self._take(key, "a date", lambda v: type(v) is date, needed=False)
        return value

    def needed_day(self, key: str) -> date:
        """A date that must be there; a day long ago when absent or wrong."""
        value: date | None = self._take(key, "a date", lambda v: type(v) is date, needed=True)
        return value or date.min

    def one_of(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of the choices; the first one when absent or wrong, unless there is a default."""
        value = self._take(
            key, f"one of {', '.join(choices)}", lambda v: v in choices, needed=default is None
        )
        return str(value or default or choices[0])

    def texts(self, key: str) -> list[str]:
        """A list of texts; empty when absent or wrong."""
        value = self._take(
            key,
            "a list of texts",
            lambda v: isinstance(v, list) and all(isinstance(item, str) for item in v),
            needed=False,
        )
        return list(value or [])

    def table(self, key: str) -> "Table | None":
        """The table below a key; None when absent."""
        self.left.discard(key)
        return Table(self.values[key], self.at(key), self.faults) if key in self.values else None

    def tables(self, key: str, read: "Callable[[Table], Read]") -> tuple[Read, ...]:
        """What `read` makes of each table of an array of tables; empty when absent."""
        self.left.discard(key)
        values = self.values.get(key, [])
        if not isinstance(values, list):
            self.fault(key, "must be a list of tables")
            return ()
        made = []
        for index, value in enumerate(values):
            table = Table(value, f"{self.at(key)}[{index}]", self.faults)
            made.append(read(table))
            table.close()
        return tuple(made)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value) and "\0" not in value


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_threshold(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and value >= 0
    return _is_whole(value) and value >= 0
