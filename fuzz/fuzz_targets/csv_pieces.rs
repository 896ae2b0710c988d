#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| overdose_risk_testkit::fuzz::csv_pieces(data));
