//! Byte-pair encoding: pieces of words that are frequent become tokens.
//!
//! Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units",
//! arXiv:1508.07909, over bytes as in GPT-2 (Radford et al. 2019), so that every text has tokens.
//! Token b < 256 is the byte b. Merge i makes token 256 + i of two that were there before: in the
//! text learned from, the pair that stands side by side most often inside a word; of equals the
//! one with the smaller tokens. To encode a word, the merge learned first is done first.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

use crate::error::{Error, Result};

/// Bytes of the longest word, and so of the longest token: what has no spaces is cut.
pub const LONGEST: usize = 32;

/// What a character is to [`words`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Break,
    Space,
    Other,
}

fn kind(c: char) -> Kind {
    match c {
        'a'..='z' | 'A'..='Z' => Kind::Letter,
        ' ' => Kind::Space,
        '\n' | '\r' => Kind::Break,
        c if c.is_alphabetic() => Kind::Letter,
        c if c.is_numeric() => Kind::Digit,
        c if c.is_whitespace() => Kind::Space,
        _ => Kind::Other,
    }
}

/// The words of a text, which together are the text: letters, up to three digits, or other signs,
/// each with the space before them; an apostrophe inside a word with what follows; line breaks;
/// other spaces. None is longer than [`LONGEST`].
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let (mut rest, mut after_letter) = (text, false);
    std::iter::from_fn(move || {
        let length = word(rest, after_letter);
        let (word, left) = rest.split_at_checked(length)?;
        rest = left;
        after_letter = word.chars().next_back().map(kind) == Some(Kind::Letter);
        (!word.is_empty()).then_some(word)
    })
}

/// Bytes of the first word of `text`; `after_letter` says what came before.
fn word(text: &str, after_letter: bool) -> usize {
    let kind_at = |at: usize| text[at..].chars().next().map(kind);
    // Where characters of one kind end that begin at `from`.
    let end = |from: usize, run: Kind| {
        let most = if run == Kind::Digit { 3 } else { LONGEST };
        let chars = text[from..].char_indices().take(most);
        chars
            .map(|(i, c)| (kind(c), from + i + c.len_utf8()))
            .take_while(|&(kind, end)| kind == run && end <= LONGEST)
            .last()
            .map_or(from, |(_, end)| end)
    };
    let Some(first) = text.chars().next() else {
        return 0;
    };
    let apostrophe = after_letter && matches!(first, '\'' | '’');
    match kind(first) {
        Kind::Space => {
            let spaces = end(0, Kind::Space);
            match kind_at(spaces) {
                None | Some(Kind::Break | Kind::Space) => spaces,
                _ if !text[..spaces].ends_with(' ') => spaces,
                // The last one belongs to what follows.
                Some(_) if spaces > 1 => spaces - 1,
                Some(run) => end(1, run),
            }
        }
        _ if apostrophe && kind_at(first.len_utf8()) == Some(Kind::Letter) => {
            end(first.len_utf8(), Kind::Letter)
        }
        run => end(0, run),
    }
}

type Pair = (u32, u32);

/// A hash for pairs: the default one takes most of the time here.
#[derive(Debug, Clone, Copy, Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn write_u32(&mut self, value: u32) {
        // ⌊2⁶⁴ / golden ratio⌋, odd.
        let mixed = (self.0 ^ u64::from(value)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.write_u32(b.into()));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

type Pairs<T> = HashMap<Pair, T, BuildHasherDefault<Mix>>;

fn pairs(word: &[u32]) -> impl Iterator<Item = Pair> + '_ {
    word.windows(2).map(|w| (w[0], w[1]))
}

/// At most `most` merges, learned from a text: its words, and how often each occurs.
pub fn learn(counts: &HashMap<&str, u64>, most: usize) -> Vec<Pair> {
    let mut words: Vec<(Vec<u32>, u64)> = counts
        .iter()
        .map(|(word, &count)| (word.bytes().map(u32::from).collect(), count))
        .collect();
    // How often each pair stands in the text, and the words in which it has been seen.
    let mut frequency: Pairs<u64> = Pairs::default();
    let mut places: Pairs<Vec<u32>> = Pairs::default();
    for (i, (word, count)) in words.iter().enumerate() {
        for pair in pairs(word) {
            *frequency.entry(pair).or_default() += count;
            places.entry(pair).or_default().push(i as u32);
        }
    }
    // A pair's entry may be too high, never too low.
    let mut queue: BinaryHeap<(u64, Reverse<Pair>)> =
        frequency.iter().map(|(&p, &n)| (n, Reverse(p))).collect();
    let mut pieces = bytes();
    let mut known: HashSet<Vec<u8>> = pieces.iter().cloned().collect();
    let mut merges = Vec::new();
    while merges.len() < most
        && let Some((count, Reverse(pair))) = queue.pop()
    {
        let now = frequency.get(&pair).copied().unwrap_or(0);
        // What occurs once is no pattern.
        if now < 2 {
            continue;
        }
        if now < count {
            queue.push((now, Reverse(pair)));
            continue;
        }
        let piece = [&pieces[pair.0 as usize][..], &pieces[pair.1 as usize]].concat();
        // The same bytes in other parts are a token already.
        if !known.insert(piece.clone()) {
            continue;
        }
        let made = pieces.len() as u32;
        pieces.push(piece);
        merges.push(pair);
        let mut fresh: Pairs<()> = Pairs::default();
        let mut where_it_is = places.remove(&pair).unwrap_or_default();
        where_it_is.dedup();
        for i in where_it_is {
            let (word, count) = &mut words[i as usize];
            for pair in pairs(word) {
                if let Some(n) = frequency.get_mut(&pair) {
                    *n -= *count;
                }
            }
            join(word, pair, made);
            for pair in pairs(word) {
                *frequency.entry(pair).or_default() += *count;
                if pair.0 == made || pair.1 == made {
                    fresh.insert(pair, ());
                    places.entry(pair).or_default().push(i);
                }
            }
        }
        let count = |pair: Pair| frequency.get(&pair).copied().unwrap_or(0);
        queue.extend(fresh.into_keys().map(|p| (count(p), Reverse(p))));
    }
    merges
}

