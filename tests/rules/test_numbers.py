"""The numbers of a plan, each named and changed by itself."""

import pytest

from tfsaas.rules.numbers import list_numbers, replace_numbers
from tfsaas.rules.templates import get_template


def test_numbers_of_two_tests_of_one_outcome_are_told_apart():
    numbers = list_numbers(get_template("tf-2015"))

    labels = [number.label for number in numbers if number.owner.startswith("5.a ")]

    assert len(labels) == len(set(labels))
    assert "Months (confirmed: Risk of domestic abuse lowered" in labels[-1]


@pytest.mark.parametrize("key", ["tf-2012", "tf-2015", "sf-2022"])
def test_every_number_can_be_replaced_and_put_back(key):
    document = get_template(key)
    texts = {number.path: str(number.value) for number in list_numbers(document)}

    again, faults = replace_numbers(document, texts)

    assert faults == {}
    assert again == document
    assert len(texts) > 10
