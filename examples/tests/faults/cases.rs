//! The cases, in the order of the table.

mod changed;
mod injected;
mod inputs;
mod kills;
mod limits;
mod night;
mod order;
#[path = "../program.rs"]
mod program;
mod programs;
mod promise;
mod space;
mod together;
mod trace;
mod whole;

use crate::table::Case;

macro_rules! cases {
    ($($what_fails:literal: $file:ident::$case:ident,)+) => {
        /// Every case. The documents may name them, as they name tests.
        pub(crate) const CASES: &[Case] = &[$(Case {
            what_fails: $what_fails,
            name: concat!(stringify!($file), "::", stringify!($case)),
            run: $file::$case,
        }),+];
    };
}

cases! {
    "nothing; a power loss at any moment": order::everything_is_on_the_disk_before_a_name_leads_to_it,
    "the k-th call of a kind": injected::whichever_call_fails_latest_names_a_run_that_is_whole,
    "a thread that cannot be had": injected::without_more_threads_one_does_it_all,
    "a call that is interrupted": injected::a_call_that_was_interrupted_is_made_again,
    "the removal of a leftover": injected::a_leftover_that_cannot_be_removed_is_named,
    "a write that the disk forgets": injected::what_the_disk_lost_is_named_by_whoever_looks,
    "a read of the export": inputs::an_export_that_cannot_be_read_to_its_end_is_not_published,
    "a read of the run before": inputs::a_run_before_that_cannot_be_read_is_not_taken_for_one_that_said_less,
    "a read of policy, mapping, key, reviews": inputs::a_setting_that_cannot_be_read_is_no_setting_left_out,
    "a read that ends too soon": inputs::an_end_before_the_end_is_no_end,
    "a pipe that gives a few bytes at a time": inputs::what_comes_in_small_pieces_is_read_as_a_whole,
    "an export that changes": changed::an_export_that_changes_is_read_as_it_was_or_as_it_is_or_refused,
    "the run before, changing": changed::a_run_before_that_changes_loses_nobody,
    "a kill at a call": kills::a_run_that_is_killed_while_it_is_published_leaves_the_old_or_the_new,
    "a kill at a random moment": kills::a_run_that_is_killed_at_any_moment_leaves_the_old_or_the_new,
    "two signals": together::the_second_signal_ends_a_run_that_waits_for_its_export,
    "a signal": together::a_run_that_is_asked_to_end_publishes_nothing_and_leaves_nothing,
    "a second run at once": together::a_second_run_at_once_is_refused_and_the_first_completes,
    "several runs at once": together::of_runs_at_once_each_is_published_whole_or_refused,
    "a disk of so many pages": space::a_full_disk_is_said_and_nothing_is_left_of_the_run,
    "a disk of so many files": space::a_disk_without_room_for_a_file_is_said_and_nothing_is_left_of_the_run,
    "a disk full of standard input": space::standard_input_that_fills_the_disk_is_not_taken_for_an_export_that_cannot_be_read,
    "a folder that is read-only": space::a_folder_that_cannot_be_written_is_said_before_the_export_is_read,
    "a folder that is a device": limits::a_device_is_no_output_folder,
    "the size of a file": limits::a_file_that_may_not_grow_further_is_said_and_ends_nothing_by_a_signal,
    "descriptors": limits::without_descriptors_nothing_is_torn,
    "memory": limits::without_memory_nothing_is_torn,
    "a crash": limits::no_program_that_reads_records_leaves_a_core_dump,
    "standard output, full": limits::a_full_standard_output_is_said_and_the_run_stands,
    "the k-th call of another program": programs::whichever_call_fails_no_answer_is_half_given,
    "standard output, closed": programs::a_closed_standard_output_is_an_end_that_was_foreseen,
    "writes cut short by signals": programs::what_is_written_in_pieces_is_written_whole,
}
