"""Python's search for garbage, and when it only costs time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """No search for garbage meanwhile: for work that makes millions of small objects and needs them all.

    Each search would look at every one of them again, and find nothing. Also a decorator.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
