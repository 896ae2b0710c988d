"""The default policy as a pandas script: columns as categories, rules as arithmetic, reasons as text added up.

It follows the policy's normative description and owes nothing to the Rust code.
"""

from __future__ import annotations

import csv
import json

import numpy as np
import pandas as pd

from column_tables import AGAINST, NONE, UNKNOWN, Reading, depressant_texts, readings
from practice_principles import (
    ACT_NOW_FROM,
    COLUMNS,
    DEPRESSANTS,
    DEPRESSANTS_LIMIT,
    FIELDS,
    LOST_TOLERANCE,
    NALOXONE,
    PRIORITISE_FROM,
    TIERS,
    WHITE_SPACE,
    WINDOWS,
    arguments,
    collected,
)
from python_flags import plain, text

ADDED = [
    ("injecting", "injecting:current", 9),
    ("suicidality", "suicidality:yes", 11),
    ("respiratory_disease", "respiratory-disease:yes", 5),
    ("uses_alone", "uses-alone:yes", 5),
]


def export(form: str, path: str, columns: list[str]) -> pd.DataFrame:
    """Every cell as text."""
    used = [column for column in columns if column in (*FIELDS, "id")]
    if form == "csv":
        return pd.read_csv(path, usecols=used, dtype=dict.fromkeys(used, "category"), keep_default_na=False)
    with open(path, encoding="utf-8") as file:
        records = json.load(file) if form == "json" else [json.loads(line) for line in file]
    return pd.DataFrame({column: pd.Categorical([text(record[column]) for record in records]) for column in used})


def read(cells: pd.Series, reading: Reading) -> np.ndarray:
    table = np.array([reading(plain(str(cell))) for cell in cells.cat.categories], dtype=np.int32)
    return table[cells.cat.codes.to_numpy()]


def since(factor: str, days: np.ndarray) -> np.ndarray:
    windows = WINDOWS[factor]
    return np.select([days <= window[2] for window in windows], [window[3] for window in windows], 0)


