//! What can be said of scenes: a small English, from what is wanted to words and back.
//!
//! ```text
//! sentence = thing | thing place thing | number things | thing and thing | thing and thing and thing
//! thing    = a [size] colour shape                  things = [size] colour shapes
//! place    = left of | right of | above | below     number = two | three
//! ```

use super::{COLOURS, SHAPES, Shape};
use crate::{
    data::free,
    error::{Error, Result},
    rng::Rng,
};

/// Words of the longest sentence.
pub const CONTEXT: usize = 16;
/// The token that fills up a sentence.
pub const NOTHING: u32 = 0;

/// Where the one thing is, seen from the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// To its left.
    Left,
    /// To its right.
    Right,
    /// Above it.
    Above,
    /// Below it.
    Below,
}

pub(super) const RELATIONS: [Relation; 4] = [
    Relation::Left,
    Relation::Right,
    Relation::Above,
    Relation::Below,
];

impl Relation {
    /// How far a thing at `a` is in this direction from one at `b`, and how far across it.
    pub(super) fn along(self, a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
        let [dx, dy] = [a[0] - b[0], a[1] - b[1]];
        match self {
            Relation::Left => [-dx, dy.abs()],
            Relation::Right => [dx, dy.abs()],
            Relation::Above => [-dy, dx.abs()],
            Relation::Below => [dy, dx.abs()],
        }
    }

    /// Whether it holds for things at these places, as a person would say: farther in this direction
    /// than across it.
    pub fn holds(self, a: [f32; 2], b: [f32; 2]) -> bool {
        let [along, across] = self.along(a, b);
        along > 2.0 && along >= across
    }

    /// Whether it does beyond doubt.
    pub fn holds_clearly(self, a: [f32; 2], b: [f32; 2]) -> bool {
        let [along, across] = self.along(a, b);
        along > 4.0 && along >= 1.3 * across
    }

    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Relation::Left => &["left", "of"],
            Relation::Right => &["right", "of"],
            Relation::Above => &["above"],
            Relation::Below => &["below"],
        }
    }
}

/// Things of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// How many.
    pub count: usize,
    /// Whether they are to be large or small, if that is said.
    pub large: Option<bool>,
    /// Index of their colour.
    pub colour: usize,
    /// Their shape.
    pub shape: Shape,
}

/// What a sentence asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// The things.
    pub wanted: Vec<Wanted>,
    /// Where the first of two is, seen from the second.
    pub relation: Option<Relation>,
}

/// A sentence that is drawn from `rng`: what it asks for.
pub(super) fn draw(rng: &mut Rng) -> Demand {
    let thing = |rng: &mut Rng| Wanted {
        count: 1,
        large: [None, Some(false), Some(true)][rng.below(3)],
        colour: rng.below(COLOURS.len()),
        shape: SHAPES[rng.below(SHAPES.len())],
    };
    let (things, count, related) = match rng.below(20) {
        0..6 => (1, 1, false),
        6..13 => (2, 1, true),
        13..15 => (2, 1, false),
        15..18 => (1, 2 + rng.below(2), false),
        _ => (3, 1, false),
    };
    loop {
        let mut wanted: Vec<Wanted> = (0..things).map(|_| thing(rng)).collect();
        let kind = |w: &Wanted| (w.colour, w.shape);
        let twice =
            (1..wanted.len()).any(|i| wanted[..i].iter().any(|w| kind(w) == kind(&wanted[i])));
        // Of two of a kind nobody could tell which is meant.
        if twice {
            continue;
        }
        wanted[0].count = count;
        return Demand {
            wanted,
            relation: related.then(|| RELATIONS[rng.below(4)]),
        };
    }
}

/// A sentence to begin with.
pub fn example() -> String {
    let thing = |large: bool, colour: usize, shape: Shape| Wanted {
        count: 1,
        large: Some(large),
        colour,
        shape,
    };
    Demand {
        wanted: vec![
            thing(false, 0, Shape::Circle),
            thing(true, 5, Shape::Square),
        ],
        relation: Some(Relation::Left),
    }
    .sentence()
}

pub(super) fn shape_word(shape: Shape, several: bool) -> &'static str {
    match (shape, several) {
        (Shape::Circle, false) => "circle",
        (Shape::Circle, true) => "circles",
        (Shape::Square, false) => "square",
        (Shape::Square, true) => "squares",
        (Shape::Triangle, false) => "triangle",
        (Shape::Triangle, true) => "triangles",
        (Shape::Diamond, false) => "diamond",
        (Shape::Diamond, true) => "diamonds",
        (Shape::Ring, false) => "ring",
        (Shape::Ring, true) => "rings",
        (Shape::Cross, false) => "cross",
        (Shape::Cross, true) => "crosses",
    }
}

/// All words; the first stands for none.
fn all() -> impl Iterator<Item = &'static str> {
    let few = [
        "", "a", "two", "three", "small", "large", "left", "right", "of", "above", "below", "and",
    ];
    let shapes = SHAPES
        .iter()
        .flat_map(|&s| [shape_word(s, false), shape_word(s, true)]);
    few.into_iter().chain(COLOURS).chain(shapes)
}

/// All words in the order of their tokens; the first is empty.
pub fn vocabulary() -> Vec<String> {
    all().map(String::from).collect()
}

impl Demand {
    /// The sentence.
    pub fn sentence(&self) -> String {
        self.words().join(" ")
    }

