"""Holds every peer to the fixture vectors and to the conformance pack, cell by cell.

`python3 benches/peers/check.py [PEER...]`, by a Python that has what `requirements.txt` names. Without names, all
peers. Ends with 1 where a cell differs, naming the vector, the column and the position of the row, from 1.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

from practice_principles import COLUMNS

HERE = Path(__file__).resolve().parent
TESTKIT = HERE.parent.parent / "crates" / "overdose-risk-testkit"
VECTORS = TESTKIT / "fixtures" / "vectors"
PACK = TESTKIT / "conformance" / "practice-principles-1"
AS_OF = "2026-03-31"
PEERS = ["duckdb", "polars", "pandas", "python"]

Rows = list[list[str]]


def rows(path: Path) -> Rows:
    """The six columns of a file of flags."""
    with open(path, encoding="utf-8", newline="") as file:
        return [[row[column] for column in COLUMNS] for row in csv.DictReader(file)]


def vectors() -> list[tuple[str, Path, Path]]:
    """The format, the export and the expected flags of each vector."""
    found = [("csv", VECTORS / f"{name}.csv", VECTORS / f"{name}.expected.csv") for name in ("clean", "messy")]
    for stem in ("records", "minimal", "minimal-ost"):
        expected = PACK / ("expected.csv" if stem == "records" else f"{stem}.expected.csv")
        found += [(form, PACK / f"{stem}.{form}", expected) for form in ("csv", "ndjson")]
    return found


def as_array(ndjson: Path, folder: Path) -> Path:
    """The same records as one JSON array."""
    array = folder / f"{ndjson.stem}.json"
    array.write_text("[" + ",\n".join(ndjson.read_text(encoding="utf-8").splitlines()) + "]\n", encoding="utf-8")
    return array


def differences(expected: Rows, found: Rows) -> list[str]:
    """Where two files of flags differ: positions and columns, no values."""
    said = [] if len(expected) == len(found) else [f"{len(found)} rows instead of {len(expected)}"]
    for position, (theirs, ours) in enumerate(zip(expected, found), 1):
        said += [f"row {position}: {column}" for column, a, b in zip(COLUMNS, theirs, ours) if a != b]
    return said


def main() -> None:
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.csv"
        cases = vectors()
        cases += [
            ("json", as_array(path, Path(folder)), expected) for form, path, expected in cases if form == "ndjson"
        ]
        for peer in sys.argv[1:] or PEERS:
            for form, export, expected in cases:
                out.unlink(missing_ok=True)
                program = [sys.executable, HERE / f"{peer}_flags.py", form, export, AS_OF, out]
                subprocess.run(program, check=True)
                said = differences(rows(expected), rows(out))
                print(f"{peer} {export.name}: {len(said) or 'no'} differences")
                for line in said[:10]:
                    print(f"  {line}")
                failed |= bool(said)
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
