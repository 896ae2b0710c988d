"""The tables of `practice-principles`, which every peer takes its words, windows and points from.

They are written down from the policy's normative description, by hand, and owe nothing to the Rust code:
a peer that agrees with it agrees with a second reading of the same page. What follows from them is in each
peer, in the way of its engine.

A peer takes `FORMAT EXPORT AS_OF OUT`, where FORMAT is `csv`, `ndjson` or `json`, and writes the columns
`COLUMNS` of everybody who has not died, in the order of the export. It assumes what its engine needs to be
at its best: one row a person, ids that are valid, and in JSON the same keys in every record.
"""

from __future__ import annotations

import csv
import json
import sys
from datetime import date

COLUMNS = ["id", "tier", "points", "could_reach", "could_points", "reasons"]

WHITE_SPACE = " \t\n\f\r"
NOT_RECORDED = ["unknown", "not recorded", "not known", "n/a", "na", "null", "-"]
YES = ["yes", "y", "true", "1"]
NO = ["no", "n", "false", "0"]

EVENTS = [
    "ost_started",
    "ost_ended",
    "prison_release",
    "detox_exit",
    "hospital_discharge",
    "treatment_exit",
    "overdose",
]
OTHERS = [
    "age",
    "age_band",
    "birth_year",
    "opioid_use",
    "ost",
    "prison_release_due",
    "naloxone",
    "naloxone_expiry",
    "injecting",
    "housing",
    "case_status",
]
YES_NO = [
    "benzodiazepines",
    "gabapentinoids",
    "z_drugs",
    "alcohol",
    "suicidality",
    "respiratory_disease",
    "uses_alone",
]
FIELDS = EVENTS + OTHERS + YES_NO

# Tiers, by what is more urgent.
STANDARD, PRIORITISE, ACT_NOW = 0, 1, 2
TIERS = ["standard", "prioritise", "act-now"]
ACT_NOW_FROM, PRIORITISE_FROM = 50, 20

# Factors by days since an event: level, first and last day, points, floor. The first is what is feared
# where the event is unknown.
WINDOWS = {
    "prison-release": [
        ("days-0-14", 0, 14, 20, ACT_NOW),
        ("days-15-28", 15, 28, 5, ACT_NOW),
        ("days-29-84", 29, 84, 3, PRIORITISE),
    ],
    "ost-stopped": [("days-0-14", 0, 14, 16, ACT_NOW), ("days-15-28", 15, 28, 14, ACT_NOW)],
    "detox-exit": [("days-0-28", 0, 28, 16, ACT_NOW)],
    "hospital-discharge": [
        ("days-0-2", 0, 2, 15, ACT_NOW),
        ("days-3-14", 3, 14, 7, PRIORITISE),
        ("days-15-28", 15, 28, 3, STANDARD),
    ],
    "treatment-exit": [("days-0-28", 0, 28, 3, PRIORITISE)],
    "ost-started": [("days-0-14", 0, 14, 11, PRIORITISE), ("days-15-28", 15, 28, 5, PRIORITISE)],
    "overdose": [
        ("days-0-28", 0, 28, 7, ACT_NOW),
        ("days-29-183", 29, 183, 7, STANDARD),
        ("days-184-365", 184, 365, 3, STANDARD),
    ],
}
LOST_TOLERANCE = [
    "prison-release",
    "ost-stopped",
    "detox-exit",
    "hospital-discharge",
    "treatment-exit",
]
# Largest first, which is how the limit is given out.
DEPRESSANTS = [("benzodiazepines", 11), ("gabapentinoids", 8), ("alcohol", 7), ("z_drugs", 3)]
DEPRESSANTS_LIMIT = 15
NALOXONE = 4
SUICIDALITY, RESPIRATORY, USES_ALONE, INJECTING = 11, 5, 5, 9


def arguments() -> tuple[str, str, date, str]:
    """The format, the export, the as-of date and the output."""
    if len(sys.argv) != 5 or sys.argv[1] not in ("csv", "ndjson", "json"):
        sys.exit(f"usage: {sys.argv[0]} csv|ndjson|json EXPORT AS_OF OUT")
    return sys.argv[1], sys.argv[2], date.fromisoformat(sys.argv[3]), sys.argv[4]


def collected(form: str, path: str) -> list[str]:
    """The columns of an export, by its header or the keys of its first record."""
    with open(path, encoding="utf-8-sig", newline="") as export:
        if form == "csv":
            return next(csv.reader(export))
        text = export.read(1 << 16)
    start = text.index("{")
    record, _ = json.JSONDecoder().raw_decode(text, start)
    return list(record)


def years_after(day: date, years: int) -> date:
    """The same day and month so many years later, 28 February for 29."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
