//! An agent's voice: it says what it sees, and answers when it is asked.
//!
//! A decoder (Vaswani et al. 2017, arXiv:1706.03762) over words, as of captions of images (Vinyals et al. 2015,
//! "Show and Tell", arXiv:1411.4555). The question is its prompt, and “what do you see?” is one too:
//!
//! ```text
//! loss = −1/N Σ log p(y_n | q, y_<n, e_1 … e_m)
//! x  = word + place
//! x += attention(norm(x), norm(x), causal)       what has been asked and said
//! x += attention(norm(x), things)                what there is to be seen
//! x += mlp(norm(x))
//! ```
//!
//! where y are the answer's words, q the question's, and the things e those rows by which the agent sees when it acts: the
//! sum of what a thing is, its colour, its state and where it is. They stand nearest first, and each has its number in
//! that order, as words have theirs. Words that missions have as well are those of the agent's reader. All that belongs
//! to the agent stays as it is while its voice learns, so that it acts as before, bit for bit.

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};

use super::{Agent, Attention, Mlp, Net, SEEN_INIT, normed, product, traits};
use crate::{
    data::episodes::{END, Episode, Saying, sayings},
    device::floats,
    error::Result,
    kernels::{cross_entropy::cross_entropy, embedding::embedding, packed::Sequences, reduce},
    model::{Family, Losses, Reading, Speaking, Utterance},
    nn::transformer::{INIT, gain, matrix},
    rng::Rng,
    scene::token::log_sum_exp,
    worlds::rooms::{
        SYMBOLS, Sight, Symbol,
        description::{MOST_SAID, VOCABULARY, looked_at, token},
        mission::WORDS,
    },
};

/// Before the names of its weights.
pub const VOICE: &str = "voice.";
/// The most things in sight that are told apart by their number.
const MOST_THINGS: usize = 16;

/// What is thought about each word.
#[derive(Module, Debug)]
struct Spoken {
    said: Attention,
    things: Attention,
    mlp: Mlp,
}

/// The weights.
#[derive(Module, Debug)]
pub struct Voice {
    /// Words that missions do not have, `[words, C]`.
    words: Param<Tensor<2>>,
    /// Where a word stands, `[MOST_SAID, C]`.
    at: Param<Tensor<2>>,
    /// Which of the things in sight it is, the nearest first, `[16, C]`.
    number: Param<Tensor<2>>,
    layers: Vec<Spoken>,
    norm: Param<Tensor<1>>,
    /// `[C, words]`.
    next: Param<Tensor<2>>,
}

impl Voice {
    /// With `layers` layers over rows of `c` numbers.
    pub fn init(c: usize, layers: usize, rng: &mut Rng, device: &Device) -> Self {
        let end = INIT / (3.0 * layers as f32).sqrt();
        let own = VOCABULARY - WORDS.len();
        Self {
            words: matrix([own, c], SEEN_INIT, rng, device),
            at: matrix([MOST_SAID, c], SEEN_INIT, rng, device),
            number: matrix([MOST_THINGS, c], SEEN_INIT, rng, device),
            layers: (0..layers)
                .map(|_| Spoken {
                    said: Attention::init(c, end, rng, device),
                    things: Attention::init(c, end, rng, device),
                    mlp: Mlp::init(c, end, rng, device),
                })
                .collect(),
            norm: gain(c, device),
            next: matrix([c, VOCABULARY], INIT, rng, device),
        }
    }
}

/// What is in sight, view after view.
struct Things {
    symbols: Vec<u32>,
    places: Vec<u32>,
    numbers: Vec<u32>,
    /// How many there are in each view.
    counts: Vec<usize>,
}

impl Things {
    fn of<'a>(sights: impl Iterator<Item = &'a Sight>) -> Self {
        let mut things = Self {
            symbols: Vec::new(),
            places: Vec::new(),
            numbers: Vec::new(),
            counts: Vec::new(),
        };
        for sight in sights {
            let seen = looked_at(sight);
            for &(place, number) in &seen {
                things.symbols.push(u32::from(sight[place]));
                things.places.push(place as u32);
                things.numbers.push(number.min(MOST_THINGS - 1) as u32);
            }
            things.counts.push(seen.len());
        }
        things
    }
}

impl Net {
    /// Rows for each symbol of a view: what it is, its colour and its state, `[SYMBOLS, C]`.
    pub(super) fn kinds(&self) -> Tensor<2> {
        let all: Vec<[u32; 3]> = (0..SYMBOLS as Symbol).map(traits).collect();
        let of = |table: &Param<Tensor<2>>, which: usize| {
            let ids: Vec<u32> = all.iter().map(|traits| traits[which]).collect();
            embedding(table.val(), &ids)
        };
        of(&self.sorts, 0) + of(&self.colours, 1) + of(&self.states, 2)
    }
}

/// Something of the agent's own, which no gradient reaches.
fn held(tensor: Tensor<2>) -> Tensor<2> {
    tensor.detach()
}

/// A voice with what it speaks for.
struct Speaker<'a> {
    net: &'a Net,
    voice: &'a Voice,
    heads: usize,
}

