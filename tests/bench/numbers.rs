//! Medians, ratios of pairs and their intervals.

use std::time::Duration;

/// Draws of the bootstrap.
const DRAWS: usize = 2_000;

/// Neighbouring measurements of ours and its control.
#[derive(Default)]
pub(crate) struct Pairs {
    pub ours: Vec<f64>,
    pub control: Vec<f64>,
}

impl Pairs {
    /// Adds one of each.
    pub(crate) fn add(&mut self, ours: Duration, control: Duration) {
        self.ours.push(ours.as_secs_f64() * 1e3);
        self.control.push(control.as_secs_f64() * 1e3);
    }

    /// Prints both and their ratio. `allowance_ms` is what ours may take on top.
    pub(crate) fn tell(&self, name: &str, goal: f64, allowance_ms: f64) {
        let ratios: Vec<f64> = self
            .ours
            .iter()
            .zip(&self.control)
            .map(|(ours, control)| (ours - allowance_ms).max(0.0) / control)
            .collect();
        let (low, high) = interval(&ratios);
        let median = quantile(&ratios, 0.5);
        println!(
            "{name}: ours p50 {:.2} ms, p99 {:.2} ms; control p50 {:.2} ms, p99 {:.2} ms; n {}",
            quantile(&self.ours, 0.5),
            quantile(&self.ours, 0.99),
            quantile(&self.control, 0.5),
            quantile(&self.control, 0.99),
            ratios.len(),
        );
        let over = if allowance_ms > 0.0 {
            format!("(ours - {allowance_ms} ms) / control")
        } else {
            "ours / control".to_owned()
        };
        let restless = quantile(&self.control, 0.95) > 4.0 * quantile(&self.control, 0.5);
        let verdict = match (restless, high <= goal, low > goal) {
            (true, _, _) => "not judged: the control is restless",
            (false, true, _) => "reached",
            (false, false, true) => "missed",
            (false, false, false) => "not decided by this run",
        };
        println!("{name}: {over} = {median:.3} [{low:.3}, {high:.3}], goal {goal}: {verdict}");
    }
}

/// The value below which this share of the numbers lies.
pub(crate) fn quantile(numbers: &[f64], share: f64) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index from a share of a small count"
    )]
    let index = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

/// The 95 % interval of the median, by bootstrap with a fixed seed.
fn interval(numbers: &[f64]) -> (f64, f64) {
    if numbers.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    let mut dice = fastrand::Rng::with_seed(1);
    let medians: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let drawn: Vec<f64> = (0..numbers.len())
                .filter_map(|_| dice.choice(numbers).copied())
                .collect();
            quantile(&drawn, 0.5)
        })
        .collect();
    (quantile(&medians, 0.025), quantile(&medians, 0.975))
}

/// What else this machine is doing.
pub(crate) fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}
