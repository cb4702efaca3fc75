//! [`Model`]: a model of any family.

use std::any::Any;

use burn::tensor::Tensor;
use serde_json::Value;

use super::{
    Acting, Condition, Cost, Density, Drummer, Family, Imagining, Invertible, Language, Latent,
    Losses, Masked, Orderless, Planning, Reading, Sampler, Sentences, StepContext, Sum,
    Translation,
};
use crate::{
    data::{Batch, SpaceKind},
    error::{Error, Result},
    nn::weights::{self, Shapes, Weights},
    open::as_gpt::AsGpt,
    optim::{Optimizer, ParameterGroup},
    options::{self, Options},
    rng::Rng,
    scene::{PlotRequest, Scene},
};

/// A model of any family, its options as JSON. Made by [`init`](crate::families::init); every method is the
/// family's own.
pub trait Model: Any {
    /// Id of its family.
    fn family(&self) -> &'static str;

    /// Title of its family.
    fn title(&self) -> &'static str;

    /// See [`Family::PAPER`].
    fn paper(&self) -> &'static str;

    /// See [`Family::PAGE`].
    fn page(&self) -> Option<&'static str>;

    /// See [`Family::NETWORKS`].
    fn networks(&self) -> &'static [&'static str];

    /// See [`Family::equation`].
    fn equation(&self, kind: SpaceKind) -> Vec<String>;

    /// Its config as JSON.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::error::Error::Internal).
    fn config(&self) -> Result<Value>;

    /// A copy; the weights stay shared until one of the two changes them.
    fn boxed(&self) -> Box<dyn Model>;

    /// See [`Family::valid`].
    fn valid(&self) -> Box<dyn Model>;

    /// See [`Family::train_step`].
    ///
    /// # Errors
    /// What the device reports.
    fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses>;

    /// See [`Family::IN_PARTS`].
    fn in_parts(&self) -> bool {
        false
    }

    /// See [`Family::together`].
    fn together(&self) -> usize {
        1
    }

    /// See [`Family::prepare`].
    ///
    /// # Errors
    /// What the device reports.
    fn prepare(&mut self, batch: &Batch, context: &mut StepContext) -> Result<()> {
        let _ = (batch, context);
        Ok(())
    }

    /// Losses and gradients of a part that is such a share of its batch.
    ///
    /// # Errors
    /// [`Error::Unsupported`] of a model that does not train in parts; what the device reports.
    fn sum_of(&self, part: &Batch, share: f64, rng: &mut Rng) -> Result<Sum> {
        let _ = (part, share, rng);
        Err(Error::Unsupported {
            what: "Training this model in parts".into(),
        })
    }

    /// One optimizer step down the gradients of a sum over all parts. Its losses.
    fn end_step(&mut self, sum: Sum, context: &mut StepContext) -> Losses {
        let _ = context;
        sum.losses
    }

    /// Its weights, flat, in the order of [`Model::shapes`], on the device and outside autodiff.
    fn values(&self) -> Vec<Tensor<1>> {
        Vec::new()
    }

    /// See [`Family::losses`].
    ///
    /// # Errors
    /// What the device reports.
    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses>;

    /// See [`Family::sampler`]; `options` as JSON.
    ///
    /// # Errors
    /// [`Error::BadOption`](crate::error::Error::BadOption);
    /// [`Error::Unsupported`](crate::error::Error::Unsupported) for a condition that the family does
    /// not honour; what the device reports.
    fn sampler(
        &self,
        options: &Value,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>>;

    /// See [`Family::num_params`].
    fn num_params(&self) -> usize;

    /// See [`Family::micro_batch`].
    fn micro_batch(&self) -> usize;

    /// See [`Family::cost`].
    fn cost(&self) -> Cost;

    /// See [`Family::preview`].
    ///
    /// # Errors
    /// [`Error::Internal`](crate::error::Error::Internal).
    fn preview(&self) -> Result<Value>;

    /// See [`Family::parameter_groups`].
    fn parameter_groups(&self) -> Vec<ParameterGroup>;

    /// Names and shapes of its weights; see also [`outline`](crate::families::outline).
    fn shapes(&self) -> Shapes;

    /// See [`Family::weights`].
    fn weights(&self) -> Reading<'_, Weights>;

    /// See [`Family::with_weights`].
    ///
    /// # Errors
    /// [`Error::CheckpointShape`](crate::error::Error::CheckpointShape).
    fn with_weights(self: Box<Self>, weights: Weights) -> Result<Box<dyn Model>>;

    /// See [`Family::follow`]. A model of another family is not followed.
    fn follow(&mut self, model: &dyn Model, decay: f32);

    /// See [`Family::plot`].
    ///
    /// # Errors
    /// [`Error::BadOption`](crate::error::Error::BadOption) for a plot it does not offer, and what
    /// the device reports.
    fn plot(&self, request: &PlotRequest) -> Result<Scene>;

    /// See [`Family::density`].
    fn density(&self) -> Option<&dyn Density> {
        None
    }

    /// See [`Family::invertible`].
    fn invertible(&self) -> Option<&dyn Invertible> {
        None
    }

    /// See [`Family::latent`].
    fn latent(&self) -> Option<&dyn Latent> {
        None
    }

    /// See [`Family::language`].
    fn language(&self) -> Option<&dyn Language> {
        None
    }

    /// See [`Family::masked`].
    fn masked(&self) -> Option<&dyn Masked> {
        None
    }

    /// See [`Family::translation`].
    fn translation(&self) -> Option<&dyn Translation> {
        None
    }

    /// See [`Family::planning`].
    fn planning(&self) -> Option<&dyn Planning> {
        None
    }

    /// See [`Family::acting`].
    fn acting(&self) -> Option<&dyn Acting> {
        None
    }

    /// See [`Family::imagining`].
    fn imagining(&self) -> Option<&dyn Imagining> {
        None
    }

    /// See [`Family::orderless`].
    fn orderless(&self) -> Option<&dyn Orderless> {
        None
    }

    /// See [`Family::drummer`].
    fn drummer(&self) -> Option<&dyn Drummer> {
        None
    }

    /// See [`Family::adapter`].
    fn adapter(&self) -> Option<&'static str> {
        None
    }

    /// Of a model of another program: what it is as one of ours, which can be trained on.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::error::Error::Unsupported) for one that has what ours have not.
    fn as_gpt(&self) -> Option<Result<AsGpt>> {
        None
    }

    /// What it can do with sentences, if it makes vectors of them; no family that is trained here does.
    fn sentences(&self) -> Option<&dyn Sentences> {
        None
    }

    /// Guesses of a training example of text, which has a token more; 0 where examples are not text.
    fn block_size(&self) -> usize {
        let masked = || self.masked().map_or(0, |m| m.context().saturating_sub(1));
        self.language().map_or_else(masked, |l| l.block_size())
    }

    /// Fresh optimizers, one for each of its networks.
    fn optimizers(&self) -> Vec<Optimizer> {
        let groups = self.parameter_groups();
        let of = |network: &&str| Optimizer::new(groups.iter().filter(|g| g.network == *network));
        self.networks().iter().map(of).collect()
    }
}

