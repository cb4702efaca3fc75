//! Points in 2-D on the scale that networks like.

use burn::tensor::Tensor;

/// u = (x − mean) / scale: about zero mean and unit variance, with proportions kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standard {
    mean: [f32; 2],
    scale: f32,
}

impl Standard {
    /// That of mean and scale (`Space::moments`); without them the identity.
    pub fn of(moments: Option<([f32; 2], f32)>) -> Self {
        let (mean, scale) = moments.unwrap_or(([0.0; 2], 1.0));
        Self { mean, scale }
    }

    /// x `[n, 2]` → u `[n, 2]`.
    pub fn to_unit(&self, x: Tensor<2>) -> Tensor<2> {
        (x.clone() - self.means(&x)) / self.scale
    }

    /// u `[n, 2]` → x `[n, 2]`.
    pub fn from_unit(&self, u: Tensor<2>) -> Tensor<2> {
        u.clone() * self.scale + self.means(&u)
    }

    /// log |det ∂u/∂x|, nats: log p(x) = log p(u) + this.
    pub fn logabsdet(&self) -> f64 {
        -2.0 * f64::from(self.scale).ln()
    }

    /// Length of one unit of u.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// A coordinate (0 or 1) of x on the scale of u.
    pub fn coordinate(&self, d: usize, x: f32) -> f32 {
        (x - self.mean[d]) / self.scale
    }

    fn means(&self, like: &Tensor<2>) -> Tensor<2> {
        Tensor::from_floats([self.mean], &like.device())
    }
}
