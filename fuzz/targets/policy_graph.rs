#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| certgate_fuzz::policy_graph::check(input));
