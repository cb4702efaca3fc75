//! Samplers: one step at a time.

use std::{future::Future, pin::Pin};

use burn::tensor::Tensor;

use crate::{
    error::{Error, Result},
    protocol::Token,
};

/// What a model makes, on its device.
#[derive(Clone, Debug)]
pub enum Samples {
    /// Images `[n, channels, height, width]` in [0, 1].
    Images(Tensor<4>),
    /// Points of the plane `[n, 2]`.
    Points(Tensor<2>),
    /// Texts, token by token.
    Texts(Vec<Vec<Token>>),
}

impl Samples {
    /// They as images.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they are something else.
    pub fn images(self) -> Result<Tensor<4>> {
        match self {
            Samples::Images(images) => Ok(images),
            _ => Err(Error::Unsupported {
                what: "This needs a model of pictures".into(),
            }),
        }
    }

    /// They as points.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if they are something else.
    pub fn points(self) -> Result<Tensor<2>> {
        match self {
            Samples::Points(points) => Ok(points),
            _ => Err(Error::Unsupported {
                what: "This needs a model of the plane".into(),
            }),
        }
    }
}

/// The answer of a device, awaited.
pub type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// A sampler under way: one pass, one denoising step, one row of pixels, one token at a time.
pub trait Sampler {
    /// Steps in all.
    fn steps(&self) -> usize;

    /// Take the next step.
    ///
    /// # Errors
    /// What the device reports.
    fn step(&mut self) -> Result<()>;

    /// Wait for what the device owes after a step; to be called after each. Only text needs it:
    /// the next token has to be known before the one after it can be asked for.
    fn settle(&mut self) -> Reading<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Whether there is nothing left to do before all steps are taken.
    fn ended(&self) -> bool {
        false
    }

    /// What it looks like now.
    fn state(&self) -> Samples;

    /// What it looks like now, of texts only the tokens from place `start` on: whoever shows a text
    /// as it grows asks for what is new, so that a text of n tokens costs n and not n².
    fn state_from(&self, start: usize) -> Samples {
        let _ = start;
        self.state()
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

        fn step(&mut self) -> Result<()> {
            let id = self.tokens.len() as u32;
            self.tokens.push(Token {
                id,
                text: format!("{id} "),
                log_prob: None,
                alternatives: Vec::new(),
                given: false,
            });
            Ok(())
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
