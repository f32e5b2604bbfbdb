"""The forecast: results and income by month in three sizes, as a table and as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tfsaas.planning.nearly import Forecast
from tfsaas.tenants.models import FundingArrangement

MONTHS = 12
SIZES = {
    "ready": "Ready: they have a result that nobody has confirmed",
    "likely": "Likely: they will have one if nothing new happens",
    "possible": "Possible: they will have one if the one thing missing is done now",
}
WIDTH, HEIGHT, LEFT, BASE, TOP = 720, 240, 44, 200, 16


@dataclass(frozen=True, slots=True)
class MonthRow:
    """What one month may bring. `pounds`: for all three sizes together."""

    first: date
    ready: int
    likely: int
    possible: int
    pounds: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a month's bar."""

    size: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """The months as stacked bars, with the number that the top line stands for."""

    bars: Sequence[Bar]
    labels: Sequence[tuple[float, str]]
    most: int


def list_months(
    counted: Forecast, on: date, arrangements: Sequence[FundingArrangement]
) -> list[MonthRow]:
    """Twelve months from the one that a day lies in."""
    rows = []
    for offset in range(MONTHS):
        first = _later(on.replace(day=1), offset)
        ready, likely, possible = (counted[size].get(first, 0) for size in SIZES)
        each = _worth(arrangements, _later(first, 1))
        rows.append(MonthRow(first, ready, likely, possible, (ready + likely + possible) * each))
    return rows


def _later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _worth(arrangements: Sequence[FundingArrangement], after: date) -> int:
    """What a result pays on the last day before a day."""
    last = date.fromordinal(after.toordinal() - 1)
    for row in arrangements:
        if row.starts_on <= last and (row.ends_on is None or row.ends_on >= last):
            return row.result_pounds or 0
    return 0


def draw(rows: Sequence[MonthRow]) -> Picture:
    """The rows as a picture."""
    most = max((row.ready + row.likely + row.possible for row in rows), default=0) or 1
    step = (WIDTH - LEFT) / len(rows)
    bars, labels = [], []
    for number, row in enumerate(rows):
        x, y = LEFT + number * step, float(BASE)
        labels.append((x + step / 2, f"{row.first:%b}"))
        for size in SIZES:
            height = getattr(row, size) * (BASE - TOP) / most
            y -= height
            bars.append(
                Bar(size, round(x + 6, 1), round(y, 1), round(step - 12, 1), round(height, 1))
            )
    return Picture([bar for bar in bars if bar.height], labels, most)
