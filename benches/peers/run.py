"""Times this project beside what a data team would pick for the same job, on one machine, in turn.

`python3 benches/peers/run.py` makes an export of a million invented people as CSV, NDJSON and a JSON array,
holds everybody's output to be equal, and times all of them round after round, each into a fresh file. What is
timed is the whole process, an interpreter's start and imports included, over a file that was read before. It
needs a Rust toolchain, a package index for what `requirements.txt` pins, Linux, 4 GB of disk under
`target/peers`, and 6 GB of memory, which is what Polars takes for the array.
`--quick` does the same for 20,000 people, once, and is there for the equality: it ends with 1 where anything
differs. The last thing written is a table; `target/peers/result.json` has every round.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import venv
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
FOLDER = TARGET / "peers"
BUILT = TARGET / "release" / "examples"
PYTHON = FOLDER / "venv" / "bin" / "python"
AS_OF = "2026-03-31"
COLUMNS = ["id", "tier", "points", "could_reach", "could_points", "reasons"]

ENVIRONMENT = os.environ | {"POLARS_MAX_THREADS": "2"}
"""As many threads for Polars as DuckDB and ours are given, whatever the machine has."""

IDLE = 0.05
"""The share of the processors that others may use when a round begins."""


@dataclass
class Contender:
    """A program, where its flags will be, and what each round took."""

    name: str
    command: list[str | Path]
    flags: Path | None = None
    once: bool = False
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: float | None = None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--people", type=int, default=1_000_000, help="how many people an export has")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is timed")
    parser.add_argument("--formats", default="csv,ndjson,json", help="which formats, with commas between them")
    parser.add_argument("--all", action="store_true", help="pandas and pure Python as well, once")
    parser.add_argument("--quick", action="store_true", help="20,000 people, one round: for the equality")
    parser.add_argument("--ten-million", action="store_true", help="ten million people as well, for peak memory")
    parser.add_argument(
        "--patience", type=float, default=20, help="seconds to wait for an idle machine before each run"
    )
    parser.add_argument("--skip-ours", action="store_true", help="the peers alone")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.people, chosen.rounds, chosen.all, chosen.patience = 20_000, 1, True, 0
    return chosen


def installed() -> None:
    """Installs what is pinned, unless it is what was installed before."""
    pinned, stamp = (HERE / "requirements.txt").read_text(), FOLDER / "installed.txt"
    if stamp.exists() and PYTHON.exists() and stamp.read_text() == pinned:
        return
    venv.create(FOLDER / "venv", clear=True, with_pip=True)
    subprocess.run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "-r", HERE / "requirements.txt"], check=True
    )
    stamp.write_text(pinned)


def built(skip_ours: bool) -> None:
    programs = ["synthesise", "nightly", "floor", *([] if skip_ours else ["throughput"])]
    examples = [word for program in programs for word in ("--example", program)]
    subprocess.run(["cargo", "build", "--release", "--locked", *examples], cwd=ROOT, check=True)


def export(people: int, form: str) -> Path:
    """An export of invented people, the same ones every time."""
    path = FOLDER / f"people-{people}.{form}"
    with open(path, "wb") as file:
        subprocess.run([BUILT / "synthesise", str(people), "--format", form], stdout=file, check=True)
    return path


def contenders(form: str, path: Path, chosen: argparse.Namespace) -> list[Contender]:
    """Who is timed over an export, ours first."""

    def out(name: str) -> Path:
        return FOLDER / f"{name}.out.csv"

    def ours(threads: int) -> Contender:
        flags = out(f"ours-{threads}")
        command = [BUILT / "throughput", path, "--as-of", AS_OF, "--out", flags, "--threads", str(threads)]
        return Contender(f"ours, {threads} thread{'s' * (threads > 1)}", [*command, "--format", form], flags)

    def peer(name: str, program: str, once: bool = False) -> Contender:
        flags = out(program)
        return Contender(name, [PYTHON, HERE / f"{program}_flags.py", form, path, AS_OF, flags], flags, once)

    found = [] if chosen.skip_ours else [ours(2), ours(1)]
    found += [peer("DuckDB", "duckdb"), peer("Polars", "polars")]
    if form == "csv":
        folder = FOLDER / "nightly"
        command = [BUILT / "nightly", path, "--as-of", AS_OF, "--out", folder, "--progress", "never"]
        found.append(Contender("the whole nightly run", command, folder / AS_OF / "flags.csv"))
        found.append(Contender("csv crate, ByteRecord only", [BUILT / "floor", "records", path]))
    if chosen.all:
        found += [peer("pandas", "pandas", once=True), peer("pure Python", "python", once=True)]
    if shutil.which("wc"):
        found.append(Contender("wc -l", ["wc", "-l", path]))
    return found


def forget(contender: Contender) -> None:
    """Every file is fresh: cutting off an old one costs time of its own."""
    for path in contender.command:
        if isinstance(path, Path) and path.parent == FOLDER:
            if path.name.endswith(".out.csv"):
                path.unlink(missing_ok=True)
            elif path.name == "nightly":
                shutil.rmtree(path, ignore_errors=True)


def start(contender: Contender) -> subprocess.Popen[bytes]:
    forget(contender)
    return subprocess.Popen(contender.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)


def ended_well(contender: Contender, code: int) -> None:
    if code != 0:
        sys.exit(f"{contender.name} ended with {code}: {' '.join(map(str, contender.command))}")


def timed(contender: Contender) -> None:
    """One round: wall time and processor time of the whole process."""
    began = time.perf_counter()
    process = start(contender)
    _, status, usage = os.wait4(process.pid, 0)
    contender.wall.append(time.perf_counter() - began)
    contender.cpu.append(usage.ru_utime + usage.ru_stime)
    process.returncode = os.waitstatus_to_exitcode(status)
    ended_well(contender, process.returncode)


def peak_of(contender: Contender) -> float:
    """Peak memory in MiB, in a run that is not timed: what `wait4` says of a child includes the memory of its
    parent before the program was started, which is more than some of these need."""
    process, peak = start(contender), 0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            continue
        peak = max([peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))])
        time.sleep(0.001)
    ended_well(contender, process.returncode)
    return peak / 1024


def processors() -> tuple[int, int]:
    """Clock ticks so far: not idle, and all."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def wait_for_idle(patience: float) -> bool:
    """Waits until the machine has nothing else to do; false where it has no end of it."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        before = processors()
        time.sleep(0.2)
        busy, total = (after - then for after, then in zip(processors(), before))
        if busy <= IDLE * total:
            return True
    return False


def digest(flags: Path) -> tuple[str, int]:
    """The MD5 of the six columns that all have, and how many people."""
    seen, people = hashlib.md5(), 0
    with open(flags, encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        places = [header.index(column) for column in COLUMNS]
        for row in rows:
            seen.update("\t".join([row[place] for place in places]).encode() + b"\n")
            people += 1
    return seen.hexdigest(), people


def equal(form: str, running: list[Contender]) -> bool:
    """Runs each once, which also warms the files, for its output and its memory."""
    digests = {}
    for contender in running:
        contender.peak = peak_of(contender)
        if contender.flags:
            digests[contender.name] = digest(contender.flags)
    for name, (md5, people) in digests.items():
        print(f"  {form}: {md5} of {people} people, {name}", flush=True)
    return len(set(digests.values())) == 1


def compete(form: str, running: list[Contender], rounds: int, patience: float) -> int:
    """All in turn, and again. Says before how many runs the machine was not idle."""
    busy = 0
    for number in range(rounds):
        for contender in running:
            if number == 0 or not contender.once:
                busy += not wait_for_idle(patience)
                timed(contender)
        print(f"  {form}: round {number + 1} of {rounds}", flush=True)
    return busy


def ratio(over: Contender, under: Contender) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(over.wall, under.wall))


def table(title: str, running: list[Contender]) -> list[str]:
    first = running[0]
    lines = [
        f"\n**{title}**\n",
        f"| | median ms | least ms | processor s | peak MiB | x {first.name} |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for contender in running:
        wall = [1000 * seconds for seconds in contender.wall]
        peak = "" if contender.peak is None else f"{contender.peak:.0f}"
        name = contender.name + (" (once)" if contender.once else "")
        lines.append(
            f"| {name} | {statistics.median(wall):.0f} | {min(wall):.0f} | {statistics.median(contender.cpu):.2f} "
            f"| {peak} | {ratio(contender, first):.2f} |"
        )
    return lines


PAIRS = [
    ("DuckDB", "ours, 2 threads"),
    ("Polars", "ours, 2 threads"),
    ("DuckDB", "the whole nightly run"),
    ("ours, 1 thread", "ours, 2 threads"),
    ("ours, 1 thread", "csv crate, ByteRecord only"),
]


def pairs(running: list[Contender]) -> list[str]:
    """The ratios that matter, each of its own rounds."""
    named = {contender.name: contender for contender in running}
    return [
        f"- {over} / {under}: {ratio(named[over], named[under]):.2f}"
        for over, under in PAIRS
        if over in named and under in named
    ]


def copied(path: Path, running: list[Contender]) -> Contender:
    """Reading the export and writing as many bytes as the flags have, and nothing between."""
    size = next(contender.flags for contender in running if contender.flags).stat().st_size
    return Contender("read and write only", [BUILT / "floor", "copy", path, FOLDER / "copy.out.csv", str(size)])


def main() -> None:
    chosen = arguments()
    FOLDER.mkdir(parents=True, exist_ok=True)
    installed()
    built(chosen.skip_ours)
    failed = subprocess.run([PYTHON, HERE / "check.py"], check=False).returncode != 0

    # A small file is a matter of starting, so only who could be started every minute takes part.
    sizes = [(form, chosen.people) for form in chosen.formats.split(",")] + [("csv", 1000)]
    lines, result = [], {}
    for form, people in sizes:
        path = export(people, form)
        running = contenders(form, path, chosen)
        same = equal(form, running)
        failed |= not same
        if not same:
            print(f"  {form}: outputs differ", flush=True)
            continue
        if form == "csv":
            running.append(copied(path, running))
            running[-1].peak = peak_of(running[-1])
        busy = compete(form, running, chosen.rounds, chosen.patience)
        title = f"{form.upper()}, {people:,} people, {path.stat().st_size / 1e6:.1f} MB"
        if busy:
            title += f" (the machine was not idle before {busy} runs)"
        lines += [*table(title, running), "", *pairs(running)]
        print("\n".join([*table(title, running), "", *pairs(running)]), flush=True)
        result[f"{form} {people}"] = [
            {"name": c.name, "wall_s": c.wall, "cpu_s": c.cpu, "peak_mib": c.peak} for c in running
        ]

    if chosen.ten_million and not chosen.skip_ours:
        path = export(10_000_000, "csv")
        many = contenders("csv", path, chosen)[0]
        many.peak = peak_of(many)
        timed(many)
        path.unlink()
        lines += table("CSV, 10,000,000 people", [many])
        result["csv 10000000"] = [{"name": many.name, "wall_s": many.wall, "cpu_s": many.cpu, "peak_mib": many.peak}]

    (FOLDER / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    print("\n".join(["\n", *lines]))
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
