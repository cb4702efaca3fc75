//! Samplers: one step at a time.

use std::{future::Future, ops::Range, pin::Pin};

use burn::tensor::Tensor;

use crate::{
    data::score::Roll,
    error::{Error, Result},
    pause::Pause,
    scene::Token,
    worlds::maze::Maze,
};

/// What a model makes, on its device.
#[derive(Clone, Debug)]
pub enum Samples {
    /// Images `[n, channels, height, width]` in [0, 1].
    Images(Tensor<4>),
    /// Clips `[n, frames, channels, height, width]` in [0, 1].
    Clips(Tensor<5>),
    /// Points in 2-D, `[n, 2]`.
    Points(Tensor<2>),
    /// Paths through a maze.
    Paths {
        /// It.
        maze: Maze,
        /// They, `[n, places, 2]`, in cells.
        paths: Tensor<3>,
    },
    /// Texts, token by token.
    Texts(Vec<Vec<Token>>),
    /// Music, on the host.
    Scores(Vec<Roll>),
}

impl Samples {
    /// The images.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they are something else.
    pub fn images(self) -> Result<Tensor<4>> {
        match self {
            Samples::Images(images) => Ok(images),
            _ => Err(Error::Unsupported {
                what: "This needs a model of images".into(),
            }),
        }
    }

    /// The clips.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they are something else.
    pub fn clips(self) -> Result<Tensor<5>> {
        match self {
            Samples::Clips(clips) => Ok(clips),
            _ => Err(Error::Unsupported {
                what: "This needs a model of clips".into(),
            }),
        }
    }

    /// The music.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they are something else.
    pub fn scores(self) -> Result<Vec<Roll>> {
        match self {
            Samples::Scores(scores) => Ok(scores),
            _ => Err(Error::Unsupported {
                what: "This needs a model of music".into(),
            }),
        }
    }

    /// The points.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they are something else.
    pub fn points(self) -> Result<Tensor<2>> {
        match self {
            Samples::Points(points) => Ok(points),
            _ => Err(Error::Unsupported {
                what: "This needs a model of points in 2-D".into(),
            }),
        }
    }
}

/// The answer of a device, awaited.
pub type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// An answer that is there already.
pub fn ready<'a, T: 'a>(answer: Result<T>) -> Reading<'a, T> {
    Box::pin(std::future::ready(answer))
}

/// A sampler under way: one pass, one denoising step, one row of pixels, one token at a time.
pub trait Sampler {
    /// The most steps that it takes.
    fn steps(&self) -> usize;

    /// Take the next step; false if there is none left. What has to be known before the one after it
    /// can be asked for, such as a token, is awaited.
    fn next(&mut self) -> Reading<'_, bool>;

    /// What it looks like now.
    fn state(&self) -> Samples;

    /// What it looks like now, of texts only the tokens from place `start` on: whoever shows a text
    /// as it grows asks for what is new, so that a text of n tokens costs n and not n².
    fn state_from(&self, start: usize) -> Samples {
        let _ = start;
        self.state()
    }

    /// Whether tokens of a text may change after they are there, so that a text is told anew each time.
    fn revises(&self) -> bool {
        false
    }

    /// Its steps sample by sample, where they can be taken so.
    fn divided(&mut self) -> Option<&mut dyn Divided> {
        None
    }
}

/// A sampler whose samples know nothing of each other: a step can be taken for some of them at a time, here or by
/// another worker. All that such a step goes on from is a row of numbers for each sample, and so is what comes of it;
/// the rest follows from what the sampler was made with. What becomes of a sample is the same to the last bit, whichever
/// others its step is taken with.
pub trait Divided {
    /// Steps taken so far.
    fn taken(&self) -> usize;

    /// What the next step goes on from, `[n, numbers]`, its noise among it; nothing if no step is left. Followed by
    /// [`Divided::take`].
    fn ahead(&mut self) -> Option<Tensor<2>>;

    /// What comes of a step, the one behind so many, for some samples from their rows of [`Divided::ahead`]:
    /// `[m, numbers]`.
    ///
    /// # Errors
    /// [`Error::BadRequest`] where there is no such step, or the rows are not of it.
    fn step_of(&self, step: usize, samples: Range<usize>, rows: Tensor<2>) -> Result<Tensor<2>>;

