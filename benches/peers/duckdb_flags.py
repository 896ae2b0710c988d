"""The default policy as one DuckDB query, from export to CSV.

It follows the policy's normative description and owes nothing to the Rust code. DuckDB gets its best case:
declared types, no sniffing, words compared as they most often stand before they are trimmed, arithmetic on
small numbers, and text only for people in scope. Tried in processor time over JSON: blank cells as NULL from
the start win (0.8 of what it took), while unordered output and other formats, object sizes and detection of
`read_json` gain nothing; `LIKE` for the form of a date takes 0.8 of three substrings, and optimisers switched
off or other options of `read_csv` gain less than 5 %.
"""

from __future__ import annotations

from datetime import date
from itertools import product

import duckdb

from practice_principles import (
    ACT_NOW_FROM,
    COLUMNS,
    DEPRESSANTS,
    DEPRESSANTS_LIMIT,
    EVENTS,
    FIELDS,
    INJECTING,
    LOST_TOLERANCE,
    NALOXONE,
    NO,
    NOT_RECORDED,
    PRIORITISE_FROM,
    RESPIRATORY,
    SUICIDALITY,
    USES_ALONE,
    WINDOWS,
    YES,
    YES_NO,
    arguments,
    collected,
    years_after,
)

THREADS = 2
TRIMMED = "trim({}, ' ' || chr(9) || chr(10) || chr(12) || chr(13))"
BANDS = {"18-24": 0, "25-34": 0, "35-44": 33, "45-54": 66, "55-64": 66, "65+": 66}
COMMON = ["unknown", "declined", "not recorded", "refused", "NA"]


def word(cell: str) -> str:
    """A cell, trimmed and in lower case; the Kelvin sign is no letter of ASCII, though its lower case is."""
    return f"lower(replace({TRIMMED.format(cell)}, chr(8490), '?'))"


def coded(cell: str, codes: dict[str, int], blank: int, other: int) -> str:
    """The code of a word; most cells are a word as it stands, so that is asked first."""
    common = {said: codes.get(said.lower(), other) for said in COMMON}
    plain = " ".join(f"WHEN {cell} = '{said}' THEN {code}" for said, code in (codes | common).items())
    careful = " ".join(f"WHEN '{said}' THEN {code}" for said, code in codes.items())
    return (
        f"(CASE WHEN {cell} IS NULL THEN {blank} {plain} "
        f"ELSE CASE {word(cell)} {careful} WHEN '' THEN {blank} ELSE {other} END END)::TINYINT"
    )


def yes_no(cell: str) -> str:
    """0 for no, 1 for yes, 2 for unknown."""
    first = {"no": 0, "yes": 1, "true": 1, "false": 0}
    rest = {said: code for code, words in enumerate((NO, YES)) for said in words if said not in first}
    return coded(cell, first | rest, 2, 2)


def day(cell: str) -> str:
    """The date in a cell. What begins with a letter is none, and most are ISO; of that form, DuckDB takes
    more than is wanted only where white space ends it, or for years long before 1900."""
    careful = TRIMMED.format(cell)
    return f"""(CASE WHEN {cell} IS NULL OR {cell} >= ':' THEN NULL
      WHEN {cell} LIKE '____-__-__' AND right({cell}, 1) >= '0' THEN TRY_CAST({cell} AS DATE)
      WHEN regexp_full_match({careful}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN TRY_CAST({careful} AS DATE)
      WHEN regexp_full_match({careful}, '[0-9]{{8}}') THEN CAST(try_strptime({careful}, '%Y%m%d') AS DATE)
      WHEN regexp_full_match({careful}, '[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}}')
        THEN CAST(try_strptime({careful}, '%d/%m/%Y') AS DATE)
      END)"""


def back(dated: str, as_of: date, last: date) -> str:
    """How many days back a date lies, of those from 1900 to the last that makes sense."""
    within = f"BETWEEN DATE '1900-01-01' AND DATE '{last}'"
    return f"CASE WHEN {dated} {within} THEN (DATE '{as_of}' - {dated})::INTEGER END"


