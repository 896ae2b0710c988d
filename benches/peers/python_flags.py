"""The default policy in pure Python, a person at a time: `csv` and `json` of the standard library.

It follows the policy's normative description, section by section, and owes nothing to the Rust code.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from practice_principles import (
    ACT_NOW,
    ACT_NOW_FROM,
    COLUMNS,
    DEPRESSANTS,
    DEPRESSANTS_LIMIT,
    INJECTING,
    LOST_TOLERANCE,
    NALOXONE,
    NO,
    NOT_RECORDED,
    PRIORITISE,
    PRIORITISE_FROM,
    RESPIRATORY,
    STANDARD,
    SUICIDALITY,
    TIERS,
    USES_ALONE,
    WHITE_SPACE,
    WINDOWS,
    YES,
    arguments,
    years_after,
)

Level = tuple[str, int, int]
"""A level's name, its points and its floor."""

NONE: Level = ("", 0, STANDARD)
DATES = [
    re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
    re.compile(r"(?P<d>[0-9]{2})/(?P<m>[0-9]{2})/(?P<y>[0-9]{4})"),
]
BAND = re.compile(r"<([0-9]{1,3})|([0-9]{1,3})\+|([0-9]{1,3})-([0-9]{1,3})")
ORDER = [
    "age", "opioid-use", "prison-release", "naloxone", "ost-stopped", "detox-exit",
    "hospital-discharge", "treatment-exit", "ost-started", "overdose", "injecting",
    "benzodiazepines", "gabapentinoids", "z-drugs", "alcohol", "suicidality",
    "respiratory-disease", "housing", "uses-alone",
]  # fmt: skip


@lru_cache(maxsize=1 << 16)
def parsed(text: str) -> date | None:
    """A date in one of the three forms."""
    for form in DATES:
        if found := form.fullmatch(text):
            parts = found.groups()
            try:
                return date(*map(int, parts[::-1] if "/" in text else parts))
            except ValueError:
                return None
    return None


def plain(cell: str) -> str:
    """A cell, trimmed and in lower case; the Kelvin sign is no letter of ASCII, though its lower case is."""
    return cell.strip(WHITE_SPACE).replace("\u212a", "?").lower()


def word(record: dict[str, str], field: str) -> str:
    """The same of a record; blank where the column is absent."""
    return plain(record.get(field, ""))


def event(text: str, none: str, last: date) -> tuple[date | None, bool]:
    """The date of an event, and whether it is unknown."""
    if text in ("", none):
        return None, False
    day = parsed(text)
    return (day, False) if day and date(1900, 1, 1) <= day <= last else (None, True)


def since(factor: str, day: date | None, as_of: date) -> Level:
    """The level of a factor by days since an event."""
    if day:
        days = (as_of - day).days
        for level, first, last, points, floor in WINDOWS[factor]:
            if first <= days <= last:
                return level, points, floor
    return NONE


def feared(factor: str, low: Level, unknown: bool) -> Level:
    """The high level: the first of the factor, where the event is unknown and that has more points."""
    level, _, _, points, floor = WINDOWS[factor][0]
    return (level, points, floor) if unknown and points > low[1] else low


def in_years(age: str) -> tuple[int, int] | None:
    """The youngest and the oldest age that a cell of `age` allows."""
    if re.fullmatch("[0-9]{1,3}", age) and int(age) <= 120:
        return int(age), int(age)
    return None


def in_band(age_band: str) -> tuple[int, int] | None:
    """The same of `age_band`."""
    if band := BAND.fullmatch(age_band):
        below, over, first, last = (int(part) if part else None for part in band.groups())
        youngest = over if over is not None else first if first is not None else 0
        oldest = below - 1 if below is not None else last if last is not None else 120
        if 0 <= youngest <= oldest <= 120:
            return youngest, oldest
    return None


def born_in(year: str, as_of: date) -> tuple[int, int] | None:
    """The same of `birth_year`."""
    if re.fullmatch("[0-9]{4}", year) and as_of.year - 121 <= int(year) <= as_of.year:
        return as_of.year - int(year) - 1, as_of.year - int(year)
    return None


def ages(record: dict[str, str], as_of: date) -> tuple[int, int] | None:
    """The same of the first known of the three columns."""
    return (
        in_years(word(record, "age")) or in_band(word(record, "age_band")) or born_in(word(record, "birth_year"), as_of)
    )


