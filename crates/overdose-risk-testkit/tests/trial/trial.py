"""Holds what a trial of a policy says against two published runs, one under each policy.

    python3 trial.py OLD_RUN NEW_RUN TABLE CSV OLD_WORKING_DAYS OLD_DAYS NEW_WORKING_DAYS NEW_DAYS

It ends with 1 and says what differs; otherwise it prints how many people move. Tiers and points are those
of flags.csv. Where opioid exposure is not known, the tier by the known facts is that of flags.ndjson.
"""
import csv
import json
import re
import sys

TIERS = ["act-now", "prioritise", "standard"]
HEADER = ["id", "old_tier", "new_tier", "old_by_known_facts", "new_by_known_facts", "old_points",
          "new_points", "because"]


def people_of(run):
    """Everybody of a run in the order of flags.csv, with the tier by the known facts."""
    lines = map(json.loads, open(f"{run}/flags.ndjson"))
    words = {line["id"]: line for line in lines}
    rows = {row["id"]: row for row in csv.DictReader(open(f"{run}/flags.csv"))}
    for who, row in rows.items():
        is_unknown = row["tier"] == "not-enough-information"
        row["known"] = words[who]["by_known_facts"] if is_unknown else row["tier"]
        row["actions"] = [reason["action"] for reason in words[who]["reasons"]]
        row["floors"] = [reason.get("floor") for reason in words[who]["reasons"]]
        alert = words[who].get("alert", {})
        row["alert"] = (alert.get("text"), alert.get("offer"))
    return rows


def table(old, new, is_wanted):
    """The rows of a table of tiers, the sums last."""
    rows = [[sum(1 for who in old if is_wanted(old[who]) and
                 (old[who]["known"], new[who]["known"]) == (before, after))
             for after in TIERS] for before in TIERS]
    rows.append([sum(column) for column in zip(*rows)])
    return [row + [sum(row)] for row in rows]


def tables_in(text):
    """The numbers of both tables."""
    names = "|".join(TIERS + ["new, all"])
    rows = re.findall(rf"^  (?:{names}) +(\d+) +(\d+) +(\d+) +(\d+)$", text, re.M)
    rows = [[int(number) for number in row] for row in rows]
    return rows[:4], rows[4:]


def contacts(people, tier, within):
    """People in a tier, a day, and a day with those of whom exposure is not known."""
    sure = sum(1 for row in people.values() if row["tier"] == tier)
    known = sum(1 for row in people.values() if row["known"] == tier)
    return [sure, -(-sure // within), -(-known // within)]


def main(old_run, new_run, table_file, csv_file, *within):
    old, new = people_of(old_run), people_of(new_run)
    text, within = open(table_file).read(), [int(days) for days in within]
    assert list(old) == list(new), "the runs have other people"
    faults = []

    def hold(what, said, found):
        if said != found:
            faults.append(f"{what}: said {said}, found {found}")

    is_unknown = lambda row: row["tier"] == "not-enough-information"
    hold("tables", tables_in(text), (table(old, new, lambda row: not is_unknown(row)),
                                     table(old, new, is_unknown)))

    moves = [who for who in old if old[who]["known"] != new[who]["known"]]
    step = lambda who: TIERS.index(new[who]["known"]) - TIERS.index(old[who]["known"])
    losses = [who for who in moves if step(who) > 0]
    leave = [who for who in losses if old[who]["known"] == "act-now"]
    in_order = leave + [who for who in losses if who not in leave]
    in_order += [who for who in moves if who not in losses]
    rows = list(csv.reader(open(csv_file, newline="")))
    hold("header", rows[0], HEADER)
    hold("people", [row[:7] for row in rows[1:]],
         [[who, old[who]["tier"], new[who]["tier"], old[who]["known"], new[who]["known"],
           old[who]["points"], new[who]["points"]] for who in in_order])
    hold("because", [row[0] for row in rows[1:] if not row[7]], [])
    if losses:
        said = re.search(r"LOOK AT THESE FIRST: (\d+) (?:person|people) would be in a less urgent"
                         r" tier; (\d+) of", text)
        hold("losses", said and [int(number) for number in said.groups()],
             [len(losses), len(leave)])
    else:
        hold("losses", "Nobody would be in a less urgent tier" in text, True)

    later = re.findall(r"^LATER: everybody in (\S+) within (\d+) .*, not (\d+)\.$", text, re.M)
    hold("later", [(tier, int(new), int(old)) for tier, new, old in later],
         [(tier, within[place + 2], within[place]) for place, tier in enumerate(TIERS[:2])
          if within[place + 2] > within[place]])

    # By tier and settings: how often each stands in the file.
    for before in TIERS:
        for after in TIERS:
            cells = [row[7] for row in rows[1:] if (row[3], row[4]) == (before, after)]
            said = re.search(rf"^  {before} to {after}: (\d+) .*\n((?:  +\d+  .*\n)*)",
                             text.replace("\n            + ", "+"), re.M)
            hold(f"{before} to {after}", int(said[1]) if said else 0, len(cells))
            for line in said[2].splitlines() if said else []:
                people, setting = line.split(maxsplit=1)
                is_enough = setting.startswith("enough: ")
                setting = setting.removeprefix("enough: ")
                setting = setting.replace("several together", "several-together")
                sets = [cell.removeprefix("enough:").split("|") if cell.startswith("enough:")
                        else cell.split(";") for cell in cells
                        if cell.startswith("enough:") == is_enough]
                found = sum(1 for of in sets if setting in of)
                hold(f"{before} to {after}, {setting}", int(people), found)

    keep = [who for who in old if who not in moves]
    counted = [who for who in keep if
               any(old[who][key] != new[who][key]
                   for key in ("points", "could_points", "could_reach", "reasons", "floors"))]
    offered = [who for who in keep if who not in counted and
               any(old[who][key] != new[who][key] for key in ("actions", "alert"))]
    said = re.search(r"In the same tier: (\d+) .*\n(\d+) more who", text)
    hold("kept", [int(number) for number in said.groups()], [len(counted), len(offered)])

    gaps = [sum(1 for row in run.values() if row["naloxone_gap"] == "true") for run in (old, new)]
    said = re.search(r"naloxone .*: (\d+) before, (\d+) after", text)
    hold("naloxone", [int(number) for number in said.groups()], gaps)
    hold("naloxone is hidden from nobody", *gaps)
    out = sum(1 for row in old.values() if row["tier"] == "out-of-scope")
    hold("out of scope", int(re.search(r"out-of-scope: (\d+)", text)[1]), out)

    for tier, of in (("act-now", (0, 2)), ("prioritise", (1, 3))):
        for which, run, place in zip(("old", "new"), (old, new), of):
            said = re.search(rf"^  {tier} +{which} +(\d+) +(\d+) [a-z ]+ (\d+) +(\d+)$", text, re.M)
            people, days, *a_day = [int(number) for number in said.groups()]
            hold(f"{tier}, {which}", [people, *a_day], contacts(run, tier, within[place]))
            hold(f"{tier}, {which}, within", days, within[place])
    print("\n".join(faults) or json.dumps(dict(
        moves=len(moves), losses=len(losses), counted=len(counted), offered=len(offered),
        unknown=sum(1 for who in moves if is_unknown(old[who])))))
    return 1 if faults else 0


sys.exit(main(*sys.argv[1:]))
