//! What a model guesses of functions, beside what can be computed.

use crate::{
    data::{Batch, FunctionSet, functions::Class, rivals::Rival},
    device::floats,
    error::{Error, Result},
    families::in_context::InContext,
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
    /// Of what it is measured beside.
    pub beside: Vec<(Rival, Vec<f64>)>,
}

impl Errors {
    /// How often as large the model's error is as a rival's, after each of `1..=most` examples; empty beside one that
    /// was not measured.
    pub fn ratios(&self, rival: Rival, most: usize) -> Vec<f64> {
        let found = self.beside.iter().find(|(name, _)| *name == rival);
        let errors = found.map_or(&[][..], |(_, errors)| errors);
        let both = self.model.iter().zip(errors);
        both.map(|(own, other)| own / other)
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
    let (_, t, _) = set.info.space.functions()?;
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
    let beside = Rival::of(class).iter();
    let beside = beside.filter_map(|&rival| Some((rival, rival.errors(class, set, &rows)?)));
    Ok(Errors {
        class,
        deviation: deviation.collect(),
        model: own,
        beside: beside.collect(),
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
