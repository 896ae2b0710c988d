"""What the two data frame peers share: what a cell says, as a number, and ready texts of reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product

from practice_principles import (
    DEPRESSANTS,
    DEPRESSANTS_LIMIT,
    EVENTS,
    FIELDS,
    NO,
    NOT_RECORDED,
    WINDOWS,
    YES,
    YES_NO,
    years_after,
)
from python_flags import born_in, event, in_band, in_years, parsed

# Instead of days back: nothing recorded, unknown, and unknown in a way that speaks against a "none". All are
# further back than any window.
NONE, UNKNOWN, AGAINST = 1_000_000, 1_000_001, 1_000_002
NOT_KNOWN = -1
"""Instead of the points of an age."""

Reading = Callable[[str], int]


def coded(codes: dict[str, int], blank: int, other: int) -> Reading:
    return lambda said: codes.get(said, blank if said == "" else other)


def days_back(none: str, as_of: date, last: date) -> Reading:
    def reading(said: str) -> int:
        day, unknown = event(said, none, last)
        if day:
            return (as_of - day).days
        return NONE if not unknown else UNKNOWN if said in NOT_RECORDED else AGAINST

    return reading


def age_points(years: tuple[int, int] | None) -> int:
    """Points of the youngest age, times ten, and of the oldest."""
    if years is None:
        return NOT_KNOWN
    youngest, oldest = (0 if age < 35 else 3 if age < 45 else 6 for age in years)
    return 10 * youngest + oldest


def readings(as_of: date, columns: list[str]) -> dict[str, Reading]:
    """What a cell of each column says, as a number. A blank one says what an absent column does not."""
    ask = {field: 2 if field in columns else 0 for field in FIELDS}
    far = years_after(as_of, 50)

    def expiry(said: str) -> int:
        day = parsed(said)
        return (as_of - day).days if day and date(1900, 1, 1) <= day <= far else NONE

    return {
        "age": lambda said: age_points(in_years(said)),
        "age_band": lambda said: age_points(in_band(said)),
        "birth_year": lambda said: age_points(born_in(said, as_of)),
        "opioid_use": coded({"none": 0, "past": 1, "current": 2}, 3, 3),
        "ost": coded({"not_prescribed": 0, "prescribed": 1} | dict.fromkeys(NOT_RECORDED, 2), 2, 3),
        **{field: days_back("never", as_of, as_of) for field in EVENTS},
        "prison_release_due": days_back("none", as_of, far),
        "naloxone": coded({"not_held": 0, "held": 1}, 2, 2),
        "naloxone_expiry": expiry,
        "injecting": coded({"never": 0, "previous": 0, "current": 1}, ask["injecting"], 2),
        "housing": coded({"settled": 0, "at_risk": 1, "no_fixed_abode": 3}, ask["housing"], 2),
        "case_status": coded({"died": 1}, 0, 0),
        **{field: coded(dict.fromkeys(NO, 0) | dict.fromkeys(YES, 1), ask[field], 2) for field in YES_NO},
    }


def combined(groups: list[list[str]]) -> list[str]:
    """Every combination of one text of each group, the last group's changing fastest."""
    return ["".join(";" + text for text in chosen if text) for chosen in product(*groups)]


def of_windows(factor: str) -> list[str]:
    """No level, then each counted, then each with 0 counted."""
    levels = [(level, points) for level, _, _, points, _ in WINDOWS[factor]]
    return [
        "",
        *(f"{factor}:{level}:{points}" for level, points in levels),
        *(f"{factor}:{level}:0" for level, _ in levels),
    ]


def depressant_texts() -> list[str]:
    """Given out largest first, until the limit is used up."""
    texts = []
    for taken in product((False, True), repeat=4):
        chosen = dict(zip(("benzodiazepines", "gabapentinoids", "z_drugs", "alcohol"), taken))
        left, counted = DEPRESSANTS_LIMIT, {}
        for field, points in DEPRESSANTS:
            if chosen[field]:
                counted[field] = min(points, left)
                left -= counted[field]
        texts.append(
            ";".join(f"{field.replace('_', '-')}:yes:{counted[field]}" for field in chosen if field in counted)
        )
    return texts
