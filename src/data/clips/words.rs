//! What can be said of clips: a small English, from what moves to words and back.
//!
//! ```text
//! sentence = mover | mover over mover           the first is in front
//! mover    = a digit going way [pace]           digit = 0 | 1 | … | 9
//! way      = up | down | left | right | up and left | up and right | down and left | down and right
//! pace     = slowly | quickly
//! ```

use crate::{
    data::scenes::words::{CONTEXT, NOTHING, plain},
    error::{Error, Result},
    rng::Rng,
};

/// The digits as words.
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
/// The other words, the first for none.
const FEW: [&str; 11] = [
    "", "a", "going", "up", "down", "left", "right", "and", "slowly", "quickly", "over",
];

/// A digit that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mover {
    /// Which.
    pub digit: u8,
    /// To the right and down: −1, 0 or 1 each, not both 0.
    pub direction: [i8; 2],
    /// Whether it moves two pixels a frame or one, if that is said.
    pub quick: Option<bool>,
}

/// What a sentence says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What moves, at most two; the first in front.
    pub movers: Vec<Mover>,
}

/// A way that is drawn from `rng`.
pub fn draw(digit: u8, rng: &mut Rng) -> Mover {
    let one = |rng: &mut Rng| [-1, 0, 1][rng.below(3)];
    let mut direction = [0; 2];
    while direction == [0; 2] {
        direction = [one(rng), one(rng)];
    }
    Mover {
        digit,
        direction,
        quick: Some(rng.below(2) == 1),
    }
}

impl Mover {
    /// Pixels a frame, along each axis in which it moves.
    pub fn pace(&self) -> usize {
        if self.quick == Some(true) { 2 } else { 1 }
    }

    fn words(&self) -> Vec<&'static str> {
        let [x, y] = self.direction;
        let mut out = vec!["a", DIGITS[usize::from(self.digit) % 10], "going"];
        out.extend(
            [(-1, "up"), (1, "down")]
                .iter()
                .filter(|w| w.0 == y)
                .map(|w| w.1),
        );
        out.extend((x != 0 && y != 0).then_some("and"));
        out.extend(
            [(-1, "left"), (1, "right")]
                .iter()
                .filter(|w| w.0 == x)
                .map(|w| w.1),
        );
        out.extend(
            self.quick
                .map(|quick| if quick { "quickly" } else { "slowly" }),
        );
        out
    }
}

impl std::fmt::Display for Sentence {
    /// As a person would write it, with commas.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, word) in self.words().into_iter().enumerate() {
            let apart = ["slowly", "quickly", "over"].contains(&word);
            let before = match (i, apart) {
                (0, _) => "",
                (_, true) => ", ",
                _ => " ",
            };
            write!(f, "{before}{word}")?;
        }
        Ok(())
    }
}

impl Sentence {
    fn words(&self) -> Vec<&'static str> {
        let mut out = Vec::new();
        for (i, mover) in self.movers.iter().enumerate() {
            out.extend((i > 0).then_some("over"));
            out.extend(mover.words());
        }
        out
    }
}

/// A sentence to begin with.
pub fn example() -> String {
    let mover = Mover {
        digit: 3,
        direction: [1, -1],
        quick: Some(false),
    };
    Sentence {
        movers: vec![mover],
    }
    .to_string()
}

fn all() -> impl Iterator<Item = &'static str> {
    FEW.into_iter().chain(DIGITS)
}

/// All words in the order of their tokens; the first is empty.
pub fn vocabulary() -> Vec<String> {
    all().map(String::from).collect()
}

/// The tokens of a sentence, filled up to [`CONTEXT`].
pub(super) fn tokens_of(sentence: &Sentence) -> Vec<u32> {
    let token = |word: &&str| all().position(|w| w == *word).unwrap_or(0) as u32;
    let mut tokens: Vec<u32> = sentence.words().iter().map(token).collect();
    tokens.resize(CONTEXT, NOTHING);
    tokens
}

/// What a sentence says. Capital letters, commas and full stops do not matter.
///
/// # Errors
/// [`Error::BadOption`] says what is not understood.
pub fn parse(sentence: &str) -> Result<Sentence> {
    let bad = |reason: String| Error::bad_option("prompt", sentence, reason);
    let plain = plain(sentence);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut rest = words.as_slice();
    let mut movers = vec![mover(&mut rest).map_err(bad)?];
    if let ["over", after @ ..] = rest {
        rest = after;
        movers.push(mover(&mut rest).map_err(bad)?);
    }
    match rest {
        [] => Ok(Sentence { movers }),
        [word, ..] => Err(bad(format!("“{word}” is not understood there"))),
    }
}

/// The next digit and how it moves.
fn mover(rest: &mut &[&str]) -> std::result::Result<Mover, String> {
    let mut taken = |known: &[&str]| {
        let word = rest.first().filter(|word| known.contains(word))?;
        *rest = &rest[1..];
        Some(*word)
    };
    taken(&["a", "an"]);
    let digit = taken(&DIGITS).ok_or("a digit from 0 to 9 is missing")?;
    taken(&["going"]).ok_or("“going” is missing behind the digit")?;
    let upright = taken(&["up", "down"]);
    let and = upright.and_then(|_| taken(&["and"]));
    let across = match upright.is_none() || and.is_some() {
        true => taken(&["left", "right"]),
        false => None,
    };
    if upright.is_none() && across.is_none() {
        return Err("a way is missing: up, down, left or right".into());
    }
    if and.is_some() && across.is_none() {
        return Err("left or right is missing behind “and”".into());
    }
    let sign = |word: Option<&str>, less: &str| match word {
        Some(word) if word == less => -1,
        Some(_) => 1,
        None => 0,
    };
    let quick = taken(&["slowly", "quickly"]).map(|word| word == "quickly");
    Ok(Mover {
        digit: digit.parse().unwrap_or_default(),
        direction: [sign(across, "left"), sign(upright, "up")],
        quick,
    })
}
