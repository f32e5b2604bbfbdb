"""`make check`: modules under 300 lines, functions at most 40, names that say nothing refused."""

import ast
import sys
from pathlib import Path

MODULE, FUNCTION = 300, 40
EMPTY_NAMES = {"utils", "helpers", "common", "misc", "base", "temporary"}


def list_faults(root: Path) -> list[str]:
    """What is too large or badly named below `root`."""
    faults = []
    for path in sorted(root.rglob("*.py")):
        source = path.read_text()
        if (lines := source.count("\n")) > MODULE:
            faults.append(f"{path}: {lines} lines; at most {MODULE}")
        if path.stem in EMPTY_NAMES:
            faults.append(f"{path}: the name says nothing")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > FUNCTION:
                    faults.append(
                        f"{path}:{node.lineno} {node.name}: {length} lines; at most {FUNCTION}"
                    )
    return faults


if __name__ == "__main__":
    found = [
        fault for root in ("tfsaas", "tests", "benchmarks") for fault in list_faults(Path(root))
    ]
    sys.stderr.write("".join(f"{fault}\n" for fault in found))
    sys.exit(bool(found))
