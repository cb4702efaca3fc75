//! An interpolated n-gram: what counting comes to, to measure networks against.
//!
//! Witten & Bell 1991, "The Zero-Frequency Problem", as interpolated by Chen & Goodman 1999, "An Empirical Study of
//! Smoothing Techniques for Language Modeling", section 2.4: with c(h w) for how often token w followed the tokens h, and
//! T(h) for how many different ones did,
//!
//! ```text
//! p(w | h) = (c(h w) + T(h) p(w | h without its first)) / (c(h) + T(h))
//! ```
//!
//! down to a uniform distribution. Nothing of it is tuned.

use std::collections::HashMap;

/// Tokens of the longest window that is counted.
const ORDER: usize = 3;

/// Counts of what followed some tokens.
#[derive(Debug, Clone, Default)]
struct Followers {
    total: f64,
    counts: HashMap<u32, f64>,
}

/// An interpolated trigram. See the module's documentation.
#[derive(Debug, Clone)]
pub struct Ngram {
    tokens: usize,
    /// For each length of a history, 0 to 2: what followed it.
    followers: Vec<HashMap<Vec<u32>, Followers>>,
}

impl Ngram {
    /// Of a text of a vocabulary of so many tokens.
    pub fn learn(ids: &[u16], tokens: usize) -> Self {
        let mut followers = vec![HashMap::new(); ORDER];
        for (length, table) in followers.iter_mut().enumerate() {
            for window in ids.windows(length + 1) {
                let (history, last) = window.split_at(length);
                let history: Vec<u32> = history.iter().map(|&id| id.into()).collect();
                let entry: &mut Followers = table.entry(history).or_default();
                entry.total += 1.0;
                *entry.counts.entry(last[0].into()).or_default() += 1.0;
            }
        }
        Self { tokens, followers }
    }

    /// The probability of each token behind `history`, of which the last two tokens count.
    pub fn next(&self, history: &[u32]) -> Vec<f64> {
        let mut p = vec![1.0 / self.tokens as f64; self.tokens];
        for length in 0..ORDER.min(history.len() + 1) {
            let Some(followers) = self.after(&history[history.len() - length..]) else {
                break;
            };
            let different = followers.counts.len() as f64;
            let whole = followers.total + different;
            p.iter_mut().for_each(|p| *p *= different / whole);
            for (&token, count) in &followers.counts {
                if let Some(p) = p.get_mut(token as usize) {
                    *p += count / whole;
                }
            }
        }
        p
    }

    /// The probability of `token` behind `history`.
    fn of(&self, history: &[u32], token: u32) -> f64 {
        let mut p = 1.0 / self.tokens as f64;
        for length in 0..ORDER.min(history.len() + 1) {
            let Some(followers) = self.after(&history[history.len() - length..]) else {
                break;
            };
            let different = followers.counts.len() as f64;
            let count = followers.counts.get(&token).copied().unwrap_or(0.0);
            p = (count + different * p) / (followers.total + different);
        }
        p
    }

    fn after(&self, history: &[u32]) -> Option<&Followers> {
        self.followers.get(history.len())?.get(history)
    }

    /// The probability of each token at place `i` of a text, given all others: in proportion to that of the text with it
    /// there, of which only the places count that see it.
    pub fn both_sides(&self, ids: &[u32], i: usize) -> Vec<f64> {
        let from = (i + 1).saturating_sub(ORDER);
        let to = (i + ORDER).min(ids.len());
        let mut p = self.next(&ids[from..i]);
        let mut around = ids[from..to].to_vec();
        for (token, p) in p.iter_mut().enumerate() {
            around[i - from] = token as u32;
            for j in i + 1..to {
                let first = (j + 1).saturating_sub(ORDER).max(from) - from;
                *p *= self.of(&around[first..j - from], around[j - from]);
            }
        }
        let total: f64 = p.iter().sum();
        p.iter_mut().for_each(|p| *p /= total);
        p
    }
}
