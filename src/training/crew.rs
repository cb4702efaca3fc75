//! Workers that help: the parts of each step of a training are dealt out to them, and what they give back is
//! added up in the order of the parts. What comes out is the same to the last bit however many there are, whoever
//! computes what, and whoever is lost on the way, for a part that does not come back is computed here. Samples are
//! dealt out as well ([`drawing`](super::drawing)).

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::poll_fn,
    ops::Range,
    task::{Poll, Waker},
};

use burn::tensor::{Tensor, TensorData};
use web_time::{Duration, Instant};

use super::helper::{
    DIRECTIONS, DRAWN, FAILED, FOUND, MODEL, Numbers, Outline, PART, STEP, rng_of,
};
use crate::{
    data::{
        Batch, DataInfo,
        wire::{Pack, Unpack},
    },
    error::{Error, Result},
    model::{Losses, Model, Sum, parts},
    nn::weights::Shapes,
    optim::{Gradients, Matrix, muon},
    pause::Pause,
};

/// The most helpers of a training.
pub const MOST_HELPERS: usize = 8;
/// How long a helper may take beyond eight times what the same would take here.
const PATIENCE: Duration = Duration::from_secs(2);

/// The way to a helper.
pub trait Line {
    /// Sends a message; whether it arrives shows by the answer.
    fn send(&self, head: &[u8], numbers: &[TensorData]);
}

pub(super) struct Member {
    pub(super) line: Box<dyn Line>,
    /// The training or the drawing that it has been told of.
    pub(super) knows: Option<u64>,
    /// The weights that it draws with.
    pub(super) holds: Option<u64>,
    /// Seconds that a part takes it.
    pub(super) pace: Pace,
}

/// Seconds that something took lately.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace(Option<f64>);

impl Pace {
    fn saw(&mut self, seconds: f64) {
        self.0 = Some(
            self.0
                .map_or(seconds, |before| 0.7 * before + 0.3 * seconds),
        );
    }

    /// It may have become quicker since it was seen.
    pub(super) fn forget(&mut self) {
        self.0 = self.0.map(|seconds| 0.9 * seconds);
    }
}

/// A part of a step, or what a helper found of its matrices, or of its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    Part(usize),
    Found(u32),
    Drawn(u32),
}

/// What came back of it.
pub(super) struct Returned {
    losses: Vec<f32>,
    present: Vec<u32>,
    pub(super) numbers: Box<dyn Numbers>,
}

/// What a step is about.
pub(super) struct Step<'a> {
    /// Told from other trainings by it.
    pub(super) training: u64,
    pub(super) model: &'a dyn Model,
    pub(super) data: &'a DataInfo,
    pub(super) seed: u64,
    pub(super) step: u64,
}