    fn words(&self) -> Vec<&'static str> {
        let mut out = Vec::new();
        for (i, wanted) in self.wanted.iter().enumerate() {
            match (i, self.relation) {
                (0, _) => {}
                (_, Some(relation)) => out.extend(relation.words()),
                _ => out.push("and"),
            }
            out.push(["a", "two", "three"][wanted.count.clamp(1, 3) - 1]);
            out.extend(
                wanted
                    .large
                    .map(|large| if large { "large" } else { "small" }),
            );
            out.push(COLOURS[wanted.colour]);
            out.push(shape_word(wanted.shape, wanted.count > 1));
        }
        out
    }
}

/// The tokens of what is asked for, filled up to [`CONTEXT`].
pub(super) fn tokens_of(demand: &Demand) -> Vec<u16> {
    let token = |word: &&str| all().position(|w| w == *word).unwrap_or(0) as u16;
    let mut tokens: Vec<u16> = demand.words().iter().map(token).collect();
    tokens.resize(CONTEXT, NOTHING as u16);
    tokens
}

/// A sentence without what does not matter: capital letters, commas and full stops.
pub(in crate::data) fn plain(sentence: &str) -> String {
    sentence.to_lowercase().replace([',', '.'], " ")
}

/// A sentence as the tokens of a vocabulary (the first for no word), filled up to [`CONTEXT`]. Capital
/// letters, commas and full stops do not matter. To a vocabulary of many words it is free text: see
/// [`free`].
///
/// # Errors
/// [`Error::BadOption`] names a word that is not known, or says that there are too many.
pub fn tokens(sentence: &str, vocabulary: &[String]) -> Result<Vec<u32>> {
    if free::is_free(vocabulary) {
        return free::tokens(sentence, vocabulary);
    }
    let plain = plain(sentence);
    let token = |word: &str| {
        let word = if word == "an" { "a" } else { word };
        let at = vocabulary.iter().position(|known| known == word);
        at.map(|at| at as u32).ok_or_else(|| {
            let known: Vec<&str> = vocabulary.iter().skip(1).map(String::as_str).collect();
            let reason = format!(
                "“{word}” is none of its words, which are {}",
                known.join(", ")
            );
            Error::bad_option("prompt", sentence, reason)
        })
    };
    let mut tokens = plain
        .split_whitespace()
        .map(token)
        .collect::<Result<Vec<u32>>>()?;
    if tokens.len() > CONTEXT {
        let reason = format!("it has {} words, and {CONTEXT} are the most", tokens.len());
        return Err(Error::bad_option("prompt", sentence, reason));
    }
    tokens.resize(CONTEXT, NOTHING);
    Ok(tokens)
}

/// What a sentence asks for. Capital letters, commas and full stops do not matter.
///
/// # Errors
/// [`Error::BadOption`] says what is not understood.
pub fn parse(sentence: &str) -> Result<Demand> {
    let bad = |reason: String| Error::bad_option("prompt", sentence, reason);
    let plain = plain(sentence);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut rest = words.as_slice();
    let mut demand = Demand {
        wanted: Vec::new(),
        relation: None,
    };
    loop {
        let wanted = thing(&mut rest).map_err(bad)?;
        let kind = |w: &Wanted| (w.colour, w.shape);
        if demand.wanted.iter().any(|w| kind(w) == kind(&wanted)) {
            return Err(bad(
                "two of a kind cannot be told apart; say “two” of them".into()
            ));
        }
        demand.wanted.push(wanted);
        let place = RELATIONS.into_iter().find(|r| rest.starts_with(r.words()));
        match (place, rest) {
            (_, []) => break,
            (Some(relation), _) if demand.wanted.len() == 1 => {
                demand.relation = Some(relation);
                rest = &rest[relation.words().len()..];
            }
            (_, ["and", after @ ..]) if demand.relation.is_none() => rest = after,
            (_, [word, ..]) => return Err(bad(format!("“{word}” is not understood there"))),
        }
        if demand.wanted.len() == 3 {
            return Err(bad("three kinds of things at most".into()));
        }
    }
    Ok(demand)
}

/// The next thing.
fn thing(rest: &mut &[&str]) -> std::result::Result<Wanted, String> {
    let mut next = |what: &str| {
        let (word, after) = rest
            .split_first()
            .ok_or(format!("{what} is missing at the end"))?;
        *rest = after;
        Ok::<&str, String>(word)
    };
    let mut word = next("a colour")?;
    let count = match word {
        "two" => 2,
        "three" => 3,
        _ => 1,
    };
    if count > 1 || word == "a" || word == "an" {
        word = next("a colour")?;
    }
    let large = match word {
        "small" => Some(false),
        "large" => Some(true),
        _ => None,
    };
    if large.is_some() {
        word = next("a colour")?;
    }
    let colour = (COLOURS.iter().position(|&colour| colour == word)).ok_or_else(|| {
        format!(
            "“{word}” is no colour of theirs, which are {}",
            COLOURS.join(", ")
        )
    })?;
    let word = next("a shape")?;
    let shape = SHAPES
        .into_iter()
        .find(|&s| word == shape_word(s, false) || word == shape_word(s, true));
    let names = SHAPES.map(|s| shape_word(s, false)).join(", ");
    Ok(Wanted {
        count,
        large,
        colour,
        shape: shape.ok_or_else(|| format!("“{word}” is no shape of theirs, which are {names}"))?,
    })
}
