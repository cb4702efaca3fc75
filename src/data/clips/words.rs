//! What can be said of clips: a small English, from what moves to words and back.
//!
//! ```text
//! sentence = mover | mover over mover | walker  the first is in front
//! mover    = a thing going way [pace]
//! thing    = digit | [size] colour shape        digit = 0 | 1 | … | 9       size = small | large
//! way      = up | down | left | right | up and left | up and right | down and left | down and right
//! pace     = slowly | quickly
//! walker   = a person [with worn [worn] [and worn]] walking side [pace]    side = up | down | left | right
//! worn     = colour hair | a colour shirt | colour trousers
//! ```
//!
//! Colours and shapes are those of [scenes](crate::data::scenes).

use super::{
    Kind,
    people::{WAYS, WORN},
};
use crate::{
    data::scenes::{
        COLOURS, SHAPES, Shape,
        words::{CONTEXT, NOTHING, plain},
    },
    error::{Error, Result},
    rng::Rng,
};

/// The digits as words.
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
/// The other words, the first for none.
const FEW: [&str; 11] = [
    "", "a", "going", "up", "down", "left", "right", "and", "slowly", "quickly", "over",
];

/// Those that only people need.
const PERSONAL: [&str; 3] = ["person", "with", "walking"];
/// What people wear, in the order in which it is said.
const GARMENTS: [&str; WORN] = ["hair", "shirt", "trousers"];

/// The words for sizes.
const SIZES: [&str; 2] = ["small", "large"];

/// A thing that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A digit.
    Digit(u8),
    /// A coloured shape.
    Shape {
        /// Whether it is a large or a small one, if that is said.
        large: Option<bool>,
        /// Index of its colour.
        colour: usize,
        /// Its shape.
        shape: Shape,
    },
    /// Somebody: indices of the colours of hair, shirt and trousers, as far as they are said.
    Person([Option<usize>; WORN]),
}

impl Thing {
    fn words(self) -> Vec<&'static str> {
        match self {
            Self::Digit(digit) => vec![DIGITS[usize::from(digit) % 10]],
            Self::Shape {
                large,
                colour,
                shape,
            } => {
                let size = large.map(|large| SIZES[usize::from(large)]);
                let what = [COLOURS[colour % COLOURS.len()], shape.name()];
                size.into_iter().chain(what).collect()
            }
            Self::Person(worn) => {
                let mut out = vec![PERSONAL[0]];
                let said: Vec<usize> = (0..WORN).filter(|&g| worn[g].is_some()).collect();
                for (i, &garment) in said.iter().enumerate() {
                    let last = i + 1 == said.len();
                    out.extend((i == 0).then_some(PERSONAL[1]));
                    out.extend((i > 0 && last).then_some("and"));
                    out.extend((GARMENTS[garment] == "shirt").then_some("a"));
                    out.extend(worn[garment].map(|colour| COLOURS[colour % COLOURS.len()]));
                    out.push(GARMENTS[garment]);
                }
                out
            }
        }
    }
}

/// A thing and how it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mover {
    /// What it is.
    pub thing: Thing,
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
pub fn draw(thing: Thing, rng: &mut Rng) -> Mover {
    let one = |rng: &mut Rng| [-1, 0, 1][rng.below(3)];
    let mut direction = [0; 2];
    if matches!(thing, Thing::Person(_)) {
        direction = WAYS[rng.below(WAYS.len())];
    }
    while direction == [0; 2] {
        direction = [one(rng), one(rng)];
    }
    Mover {
        thing,
        direction,
        quick: Some(rng.below(2) == 1),
    }
}

impl Mover {
    /// Pixels a frame, along each axis in which it moves.
    pub fn pace(&self) -> usize {
        if self.quick == Some(true) { 2 } else { 1 }
    }

    /// Leaves out what a sentence need not say.
    pub(super) fn leave_out(&mut self, size: bool, pace: bool) {
        if let (true, Thing::Shape { large, .. }) = (size, &mut self.thing) {
            *large = None;
        }
        if pace {
            self.quick = None;
        }
    }

