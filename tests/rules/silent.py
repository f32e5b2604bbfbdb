"""Random people about whom some coverage says nothing, added to random facts."""

from datetime import date
from random import Random

from tests.rules.generate import SIGNALS, Facts, Scene, random_scene


def with_gaps(random: Random, facts: Facts) -> Facts:
    """The same facts with `gaps`, in stretches that may overlap or adjoin; a council takes none of these."""
    scene = random_scene(random, {"terms": [], **facts})
    people = sorted({row["person_id"] for row in facts["people"]})
    drawn = [_gap(scene, person, code) for person in people for code in _codes(random)]
    return facts | {"gaps": drawn} if drawn else facts


def _codes(random: Random) -> list[str]:
    codes = (*SIGNALS["event"], *SIGNALS["period"], *SIGNALS["spell"])
    return [code for code in codes for _ in range(2) if random.random() < 0.05]


def _gap(scene: Scene, person_id: str, code: str) -> dict[str, str]:
    first = scene.random.choice((date(2010, 1, 1), scene.day()))
    last = max(first, scene.day())
    return {"person_id": person_id, "signal": code, "from": str(first), "to": str(last)}
