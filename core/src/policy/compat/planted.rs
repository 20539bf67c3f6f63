//! Faults that tests plant in the simulation, to show that they are found. Compiled with the feature `planted` alone, and
//! off until a thread asks for one.

use std::cell::Cell;

/// How many faults there are.
pub const COUNT: u32 = 24;

thread_local! {
    static PLANTED: Cell<u32> = const { Cell::new(0) };
}

/// Plants the fault with this number, from 1 to [`COUNT`], in this thread; 0 for none.
pub fn plant(number: u32) {
    PLANTED.set(number);
}

pub(super) fn is_planted(number: u32) -> bool {
    PLANTED.get() == number
}
