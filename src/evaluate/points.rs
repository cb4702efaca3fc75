//! How close a model of 2-D points comes to its data.
//!
//! - −log p of held-out points, and its distance to that of the true density: KL(truth‖model);
//! - on sets with modes, as PacGAN measures (Lin et al. 2018, arXiv:1712.04086, section 4.1): each
//!   sample belongs to its nearest mode and is of high quality within 3σ of it; a mode counts with
//!   one such sample; the KL of the samples' share of each mode from the even one;
//! - the k-nearest-neighbour KL of [`knn`];
//! - of a model of an energy, KL(model‖truth) over its own samples.

use super::{
    Estimate,
    density::{density_options, log_prob},
    knn,
};
use crate::{
    data::{
        PointSet,
        points::{MAX_POINTS, Modes},
    },
    device::floats,
    error::Result,
    model::{Condition, Dealer, DensityKind, Model, finish_pausing},
    pause::Pause,
    rng::{Purpose, Rng},
    scene::{Number, number},
};

/// Neighbours of the k-NN KL.
pub const NEIGHBOURS: usize = 5;

/// How much is drawn for a measurement.
#[derive(Debug, Clone, Copy)]
pub struct Protocol {
    /// Held-out points whose −log p is taken.
    pub held_out: usize,
    /// Samples whose modes are counted.
    pub mode_samples: usize,
    /// Real points of the k-NN KL.
    pub knn_real: usize,
    /// Samples of the k-NN KL.
    pub knn_samples: usize,
}

impl Protocol {
    /// What published numbers were measured with: 2500 samples for modes, 100,000 real points
    /// against 10,000 samples for the k-NN KL.
    pub const FULL: Self = Self {
        held_out: 20_000,
        mode_samples: 2500,
        knn_real: 100_000,
        knn_samples: 10_000,
    };

    /// `count` of everything, for a glance.
    pub fn glance(count: usize) -> Self {
        Self {
            held_out: count,
            mode_samples: count,
            knn_real: count,
            knn_samples: count,
        }
    }
}

/// A measured value.
#[derive(Debug, Clone)]
pub struct Metric {
    /// Stable name.
    pub id: &'static str,
    /// For people.
    pub title: String,
    /// It.
    pub value: f64,
    /// Its standard error over points, where it is a mean.
    pub standard_error: Option<f64>,
    /// Unit.
    pub unit: &'static str,
    /// Digits that mean something.
    pub digits: u32,
    /// Whether it is an upper bound: what it stands for is so much or less.
    pub at_most: bool,
}

impl Metric {
    fn mean(id: &'static str, title: impl Into<String>, e: Estimate) -> Self {
        Self {
            standard_error: Some(e.standard_error),
            ..Self::plain(id, title, e.mean, "nats", 3)
        }
    }

    fn plain(
        id: &'static str,
        title: impl Into<String>,
        value: f64,
        unit: &'static str,
        digits: u32,
    ) -> Self {
        Self {
            id,
            title: title.into(),
            value,
            standard_error: None,
            unit,
            digits,
            at_most: false,
        }
    }

    /// It as an upper bound, where `density` is from below.
    fn by(mut self, density: DensityKind) -> Self {
        self.at_most = matches!(
            density,
            DensityKind::LowerBound | DensityKind::ImportanceWeighted
        );
        self
    }
}

/// Samples among the modes of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct ModeCount {
    /// Samples nearest to each mode.
    pub histogram: Vec<usize>,
    /// Modes with a sample of high quality.
    pub reached: usize,
    /// Share of the samples within 3σ of their mode.
    pub high_quality: f64,
    /// KL of the histogram's shares from equal ones, nats; NaN without a finite sample.
    pub reverse_kl: f64,
}

