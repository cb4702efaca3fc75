//! What a model can do besides training and sampling.

use std::rc::Rc;

use burn::tensor::{Device, Tensor};

use super::{DensityKind, Reading, Samples};
use crate::{
    data::{Batch, groove::Groove, score::Score, tokenizer::Tokenizer},
    error::{Error, Result},
    nn::standard::Standard,
    pause::Pause,
    rng::Rng,
    scene::Token,
};

/// How to estimate a density.
#[derive(Debug, Clone, Copy)]
pub struct DensityOptions {
    /// Importance samples for each example; 0 = the model's own exact value or bound.
    pub importance_samples: usize,
}

/// It can say how probable data is.
pub trait Density {
    /// What [`Density::log_prob`] is with these options.
    fn kind(&self, options: DensityOptions) -> DensityKind;

    /// log p(x) of each example, nats, `[n]`.
    ///
    /// # Errors
    /// What the device reports.
    fn log_prob(&self, batch: &Batch, options: DensityOptions, rng: &mut Rng) -> Result<Tensor<1>>;

    /// Levels of a pixel, of a model of images whose pixels have levels.
    fn levels(&self) -> Option<usize> {
        None
    }

    /// The probability of each level of each pixel given the pixels before it, `[pixels, levels]`, of a
    /// model that goes pixel by pixel.
    fn pixelwise(&self, batch: &Batch) -> Option<Result<Tensor<2>>> {
        let _ = batch;
        None
    }

    /// The same of points, where it draws no noise and takes long enough to be dealt out to helpers.
    fn pointwise(&self) -> Option<&dyn Pointwise> {
        None
    }
}

/// Its density in 2-D depends on a point and the weights alone.
pub trait Pointwise {
    /// Where it computes.
    fn device(&self) -> Device;

    /// log p(x) of points `[n, 2]`, nats, `[n]`.
    ///
    /// # Errors
    /// What the device reports.
    fn log_prob_at(&self, x: Tensor<2>) -> Result<Tensor<1>>;
}

/// It has a latent vector.
pub trait Latent {
    /// Length of the vector.
    fn latent_dim(&self) -> usize;

    /// Mean and log-variance of q(z|x), each `[n, latent_dim]`.
    ///
    /// # Errors
    /// What the device reports.
    fn encode(&self, batch: &Batch) -> Result<(Tensor<2>, Tensor<2>)>;

    /// What z `[n, latent_dim]` stands for: the mean of p(x|z).
    ///
    /// # Errors
    /// What the device reports.
    fn decode(&self, z: Tensor<2>) -> Result<Samples>;

    /// log p(x|z) of each example, nats, `[n]`.
    ///
    /// # Errors
    /// What the device reports.
    fn log_likelihood(&self, batch: &Batch, z: Tensor<2>) -> Result<Tensor<1>>;
}

/// It maps points to noise and back, layer by layer, on the scale of its [`Standard`].
pub trait Invertible {
    /// Layers.
    fn depth(&self) -> usize;

    /// The scale on which its layers work.
    fn standard(&self) -> Standard;

    /// Layer `layer` from data to noise: points `[n, 2]` and logabsdet `[n]`.
    fn forward_layer(&self, layer: usize, x: Tensor<2>) -> (Tensor<2>, Tensor<1>);

    /// The way back through layer `layer`: points `[n, 2]` and logabsdet `[n]`.
    fn inverse_layer(&self, layer: usize, z: Tensor<2>) -> (Tensor<2>, Tensor<1>);
}

/// What a [`Language`] does inside while it reads a text of T tokens.
#[derive(Debug, Clone)]
pub struct Insight {
    /// What it read: the text's tokens, behind one that begins a text where the model needs such.
    pub tokens: Vec<u32>,
    /// The weight that each token gives to each before it, for each layer and head in turn:
    /// `[layers, heads, T, T]`.
    pub attention: Vec<f32>,
    /// Layers.
    pub layers: usize,
    /// Heads of a layer.
    pub heads: usize,
    /// What the model would guess if it ended after the embedding, after each layer, and at its
    /// end ("logit lens", nostalgebraist 2020): the likeliest token and its probability,
    /// `[layers + 1, T]`; empty if it was not asked for.
    pub lens: Vec<(u32, f32)>,
}

/// −log p of some cells of grooves.
pub struct Nats {
    /// Which: (groove · sixteenths + sixteenth) · 9 + drum.
    pub cells: Vec<usize>,
    /// Of each, `[m]`.
    pub nats: Tensor<1>,
}

