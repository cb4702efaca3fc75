//! Missions: what an agent is told to do, in a small English.
//!
//! ```text
//! mission   part { then part }                            at most three parts
//! part      go to noun | pick up noun | open noun
//! noun      [the | a | an] [colour] (key | ball | box | door)
//! ```
//!
//! Parts are done one after the other. As in BabyAI (Chevalier-Boisvert et al. 2019, arXiv:1810.08272) something has
//! been gone to when it lies before the agent, has been picked up by the step that takes it, and a door has been
//! opened by the step that opens it.

use super::{Action, COLOURS, Cell, Door, KINDS, Kind, Rooms, Thing};
use crate::error::{Error, Result};

/// The most parts of a mission.
pub const MOST_PARTS: usize = 3;
/// The most parts of a plan, of which an agent is told one after the other.
pub const MOST_OF_PLAN: usize = 8;
/// The most characters of what is read.
const LONGEST: usize = 300;

/// All words, in the order of their tokens.
pub const WORDS: [&str; 17] = [
    "go", "to", "pick", "up", "open", "then", "the", "red", "green", "blue", "purple", "yellow",
    "grey", "key", "ball", "box", "door",
];
/// What stands between parts.
const THEN: &str = "then";
/// The most tokens of a mission.
pub const MOST_WORDS: usize = 6 * MOST_PARTS;

/// What a noun is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Something that can be carried.
    Thing(Kind),
    /// A door.
    Door,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Sort::Thing(Kind::Key),
        Sort::Thing(Kind::Ball),
        Sort::Thing(Kind::Box),
        Sort::Door,
    ];

    /// Its place among all.
    pub fn place(self) -> usize {
        match self {
            Sort::Thing(kind) => kind as usize,
            Sort::Door => KINDS.len(),
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        ["key", "ball", "box", "door"][self.place()]
    }
}

/// Something that a mission names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Noun {
    /// What it is.
    pub sort: Sort,
    /// Its colour, where it matters: a place in [`COLOURS`].
    pub colour: Option<u8>,
}

impl Noun {
    /// A thing with its colour.
    pub fn of(thing: Thing) -> Self {
        Self {
            sort: Sort::Thing(thing.kind),
            colour: Some(thing.colour),
        }
    }

    /// What a cell holds, with its colour.
    pub fn in_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Thing(thing) => Some(Self::of(thing)),
            Cell::Door(colour, _) => Some(Self {
                sort: Sort::Door,
                colour: Some(colour),
            }),
            Cell::Empty | Cell::Wall => None,
        }
    }

    /// Whether a cell holds it.
    pub fn is_in(self, cell: Cell) -> bool {
        Self::in_cell(cell).is_some_and(|noun| {
            noun.sort == self.sort && (self.colour.is_none() || self.colour == noun.colour)
        })
    }

    /// Whether a thing is one.
    pub fn is(self, thing: Thing) -> bool {
        self.is_in(Cell::Thing(thing))
    }

    fn words(self) -> impl Iterator<Item = &'static str> {
        let colour = self.colour.map(|c| COLOURS[usize::from(c) % COLOURS.len()]);
        ["the"].into_iter().chain(colour).chain([self.sort.word()])
    }
}

impl std::fmt::Display for Noun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words().collect::<Vec<_>>().join(" "))
    }
}

/// A part of a mission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Stand before it and look at it.
    GoTo(Noun),
    /// Take it up.
    PickUp(Noun),
    /// Open it.
    Open(Noun),
}

impl Part {
    /// What it is about.
    pub fn noun(self) -> Noun {
        match self {
            Part::GoTo(noun) | Part::PickUp(noun) | Part::Open(noun) => noun,
        }
    }

    fn verb(self) -> &'static [&'static str] {
        match self {
            Part::GoTo(_) => &["go", "to"],
            Part::PickUp(_) => &["pick", "up"],
            Part::Open(_) => &["open"],
        }
    }

    fn words(self) -> impl Iterator<Item = &'static str> {
        self.verb().iter().copied().chain(self.noun().words())
    }

    /// Whether `action`, before which `carried` was carried, has done it; the world is as it is after that.
    pub fn is_done_by(self, action: Action, carried: Option<Thing>, rooms: &Rooms) -> bool {
        let before = rooms.cell(rooms.front());
        match self {
            Part::GoTo(noun) => noun.is_in(before),
            Part::PickUp(noun) => {
                let fresh = action == Action::PickUp && carried.is_none();
                fresh && rooms.carried.is_some_and(|thing| noun.is(thing))
            }
            Part::Open(noun) => {
                let open = matches!(before, Cell::Door(_, Door::Open));
                action == Action::Toggle && open && noun.is_in(before)
            }
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words().collect::<Vec<_>>().join(" "))
    }
}

/// What is to be done, part after part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mission {
    /// One to [`MOST_PARTS`]; of a plan one to [`MOST_OF_PLAN`].
    pub parts: Vec<Part>,
}

