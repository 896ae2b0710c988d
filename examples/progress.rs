//! How far a run has come, on standard error.

use clap::ValueEnum;
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressStyle};
use overdose_risk_run::Progress;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// When progress is shown.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum When {
    /// Where standard error is a terminal
    Auto,
    /// Plain lines where it is not
    Always,
    /// Never
    Never,
}

/// A bar on a terminal, elsewhere plain lines when asked for.
pub(crate) enum Bar {
    Hidden,
    Terminal(ProgressBar),
    Plain(Plain),
}

/// What has been told in plain lines.
pub(crate) struct Plain {
    last: Option<Instant>,
    /// When the export was begun, for the first time or again.
    began: Instant,
    bytes: u64,
}

/// How often a plain line is written.
const PLAIN_EVERY: Duration = Duration::from_secs(2);

impl Bar {
    pub(crate) fn new(when: When) -> Self {
        match (when, io::stderr().is_terminal()) {
            (When::Auto | When::Always, true) => {
                let template = "{bar:30} {bytes}/{total_bytes} {msg}, {bytes_per_sec}, {eta} left";
                let style = ProgressStyle::with_template(template);
                let bar = ProgressBar::no_length();
                Self::Terminal(style.map_or(bar.clone(), |style| bar.with_style(style)))
            }
            (When::Always, false) => {
                Self::Plain(Plain { last: None, began: Instant::now(), bytes: 0 })
            }
            (When::Auto, false) | (When::Never, _) => Self::Hidden,
        }
    }

    pub(crate) fn show(&mut self, progress: Progress) {
        let Progress { bytes, size, people, .. } = progress;
        match self {
            Self::Hidden => {}
            Self::Terminal(bar) => {
                // An export in which an id repeats is read again from its first byte.
                if bytes < bar.position() {
                    bar.reset();
                }
                bar.set_length(size.unwrap_or(bytes));
                bar.set_position(bytes);
                bar.set_message(format!("{people} people"));
            }
            Self::Plain(plain) => plain.show(progress),
        }
    }

    pub(crate) fn clear(&self) {
        if let Self::Terminal(bar) = self {
            bar.finish_and_clear();
        }
    }
}

impl Plain {
    fn show(&mut self, Progress { bytes, size, people, .. }: Progress) {
        if bytes < self.bytes {
            self.began = Instant::now();
        }
        self.bytes = bytes;
        if self.last.is_some_and(|last| last.elapsed() < PLAIN_EVERY) {
            return;
        }
        self.last = Some(Instant::now());
        let of = size.map_or(String::new(), |size| format!(" of {size}"));
        let pace = pace(bytes, size, self.began.elapsed());
        // Where standard error is closed, nobody is watching.
        let _ = writeln!(io::stderr(), "{people} people, {bytes}{of} bytes{pace}");
    }
}

/// How fast that is, and how long it will take, where both can be said.
fn pace(bytes: u64, size: Option<u64>, elapsed: Duration) -> String {
    let micros = elapsed.as_micros().max(1);
    let a_second = u128::from(bytes) * 1_000_000 / micros;
    let rate = HumanBytes(u64::try_from(a_second).unwrap_or(u64::MAX));
    let left = size.and_then(|size| {
        let left = u128::from(size.saturating_sub(bytes)) * micros;
        let left = u64::try_from(left.checked_div(u128::from(bytes))?).ok()?;
        Some(format!(", {} left", HumanDuration(Duration::from_micros(left))))
    });
    format!(", {rate}/s{}", left.unwrap_or_default())
}