/// How a model reads drums.
pub trait Drummer {
    /// Of grooves of one length −log p of whether each drum is hit, of the velocity of each hit and of its offset, given
    /// all sixteenths before; nothing where there is none. Where hits are `told`, all are known beforehand and cost
    /// nothing.
    fn nats(&self, grooves: &[Groove], told: bool) -> [Option<Nats>; 3];
}

/// It guesses any part of a piece of music from any other.
pub trait Orderless {
    /// Logits of what each cell of some scores of one length holds, given all cells that are not `hidden`, as if it were
    /// hidden too where it is: `[n · steps, VOICES · SYMBOLS]`, sixteenth by sixteenth.
    fn guess(&self, scores: &[Score], hidden: &[&[bool]]) -> Tensor<2>;

    /// Logits of what a voice does in each sixteenth of some scores of one length, given all sixteenths before it and the
    /// voices above it in its own: `[n · steps, SYMBOLS]`. Nothing where it does not read from left to right, or where
    /// the scores are longer than what it sees at once.
    fn read(&self, scores: &[Score], voice: usize) -> Option<Tensor<2>>;
}

/// It reads text token by token and says what may come next.
pub trait Language {
    /// Its tokens.
    fn tokenizer(&self) -> &Tokenizer;

    /// The most tokens that it looks back on, T.
    fn block_size(&self) -> usize;

    /// Logits of the token after each of `ids` (at most T), row by row: `[n, vocabulary]`.
    fn logits<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Vec<f32>>;

    /// The same, each row handed over by itself: of many tokens, all of them would be too many numbers.
    fn rows<'a>(&'a self, ids: &'a [u32], take: &'a mut dyn FnMut(&[f32])) -> Reading<'a, ()> {
        Box::pin(async move {
            let logits = self.logits(ids).await?;
            logits.chunks_exact(self.tokenizer().len()).for_each(take);
            Ok(())
        })
    }

    /// What it does inside while it reads `ids` (at most T); with `lens`, what it would guess there.
    fn insight<'a>(&'a self, ids: &'a [u32], lens: bool) -> Reading<'a, Insight>;
}

/// It makes a vector of a text, such that texts that mean the same lie close.
pub trait Sentences {
    /// Numbers of a vector.
    fn width(&self) -> usize;

    /// The tokens of a text, with those around it.
    fn tokens(&self, text: &str) -> Vec<u32>;

    /// The vector of a text, of length 1. Those that were asked for are remembered.
    ///
    /// # Errors
    /// [`Error::BadModelFile`] where the weights make of it what is no number.
    fn vector(&self, text: &str) -> Result<Rc<[f32]>>;

    /// Whether the vector of a text is remembered.
    fn knows(&self, text: &str) -> bool;
}

/// It guesses tokens of a text from those on both sides.
pub trait Masked {
    /// Its tokens.
    fn tokenizer(&self) -> &Tokenizer;

    /// The most tokens of a text that it sees at once, T.
    fn context(&self) -> usize;

    /// The token that stands where one is hidden.
    fn gap(&self) -> u32;

    /// The places of a text of tokens that are to be guessed together, as in a training.
    fn hide(&self, ids: &[u32], rng: &mut Rng) -> Vec<u32>;

    /// Logits of what stands at `places` of texts of `t` tokens each (at most T), which are read as they are: a row for
    /// each place, `[places, vocabulary]`.
    fn guess<'a>(&'a self, ids: &'a [u32], t: usize, places: &'a [u32]) -> Reading<'a, Vec<f32>>;

    /// What it does inside while it reads `ids` (at most T); each token looks at all.
    fn insight<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Insight>;

    /// What stands for a text of at most T tokens: the mean of what its last layer makes of them, `[C]`.
    fn features<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Vec<f32>>;

    /// The classes of the texts that are asked about, by a classifier that begins with this network, or with a fresh one
    /// of its shape, and learns from the examples. Between its steps the thread is given back.
    fn tune<'a>(&'a self, tuning: &'a Tuning<'a>, pause: Pause) -> Reading<'a, Vec<u32>>;
}

/// How a [`Masked`] becomes a classifier.
#[derive(Debug, Clone)]
pub struct Tuning<'a> {
    /// Texts of at most T tokens, and their classes.
    pub examples: Vec<(&'a [u32], u32)>,
    /// Texts that are asked about.
    pub tests: Vec<&'a [u32]>,
    /// How many classes there are.
    pub classes: usize,
    /// Whether it begins with the weights that are there.
    pub pretrained: bool,
    /// Steps, each of `batch` examples.
    pub steps: usize,
    /// Examples of a step.
    pub batch: usize,
    /// Largest step size of Adam.
    pub rate: f64,
    /// Share of zeros while it learns.
    pub dropout: f64,
    /// Seed of fresh weights, of the order and of dropout.
    pub seed: u64,
}

