//! Pairs to translate: the same number in two of several languages, one of which is its digits.
//!
//! A number is learned from or held out as a whole, in every language: by its value alone, so that page,
//! command line and every seed agree.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    DataInfo, Space,
    batch::{Batch, Pair},
    numbers::{self, Spelling},
    stream::TEST_SEED,
    tokenizer::{Tokenizer, Vocabulary},
};
use crate::{
    error::{Error, Result},
    options::{self, Options},
    rng::{Purpose, Rng},
};

/// Its name. Behind it there may be languages: `numbers-en-de`.
pub const NAME: &str = "numbers";
/// The code of the language of digits.
pub const DIGITS: &str = "digits";
/// Held-out pairs.
pub const TEST: usize = 2000;
/// Examples that a checkpoint keeps.
const EXAMPLES: usize = 6;

/// Options of numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NumberOptions {
    /// The languages besides digits, by their codes: of en, de, fr, es, it, nl, da and tr one or more.
    #[schemars(title = "Languages", length(max = 40))]
    pub languages: String,
    /// The largest number.
    #[schemars(title = "Largest number", range(min = 99, max = 1_000_000))]
    pub most: u32,
}

impl Default for NumberOptions {
    fn default() -> Self {
        Self {
            languages: ["en", "de"].join(" "),
            most: 9999,
        }
    }
}

impl Options for NumberOptions {
    fn check(&self) -> Result<()> {
        self.spellings().map(|_| ())
    }
}

impl NumberOptions {
    fn spellings(&self) -> Result<Vec<&'static Spelling>> {
        let mut all: Vec<&Spelling> = Vec::new();
        let bad = |reason: String| Error::bad_option("languages", &self.languages, reason);
        for code in self.languages.split_whitespace() {
            let Some(found) = numbers::find(code) else {
                return Err(bad(format!("there are no numbers in “{code}”")));
            };
            if all.contains(&found) {
                return Err(bad(format!("it names “{code}” twice")));
            }
            all.push(found);
        }
        match all.is_empty() {
            true => Err(bad("one language at least is needed".into())),
            false => Ok(all),
        }
    }
}

/// Whether data of this name is made of numbers.
pub fn is_numbers(name: &str) -> bool {
    let rest = name.strip_prefix(NAME);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// The languages that stand in a name.
fn named(name: &str) -> Option<String> {
    let codes = name.strip_prefix(NAME)?.strip_prefix('-')?;
    Some(codes.replace('-', " "))
}

/// What a number is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// To learn from.
    Learned,
    /// To choose by: learned from as well, unless something is chosen.
    Choice,
    /// To be measured on, once.
    Test,
}

/// What `n` is for: one number in twenty is to be measured on, another to choose by. Zero and a million have
/// words that no other number has, so they are always learned.
pub fn part(n: u32) -> Part {
    if n == 0 || n >= numbers::MOST {
        return Part::Learned;
    }
    // The finalizer of SplitMix64 (Steele, Lea & Flood 2014).
    let mut z = u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    match (z ^ (z >> 31)) % 20 {
        0 => Part::Test,
        1 => Part::Choice,
        _ => Part::Learned,
    }
}

/// Pairs of numbers.
#[derive(Debug, Clone)]
pub struct PairSet {
    /// Name, options, languages, vocabulary.
    pub info: DataInfo,
    tokenizer: Tokenizer,
    spellings: Vec<&'static Spelling>,
    most: u32,
    /// What is held out.
    held_out: Part,
}

impl PairSet {
    /// Numbers as `options` ask for them; the languages may also stand in the name.
    ///
    /// # Errors
    /// [`Error::BadOption`]; [`Error::BadData`] for a name that is none.
    pub fn new(name: &str, options: &Value) -> Result<Self> {
        super::check_name(name)?;
        let mut options = NumberOptions::from_json(options)?;
        if let Some(languages) = named(name) {
            options.languages = languages;
        }
        let spellings = options.spellings()?;
        let vocabulary = vocabulary(&spellings, options.most)?;
        let mut languages = vec![DIGITS.to_string()];
        languages.extend(spellings.iter().map(|s| s.code.clone()));
        let tokenizer = Tokenizer::new(vocabulary.clone())?;
        let space = Space::Pairs {
            vocabulary,
            languages,
            examples: Vec::new(),
        };
        let mut set = Self {
            info: DataInfo {
                options: options::to_json(&options)?,
                ..DataInfo::new(name, space)
            },
            tokenizer,
            spellings,
            most: options.most,
            held_out: Part::Test,
        };
        let told: Vec<Example> = (0..EXAMPLES).map(|i| set.example(i)).collect();
        if let Space::Pairs { examples, .. } = &mut set.info.space {
            *examples = told;
        }
        Ok(set)
    }

