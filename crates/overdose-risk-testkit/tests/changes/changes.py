"""What changes.csv should say, worked out again from two published runs and their exports.

    python3 changes.py YESTERDAY TODAY TODAY.csv YESTERDAY.csv [EARLIER.csv ...]

It prints the rows without a header, sorted. Written from docs/outputs.md of overdose-risk-run and the
policy page alone. Who was carried is held against the latest export in which they could be read.

For a cause it compares the raw cells of the fields that the factor reads:

- The factor's own event lies after the day before: it was no fact then, so `fact-changed`.
- No cell differs: only time can have changed the level, so `window-passed`.
- Today's hold no date and no year of birth: time does nothing to them, so `fact-changed`.
- The factor reads one event alone: today's date decides, held against the day before.
- Otherwise `fact-changed|window-passed`, both of which can be defended: the cell that differs may have
  made the difference, or would have shown the same then while a window passed beside it.
"""
import csv
import json
import re
import sys
from datetime import date

TIERS = ["act-now", "prioritise", "standard", "not-enough-information", "out-of-scope"]
OST = ["ost", "ost_started", "ost_ended"]
# What a factor reads where that is not the field of its name; its own event first, if it has one. The
# dates of substitution treatment stand where `ost` does: they can contradict it, but for `exposure`.
READS = {
    "exposure": ["opioid_use", "ost", "ost_ended", "injecting", "overdose"],
    "age": ["age", "age_band", "birth_year"],
    "opioid-use": ["opioid_use", *OST],
    "prison-release": ["prison_release", "prison_release_due"],
    "naloxone": ["naloxone", "naloxone_expiry"],
    "ost-stopped": ["ost_ended", "ost_started", "ost"],
    "treatment-exit": ["treatment_exit", *OST],
    "ost-started": ["ost_started", "ost", "ost_ended"],
}
WINDOWS = {
    "detox-exit": [(28, "days-0-28")],
    "hospital-discharge": [(2, "days-0-2"), (14, "days-3-14"), (28, "days-15-28")],
    "overdose": [(28, "days-0-28"), (183, "days-29-183"), (365, "days-184-365")],
}
OWN_EVENT = {"prison-release", "ost-stopped", "treatment-exit", "ost-started", *WINDOWS}


def day_of(cell):
    """The date in a cell, if there is one."""
    found = (re.fullmatch(r"(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)", cell)
             or re.fullmatch(r"(?P<d>\d\d)/(?P<m>\d\d)/(?P<y>\d{4})", cell))
    return found and date(int(found["y"]), int(found["m"]), int(found["d"]))


def cause(factor, was, before, now, then):
    """The causes that can be defended for a factor that showed the level `was` on the day `then`."""
    fields = READS.get(factor, [factor.replace("-", "_")])
    event = day_of(now[fields[0]]) if factor in OWN_EVENT else None
    if event and event > then:
        return "fact-changed"
    if all(before[field] == now[field] for field in fields):
        return "window-passed"
    if not any(day_of(now[field]) or field == "birth_year" and now[field] for field in fields):
        return "fact-changed"
    if event and factor in WINDOWS:
        days = (then - event).days
        level = next((name for last, name in WINDOWS[factor] if days <= last), "none")
        return "window-passed" if level == was else "fact-changed"
    return "fact-changed|window-passed"


def because(old, new, before, now):
    """Why two rows of flags.csv for one person differ."""
    exposure = {"out-of-scope": "no", "not-enough-information": "unknown"}
    items, then = [], date.fromisoformat(old["as_of"])
    was, to = (exposure.get(row["tier"], "yes") for row in (old, new))
    if was != to:
        items.append(f"exposure:{was}:{to}:{cause('exposure', was, before, now, then)}")
    if "no" not in (was, to):
        old, new = (dict(reason.split(":")[:2] for reason in row["reasons"].split(";") if reason)
                    for row in (old, new))
        for factor in old.keys() | new.keys():
            was, to = old.get(factor, "none"), new.get(factor, "none")
            if was != to:
                items.append(f"{factor}:{was}:{to}:{cause(factor, was, before, now, then)}")
    return ";".join(sorted(items))


def rows_of(path):
    """The rows of an export that can be read. No cell of theirs needs quotes."""
    header, *lines = (line.split(",") for line in open(path).read().splitlines() if '"' not in line)
    return {line[0]: dict(zip(header, line)) for line in lines if len(line) == len(header)}


def main(yesterday, today, export, *exports):
    flags = lambda run: {row["id"]: row for row in csv.DictReader(open(f"{run}/flags.csv"))}
    old, new, now, before = flags(yesterday), flags(today), rows_of(export), {}
    for path in reversed(exports):
        before |= rows_of(path)
    quarantined = {row["id"] for row in csv.DictReader(open(f"{today}/quarantine.csv"))}
    as_of = date.fromisoformat(json.load(open(f"{today}/run.json"))["as_of"])
    carried = {row["id"]: row for row in map(json.loads, open(f"{yesterday}/carried.ndjson"))}
    for row in carried.values():
        row["reasons"] = ";".join(f"{one['factor']}:{one['level']}" for one in row["reasons"])
    rows, old = [], old | carried
    for who, row in new.items():
        if who not in old:
            rows.append([who, "new", "", row["tier"], "first-seen"])
        elif items := because(old[who], row, before[who], now[who]):
            step = TIERS.index(row["tier"]) - TIERS.index(old[who]["tier"])
            change = "raised" if step < 0 else "lowered" if step > 0 else "same-tier"
            rows.append([who, change, old[who]["tier"], row["tier"], items])
    for who in old.keys() - new.keys():
        died = now.get(who, {}).get("case_status", "").lower() == "died"
        why = "died" if died else "quarantined" if who in quarantined else "absent"
        change = "gone" if why == "absent" else "not-assessed"
        if who in carried and not died:
            if (as_of - date.fromisoformat(old[who]["as_of"])).days <= 28:
                continue
            why = "no-longer-carried"
        rows.append([who, change, old[who]["tier"], "", why])
    csv.writer(sys.stdout, lineterminator="\n").writerows(sorted(rows))


main(*sys.argv[1:])
