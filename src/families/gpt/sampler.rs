//! Texts being written, token by token.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Gpt, Reader};
use crate::{
    data::tokenizer::{Speller, Tokenizer},
    error::{Error, Result},
    model::{Condition, Reading, Sampler, Samples},
    options::Options,
    rng::{Purpose, Rng},
    scene::{
        Token,
        token::{largest, token},
    },
};

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GptSampleOptions {
    /// Tokens to write.
    #[schemars(title = "Length", range(min = 1, max = 20000))]
    pub length: usize,
    /// Logits are divided by it: 1 samples the model, less prefers likely tokens, 0 always takes the
    /// likeliest.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
    /// Draw among so many of the likeliest; 0 = all.
    #[schemars(title = "Top k", range(min = 0, max = 1000))]
    pub top_k: usize,
    /// Draw among the likeliest that together have this probability; 1 = all.
    #[schemars(title = "Top p", range(min = 0.01, max = 1.0))]
    pub top_p: f64,
    /// Tokens among the last 64 become less likely by it (Keskar et al. 2019, CTRL); 1 = not.
    #[schemars(title = "Repetition penalty", range(min = 1.0, max = 2.0))]
    pub repetition: f64,
    /// Stop when this has been written; empty = go on.
    #[schemars(title = "Stop at", length(max = 40))]
    pub stop: String,
}

impl Default for GptSampleOptions {
    fn default() -> Self {
        Self {
            length: 300,
            temperature: 0.8,
            top_k: 0,
            top_p: 1.0,
            repetition: 1.0,
            stop: String::new(),
        }
    }
}

impl Options for GptSampleOptions {}

/// What a draw among logits leaves of them: places and probabilities, likeliest first.
///
/// In this order: repetition, temperature, top k, top p (Holtzman et al. 2019, arXiv:1904.09751).
/// At temperature 0 one is left.
pub fn candidates(logits: &[f32], recent: &[u32], options: &GptSampleOptions) -> Vec<(u32, f64)> {
    let mut logits = logits.to_vec();
    if options.repetition != 1.0 {
        let by = options.repetition as f32;
        let mut seen = recent.to_vec();
        seen.sort_unstable();
        seen.dedup();
        for id in seen {
            if let Some(l) = logits.get_mut(id as usize) {
                *l = if *l > 0.0 { *l / by } else { *l * by };
            }
        }
    }
    let k = match options.top_k {
        _ if options.temperature == 0.0 => 1,
        0 => logits.len(),
        k => k.min(logits.len()),
    };
    let best = if k < 64 {
        largest(&logits, k)
    } else {
        let mut all: Vec<_> = logits.iter().copied().enumerate().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all.truncate(k);
        all
    };
    let temperature = options.temperature.max(1e-6);
    let max = best.first().map_or(0.0, |&(_, l)| f64::from(l));
    let weigh = |&(i, l): &(usize, f32)| (i as u32, ((f64::from(l) - max) / temperature).exp());
    let mut kept: Vec<(u32, f64)> = best.iter().map(weigh).collect();
    let total: f64 = kept.iter().map(|k| k.1).sum();
    let mut so_far = 0.0;
    let enough = kept.iter().position(|k| {
        so_far += k.1;
        so_far >= options.top_p * total
    });
    if options.top_p < 1.0 {
        kept.truncate(enough.map_or(kept.len(), |i| i + 1));
    }
    let total: f64 = kept.iter().map(|k| k.1).sum();
    kept.iter_mut().for_each(|k| k.1 /= total);
    kept
}

/// Tokens behind which repetition is looked for.
const RECENT: usize = 64;

/// The token behind `ids` in the text number `text`, drawn among `logits`.
///
/// # Errors
/// [`Error::Internal`] if there are none.
pub fn draw(
    logits: &[f32],
    ids: &[u32],
    options: &GptSampleOptions,
    seed: u64,
    text: usize,
) -> Result<u32> {
    let recent = ids.len().saturating_sub(RECENT);
    let kept = candidates(logits, &ids[recent..], options);
    // Keyed by the place in the text, so that a text goes on as it would have.
    let place = (text as u64) << 32 | ids.len() as u64;
    let mut left = Rng::new(seed, Purpose::Sample, place).unit();
    let drawn = kept.iter().find(|(_, p)| {
        left -= p;
        left < 0.0
    });
    match drawn.or(kept.last()) {
        Some(&(id, _)) => Ok(id),
        None => Err(Error::Internal {
            reason: "a model without tokens".into(),
        }),
    }
}