/// A text to translate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Its language, by its place.
    pub from: u32,
    /// The language to translate it into.
    pub to: u32,
    /// Its tokens.
    pub source: Vec<u32>,
}

/// A translation.
#[derive(Debug, Clone)]
pub struct Guess {
    /// Its pieces, without the end.
    pub tokens: Vec<Token>,
    /// log p(y | x), nats, with that of the end.
    pub log_prob: f32,
    /// Whether it came to its end.
    pub ended: bool,
}

impl Guess {
    /// Of these pieces, the last of which is the end if it came there.
    pub fn of(mut tokens: Vec<Token>, log_prob: f32, ended: bool) -> Self {
        if ended {
            tokens.pop();
        }
        Self {
            tokens,
            log_prob,
            ended,
        }
    }

    /// Its text.
    pub fn text(&self) -> String {
        self.tokens
            .iter()
            .map(|token| token.text.as_str())
            .collect()
    }

    /// Its tokens' numbers.
    pub fn ids(&self) -> Vec<u32> {
        self.tokens.iter().map(|token| token.id).collect()
    }
}

/// Where a [`Translation`] looks while it writes one, for each layer and head in turn.
#[derive(Debug, Clone)]
pub struct Looks {
    /// Layers of the encoder and of the decoder.
    pub layers: usize,
    /// Heads of a layer.
    pub heads: usize,
    /// What the encoder reads, piece by piece, n.
    pub read: Vec<String>,
    /// What the decoder reads, m.
    pub written: Vec<String>,
    /// What it is to guess after each.
    pub guessed: Vec<String>,
    /// `[layers, heads, n, n]`.
    pub encoder: Vec<f32>,
    /// `[layers, heads, m, m]`.
    pub decoder: Vec<f32>,
    /// `[layers, heads, m, n]`.
    pub cross: Vec<f32>,
}

/// It translates texts.
pub trait Translation {
    /// Its tokens.
    fn tokenizer(&self) -> &Tokenizer;

    /// Its languages, by their codes.
    fn languages(&self) -> &[String];

    /// The most tokens of a text.
    fn most(&self) -> usize;

    /// Translations of which each piece is the likeliest.
    fn greedy<'a>(&'a self, phrases: &'a [Phrase]) -> Reading<'a, Vec<Vec<u32>>>;

    /// The likeliest translations that a beam of `width` finds, likeliest first.
    fn beam<'a>(&'a self, phrase: &'a Phrase, width: usize) -> Reading<'a, Vec<Guess>>;

    /// Where it looks while it writes `target`.
    fn looks<'a>(&'a self, phrase: &'a Phrase, target: &'a [u32]) -> Reading<'a, Looks>;

    /// What a reader typed in a language, to be translated into another; languages by their codes, the first
    /// and the second where none is named.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a language that it does not know, or the same twice; [`Error::BadText`] for a
    /// text that is empty or too long; [`Error::UnknownCharacter`].
    fn phrase(&self, text: &str, from: &str, into: &str) -> Result<Phrase> {
        let place = |name: &str, code: &str, otherwise: usize| match code {
            "" => Ok(otherwise),
            code => {
                let found = self.languages().iter().position(|l| l == code);
                found.ok_or_else(|| {
                    let known = self.languages().join(", ");
                    Error::bad_option(name, code, format!("this model knows {known}"))
                })
            }
        };
        let from = place("from", from, 0)?;
        let to = place("into", into, usize::from(from == 0))?;
        if from == to {
            let code = &self.languages()[to];
            let reason = "a text is translated into another language than its own";
            return Err(Error::bad_option("into", code, reason));
        }
        let bad = |reason: String, hint: &str| {
            Err(Error::BadText {
                reason,
                hint: hint.into(),
            })
        };
        // A text that is far too long is not read to its end.
        let most = 64 * self.most();
        let cut = text.floor_char_boundary(most + 1);
        let words: Vec<&str> = text[..cut].split_whitespace().collect();
        let tidy = words.join(" ");
        let lower = || tidy.to_lowercase();
        let source = match self.tokenizer().encode(&tidy) {
            // As at the beginning of a sentence.
            Err(error) => self.tokenizer().encode(&lower()).map_err(|_| error)?,
            Ok(source) => source,
        };
        match source.len() {
            0 => bad("it is empty".into(), "Type something."),
            n if n > self.most() || text.len() > most => bad(
                format!("it has more than {} pieces", self.most()),
                "Take a shorter one.",
            ),
            _ => Ok(Phrase {
                from: from as u32,
                to: to as u32,
                source,
            }),
        }
    }
}