/// Put `made` where `pair` stands, from left to right.
fn join(word: &mut Vec<u32>, pair: Pair, made: u32) {
    let (mut from, mut to) = (0, 0);
    while from < word.len() {
        let found = word.get(from + 1) == Some(&pair.1) && word[from] == pair.0;
        word[to] = if found { made } else { word[from] };
        from += if found { 2 } else { 1 };
        to += 1;
    }
    word.truncate(to);
}

fn bytes() -> Vec<Vec<u8>> {
    (0..=u8::MAX).map(|b| vec![b]).collect()
}

/// The bytes of every token.
///
/// # Errors
/// [`Error::CheckpointSchema`] for merges that no text gives.
pub fn pieces(merges: &[Pair]) -> Result<Vec<Vec<u8>>> {
    let schema = |reason: String| Err(Error::CheckpointSchema { reason });
    let mut pieces = bytes();
    let mut known: HashSet<Vec<u8>> = HashSet::new();
    for (i, &(a, b)) in merges.iter().enumerate() {
        let (Some(a), Some(b)) = (pieces.get(a as usize), pieces.get(b as usize)) else {
            return schema(format!("merge {i} is of tokens that come after it"));
        };
        let piece = [&a[..], b].concat();
        if piece.len() > LONGEST {
            return schema(format!("merge {i} makes a token of {} bytes", piece.len()));
        }
        if !known.insert(piece.clone()) {
            return schema(format!("merge {i} makes a token that is there already"));
        }
        pieces.push(piece);
    }
    Ok(pieces)
}

/// Merges, ready for use.
#[derive(Debug, Clone)]
pub struct Merger {
    /// The token that a pair becomes.
    made: Pairs<u32>,
}

impl Merger {
    /// Of merges in the order in which they were learned.
    pub fn new(merges: &[Pair]) -> Self {
        let made = merges.iter().copied().zip(256..).collect();
        Self { made }
    }

    /// The token that each pair of neighbours would become, `u32::MAX` for none.
    fn made(&self, pair: Pair) -> u32 {
        self.made.get(&pair).copied().unwrap_or(u32::MAX)
    }

    /// Put the tokens of one word at the end of `out`.
    fn encode_word(&self, word: &str, out: &mut Vec<u32>) {
        let mut ids: Vec<u32> = word.bytes().map(u32::from).collect();
        let mut made: Vec<u32> = pairs(&ids).map(|pair| self.made(pair)).collect();
        // Tokens are numbered as they were learned: the smallest is the one to make first.
        while let Some((&id, i)) = made.iter().zip(0..).min()
            && id != u32::MAX
        {
            ids[i] = id;
            ids.remove(i + 1);
            made.remove(i);
            if i > 0 {
                made[i - 1] = self.made((ids[i - 1], id));
            }
            if i < made.len() {
                made[i] = self.made((id, ids[i + 1]));
            }
        }
        out.extend(ids);
    }

    /// Give the tokens of `text` to `take`, one after the other.
    pub fn encode(&self, text: &str, mut take: impl FnMut(u32)) {
        /// Words remembered, so that a text without repetitions fits into memory too.
        const MOST: usize = 1 << 18;
        let mut known: HashMap<&str, (u32, u32)> = HashMap::new();
        let mut tokens: Vec<u32> = Vec::new();
        for word in words(text) {
            let start = tokens.len();
            let (from, to) = match known.get(word) {
                Some(&(from, to)) => (from as usize, to as usize),
                None => {
                    self.encode_word(word, &mut tokens);
                    (start, tokens.len())
                }
            };
            tokens[from..to].iter().copied().for_each(&mut take);
            if from == start {
                if known.len() < MOST {
                    known.insert(word, (start as u32, tokens.len() as u32));
                } else {
                    tokens.truncate(start);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_they_should_be() {
        let cut = |text| words(text).collect::<Vec<_>>();
        assert_eq!(
            cut("It's  1851, “so”\r\n\r\n\tsaid the cafés’ owner.. "),
            [
                "It", "'s", " ", " 185", "1", ",", " “", "so", "”", "\r\n\r\n", "\t", "said",
                " the", " cafés", "’", " owner", "..", " "
            ]
        );
        assert_eq!(
            cut("don’t 'em 7x \n"),
            ["don", "’t", " '", "em", " 7", "x", " ", "\n"]
        );
        assert_eq!(cut("漢字 🙂🙂"), ["漢字", " 🙂🙂"]);
        assert!(cut("").is_empty());
        let long = "漢".repeat(100);
        assert!(words(&long).all(|w| w.len() <= LONGEST));
        assert_eq!(words(&long).collect::<String>(), long);
    }
}