    /// A held-out number to show, in the `i`-th direction of a walk through all.
    fn example(&self, i: usize) -> Example {
        let [from, to] = self.direction(7 * i);
        let mut rng = Rng::new(TEST_SEED, Purpose::Sample, i as u64);
        Example {
            from: from as u32,
            to: to as u32,
            text: self.text(self.number(&mut rng, true), from),
        }
    }

    /// How many languages, digits among them.
    pub fn languages(&self) -> usize {
        self.spellings.len() + 1
    }

    /// Directions: ordered pairs of different languages.
    pub fn directions(&self) -> usize {
        self.languages() * (self.languages() - 1)
    }

    /// The languages of the `i`-th direction.
    pub fn direction(&self, i: usize) -> [usize; 2] {
        let others = self.languages() - 1;
        let (from, to) = (i / others % self.languages(), i % others);
        [from, if to < from { to } else { to + 1 }]
    }

    /// `n` in a language, by its place.
    pub fn text(&self, n: u32, language: usize) -> String {
        match language.checked_sub(1).and_then(|i| self.spellings.get(i)) {
            Some(spelling) => spelling.words(n),
            None => n.to_string(),
        }
    }

    /// A number that is held out, or one that is learned from. Half of all numbers are as likely as each
    /// other; of the others each length is as likely as the next, and with it small numbers; in a quarter
    /// many digits are zeros.
    pub fn number(&self, rng: &mut Rng, held_out: bool) -> u32 {
        /// Draws before the search goes on from the last one.
        const DRAWS: usize = 1000;
        let fits = |n: u32| (part(n) == self.held_out) == held_out && self.is_open(n, held_out);
        let mut n = 0;
        for _ in 0..DRAWS {
            n = self.draw(rng);
            if fits(n) {
                return n;
            }
        }
        let after = (1..=self.most).map(|step| (n + step) % (self.most + 1));
        after.into_iter().find(|&n| fits(n)).unwrap_or(n)
    }

    /// Whether `n` may be learned from while something is chosen: what is put aside may not.
    fn is_open(&self, n: u32, held_out: bool) -> bool {
        held_out || part(n) != Part::Test
    }

    fn draw(&self, rng: &mut Rng) -> u32 {
        if rng.unit() < 0.5 {
            return rng.below(self.most as usize + 1) as u32;
        }
        let digits = self.most.max(1).ilog10() + 1;
        let length = 1 + rng.below(digits as usize) as u32;
        let zeros = if rng.unit() < 0.5 { 0.6 } else { 0.0 };
        let mut n = 0;
        for i in 0..length {
            let zero = i > 0 && rng.unit() < zeros;
            n = 10 * n + if zero { 0 } else { rng.below(10) as u32 };
        }
        n.min(self.most)
    }

    /// `n` in two languages.
    ///
    /// # Errors
    /// [`Error::UnknownCharacter`], which the vocabulary excludes.
    pub fn pair(&self, n: u32, [from, to]: [usize; 2]) -> Result<Pair> {
        Ok(Pair {
            from: from as u32,
            to: to as u32,
            source: self.tokenizer.encode(&self.text(n, from))?,
            target: self.tokenizer.encode(&self.text(n, to))?,
        })
    }

    /// A pair to learn from.
    ///
    /// # Errors
    /// As [`PairSet::pair`].
    pub(super) fn next(&self, rng: &mut Rng) -> Result<Pair> {
        let n = self.number(rng, false);
        self.pair(n, self.direction(rng.below(self.directions())))
    }

    /// The `i`-th held-out number of a direction.
    pub fn held_out_number(&self, i: usize) -> u32 {
        self.number(&mut Rng::new(TEST_SEED, Purpose::TestSet, i as u64), true)
    }

    /// Held-out pairs `range`, direction after direction.
    pub(super) fn held_out(&self, range: std::ops::Range<usize>) -> Batch {
        let pairs = range.filter_map(|i| {
            let n = self.held_out_number(i);
            // Spread over the directions, however few are asked for.
            self.pair(n, self.direction(i * 31)).ok()
        });
        Batch::Pairs {
            pairs: pairs.collect(),
        }
    }

    /// See [`Dataset::for_choice`](super::Dataset::for_choice).
    pub(super) fn for_choice(mut self) -> Self {
        self.held_out = Part::Choice;
        self
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.tokenizer.len() * 100
    }
}

