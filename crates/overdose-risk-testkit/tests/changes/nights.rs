//! Exports of one service, night after night: people as the synthetic population has them, and what
//! becomes of their rows.

use chrono::{Days, NaiveDate};
use overdose_risk_testkit::population::{COLUMNS, Population};
use std::collections::{BTreeMap, BTreeSet};

type Cells = [String; COLUMNS.len()];

/// A small stream of numbers that is the same every time.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn from_seed(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x2545_F491_4F6C_DD1D)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// What the export has of somebody on one night.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Whole,
    ExtraField,
    OpenQuote,
    Absent,
}

/// Everybody whom the service knows, and how they stand in tonight's export.
pub(crate) struct Service {
    population: Population,
    people: BTreeMap<u64, (Cells, Row)>,
    next: u64,
    numbers: Numbers,
}

impl Service {
    pub(crate) fn new(seed: u64, people: u64, as_of: NaiveDate) -> Self {
        let population = Population::new(seed, as_of);
        let everybody =
            (0..people).map(|place| (place, (population.person(place).cells(), Row::Whole)));
        let (people, next) = (everybody.collect(), people);
        Self { population, people, next, numbers: Numbers::from_seed(seed) }
    }

    /// Tonight's export.
    pub(crate) fn export(&self) -> String {
        let mut export = COLUMNS.join(",") + "\n";
        for (cells, row) in self.people.values() {
            let cells = cells.join(",");
            export += &match row {
                Row::Whole => format!("{cells}\n"),
                Row::ExtraField => format!("{cells},x\n"),
                // Instead of the last cell.
                Row::OpenQuote => format!("{},\"open\n", cells.rsplit_once(',').unwrap().0),
                Row::Absent => String::new(),
            };
        }
        export
    }

    /// The ids of those whom tonight's export can be read to have died.
    pub(crate) fn dead(&self) -> BTreeSet<String> {
        let case_status = COLUMNS.iter().position(|one| *one == "case_status").unwrap();
        let has_died = |cells: &Cells| cells[case_status].eq_ignore_ascii_case("died");
        let dead =
            self.people.values().filter(|(cells, row)| *row == Row::Whole && has_died(cells));
        dead.map(|(cells, _)| cells[0].clone()).collect()
    }

    /// Lets days go by after `last_night`. Of three people two stay as they are.
    pub(crate) fn later(&mut self, last_night: NaiveDate, days: u64) {
        let numbers = &mut self.numbers;
        for (place, (cells, row)) in &mut self.people {
            *row = match *row {
                Row::Whole => Row::Whole,
                flickers if numbers.below(2) == 0 => flickers,
                Row::ExtraField | Row::OpenQuote | Row::Absent => Row::Whole,
            };
            let mut set = |column: &str, text: &str| {
                let at = COLUMNS.iter().position(|one| *one == column).unwrap();
                text.clone_into(&mut cells[at]);
            };
            match numbers.below(36) {
                0..=3 => {
                    let at = 1 + numbers.below(COLUMNS.len() - 1);
                    let other = self.population.person(place + 1 + numbers.below(1000) as u64);
                    cells[at].clone_from(&other.cells()[at]);
                }
                4 | 5 => {
                    let column = numbers.one_of(&[
                        "prison_release",
                        "ost_started",
                        "ost_ended",
                        "detox_exit",
                        "hospital_discharge",
                        "treatment_exit",
                        "overdose",
                    ]);
                    let happened =
                        last_night + Days::new(1 + numbers.below(days.max(1) as usize) as u64);
                    set(column, &happened.to_string());
                }
                6 => set("prison_release_due", &(last_night + Days::new(10)).to_string()),
                7 => {
                    let use_now = numbers.one_of(&["none", "current"]);
                    set("opioid_use", use_now);
                    ["injecting", "overdose", "ost", "ost_ended"].iter().for_each(|of| set(of, ""));
                }
                8 => ["opioid_use", "ost", "ost_ended"].iter().for_each(|column| set(column, "")),
                9 if numbers.below(3) == 0 => set("case_status", "died"),
                10 => *row = numbers.one_of(&[Row::ExtraField, Row::OpenQuote]),
                11 => *row = Row::Absent,
                _ => {}
            }
        }
        for _ in 0..numbers.below(8) {
            let person = self.population.person(self.next);
            self.people.insert(self.next, (person.cells(), Row::Whole));
            self.next += 1;
        }
    }
}
