"""python -m benchmarks run NAME|all --scale 0.05 --rounds 3 [--json]."""

import argparse
import json
import sys

from benchmarks import council, family_file, finding, lists, loads, matching, reports, rules
from benchmarks.measure import as_dict, surroundings

ALL = {
    "P1": council.run,
    "P2": rules.run,
    "P4": lists.run,
    "P5": family_file.run,
    "P7": loads.run,
    "P8": finding.run,
    "P9": reports.run,
    "M": matching.run,
}


def main() -> int:
    """Run what is asked for; status 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run one benchmark, or all")
    run.add_argument("name", choices=[*ALL, "all"])
    run.add_argument("--scale", type=float, default=0.05, help="1 is England")
    run.add_argument("--rounds", type=int, default=3)
    run.add_argument("--json", action="store_true", help="for machines")
    asked = parser.parse_args()
    names = list(ALL) if asked.name == "all" else [asked.name]
    told = surroundings()
    if not asked.json:
        print(", ".join(f"{key} {value}" for key, value in told.items()))
    outcomes = []
    for name in names:
        for outcome in ALL[name](asked.scale, asked.rounds):
            outcomes.append(outcome)
            if not asked.json:
                print(outcome.line(), flush=True)
    if asked.json:
        json.dump(
            {"on": told, "outcomes": [as_dict(outcome) for outcome in outcomes]},
            sys.stdout,
            indent=2,
        )
    return int(any(outcome.holds is False for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
