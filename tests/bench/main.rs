//! Measures what the project promises about speed, each beside its control in the same run.
//!
//! `cargo xtask bench [disk|click|window|search [PAYMENTS]|audit|void]`. Absolute times belong to the machine; the ratios are
//! what counts: the median of the ratios of neighbouring pairs, with a 95 % interval by bootstrap.
//! Where the control itself jumps (p95 above four times p50) the run says so and judges nothing.
#![expect(
    clippy::print_stdout,
    reason = "a program whose result is what it prints"
)]
#![expect(
    clippy::float_arithmetic,
    reason = "ratios of times; there is no money here"
)]

mod click;
mod disk;
mod filled;
mod history;
mod numbers;
mod void;
mod window;

use std::process::ExitCode;

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if wanted.iter().any(|one| one == disk::SLOWED) {
        disk::run_slowed();
        return ExitCode::SUCCESS;
    }
    let all = wanted.is_empty();
    let is_wanted = |name: &str| all || wanted.iter().any(|one| one == name);
    println!("load average {}", numbers::load_average());
    if is_wanted("disk") {
        disk::run();
    }
    if is_wanted("click") {
        click::run();
    }
    if is_wanted("search") {
        let payments = wanted.iter().find_map(|one| one.parse().ok());
        history::run_search(payments);
    }
    if is_wanted("audit") {
        history::run_audit();
    }
    if is_wanted("void") {
        void::run();
    }
    if is_wanted("window") {
        window::run();
    }
    ExitCode::SUCCESS
}
