//! Every parser of foreign bytes under seeded mutations; see `tests/README.md`.
//!
//! Each target gets every seed as it is, and then as many changed ones as there is time for:
//! `FUZZ_SECONDS` for each (without it a fixed number, the same bytes on every machine), from `FUZZ_SEED`
//! on. `FUZZ_INPUT` names a file to feed to the target of its test instead, and `FUZZ_CORPUS` a folder to
//! write the seeds to, for libFuzzer to begin with.

#[cfg(test)]
mod planted;

#[cfg(test)]
mod run {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::path::PathBuf;
    use std::time::{Duration, Instant};

    use fastrand::Rng;
    use tillside_tests::fuzz::mutate::mutated;
    use tillside_tests::fuzz::{TARGETS, Target};

    fn number(name: &str) -> Option<u64> {
        let text = std::env::var(name).ok()?;
        Some(text.parse().expect("a number"))
    }

    fn target(name: &str) -> Target {
        let mut all = TARGETS.into_iter();
        all.find(|target| target.name == name).expect("a target")
    }

    /// Feeds a target, and says what it was fed with where that broke a promise.
    fn feed(target: Target, bytes: &[u8], which: &str) {
        let fed = catch_unwind(AssertUnwindSafe(|| (target.check)(bytes)));
        assert!(
            fed.is_ok(),
            "{} broke a promise over {which}: b\"{}\"",
            target.name,
            bytes.escape_ascii()
        );
    }

    /// So many changed inputs without a time to go by: some seconds, unoptimised.
    fn run(name: &str, rounds: u64) {
        let target = target(name);
        if let Some(file) = std::env::var_os("FUZZ_INPUT") {
            let bytes = std::fs::read(&file).expect("the input");
            return feed(target, &bytes, "the file");
        }
        let seeds = (target.seeds)();
        if let Some(folder) = std::env::var_os("FUZZ_CORPUS") {
            return write(PathBuf::from(folder).join(name), &seeds);
        }
        for (place, seed) in seeds.iter().enumerate() {
            feed(target, seed, &format!("its seed {place}"));
        }
        let began = Instant::now();
        let limit = number("FUZZ_SECONDS").map(Duration::from_secs);
        let first = number("FUZZ_SEED").unwrap_or(0);
        let mut tried = 0;
        while limit.map_or(tried < rounds, |limit| began.elapsed() < limit) {
            let round = first + tried;
            let mut rng = Rng::with_seed(round);
            let pick = |rng: &mut Rng| rng.usize(0..seeds.len());
            let (one, other) = (pick(&mut rng), pick(&mut rng));
            let bytes = mutated(&seeds[one], &seeds[other], &mut rng);
            feed(target, &bytes, &format!("round {round}"));
            tried += 1;
        }
        println!(
            "{name}: {} seeds, {tried} changed, {:.1} s",
            seeds.len(),
            began.elapsed().as_secs_f32()
        );
    }

    fn write(folder: PathBuf, seeds: &[Vec<u8>]) {
        std::fs::create_dir_all(&folder).expect("a folder");
        for (place, seed) in seeds.iter().enumerate() {
            std::fs::write(folder.join(format!("{place:04}")), seed).expect("a file");
        }
    }

    #[test]
    fn answers_and_errors_of_every_system() {
        run("answers", 15_000);
    }

    #[test]
    fn webhooks() {
        run("webhooks", 20_000);
    }

    #[test]
    fn requests_of_the_window() {
        run("requests", 4_000);
    }

    #[test]
    fn records_of_the_journal() {
        run("records", 1_000);
    }

    #[test]
    fn lists_of_references() {
        run("lists", 600);
    }

    #[test]
    fn what_people_type() {
        run("typed", 50_000);
    }
}
