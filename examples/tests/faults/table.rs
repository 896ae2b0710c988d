//! The table: a row for each case, and the end at the first promise that is broken.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// One kind of fault, and what is promised of it.
pub(crate) struct Case {
    pub(crate) what_fails: &'static str,
    /// Its file and its function; the function says the promise.
    pub(crate) name: &'static str,
    pub(crate) run: fn(&mut Row),
}

/// How much is tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Short,
    Long,
}

/// The row of a case while its faults are tried.
pub(crate) struct Row {
    pub(crate) form: Form,
    /// What draws begin with.
    pub(crate) seed: u64,
    fault: String,
    outcomes: BTreeMap<String, usize>,
    skipped: Option<&'static str>,
}

impl Row {
    fn new(form: Form, seed: u64) -> Self {
        Self { form, seed, fault: String::new(), outcomes: BTreeMap::new(), skipped: None }
    }

    /// Says which fault is tried now, so that it can be repeated if it breaks something.
    pub(crate) fn tries(&mut self, fault: impl Into<String>) {
        self.fault = fault.into();
    }

    /// The fault that is tried now.
    pub(crate) fn fault(&self) -> &str {
        &self.fault
    }

    /// Counts a fault that happened, by what became of it.
    pub(crate) fn ended(&mut self, outcome: impl Into<String>) {
        *self.outcomes.entry(outcome.into()).or_default() += 1;
    }

    /// How many faults happened.
    pub(crate) fn faults(&self) -> usize {
        self.outcomes.values().sum()
    }

    /// How many ended so.
    pub(crate) fn count(&self, outcome: &str) -> usize {
        self.outcomes.get(outcome).copied().unwrap_or_default()
    }

    /// Says that the case cannot be tried here, which is a failure where it has to be.
    pub(crate) fn skip(&mut self, why: &'static str) {
        let is_required = std::env::var_os("OVERDOSE_RISK_FAULTS").is_some_and(|v| v == "required");
        assert!(!is_required, "OVERDOSE_RISK_FAULTS=required: {why}");
        self.skipped = Some(why);
    }

    /// A number under `below`, the next of the draw; Knuth's constants, of which the upper bits are the
    /// better ones.
    pub(crate) fn draw(&mut self, below: u64) -> u64 {
        let next = self.seed.wrapping_mul(6_364_136_223_846_793_005);
        self.seed = next.wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % below
    }

    fn print(&self, case: &Case, seconds: f64) {
        let outcomes = match self.skipped {
            Some(why) => format!("SKIPPED: {why}"),
            None => {
                let each =
                    self.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}"));
                each.collect::<Vec<_>>().join(", ")
            }
        };
        let (faults, what) = (self.faults(), case.what_fails);
        println!("| {what} | {faults} | {outcomes} | {} | {seconds:.1} |", case.promise());
    }
}

impl Case {
    /// The name of the function, in words.
    fn promise(&self) -> String {
        self.name.rsplit("::").next().unwrap_or_default().replace('_', " ")
    }
}

/// Runs the cases that the arguments name, or all, and prints the table.
pub(crate) fn run(cases: &[Case]) -> ExitCode {
    let (mut form, mut seed, mut named) = (Form::Short, None, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--long" => form = Form::Long,
            "--seed" => seed = arguments.next().and_then(|seed| seed.parse().ok()),
            // Those of the usual test harness, which `cargo test` gives to every target.
            option if option.starts_with('-') => {}
            _ => named.push(argument),
        }
    }
    let seed: u64 = seed.unwrap_or_else(|| match form {
        Form::Short => 20_260_331,
        Form::Long => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs()),
    });
    println!("faults, with --seed {seed}\n");
    println!("| what fails | faults | outcomes | promise | seconds |\n|---|---|---|---|---|");
    let (begun, mut faults) = (Instant::now(), 0);
    let is_named =
        |case: &&Case| named.is_empty() || named.iter().any(|n| case.name.contains(&**n));
    for case in cases.iter().filter(is_named) {
        let mut row = Row::new(form, seed);
        let case_begun = Instant::now();
        let kept = panic::catch_unwind(AssertUnwindSafe(|| (case.run)(&mut row)));
        if kept.is_err() {
            let long = if form == Form::Long { "--long " } else { "" };
            eprintln!("\nBROKEN: {}\nby: {}", case.promise(), row.fault);
            eprintln!("again: .ci/faults {long}--seed {seed} {}", case.name);
            return ExitCode::FAILURE;
        }
        row.print(case, case_begun.elapsed().as_secs_f64());
        faults += row.faults();
    }
    println!("\n{faults} faults in {:.0} s, and no promise broken", begun.elapsed().as_secs_f64());
    ExitCode::SUCCESS
}