def of_age(age: int) -> Level:
    """The level of an age."""
    if age < 35:
        return NONE
    return ("35-44", 3, STANDARD) if age < 45 else ("45-and-over", 6, STANDARD)


def total(levels: dict[str, Level]) -> tuple[int, dict[str, int]]:
    """All points, and those of each factor that counted, by the limits of the mechanisms."""
    counted = {factor: level[1] for factor, level in levels.items()}
    largest = max(LOST_TOLERANCE, key=lambda factor: counted[factor])
    for factor in LOST_TOLERANCE:
        if factor != largest:
            counted[factor] = 0
    left = DEPRESSANTS_LIMIT
    for field, _ in DEPRESSANTS:
        factor = field.replace("_", "-")
        counted[factor] = min(counted[factor], left)
        left -= counted[factor]
    return sum(counted.values()), counted


def tier(levels: dict[str, Level], points: int) -> str:
    """The tier that a set of levels leads to."""
    by_points = ACT_NOW if points >= ACT_NOW_FROM else PRIORITISE if points >= PRIORITISE_FROM else STANDARD
    return TIERS[max(by_points, *(floor for _, _, floor in levels.values()))]


def flags(record: dict[str, str], as_of: date) -> list[str | int] | None:
    """The columns of one person, or nothing of one who has died."""
    if word(record, "case_status") == "died":
        return None
    opioid, ost, injecting = word(record, "opioid_use"), word(record, "ost"), word(record, "injecting")
    started, started_unknown = event(word(record, "ost_started"), "never", as_of)
    ended, ended_unknown = event(word(record, "ost_ended"), "never", as_of)
    overdose, overdose_unknown = event(word(record, "overdose"), "never", as_of)
    against = ost not in ("prescribed", "not_prescribed", "", *NOT_RECORDED)
    against |= ended_unknown and word(record, "ost_ended") not in NOT_RECORDED
    restarted = bool(started and ended and started >= ended)
    if ost == "prescribed" and ended and (as_of - ended).days <= 28 and not restarted:
        ost, against = "", True
    if opioid in ("current", "past") or ost == "prescribed" or ended:
        exposed = True
    elif opioid == "none" and injecting != "current" and not against:
        exposed = None if overdose and (as_of - overdose).days <= 365 else False
    else:
        exposed = None
    if exposed is False:
        return [record["id"].strip(WHITE_SPACE), "out-of-scope", 0, "out-of-scope", 0, ""]

    low, high = dict.fromkeys(ORDER, NONE), dict.fromkeys(ORDER, NONE)
    known = ages(record, as_of)
    low["age"] = of_age(known[0]) if known else NONE
    high["age"] = of_age(known[1] if known else 120)

    off = ("off-treatment", 12, STANDARD)
    on_top = ("on-top-of-treatment", 4, STANDARD)
    abstinent = ("abstinent", 4, STANDARD)
    if opioid == "current":
        low["opioid-use"] = off if ost == "not_prescribed" else on_top
        high["opioid-use"] = on_top if ost == "prescribed" else off
    elif opioid == "past":
        low["opioid-use"] = abstinent if ost == "not_prescribed" else NONE
        high["opioid-use"] = NONE if ost == "prescribed" else abstinent
    elif opioid != "none":
        high["opioid-use"] = on_top if ost == "prescribed" else off

    release, release_unknown = event(word(record, "prison_release"), "never", as_of)
    due, _ = event(word(record, "prison_release_due"), "none", years_after(as_of, 50))
    low["prison-release"] = since("prison-release", release, as_of)
    high["prison-release"] = feared("prison-release", low["prison-release"], release_unknown)
    if due and not (release and (due - release).days <= 28):
        back = (as_of - due).days
        planned = "release-overdue" if 1 <= back <= 84 else "due-within-14-days" if -14 <= back <= 0 else ""
        if planned and not low["prison-release"][0]:
            low["prison-release"] = (planned, 0, PRIORITISE)
            if not high["prison-release"][0]:
                high["prison-release"] = low["prison-release"]
        high["prison-release"] = feared("prison-release", high["prison-release"], 0 <= back <= 84)

    held, expiry = word(record, "naloxone"), parsed(word(record, "naloxone_expiry"))
    if expiry and not date(1900, 1, 1) <= expiry <= years_after(as_of, 50):
        expiry = None
    expired = bool(expiry and expiry < as_of)
    if held == "held":
        low["naloxone"] = ("expired", NALOXONE, STANDARD) if expired else NONE
        asked = "naloxone_expiry" in record and not expiry
        high["naloxone"] = ("expired", NALOXONE, STANDARD) if expired or asked else NONE
    else:
        named = "not-held" if held == "not_held" else "expired" if expired else "unconfirmed"
        low["naloxone"] = (named, NALOXONE, STANDARD)
        high["naloxone"] = ("not-held", NALOXONE, STANDARD)

    if ost != "prescribed":
        low["ost-stopped"] = since("ost-stopped", ended, as_of)
        stopped = NONE
        if started and not (ended and ended >= started):
            stopped = since("ost-stopped", started, as_of)
        if ost == "not_prescribed":
            low["ost-stopped"] = max(low["ost-stopped"], stopped, key=lambda level: level[1])
        unknown = ended_unknown or started_unknown
        worst = max(low["ost-stopped"], stopped, key=lambda level: level[1])
        high["ost-stopped"] = feared("ost-stopped", worst, unknown)
        left, left_unknown = event(word(record, "treatment_exit"), "never", as_of)
        low["treatment-exit"] = since("treatment-exit", left, as_of)
        high["treatment-exit"] = feared("treatment-exit", low["treatment-exit"], left_unknown)
    if ost != "not_prescribed":
        low["ost-started"] = since("ost-started", started, as_of)
        high["ost-started"] = feared("ost-started", low["ost-started"], started_unknown)

    for field in ("detox_exit", "hospital_discharge"):
        factor = field.replace("_", "-")
        day, unknown = event(word(record, field), "never", as_of)
        low[factor] = since(factor, day, as_of)
        high[factor] = feared(factor, low[factor], unknown)
    low["overdose"] = since("overdose", overdose, as_of)
    high["overdose"] = feared("overdose", low["overdose"], overdose_unknown)

    if injecting == "current":
        low["injecting"] = ("current", INJECTING, STANDARD)
    if "injecting" in record and injecting not in ("previous", "never"):
        high["injecting"] = ("current", INJECTING, STANDARD)
    facts = [
        *((field, points, STANDARD) for field, points in DEPRESSANTS),
        ("suicidality", SUICIDALITY, PRIORITISE),
        ("respiratory_disease", RESPIRATORY, STANDARD),
        ("uses_alone", USES_ALONE, STANDARD),
    ]
    for field, points, floor in facts:
        factor, said = field.replace("_", "-"), word(record, field)
        if said in YES:
            low[factor] = ("yes", points, floor)
        if field in record and said not in NO:
            high[factor] = ("yes", points, floor)
    housing = word(record, "housing")
    homes = {"no_fixed_abode": ("no-fixed-abode", 4, STANDARD), "at_risk": ("at-risk", 2, STANDARD)}
    low["housing"] = homes.get(housing, NONE)
    if "housing" in record:
        high["housing"] = NONE if housing == "settled" else homes.get(housing, homes["no_fixed_abode"])

    points, counted = total(low)
    could_points, _ = total(high)
    reasons = ";".join(f"{factor}:{low[factor][0]}:{counted[factor]}" for factor in ORDER if low[factor][0])
    now = tier(low, points) if exposed else "not-enough-information"
    return [record["id"].strip(WHITE_SPACE), now, points, tier(high, could_points), could_points, reasons]


def text(value: object) -> str:
    """A JSON value as the cell that says the same."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def records(form: str, path: str) -> Iterator[dict[str, str]]:
    """The records of an export, as the text of their cells."""
    with open(path, encoding="utf-8-sig", newline="") as export:
        if form == "csv":
            yield from csv.DictReader(export)
        else:
            found = json.load(export) if form == "json" else map(json.loads, export)
            for record in found:
                yield {key: text(value) for key, value in record.items()}


def main() -> None:
    form, path, as_of, out = arguments()
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(filter(None, (flags(record, as_of) for record in records(form, path))))


if __name__ == "__main__":
    main()
