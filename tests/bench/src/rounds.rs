//! Contestants that take turns: each does a few requests, then the next one, so that all see the same machine.

use std::time::Instant;

/// One way to do the work.
pub struct Contestant<'a> {
    pub name: &'static str,
    pub work: Box<dyn Fn(&[u8]) -> bool + 'a>,
}

const ROUNDS: usize = 300;
const REQUESTS_PER_TURN: usize = 20;

/// How many requests each contestant does.
pub const WORK: usize = ROUNDS * REQUESTS_PER_TURN;

/// The time of each contestant in microseconds per request: that of its fastest tenth of turns, because on a busy machine the
/// others measure what else is running. All must accept every request.
pub fn run(contestants: &[Contestant<'_>], pool: &[Vec<u8>]) -> Vec<f64> {
    let mut turns: Vec<Vec<f64>> = vec![Vec::new(); contestants.len()];
    let mut next = 0;
    for round in 0..ROUNDS {
        for offset in 0..contestants.len() {
            // Another one begins each round.
            let index = (round + offset) % contestants.len();
            let contestant = &contestants[index];
            let start = Instant::now();
            for _ in 0..REQUESTS_PER_TURN {
                assert!(
                    (contestant.work)(&pool[next % pool.len()]),
                    "{} refuses request {next}",
                    contestant.name
                );
                next += 1;
            }
            turns[index].push(start.elapsed().as_secs_f64() * 1e6 / REQUESTS_PER_TURN as f64);
        }
    }
    turns.into_iter().map(fastest_tenth).collect()
}

/// The value below which a tenth lies.
pub fn fastest_tenth(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 10]
}
