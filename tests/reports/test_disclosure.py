"""Small numbers: hidden, with whatever would give them away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfsaas.rules.disclosure import POSSIBLE_VALUES, hide_alone, is_small, publish, publish_nested

COUNTS = st.lists(st.integers(0, 40), max_size=14)


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (6, 6)])
def test_one_to_four_are_hidden(count, shown):
    assert hide_alone(count) == shown


@pytest.mark.parametrize(
    ("counts", "cells", "total"),
    [
        ([10, 20], (10, 20), 30),
        ([3, 20], (None, None), 23),
        ([3, 20, 30], (None, None, 30), 53),
        ([1, 1, 50], (None, None, None), 52),
        ([4, 4, 50], (None, None, 50), 58),
        ([0, 0, 2], (0, 0, None), None),
        ([0, 3, 0], (0, None, 0), None),
        ([2, 2, 2], (None, None, None), None),
        ([0, 0], (0, 0), 0),
        ([], (), 0),
    ],
)
def test_a_column_hides_what_its_total_would_give_away(counts, cells, total):
    published = publish(counts)

    assert (published.cells, published.total) == (cells, total)


@given(COUNTS)
def test_no_small_count_is_ever_shown(counts):
    published = publish(counts)

    assert not any(is_small(cell) for cell in published.cells if cell is not None)
    assert published.total is None or not is_small(published.total)


@given(COUNTS)
def test_whoever_subtracts_is_left_with_five_values_or_more(counts):
    published = publish(counts)
    hidden = [count for count, cell in zip(counts, published.cells, strict=True) if cell is None]

    if hidden and published.total is not None:
        known = sum(hidden)
        assert len(hidden) > 1
        assert known - (len(hidden) - 1) >= POSSIBLE_VALUES


@given(COUNTS)
def test_what_is_shown_is_true(counts):
    published = publish(counts)

    for count, cell in zip(counts, published.cells, strict=True):
        assert cell in {None, count}
    assert published.total in {None, sum(counts)}


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([100, 80, 60], (100, 80, 60)),
        ([100, 98, 60], (100, None, 60)),
        ([100, 98, 97], (100, None, None)),
        ([100, 98, 95], (100, None, 95)),
        ([100, 3, 0], (100, None, 0)),
        ([3, 3, 3], (None, None, None)),
        ([5, 5, 5], (5, 5, 5)),
    ],
)
def test_a_part_hides_when_the_rest_of_the_whole_would_be_small(counts, shown):
    assert publish_nested(counts) == shown
