"""The default policy as two Polars queries on the streaming engine, from export to cells and from cells to CSV.

It follows the policy's normative description and owes nothing to the Rust code. Polars gets its best case: a
declared schema; every column of facts as categories, so that each spelling is read once, in Python, and a
cell is then a look-up; arithmetic on small numbers; and reasons taken from three tables of ready texts.

The cells are collected before the rest is asked: as one query, what is Python's is called for every piece of a
file, which took 1.35 times the processor time over CSV and 4 times over NDJSON. Instead of categories, text
with `when` chains took 1.35 times as long for the words, `is_in`, `replace_strict` and `Enum` 1.4 to 1.8 times,
and `to_date` 1.4 times for the dates; 16-bit numbers and larger pieces gain nothing.
"""

from __future__ import annotations

from datetime import date
from functools import reduce

import polars as pl

from column_tables import (
    AGAINST,
    NONE,
    UNKNOWN,
    Reading,
    combined,
    depressant_texts,
    of_windows,
    readings,
)
from practice_principles import (
    ACT_NOW_FROM,
    COLUMNS,
    DEPRESSANTS,
    DEPRESSANTS_LIMIT,
    FIELDS,
    INJECTING,
    NALOXONE,
    PRIORITISE_FROM,
    RESPIRATORY,
    SUICIDALITY,
    TIERS,
    USES_ALONE,
    WHITE_SPACE,
    WINDOWS,
    arguments,
    collected,
)
from python_flags import plain


def read_as(cells: pl.Series, reading: Reading) -> pl.Expr:
    """A column of categories as numbers: each spelling is read once, and a cell is a look-up by its code."""
    spellings = cells.unique().drop_nulls()
    known = {
        code: reading(plain(spelling))
        for code, spelling in zip(spellings.to_physical().to_list(), spellings.cast(pl.String).to_list())
    }
    table = pl.Series([known.get(code) for code in range(max(known, default=0) + 1)], dtype=pl.Int32)
    codes = pl.col(cells.name).to_physical()
    looked_up = codes.map_batches(table.gather, return_dtype=pl.Int32, is_elementwise=True)
    return looked_up.fill_null(reading(""))


def points_since(factor: str, days: pl.Expr) -> pl.Expr:
    """Points by days; the bounds of windows fall, so the points are sums of differences."""
    windows = WINDOWS[factor]
    following = [*(points for _, _, _, points, _ in windows[1:]), 0]
    steps = [
        (days <= last).cast(pl.Int32) * (points - after) for (_, _, last, points, _), after in zip(windows, following)
    ]
    return reduce(lambda a, b: a + b, [step for step in steps])


def times(points: int, test: pl.Expr) -> pl.Expr:
    return test.cast(pl.Int32) * points


def ready(texts: list[str], code: pl.Expr) -> pl.Expr:
    """The text with that number."""
    table = pl.Series(texts)
    return code.map_batches(lambda codes: table.gather(codes), return_dtype=pl.String, is_elementwise=True)


def numbered(codes: list[pl.Expr], groups: list[list[str]]) -> pl.Expr:
    """The number of a combination."""
    return reduce(lambda so_far, step: so_far * len(step[1]) + step[0], zip(codes, groups), pl.lit(0, pl.Int32))


def level_number(factor: str, points: pl.Expr, counts: pl.Expr) -> pl.Expr:
    """Which of `of_windows` it is, by points: no two levels of these factors have the same."""
    windows = WINDOWS[factor]
    number = reduce(
        lambda a, b: a + b, [times(position, points == window[3]) for position, window in enumerate(windows, 1)]
    )
    return number + times(len(windows), (points > 0) & ~counts)


