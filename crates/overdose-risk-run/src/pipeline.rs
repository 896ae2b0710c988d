//! Work on pieces, on several threads, that comes out in order.
//!
//! The thread that calls cuts a source into pieces and takes what was made of them, both in order, so
//! neither source nor sink has to be fit for threads. The others, and that one when nothing else is to
//! be done, work on pieces. So many pieces are under way at most that memory does not grow with the source.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How many pieces are under way for each thread.
const AHEAD: usize = 3;

/// A piece, and what is made of it.
#[derive(Default)]
struct Task<P, D> {
    piece: P,
    done: D,
}

/// What the threads share.
struct Shared<P, D> {
    tasks: Mutex<Tasks<P, D>>,
    /// There is work, or there will be none any more.
    has_work: Condvar,
    /// Something is done, or a thread has ended.
    has_done: Condvar,
}

struct Tasks<P, D> {
    /// In order, with their numbers.
    to_do: VecDeque<(u64, Box<Task<P, D>>)>,
    done: BTreeMap<u64, Box<Task<P, D>>>,
    is_over: bool,
    /// Whether a thread panicked, so that its piece will never be done.
    is_broken: bool,
}

/// Cuts pieces until there are no more, does `work` on each with one of the workers, the others each on a
/// thread of its own, and takes what came out in the order of the pieces. What is done may depend on the pieces
/// alone, so that the number of threads changes nothing.
///
/// While `cut` waits for its source, nothing is taken, and a thread that panics is noticed behind that.
///
/// # Errors
///
/// The first of `cut` or `take`, in the order of the pieces. What comes before it has been taken.
pub fn in_order<P, D, W, E>(
    mut worker: W,
    others: Vec<W>,
    mut cut: impl FnMut(&mut P) -> Result<bool, E>,
    work: impl Fn(&mut W, &P, &mut D) + Sync,
    mut take: impl FnMut(&mut D) -> Result<(), E>,
) -> Result<(), E>
where
    P: Default + Send,
    D: Default + Send,
    W: Send,
{
    if others.is_empty() {
        let mut task = Task::<P, D>::default();
        while cut(&mut task.piece)? {
            work(&mut worker, &task.piece, &mut task.done);
            take(&mut task.done)?;
        }
        return Ok(());
    }
    let shared = Shared::new();
    thread::scope(|scope| {
        let over = Over(&shared);
        let mut threads = 1;
        for mut worker in others {
            let (shared, work) = (&shared, &work);
            let work_on = move || shared.work_on(&mut worker, work);
            // Where no more threads can be had, those that there are do it all.
            if thread::Builder::new().spawn_scoped(scope, work_on).is_err() {
                break;
            }
            threads += 1;
        }
        let mut spare = Vec::new();
        spare.resize_with(AHEAD * threads, Box::<Task<P, D>>::default);
        let (mut next_cut, mut next_taken, mut end) = (0, 0, None);
        loop {
            if let Some(mut task) = shared.done(next_taken) {
                take(&mut task.done)?;
                spare.push(task);
                next_taken += 1;
            } else if end.is_none()
                && let Some(mut task) = spare.pop()
            {
                match cut(&mut task.piece) {
                    Ok(true) => {
                        shared.add(next_cut, task);
                        next_cut += 1;
                    }
                    Ok(false) => end = Some(Ok(())),
                    Err(error) => end = Some(Err(error)),
                }
            } else if next_taken == next_cut {
                break;
            } else if let Some((number, mut task)) = shared.to_do() {
                work(&mut worker, &task.piece, &mut task.done);
                shared.lock().done.insert(number, task);
            } else if !shared.wait_for(next_taken) {
                break;
            }
        }
        drop(over);
        end.unwrap_or(Ok(()))
    })
}

impl<P, D> Shared<P, D> {
    fn new() -> Self {
        let tasks = Tasks {
            to_do: VecDeque::new(),
            done: BTreeMap::new(),
            is_over: false,
            is_broken: false,
        };
        Self { tasks: Mutex::new(tasks), has_work: Condvar::new(), has_done: Condvar::new() }
    }

    /// Nothing panics while it holds the lock, so nothing is left half done.
    fn lock(&self) -> MutexGuard<'_, Tasks<P, D>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, number: u64, task: Box<Task<P, D>>) {
        self.lock().to_do.push_back((number, task));
        self.has_work.notify_one();
    }

    fn to_do(&self) -> Option<(u64, Box<Task<P, D>>)> {
        self.lock().to_do.pop_front()
    }

    fn done(&self, number: u64) -> Option<Box<Task<P, D>>> {
        self.lock().done.remove(&number)
    }

    /// Waits until this piece is done, or there is work; `false` where it never will be.
    fn wait_for(&self, number: u64) -> bool {
        let nothing = |tasks: &mut Tasks<P, D>| {
            !tasks.done.contains_key(&number) && tasks.to_do.is_empty() && !tasks.is_broken
        };
        let tasks = self.has_done.wait_while(self.lock(), nothing);
        !tasks.unwrap_or_else(PoisonError::into_inner).is_broken
    }

    fn work_on<W>(&self, worker: &mut W, work: &impl Fn(&mut W, &P, &mut D)) {
        let broken = Broken(self);
        let nothing = |tasks: &mut Tasks<P, D>| tasks.to_do.is_empty() && !tasks.is_over;
        loop {
            let tasks = self.has_work.wait_while(self.lock(), nothing);
            let mut tasks = tasks.unwrap_or_else(PoisonError::into_inner);
            let Some((number, mut task)) = tasks.to_do.pop_front().filter(|_| !tasks.is_over)
            else {
                break;
            };
            drop(tasks);
            work(worker, &task.piece, &mut task.done);
            self.lock().done.insert(number, task);
            self.has_done.notify_one();
        }
        std::mem::forget(broken);
    }
}

/// Ends the work of all threads when it is dropped.
struct Over<'s, P, D>(&'s Shared<P, D>);

impl<P, D> Drop for Over<'_, P, D> {
    fn drop(&mut self) {
        self.0.lock().is_over = true;
        self.0.has_work.notify_all();
    }
}

/// Says, when it is dropped, that a thread panicked.
struct Broken<'s, P, D>(&'s Shared<P, D>);

impl<P, D> Drop for Broken<'_, P, D> {
    fn drop(&mut self) {
        self.0.lock().is_broken = true;
        self.0.has_done.notify_one();
    }
}
