//! Translations being written, a piece at a time: what was read and written before is kept as keys and values.

use std::{cmp::Reverse, rc::Rc};

use burn::tensor::Tensor;

use super::{
    Seq2Seq,
    host::{Host, Written},
    lengths, product,
};
use crate::{
    device::floats,
    error::Result,
    kernels::{host::is_host, packed::Sequences},
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
    kept: Kept,
    /// Pieces that were written.
    length: usize,
}

/// What was read and written before.
enum Kept {
    /// On the host: the text of each translation, and what was written.
    Host(Box<Host>, Vec<(usize, Written)>),
    /// Elsewhere: for each layer keys and values of what was read, `[m, 2C]` of each text.
    Device(Vec<Vec<Tensor<2>>>, Vec<Row>),
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
        let kept = match is_host(&model.net.table.val()) {
            true => {
                let host = Box::new(Host::new(&model, &texts));
                let rows = (0..texts.len()).map(|text| (text, host.nothing()));
                let rows = rows.collect();
                Kept::Host(host, rows)
            }
            false => {
                let written = vec![None; model.net.decoder.len()];
                let row = |text| Row {
                    text,
                    written: written.clone(),
                };
                Kept::Device(model.read(&texts), (0..texts.len()).map(row).collect())
            }
        };
        Self {
            model,
            kept,
            length: 0,
        }
    }

    /// Goes on with each of `picks`: a translation so far, by its place, and its next token. Returns the
    /// logits of the one after it, `[V]` of each.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn next(&mut self, picks: &[(usize, u32)]) -> Result<Vec<Vec<f32>>> {
        let v = self.model.end() as usize + 1;
        let logits = match &mut self.kept {
            Kept::Host(host, rows) => {
                *rows = picks.iter().map(|&(i, _)| rows[i].clone()).collect();
                let ids: Vec<u32> = picks.iter().map(|&(_, id)| id).collect();
                host.next(&ids, self.length, rows)
            }
            Kept::Device(read, rows) => {
                *rows = picks.iter().map(|&(i, _)| rows[i].clone()).collect();
                let texts: Vec<Vec<u32>> = picks.iter().map(|&(_, id)| vec![id]).collect();
                floats(self.model.go_on(&texts, self.length, read, rows)).await?
            }
        };
        self.length += 1;
        Ok(logits.chunks_exact(v).map(<[f32]>::to_vec).collect())
    }

    /// Whether no more can be written.
    pub fn is_full(&self) -> bool {
        self.length >= self.model.config.block_size
    }
}

impl Seq2Seq {
    /// For each layer of the decoder keys and values of what was read, `[m, 2C]` of each text.
    fn read(&self, texts: &[Vec<u32>]) -> Vec<Vec<Tensor<2>>> {
        let memory = self.encode(texts, None);
        let wide = 2 * self.config.n_embd;
        let read = self.net.decoder.iter().map(|layer| {
            let kv = product(memory.clone(), &layer.cross.kv);
            let mut from = 0;
            let each = lengths(texts).into_iter().map(|m| {
                let part = kv.clone().slice([from..from + m, 0..wide]);
                from += m;
                part
            });
            each.collect()
        });
        read.collect()
    }

