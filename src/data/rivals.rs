//! What a learner of functions is measured beside.

use super::{
    FunctionSet,
    functions::Class,
    posterior::{self, Posterior},
    regression::{self, Method},
};

/// Penalties of the lasso.
pub const ALPHAS: [f64; 4] = [1.0, 0.1, 0.01, 0.001];

/// A way to guess functions from examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rival {
    /// No guess has a smaller error: the mean over all functions of the class, by how well they explain the examples.
    Best,
    /// Ridge regression that knows the noise.
    Ridge,
    /// Least squares.
    LeastSquares,
    /// The lasso, with the best of [`ALPHAS`] for each number of examples.
    Lasso,
    /// A tree that is grown from the examples.
    Grown,
}

impl Rival {
    /// Those that know what a class of functions is like, or are often used for it.
    pub fn of(class: Class) -> &'static [Self] {
        match class {
            // Ridge regression is the best possible of these.
            Class::Linear | Class::Curves => &[Self::Ridge, Self::LeastSquares, Self::Lasso],
            Class::Sparse => &[Self::Best, Self::Lasso, Self::Ridge, Self::LeastSquares],
            Class::Trees => &[Self::Best, Self::Grown, Self::Ridge],
        }
    }

    /// Mean square errors of its guesses on prompts of `length` pairs of functions of one class; none where it has too
    /// many functions to weigh.
    pub fn errors(self, class: Class, set: &FunctionSet, rows: &[f32]) -> Option<Vec<f64>> {
        let (d, t) = (set.options().inputs, set.options().length);
        let by = |method: Method| regression::errors(method, rows, d, t);
        Some(match self {
            Self::Best => {
                let before = Posterior::new(class, d, set.prior())?;
                let guess = |prompt: &[f32]| posterior::guesses(&mut before.clone(), prompt, d);
                regression::errors_of(rows, d, t, guess)
            }
            Self::Ridge => by(Method::Ridge(set.options().noise.powi(2).max(1e-6))),
            Self::LeastSquares => by(Method::LeastSquares),
            Self::Lasso => {
                let all = ALPHAS.map(|alpha| by(Method::Lasso(alpha)));
                let best = |k: usize| all.iter().map(|e| e[k]).fold(f64::INFINITY, f64::min);
                (0..t).map(best).collect()
            }
            Self::Grown => regression::errors_of(rows, d, t, |prompt| posterior::grown(prompt, d)),
        })
    }
}
