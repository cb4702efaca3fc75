//! What a helper does: it computes parts of the steps of a training that is another worker's, or of a sampler's.
//!
//! It is told of a model once and gets the weights with each step. What comes to it, and what it gives back,
//! is a head of bytes and many numbers, which cross as one buffer.

use burn::tensor::{Device, TensorData};
use serde::{Deserialize, Serialize};
use web_time::Instant;

use super::drawing::Drawer;
use crate::{
    data::{
        Batch, DataInfo,
        wire::{Pack, Unpack},
    },
    error::{Error, Result},
    families,
    model::Model,
    nn::weights::Weights,
    optim::muon::host_orthogonal,
    rng::{Purpose, Rng},
};

/// Numbers of a message, wherever they lie.
pub trait Numbers {
    /// How many they are.
    fn count(&self) -> usize;

    /// `count` of them from `from` on, of those that there are.
    fn read(&self, from: usize, count: usize) -> Vec<f32>;
}

impl Numbers for Vec<f32> {
    fn count(&self) -> usize {
        self.len()
    }

    fn read(&self, from: usize, count: usize) -> Vec<f32> {
        let there = self.iter().skip(from).take(count);
        there.copied().collect()
    }
}

/// What a model is, but for its weights.
#[derive(Serialize, Deserialize)]
pub(super) struct Outline {
    pub(super) family: String,
    pub(super) config: serde_json::Value,
    pub(super) data: DataInfo,
}

impl Outline {
    /// That of a model.
    pub(super) fn of(model: &dyn Model, data: &DataInfo) -> Result<Self> {
        Ok(Self {
            family: model.family().into(),
            config: model.config()?,
            data: data.clone(),
        })
    }

    /// A model without its weights.
    pub(super) fn model(&self, device: &Device) -> Result<Box<dyn Model>> {
        families::outline(&self.family, &self.config, &self.data, device)
    }
}

/// Kinds of messages to a helper.
pub(super) const MODEL: u64 = 0;
pub(super) const STEP: u64 = 1;
pub(super) const DIRECTIONS: u64 = 2;
pub(super) const DRAWING: u64 = 3;
pub(super) const DRAW: u64 = 4;
/// Kinds of messages from a helper.
pub(super) const PART: u64 = 0;
pub(super) const FAILED: u64 = 1;
pub(super) const FOUND: u64 = 2;
pub(super) const DRAWN: u64 = 3;

/// The generator of a part of a step, the same whoever computes it.
pub(super) fn rng_of(seed: u64, step: u64, part: usize) -> Rng {
    Rng::new(seed, Purpose::Train, step).part(part as u64)
}

/// See the module's documentation.
pub struct Helper {
    device: Device,
    /// The training that it helps, and its model.
    model: Option<(u64, Box<dyn Model>)>,
    /// What it draws.
    drawer: Option<Drawer>,
}

impl Helper {
    /// A helper that computes on `device`.
    pub fn new(device: &Device) -> Self {
        Self {
            device: device.clone().autodiff(),
            model: None,
            drawer: None,
        }
    }

    /// Does what a message says. What comes of it goes to `reply`, part by part; that it failed as well.
    pub async fn hear(
        &mut self,
        head: &[u8],
        numbers: &dyn Numbers,
        reply: impl Fn(Vec<u8>, &[TensorData]),
    ) {
        if let Err(error) = self.answer(head, numbers, &reply).await {
            let mut out = Pack::default();
            out.number(FAILED);
            out.bytes(error.to_string().as_bytes());
            reply(out.0, &[]);
        }
    }