    /// Logits `[n, V]` of what comes behind the only piece of each of `texts`, in place `at`; keys and values of it are
    /// added to its row.
    fn go_on(
        &self,
        texts: &[Vec<u32>],
        at: usize,
        read: &[Vec<Tensor<2>>],
        rows: &mut [Row],
    ) -> Tensor<2> {
        let ones = vec![1; rows.len()];
        let own = Sequences::across(&ones, &vec![at + 1; rows.len()], false);
        let mut y = self.embed(texts, &self.net.written_at, at);
        for (i, layer) in self.net.decoder.iter().enumerate() {
            let new = layer.remembered(&y);
            let wide = new.dims()[1];
            let mut kept = Vec::with_capacity(rows.len());
            for (place, row) in rows.iter_mut().enumerate() {
                let new = new.clone().slice([place..place + 1, 0..wide]);
                let all = match row.written[i].take() {
                    Some(old) => Tensor::cat(vec![old, new], 0),
                    None => new,
                };
                row.written[i] = Some(all.clone());
                kept.push(all);
            }
            let of_text = |row: &Row| read[i][row.text].clone();
            let read: Vec<Tensor<2>> = rows.iter().map(of_text).collect();
            let lengths: Vec<usize> = read.iter().map(|kv| kv.dims()[0]).collect();
            let cross = Sequences::across(&ones, &lengths, false);
            y = layer.forward(
                y,
                self.config.n_head,
                (Tensor::cat(kept, 0), &own),
                (Tensor::cat(read, 0), &cross),
                None,
            );
        }
        self.logits_of(y)
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
    /// Its pieces, each with the logits that it was taken from.
    pieces: Vec<(u32, Rc<Logits>)>,
    log_prob: f32,
}

impl Path {
    fn guess(&self, model: &Seq2Seq, ended: bool) -> Guess {
        let tokens = self.pieces.iter().map(|(id, from)| from.told(model, *id));
        Guess::of(tokens.collect(), self.log_prob, ended)
    }
}

/// The likeliest translations that a beam of `width` finds, likeliest first.
///
/// # Errors
/// What the device reports.
pub async fn beam(model: &Seq2Seq, phrase: &Phrase, width: usize) -> Result<Vec<Guess>> {
    let mut decoding = Decoding::new(model, std::slice::from_ref(phrase));
    let mut live = vec![Path {
        pieces: Vec::new(),
        log_prob: 0.0,
    }];
    let mut picks = vec![(0, model.language(phrase.to))];
    let mut done: Vec<Path> = Vec::new();
    while !live.is_empty() && !decoding.is_full() {
        let logits = decoding.next(&picks).await?;
        // What the beam goes on with: how likely it is then, the place of the path, and its next piece.
        let mut next: Vec<(f32, usize, u32)> = Vec::new();
        let logits: Vec<Rc<Logits>> = logits.into_iter().map(|l| Rc::new(Logits::of(l))).collect();
        for (row, (path, from)) in live.iter().zip(&logits).enumerate() {
            for (id, logit) in largest(&from.logits, width) {
                next.push((path.log_prob + (logit - from.log_sum), row, id as u32));
            }
        }
        next.sort_by(|a, b| b.0.total_cmp(&a.0));
        next.truncate(width);
        let before = std::mem::take(&mut live);
        picks.clear();
        for (log_prob, row, id) in next {
            let mut pieces = before[row].pieces.clone();
            pieces.push((id, logits[row].clone()));
            let path = Path { pieces, log_prob };
            if id == model.end() {
                done.push(path);
            } else {
                live.push(path);
                picks.push((row, id));
            }
        }
        done.sort_by_key(|path| Reverse(ordered(path.log_prob)));
        // What goes on only becomes less likely.
        let worst = done.get(width - 1).map(|path| path.log_prob);
        if let (Some(worst), Some(best)) = (worst, live.first())
            && best.log_prob <= worst
        {
            break;
        }
    }
    // Those that did not end come last.
    live.sort_by_key(|path| Reverse(ordered(path.log_prob)));
    let ended = done.iter().map(|path| (path, true));
    let all = ended.chain(live.iter().map(|path| (path, false)));
    let best = all.take(width);
    Ok(best.map(|(path, ended)| path.guess(model, ended)).collect())
}

/// A number that sorts as `x` does.
fn ordered(x: f32) -> i32 {
    let bits = x.to_bits() as i32;
    bits ^ (((bits >> 31) as u32) >> 1) as i32
}

/// What a piece is drawn from.
pub(super) struct Logits {
    logits: Vec<f32>,
    log_sum: f32,
}

impl Logits {
    pub(super) fn of(logits: Vec<f32>) -> Self {
        Self {
            log_sum: log_sum_exp(&logits),
            logits,
        }
    }

    /// A piece that was drawn from them, as it is told to the page.
    pub(super) fn told(&self, model: &Seq2Seq, id: u32) -> Token {
        let alternatives = largest(&self.logits, ALTERNATIVES).into_iter();
        Token {
            id,
            text: match id == model.end() {
                true => String::new(),
                false => model.name(id),
            },
            log_prob: self.logits.get(id as usize).map(|l| l - self.log_sum),
            alternatives: alternatives
                .map(|(i, l)| Alternative {
                    id: i as u32,
                    text: model.name(i as u32),
                    prob: (l - self.log_sum).exp(),
                })
                .collect(),
            given: false,
        }
    }
}