/// A text to translate, kept with a model to show what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Its language, by its place.
    pub from: u32,
    /// The language to translate it into.
    pub to: u32,
    /// It.
    pub text: String,
}

/// The pieces of numbers in these languages: what the rules are made of, with the space before it where there
/// is one, and every character on its own.
fn vocabulary(spellings: &[&'static Spelling], most: u32) -> Result<Vocabulary> {
    // A few numbers beyond those in which all words come.
    let some = (0..=most.min(1100)).chain((0..).map(|i| 1117 * i).take_while(|&n| n <= most));
    let some: Vec<u32> = some.chain([most]).collect();
    let mut pieces: Vec<String> = ('0'..='9').map(String::from).collect();
    for spelling in spellings {
        let mut parts: Vec<String> = Vec::new();
        for text in spelling.texts() {
            // A text of two words is two pieces.
            for word in text.split_inclusive(' ') {
                let word = word.trim_end();
                parts.extend([word.to_string(), format!(" {}", word.trim_start())]);
            }
        }
        let texts: Vec<String> = some.iter().map(|&n| spelling.words(n)).collect();
        let characters = texts.iter().flat_map(|text| text.chars()).map(String::from);
        let characters: std::collections::BTreeSet<String> = characters.collect();
        parts.extend(characters.iter().cloned());
        parts.retain(|part| !part.trim_end().is_empty() || part == " ");
        parts.sort_unstable();
        parts.dedup();
        let all = Tokenizer::new(Vocabulary::Pieces {
            pieces: parts.clone(),
        })?;
        let mut used = vec![false; parts.len()];
        for text in &texts {
            all.encode_each(text, |id| used[id as usize] = true)?;
        }
        for (part, used) in parts.into_iter().zip(used) {
            if (used || characters.contains(&part)) && !pieces.contains(&part) {
                pieces.push(part);
            }
        }
    }
    Ok(Vocabulary::Pieces { pieces })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_size_has_numbers_of_each_part_and_splits_are_apart() {
        for most in [99, 100, 9999] {
            let set = PairSet::new(NAME, &json!({"most": most})).expect("numbers");
            let choice = set.clone().for_choice();
            let mut rng = Rng::new(1, Purpose::Data, 0);
            for _ in 0..300 {
                assert_eq!(part(set.number(&mut rng, true)), Part::Test);
                assert_ne!(part(set.number(&mut rng, false)), Part::Test);
                assert_eq!(part(choice.number(&mut rng, true)), Part::Choice);
                assert_eq!(part(choice.number(&mut rng, false)), Part::Learned);
            }
        }
        let share = (0..100_000).filter(|&n| part(n) == Part::Test).count();
        assert!((4_700..5_300).contains(&share), "{share}");
    }

    #[test]
    fn directions_are_all_pairs_of_different_languages() {
        let set = PairSet::new("numbers-en-de-fr", &Value::Null).expect("numbers");
        let mut all: Vec<_> = (0..set.directions()).map(|i| set.direction(i)).collect();
        assert!(all.iter().all(|[from, to]| from != to && *to < 4));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 12);
    }

    #[test]
    fn every_number_has_few_pieces_and_comes_back() {
        let languages = "en de fr es it nl da tr";
        let options = json!({"languages": languages, "most": numbers::MOST});
        let set = PairSet::new(NAME, &options).expect("numbers");
        let (mut longest, mut sum, mut count) = (0, 0, 0);
        for n in (0..=numbers::MOST).step_by(733) {
            for language in 0..set.languages() {
                let text = set.text(n, language);
                let ids = set.tokenizer.encode(&text).expect("pieces");
                assert_eq!(set.tokenizer.decode(&ids), text);
                longest = longest.max(ids.len());
                (sum, count) = (sum + ids.len(), count + 1);
            }
        }
        let mean = sum as f64 / f64::from(count);
        assert!(longest <= 24 && mean < 12.0, "{longest} {mean}");
        assert!(set.tokenizer.len() < 600, "{}", set.tokenizer.len());
        for bad in ["", "xx", "en en"] {
            assert!(
                PairSet::new(NAME, &json!({"languages": bad})).is_err(),
                "{bad}"
            );
        }
        for bad in ["numbers-", "numbers-xx", "numbers-en-en", "Numbers"] {
            assert!(PairSet::new(bad, &Value::Null).is_err(), "{bad}");
        }
        assert!(is_numbers("numbers-en") && !is_numbers("numbersen") && !is_numbers("names"));
    }
}
