//! Many inputs: a block at a time on all cores, in their order, with a bar that shows how far they have come.

use indicatif::{ProgressBar, ProgressStyle};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::Terminal;

/// How many inputs are worked on together: what each block holds is in memory at once.
pub(super) const BLOCK: usize = 64;

/// From how many inputs on a bar is shown.
const SHOWN_FROM: usize = 32;

/// What `work` makes of each item, in their order. One item starts no threads.
pub(super) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    match items {
        [] | [_] => items.iter().map(work).collect(),
        _ => items.par_iter().with_max_len(8).map(work).collect(),
    }
}

/// How far many inputs have come.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar on standard error, if that is a terminal and there is much to do.
    pub(super) fn new(total: usize, terminal: &Terminal<'_>) -> Self {
        if !terminal.progress || total < SHOWN_FROM {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
        let template = "{bar:30} {human_pos} of {human_len} in {elapsed}, {eta} left";
        // The template is a constant; a library that does not know it shows its own bar.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("=> "));
        Self(bar)
    }

    /// Prints something while the bar is away.
    pub(super) fn beside<R>(&self, print: impl FnOnce() -> R) -> R {
        self.0.suspend(print)
    }

    /// So many more are done.
    pub(super) fn advance(&self, count: usize) {
        self.0.inc(u64::try_from(count).unwrap_or(0));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