impl Speaker<'_> {
    /// Rows of words, `[n, C]`, each with its place in what is said.
    fn embed(&self, words: &[u32], at: &[u32]) -> Tensor<2> {
        let table = Tensor::cat(vec![held(self.net.words.val()), self.voice.words.val()], 0);
        embedding(table, words) + embedding(self.voice.at.val(), at)
    }

    /// Keys and values of things for a layer, `[m, 2C]`. They are linear in what a thing is, where, and which.
    fn seen(&self, layer: &Spoken, things: &Things, kinds: &Tensor<2>) -> Tensor<2> {
        let kv = &layer.things.kv;
        let places = product(held(self.net.places.val()), kv);
        embedding(product(kinds.clone(), kv), &things.symbols)
            + embedding(places, &things.places)
            + embedding(product(self.voice.number.val(), kv), &things.numbers)
    }

    /// What is made of each word of sayings, one after the other: `[n, C]`.
    fn forward(&self, sayings: &[Saying]) -> Tensor<2> {
        let mut lengths = Vec::with_capacity(sayings.len());
        let (mut words, mut at) = (Vec::new(), Vec::new());
        for saying in sayings {
            let all = saying.question.iter().chain(&saying.answer);
            let before = words.len();
            // Nothing follows the end.
            words.extend(all.take(saying.read()));
            lengths.push(words.len() - before);
            at.extend(0..lengths[lengths.len() - 1] as u32);
        }
        let things = Things::of(sayings.iter().map(|saying| &saying.sight));
        let said = Sequences::own(&lengths, true);
        let across = Sequences::across(&lengths, &things.counts, false);
        let kinds = held(self.net.kinds());
        let mut x = self.embed(&words, &at);
        for layer in &self.voice.layers {
            x = layer.said.forward(x, None, self.heads, &said, None);
            let kv = self.seen(layer, &things, &kinds);
            x = layer.things.forward(x, Some(kv), self.heads, &across, None);
            x = layer.mlp.forward(x);
        }
        x
    }

    /// Logits of the next word after each of some rows.
    fn next(&self, x: Tensor<2>) -> Tensor<2> {
        product(normed(x, &self.voice.norm), &self.voice.next)
    }

    /// −log p of each word of the answers, one after the other, and of their ends.
    fn surprise(&self, sayings: &[Saying]) -> Tensor<1> {
        let x = self.forward(sayings);
        let (mut rows, mut right, mut before) = (Vec::new(), Vec::new(), 0);
        for saying in sayings {
            let first = before + saying.question.len().saturating_sub(1);
            before += saying.read();
            rows.extend(first as u32..before as u32);
            right.extend(saying.answer.iter().take(before - first));
        }
        cross_entropy(self.next(embedding(x, &rows)), right)
    }
}

impl Saying {
    /// How many of its words are read: all but the last, and no more than there are places for.
    fn read(&self) -> usize {
        let all = self.question.len() + self.answer.len();
        all.saturating_sub(1).min(MOST_SAID)
    }
}

impl Agent {
    fn speaker(&self) -> Option<Speaker<'_>> {
        let voice = self.net.voice.as_ref()?;
        Some(Speaker {
            net: &self.net,
            voice,
            heads: self.config.n_head,
        })
    }

    /// −log p of each word of the answers and of their ends, one after the other, if it speaks.
    pub fn surprise(&self, sayings: &[Saying]) -> Option<Tensor<1>> {
        Some(self.speaker()?.surprise(sayings))
    }

    /// Means over all words, nats: of descriptions and answers together, which training lowers, and of each by itself.
    /// Nothing if it does not speak.
    pub(super) fn spoken_losses(&self, episodes: &[Episode], rng: &mut Rng) -> Option<Losses> {
        let speaker = self.speaker()?;
        let [described, answered] = sayings(episodes, rng);
        let mean = |sayings: &[Saying]| {
            let some = !sayings.is_empty();
            some.then(|| reduce::mean(speaker.surprise(sayings)))
        };
        // Of no word at all nothing is learned.
        let nothing = || speaker.voice.norm.val().sum() * 0.0;
        let caption = mean(&described).unwrap_or_else(nothing);
        let answer = mean(&answered).unwrap_or_else(nothing);
        let loss = caption.clone() + answer.clone();
        Some(vec![
            ("loss", loss),
            ("caption", caption),
            ("answer", answer),
        ])
    }
}

/// Views about which something is being said, a word of each at a time. Keys and values of what was said are kept.
struct Said<'a> {
    speaker: Speaker<'a>,
    /// Things of all views, one after the other.
    things: Things,
    /// Of each layer keys and values of the things, `[m, 2C]`.
    seen: Vec<Tensor<2>>,
    /// Of each layer keys and values of what was said so far, `[views, words, 2C]`.
    before: Vec<Option<Tensor<3>>>,
    /// Words so far.
    length: usize,
}

