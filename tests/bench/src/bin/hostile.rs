//! `hostile`: what the worst input costs: time, and memory by an allocator that counts. A program of its own, because
//! counting takes time.

use std::alloc::{GlobalAlloc, Layout, System};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use certgate_tests::vectors;

/// Goals of the project.
const MOST_MILLISECONDS: f64 = 20.0;
const MOST_BYTES: usize = 8 << 20;

/// Every vector is judged so often; its best time counts, because the others measure the machine.
const REPETITIONS: usize = 3;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static LARGEST: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counted.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn grow(bytes: usize) {
    LARGEST.fetch_max(bytes, Relaxed);
    PEAK.fetch_max(LIVE.fetch_add(bytes, Relaxed) + bytes, Relaxed);
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LIVE.fetch_sub(layout.size(), Relaxed);
        grow(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

struct Cost {
    id: String,
    bytes_in: usize,
    milliseconds: f64,
    largest: usize,
    peak: usize,
}

/// Prints the worst vectors; fails unless all are within the goals.
fn main() -> ExitCode {
    let vectors = vectors::all();
    // Tables that are made once are not the cost of the first vector.
    for vector in &vectors {
        drop(vector.answer());
    }
    let mut costs: Vec<Cost> = vectors
        .iter()
        .map(|vector| {
            let (before, mut best) = (LIVE.load(Relaxed), f64::INFINITY);
            PEAK.store(before, Relaxed);
            LARGEST.store(0, Relaxed);
            for _ in 0..REPETITIONS {
                let start = Instant::now();
                drop(vector.answer());
                best = best.min(start.elapsed().as_secs_f64() * 1e3);
            }
            Cost {
                id: vector.id.clone(),
                bytes_in: vector.input.len() + vector.policy.len(),
                milliseconds: best,
                largest: LARGEST.load(Relaxed),
                peak: PEAK.load(Relaxed) - before,
            }
        })
        .collect();
    println!("{} vectors: loading the policy, reading the request, the decision and its views", costs.len());
    let print = |title: &str, costs: &[Cost]| {
        println!("{title}");
        for cost in costs.iter().take(5) {
            println!(
                "  {:<40} {:>9} bytes in {:>9.3} ms, largest allocation {:>9}, peak {:>9} bytes",
                cost.id, cost.bytes_in, cost.milliseconds, cost.largest, cost.peak
            );
        }
    };
    costs.sort_by(|a, b| b.milliseconds.total_cmp(&a.milliseconds));
    print(&format!("slowest (goal: at most {MOST_MILLISECONDS} ms)"), &costs);
    let slow = costs.iter().filter(|cost| cost.milliseconds > MOST_MILLISECONDS).count();
    costs.sort_by_key(|cost| std::cmp::Reverse(cost.largest));
    print(&format!("largest allocation (goal: at most {MOST_BYTES} bytes)"), &costs);
    let large = costs.iter().filter(|cost| cost.largest > MOST_BYTES).count();
    println!("{slow} above the goal of time, {large} above the goal of memory");
    if slow == 0 && large == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
