//! How well a model guesses hidden tokens of a text, beside an n-gram of the same tokens.

use super::ngram::Ngram;
use crate::{
    data::{TextSet, gaps, text::window},
    error::{Error, Result},
    model::{Masked, Model},
    pause::Pause,
    rng::{Purpose, Rng},
    scene::token::{guess, log_sum_exp},
};

/// Tokens that go through the network together.
const TOGETHER: usize = 1024;

/// The tokens of a text, as many as the model sees at once.
///
/// # Errors
/// [`Error::UnknownCharacter`]; [`Error::BadText`] for an empty text.
pub fn fitting(masked: &dyn Masked, text: &str) -> Result<Vec<u32>> {
    let mut ids = gaps::encode(masked.tokenizer(), masked.gap(), text)?;
    ids.truncate(masked.context());
    match ids.is_empty() {
        false => Ok(ids),
        true => Err(Error::BadText {
            reason: "it is empty".into(),
            hint: "Type something.".into(),
        }),
    }
}

/// Logits of each token of `ids` in its turn, given all others; `take` hears place and row. Of a text that is longer
/// than what the model sees at once, a token is guessed from those around it, as many before it as behind it where the
/// text goes on both ways.
///
/// # Errors
/// What the device reports.
pub async fn pseudo(
    masked: &dyn Masked,
    ids: &[u32],
    take: &mut dyn FnMut(usize, &[f32]),
    pause: Pause,
) -> Result<()> {
    let t = masked.context().min(ids.len()).max(1);
    let (v, gap) = (masked.tokenizer().len(), masked.gap());
    let together = (TOGETHER / t).max(1);
    for from in (0..ids.len()).step_by(together) {
        let to = (from + together).min(ids.len());
        let (mut windows, mut places) = (Vec::new(), Vec::new());
        for i in from..to {
            let start = i.saturating_sub(t / 2).min(ids.len() - t);
            places.push((windows.len() + i - start) as u32);
            windows.extend_from_slice(&ids[start..start + t]);
        }
        places.iter().for_each(|&p| windows[p as usize] = gap);
        let rows = masked.guess(&windows, t, &places).await?;
        for (i, row) in (from..to).zip(rows.chunks_exact(v)) {
            take(i, row);
        }
        pause().await;
    }
    Ok(())
}

/// log p(x_i | all others) of each token of `ids`, nats.
///
/// # Errors
/// What the device reports.
pub async fn pseudo_log_probs(masked: &dyn Masked, ids: &[u32], pause: Pause) -> Result<Vec<f32>> {
    let mut out = Vec::with_capacity(ids.len());
    let mut take = |i: usize, row: &[f32]| {
        let logit = row.get(ids[i] as usize).copied();
        out.push(logit.map_or(0.0, |l| l - log_sum_exp(row)));
    };
    pseudo(masked, ids, &mut take, pause).await?;
    Ok(out)
}

/// Guesses at hidden tokens, and what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Guesses {
    /// How many.
    pub count: usize,
    /// Of how many the likeliest token was right.
    pub right: usize,
    /// Sum of −log p of what stood there, nats.
    pub nats: f64,
}

impl Guesses {
    fn add(&mut self, right: bool, log_prob: f64) {
        self.count += 1;
        self.right += usize::from(right);
        self.nats -= log_prob;
    }

    /// Share of right guesses.
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.count.max(1) as f64
    }

    /// exp of the mean of −log p.
    pub fn perplexity(&self) -> f64 {
        (self.nats / self.count.max(1) as f64).exp()
    }
}

/// What is measured of a model of text with gaps.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measured {
    /// Tokens that are hidden together, as in a training, but always by gaps.
    pub masked: Guesses,
    /// The n-gram at the same places, all other tokens as they are.
    pub masked_ngram: Guesses,
    /// Tokens that are hidden one at a time.
    pub pseudo: Guesses,
    /// The n-gram at the same places, from both sides.
    pub pseudo_ngram: Guesses,
    /// The n-gram at the same places, from the left alone.
    pub left_ngram: Guesses,
}

/// Judge a model on the held-out part of its text: `windows` of its context one after the other at equal distances, of
/// each the tokens that it would hide in a training with a seed that is always the same, and of the first `singles`
/// of them every token by itself. The n-gram learned from the part that is learned from. `go_on` hears how many windows
/// are done.
///
/// # Errors
/// [`Error::Unsupported`] for another model; [`Error::BadData`] if too little is held out; [`Error::Cancelled`]; what the
/// device reports.
pub async fn measure(
    model: &dyn Model,
    data: &TextSet,
    (windows, singles): (usize, usize),
    pause: Pause,
    go_on: impl Fn(usize) -> bool,
) -> Result<Measured> {
    let masked = model.masked().ok_or_else(|| Error::Unsupported {
        what: "This needs a model that fills gaps".into(),
    })?;
    let (t, v, gap) = (masked.context(), masked.tokenizer().len(), masked.gap());
    let held_out = data.test();
    if held_out.len() < t {
        return Err(Error::BadData {
            name: data.info.name.clone(),
            reason: format!("fewer than {t} tokens of it are held out"),
        });
    }
    let ngram = Ngram::learn(data.train(), v);
    let mut found = Measured::default();
    let most = windows.min(held_out.len() / t).max(1);
    let step = held_out.len() / most;
    for w in 0..most {
        let ids: Vec<u32> = window(held_out, w * step, t - 1).collect();
        let mut rng = Rng::new(0, Purpose::Evaluate, w as u64);
        let places = masked.hide(&ids, &mut rng);
        let mut shown = ids.clone();
        places.iter().for_each(|&p| shown[p as usize] = gap);
        let rows = masked.guess(&shown, t, &places).await?;
        for (&place, row) in places.iter().zip(rows.chunks_exact(v)) {
            let target = ids[place as usize];
            let log_prob = f64::from(row[target as usize] - log_sum_exp(row));
            found.masked.add(guess(row).0 == target, log_prob);
            let both = ngram.both_sides(&ids, place as usize);
            judge(&mut found.masked_ngram, &both, target);
        }
        if w < singles {
            let mut take = |i: usize, row: &[f32]| {
                let target = ids[i];
                let log_prob = f64::from(row[target as usize] - log_sum_exp(row));
                found.pseudo.add(guess(row).0 == target, log_prob);
            };
            pseudo(masked, &ids, &mut take, pause).await?;
            for i in 0..ids.len() {
                judge(&mut found.pseudo_ngram, &ngram.both_sides(&ids, i), ids[i]);
                judge(&mut found.left_ngram, &ngram.next(&ids[..i]), ids[i]);
            }
        }
        pause().await;
        if !go_on(w + 1) {
            return Err(Error::Cancelled);
        }
    }
    Ok(found)
}

/// What a distribution over tokens makes of the one that stood there.
fn judge(guesses: &mut Guesses, probabilities: &[f64], target: u32) {
    let best = probabilities
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    let p = probabilities.get(target as usize).copied().unwrap_or(0.0);
    guesses.add(
        best.is_some_and(|(i, _)| i as u32 == target),
        p.max(f64::MIN_POSITIVE).ln(),
    );
}
