//! Plays a range of seeds, or tells the story of one.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use tillside_tests::storm::{self, Cast, Kind, Length, Storm};
use tillside_tests::world::Bug;

/// A story is made of hundreds of thousands of small pieces of memory, most of them gone at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many failing seeds are shown.
const SHOWN: usize = 10;

/// From how many places of the range each planted mistake is looked for.
const PLANTED_TRIES: usize = 3;

/// The seeded storm.
#[derive(Debug, Parser)]
#[command(name = "storm")]
struct Arguments {
    /// The seeds to play, from A up to and without B: A..B.
    #[arg(long, value_parser = range, default_value = "0..1000")]
    seeds: std::ops::Range<u64>,
    /// One seed instead.
    #[arg(long)]
    seed: Option<u64>,
    /// Tell the story of the one seed.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Plant a mistake, to see that it is found.
    #[arg(long, value_parser = bug)]
    bug: Option<Bug>,
    /// Plant every mistake there is, or the one that is named, and count the seeds until it is found.
    #[arg(long, conflicts_with_all = ["seed", "cast", "length"])]
    planted: bool,
    /// Play only stories of these systems, whatever the seeds draw.
    #[arg(long, value_parser = cast)]
    cast: Option<Cast>,
    /// Play only brief stories, only short or only long ones, whatever the seeds draw.
    #[arg(long, value_parser = length)]
    length: Option<Length>,
    /// Play only stories with managers, or only those without, whatever the seeds draw.
    #[arg(long)]
    managers: Option<bool>,
    /// On how many threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn range(text: &str) -> Result<std::ops::Range<u64>, String> {
    let numbers = text.split_once("..").and_then(|(from, to)| {
        let from = from.parse().ok()?;
        let to = to.trim_start_matches('=').parse().ok()?;
        Some(from..to)
    });
    numbers.ok_or_else(|| "give a range such as 0..1000".to_owned())
}

fn bug(name: &str) -> Result<Bug, String> {
    let names = || {
        let names: Vec<_> = Bug::ALL.iter().map(|bug| bug.name()).collect();
        names.join(", ")
    };
    Bug::named(name).ok_or_else(|| format!("one of: {}", names()))
}

fn cast(name: &str) -> Result<Cast, String> {
    let names = || Cast::ALL.map(Cast::name).join(", ");
    Cast::named(name).ok_or_else(|| format!("one of: {}", names()))
}

fn length(name: &str) -> Result<Length, String> {
    let names = || Length::ALL.map(Length::name).join(", ");
    Length::named(name).ok_or_else(|| format!("one of: {}", names()))
}

/// What was asked for, or else what the seed draws.
fn kind(seed: u64, asked: &Arguments) -> Kind {
    let drawn = Kind::of(seed);
    Kind {
        cast: asked.cast.unwrap_or(drawn.cast),
        length: asked.length.unwrap_or(drawn.length),
        managers: asked.managers.unwrap_or(drawn.managers),
    }
}

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::parse();
    let mut out = io::stdout().lock();
    let is_whole = match arguments.seed {
        Some(seed) => one(&mut out, seed, &arguments)?,
        None if arguments.planted => planted(&mut out, &arguments)?,
        None => many(&mut out, &arguments)?,
    };
    Ok(if is_whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn one(out: &mut impl Write, seed: u64, asked: &Arguments) -> io::Result<bool> {
    let story = storm::play_as(seed, kind(seed, asked), asked.trace, asked.bug);
    for line in &story.lines {
        writeln!(out, "{line}")?;
    }
    for line in &story.broken {
        writeln!(out, "BROKEN {line}")?;
    }
    let digest = story.digest;
    writeln!(out, "seed {seed}, trace {digest:016x}")?;
    Ok(story.broken.is_empty())
}

fn many(out: &mut impl Write, asked: &Arguments) -> io::Result<bool> {
    let began = Instant::now();
    let seeds = asked.seeds.clone();
    let storm = storm::blow_as(seeds, |seed| kind(seed, asked), asked.threads, asked.bug);
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    for (kind, name, times) in storm.coverage.rows() {
        writeln!(out, "{kind:<10} {name:<28} {times:>12}")?;
    }
    summary(out, &storm, took_ms.max(1))?;
    for (seed, lines) in storm.failed.iter().take(SHOWN) {
        for line in lines {
            writeln!(out, "broken, seed {seed}: {line}")?;
        }
    }
    Ok(storm.failed.is_empty())
}

/// Looks for each planted mistake from several places of the range on, and prints how many seeds it
/// took at the median and at most.
fn planted(out: &mut impl Write, asked: &Arguments) -> io::Result<bool> {
    let mut are_found = true;
    writeln!(out, "{:<36} {:>8} {:>8}", "planted", "median", "most")?;
    let bugs = Bug::ALL.iter().copied();
    for bug in bugs.filter(|bug| asked.bug.is_none_or(|named| named == *bug)) {
        let mut tries = storm::seeds_to_find(asked.seeds.clone(), PLANTED_TRIES, bug);
        tries.sort_unstable();
        let name = bug.name();
        match (tries.get(tries.len() / 2), tries.last()) {
            (Some(median), Some(most)) if tries.len() == PLANTED_TRIES => {
                writeln!(out, "{name:<36} {median:>8} {most:>8}")?;
            }
            _ => {
                are_found = false;
                writeln!(
                    out,
                    "{name:<36} not found in every part of {:?}",
                    asked.seeds
                )?;
            }
        }
    }
    writeln!(out, "{} mistakes planted", Bug::ALL.len())?;
    Ok(are_found)
}

fn summary(out: &mut impl Write, storm: &Storm, took_ms: u64) -> io::Result<()> {
    let per_second = storm.seeds.saturating_mul(1000) / took_ms;
    let hours = storm.simulated_ms / 3_600_000;
    let (seeds, exchanges) = (storm.seeds, storm.exchanges);
    let (failed, digest) = (storm.failed.len(), storm.digest);
    writeln!(
        out,
        "{seeds} seeds in {took_ms} ms ({per_second} a second), {hours} simulated hours, \
         {exchanges} exchanges, traces {digest:016x}, {failed} failed"
    )
}
