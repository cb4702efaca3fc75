//! Parts of speech by an averaged perceptron (Collins 2002): "read" and "live" are said by what they are.

use super::{super::tensors::Tensors, table::Table};
use crate::error::{Error, Result};

/// See the module's documentation.
pub(super) struct Tagger {
    tags: Vec<String>,
    /// Words that are nearly always one thing.
    certain: Table,
    vocabulary: Table,
    features: Table,
    /// Where each feature's weights begin.
    begins: Vec<u32>,
    /// Tag, and weight in tenths.
    weights: Vec<(u8, i16)>,
}

impl Tagger {
    pub(super) fn load(from: &Tensors) -> Result<Self> {
        let bad = || Error::CheckpointShape {
            reason: "the tagger's weights do not fit".into(),
        };
        let tags: Vec<String> = serde_json::from_str(from.about("tags")?).map_err(|_| bad())?;
        let features = Table::load(from, "features")?;
        let counts = from.unpacked("features.counts")?;
        let numbers = from.unpacked("features.tags")?;
        let tenths = from.unpacked("features.tenths")?;
        let mut begins = vec![0u32];
        for count in &counts {
            begins.push(begins[begins.len() - 1] + u32::from(*count));
        }
        let n = numbers.len();
        let fits = counts.len() == features.len()
            && begins.last() == Some(&(n as u32))
            && tenths.len() == 2 * n
            && numbers.iter().all(|&t| usize::from(t) < tags.len());
        if !fits {
            return Err(bad());
        }
        // Low bytes first, then the high ones.
        let (low, high) = tenths.split_at(n);
        let weights = low
            .iter()
            .zip(high)
            .map(|(l, h)| i16::from_le_bytes([*l, *h]));
        Ok(Self {
            weights: numbers.into_iter().zip(weights).collect(),
            tags,
            certain: Table::load(from, "tags")?,
            vocabulary: Table::load(from, "vocabulary")?,
            features,
            begins,
        })
    }

    /// The tags of words in a row.
    pub(super) fn apply(&self, words: &[&str]) -> Vec<String> {
        let seen = |word: &&str| {
            let plain = plain(word);
            match self.vocabulary.find(&plain) {
                Some(_) => plain,
                None => format!("<{}>", shape(word)),
            }
        };
        let edges = |names: [&str; 2]| names.map(String::from);
        let mut around: Vec<String> = edges(["-START2-", "-START-"]).into();
        around.extend(words.iter().map(seen));
        around.extend(edges(["-END-", "-END2-"]));
        let mut tags: Vec<String> = edges(["-START2-", "-START-"]).into();
        for (i, word) in words.iter().enumerate() {
            let tag = match self.certain.get(word) {
                Some(tag) => tag.to_string(),
                None => self.guess(i, word, &around, &tags),
            };
            tags.push(tag);
        }
        tags.split_off(2)
    }

    fn guess(&self, i: usize, word: &str, around: &[String], tags: &[String]) -> String {
        let (j, before) = (i + 2, &tags[tags.len() - 2..]);
        let head: String = word.chars().take(1).collect();
        let (t1, t2) = (&before[1], &before[0]);
        let features = [
            "b".to_string(),
            format!("s3={}", ending(word)),
            format!("p1={head}"),
            format!("w={}", around[j]),
            format!("sh={}", shape(word)),
            if i == 0 { "i0" } else { "i+" }.to_string(),
            format!("t-1={t1}"),
            format!("t-2={t2}"),
            format!("t-12={t1},{t2}"),
            format!("w-1={}", around[j - 1]),
            format!("s3-1={}", ending(&around[j - 1])),
            format!("w-2={}", around[j - 2]),
            format!("w+1={}", around[j + 1]),
            format!("s3+1={}", ending(&around[j + 1])),
            format!("w+2={}", around[j + 2]),
        ];
        let mut scores = vec![0i32; self.tags.len()];
        for feature in &features {
            if let Some(place) = self.features.find(feature) {
                let (from, to) = (self.begins[place], self.begins[place + 1]);
                for (tag, weight) in &self.weights[from as usize..to as usize] {
                    scores[usize::from(*tag)] += i32::from(*weight);
                }
            }
        }
        let best = scores.iter().zip(&self.tags).max();
        best.map_or_else(String::new, |(_, tag)| tag.clone())
    }
}

fn plain(word: &str) -> String {
    let digits = word.chars().all(|c| c.is_ascii_digit());
    match word.chars().next() {
        Some(head) if head != '-' && word.contains('-') => "!HYPHEN".into(),
        Some(_) if digits && word.len() == 4 => "!YEAR".into(),
        Some(head) if head.is_ascii_digit() => "!DIGITS".into(),
        _ => word.to_lowercase(),
    }
}

fn shape(word: &str) -> String {
    let all = |is: fn(char) -> bool| word.chars().all(is);
    let mut rest = word.chars();
    let head = rest.next().is_some_and(char::is_uppercase);
    if all(char::is_alphabetic) {
        let one = word.chars().nth(1).is_none();
        return match () {
            () if all(char::is_lowercase) => "x",
            () if all(char::is_uppercase) && one => "X1",
            () if all(char::is_uppercase) => "XX",
            () if head && rest.all(char::is_lowercase) => "Xx",
            () => "xX",
        }
        .into();
    }
    if all(|c| c.is_ascii_digit()) {
        return "d".into();
    }
    let kind = |c: char| match c {
        c if c.is_ascii_digit() => 'd',
        c if c.is_alphabetic() => 'x',
        c => c,
    };
    word.chars().take(4).map(kind).collect()
}

/// The last three letters.
fn ending(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    letters[letters.len().saturating_sub(3)..].iter().collect()
}