def state(event: str, as_of: date) -> str:
    """0 where an event has a date or none is recorded, 1 where it is unknown, 2 where that speaks against a "none"."""
    said = coded(event, {"never": 0} | dict.fromkeys(NOT_RECORDED, 1), 0, 2)
    dated = f"{event}_day BETWEEN DATE '1900-01-01' AND DATE '{as_of}'"
    return f"(CASE WHEN {event} IS NULL THEN 0 WHEN {dated} THEN 0 ELSE {said} END)::TINYINT"


def age_points(as_of: date) -> str:
    """Points of the youngest age, times ten, and of the oldest: 0, 3, 6, 33, 36 or 66."""
    age, band, year = (TRIMMED.format(field) for field in ("age", "age_band", "birth_year"))

    def points(years: str) -> str:
        return f"(CASE WHEN {years} < 35 THEN 0 WHEN {years} < 45 THEN 3 ELSE 6 END)"

    def part(number: int) -> str:
        return f"TRY_CAST(regexp_extract({band}, '^<?([0-9]+)[-+]?([0-9]*)$', {number}) AS INTEGER)"

    plain = "strlen(age) = 2 AND age BETWEEN '00' AND '99' AND ord(age[2]) BETWEEN 48 AND 57"
    usual = " ".join(f"WHEN age_band = '{said}' THEN {code}" for said, code in BANDS.items())
    return f"""coalesce(
      CASE WHEN age IS NULL THEN NULL
        WHEN {plain} THEN CASE WHEN age < '35' THEN 0 WHEN age < '45' THEN 33 ELSE 66 END
        WHEN regexp_full_match({age}, '[0-9]{{1,3}}') AND TRY_CAST({age} AS INTEGER) <= 120
          THEN 11 * {points(f"TRY_CAST({age} AS INTEGER)")} END,
      CASE WHEN age_band IS NULL THEN NULL {usual}
        WHEN regexp_full_match({band}, '[0-9]{{1,3}}-[0-9]{{1,3}}') AND {part(1)} <= {part(2)} AND {part(2)} <= 120
          THEN 10 * {points(part(1))} + {points(part(2))}
        WHEN regexp_full_match({band}, '<[0-9]{{1,3}}') AND {part(1)} BETWEEN 1 AND 121 THEN {points(f"{part(1)} - 1")}
        WHEN regexp_full_match({band}, '[0-9]{{1,3}}\\+') AND {part(1)} <= 120 THEN 10 * {points(part(1))} + 6 END,
      CASE WHEN birth_year IS NULL THEN NULL
        WHEN regexp_full_match({year}, '[0-9]{{4}}')
          AND TRY_CAST({year} AS INTEGER) BETWEEN {as_of.year - 121} AND {as_of.year}
          THEN 10 * {points(f"{as_of.year - 1} - TRY_CAST({year} AS INTEGER)")}
            + {points(f"{as_of.year} - TRY_CAST({year} AS INTEGER)")} END,
      6)::TINYINT"""


def points_since(factor: str, days: str) -> str:
    windows = " ".join(f"WHEN {days} <= {last} THEN {points}" for _, _, last, points, _ in WINDOWS[factor])
    return f"(CASE WHEN {days} IS NULL THEN 0 {windows} ELSE 0 END)::TINYINT"


def source(form: str, path: str, columns: list[str]) -> str:
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    quoted = "'" + path.replace("'", "''") + "'"
    if form == "csv":
        return (
            f"read_csv({quoted}, columns = {{{types}}}, auto_detect = false, header = true, "
            "delim = ',', quote = '\"', escape = '\"')"
        )
    lines = "newline_delimited" if form == "ndjson" else "array"
    return f"read_json({quoted}, columns = {{{types}}}, format = '{lines}')"