/// See the module's documentation.
pub struct Crew {
    rest: Pause,
    pub(super) patience: Duration,
    pub(super) members: RefCell<BTreeMap<u32, Member>>,
    /// Those that did not answer, or answered that they cannot.
    lost: RefCell<Vec<u32>>,
    /// The step under way.
    pub(super) ticket: Cell<u64>,
    returned: RefCell<BTreeMap<Piece, Returned>>,
    /// The training or the drawing, and the seconds that a part of it takes here.
    pace: Cell<(u64, Pace)>,
    heard: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Crew {
    /// A crew without members. It waits by `rest`, a few milliseconds without work.
    pub fn new(rest: Pause) -> Self {
        Self {
            rest,
            patience: PATIENCE,
            members: RefCell::default(),
            lost: RefCell::default(),
            ticket: Cell::new(0),
            returned: RefCell::default(),
            pace: Cell::default(),
            heard: Cell::new(false),
            waker: RefCell::default(),
        }
    }

    /// Waits so much longer for an answer than it should take.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Takes a helper on, by a number that no other one has or had.
    pub fn join(&self, number: u32, line: Box<dyn Line>) {
        let member = Member {
            line,
            knows: None,
            holds: None,
            pace: Pace::default(),
        };
        self.members.borrow_mut().insert(number, member);
    }

    /// Does without a helper from now on; what it was to do is done here.
    pub fn leave(&self, number: u32) {
        self.members.borrow_mut().remove(&number);
        self.wake();
    }

    /// How many there are.
    pub fn size(&self) -> usize {
        self.members.borrow().len()
    }

    /// Those that did not answer in time or could not do it, since the last call.
    pub fn take_lost(&self) -> Vec<u32> {
        self.lost.take()
    }

    /// What a helper sends.
    pub fn hear(&self, number: u32, head: &[u8], numbers: Box<dyn Numbers>) {
        if !self.members.borrow().contains_key(&number) {
            return;
        }
        match self.read(number, head, numbers) {
            Ok(()) => self.wake(),
            Err(_) => self.lose(number),
        }
    }

    fn read(&self, number: u32, head: &[u8], numbers: Box<dyn Numbers>) -> Result<()> {
        let mut head = Unpack(head);
        let (kind, mut took) = (head.number()?, None);
        if kind == FAILED {
            let reason = String::from_utf8_lossy(head.bytes()?).into_owned();
            return Err(Error::Internal { reason });
        }
        let ticket = head.number()?;
        let (mut losses, mut present) = (Vec::new(), Vec::new());
        let piece = match kind {
            PART => {
                let part = head.count()?;
                (losses, present) = (head.floats()?, head.whole()?);
                took = Some(f64::from_bits(head.number()?));
                Piece::Part(part)
            }
            FOUND => Piece::Found(number),
            DRAWN => {
                took = Some(f64::from_bits(head.number()?));
                Piece::Drawn(number)
            }
            other => {
                let reason = format!("a message of kind {other}");
                return Err(Error::BadRequest { reason });
            }
        };
        if let (Some(seconds), Some(member)) = (took, self.members.borrow_mut().get_mut(&number)) {
            member.pace.saw(seconds);
        }
        // An answer to an earlier step comes too late.
        if ticket == self.ticket.get() {
            let returned = Returned {
                losses,
                present,
                numbers,
            };
            self.returned.borrow_mut().insert(piece, returned);
        }
        Ok(())
    }

    pub(super) fn lose(&self, number: u32) {
        if self.members.borrow_mut().remove(&number).is_some() {
            self.lost.borrow_mut().push(number);
        }
        self.wake();
    }

    fn wake(&self) {
        self.heard.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// The next news of a helper, or a few milliseconds.
    async fn news(&self) {
        let mut rest = (self.rest)();
        poll_fn(|context| match self.heard.replace(false) {
            true => Poll::Ready(()),
            false => {
                *self.waker.borrow_mut() = Some(context.waker().clone());
                rest.as_mut().poll(context)
            }
        })
        .await;
    }

    /// Losses and gradients of a batch, its parts dealt out.
    pub(super) async fn sum(&self, step: &Step<'_>, batch: &Batch) -> Result<Sum> {
        let parts = parts(batch, step.model.micro_batch(), step.model.together());
        let compute = |i: usize| {
            let (part, share) = &parts[i];
            let mut rng = rng_of(step.seed, step.step, i);
            step.model.sum_of(part, *share, &mut rng)
        };
        let (own, dealt) = self.deal(step.training, parts.len());
        self.send(step, &parts, &dealt).await?;
        let begun = Instant::now();
        let mut sum = Sum::default();
        for i in 0..own {
            sum.add(compute(i)?);
        }
        let each = begun.elapsed().as_secs_f64() / own as f64;
        self.saw(each);
        let shapes = step.model.shapes();
        for (number, range) in dealt {
            let patience = Duration::from_secs_f64(8.0 * each * range.len() as f64);
            let until = begun + self.patience + patience;
            for i in range {
                let came = self.wait(number, Piece::Part(i), until).await;
                let came = came.and_then(|came| came.into_sum(&shapes, &sum.losses));
                sum.add(match came {
                    Some(part) => part,
                    None => {
                        self.lose(number);
                        compute(i)?
                    }
                });
            }
        }
        Ok(sum)
    }

    /// The directions of matrices, in their order, each found by somebody.
    pub(super) async fn directions(&self, matrices: &[Matrix]) -> Result<Vec<Tensor<1>>> {
        let numbers: Vec<u32> = self.members.borrow().keys().copied().collect();
        // Each to whom has the least to do, this worker first.
        let mut shares = vec![(0.0, Vec::new()); numbers.len() + 1];
        for (i, Matrix { dims, .. }) in matrices.iter().enumerate() {
            let (least, most) = (dims[0].min(dims[1]) as f64, dims[0].max(dims[1]) as f64);
            let work = least * least * (2.0 * most + least);
            let mut best = 0;
            for (at, (load, _)) in shares.iter().enumerate() {
                best = if *load < shares[best].0 { at } else { best };
            }
            shares[best].0 += work;
            shares[best].1.push(i);
        }
        self.begin();
        for (number, (_, share)) in numbers.iter().zip(&shares[1..]) {
            let mut head = Pack::default();
            head.number(DIRECTIONS);
            head.number(0);
            head.number(self.ticket.get());
            head.number(share.len() as u64);
            let mut ahead = Vec::new();
            for &i in share {
                let Matrix { dims, ahead: a, .. } = &matrices[i];
                dims.iter().for_each(|&d| head.number(d as u64));
                ahead.push(a.clone().into_data_async().await?);
            }
            if let Some(member) = self
                .members
                .borrow()
                .get(number)
                .filter(|_| !share.is_empty())
            {
                member.line.send(&head.0, &ahead);
            }
        }
        let here = |i: usize| muon::direction(&matrices[i]);
        let begun = Instant::now();
        let mut found: BTreeMap<usize, Tensor<1>> = BTreeMap::new();
        for &i in &shares[0].1 {
            found.insert(i, here(i));
        }
        let until = Instant::now() + self.patience + begun.elapsed() * 8;
        for (&number, (_, share)) in numbers.iter().zip(&shares[1..]) {
            let came = match share.is_empty() {
                true => continue,
                false => self.wait(number, Piece::Found(number), until).await,
            };
            let mut at = 0;
            for &i in share {
                let (size, device) = (
                    matrices[i].dims.iter().product(),
                    matrices[i].ahead.device(),
                );
                let values = came.as_ref().map(|came| came.numbers.read(at, size));
                at += size;
                let direction = match values.filter(|values| values.len() == size) {
                    Some(values) => Tensor::from_data(TensorData::new(values, [size]), &device),
                    None => {
                        self.lose(number);
                        here(i)
                    }
                };
                found.insert(i, direction);
            }
        }
        Ok(found.into_values().collect())
    }

    /// A part took so many seconds here.
    pub(super) fn saw(&self, seconds: f64) {
        let (of, mut pace) = self.pace.get();
        pace.saw(seconds);
        self.pace.set((of, pace));
    }

    /// What comes from now on is of something else than before.
    pub(super) fn begin(&self) {
        self.ticket.set(self.ticket.get() + 1);
        self.returned.borrow_mut().clear();
    }

    /// What a helper gives back; nothing if it is not there any more, or takes too long.
    pub(super) async fn wait(&self, number: u32, piece: Piece, until: Instant) -> Option<Returned> {
        loop {
            let found = self.returned.borrow_mut().remove(&piece);
            let there = self.members.borrow().contains_key(&number);
            if found.is_some() || !there || Instant::now() >= until {
                return found;
            }
            self.news().await;
        }
    }

    /// How many parts of a step of a training or a drawing, from the first on, are computed here, and which ones by
    /// whom else: so that all are done as soon as can be.
    pub(super) fn deal(&self, of: u64, parts: usize) -> (usize, Vec<(u32, Range<usize>)>) {
        if self.pace.get().0 != of {
            self.pace.set((of, Pace::default()));
        }
        let own = self.pace.get().1.0.unwrap_or(1.0);
        let members = self.members.borrow();
        // Parts, and seconds of each; the last is this worker, which has the first part in any case.
        let each = |member: &Member| (0, member.pace.0.unwrap_or(own));
        let mut loads: Vec<(usize, f64)> = members.values().map(each).collect();
        loads.push((1, own));
        for _ in 1..parts {
            let done = |load: &(usize, f64)| (load.0 + 1) as f64 * load.1;
            let least =
                (0..loads.len()).min_by(|&a, &b| done(&loads[a]).total_cmp(&done(&loads[b])));
            if let Some(least) = least {
                loads[least].0 += 1;
            }
        }
        let own = loads.pop().map_or(parts, |load| load.0);
        let (mut at, mut dealt) = (own, Vec::new());
        for (&number, (count, _)) in members.keys().zip(loads) {
            if count > 0 {
                dealt.push((number, at..at + count));
            }
            at += count;
        }
        (own, dealt)
    }

    async fn send(
        &self,
        step: &Step<'_>,
        parts: &[(Cow<'_, Batch>, f64)],
        dealt: &[(u32, Range<usize>)],
    ) -> Result<()> {
        self.begin();
        if dealt.is_empty() {
            return Ok(());
        }
        let mut weights = Vec::new();
        for value in step.model.values() {
            weights.push(value.into_data_async().await?);
        }
        let mut members = self.members.borrow_mut();
        for (number, range) in dealt {
            let Some(member) = members.get_mut(number) else {
                continue;
            };
            if member.knows != Some(step.training) {
                member.line.send(&outline(step)?, &[]);
                member.knows = Some(step.training);
                member.holds = None;
                member.pace = Pace::default();
            }
            let mut head = Pack::default();
            head.number(STEP);
            head.number(step.training);
            head.number(self.ticket.get());
            head.number(step.seed);
            head.number(step.step);
            head.number(range.len() as u64);
            for i in range.clone() {
                let (part, share) = &parts[i];
                head.number(i as u64);
                head.number(share.to_bits());
                part.pack(&mut head);
            }
            member.line.send(&head.0, &weights);
        }
        Ok(())
    }
}

fn outline(step: &Step) -> Result<Vec<u8>> {
    let outline = Outline::of(step.model, step.data)?;
    let json = serde_json::to_vec(&outline).map_err(|error| Error::Internal {
        reason: error.to_string(),
    })?;
    let mut head = Pack::default();
    head.number(MODEL);
    head.number(step.training);
    head.bytes(&json);
    Ok(head.0)
}

impl Returned {
    /// As if it had been computed here; nothing if it does not fit the model.
    fn into_sum(self, shapes: &Shapes, like: &Losses) -> Option<Sum> {
        let device = like.first()?.1.device();
        let one = |value: f32| Tensor::from_data(TensorData::new(vec![value], [1]), &device);
        if self.losses.len() != like.len() || self.present.len() != shapes.len() {
            return None;
        }
        let losses = like.iter().zip(self.losses);
        let losses = losses.map(|((name, _), v)| (*name, one(v))).collect();
        let (mut gradients, mut at) = (Gradients::new(), 0);
        for ((name, dims), present) in shapes.iter().zip(self.present) {
            if present == 0 {
                continue;
            }
            let count = dims.iter().product();
            let values = self.numbers.read(at, count);
            if values.len() != count {
                return None;
            }
            at += count;
            let data = TensorData::new(values, [count]);
            gradients.insert(name.clone(), Tensor::from_data(data, &device));
        }
        Some(Sum { losses, gradients })
    }
}