impl std::fmt::Display for Mission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, part) in self.parts.iter().enumerate() {
            if i > 0 {
                write!(f, ", {THEN} ")?;
            }
            part.fmt(f)?;
        }
        Ok(())
    }
}

impl Mission {
    /// Its words.
    pub fn words(&self) -> Vec<String> {
        let tokens = self.tokens().into_iter();
        tokens.map(|token| WORDS[token as usize].into()).collect()
    }

    /// The missions that an agent is told of it: itself, or of a plan that is too long for one its parts.
    pub fn told(&self) -> Vec<Self> {
        match self.parts.len() <= MOST_PARTS {
            true => vec![self.clone()],
            false => (self.parts.iter().map(|&part| Self { parts: vec![part] })).collect(),
        }
    }

    /// Its words, as places in [`WORDS`].
    pub fn tokens(&self) -> Vec<u32> {
        let parts = self.parts.iter().enumerate();
        let words = parts.flat_map(|(i, part)| {
            let then = (i > 0).then_some(THEN);
            then.into_iter().chain(part.words())
        });
        words.filter_map(token).collect()
    }

    /// What a sentence says. Capital letters, commas, full stops and articles do not matter.
    ///
    /// # Errors
    /// [`Error::BadOption`] says what is not understood, and what is.
    pub fn parse(sentence: &str) -> Result<Self> {
        Self::of_at_most(MOST_PARTS, sentence)
    }

    /// What a plan says, which may have more parts.
    ///
    /// # Errors
    /// As [`Mission::parse`].
    pub fn parse_plan(sentence: &str) -> Result<Self> {
        Self::of_at_most(MOST_OF_PLAN, sentence)
    }

    fn of_at_most(most: usize, sentence: &str) -> Result<Self> {
        let bad = |reason: String| Error::bad_option("mission", sentence.trim(), reason);
        if sentence.chars().count() > LONGEST {
            return Err(bad(format!("{LONGEST} characters are the most")));
        }
        let plain = sentence.to_lowercase().replace([',', '.', '!', ';'], " ");
        let words: Vec<&str> = plain.split_whitespace().collect();
        let mut rest = words.as_slice();
        let mut parts = Vec::new();
        loop {
            parts.push(part(&mut rest).map_err(bad)?);
            if rest.first() == Some(&"and") {
                rest = &rest[1..];
            }
            match rest {
                [] => return Ok(Self { parts }),
                ["then", after @ ..] => rest = after,
                [word, ..] => return Err(bad(expected(word, "“then” or the end"))),
            }
            if parts.len() == most {
                return Err(bad(format!("{most} parts are the most")));
            }
        }
    }
}

/// The token of a word.
fn token(word: &str) -> Option<u32> {
    WORDS.iter().position(|&w| w == word).map(|i| i as u32)
}

pub(super) fn expected(word: &str, what: &str) -> String {
    let word: String = word.chars().take(30).collect();
    format!("“{word}” is not understood there; {what} is")
}

/// The next part.
fn part(rest: &mut &[&str]) -> std::result::Result<Part, String> {
    const VERBS: &str = "“go to”, “pick up” or “open”";
    let (make, after): (fn(Noun) -> Part, &[&str]) = match *rest {
        ["go", "to", after @ ..] => (Part::GoTo, after),
        ["pick", "up", after @ ..] => (Part::PickUp, after),
        ["open", after @ ..] => (Part::Open, after),
        [] => return Err(format!("{VERBS} is missing at the end")),
        [word, ..] => return Err(expected(word, VERBS)),
    };
    *rest = after;
    let noun = noun(rest)?;
    let part = make(noun);
    match (part, noun.sort) {
        (Part::PickUp(_), Sort::Door) => Err("a door cannot be picked up".into()),
        (Part::Open(_), Sort::Thing(_)) => Err("only doors can be opened by name".into()),
        _ => Ok(part),
    }
}

/// The next noun.
pub(super) fn noun(rest: &mut &[&str]) -> std::result::Result<Noun, String> {
    const SORTS: &str = "a key, ball, box or door";
    if let ["the" | "a" | "an", after @ ..] = *rest {
        *rest = after;
    }
    let mut colour = None;
    if let [word, after @ ..] = *rest
        && let Some(found) = COLOURS.iter().position(|c| c == word)
    {
        (colour, *rest) = (Some(found as u8), after);
    }
    let [word, after @ ..] = *rest else {
        return Err(format!("{SORTS} is missing at the end"));
    };
    let sort = Sort::ALL.into_iter().find(|sort| sort.word() == *word);
    let sort = sort.ok_or_else(|| {
        let colours = COLOURS.join(", ");
        match colour {
            Some(_) => expected(word, SORTS),
            None => expected(
                word,
                &format!("{SORTS}, with one of the colours {colours} before it,"),
            ),
        }
    })?;
    *rest = after;
    Ok(Noun { sort, colour })
}
