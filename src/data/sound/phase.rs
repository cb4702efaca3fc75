//! The phase of a sound of which only the magnitudes of the spectrum are known.
//!
//! Griffin & Lim 1984: begin with any phase and go back and forth, P = F F⁻¹ with F the short-time transform, keeping
//! of each answer only its phase,
//!
//! ```text
//! c_n = A e^{i arg t_{n−1}},    t_n = s_n + α (s_n − s_{n−1}),    s_n = P c_n
//! ```
//!
//! At α = 0 the distance ‖ |s_n| − A ‖ falls in every round. Perraudin, Balazs & Søndergaard 2013 (*A fast Griffin–Lim
//! algorithm*, WASPAA) go further in the direction of the last step, α = 0.99, which is nearer after as many rounds
//! though not in each of them.

use crate::{
    kernels::stft::{Complex, Stft},
    rng::{Purpose, Rng},
};

/// The momentum of the fast variant.
pub const FAST: f32 = 0.99;
/// As it was at first.
pub const PLAIN: f32 = 0.0;

/// A sound whose spectrum has nearly these magnitudes `A`, a row for each frame, and for each round ‖ |s| − A ‖ / ‖A‖,
/// the *spectral convergence*.
pub fn found(
    stft: &Stft,
    hop: usize,
    magnitudes: &[f32],
    rounds: usize,
    momentum: f32,
    seed: u64,
) -> (Vec<f32>, Vec<f32>) {
    let frames = magnitudes.len() / stft.bins();
    let mut rng = Rng::new(seed, Purpose::Sample, 0);
    let noise = rng.normal(2 * magnitudes.len());
    let mut towards: Vec<Complex> = noise.as_chunks::<2>().0.to_vec();
    let mut before: Option<Vec<Complex>> = None;
    let norm = |of: &mut dyn Iterator<Item = f32>| -> f64 {
        of.map(|v| f64::from(v).powi(2)).sum::<f64>().sqrt()
    };
    let all = norm(&mut magnitudes.iter().copied()).max(f64::MIN_POSITIVE);
    let (mut sound, mut off) = (Vec::new(), Vec::with_capacity(rounds));
    for _ in 0..rounds.max(1) {
        let turned = towards.iter().zip(magnitudes).map(|([a, b], m)| {
            let length = a.hypot(*b);
            match length > f32::MIN_POSITIVE {
                true => [a / length * m, b / length * m],
                false => [*m, 0.0],
            }
        });
        let wished: Vec<Complex> = turned.collect();
        sound = stft.inverse(&wished);
        // The transform divides by the hop, and its inverse does not know.
        sound.iter_mut().for_each(|v| *v *= hop as f32);
        let reached = stft.forward(&sound, frames);
        let misses = reached.iter().zip(magnitudes);
        let distance = norm(&mut misses.map(|([a, b], m)| a.hypot(*b) - m));
        off.push((distance / all) as f32);
        towards = match &before {
            Some(before) if momentum > 0.0 => reached
                .iter()
                .zip(before)
                .map(|(s, old)| [0, 1].map(|i| s[i] + momentum * (s[i] - old[i])))
                .collect(),
            _ => reached.clone(),
        };
        before = Some(reached);
    }
    (sound, off)
}
