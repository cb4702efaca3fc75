//! Changes to a scene that are asked for in words: what is to be seen afterwards, and where it has to be
//! drawn anew.
//!
//! ```text
//! change = make which [a] [size] [colour] [shape] | remove which | add thing [place which]
//! which  = it | the [size] [colour] [shape]             it: the only thing, or the largest
//! ```
//!
//! What is in the picture is read without any network ([`read`](super::read)). A change then says two things to a
//! model that fills in and listens: the sentence of the scene as it is to be, and the part that it may touch. All
//! else stays as it is.

use super::{
    COLOURS, Demand, Found, Object, Relation, SHAPES, SIDE, Shape, Wanted,
    words::{RELATIONS, plain, shape_word},
};
use crate::error::{Error, Result};

/// Pixels around a thing that are drawn anew with it.
const AROUND: f32 = 1.5;
/// Most things of a kind, and kinds, that a sentence can tell.
const MOST: usize = 3;

/// What a thing is meant by: what is not said fits all.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Which {
    large: Option<bool>,
    colour: Option<usize>,
    shape: Option<Shape>,
}

impl Which {
    fn is(&self, found: &Found) -> bool {
        self.large.is_none_or(|large| large == found.large)
            && self.colour.is_none_or(|colour| colour == found.colour)
            && self.shape.is_none_or(|shape| shape == found.shape)
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
enum Change {
    Make(Which, Which),
    Remove(Which),
    Add(Wanted, Option<(Relation, Which)>),
}

/// What a change says to a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// What is to be seen afterwards.
    pub demand: Demand,
    /// 1 for each pixel of [`SIDE`] × [`SIDE`] that may be drawn anew, else 0.
    pub anew: Vec<u8>,
}

/// A change to begin with.
pub const EXAMPLE: &str = "make it blue";

/// What the change `said` makes of a scene of which this was `found`.
///
/// # Errors
/// [`Error::BadOption`] says what is not understood, or not possible.
pub fn edit(found: &[Found], said: &str) -> Result<Edit> {
    let bad = |reason: String| Error::bad_option("prompt", said, reason);
    let plain = plain(said);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let change = parse(&words).map_err(bad)?;
    apply(found, &change).map_err(bad)
}

type Said<T> = std::result::Result<T, String>;

fn parse(words: &[&str]) -> Said<Change> {
    match words {
        ["make" | "turn", rest @ ..] => {
            let (which, rest) = which(rest)?;
            let (to, rest) = described(but(but(rest, &["into"]), &["a", "an"]));
            end(rest)?;
            match to == Which::default() {
                true => Err("what it is to become is missing: a size, a colour or a shape".into()),
                false => Ok(Change::Make(which, to)),
            }
        }
        ["remove" | "delete", rest @ ..] => {
            let (which, rest) = which(rest)?;
            end(rest)?;
            Ok(Change::Remove(which))
        }
        ["add", rest @ ..] => {
            let (thing, rest) = described(but(rest, &["a", "an"]));
            let (Some(colour), Some(shape)) = (thing.colour, thing.shape) else {
                return Err("a thing to add needs a colour and a shape".into());
            };
            let wanted = Wanted {
                count: 1,
                large: thing.large,
                colour,
                shape,
            };
            let place = RELATIONS.into_iter().find(|r| rest.starts_with(r.words()));
            let Some(relation) = place else {
                end(rest)?;
                return Ok(Change::Add(wanted, None));
            };
            let (which, rest) = which(&rest[relation.words().len()..])?;
            end(rest)?;
            Ok(Change::Add(wanted, Some((relation, which))))
        }
        [] => Err("a change is missing, such as “make it blue”".into()),
        [word, ..] => Err(format!(
            "“{word}” is no change; “make”, “remove” and “add” are understood"
        )),
    }
}

/// The words, but for the first if it is one of these.
fn but<'a>(words: &'a [&'a str], these: &[&str]) -> &'a [&'a str] {
    match words {
        [word, rest @ ..] if these.contains(word) => rest,
        _ => words,
    }
}

fn end(rest: &[&str]) -> Said<()> {
    match rest {
        [] => Ok(()),
        [word, ..] => Err(format!("“{word}” is not understood there")),
    }
}

/// The thing that is meant, and the words behind it.
fn which<'a>(words: &'a [&'a str]) -> Said<(Which, &'a [&'a str])> {
    match words {
        ["it", rest @ ..] => Ok((Which::default(), rest)),
        ["the", rest @ ..] => {
            let (which, after) = described(rest);
            match which == Which::default() {
                true => Err("which thing is meant is missing behind “the”".into()),
                false => Ok((which, but(after, &["one", "thing"]))),
            }
        }
        _ => Err("say which thing is meant: “it”, or “the” and its colour or shape".into()),
    }
}

/// As much of size, colour and shape as is said, and the words behind it. Without a shape in between, a second
/// colour belongs to what follows.
fn described<'a>(mut words: &'a [&'a str]) -> (Which, &'a [&'a str]) {
    let mut which = Which::default();
    while let [word, rest @ ..] = words {
        let size = match *word {
            "small" => Some(false),
            "large" => Some(true),
            _ => None,
        };
        let colour = COLOURS.iter().position(|c| c == word);
        let shape = SHAPES.into_iter().find(|&s| shape_word(s, false) == *word);
        match (size, colour, shape) {
            (Some(large), _, _) if which.large.is_none() && which.colour.is_none() => {
                which.large = Some(large);
            }
            (_, Some(colour), _) if which.colour.is_none() => which.colour = Some(colour),
            (_, _, Some(shape)) => {
                which.shape = Some(shape);
                return (which, rest);
            }
            _ => break,
        }
        words = rest;
    }
    (which, words)
}

/// Index of the one thing that is meant.
fn meant(found: &[Found], which: &Which) -> Said<usize> {
    let all: Vec<usize> = (0..found.len()).filter(|&i| which.is(&found[i])).collect();
    match all.as_slice() {
        [] => Err("there is no such thing in the picture".into()),
        [one] => Ok(*one),
        // “It” is the largest, of several as large the uppermost.
        [first, ..] if *which == Which::default() => {
            let large = all.iter().find(|&&i| found[i].large);
            Ok(*large.unwrap_or(first))
        }
        several => Err(format!(
            "{} things are meant by that; say which",
            several.len()
        )),
    }
}

fn apply(found: &[Found], change: &Change) -> Said<Edit> {
    let mut after = found.to_vec();
    let mut place = None;
    let mut anew = vec![0; SIDE * SIDE];
    match change {
        Change::Make(which, to) => {
            let at = meant(found, which)?;
            let thing = &mut after[at];
            thing.large = to.large.unwrap_or(thing.large);
            thing.colour = to.colour.unwrap_or(thing.colour);
            thing.shape = to.shape.unwrap_or(thing.shape);
            if *thing == found[at] {
                return Err("it is so already".into());
            }
            let half = extent(&found[at]).max(extent(thing)) / 2.0;
            paint(&mut anew, found[at].at, half + AROUND, 1);
            keep(&mut anew, found, Some(at));
        }
        Change::Remove(which) => {
            let at = meant(found, which)?;
            after.remove(at);
            if after.is_empty() {
                return Err("something has to stay; an empty picture cannot be said".into());
            }
            paint(
                &mut anew,
                found[at].at,
                extent(&found[at]) / 2.0 + AROUND,
                1,
            );
            keep(&mut anew, found, Some(at));
        }
        Change::Add(wanted, relation) => {
            anew.fill(1);
            keep(&mut anew, found, None);
            if let Some((relation, which)) = relation {
                let at = meant(found, which)?;
                beyond(&mut anew, *relation, found[at].at);
                // A sentence has room for the place of one thing seen from one other.
                place = (found.len() == 1).then_some(*relation);
            }
            let large = wanted.large.unwrap_or(false);
            after.insert(
                0,
                Found {
                    shape: wanted.shape,
                    colour: wanted.colour,
                    large,
                    at: [f32::NAN; 2],
                    overlap: 1.0,
                },
            );
        }
    }
    Ok(Edit {
        demand: told(&after, place)?,
        anew,
    })
}

fn extent(found: &Found) -> f32 {
    let Found {
        shape,
        colour,
        large,
        at,
        ..
    } = *found;
    Object {
        shape,
        colour,
        large,
        at,
    }
    .extent()
}

/// Sets the pixels of a square.
fn paint(mask: &mut [u8], middle: [f32; 2], half: f32, value: u8) {
    for (i, pixel) in mask.iter_mut().enumerate() {
        let at = [(i % SIDE) as f32 + 0.5, (i / SIDE) as f32 + 0.5];
        if (0..2).all(|axis| (at[axis] - middle[axis]).abs() <= half) {
            *pixel = value;
        }
    }
}

/// Takes all things but one out of what is drawn anew.
fn keep(mask: &mut [u8], found: &[Found], but: Option<usize>) {
    for (i, thing) in found.iter().enumerate() {
        if Some(i) != but {
            paint(mask, thing.at, extent(thing) / 2.0 + 0.5, 0);
        }
    }
}

/// Takes what does not lie in that direction out of what is drawn anew.
fn beyond(mask: &mut [u8], relation: Relation, from: [f32; 2]) {
    for (i, pixel) in mask.iter_mut().enumerate() {
        let at = [(i % SIDE) as f32 + 0.5, (i / SIDE) as f32 + 0.5];
        let [along, _] = relation.along(at, from);
        if along <= 0.0 {
            *pixel = 0;
        }
    }
}

/// What there is, as a sentence can tell it: things of a kind together, and of two where the first is.
fn told(things: &[Found], place: Option<Relation>) -> Said<Demand> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for thing in things {
        let kind = |w: &&mut Wanted| w.colour == thing.colour && w.shape == thing.shape;
        match wanted.iter_mut().find(kind) {
            Some(same) => {
                same.count += 1;
                same.large = same.large.filter(|&large| large == thing.large);
            }
            None => wanted.push(Wanted {
                count: 1,
                large: Some(thing.large),
                colour: thing.colour,
                shape: thing.shape,
            }),
        }
    }
    if wanted.len() > MOST || wanted.iter().any(|w| w.count > MOST) {
        return Err("that would be more things than the model can be told of".into());
    }
    let relation = match (place, things) {
        (Some(place), _) => Some(place),
        (None, [a, b]) if wanted.len() == 2 => {
            RELATIONS.into_iter().find(|r| r.holds_clearly(a.at, b.at))
        }
        _ => None,
    };
    Ok(Demand { wanted, relation })
}
