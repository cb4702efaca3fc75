//! Samples whose steps are dealt out to helpers: each takes the step of some of them (see [`Divided`]), and what
//! comes of it is put together in their order; log-densities of points likewise. Noise is drawn here, all of it, as without helpers; a helper needs no
//! more than the model, which it is sent once, and rows of numbers. What comes of samples is the same to the last bit
//! however many help, and whoever is lost on the way.

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use web_time::{Duration, Instant};

use super::{
    crew::{Crew, Member, Piece},
    helper::{DRAW, DRAWING, DRAWN, Numbers, Outline, unreadable, untold, with_weights},
    next_number,
};
use crate::{
    data::{
        DataInfo,
        wire::{Pack, Unpack, cut_short},
    },
    error::{Error, Result},
    evaluate::density::Field,
    model::{Condition, Divided, Model, Pointwise, Sampler, sample_parts},
};

/// What a sampler is made with besides the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wished {
    /// Its options.
    pub options: Value,
    /// What samples are to fit.
    pub condition: Condition,
    /// How many there are to be.
    pub count: usize,
    /// Their seed.
    pub seed: u64,
}

impl Wished {
    fn sampler(&self, model: &dyn Model) -> Result<Box<dyn Sampler>> {
        model.sampler(&self.options, &self.condition, self.count, self.seed)
    }
}

/// What is done with a model.
#[expect(clippy::large_enum_variant)] // There is one at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Work {
    /// Samples are drawn.
    Samples(Wished),
    /// Its density is computed at many points; see [`Field`].
    Density,
}

/// Samples that are drawn, or a density that is computed, as helpers are told of it.
pub struct Drawing {
    /// Told from other drawings, and from trainings, by it.
    number: u64,
    /// Tells the weights from others.
    weights: u64,
    model: Box<dyn Model>,
    data: DataInfo,
    work: Work,
}

impl Drawing {
    /// Of a model whose weights go by a number that no others have; see [`next_number`].
    pub fn new(weights: u64, model: Box<dyn Model>, data: DataInfo, work: Work) -> Self {
        Self {
            number: next_number(),
            weights,
            model,
            data,
            work,
        }
    }

    /// The model.
    pub fn model(&self) -> &dyn Model {
        &*self.model
    }

    /// How many samples, or points of a step.
    pub fn count(&self) -> usize {
        match &self.work {
            Work::Samples(wished) => wished.count,
            Work::Density => Field::CHUNK,
        }
    }

    /// The most workers that have something to do.
    pub fn workers(&self) -> usize {
        sample_parts(self.count()).len()
    }

    /// Whether helpers make the same sampler of what they are told: as text some numbers lose their last bit.
    pub fn is_exact(&self) -> bool {
        let told = json(&self.work).and_then(|text| work_of(&text));
        told.is_ok_and(|told| told == self.work)
    }
}

impl Crew {
    /// Takes the next step of what is drawn, dealt out; false if there is none left.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn draw(&self, drawing: &Drawing, divided: &mut dyn Divided) -> Result<bool> {
        let step = divided.taken();
        let Some(rows) = divided.ahead() else {
            return Ok(false);
        };
        let [n, wide] = rows.dims();
        let parts = sample_parts(n);
        let (own, dealt) = self.deal(drawing.number, parts.len());
        // Code that is new to a helper is slow at first, and there are few parts: one without any is tried again.
        for (number, member) in self.members.borrow_mut().iter_mut() {
            if dealt.iter().all(|(busy, _)| busy != number) {
                member.pace.forget();
            }
        }
        // Samples of neighbouring parts.
        let samples = |of: &Range<usize>| parts[of.start].start..parts[of.end - 1].end;
        let of = |samples: Range<usize>| rows.clone().slice([samples, 0..wide]);
        self.begin();
        for (number, share) in &dealt {
            self.tell(*number, drawing).await?;
            let samples = samples(share);
            let mut head = Pack::default();
            head.number(DRAW);
            head.number(drawing.number);
            head.number(self.ticket.get());
            for place in [step, share.len(), samples.start, samples.end] {
                head.number(place as u64);
            }
            let rows = of(samples).into_data_async().await?;
            if let Some(member) = self.members.borrow().get(number) {
                member.line.send(&head.0, &[rows]);
            }
        }
        let begun = Instant::now();
        let here = samples(&(0..own));
        let first = divided.step_of(step, here.clone(), of(here))?;
        let each = begun.elapsed().as_secs_f64() / own as f64;
        self.saw(each);
        let (device, [_, found]) = (first.device(), first.dims());
        let mut all = vec![first];
        for (number, share) in dealt {
            let samples = samples(&share);
            let size = [samples.len(), found];
            let patience = Duration::from_secs_f64(8.0 * each * share.len() as f64);
            let until = begun + self.patience + patience;
            let came = self.wait(number, Piece::Drawn(number), until).await;
            let count = size.iter().product();
            let values = came.map(|came| came.numbers.read(0, count));
            all.push(match values.filter(|values| values.len() == count) {
                Some(values) => Tensor::from_data(TensorData::new(values, size), &device),
                None => {
                    self.lose(number);
                    divided.step_of(step, samples.clone(), of(samples))?
                }
            });
        }
        divided.take(Tensor::cat(all, 0))?;
        Ok(true)
    }

    /// Tells a helper of a drawing, and sends it the model, unless it has them.
    async fn tell(&self, number: u32, drawing: &Drawing) -> Result<()> {
        let known = |member: &Member| (member.knows, member.holds);
        let holds = match self.members.borrow().get(&number).map(known) {
            Some((knows, holds)) if knows != Some(drawing.number) => holds,
            _ => return Ok(()),
        };
        let mut head = Pack::default();
        head.number(DRAWING);
        head.number(drawing.number);
        head.number(drawing.weights);
        let mut weights = Vec::new();
        if holds == Some(drawing.weights) {
            head.number(0);
        } else {
            head.number(1);
            head.bytes(&json(&Outline::of(&*drawing.model, &drawing.data)?)?);
            for value in drawing.model.values() {
                weights.push(value.into_data_async().await?);
            }
        }
        head.bytes(&json(&drawing.work)?);
        if let Some(member) = self.members.borrow_mut().get_mut(&number) {
            member.line.send(&head.0, &weights);
            member.knows = Some(drawing.number);
            member.holds = Some(drawing.weights);
            member.pace = Default::default();
        }
        Ok(())
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::Internal {
        reason: error.to_string(),
    })
}

