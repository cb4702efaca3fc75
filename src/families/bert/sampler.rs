//! Texts whose gaps are filled, the surest first.
//!
//! Ghazvininejad et al. 2019, "Mask-Predict", arXiv:1904.09324, one gap or several at a time; then some tokens are
//! hidden again and drawn anew, as in Wang & Cho 2019, "BERT has a Mouth, and It Must Speak", arXiv:1902.04094, whose
//! steps are those of a Gibbs sampler, if of no distribution that the network's guesses would all belong to.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Bert;
use crate::{
    data::{gaps, tokenizer::Speller},
    error::Result,
    families::gpt::{GptSampleOptions, candidates},
    model::{Family, Masked, Reading, Sampler, Samples},
    options::Options,
    rng::{Purpose, Rng},
    scene::{
        Token,
        token::{guess, token},
    },
};

/// Share of what was made that is hidden again in one step.
const AGAIN: f64 = 0.15;
/// Probabilities that are no further apart count as the same.
const EQUAL: f32 = 1e-4;

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BertSampleOptions {
    /// Gaps behind what the text begins with; a text that has gaps of its own gets no more.
    #[schemars(title = "Length", range(min = 1, max = 2000))]
    pub length: usize,
    /// Logits are divided by it: 1 samples the model, less prefers likely tokens, 0 always takes the
    /// likeliest.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
    /// Draw among so many of the likeliest; 0 = all.
    #[schemars(title = "Top k", range(min = 0, max = 1000))]
    pub top_k: usize,
    /// Which gap is filled next.
    #[schemars(title = "Order")]
    pub order: Order,
    /// Gaps that are filled in one step, none of them knowing of the others.
    #[schemars(title = "Gaps at once", range(min = 1, max = 512))]
    pub at_once: usize,
    /// How often, in the end, every token that was made is hidden again and drawn anew, 15 % of them at a time.
    #[schemars(title = "Sweeps", range(min = 0, max = 20))]
    pub sweeps: usize,
}

impl Default for BertSampleOptions {
    fn default() -> Self {
        Self {
            length: 48,
            temperature: 0.7,
            top_k: 0,
            order: Order::Surest,
            at_once: 1,
            sweeps: 2,
        }
    }
}

impl Options for BertSampleOptions {}

/// Which gap is filled next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The one whose likeliest token is the most probable.
    Surest,
    /// The first one.
    Left,
    /// Any.
    Random,
}

/// A text some of whose tokens are made.
#[derive(Clone)]
struct Draft {
    ids: Vec<u32>,
    /// Which of them were given.
    given: Vec<bool>,
    /// What was guessed where a token was drawn.
    told: Vec<Option<Token>>,
}

/// Texts whose gaps are being filled: [`Family::sampler`].
pub struct Filling {
    model: Arc<Bert>,
    options: BertSampleOptions,
    seed: u64,
    step: usize,
    steps: usize,
    drafts: Vec<Draft>,
}

impl Filling {
    /// `count` texts that begin with `prompt`, or that are it, if it has gaps.
    ///
    /// # Errors
    /// [`Error::UnknownCharacter`](crate::error::Error::UnknownCharacter) for a prompt that has no tokens.
    pub fn new(
        model: &Bert,
        options: &BertSampleOptions,
        prompt: &str,
        count: usize,
        seed: u64,
    ) -> Result<Self> {
        let gap = model.gap();
        let mut ids = gaps::encode(&model.tokenizer, gap, prompt)?;
        if !ids.contains(&gap) {
            ids.resize(ids.len() + options.length, gap);
        }
        let draft = Draft {
            given: ids.iter().map(|&id| id != gap).collect(),
            told: vec![None; ids.len()],
            ids,
        };
        let open = draft.given.iter().filter(|g| !**g).count();
        let fills = match model.context() {
            // A text that is longer than what is seen at once is filled stretch by stretch, in as many steps at most.
            t if t < draft.ids.len() => open,
            _ => open.div_ceil(options.at_once.max(1)),
        };
        Ok(Self {
            model: Arc::new(model.valid()),
            options: options.clone(),
            seed,
            step: 0,
            steps: fills + options.sweeps * again(open),
            drafts: vec![draft; count],
        })
    }