def main() -> None:
    form, path, as_of, out = arguments()
    columns = collected(form, path)
    frame, reading = export(form, path, columns), readings(as_of, columns)
    if "case_status" in frame:
        frame = frame[read(frame["case_status"], reading["case_status"]) == 0]
    c = {
        field: read(frame[field], reading[field])
        if field in frame
        else np.full(len(frame), reading[field](""), np.int32)
        for field in FIELDS
    }
    started, ended, release, due = (c[f] for f in ("ost_started", "ost_ended", "prison_release", "prison_release_due"))
    left, overdose, opioid, kit, expiry = (
        c[f] for f in ("treatment_exit", "overdose", "opioid_use", "naloxone", "naloxone_expiry")
    )
    ost = np.where((c["ost"] == 1) & (ended <= 28) & (started > ended), 3, c["ost"])
    off, on = ost != 1, ost != 0
    exposed = np.isin(opioid, (1, 2)) | (ost == 1) | (ended < NONE)
    denied = ~exposed & (opioid == 0) & (c["injecting"] != 1) & (overdose > 365) & (ost != 3) & (ended != AGAINST)

    years = np.where(c["age"] >= 0, c["age"], np.where(c["age_band"] >= 0, c["age_band"], c["birth_year"]))
    years = np.where(years >= 0, years, 6)
    use = np.select([(opioid == 2) & (ost == 0), (opioid == 2) | ((opioid == 1) & (ost == 0))], [12, 4], 0)
    use_high = np.select([(opioid >= 2) & off, (opioid >= 2) | ((opioid == 1) & off)], [12, 4], 0)
    planned = (due < NONE) & ~((release < NONE) & (release <= due + 28))
    by_end = since("ost-stopped", ended)
    worst = np.maximum(by_end, np.where(ended > started, since("ost-stopped", started), 0))
    low = {
        "prison-release": since("prison-release", release),
        "ost-stopped": np.where(on, by_end * off, worst),
        "detox-exit": since("detox-exit", c["detox_exit"]),
        "hospital-discharge": since("hospital-discharge", c["hospital_discharge"]),
        "treatment-exit": since("treatment-exit", left) * off,
        "ost-started": since("ost-started", started) * on,
        "overdose": since("overdose", overdose),
    }
    high = {
        "prison-release": np.where(
            (release >= UNKNOWN) | (planned & (due >= 0) & (due <= 84)), 20, low["prison-release"]
        ),
        "ost-stopped": np.where((ended >= UNKNOWN) | (started >= UNKNOWN), 16, worst) * off,
        "detox-exit": np.where(c["detox_exit"] >= UNKNOWN, 16, low["detox-exit"]),
        "hospital-discharge": np.where(c["hospital_discharge"] >= UNKNOWN, 15, low["hospital-discharge"]),
        "treatment-exit": np.where((left <= 28) | (left >= UNKNOWN), 3, 0) * off,
        "ost-started": np.where(started >= UNKNOWN, 11, low["ost-started"]) * on,
        "overdose": np.where(overdose >= UNKNOWN, 7, low["overdose"]),
    }
    overdue = planned & (low["prison-release"] == 0) & (due >= 1) & (due <= 84)
    soon = planned & (low["prison-release"] == 0) & (due >= -14) & (due <= 0)
    expired = (expiry > 0) & (expiry < NONE)
    naloxone = np.select([kit == 0, expired, kit == 1], [1, 2, 0], 3)
    serves = expiry <= 0 if "naloxone_expiry" in columns else ~expired
    home = np.select([c["housing"] == 3, c["housing"] == 1], [4, 2], 0)
    home_high = np.select([c["housing"] >= 2, c["housing"] == 1], [4, 2], 0)

    def total(levels: dict[str, np.ndarray], least: int) -> np.ndarray:
        """All but age, use, naloxone and housing."""
        said = {field: (c[field] == 1) if least else (c[field] >= 1) for field, *_ in (*DEPRESSANTS, *ADDED)}
        depressants = sum(points * said[field] for field, points in DEPRESSANTS)
        return (
            np.maximum.reduce([levels[factor] for factor in LOST_TOLERANCE])
            + levels["ost-started"]
            + levels["overdose"]
            + np.minimum(DEPRESSANTS_LIMIT, depressants)
            + sum(points * said[field] for field, _, points in ADDED)
        )

    points = total(low, 1) + years // 10 + use + NALOXONE * (naloxone > 0) + home
    could_points = total(high, 0) + years % 10 + use_high + NALOXONE * ~((kit == 1) & ~expired & serves) + home_high

    def tier(levels: dict[str, np.ndarray], total: np.ndarray, recent: np.ndarray, worry: np.ndarray) -> np.ndarray:
        prison, hospital = levels["prison-release"], levels["hospital-discharge"]
        act_now = (prison >= 5) | (levels["ost-stopped"] > 0) | (levels["detox-exit"] > 0) | (hospital == 15) | recent
        prioritise = (prison > 0) | overdue | soon | (hospital == 7) | worry
        prioritise |= (levels["treatment-exit"] > 0) | (levels["ost-started"] > 0)
        return np.select(
            [act_now | (total >= ACT_NOW_FROM), prioritise | (total >= PRIORITISE_FROM)], TIERS[:0:-1], TIERS[0]
        )

    now = tier(low, points, overdose <= 28, c["suicidality"] == 1)
    reach = tier(high, could_points, (overdose <= 28) | (overdose >= UNKNOWN), c["suicidality"] >= 1)

    reasons = np.full(len(frame), "", dtype=object)

    def add(where: np.ndarray, reason: str) -> None:
        reasons[where & ~denied] += ";" + reason

    def add_windows(factor: str, days: np.ndarray) -> None:
        for level, first, last, counted, _ in WINDOWS[factor]:
            add((low[factor] > 0) & (first <= days) & (days <= last), f"{factor}:{level}:{counted}")

    largest = np.maximum.reduce([low[factor] for factor in LOST_TOLERANCE])
    given = np.zeros(len(frame), dtype=bool)

    def add_lost(factor: str) -> None:
        """Of one mechanism only the largest counts, of equal ones the first."""
        counts = (low[factor] == largest) & ~given & (largest > 0)
        for level, _, _, worth, _ in WINDOWS[factor]:
            add((low[factor] == worth) & counts, f"{factor}:{level}:{worth}")
            add((low[factor] == worth) & ~counts, f"{factor}:{level}:0")
        given[counts] = True

    add(years // 10 == 3, "age:35-44:3")
    add(years // 10 == 6, "age:45-and-over:6")
    add(use == 12, "opioid-use:off-treatment:12")
    add((use == 4) & (opioid == 2), "opioid-use:on-top-of-treatment:4")
    add((use == 4) & (opioid == 1), "opioid-use:abstinent:4")
    add_lost("prison-release")
    add(overdue, "prison-release:release-overdue:0")
    add(soon, "prison-release:due-within-14-days:0")
    for code, level in enumerate(("not-held", "expired", "unconfirmed"), 1):
        add(naloxone == code, f"naloxone:{level}:{NALOXONE}")
    for factor in LOST_TOLERANCE[1:]:
        add_lost(factor)
    add_windows("ost-started", started)
    add_windows("overdose", overdose)
    named = {field: (c[field] == 1, f"{words}:{worth}") for field, words, worth in ADDED}
    add(*named["injecting"])
    shown = ("benzodiazepines", "gabapentinoids", "z_drugs", "alcohol")
    taken = sum((c[field] == 1) * (8 >> place) for place, field in enumerate(shown))
    for code, together in enumerate(depressant_texts()):
        if together:
            add(taken == code, together)
    add(*named["suicidality"])
    add(*named["respiratory_disease"])
    add(c["housing"] == 3, "housing:no-fixed-abode:4")
    add(c["housing"] == 1, "housing:at-risk:2")
    add(*named["uses_alone"])

    flags = pd.DataFrame(
        {
            "id": frame["id"].astype(str).str.strip(WHITE_SPACE),
            "tier": np.select([denied, exposed], ["out-of-scope", now], "not-enough-information"),
            "points": np.where(denied, 0, points),
            "could_reach": np.where(denied, "out-of-scope", reach),
            "could_points": np.where(denied, 0, could_points),
            "reasons": [reason[1:] for reason in reasons],
        },
        columns=COLUMNS,
    )
    flags.to_csv(out, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)


if __name__ == "__main__":
    main()
