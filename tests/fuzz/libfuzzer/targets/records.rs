#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tillside_tests::fuzz::records::check(bytes));
