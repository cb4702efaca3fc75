//! Texts being translated, piece by piece.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Seq2Seq,
    decoding::{Decoding, Logits},
};
use crate::{
    error::{Error, Result},
    model::{Condition, Phrase, Reading, Sampler, Samples, Translation},
    options::Options,
    rng::{Purpose, Rng},
    scene::{
        Token,
        token::{largest, log_sum_exp},
    },
};

/// Options of its sampler.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Seq2SeqSampleOptions {
    /// The language of the text, by its code; of digits “digits”. Empty: the first that the model knows.
    #[schemars(title = "From", length(max = 20))]
    pub from_language: String,
    /// The language to translate it into. Empty: the second that the model knows.
    #[schemars(title = "Into", length(max = 20))]
    pub into_language: String,
    /// Logits are divided by it: 0 always takes the likeliest piece, 1 draws as the model believes.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Options for Seq2SeqSampleOptions {}

/// A text being written.
struct Writer {
    /// Its place among those under way.
    row: usize,
    next: u32,
    tokens: Vec<Token>,
    ended: bool,
}

/// Translations being written: [`Family::sampler`](crate::model::Family::sampler).
pub struct Writing {
    model: Seq2Seq,
    options: Seq2SeqSampleOptions,
    seed: u64,
    step: usize,
    decoding: Decoding,
    writers: Vec<Writer>,
}

impl Writing {
    /// The prompt of `condition` translated `count` times; without one the model's own examples.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a language that the model does not know, and what
    /// [`Translation::phrase`] says of a text.
    pub fn new(
        model: &Seq2Seq,
        options: &Seq2SeqSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Self> {
        let translation: &dyn Translation = model;
        let wished = match &condition.prompt {
            Some(text) => {
                let phrase =
                    translation.phrase(text, &options.from_language, &options.into_language)?;
                vec![phrase; count]
            }
            None => (0..count).map(|i| shown(model, i)).collect::<Result<_>>()?,
        };
        let writer = |(row, phrase): (usize, &Phrase)| Writer {
            row,
            next: model.language(phrase.to),
            tokens: given(model, phrase),
            ended: false,
        };
        Ok(Self {
            decoding: Decoding::new(model, &wished),
            writers: wished.iter().enumerate().map(writer).collect(),
            model: model.clone(),
            options: options.clone(),
            seed,
            step: 0,
        })
    }

    /// The next token of a text from its logits.
    fn draw(&self, i: usize, logits: &[f32]) -> u32 {
        if self.options.temperature == 0.0 {
            return largest(logits, 1).first().map_or(0, |&(id, _)| id as u32);
        }
        let scale = (1.0 / self.options.temperature) as f32;
        let scaled: Vec<f32> = logits.iter().map(|l| l * scale).collect();
        let sum = log_sum_exp(&scaled);
        let place = (i as u64) << 32 | self.step as u64;
        let mut left = Rng::new(self.seed, Purpose::Sample, place).unit();
        let drawn = scaled.iter().position(|l| {
            left -= f64::from((l - sum).exp());
            left < 0.0
        });
        // Rounding may leave a little over.
        drawn.unwrap_or(self.model.end() as usize) as u32
    }
}

/// One of the model's own examples; of a model without them a text of its first piece.
fn shown(model: &Seq2Seq, i: usize) -> Result<Phrase> {
    let example = i
        .checked_rem(model.examples.len())
        .map(|i| &model.examples[i]);
    match example {
        Some(example) => Ok(Phrase {
            from: example.from,
            to: example.to,
            source: model.tokenizer.encode(&example.text)?,
        }),
        None => Ok(Phrase {
            from: 0,
            to: 1,
            source: vec![0],
        }),
    }
}

/// A text to translate and an arrow, as they are shown before the translation.
fn given(model: &Seq2Seq, phrase: &Phrase) -> Vec<Token> {
    let token = |id: u32, text: String| Token {
        id,
        text,
        log_prob: None,
        alternatives: Vec::new(),
        given: true,
    };
    let source = phrase.source.iter().map(|&id| token(id, model.name(id)));
    source
        .chain([token(model.language(phrase.to), " → ".into())])
        .collect()
}

impl Sampler for Writing {
    fn steps(&self) -> usize {
        self.model.config.block_size
    }

    fn next(&mut self) -> Reading<'_, bool> {
        Box::pin(async move {
            let live: Vec<usize> = (0..self.writers.len())
                .filter(|&i| !self.writers[i].ended)
                .collect();
            if live.is_empty() || self.decoding.is_full() {
                return Ok(false);
            }
            let picks = live.iter().map(|&i| {
                let writer = &self.writers[i];
                (writer.row, writer.next)
            });
            let picks: Vec<(usize, u32)> = picks.collect();
            let logits = self.decoding.next(&picks).await?;
            if logits.len() != live.len() {
                return Err(Error::Internal {
                    reason: "a model that guesses at something else".into(),
                });
            }
            for (row, (&i, logits)) in live.iter().zip(logits).enumerate() {
                let id = self.draw(i, &logits);
                let token = Logits::of(logits).told(&self.model, id);
                let ended = id == self.model.end();
                let writer = &mut self.writers[i];
                (writer.row, writer.next, writer.ended) = (row, id, ended);
                if !ended {
                    writer.tokens.push(token);
                }
            }
            self.step += 1;
            Ok(true)
        })
    }

    fn state(&self) -> Samples {
        self.state_from(0)
    }

    fn state_from(&self, start: usize) -> Samples {
        let new = |writer: &Writer| writer.tokens.get(start..).unwrap_or_default().to_vec();
        Samples::Texts(self.writers.iter().map(new).collect())
    }
}