impl Clone for Box<dyn Model> {
    fn clone(&self) -> Self {
        (**self).boxed()
    }
}

impl<F: Family> Model for F {
    fn family(&self) -> &'static str {
        F::ID
    }

    fn title(&self) -> &'static str {
        F::TITLE
    }

    fn paper(&self) -> &'static str {
        F::PAPER
    }

    fn page(&self) -> Option<&'static str> {
        F::PAGE
    }

    fn networks(&self) -> &'static [&'static str] {
        F::NETWORKS
    }

    fn equation(&self, kind: SpaceKind) -> Vec<String> {
        F::equation(Family::config(self), kind)
    }

    fn config(&self) -> Result<Value> {
        options::to_json(Family::config(self))
    }

    fn boxed(&self) -> Box<dyn Model> {
        Box::new(self.clone())
    }

    fn valid(&self) -> Box<dyn Model> {
        Box::new(Family::valid(self))
    }

    fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses> {
        Family::train_step(self, batch, context)
    }

    fn in_parts(&self) -> bool {
        F::IN_PARTS
    }

    fn together(&self) -> usize {
        Family::together(self)
    }

    fn prepare(&mut self, batch: &Batch, context: &mut StepContext) -> Result<()> {
        Family::prepare(self, batch, context)
    }

    fn sum_of(&self, part: &Batch, share: f64, rng: &mut Rng) -> Result<Sum> {
        Sum::of(self, part, share, rng)
    }

    fn end_step(&mut self, sum: Sum, context: &mut StepContext) -> Losses {
        context.end(0, self.net_mut(), sum)
    }

    fn values(&self) -> Vec<Tensor<1>> {
        let listed = weights::list(self.net()).into_iter();
        listed.map(|(_, _, value)| value).collect()
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        Family::losses(self, batch, rng)
    }

    fn sampler(
        &self,
        options: &Value,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let options = F::SampleOptions::from_json(options)?;
        condition.check_for(F::CONDITIONS, F::TITLE)?;
        Family::sampler(self, &options, condition, count, seed)
    }

    fn num_params(&self) -> usize {
        Family::num_params(self)
    }

    fn micro_batch(&self) -> usize {
        Family::micro_batch(self)
    }

    fn cost(&self) -> Cost {
        Family::cost(self)
    }

    fn preview(&self) -> Result<Value> {
        options::to_json(&Family::preview(self))
    }

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        Family::parameter_groups(self)
    }

    fn shapes(&self) -> Shapes {
        weights::shapes(self.net())
    }

    fn weights(&self) -> Reading<'_, Weights> {
        Box::pin(Family::weights(self))
    }

    fn with_weights(self: Box<Self>, weights: Weights) -> Result<Box<dyn Model>> {
        Ok(Box::new(Family::with_weights(*self, weights)?))
    }

    fn follow(&mut self, model: &dyn Model, decay: f32) {
        let model: &dyn Any = model;
        if let Some(model) = model.downcast_ref::<F>() {
            Family::follow(self, model, decay);
        }
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        Family::plot(self, request)
    }

    fn density(&self) -> Option<&dyn Density> {
        Family::density(self)
    }

    fn invertible(&self) -> Option<&dyn Invertible> {
        Family::invertible(self)
    }

    fn latent(&self) -> Option<&dyn Latent> {
        Family::latent(self)
    }

    fn language(&self) -> Option<&dyn Language> {
        Family::language(self)
    }

    fn masked(&self) -> Option<&dyn Masked> {
        Family::masked(self)
    }

    fn translation(&self) -> Option<&dyn Translation> {
        Family::translation(self)
    }

    fn planning(&self) -> Option<&dyn Planning> {
        Family::planning(self)
    }

    fn acting(&self) -> Option<&dyn Acting> {
        Family::acting(self)
    }

    fn imagining(&self) -> Option<&dyn Imagining> {
        Family::imagining(self)
    }

    fn orderless(&self) -> Option<&dyn Orderless> {
        Family::orderless(self)
    }

    fn drummer(&self) -> Option<&dyn Drummer> {
        Family::drummer(self)
    }

    fn adapter(&self) -> Option<&'static str> {
        Family::adapter(self)
    }
}