/// Count `samples` among `modes`. A sample that is not finite belongs to no mode.
pub fn count_modes(modes: &Modes, samples: &[[f32; 2]]) -> ModeCount {
    let n = modes.centres.len();
    let (mut histogram, mut good) = (vec![0; n], vec![0usize; n]);
    let limit = 9.0 * f64::from(modes.sigma).powi(2);
    for p in samples.iter().filter(|p| p.iter().all(|v| v.is_finite())) {
        let square = |c: &[f32; 2]| {
            let [dx, dy] = [0, 1].map(|d| f64::from(p[d]) - f64::from(c[d]));
            dx * dx + dy * dy
        };
        let distances = modes.centres.iter().map(square).enumerate();
        if let Some((mode, distance)) = distances.min_by(|a, b| a.1.total_cmp(&b.1)) {
            histogram[mode] += 1;
            good[mode] += usize::from(distance <= limit);
        }
    }
    let all: usize = histogram.iter().sum();
    let reverse_kl = histogram
        .iter()
        .map(|&count| count as f64 / all as f64)
        .map(|share| match share {
            0.0 => 0.0,
            share => share * (share * n as f64).ln(),
        })
        .sum();
    ModeCount {
        reached: good.iter().filter(|&&count| count > 0).count(),
        high_quality: good.iter().sum::<usize>() as f64 / samples.len().max(1) as f64,
        reverse_kl,
        histogram,
    }
}

/// What can be measured of `model` by `protocol`; a dealer may have help for its density.
///
/// # Errors
/// What the device reports.
pub async fn report(
    model: &dyn Model,
    set: &PointSet,
    protocol: Protocol,
    seed: u64,
    pause: Pause,
    dealer: Option<&dyn Dealer>,
) -> Result<Vec<Metric>> {
    let mut out = Vec::new();
    let energy = set.is_energy();
    let held_out = protocol.held_out.min(set.test_len());
    let modes = set.modes();
    let wanted = match (energy, &modes) {
        (true, _) => protocol.held_out,
        (false, Some(_)) => protocol.knn_samples.max(protocol.mode_samples),
        (false, None) => protocol.knn_samples,
    };
    let samples = samples(model, wanted.min(MAX_POINTS), seed, pause).await?;

    if let Some(density) = model.density() {
        let kind = density.kind(density_options(density));
        let exact = match kind {
            DensityKind::Exact => "",
            DensityKind::FlowOde => " (by the ODE)",
            DensityKind::ImportanceWeighted => " (64 importance samples)",
            DensityKind::LowerBound => " (a bound)",
        };
        if energy {
            let xy = samples.as_flattened();
            let ln_q = log_prob(density, xy, seed, pause, dealer).await?;
            if let Some(ln_p) = set.log_density(xy) {
                let gaps = ln_q.iter().zip(&ln_p).map(|(&q, p)| f64::from(q) - p);
                let title = format!("KL(model‖data){exact}");
                out.push(Metric::mean("reverseKl", title, Estimate::of(gaps)));
            }
        } else if held_out > 0 {
            let test: Vec<f32> = (0..held_out).flat_map(|i| set.test_point(i)).collect();
            let ln_q = log_prob(density, &test, seed, pause, dealer).await?;
            // The density of a reader's own numbers differs by the scale that they were divided by.
            let scaled = set.info.units.map_or("", |_| ", scaled");
            let title = format!("−log p of held-out points{scaled}{exact}");
            let nll = Estimate::of(ln_q.iter().map(|&q| -f64::from(q)));
            out.push(Metric::mean("nll", title, nll).by(kind));
            if let Some(ln_p) = set.log_density(&test) {
                // Of the same points, so that most of the chance cancels.
                let gaps = ln_p.iter().zip(&ln_q).map(|(p, &q)| p - f64::from(q));
                let title = format!("KL(data‖model){exact}");
                out.push(Metric::mean("klToTruth", title, Estimate::of(gaps)).by(kind));
            }
        }
    }
    out.extend(of_samples(set, &samples, protocol, seed));
    Ok(out)
}

/// What fresh points of a toy measure as if they were samples: what a perfect sampler would come to. Of an
/// energy, nothing.
pub fn of_real_points(set: &PointSet, protocol: Protocol, seed: u64) -> Vec<Metric> {
    if set.is_energy() {
        return Vec::new();
    }
    let count = protocol.knn_samples.max(protocol.mode_samples);
    let fresh = set.draw(&mut Rng::new(seed, Purpose::Sample, u64::MAX), count);
    of_samples(set, fresh.as_chunks().0, protocol, seed)
}

