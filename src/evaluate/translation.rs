//! How many translations are right to the letter.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    data::PairSet,
    error::{Error, Result},
    model::{Model, Phrase},
};

/// What came out in one direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The languages, by their places.
    pub direction: [usize; 2],
    /// Translations that are right.
    pub right: usize,
    /// All of them.
    pub count: usize,
    /// Some that are wrong: the text, what is right, what was written.
    pub wrong: Vec<[String; 3]>,
    /// Of each kind of thing how many are right, and how many there are.
    pub kinds: BTreeMap<String, [usize; 2]>,
}

/// Wrong translations that are kept of a direction.
const KEPT: usize = 3;

/// Things of a kind that are asked for, at most, where a set has several kinds.
const OF_A_KIND: usize = 60;

/// The first `count` different held-out things, not too many of one kind of a table.
pub fn held_out(set: &PairSet, count: usize) -> Vec<u32> {
    // A small set has few things, so the search has an end.
    let most = 50 * count + 1000;
    let mut seen = BTreeSet::new();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let fresh = (0..most).filter_map(|i| {
        let n = set.held_out_thing(i);
        let of_kind = kinds.entry(set.kind(n)).or_default();
        if !seen.insert(n) || set.learned_len().is_some() && *of_kind == OF_A_KIND {
            return None;
        }
        *of_kind += 1;
        Some(n)
    });
    fresh.take(count).collect()
}

/// How many of the first `count` different held-out things are translated right, in every direction, with the
/// likeliest piece at every place. `after` is told how many directions are done.
///
/// # Errors
/// [`Error::Unsupported`] for a model that does not translate, and what the device reports.
pub async fn exact(
    model: &dyn Model,
    set: &PairSet,
    count: usize,
    mut after: impl FnMut(usize),
) -> Result<Vec<Score>> {
    let Some(translation) = model.translation() else {
        return Err(Error::Unsupported {
            what: format!("A {} does not translate", model.title()),
        });
    };
    let numbers = held_out(set, count);
    let mut scores = Vec::new();
    for i in 0..set.directions() {
        let direction = set.direction(i);
        let [from, to] = direction;
        let phrases = numbers.iter().map(|&n| {
            let pair = set.pair(n, direction)?;
            Ok(Phrase {
                from: pair.from,
                to: pair.to,
                source: pair.source,
            })
        });
        let phrases = phrases.collect::<Result<Vec<_>>>()?;
        let mut score = Score {
            direction,
            right: 0,
            count: numbers.len(),
            wrong: Vec::new(),
            kinds: BTreeMap::new(),
        };
        for (&n, ids) in numbers.iter().zip(translation.greedy(&phrases).await?) {
            let n = set.fitted(n, direction);
            let (found, wanted) = (translation.tokenizer().decode(&ids), set.text(n, to));
            let kind = score.kinds.entry(set.kind(n).into()).or_default();
            *kind = [kind[0] + usize::from(found == wanted), kind[1] + 1];
            if found == wanted {
                score.right += 1;
            } else if score.wrong.len() < KEPT {
                score.wrong.push([set.text(n, from), wanted, found]);
            }
        }
        scores.push(score);
        after(i + 1);
    }
    Ok(scores)
}
