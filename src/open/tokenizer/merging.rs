//! Neighbours that become one, the best pair first.

use std::{cmp::Reverse, collections::BinaryHeap};

/// No token.
pub const NONE: u32 = u32::MAX;

/// A piece of a word, and its token.
#[derive(Debug, Clone, Copy)]
pub struct Symbol {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Its token, or [`NONE`].
    pub id: u32,
}

impl Symbol {
    /// See its fields.
    pub fn new(start: usize, end: usize, id: u32) -> Self {
        Self { start, end, id }
    }
}

/// Merge neighbours as long as `pair` has something for two of them: what they become, and its turn. The lowest
/// turn comes first, and of equals the leftmost. n pieces take n log n steps.
pub fn merge(
    mut symbols: Vec<Symbol>,
    pair: impl Fn(&Symbol, &Symbol) -> Option<(u32, u32)>,
) -> Vec<Symbol> {
    let n = symbols.len();
    // Who stands before and behind each; n for nobody.
    let mut before: Vec<usize> = (0..n).map(|i| i.checked_sub(1).unwrap_or(n)).collect();
    let mut behind: Vec<usize> = (1..=n).collect();
    let mut alive = vec![true; n];
    let mut turns = BinaryHeap::new();
    let look = |symbols: &[Symbol], left: usize, right: usize, turns: &mut BinaryHeap<_>| {
        if let Some((turn, id)) = pair(&symbols[left], &symbols[right]) {
            // With where they end, by which a pair is known that has changed since.
            turns.push(Reverse((
                turn,
                left,
                right,
                symbols[left].end,
                symbols[right].end,
                id,
            )));
        }
    };
    for right in 1..n {
        look(&symbols, right - 1, right, &mut turns);
    }
    while let Some(Reverse((_, left, right, end, last, id))) = turns.pop() {
        let same = symbols[left].end == end && symbols[right].end == last;
        if !alive[left] || !alive[right] || behind[left] != right || !same {
            continue;
        }
        symbols[left] = Symbol::new(symbols[left].start, last, id);
        alive[right] = false;
        let next = behind[right];
        behind[left] = next;
        if next < n {
            before[next] = left;
            look(&symbols, left, next, &mut turns);
        }
        if before[left] < n {
            look(&symbols, before[left], left, &mut turns);
        }
    }
    let kept = symbols.into_iter().zip(alive).filter(|(_, alive)| *alive);
    kept.map(|(symbol, _)| symbol).collect()
}