    async fn answer(
        &mut self,
        head: &[u8],
        numbers: &dyn Numbers,
        reply: &impl Fn(Vec<u8>, &[TensorData]),
    ) -> Result<()> {
        let mut head = Unpack(head);
        let (kind, training) = (head.number()?, head.number()?);
        if kind == DRAWING {
            self.model = None;
            let before = self.drawer.take();
            let device = self.device.clone().inner();
            self.drawer = Some(Drawer::told(training, &mut head, numbers, before, &device)?);
            return Ok(());
        }
        if kind == DRAW {
            return match &mut self.drawer {
                Some(drawer) => drawer.draw(training, &mut head, numbers, reply).await,
                None => Err(untold()),
            };
        }
        if kind == MODEL {
            self.drawer = None;
            let outline: Outline = serde_json::from_slice(head.bytes()?).map_err(unreadable)?;
            self.model = Some((training, outline.model(&self.device)?));
            return Ok(());
        }
        if kind == DIRECTIONS {
            return find(&mut head, numbers, reply);
        }
        let begun = Instant::now();
        let model = self.with_weights(training, numbers)?;
        let [ticket, seed, step] = [head.number()?, head.number()?, head.number()?];
        let count = head.number()?;
        for done in 1..=count {
            let (part, share) = (head.count()?, f64::from_bits(head.number()?));
            let batch = Batch::unpack(&mut head)?;
            let mut sum = model.sum_of(&batch, share, &mut rng_of(seed, step, part))?;
            let mut out = Pack::default();
            out.number(PART);
            out.number(ticket);
            out.number(part as u64);
            let mut losses = Vec::new();
            for (_, loss) in sum.losses {
                losses.push(loss.into_scalar_async().await?);
            }
            out.floats(&losses);
            let (mut present, mut gradients) = (Vec::new(), Vec::new());
            for (name, _) in model.shapes() {
                let gradient = sum.gradients.remove(&name);
                present.push(u32::from(gradient.is_some()));
                if let Some(gradient) = gradient {
                    gradients.push(gradient.into_data_async().await?);
                }
            }
            out.whole(&present);
            let seconds = begun.elapsed().as_secs_f64() / done as f64;
            out.number(seconds.to_bits());
            reply(out.0, &gradients);
        }
        Ok(())
    }

    /// The model with the weights of a step.
    fn with_weights(&mut self, training: u64, numbers: &dyn Numbers) -> Result<&dyn Model> {
        let known = self.model.take().filter(|(known, _)| *known == training);
        let (_, model) = known.ok_or_else(untold)?;
        let model = with_weights(model, numbers)?;
        Ok(&*self.model.insert((training, model)).1)
    }
}

/// A model with the weights that were sent.
pub(super) fn with_weights(model: Box<dyn Model>, numbers: &dyn Numbers) -> Result<Box<dyn Model>> {
    let (mut weights, mut at) = (Weights::new(), 0);
    for (name, dims) in model.shapes() {
        let count = dims.iter().product();
        let values = numbers.read(at, count);
        if values.len() != count {
            return Err(Error::CheckpointShape {
                reason: format!("{name} is cut short"),
            });
        }
        at += count;
        weights.insert(name, TensorData::new(values, dims));
    }
    model.with_weights(weights)
}

pub(super) fn untold() -> Error {
    Error::BadRequest {
        reason: "a helper has not been told of the model".into(),
    }
}

/// Directions of matrices, of which Muon's steps are made.
fn find(
    head: &mut Unpack,
    numbers: &dyn Numbers,
    reply: &impl Fn(Vec<u8>, &[TensorData]),
) -> Result<()> {
    let (ticket, count) = (head.number()?, head.number()?);
    let (mut found, mut at) = (Vec::new(), 0);
    for _ in 0..count {
        let dims = [head.count()?, head.count()?];
        let size = dims[0].saturating_mul(dims[1]);
        let values = numbers.read(at, size);
        if values.len() != size {
            return Err(Error::BadRequest {
                reason: "a matrix is cut short".into(),
            });
        }
        at += size;
        found.push(TensorData::new(host_orthogonal(values, dims), [size]));
    }
    let mut out = Pack::default();
    out.number(FOUND);
    out.number(ticket);
    reply(out.0, &found);
    Ok(())
}

pub(super) fn unreadable(error: serde_json::Error) -> Error {
    Error::BadRequest {
        reason: error.to_string(),
    }
}