    /// Takes the next step by what came of it for all samples, `[n, numbers]`.
    ///
    /// # Errors
    /// [`Error::BadRequest`] if it is something else.
    fn take(&mut self, found: Tensor<2>) -> Result<()>;
}

/// Who takes all steps of what is divided, and gives the thread back between them: this worker by itself, or with
/// helpers.
pub trait Dealer {
    /// Takes them, of which there are so many.
    fn take_all<'a>(&'a self, divided: &'a mut dyn Divided, steps: usize) -> Reading<'a, ()>;
}

/// Take the next step of what is divided, all of it here; false if there is none left.
///
/// # Errors
/// What the device reports.
pub fn step_alone(divided: &mut dyn Divided) -> Result<bool> {
    let step = divided.taken();
    let Some(rows) = divided.ahead() else {
        return Ok(false);
    };
    let [n, _] = rows.dims();
    let found = divided.step_of(step, 0..n, rows)?;
    divided.take(found)?;
    Ok(true)
}

/// Take all steps of a sampler; `after` sees it after each, with the number of steps taken, and may
/// stop it by an error.
///
/// # Errors
/// What `after` returns, and what the device reports.
pub async fn drive(
    sampler: &mut dyn Sampler,
    mut after: impl AsyncFnMut(&dyn Sampler, usize) -> Result<()>,
) -> Result<()> {
    let mut taken = 0;
    while sampler.next().await? {
        taken += 1;
        after(sampler, taken).await?;
    }
    Ok(())
}

/// What a sampler makes, all its steps taken.
///
/// # Errors
/// What the device reports.
pub async fn finish(sampler: &mut dyn Sampler) -> Result<Samples> {
    drive(sampler, async |_, _| Ok(())).await?;
    Ok(sampler.state())
}

/// The same, where the thread is given back after each step.
///
/// # Errors
/// What the device reports.
pub async fn finish_pausing(sampler: &mut dyn Sampler, pause: Pause) -> Result<Samples> {
    drive(sampler, async |_, _| {
        pause().await;
        Ok(())
    })
    .await?;
    Ok(sampler.state())
}

/// A sampler of one pass.
pub struct OnePass<P> {
    pass: Option<P>,
    samples: Samples,
}

impl<P: FnOnce() -> Result<Samples>> OnePass<P> {
    /// Shows `start` until `pass` has been taken.
    pub fn new(start: Samples, pass: P) -> Self {
        Self {
            pass: Some(pass),
            samples: start,
        }
    }
}

impl<P: FnOnce() -> Result<Samples>> Sampler for OnePass<P> {
    fn steps(&self) -> usize {
        1
    }

    fn next(&mut self) -> Reading<'_, bool> {
        let Some(pass) = self.pass.take() else {
            return ready(Ok(false));
        };
        ready(pass().map(|samples| {
            self.samples = samples;
            true
        }))
    }

    fn state(&self) -> Samples {
        self.samples.clone()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    use super::*;

    /// Writes its numbers one after the other, and counts the tokens that it hands out.
    pub(crate) struct Counting {
        steps: usize,
        pub(crate) tokens: Vec<Token>,
        pub(crate) handed_out: Cell<usize>,
    }

    impl Counting {
        pub(crate) fn new(steps: usize) -> Self {
            Self {
                steps,
                tokens: Vec::new(),
                handed_out: Cell::new(0),
            }
        }
    }

    impl Sampler for Counting {
        fn steps(&self) -> usize {
            self.steps
        }

        fn next(&mut self) -> Reading<'_, bool> {
            let id = self.tokens.len() as u32;
            if self.tokens.len() == self.steps {
                return ready(Ok(false));
            }
            self.tokens.push(Token {
                id,
                text: format!("{id} "),
                log_prob: None,
                alternatives: Vec::new(),
                given: false,
            });
            ready(Ok(true))
        }

        fn state(&self) -> Samples {
            self.state_from(0)
        }

        fn state_from(&self, start: usize) -> Samples {
            let new = self.tokens[start..].to_vec();
            self.handed_out.set(self.handed_out.get() + new.len());
            Samples::Texts(vec![new])
        }
    }
}