def facts(form: str, path: str, as_of: date) -> str:
    """The facts as small numbers; what is not collected is a constant."""
    columns = collected(form, path)
    absent = [field for field in FIELDS if field not in columns]
    used = columns if form == "csv" else [column for column in columns if column in (*FIELDS, "id")]
    cells = [f"NULL::VARCHAR AS {field}" for field in absent]
    dated = {event: as_of for event in EVENTS}
    dated |= dict.fromkeys(["prison_release_due", "naloxone_expiry"], years_after(as_of, 50))
    ask = {field: 0 if field in absent else 2 for field in ("injecting", "housing")}
    selected = [
        # No white space sorts behind a printed character.
        f"CASE WHEN id > '!' AND right(id, 1) > '!' THEN id ELSE {TRIMMED.format('id')} END AS id",
        f"{age_points(as_of)} AS age_points",
        f"{coded('opioid_use', {'none': 0, 'past': 1, 'current': 2}, 3, 3)} AS opioid",
        f"{coded('ost', {'not_prescribed': 0, 'prescribed': 1} | dict.fromkeys(NOT_RECORDED, 2), 2, 3)} AS ost_said",
        f"{coded('naloxone', {'not_held': 0, 'held': 1}, 2, 2)} AS naloxone_held",
        f"{coded('injecting', {'never': 0, 'previous': 0, 'current': 1}, ask['injecting'], ask['injecting'])} AS injecting",
        f"{coded('housing', {'settled': 0, 'at_risk': 1, 'no_fixed_abode': 3}, ask['housing'], ask['housing'])} AS housing",
    ]
    named = {"prison_release_due": "due", "naloxone_expiry": "expired_for"}
    selected += [f"{back(f'{field}_day', as_of, last)} AS {named.get(field, field)}" for field, last in dated.items()]
    selected += [f"{state(event, as_of)} AS {event}_state" for event in EVENTS]
    for field in YES_NO:
        selected.append(f"{'0::TINYINT' if field in absent else yes_no(field)} AS {field}")
    others = ["open", "closed", "in_custody", *COMMON]
    seen = " ".join(f"WHEN case_status = '{said}' THEN true" for said in others)
    kept = f"(CASE WHEN case_status IS NULL THEN true {seen} ELSE {word('case_status')} <> 'died' END)"
    # A blank cell of CSV is NULL as it is read.
    cells += used if form == "csv" else [f"nullif({column}, '') AS {column}" for column in used]
    read = f"SELECT {', '.join(cells)} FROM {source(form, path, used)}"
    days = ", ".join(f"{day(field)} AS {field}_day" for field in dated)
    return f"SELECT {', '.join(selected)} FROM (SELECT *, {days} FROM ({read}) WHERE {kept})"


