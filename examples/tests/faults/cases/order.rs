//! The order in which a run reaches the disk, so that a power loss at any moment is survived.

use super::night::Night;
use super::trace::{Call, calls_of};
use crate::table::Row;

pub(crate) fn everything_is_on_the_disk_before_a_name_leads_to_it(row: &mut Row) {
    row.tries("none; the calls of a run as they come");
    let Some(calls) = calls_of(row, &Night::new()) else { return };
    let outputs = [
        "flags.csv",
        "flags.ndjson",
        "quarantine.csv",
        "problems.csv",
        "changes.csv",
        "worklist.csv",
        "worklist.html",
        "carried.ndjson",
        "reviewed.csv",
        "run.json",
    ];
    let draft = |text: &str| text.contains("/overdose-flags/.draft-");
    let folder_renamed = only(&calls, |call| {
        call.name.starts_with("rename") && draft(&call.text) && call.text.contains("/2026-03-31\"")
    });
    for output in outputs {
        let is_it = |call: &Call| draft(&call.text) && call.text.contains(&format!("/{output}>"));
        let written = last(&calls, |call| call.name == "write" && is_it(call));
        let synced = only(&calls, |call| call.name == "fsync" && is_it(call));
        assert!(written < synced && synced < folder_renamed, "{output}");
        // The receipt says that the others are whole.
        let receipt = first(&calls, |call| draft(&call.text) && call.text.contains("/run.json\""));
        assert!(output == "run.json" || synced < receipt, "{output}");
    }
    let draft_synced = only(&calls, |call| {
        let is_file = outputs.iter().any(|output| call.text.contains(output));
        call.name == "fsync" && draft(&call.text) && !is_file
    });
    let written = last(&calls, |call| call.name == "write" && call.text.contains("/.latest-"));
    let synced = only(&calls, |call| call.name == "fsync" && call.text.contains("/.latest-"));
    let latest_renamed =
        only(&calls, |call| call.name.starts_with("rename") && call.text.contains("/LATEST\""));
    let folder_synced: Vec<usize> =
        all(&calls, |call| call.name == "fsync" && call.text.contains("/overdose-flags>"));
    let [folder_synced, again] = folder_synced[..] else { panic!("{folder_synced:?}") };
    let order =
        [draft_synced, folder_renamed, folder_synced, written, synced, latest_renamed, again];
    assert!(order.is_sorted(), "{order:?}");
    row.ended("in order");
}

fn all(calls: &[Call], is_it: impl Fn(&Call) -> bool) -> Vec<usize> {
    calls.iter().enumerate().filter(|(_, call)| is_it(call)).map(|(place, _)| place).collect()
}

fn first(calls: &[Call], is_it: impl Fn(&Call) -> bool) -> usize {
    all(calls, is_it)[0]
}

fn last(calls: &[Call], is_it: impl Fn(&Call) -> bool) -> usize {
    *all(calls, is_it).last().unwrap()
}

fn only(calls: &[Call], is_it: impl Fn(&Call) -> bool) -> usize {
    let all = all(calls, is_it);
    assert_eq!(all.len(), 1);
    all[0]
}
