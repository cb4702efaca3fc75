//! Translations being written, a piece at a time: what was read and written before is kept as keys and values.

use std::cmp::Reverse;

use burn::tensor::Tensor;

use super::{Seq2Seq, lengths, product};
use crate::{
    device::floats,
    error::Result,
    kernels::packed::Sequences,
    model::{Family, Guess, Phrase},
    scene::{
        Alternative, Token,
        token::{largest, log_sum_exp},
    },
};

/// Alternatives told of each piece.
const ALTERNATIVES: usize = 6;
/// Texts that are translated at once.
const TOGETHER: usize = 64;

/// Several translations under way, all equally long.
pub struct Decoding {
    model: Seq2Seq,
    /// For each layer keys and values of what was read, `[m, 2C]` of each text.
    read: Vec<Vec<Tensor<2>>>,
    rows: Vec<Row>,
    /// Pieces that were written.
    length: usize,
}

/// One translation.
#[derive(Clone)]
struct Row {
    /// The text that it translates.
    text: usize,
    /// For each layer keys and values of what was written, `[length, 2C]`.
    written: Vec<Option<Tensor<2>>>,
}

impl Decoding {
    /// One translation of each of `phrases`, nothing of it written.
    pub fn new(model: &Seq2Seq, phrases: &[Phrase]) -> Self {
        let model = model.valid();
        let texts = phrases
            .iter()
            .map(|p| model.read_of(p.from, p.to, &p.source));
        let texts: Vec<Vec<u32>> = texts.collect();
        let memory = model.encode(&texts, None);
        let wide = 2 * model.config.n_embd;
        let read = model.net.decoder.iter().map(|layer| {
            let kv = product(memory.clone(), &layer.cross.kv);
            let mut from = 0;
            let each = lengths(&texts).into_iter().map(|m| {
                let part = kv.clone().slice([from..from + m, 0..wide]);
                from += m;
                part
            });
            each.collect()
        });
        let read = read.collect();
        let layers = model.net.decoder.len();
        let row = |text| Row {
            text,
            written: vec![None; layers],
        };
        Self {
            rows: (0..phrases.len()).map(row).collect(),
            model,
            read,
            length: 0,
        }
    }

    /// Goes on with each of `picks`: a translation so far, by its place, and its next token. Returns the
    /// logits of the one after it, `[V]` of each.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn next(&mut self, picks: &[(usize, u32)]) -> Result<Vec<Vec<f32>>> {
        let model = &self.model;
        let mut rows: Vec<Row> = picks.iter().map(|&(i, _)| self.rows[i].clone()).collect();
        let texts: Vec<Vec<u32>> = picks.iter().map(|&(_, id)| vec![id]).collect();
        let ones = vec![1; rows.len()];
        let keys = vec![self.length + 1; rows.len()];
        let own = Sequences::across(&ones, &keys, false);
        let mut y = model.embed(&texts, &model.net.written_at, self.length);
        for (at, layer) in model.net.decoder.iter().enumerate() {
            let new = layer.remembered(&y);
            let wide = new.dims()[1];
            let mut kept = Vec::with_capacity(rows.len());
            for (i, row) in rows.iter_mut().enumerate() {
                let new = new.clone().slice([i..i + 1, 0..wide]);
                let all = match row.written[at].take() {
                    Some(old) => Tensor::cat(vec![old, new], 0),
                    None => new,
                };
                row.written[at] = Some(all.clone());
                kept.push(all);
            }
            let read: Vec<Tensor<2>> = (rows.iter())
                .map(|row| self.read[at][row.text].clone())
                .collect();
            let lengths: Vec<usize> = read.iter().map(|kv| kv.dims()[0]).collect();
            let cross = Sequences::across(&ones, &lengths, false);
            y = layer.forward(
                y,
                model.config.n_head,
                (Tensor::cat(kept, 0), &own),
                (Tensor::cat(read, 0), &cross),
                None,
            );
        }
        let logits = floats(model.logits_of(y)).await?;
        let v = model.end() as usize + 1;
        self.rows = rows;
        self.length += 1;
        Ok(logits.chunks_exact(v).map(<[f32]>::to_vec).collect())
    }

    /// Whether no more can be written.
    pub fn is_full(&self) -> bool {
        self.length >= self.model.config.block_size
    }
}