impl<'a> Said<'a> {
    fn new(speaker: Speaker<'a>, sights: &[Sight]) -> Self {
        let things = Things::of(sights.iter());
        let kinds = held(speaker.net.kinds());
        let layers = speaker.voice.layers.iter();
        let seen = layers.map(|layer| speaker.seen(layer, &things, &kinds));
        Self {
            seen: seen.collect(),
            before: vec![None; speaker.voice.layers.len()],
            length: 0,
            things,
            speaker,
        }
    }

    /// Reads a word of each, and gives the logits of the next, `[views, words]`; where `looks` is given, how much each
    /// view attended to each thing is added there, `[views, things]`, on average over layers and heads.
    fn read(&mut self, words: &[u32], looks: Option<&mut Vec<Tensor<2>>>) -> Tensor<2> {
        let (n, heads) = (words.len(), self.speaker.heads);
        let at = vec![self.length as u32; n];
        self.length += 1;
        let said = Sequences::across(&vec![1; n], &vec![self.length; n], false);
        let across = Sequences::across(&vec![1; n], &self.things.counts, false);
        let mut x = self.speaker.embed(words, &at);
        let mut weights = looks.is_some().then(Vec::new);
        let layers = self.speaker.voice.layers.iter().zip(&self.seen);
        for ((layer, seen), before) in layers.zip(&mut self.before) {
            let h = normed(x.clone(), &layer.said.norm);
            let new = product(h, &layer.said.kv);
            let width = new.dims()[1];
            let new = new.reshape([n, 1, width]);
            let all = match before.take() {
                Some(before) => Tensor::cat(vec![before, new], 1),
                None => new,
            };
            *before = Some(all.clone());
            let kv = all.reshape([n * self.length, width]);
            x = layer.said.forward(x, Some(kv), heads, &said, None);
            let kv = Some(seen.clone());
            x = (layer.things).forward(x, kv, heads, &across, weights.as_mut());
            x = layer.mlp.forward(x);
        }
        if let (Some(looks), Some(weights)) = (looks, weights) {
            let count = weights.len() as f64;
            let sum = weights.into_iter().reduce(|sum, weights| sum + weights);
            looks.extend(sum.map(|sum| {
                let [_, n, m] = sum.dims();
                (sum.mean_dim(0) / count).reshape([n, m])
            }));
        }
        self.speaker.next(x)
    }
}

impl Speaking for Agent {
    fn say<'a>(
        &'a self,
        sights: &'a [Sight],
        questions: &'a [Vec<u32>],
        look: bool,
    ) -> Reading<'a, Vec<Utterance>> {
        Box::pin(async move {
            let model = self.valid();
            let silent = vec![Utterance::default(); sights.len().min(questions.len())];
            let Some(speaker) = model.speaker().filter(|_| !silent.is_empty()) else {
                return Ok(silent);
            };
            say(speaker, sights, questions, look, silent).await
        })
    }
}

/// The likeliest word at each place, until all have come to their end.
async fn say(
    speaker: Speaker<'_>,
    sights: &[Sight],
    questions: &[Vec<u32>],
    look: bool,
    mut all: Vec<Utterance>,
) -> Result<Vec<Utterance>> {
    let end = token(END).unwrap_or(0);
    let mut said = Said::new(speaker, &sights[..all.len()]);
    let asked = |i: usize, t: usize| questions[i].get(t).copied();
    let mut words: Vec<u32> = (0..all.len()).map(|i| asked(i, 0).unwrap_or(end)).collect();
    for t in 1..=MOST_SAID {
        let mut looks = look.then(Vec::new);
        let logits = said.read(&words, looks.as_mut());
        let logits = floats(logits).await?;
        let weights = match looks.and_then(|looks| looks.into_iter().next()) {
            Some(weights) => floats(weights).await?,
            None => Vec::new(),
        };
        let rows = logits.chunks_exact(VOCABULARY).enumerate();
        for (i, logits) in rows {
            if let Some(word) = asked(i, t) {
                words[i] = word;
                continue;
            }
            let utterance = &mut all[i];
            if utterance.ended {
                continue;
            }
            let best = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            let Some((word, &logit)) = best else {
                continue;
            };
            words[i] = word as u32;
            utterance.log_prob += logit - log_sum_exp(logits);
            utterance.ended = words[i] == end;
            if utterance.ended {
                continue;
            }
            utterance.words.push(words[i]);
            attend(utterance, &said.things, i, &weights);
        }
        if all.iter().all(|utterance| utterance.ended) {
            break;
        }
    }
    for utterance in &mut all {
        let count = utterance.words.len().max(1) as f32;
        utterance.cells.iter_mut().for_each(|cell| *cell /= count);
    }
    Ok(all)
}

/// Adds what view `i` attended to, of weights `[views, things]`.
fn attend(utterance: &mut Utterance, things: &Things, i: usize, weights: &[f32]) {
    let first: usize = things.counts[..i].iter().sum();
    let row = i * things.symbols.len() + first;
    for j in 0..things.counts[i] {
        let place = things.places[first + j] as usize;
        if let (Some(cell), Some(weight)) = (utterance.cells.get_mut(place), weights.get(row + j)) {
            *cell += weight;
        }
    }
}
