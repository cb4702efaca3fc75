//! What a model guesses of functions, beside what can be computed.

use crate::{
    data::{
        Batch, FunctionSet,
        functions::Class,
        regression::{self, Method},
    },
    device::floats,
    error::{Error, Result},
    families::in_context::{ALPHAS, InContext},
    model::{Family, Model},
};

/// Prompts that go through a model together.
const TOGETHER: usize = 100;

/// Mean square errors after 0, 1, 2, … examples of one class of functions.
#[derive(Debug, Clone)]
pub struct Errors {
    /// The class.
    pub class: Class,
    /// Of the model.
    pub model: Vec<f64>,
    /// Standard errors of these.
    pub deviation: Vec<f64>,
    /// Of ridge regression that knows the noise.
    pub ridge: Vec<f64>,
    /// Of least squares.
    pub least_squares: Vec<f64>,
    /// Of the lasso, with the best of [`ALPHAS`] for each number of examples.
    pub lasso: Vec<f64>,
}

impl Errors {
    /// How often as large the model's error is as ridge regression's, of sparse functions the lasso's, after each of
    /// `1..=most` examples.
    pub fn ratios(&self, most: usize) -> Vec<f64> {
        let best = match self.class {
            Class::Sparse => &self.lasso,
            _ => &self.ridge,
        };
        let both = self.model.iter().zip(best);
        both.map(|(own, best)| own / best)
            .skip(1)
            .take(most)
            .collect()
    }
}

/// The errors of a model on `count` held-out functions of one class.
///
/// # Errors
/// [`Error::Unsupported`] for a model that does not guess functions, and what the device reports.
pub async fn errors(
    model: &InContext,
    set: &FunctionSet,
    class: Class,
    count: usize,
) -> Result<Errors> {
    let model = Family::valid(model);
    let (d, t, _) = set.info.space.functions()?;
    let (mut sums, mut squares) = (vec![0.0; t], vec![0.0; t]);
    let mut rows = Vec::new();
    for from in (0..count).step_by(TOGETHER) {
        let prompts = (from..(from + TOGETHER).min(count)).map(|i| set.held_out_of(class, i));
        let Batch::Functions { rows: these, .. } = set.batch(prompts) else {
            continue;
        };
        let off = floats(model.squares(&these, t)).await?;
        for (at, off) in off.into_iter().map(f64::from).enumerate() {
            sums[at % t] += off;
            squares[at % t] += off * off;
        }
        rows.extend(these);
    }
    let n = count.max(1) as f64;
    let own: Vec<f64> = sums.iter().map(|sum| sum / n).collect();
    let deviation = own.iter().zip(&squares);
    let deviation =
        deviation.map(|(mean, square)| ((square / n - mean * mean) / n).max(0.0).sqrt());
    let by = |method: Method| regression::errors(method, &rows, d, t);
    let lasso = ALPHAS.map(|alpha| by(Method::Lasso(alpha)));
    let best = |k: usize| lasso.iter().map(|e| e[k]).fold(f64::INFINITY, f64::min);
    Ok(Errors {
        class,
        deviation: deviation.collect(),
        model: own,
        ridge: by(Method::Ridge(set.options().noise.powi(2).max(1e-9))),
        least_squares: by(Method::LeastSquares),
        lasso: (0..t).map(best).collect(),
    })
}

/// The in-context learner that a model is.
///
/// # Errors
/// [`Error::Unsupported`] for any other model.
pub fn learner(model: &dyn Model) -> Result<&InContext> {
    let any: &dyn std::any::Any = model;
    any.downcast_ref().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not guess functions", model.title()),
    })
}
