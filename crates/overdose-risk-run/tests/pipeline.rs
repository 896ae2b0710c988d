//! Work on pieces, on several threads, comes out in order or not at all.

use overdose_risk_run::in_order;
use std::thread;
use std::time::Duration;

/// Numbers so far, each worked on for a time of its own; what comes out.
fn run(of: usize, pieces: u64, cut_fails: u64, take_fails: u64) -> (Vec<u64>, Result<(), u64>) {
    let (mut next, mut taken) = (0, Vec::new());
    let result = in_order(
        0_u64,
        vec![0_u64; of - 1],
        |piece: &mut u64| {
            *piece = next;
            next += 1;
            if *piece == cut_fails { Err(1000 + *piece) } else { Ok(*piece < pieces) }
        },
        |worked, piece, done: &mut u64| {
            *worked += 1;
            thread::sleep(Duration::from_micros(piece * 7919 % 500));
            *done = *piece;
        },
        |done| {
            if *done == take_fails {
                return Err(2000 + *done);
            }
            taken.push(*done);
            Ok(())
        },
    );
    (taken, result)
}

#[test]
fn what_comes_out_is_in_order_whatever_the_threads() {
    for of in 1..6 {
        for pieces in [0, 1, 2, 7, 100] {
            let (taken, result) = run(of, pieces, u64::MAX, u64::MAX);
            assert_eq!((taken, result), ((0..pieces).collect(), Ok(())));
        }
    }
}

#[test]
fn the_first_failure_comes_out_behind_all_that_comes_before_it() {
    for of in 1..6 {
        for at in [0, 1, 5, 60, 99] {
            let before: Vec<u64> = (0..at).collect();
            assert_eq!(run(of, 100, at, u64::MAX), (before.clone(), Err(1000 + at)));
            assert_eq!(run(of, 100, u64::MAX, at), (before.clone(), Err(2000 + at)));
            assert_eq!(run(of, 100, at + 1, at), (before, Err(2000 + at)));
        }
    }
}

#[test]
fn no_more_pieces_are_under_way_than_it_says() {
    for of in 2..5 {
        let (cut, taken) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
        let most = std::cell::Cell::new(0);
        let result: Result<(), ()> = in_order(
            (),
            vec![(); of - 1],
            |_: &mut ()| {
                cut.set(cut.get() + 1);
                most.set(most.get().max(cut.get() - taken.get()));
                Ok(cut.get() <= 200)
            },
            |(), (), (): &mut ()| {},
            |()| {
                taken.set(taken.get() + 1);
                Ok(())
            },
        );
        assert_eq!(result, Ok(()));
        assert!(most.get() <= 3 * of, "{}", most.get());
    }
}

#[should_panic(expected = "panicked")]
#[test]
fn a_thread_that_panics_ends_it() {
    let caller = thread::current().id();
    let mut next = 0;
    let _: Result<(), ()> = in_order(
        (),
        vec![(); 2],
        |piece: &mut u64| {
            *piece = next;
            next += 1;
            Ok(next < 1000)
        },
        |(), _, (): &mut ()| {
            assert_eq!(thread::current().id(), caller, "panicked");
            thread::sleep(Duration::from_millis(1));
        },
        |()| Ok(()),
    );
}