def levels(expiry_asked: bool) -> list[str]:
    """Selections, each over the one before it, from facts to points of both sides."""
    restarted = "coalesce(ost_started <= ost_ended, false)"
    taken = f"(CASE WHEN ost_said = 1 AND ost_ended <= 28 AND NOT {restarted} THEN 3 ELSE ost_said END)::TINYINT AS ost"
    stopped = "ost_started IS NOT NULL AND NOT coalesce(ost_ended <= ost_started, false)"
    since = points_since
    first = [
        "*",
        taken,
        f"(CASE WHEN {stopped} THEN {since('ost-stopped', 'ost_started')} ELSE 0 END)::TINYINT AS stopped_since_start",
        "(due IS NOT NULL AND NOT coalesce(prison_release <= due + 28, false)) AS planned",
        f"{since('prison-release', 'prison_release')} AS prison",
        f"{since('ost-stopped', 'ost_ended')} AS stopped_since_end",
        f"{since('detox-exit', 'detox_exit')} AS detox",
        f"{since('hospital-discharge', 'hospital_discharge')} AS hospital",
        f"{since('overdose', 'overdose')} AS overdose_points",
        "(CASE naloxone_held WHEN 0 THEN 1 WHEN 1 THEN CASE WHEN expired_for > 0 THEN 2 ELSE 0 END "
        "ELSE CASE WHEN expired_for > 0 THEN 2 ELSE 3 END END)::TINYINT AS naloxone",
    ]
    unasked = "expired_for <= 0" if expiry_asked else "coalesce(expired_for, 0) <= 0"
    second = [
        "*",
        "CASE WHEN opioid IN (1, 2) OR ost = 1 OR ost_ended IS NOT NULL THEN 2::TINYINT "
        "WHEN opioid = 0 AND injecting <> 1 AND coalesce(overdose > 365, true) AND ost <> 3 AND ost_ended_state <> 2 "
        "THEN 0::TINYINT ELSE 1::TINYINT END AS exposure",
        "(CASE opioid WHEN 2 THEN CASE ost WHEN 0 THEN 12 ELSE 4 END WHEN 1 THEN CASE ost WHEN 0 THEN 4 ELSE 0 END "
        "ELSE 0 END)::TINYINT AS use_low",
        "(CASE opioid WHEN 2 THEN CASE ost WHEN 1 THEN 4 ELSE 12 END WHEN 1 THEN CASE ost WHEN 1 THEN 0 ELSE 4 END "
        "WHEN 0 THEN 0 ELSE CASE ost WHEN 1 THEN 4 ELSE 12 END END)::TINYINT AS use_high",
        "(CASE WHEN NOT planned OR prison > 0 THEN 0 WHEN due BETWEEN 1 AND 84 THEN 1 "
        "WHEN due BETWEEN -14 AND 0 THEN 2 ELSE 0 END)::TINYINT AS release_planned",
        "(CASE WHEN prison_release_state > 0 OR (planned AND due BETWEEN 0 AND 84) THEN 20 ELSE prison END)::TINYINT "
        "AS prison_high",
        "(CASE ost WHEN 1 THEN 0 WHEN 0 THEN greatest(stopped_since_end, stopped_since_start) "
        "ELSE stopped_since_end END)::TINYINT AS stopped",
        "(CASE WHEN ost = 1 THEN 0 WHEN ost_ended_state > 0 OR ost_started_state > 0 THEN 16 "
        "ELSE greatest(stopped_since_end, stopped_since_start) END)::TINYINT AS stopped_high",
        "(CASE WHEN detox_exit_state > 0 THEN 16 ELSE detox END)::TINYINT AS detox_high",
        "(CASE WHEN hospital_discharge_state > 0 THEN 15 ELSE hospital END)::TINYINT AS hospital_high",
        "(CASE WHEN ost <> 1 AND treatment_exit <= 28 THEN 3 ELSE 0 END)::TINYINT AS left_treatment",
        "(CASE WHEN ost <> 1 AND (treatment_exit <= 28 OR treatment_exit_state > 0) THEN 3 ELSE 0 END)::TINYINT "
        "AS left_treatment_high",
        f"(CASE WHEN ost = 0 THEN 0 ELSE {since('ost-started', 'ost_started')} END)::TINYINT AS started",
        f"(CASE WHEN ost = 0 THEN 0 WHEN ost_started_state > 0 THEN 11 "
        f"ELSE {since('ost-started', 'ost_started')} END)::TINYINT AS started_high",
        f"(CASE WHEN naloxone_held = 1 AND {unasked} THEN 0 ELSE {NALOXONE} END)::TINYINT AS naloxone_high",
    ]

    def depressants(test: str) -> str:
        each = " + ".join(f"{points}::TINYINT * ({field} {test})::TINYINT" for field, points in DEPRESSANTS)
        return f"least({DEPRESSANTS_LIMIT}::TINYINT, {each})"

    def added(test: str) -> str:
        return " + ".join(
            f"{points}::TINYINT * ({field} {test})::TINYINT"
            for field, points in [
                ("injecting", INJECTING),
                ("suicidality", SUICIDALITY),
                ("respiratory_disease", RESPIRATORY),
                ("uses_alone", USES_ALONE),
            ]
        )

    third = [
        "*",
        "greatest(prison, stopped, detox, hospital, left_treatment) AS lost_tolerance",
        f"age_points // 10 + use_low + greatest(prison, stopped, detox, hospital, left_treatment) "
        f"+ {NALOXONE} * (naloxone > 0)::TINYINT + started + overdose_points + {depressants('= 1')} + {added('= 1')} "
        "+ CASE housing WHEN 3 THEN 4 WHEN 1 THEN 2 ELSE 0 END AS points",
        f"age_points % 10 + use_high + greatest(prison_high, stopped_high, detox_high, hospital_high, left_treatment_high) "
        f"+ naloxone_high + started_high + CASE WHEN overdose_state > 0 THEN 7 ELSE overdose_points END "
        f"+ {depressants('>= 1')} + {added('>= 1')} + CASE WHEN housing >= 2 THEN 4 WHEN housing = 1 THEN 2 ELSE 0 END "
        "AS could_points",
        "(CASE WHEN prison >= 5 OR stopped > 0 OR detox > 0 OR hospital = 15 OR overdose <= 28 THEN 2 "
        "WHEN prison > 0 OR release_planned > 0 OR hospital = 7 OR left_treatment > 0 OR started > 0 OR suicidality = 1 "
        "THEN 1 ELSE 0 END) AS floor_low",
        "(CASE WHEN prison_high >= 5 OR stopped_high > 0 OR detox_high > 0 OR hospital_high = 15 OR overdose <= 28 "
        "OR overdose_state > 0 THEN 2 WHEN prison_high > 0 OR release_planned > 0 OR hospital_high = 7 "
        "OR left_treatment_high > 0 OR started_high > 0 OR suicidality >= 1 THEN 1 ELSE 0 END) AS floor_high",
    ]
    return [", ".join(stage) for stage in (first, second, third)]


