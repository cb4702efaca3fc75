//! Texts that a model of elsewhere writes, token by token.

use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::guest::{Inner, Memory};
use crate::{
    data::{
        talk::{self, Form},
        tokenizer::Speller,
    },
    error::Result,
    families::gpt::{GptSampleOptions, draw, stops},
    model::{Condition, Reading, Sampler, Samples},
    options::Options,
    scene::{Token, token::token},
};

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GuestSampleOptions {
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
    /// Put the prompt into the form in which the model was taught to answer, if it was.
    #[schemars(title = "Chat")]
    pub chat: bool,
    /// What is said next in a chat whose text so far is the prompt.
    #[schemars(title = "Reply", length(max = 4000))]
    pub reply: String,
}

impl Default for GuestSampleOptions {
    fn default() -> Self {
        Self {
            length: 200,
            temperature: 0.7,
            top_k: 40,
            top_p: 0.95,
            repetition: 1.0,
            stop: String::new(),
            chat: true,
            reply: String::new(),
        }
    }
}

impl Options for GuestSampleOptions {}

/// A text being written.
#[derive(Clone)]
struct Writer {
    memory: Memory,
    /// All tokens, with one that begins the text.
    ids: Vec<u32>,
    /// The first of them that is not read yet.
    next: usize,
    /// What is shown.
    tokens: Vec<Token>,
    speller: Speller,
    written: String,
    ended: bool,
}

/// Texts being written.
pub struct Writing {
    model: Rc<Inner>,
    draw: GptSampleOptions,
    seed: u64,
    steps: usize,
    writers: Vec<Writer>,
}

impl Writing {
    /// `count` texts that begin with the prompt of `condition`.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a reply to a model that was not taught to chat.
    pub fn new(
        model: &Rc<Inner>,
        options: &GuestSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Self> {
        let prompt = condition.prompt.as_deref().unwrap_or_default();
        let form = model.opened.chat.as_ref().map(|chat| chat as &dyn Form);
        let text = talk::asked(form, options.chat, prompt, &options.reply)?;
        let mut ids = model.tokenizer.encode(&text)?;
        let shown = model.shown(&ids).to_vec();
        // A text needs a beginning; of a model that has none, what ends a text stands before the next.
        let tokenizer = &model.opened.tokenizer;
        let begin = tokenizer.begin.or_else(|| {
            ids.is_empty()
                .then(|| tokenizer.ends.first().copied().unwrap_or(0))
        });
        if let Some(begin) = begin.filter(|begin| ids.first() != Some(begin)) {
            ids.insert(0, begin);
        }
        let mut speller = Speller::default();
        let mut given = Vec::with_capacity(shown.len());
        for (i, &id) in shown.iter().enumerate() {
            let mut told = token(&model.tokenizer, &mut speller, id, None, true);
            if i == 0 {
                told.text = model.tokenizer.at_first(&told.text).into();
            }
            given.push(told);
        }
        let writer = Writer {
            memory: Memory::default(),
            next: 0,
            tokens: given,
            speller,
            written: String::new(),
            ended: false,
            ids,
        };
        let half = (model.context / 2).max(1);
        let chunk = model.chunk();
        let again = (options.length / half + 1) * (half / chunk + 1);
        Ok(Self {
            model: model.clone(),
            draw: GptSampleOptions {
                length: options.length,
                temperature: options.temperature,
                top_k: options.top_k,
                top_p: options.top_p,
                repetition: options.repetition,
                stop: options.stop.clone(),
            },
            seed,
            steps: options.length + writer.ids.len() / chunk + again,
            writers: vec![writer; count],
        })
    }

    /// Read on, and write a token if all is read.
    async fn advance(&mut self, i: usize) -> Result<()> {
        let Some(writer) = self.writers.get_mut(i) else {
            return Ok(());
        };
        let context = self.model.context;
        // The context is full, or the prompt is longer: go on from the second half of it.
        if writer.ids.len() - writer.next + writer.memory.len() > context {
            writer.memory = Memory::default();
            writer.next = writer.ids.len() - (context / 2).max(1);
        }
        let end = writer.ids.len().min(writer.next + self.model.chunk());
        let part = &writer.ids[writer.next..end];
        let skip = match end < writer.ids.len() {
            true => part.len(),
            false => part.len().saturating_sub(1),
        };
        let logits = self.model.read(part, &mut writer.memory, skip).await?;
        writer.next = end;
        if end < writer.ids.len() {
            return Ok(());
        }
        let id = draw(&logits, &writer.ids, &self.draw, self.seed, i)?;
        let mut told = token(
            &self.model.tokenizer,
            &mut writer.speller,
            id,
            Some(&logits),
            false,
        );
        if writer.tokens.is_empty() {
            told.text = self.model.tokenizer.at_first(&told.text).into();
        }
        writer.written.push_str(&told.text);
        let stopped = stops(&writer.written, told.text.len(), &self.draw.stop);
        let written = writer.tokens.iter().filter(|t| !t.given).count() + 1;
        writer.ended = stopped || self.model.tokenizer.is_end(id) || written >= self.draw.length;
        writer.tokens.push(told);
        writer.ids.push(id);
        Ok(())
    }
}

impl Sampler for Writing {
    fn steps(&self) -> usize {
        self.steps
    }

    fn next(&mut self) -> Reading<'_, bool> {
        Box::pin(async move {
            if self.writers.iter().all(|w| w.ended) {
                return Ok(false);
            }
            for i in 0..self.writers.len() {
                if !self.writers[i].ended {
                    self.advance(i).await?;
                }
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