    fn words(&self) -> Vec<&'static str> {
        let [x, y] = self.direction;
        let mut out = vec!["a"];
        out.extend(self.thing.words());
        out.push(match self.thing {
            Thing::Person(_) => PERSONAL[2],
            _ => "going",
        });
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
        let words = self.words();
        for (i, &word) in words.iter().enumerate() {
            let behind = i.checked_sub(1).map_or("", |i| words[i]);
            let apart = ["slowly", "quickly", "over"].contains(&word)
                || GARMENTS.contains(&behind) && word != "and";
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
pub fn example(kind: Kind) -> String {
    let thing = match kind {
        Kind::Digits => Thing::Digit(3),
        Kind::Scenes => Thing::Shape {
            large: Some(false),
            colour: 0,
            shape: Shape::Circle,
        },
        Kind::People => Thing::Person([Some(5), Some(0), None]),
    };
    let mover = Mover {
        thing,
        direction: match kind {
            Kind::People => [-1, 0],
            _ => [1, -1],
        },
        quick: Some(false),
    };
    Sentence {
        movers: vec![mover],
    }
    .to_string()
}

/// The words for clips of a kind, in the order of their tokens.
fn all(kind: Kind) -> Vec<&'static str> {
    let things = match kind {
        Kind::Digits => DIGITS.to_vec(),
        Kind::Scenes => [&SIZES[..], &COLOURS, &SHAPES.map(Shape::name)].concat(),
        Kind::People => [&PERSONAL[..], &GARMENTS, &COLOURS].concat(),
    };
    [&FEW[..], &things].concat()
}

/// All words in the order of their tokens; the first is empty.
pub fn vocabulary(kind: Kind) -> Vec<String> {
    all(kind).into_iter().map(String::from).collect()
}

/// The tokens of a sentence, filled up to [`CONTEXT`].
pub(super) fn tokens_of(sentence: &Sentence, kind: Kind) -> Vec<u32> {
    let known = all(kind);
    let token = |word: &&str| known.iter().position(|w| w == word).unwrap_or(0) as u32;
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
    let person = |mover: &Mover| matches!(mover.thing, Thing::Person(_));
    if movers.len() > 1 && movers.iter().any(person) {
        return Err(bad("somebody who walks is alone".into()));
    }
    match rest {
        [] => Ok(Sentence { movers }),
        [word, ..] => Err(bad(format!("“{word}” is not understood there"))),
    }
}

/// The next word, if it is one of these.
fn take<'a>(rest: &mut &[&'a str], known: &[&str]) -> Option<&'a str> {
    let word = rest.first().filter(|word| known.contains(word))?;
    *rest = &rest[1..];
    Some(*word)
}

/// The next thing and how it moves.
fn mover(rest: &mut &[&str]) -> std::result::Result<Mover, String> {
    let mut taken = |known: &[&str]| take(rest, known);
    taken(&["a", "an"]);
    if taken(&PERSONAL[..1]).is_some() {
        return walker(rest);
    }
    let thing = match taken(&DIGITS) {
        Some(digit) => Thing::Digit(digit.parse().unwrap_or_default()),
        None => {
            let large = taken(&SIZES).map(|size| size == SIZES[1]);
            let colour = taken(&COLOURS);
            let what = "a digit from 0 to 9, a colour and a shape, or a person is missing";
            let colour = COLOURS
                .iter()
                .position(|c| Some(*c) == colour)
                .ok_or(what)?;
            let shape = taken(&SHAPES.map(Shape::name));
            let shape = SHAPES.into_iter().find(|s| Some(s.name()) == shape);
            Thing::Shape {
                large,
                colour,
                shape: shape.ok_or("a shape is missing behind the colour")?,
            }
        }
    };
    taken(&["going"]).ok_or("“going” is missing behind what moves")?;
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
        thing,
        direction: [sign(across, "left"), sign(upright, "up")],
        quick,
    })
}

/// What is said of somebody, behind “a person”.
fn walker(rest: &mut &[&str]) -> std::result::Result<Mover, String> {
    let mut taken = |known: &[&str]| take(rest, known);
    let mut worn = [None; WORN];
    if taken(&PERSONAL[1..2]).is_some() {
        loop {
            taken(&["a"]);
            let colour =
                taken(&COLOURS).ok_or("a colour of what is worn, or “walking”, is missing")?;
            let garment =
                taken(&GARMENTS).ok_or("hair, shirt or trousers is missing behind the colour")?;
            let garment = GARMENTS
                .iter()
                .position(|g| *g == garment)
                .unwrap_or_default();
            if worn[garment].is_some() {
                return Err("something that is worn is said twice".into());
            }
            worn[garment] = COLOURS.iter().position(|c| *c == colour);
            let last = taken(&["and"]).is_none() && taken(&PERSONAL[2..]).is_some();
            if last {
                break;
            }
        }
    } else {
        taken(&PERSONAL[2..]).ok_or("“walking” is missing behind the person")?;
    }
    let side = taken(&["up", "down", "left", "right"])
        .ok_or("a side is missing: up, down, left or right")?;
    let quick = taken(&["slowly", "quickly"]).map(|word| word == "quickly");
    let direction = match side {
        "up" => [0, -1],
        "down" => [0, 1],
        "left" => [-1, 0],
        _ => [1, 0],
    };
    Ok(Mover {
        thing: Thing::Person(worn),
        direction,
        quick,
    })
}
