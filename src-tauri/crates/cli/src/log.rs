//! The log, for support, on standard error.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Names what is logged: `RUST_LOG=debug`, `RUST_LOG=till=debug,warn`.
const VARIABLE: &str = "RUST_LOG";

/// Starts the log at the level of `RUST_LOG`, else at this one. Targets and levels, as in the usual
/// filter but without its regular expressions, which cost a megabyte of every download.
pub fn start(otherwise: LevelFilter) {
    let asked = std::env::var(VARIABLE).ok();
    let filter = asked
        .and_then(|text| text.parse::<Targets>().ok())
        .unwrap_or_else(|| Targets::new().with_default(otherwise));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // A program that has a log already keeps it.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init();
}
