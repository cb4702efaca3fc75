//! Adam's arithmetic (Kingma & Ba 2014, arXiv:1412.6980, algorithm 1) in one pass over memory.

/// What a step does: the decay of both moments, and how far it goes.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Decay of the first moment.
    pub beta_1: f32,
    /// Decay of the second moment.
    pub beta_2: f32,
    /// Learning rate, with the corrections of both moments for their start at 0.
    pub rate: f32,
    /// What keeps the quotient finite, with the correction of the second moment.
    pub epsilon: f32,
}

/// Moves the parameters `x` against their gradient `g`, and both moments along.
pub fn step(x: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], how: Step) {
    let Step {
        beta_1,
        beta_2,
        rate,
        epsilon,
    } = how;
    for (((x, m), v), &g) in x.iter_mut().zip(m).zip(v).zip(g) {
        *m = beta_1 * *m + (1.0 - beta_1) * g;
        *v = beta_2 * *v + (1.0 - beta_2) * g * g;
        *x -= rate * *m / (v.sqrt() + epsilon);
    }
}
