#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| certgate_fuzz::name_constraints::check(input));