/// What can be measured of samples alone.
fn of_samples(set: &PointSet, samples: &[[f32; 2]], protocol: Protocol, seed: u64) -> Vec<Metric> {
    let mut out = Vec::new();
    if let Some(modes) = set.modes() {
        let counted = count_modes(&modes, &samples[..protocol.mode_samples.min(samples.len())]);
        let (reached, share) = (counted.reached as f64, 100.0 * counted.high_quality);
        let title = format!("Modes of {}", modes.centres.len());
        out.push(Metric::plain("modes", title, reached, "", 0));
        out.push(Metric::plain("highQuality", "High quality", share, "%", 1));
        let kl = counted.reverse_kl;
        out.push(Metric::plain("modeKl", "KL over the modes", kl, "nats", 3));
    }
    if !set.is_energy() {
        let real = real(set, protocol.knn_real, seed);
        let kl = knn::kl_divergence(
            &real,
            &samples[..protocol.knn_samples.min(samples.len())],
            NEIGHBOURS,
        );
        let title = format!("k-NN KL, k = {NEIGHBOURS}");
        let kl = kl.unwrap_or(f64::NAN);
        out.push(Metric::plain("knnKl", title, kl, "bits", 3));
    }
    out
}

/// What can be measured of `model` with `count` held-out points and as many samples; see [`report`].
///
/// # Errors
/// What the device reports.
pub async fn metrics(
    model: &dyn Model,
    set: &PointSet,
    count: usize,
    seed: u64,
    pause: Pause,
    dealer: Option<&dyn Dealer>,
) -> Result<Vec<Number>> {
    let metrics = report(model, set, Protocol::glance(count), seed, pause, dealer).await?;
    // Of so few points the k-NN estimate is uncertain by some hundredths, on thin shapes by more.
    let digits = |m: &Metric| if m.id == "knnKl" { 1 } else { m.digits };
    let numbers = metrics.iter().map(|m| Number {
        at_most: m.at_most,
        ..number(m.id, &m.title, m.value, m.unit, digits(m))
    });
    Ok(numbers.collect())
}

/// New points of a toy; of other sets those held out.
fn real(set: &PointSet, count: usize, seed: u64) -> Vec<[f32; 2]> {
    let drawn = set.draw(&mut Rng::new(seed, Purpose::Evaluate, u64::MAX), count);
    if !drawn.is_empty() {
        return drawn.as_chunks().0.to_vec();
    }
    (0..count.min(set.test_len()))
        .map(|i| set.test_point(i))
        .collect()
}

async fn samples(
    model: &dyn Model,
    count: usize,
    seed: u64,
    pause: Pause,
) -> Result<Vec<[f32; 2]>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let free = Condition::default();
    let mut sampler = model.sampler(&serde_json::Value::Null, &free, count, seed)?;
    let samples = finish_pausing(&mut *sampler, pause).await?;
    let xy = floats(samples.points()?).await?;
    Ok(xy.as_chunks().0.to_vec())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn modes_are_counted() {
        let set = PointSet::toy("ring", &Value::Null, 0).expect("a toy");
        let modes = set.modes().expect("a ring");
        let real = real(&set, 20_000, 1);
        let counted = count_modes(&modes, &real);
        assert_eq!(counted.reached, 8);
        // 1 − exp(−9/2) of a Gaussian lies within 3σ.
        assert!((counted.high_quality - 0.9889).abs() < 0.003);
        assert!(counted.reverse_kl < 0.001);
        // All in one mode, three quarters of them wide of it.
        let one = [[1.0, 0.0], [1.0, 0.1], [f32::NAN, 0.0], [0.9, 0.0]];
        let counted = count_modes(&modes, &one);
        assert_eq!((counted.reached, counted.histogram[0]), (1, 3));
        assert_eq!(counted.high_quality, 0.25);
        assert!((counted.reverse_kl - 8f64.ln()).abs() < 1e-12);
        assert!(count_modes(&modes, &[]).reverse_kl.is_nan());
    }

    #[test]
    fn estimates_are_means_with_their_errors() {
        let e = Estimate::of([1.0, 2.0, 3.0, 4.0]);
        assert_eq!((e.mean, e.n), (2.5, 4));
        assert!((e.standard_error - (5.0f64 / 12.0).sqrt()).abs() < 1e-12);
        assert!(Estimate::of([f64::NAN, 1.0]).mean.is_nan());
    }
}