def lost_tolerance_reasons() -> list[str]:
    """Of one mechanism only the largest counts, of equal ones the first."""
    columns = dict(zip(LOST_TOLERANCE, ["prison", "stopped", "detox", "hospital", "left_treatment"]))
    texts = []
    for position, factor in enumerate(LOST_TOLERANCE):
        cases = ""
        for level, _, _, points, _ in WINDOWS[factor]:
            earlier = [
                columns[other]
                for other in LOST_TOLERANCE[:position]
                if any(window[3] == points for window in WINDOWS[other])
            ]
            counts = " AND ".join([f"lost_tolerance = {points}", *(f"{other} <> {points}" for other in earlier)])
            cases += (
                f" WHEN {columns[factor]} = {points} THEN CASE WHEN {counts} THEN '{factor}:{level}:{points}' "
                f"ELSE '{factor}:{level}:0' END"
            )
        if factor == "prison-release":
            cases += (
                " WHEN release_planned = 1 THEN 'prison-release:release-overdue:0'"
                " WHEN release_planned = 2 THEN 'prison-release:due-within-14-days:0'"
            )
        quiet = f"{columns[factor]} = 0" + (" AND release_planned = 0" if factor == "prison-release" else "")
        texts.append(f"CASE WHEN {quiet} THEN NULL{cases} END")
    return texts


def depressant_reasons() -> str:
    """Given out largest first, until the limit is used up."""
    shown = ["benzodiazepines", "gabapentinoids", "z_drugs", "alcohol"]
    cases = []
    for taken in product((False, True), repeat=len(shown)):
        left, texts = DEPRESSANTS_LIMIT, {}
        for field, points in DEPRESSANTS:
            if dict(zip(shown, taken))[field]:
                texts[field] = f"{field.replace('_', '-')}:yes:{min(points, left)}"
                left -= min(points, left)
        together = ";".join(texts[field] for field in shown if field in texts)
        code = sum(1 << place for place, one in enumerate(taken) if one)
        cases.append(f"WHEN {code} THEN " + (f"'{together}'" if together else "NULL"))
    code = " + ".join(f"({field} = 1)::TINYINT * {1 << place}::TINYINT" for place, field in enumerate(shown))
    return f"CASE {code} {' '.join(cases)} END"