def flags(cells: pl.DataFrame, columns: list[str], as_of: date) -> pl.LazyFrame:
    read = readings(as_of, columns)
    absent = [pl.lit(read[field](""), pl.Int32).alias(field) for field in FIELDS if field not in columns]
    facts = (
        cells.lazy()
        .select(
            pl.col("id").str.strip_chars(WHITE_SPACE),
            *(read_as(cells[field], read[field]) for field in FIELDS if field in columns),
            *absent,
        )
        .filter(pl.col("case_status") == 0)
    )
    c = pl.col

    years = pl.when(c("age") >= 0).then(c("age")).when(c("age_band") >= 0).then(c("age_band"))
    years = years.when(c("birth_year") >= 0).then(c("birth_year")).otherwise(6)
    contradictory = (c("ost") == 1) & (c("ost_ended") <= 28) & (c("ost_started") > c("ost_ended"))
    due, opioid, ost = c("prison_release_due"), c("opioid_use"), c("ost")
    first = facts.with_columns(
        ost=pl.when(contradictory).then(pl.lit(3, pl.Int32)).otherwise(ost),
        years=years,
        planned=(due < NONE) & ~((c("prison_release") < NONE) & (c("prison_release") <= due + 28)),
        stopped_since_end=points_since("ost-stopped", c("ost_ended")),
        stopped_since_start=points_since("ost-stopped", c("ost_started"))
        * (~(c("ost_ended") <= c("ost_started"))).cast(pl.Int32),
        started_points=points_since("ost-started", c("ost_started")),
        prison=points_since("prison-release", c("prison_release")),
        detox=points_since("detox-exit", c("detox_exit")),
        hospital=points_since("hospital-discharge", c("hospital_discharge")),
        overdose_points=points_since("overdose", c("overdose")),
        has_expired=(c("naloxone_expiry") > 0) & (c("naloxone_expiry") < NONE),
    )
    off, on = ost != 1, ost != 0
    worst_stop = pl.max_horizontal("stopped_since_end", "stopped_since_start")
    # Held with an expiry that is not collected: as if the kit served.
    serves = c("naloxone_expiry") <= 0 if "naloxone_expiry" in columns else pl.lit(True)
    second = first.with_columns(
        exposed=(opioid == 1) | (opioid == 2) | (ost == 1) | (c("ost_ended") < NONE),
        denied=(opioid == 0) & (c("injecting") != 1) & (c("overdose") > 365) & (ost != 3) & (c("ost_ended") != AGAINST),
        use_low=times(12, (opioid == 2) & (ost == 0)) + times(4, ((opioid == 2) & on) | ((opioid == 1) & (ost == 0))),
        use_high=times(12, (opioid >= 2) & off) + times(4, ((opioid >= 2) & (ost == 1)) | ((opioid == 1) & off)),
        overdue=c("planned") & (c("prison") == 0) & (due >= 1) & (due <= 84),
        soon=c("planned") & (c("prison") == 0) & (due >= -14) & (due <= 0),
        prison_high=pl.when((c("prison_release") >= UNKNOWN) | (c("planned") & (due >= 0) & (due <= 84)))
        .then(20)
        .otherwise(c("prison")),
        stopped=pl.when(ost == 0).then(worst_stop).otherwise(c("stopped_since_end") * off.cast(pl.Int32)),
        stopped_high=pl.when((c("ost_ended") >= UNKNOWN) | (c("ost_started") >= UNKNOWN)).then(16).otherwise(worst_stop)
        * off.cast(pl.Int32),
        detox_high=pl.when(c("detox_exit") >= UNKNOWN).then(16).otherwise(c("detox")),
        hospital_high=pl.when(c("hospital_discharge") >= UNKNOWN).then(15).otherwise(c("hospital")),
        left=times(3, off & (c("treatment_exit") <= 28)),
        left_high=times(3, off & ((c("treatment_exit") <= 28) | (c("treatment_exit") >= UNKNOWN))),
        started=c("started_points") * on.cast(pl.Int32),
        started_high=pl.when(c("ost_started") >= UNKNOWN).then(11).otherwise(c("started_points")) * on.cast(pl.Int32),
        naloxone_low=pl.when(c("naloxone") == 0)
        .then(1)
        .when(c("has_expired"))
        .then(2)
        .when(c("naloxone") == 1)
        .then(0)
        .otherwise(3),
        naloxone_high=times(NALOXONE, ~((c("naloxone") == 1) & ~c("has_expired") & serves)),
    )

    added = [
        ("injecting", INJECTING),
        ("suicidality", SUICIDALITY),
        ("respiratory_disease", RESPIRATORY),
        ("uses_alone", USES_ALONE),
    ]

    def weighed(fields: list[tuple[str, int]], least: int) -> pl.Expr:
        said = {1: lambda field: c(field) == 1, 0: lambda field: c(field) >= 1}[least]
        return reduce(lambda a, b: a + b, [times(points, said(field)) for field, points in fields])

    third = second.with_columns(
        lost=pl.max_horizontal("prison", "stopped", "detox", "hospital", "left"),
    ).with_columns(
        points=c("years") // 10
        + c("use_low")
        + c("lost")
        + times(NALOXONE, c("naloxone_low") > 0)
        + c("started")
        + c("overdose_points")
        + weighed(DEPRESSANTS, 1).clip(upper_bound=DEPRESSANTS_LIMIT)
        + weighed(added, 1)
        + times(4, c("housing") == 3)
        + times(2, c("housing") == 1),
        could_points=c("years") % 10
        + c("use_high")
        + pl.max_horizontal("prison_high", "stopped_high", "detox_high", "hospital_high", "left_high")
        + c("naloxone_high")
        + c("started_high")
        + pl.when(c("overdose") >= UNKNOWN).then(7).otherwise(c("overdose_points"))
        + weighed(DEPRESSANTS, 0).clip(upper_bound=DEPRESSANTS_LIMIT)
        + weighed(added, 0)
        + times(4, c("housing") >= 2)
        + times(2, c("housing") == 1),
    )

    def tier(side: str, points: str, overdose: pl.Expr, planned: pl.Expr, suicidality: pl.Expr) -> pl.Expr:
        prison, stopped, detox, hospital, left, started = (
            c(name + side) for name in ("prison", "stopped", "detox", "hospital", "left", "started")
        )
        act_now = (
            (prison >= 5) | (stopped > 0) | (detox > 0) | (hospital == 15) | overdose | (c(points) >= ACT_NOW_FROM)
        )
        prioritise = (prison > 0) | planned | (hospital == 7) | (left > 0) | (started > 0) | suicidality
        prioritise |= c(points) >= PRIORITISE_FROM
        return (
            pl.when(act_now).then(pl.lit(TIERS[2])).when(prioritise).then(pl.lit(TIERS[1])).otherwise(pl.lit(TIERS[0]))
        )

    planned, recent = c("overdue") | c("soon"), c("overdose") <= 28
    low = tier("", "points", recent, planned, c("suicidality") == 1)
    high = tier("_high", "could_points", recent | (c("overdose") >= UNKNOWN), planned, c("suicidality") >= 1)

    lost = c("lost")
    prison = level_number("prison-release", c("prison"), lost == c("prison"))
    last = len(of_windows("prison-release"))
    tables = [
        (
            [["", "age:35-44:3", "age:45-and-over:6"], c("years") // 30],
            [
                ["", "opioid-use:off-treatment:12", "opioid-use:on-top-of-treatment:4", "opioid-use:abstinent:4"],
                times(1, c("use_low") == 12)
                + times(2, c("use_low") == 4)
                + times(1, (c("use_low") == 4) & (opioid == 1)),
            ],
            [
                [
                    *of_windows("prison-release"),
                    "prison-release:release-overdue:0",
                    "prison-release:due-within-14-days:0",
                ],
                prison + times(last, c("overdue")) + times(last + 1, c("soon")),
            ],
            [
                ["", *(f"naloxone:{level}:{NALOXONE}" for level in ("not-held", "expired", "unconfirmed"))],
                c("naloxone_low"),
            ],
        ),
        (
            [of_windows("ost-stopped"), level_number("ost-stopped", c("stopped"), lost == c("stopped"))],
            # Of equal points those of the first factor count.
            [
                of_windows("detox-exit"),
                level_number("detox-exit", c("detox"), (lost == c("detox")) & (c("stopped") != 16)),
            ],
            [
                of_windows("hospital-discharge"),
                level_number(
                    "hospital-discharge", c("hospital"), (lost == c("hospital")) & (c("prison") != c("hospital"))
                ),
            ],
            [
                of_windows("treatment-exit"),
                level_number("treatment-exit", c("left"), (lost == 3) & (c("prison") != 3) & (c("hospital") != 3)),
            ],
            [of_windows("ost-started")[:3], times(1, c("started") == 11) + times(2, c("started") == 5)],
            [
                of_windows("overdose")[:4],
                # The first two windows have equal points: by days.
                times(1, recent)
                + times(2, (c("overdose") > 28) & (c("overdose") <= 183))
                + times(3, (c("overdose") > 183) & (c("overdose") <= 365)),
            ],
        ),
        (
            [["", f"injecting:current:{INJECTING}"], times(1, c("injecting") == 1)],
            [
                depressant_texts(),
                times(8, c("benzodiazepines") == 1)
                + times(4, c("gabapentinoids") == 1)
                + times(2, c("z_drugs") == 1)
                + times(1, c("alcohol") == 1),
            ],
            [["", f"suicidality:yes:{SUICIDALITY}"], times(1, c("suicidality") == 1)],
            [["", f"respiratory-disease:yes:{RESPIRATORY}"], times(1, c("respiratory_disease") == 1)],
            [
                ["", "housing:no-fixed-abode:4", "housing:at-risk:2"],
                times(1, c("housing") == 3) + times(2, c("housing") == 1),
            ],
            [["", f"uses-alone:yes:{USES_ALONE}"], times(1, c("uses_alone") == 1)],
        ),
    ]
    parts = [
        ready(
            combined([texts for texts, _ in table]),
            numbered([code for _, code in table], [texts for texts, _ in table]),
        )
        for table in tables
    ]
    denied = c("denied") & ~c("exposed")
    out = pl.lit("out-of-scope")
    return third.select(
        id=c("id"),
        tier=pl.when(denied).then(out).when(c("exposed")).then(low).otherwise(pl.lit("not-enough-information")),
        points=pl.when(denied).then(0).otherwise(c("points")),
        could_reach=pl.when(denied).then(out).otherwise(high),
        could_points=pl.when(denied).then(0).otherwise(c("could_points")),
        reasons=pl.when(denied).then(None).otherwise(pl.concat_str(parts).str.strip_prefix(";")),
    ).select(COLUMNS)


def cells(form: str, path: str, columns: list[str]) -> pl.DataFrame:
    """The columns that are used, those of facts as categories."""
    categories = {field: pl.Categorical(pl.Categories(field)) for field in FIELDS if field in columns}
    used = ["id", *categories]
    if form == "csv":
        schema = {column: categories.get(column, pl.String) for column in columns}
        read = pl.scan_csv(path, schema=schema).select(used)
    else:
        # The JSON readers know no categories.
        text = dict.fromkeys(used, pl.String)
        read = pl.scan_ndjson(path, schema=text) if form == "ndjson" else pl.read_json(path, schema=text).lazy()
        read = read.with_columns(pl.col(field).cast(category) for field, category in categories.items())
    return read.collect(engine="streaming")


def main() -> None:
    form, path, as_of, out = arguments()
    columns = collected(form, path)
    flags(cells(form, path, columns), columns, as_of).sink_csv(out, quote_style="never", engine="streaming")


if __name__ == "__main__":
    main()