/// The likeliest next piece at every place, text by text.
///
/// # Errors
/// What the device reports.
pub async fn greedy(model: &Seq2Seq, phrases: &[Phrase]) -> Result<Vec<Vec<u32>>> {
    let mut all = vec![Vec::new(); phrases.len()];
    for (part, phrases) in phrases.chunks(TOGETHER).enumerate() {
        let mut decoding = Decoding::new(model, phrases);
        let mut live: Vec<usize> = (0..phrases.len()).collect();
        let begin = |(i, phrase): (usize, &Phrase)| (i, model.language(phrase.to));
        let mut picks: Vec<(usize, u32)> = phrases.iter().enumerate().map(begin).collect();
        while !picks.is_empty() && !decoding.is_full() {
            let logits = decoding.next(&picks).await?;
            let mut next = Vec::new();
            picks.clear();
            for (row, (text, logits)) in live.iter().zip(logits).enumerate() {
                let best = largest(&logits, 1).first().map_or(0, |&(i, _)| i as u32);
                if best != model.end() {
                    all[part * TOGETHER + text].push(best);
                    picks.push((row, best));
                    next.push(*text);
                }
            }
            live = next;
        }
    }
    Ok(all)
}

/// A translation that a beam follows.
#[derive(Clone)]
struct Path {
    tokens: Vec<Token>,
    log_prob: f32,
}

/// The likeliest translations that a beam of `width` finds, likeliest first.
///
/// # Errors
/// What the device reports.
pub async fn beam(model: &Seq2Seq, phrase: &Phrase, width: usize) -> Result<Vec<Guess>> {
    let mut decoding = Decoding::new(model, std::slice::from_ref(phrase));
    let mut live = vec![Path {
        tokens: Vec::new(),
        log_prob: 0.0,
    }];
    let mut picks = vec![(0, model.language(phrase.to))];
    let mut done: Vec<Guess> = Vec::new();
    while !live.is_empty() && !decoding.is_full() {
        let logits = decoding.next(&picks).await?;
        let mut next: Vec<(Path, usize, u32)> = Vec::new();
        for (row, (path, logits)) in live.iter().zip(&logits).enumerate() {
            for (id, _) in largest(logits, width) {
                let told = told(model, id as u32, logits);
                let mut path = path.clone();
                path.log_prob += told.log_prob.unwrap_or(0.0);
                path.tokens.push(told);
                next.push((path, row, id as u32));
            }
        }
        next.sort_by(|a, b| b.0.log_prob.total_cmp(&a.0.log_prob));
        next.truncate(width);
        (live, picks) = (Vec::new(), Vec::new());
        for (path, row, id) in next {
            if id == model.end() {
                done.push(Guess::of(path.tokens, path.log_prob, true));
            } else {
                live.push(path);
                picks.push((row, id));
            }
        }
        done.sort_by_key(|guess| Reverse(ordered(guess.log_prob)));
        // What goes on only becomes less likely.
        let worst = done.get(width - 1).map(|guess| guess.log_prob);
        if let (Some(worst), Some(best)) = (worst, live.first())
            && best.log_prob <= worst
        {
            break;
        }
    }
    let cut = live.into_iter();
    done.extend(cut.map(|path| Guess::of(path.tokens, path.log_prob, false)));
    done.sort_by_key(|guess| Reverse((guess.ended, ordered(guess.log_prob))));
    done.truncate(width);
    Ok(done)
}

/// A number that sorts as `x` does.
fn ordered(x: f32) -> i32 {
    let bits = x.to_bits() as i32;
    bits ^ (((bits >> 31) as u32) >> 1) as i32
}

/// A piece that was drawn from `logits`, as it is told to the page.
pub(super) fn told(model: &Seq2Seq, id: u32, logits: &[f32]) -> Token {
    let log_sum = log_sum_exp(logits);
    let alternatives = largest(logits, ALTERNATIVES).into_iter();
    Token {
        id,
        text: match id == model.end() {
            true => String::new(),
            false => model.name(id),
        },
        log_prob: logits.get(id as usize).map(|l| l - log_sum),
        alternatives: alternatives
            .map(|(i, l)| Alternative {
                id: i as u32,
                text: model.name(i as u32),
                prob: (l - log_sum).exp(),
            })
            .collect(),
        given: false,
    }
}