def reasons() -> str:
    prison, stopped, detox, hospital, left = lost_tolerance_reasons()
    overdose = " ".join(
        f"WHEN overdose <= {last} THEN 'overdose:{level}:{points}'" for level, _, last, points, _ in WINDOWS["overdose"]
    )
    texts = [
        "CASE WHEN age_points < 30 THEN NULL WHEN age_points < 60 THEN 'age:35-44:3' ELSE 'age:45-and-over:6' END",
        "CASE WHEN use_low = 0 THEN NULL WHEN use_low = 12 THEN 'opioid-use:off-treatment:12' "
        "WHEN opioid = 2 THEN 'opioid-use:on-top-of-treatment:4' ELSE 'opioid-use:abstinent:4' END",
        prison,
        f"CASE naloxone WHEN 0 THEN NULL WHEN 1 THEN 'naloxone:not-held:{NALOXONE}' "
        f"WHEN 2 THEN 'naloxone:expired:{NALOXONE}' ELSE 'naloxone:unconfirmed:{NALOXONE}' END",
        stopped,
        detox,
        hospital,
        left,
        "CASE started WHEN 0 THEN NULL WHEN 11 THEN 'ost-started:days-0-14:11' ELSE 'ost-started:days-15-28:5' END",
        f"CASE WHEN overdose_points = 0 THEN NULL {overdose} END",
        f"CASE WHEN injecting = 1 THEN 'injecting:current:{INJECTING}' END",
        depressant_reasons(),
        f"CASE WHEN suicidality = 1 THEN 'suicidality:yes:{SUICIDALITY}' END",
        f"CASE WHEN respiratory_disease = 1 THEN 'respiratory-disease:yes:{RESPIRATORY}' END",
        "CASE housing WHEN 3 THEN 'housing:no-fixed-abode:4' WHEN 1 THEN 'housing:at-risk:2' END",
        f"CASE WHEN uses_alone = 1 THEN 'uses-alone:yes:{USES_ALONE}' END",
    ]
    return f"nullif(concat_ws(';', {', '.join(texts)}), '')"


def tier(points: str, floor: str) -> str:
    return (
        f"WHEN {floor} = 2 OR {points} >= {ACT_NOW_FROM} THEN 'act-now' "
        f"WHEN {floor} = 1 OR {points} >= {PRIORITISE_FROM} THEN 'prioritise' ELSE 'standard' END"
    )


def query(form: str, path: str, as_of: date, out: str) -> str:
    selected = facts(form, path, as_of)
    for stage in levels("naloxone_expiry" in collected(form, path)):
        selected = f"SELECT {stage} FROM ({selected})"
    columns = [
        "id",
        "CASE exposure WHEN 0 THEN 'out-of-scope' WHEN 1 THEN 'not-enough-information' ELSE CASE "
        + tier("points", "floor_low")
        + " END",
        "CASE WHEN exposure = 0 THEN 0 ELSE points END",
        f"CASE WHEN exposure = 0 THEN 'out-of-scope' {tier('could_points', 'floor_high')}",
        "CASE WHEN exposure = 0 THEN 0 ELSE could_points END",
        f"CASE WHEN exposure = 0 THEN NULL ELSE {reasons()} END",
    ]
    named = ", ".join(f"{column} AS {name}" for column, name in zip(columns, COLUMNS))
    quoted = "'" + out.replace("'", "''") + "'"
    return f"COPY (SELECT {named} FROM ({selected})) TO {quoted} (FORMAT csv, HEADER, DELIMITER ',')"


def main() -> None:
    form, path, as_of, out = arguments()
    connection = duckdb.connect(config={"threads": THREADS})
    connection.execute(query(form, path, as_of, out))


if __name__ == "__main__":
    main()
