//! A run that is killed.

use crate::night::{Night, TONIGHT, YESTERDAY};
use crate::trace::calls;
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

const SIGKILL: i32 = 9;

#[test]
fn a_run_that_is_killed_while_it_is_published_leaves_the_old_or_the_new() {
    let Some(calls) = calls() else { return };
    let receipt = calls.iter().position(|call| call.text.contains("run.json")).unwrap();
    let moments: Vec<String> = calls[receipt..]
        .iter()
        .filter(|call| call.text.contains("overdose-flags"))
        .map(|call| format!("{}:signal=SIGKILL:when={}", call.name, call.ordinal))
        .collect();
    assert!(moments.iter().any(|moment| moment.starts_with("rename")), "{moments:?}");
    let mut outcomes = BTreeMap::new();
    for moment in moments.iter().cycle().take(moments.len().max(60)) {
        let night = Night::new();
        let inject = format!("inject={moment}");
        let strace = ["-f", "-qq", "-o", "/dev/null", "-e", &inject];
        let output = night.tonight_under("strace", &strace).output().unwrap();
        assert_eq!(output.status.signal(), Some(SIGKILL), "{moment}");
        *outcomes.entry(night.latest()).or_insert(0) += 1;
        night.recovers(moment);
    }
    assert!(outcomes.contains_key(YESTERDAY) && outcomes.contains_key(TONIGHT), "{outcomes:?}");
}

#[test]
fn a_run_that_is_killed_at_any_moment_leaves_the_old_or_the_new() {
    let night = Night::new();
    let begun = Instant::now();
    night.recovers("nothing");
    let takes = begun.elapsed();
    let (mut kills, mut outcomes) = (0, BTreeMap::new());
    for moment in moments(takes) {
        let night = Night::new();
        let mut child = night.tonight().stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment);
        child.kill().unwrap();
        if child.wait().unwrap().signal() != Some(SIGKILL) {
            continue;
        }
        *outcomes.entry(night.latest()).or_insert(0) += 1;
        night.recovers("a kill");
        kills += 1;
        if kills == 150 {
            break;
        }
    }
    assert_eq!(kills, 150);
    assert!(outcomes.keys().all(|run| [YESTERDAY, TONIGHT].contains(&run.as_str())));
    assert!(outcomes.contains_key(YESTERDAY), "{outcomes:?}");
}

/// Moments within a run that takes so long, in no order.
fn moments(takes: Duration) -> impl Iterator<Item = Duration> {
    let micros = u64::try_from(takes.as_micros()).unwrap();
    let mut state = 20_260_331_u64;
    std::iter::repeat_with(move || {
        // Knuth's constants; the upper bits are the better ones.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_micros((state >> 33) % micros)
    })
    .take(1_000)
}