    /// Whether any gap is left.
    fn open(&self) -> bool {
        let gap = self.model.gap();
        self.drafts.iter().any(|draft| draft.ids.contains(&gap))
    }

    /// A draft as it is now: what is given, what was drawn, and gaps.
    fn tokens(&self, draft: usize) -> Vec<Token> {
        let mut speller = Speller::default();
        let (gap, tokenizer) = (self.model.gap(), &self.model.tokenizer);
        let Some(draft) = self.drafts.get(draft) else {
            return Vec::new();
        };
        let each = draft.ids.iter().zip(&draft.given).zip(&draft.told);
        each.map(|((&id, &given), told)| {
            if id == gap {
                return gaps::token(tokenizer, gap);
            }
            let spelt = token(tokenizer, &mut speller, id, None, given);
            match told {
                Some(told) => Token {
                    text: spelt.text,
                    ..told.clone()
                },
                None => spelt,
            }
        })
        .collect()
    }

    /// The candidates' options, as the GPT's draws have them.
    fn drawing(&self) -> GptSampleOptions {
        GptSampleOptions {
            temperature: self.options.temperature,
            top_k: self.options.top_k,
            ..GptSampleOptions::default()
        }
    }

    /// Draw the tokens at `places` of draft `i` among rows of logits, one for each.
    fn put(&mut self, i: usize, places: &[usize], rows: &[f32]) {
        let options = self.drawing();
        let v = self.model.tokenizer.len();
        let tokenizer = self.model.tokenizer.clone();
        for (&place, row) in places.iter().zip(rows.chunks_exact(v)) {
            let kept = candidates(row, &[], &options);
            // Keyed by the text, the step and the place.
            let key = (i as u64) << 48 | (self.step as u64) << 24 | place as u64;
            let mut left = Rng::new(self.seed, Purpose::Sample, key).unit();
            let drawn = kept.iter().find(|(_, p)| {
                left -= p;
                left < 0.0
            });
            let Some(&(id, _)) = drawn.or(kept.last()) else {
                continue;
            };
            let draft = &mut self.drafts[i];
            draft.ids[place] = id;
            let told = token(&tokenizer, &mut Speller::default(), id, Some(row), false);
            draft.told[place] = Some(told);
        }
    }

    /// The window in which the first gap of a text stands: half of it before the gap, where the text is longer.
    fn window(&self, ids: &[u32]) -> Option<[usize; 2]> {
        let t = self.model.context();
        let first = ids.iter().position(|&id| id == self.model.gap())?;
        let from = first.saturating_sub(t / 2).min(ids.len().saturating_sub(t));
        Some([from, (from + t).min(ids.len())])
    }

    /// Fill the next gaps of draft `i`.
    async fn fill(&mut self, i: usize) -> Result<()> {
        let gap = self.model.gap();
        let Some([from, to]) = self.window(&self.drafts[i].ids) else {
            return Ok(());
        };
        let ids = self.drafts[i].ids[from..to].to_vec();
        let open: Vec<u32> = (0..ids.len() as u32)
            .filter(|&p| ids[p as usize] == gap)
            .collect();
        let rows = self.model.guess(&ids, ids.len(), &open).await?;
        let v = self.model.tokenizer.len();
        let mut order: Vec<usize> = (0..open.len()).collect();
        match self.options.order {
            Order::Left => {}
            Order::Random => {
                let key = (1 << 63) | (i as u64) << 48 | self.step as u64;
                let drawn = Rng::new(self.seed, Purpose::Sample, key).permutation(open.len());
                order = drawn.into_iter().map(|i| i as usize).collect();
            }
            Order::Surest => {
                let sure: Vec<f32> = rows.chunks_exact(v).map(|row| guess(row).1).collect();
                order = surest(&sure, self.options.at_once);
            }
        }
        order.truncate(self.options.at_once.max(1));
        for at in order {
            let row = &rows[at * v..(at + 1) * v];
            self.put(i, &[from + open[at] as usize], row);
        }
        Ok(())
    }