fn work_of(text: &[u8]) -> Result<Work> {
    serde_json::from_slice(text).map_err(unreadable)
}

/// The density of a model, where it can be dealt out.
pub fn pointwise(model: &dyn Model) -> Option<&dyn Pointwise> {
    model.density()?.pointwise()
}

/// What a helper has of a drawing.
pub(super) struct Drawer {
    number: u64,
    weights: u64,
    device: Device,
    model: Box<dyn Model>,
    /// Nothing where densities are asked for.
    sampler: Option<Box<dyn Sampler>>,
}

impl Drawer {
    /// As it is told of a drawing; the model may be that of the one before.
    pub(super) fn told(
        number: u64,
        head: &mut Unpack,
        numbers: &dyn Numbers,
        before: Option<Self>,
        device: &Device,
    ) -> Result<Self> {
        let weights = head.number()?;
        let model = match head.number()? {
            0 => {
                let before = before.filter(|before| before.weights == weights);
                before.ok_or_else(untold)?.model
            }
            _ => {
                let outline: Outline = serde_json::from_slice(head.bytes()?).map_err(unreadable)?;
                with_weights(outline.model(device)?, numbers)?
            }
        };
        let sampler = match work_of(head.bytes()?)? {
            Work::Samples(wished) => Some(wished.sampler(&*model)?),
            Work::Density => None,
        };
        Ok(Self {
            number,
            weights,
            device: device.clone(),
            sampler,
            model,
        })
    }

    /// Takes a step of some samples.
    pub(super) async fn draw(
        &mut self,
        number: u64,
        head: &mut Unpack<'_>,
        numbers: &dyn Numbers,
        reply: &impl Fn(Vec<u8>, &[TensorData]),
    ) -> Result<()> {
        let begun = Instant::now();
        let ticket = head.number()?;
        let [step, parts] = [head.count()?, head.count()?];
        let [start, end] = [head.count()?, head.count()?];
        if self.number != number {
            return Err(untold());
        }
        let mut field;
        let divided: &mut dyn Divided = match &mut self.sampler {
            Some(sampler) => sampler.divided().ok_or_else(untold)?,
            None => {
                let density = pointwise(&*self.model).ok_or_else(untold)?;
                field = Field::new(density, &[]);
                &mut field
            }
        };
        let (m, count) = (end.saturating_sub(start), numbers.count());
        if m == 0 || count % m > 0 {
            return Err(cut_short());
        }
        let rows = TensorData::new(numbers.read(0, count), [m, count / m]);
        let rows = Tensor::from_data(rows, &self.device);
        let found = divided.step_of(step, start..end, rows)?;
        let found = found.into_data_async().await?;
        let mut out = Pack::default();
        out.number(DRAWN);
        out.number(ticket);
        let seconds = begun.elapsed().as_secs_f64() / parts.max(1) as f64;
        out.number(seconds.to_bits());
        reply(out.0, &[found]);
        Ok(())
    }
}