/// Whether the last `new` bytes of a text have completed `stop`, if that is anything.
pub fn stops(written: &str, new: usize, stop: &str) -> bool {
    // A token may hold the stop and what comes after it.
    let from = written.len().saturating_sub(new + stop.len());
    !stop.is_empty() && written[written.floor_char_boundary(from)..].contains(stop)
}

/// A text being written.
#[derive(Clone)]
struct Writer {
    reader: Reader,
    ids: Vec<u32>,
    tokens: Vec<Token>,
    speller: Speller,
    written: String,
    ended: bool,
}

impl Writer {
    /// Read what has been written since the last time.
    fn read(&mut self, tokenizer: &Tokenizer, block_size: usize) {
        match self.ids.last() {
            // A text without a beginning begins like a line.
            None => {
                let newline = tokenizer.encode("\n").unwrap_or_default();
                let start = newline.first().copied().unwrap_or(0);
                self.reader.start(&[start]);
            }
            Some(&last) if !self.reader.is_empty() && self.reader.len() < block_size => {
                self.reader.push(last);
            }
            // The context is full: go on from its second half. So every logit is what the model
            // makes of at most T tokens read in one go.
            Some(_) => {
                let keep = if self.reader.is_empty() {
                    block_size
                } else {
                    (block_size / 2).max(1)
                };
                let from = self.ids.len().saturating_sub(keep);
                self.reader.start(&self.ids[from..]);
            }
        }
    }
}

/// Texts being written, each token from −log p of the one before: [`Family::sampler`].
pub struct Writing {
    options: GptSampleOptions,
    tokenizer: Arc<Tokenizer>,
    block_size: usize,
    seed: u64,
    step: usize,
    writers: Vec<Writer>,
}

impl Writing {
    /// `count` texts that begin with the prompt of `condition`.
    ///
    /// # Errors
    /// [`Error::UnknownCharacter`] for a prompt that has no tokens.
    pub fn new(
        model: &Gpt,
        options: &GptSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Self> {
        let tokenizer = &model.tokenizer;
        let mut ids = tokenizer.encode(condition.prompt.as_deref().unwrap_or_default())?;
        let mut speller = Speller::default();
        let mut given: Vec<Token> = ids
            .iter()
            .map(|&id| token(tokenizer, &mut speller, id, None, true))
            .collect();
        if let Some(first) = given.first_mut() {
            first.text = tokenizer.at_first(&first.text).into();
        }
        // What stands at the beginning of every text is not shown.
        if let Some(begin) = tokenizer.begin().filter(|b| ids.first() != Some(b)) {
            ids.insert(0, begin);
        }
        let first = Writer {
            reader: model.reader(),
            ids,
            tokens: given,
            speller,
            written: String::new(),
            ended: false,
        };
        Ok(Self {
            options: options.clone(),
            tokenizer: tokenizer.clone(),
            block_size: model.config.block_size,
            seed,
            step: 0,
            writers: vec![first; count],
        })
    }
}

impl Sampler for Writing {
    fn steps(&self) -> usize {
        self.options.length
    }

    fn next(&mut self) -> Reading<'_, bool> {
        Box::pin(async move {
            if self.step == self.options.length || self.writers.iter().all(|w| w.ended) {
                return Ok(false);
            }
            self.step += 1;
            for writer in self.writers.iter_mut().filter(|w| !w.ended) {
                writer.read(&self.tokenizer, self.block_size);
            }
            for (i, writer) in self.writers.iter_mut().enumerate() {
                if writer.ended {
                    continue;
                }
                let logits = writer.reader.logits().await?;
                let id = draw(&logits, &writer.ids, &self.options, self.seed, i)?;
                let speller = &mut writer.speller;
                let mut told = token(&self.tokenizer, speller, id, Some(&logits), false);
                if writer.tokens.is_empty() {
                    told.text = self.tokenizer.at_first(&told.text).into();
                }
                writer.written.push_str(&told.text);
                writer.ended = stops(&writer.written, told.text.len(), &self.options.stop)
                    || self.tokenizer.is_end(id);
                writer.tokens.push(told);
                writer.ids.push(id);
            }
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