    /// Hide a part of what was made of draft `i`, and draw it anew.
    async fn renew(&mut self, i: usize) -> Result<()> {
        let (gap, t) = (self.model.gap(), self.model.context());
        let draft = &self.drafts[i];
        let made: Vec<usize> = (0..draft.ids.len()).filter(|&p| !draft.given[p]).collect();
        let parts = again(made.len());
        let done = self.steps - self.step;
        // Each sweep has an order of its own, of which each step takes its part.
        let (sweep, part) = (done / parts, done % parts);
        let key = (1 << 62) | (i as u64) << 48 | sweep as u64;
        let order = Rng::new(self.seed, Purpose::Sample, key).permutation(made.len());
        let hidden = order.iter().skip(part).step_by(parts);
        let mut hidden: Vec<usize> = hidden.map(|&m| made[m as usize]).collect();
        hidden.sort_unstable();
        let mut ids = draft.ids.clone();
        hidden.iter().for_each(|&p| ids[p] = gap);
        for from in (0..ids.len()).step_by(t) {
            // The last window reaches back, so that none is short.
            let to = (from + t).min(ids.len());
            let start = to.saturating_sub(t);
            let here: Vec<usize> = hidden
                .iter()
                .copied()
                .filter(|p| (from..to).contains(p))
                .collect();
            if here.is_empty() {
                continue;
            }
            let places: Vec<u32> = here.iter().map(|p| (p - start) as u32).collect();
            let window = &ids[start..to];
            let rows = self.model.guess(window, window.len(), &places).await?;
            self.put(i, &here, &rows);
        }
        Ok(())
    }
}

/// The `count` largest of `sure`, the largest first; of those that are [`EQUAL`] the first. Among gaps alone all
/// guesses are the same, and rounding must not choose.
fn surest(sure: &[f32], count: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..sure.len()).collect();
    let next = |left: &mut Vec<usize>| {
        let most = left.iter().map(|&i| sure[i]).reduce(f32::max)?;
        let at = left.iter().position(|&i| sure[i] >= most - EQUAL)?;
        Some(left.remove(at))
    };
    std::iter::from_fn(|| next(&mut left))
        .take(count.max(1))
        .collect()
}

/// Steps in which all of `made` tokens are hidden once.
fn again(made: usize) -> usize {
    ((1.0 / AGAIN).ceil() as usize).min(made).max(1)
}

impl Sampler for Filling {
    fn steps(&self) -> usize {
        self.steps
    }

    fn next(&mut self) -> Reading<'_, bool> {
        Box::pin(async move {
            let open = self.open();
            if !open {
                // Fewer steps than there might have been: what is left are the sweeps.
                let made = self.drafts.first().map_or(0, |draft| {
                    let made = draft.given.iter().filter(|g| !**g);
                    made.count()
                });
                let sweeps = self.options.sweeps * again(made);
                self.step = self.step.max(self.steps - sweeps.min(self.steps));
            }
            if self.step >= self.steps {
                return Ok(false);
            }
            self.step += 1;
            for i in 0..self.drafts.len() {
                match open {
                    true => self.fill(i).await?,
                    false => self.renew(i).await?,
                }
            }
            Ok(true)
        })
    }

    fn state(&self) -> Samples {
        Samples::Texts((0..self.drafts.len()).map(|i| self.tokens(i)).collect())
    }

    fn revises(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rounding_alone_tells_apart_is_taken_from_the_left() {
        let (a, b) = (0.25, 0.25 + 1e-6);
        assert_eq!(surest(&[a, b, 0.5, b, a], 4), [2, 0, 1, 3]);
        assert_eq!(surest(&[b, a], 1), surest(&[a, b], 1));
        assert_eq!(surest(&[0.1, 0.3, 0.2], 9), [1, 2, 0]);
        assert!(surest(&[], 2).is_empty());
    }
}
