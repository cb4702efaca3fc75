//! What a model asks of a device, estimated from its outline before anything is allocated.

use super::weights::Shapes;

/// What one example costs while a model trains on it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// Multiply-adds of one pass from data to loss.
    pub multiply_adds: f64,
    /// Numbers that are kept until the gradients are known.
    pub activations: f64,
}

/// Numbers kept for each output of a layer: it, what becomes of it, and the gradients of both.
const KEPT: f64 = 4.0;

impl Cost {
    /// The cost of layers with weights of these shapes, each used `uses(name)` times for an example:
    /// once for a layer of a plain network, once for each token or pixel where it is shared. Matrices
    /// are `[d_in, d_out]`, convolutions `[c_out, c_in, k, k]`; vectors cost nothing beside them.
    pub fn of(shapes: &Shapes, uses: impl Fn(&str) -> f64) -> Self {
        let mut cost = Self::default();
        for (name, dims) in shapes {
            let outputs = match dims.len() {
                0 | 1 => continue,
                2 => dims[1],
                _ => dims[0],
            };
            let (uses, size) = (uses(name), dims.iter().product::<usize>());
            cost.multiply_adds += size as f64 * uses;
            cost.activations += KEPT * outputs as f64 * uses;
        }
        cost
    }

    /// With so much more.
    #[must_use]
    pub fn plus(self, multiply_adds: f64, activations: f64) -> Self {
        Self {
            multiply_adds: self.multiply_adds + multiply_adds,
            activations: self.activations + activations,
        }
    }
}
