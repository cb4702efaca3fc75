//! Questions about what is in sight, and their answers in words.
//!
//! ```text
//! what do you see?                            a description, see the module `description`
//! what is before you?                         a red key · a wall · nothing
//! where is the red key?                       two steps ahead and one left · you carry it · not in sight
//! how many [red] balls do you see?            none · one · two · …
//! is there a blue door?                       yes · no
//! is the door before you open?                yes · no · there is no door (also: closed, locked)
//! what do you carry?                          a red key · nothing
//! ```
//!
//! Of several things that fit, “where” asks for the nearest. Only what lies in sight is counted, not what is carried.

use super::{
    COLOURS, Cell, Door, FRONT, Noun, OWN, Sight, cell_of,
    description::{Description, Item, called, number, state_word, tokens},
    layout::is_unsaid,
    mission::{self, Sort},
};
use crate::{
    error::{Error, Result},
    rng::Rng,
};

/// The most characters of what is read.
const LONGEST: usize = 200;
/// One question of each kind.
pub const EXAMPLES: &str = "what do you see, what is before you, where is the red key, how many balls do you see, is there a blue door, is the door before you open, what do you carry";

/// A question about what is in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// What do you see?
    Scene,
    /// What is before you?
    Before,
    /// Where is it?
    Where(Noun),
    /// How many of them do you see?
    HowMany(Noun),
    /// Is there one?
    IsThere(Noun),
    /// Is the door before you so?
    IsDoor(Door),
    /// What do you carry?
    Carried,
}

/// What each kind is called.
pub const KINDS: [&str; 7] = [
    "what do you see",
    "what is before you",
    "where is it",
    "how many",
    "is there one",
    "is the door open",
    "what do you carry",
];

fn plural(sort: Sort) -> &'static str {
    ["keys", "balls", "boxes", "doors"][sort.place()]
}

fn of_colour(noun: Noun) -> String {
    let colour = noun.colour.map(|c| COLOURS[usize::from(c) % COLOURS.len()]);
    colour.map_or(String::new(), |colour| format!("{colour} "))
}

impl std::fmt::Display for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Question::Scene => f.write_str("what do you see?"),
            Question::Before => f.write_str("what is before you?"),
            Question::Where(noun) => write!(f, "where is {noun}?"),
            Question::HowMany(noun) => {
                let (colour, sorts) = (of_colour(noun), plural(noun.sort));
                write!(f, "how many {colour}{sorts} do you see?")
            }
            Question::IsThere(noun) => {
                write!(f, "is there a {}{}?", of_colour(noun), noun.sort.word())
            }
            Question::IsDoor(state) => {
                write!(f, "is the door before you {}?", state_word(state))
            }
            Question::Carried => f.write_str("what do you carry?"),
        }
    }
}

impl Question {
    /// Its kind, a place in [`KINDS`].
    pub fn kind(self) -> usize {
        match self {
            Question::Scene => 0,
            Question::Before => 1,
            Question::Where(_) => 2,
            Question::HowMany(_) => 3,
            Question::IsThere(_) => 4,
            Question::IsDoor(_) => 5,
            Question::Carried => 6,
        }
    }

    /// Its words, the question mark among them.
    pub fn tokens(self) -> Vec<u32> {
        tokens(&self.to_string())
    }

    /// Its answer.
    pub fn answer(self, sight: &Sight) -> String {
        let carried = cell_of(sight[OWN]).filter(|cell| matches!(cell, Cell::Thing(_)));
        let fits = |noun: Noun| {
            let all = Item::all(sight).into_iter();
            all.filter(move |item| noun.is_in(item.cell))
        };
        match self {
            Question::Scene => Description::of(sight).to_string(),
            Question::Before => match cell_of(sight[FRONT]) {
                Some(Cell::Wall) => "a wall".into(),
                cell => cell.and_then(called).unwrap_or("nothing".into()),
            },
            Question::Where(noun) => match fits(noun).next() {
                _ if carried.is_some_and(|cell| noun.is_in(cell)) => "you carry it".into(),
                Some(item) => item.place.to_string(),
                None => "not in sight".into(),
            },
            Question::HowMany(noun) => number(fits(noun).count()).into(),
            Question::IsThere(noun) => yes(fits(noun).next().is_some()),
            Question::IsDoor(state) => match cell_of(sight[FRONT]) {
                Some(Cell::Door(_, is)) => yes(is == state),
                _ => "there is no door".into(),
            },
            Question::Carried => carried.and_then(called).unwrap_or("nothing".into()),
        }
    }

    /// Whether question or answer name a colour and a sort together that are never named so where something is to be
    /// learned ([`UNSAID`](super::layout::UNSAID)).
    pub fn is_unsaid(self, sight: &Sight) -> bool {
        let cell = |i: usize| cell_of(sight[i]).and_then(Noun::in_cell);
        match self {
            Question::Scene => {
                let mut items = Description::of(sight).items.into_iter();
                items.any(|item| item.noun().is_some_and(is_unsaid))
            }
            Question::Before => cell(FRONT).is_some_and(is_unsaid),
            Question::Where(noun) | Question::HowMany(noun) | Question::IsThere(noun) => {
                is_unsaid(noun)
            }
            Question::IsDoor(_) => false,
            Question::Carried => cell(OWN).is_some_and(is_unsaid),
        }
    }

    /// One of a kind about a view. Where it names something, every second time that is in sight, if anything is.
    pub fn draw(kind: usize, sight: &Sight, rng: &mut Rng) -> Self {
        let mut noun = || {
            let items = Item::all(sight);
            let seen = match items.is_empty() || rng.below(2) == 0 {
                true => None,
                false => items[rng.below(items.len())].noun(),
            };
            let noun = seen.unwrap_or_else(|| Noun {
                sort: Sort::ALL[rng.below(Sort::ALL.len())],
                colour: Some(rng.below(COLOURS.len()) as u8),
            });
            match rng.below(3) {
                0 => Noun {
                    colour: None,
                    ..noun
                },
                _ => noun,
            }
        };
        match kind {
            0 => Question::Scene,
            1 => Question::Before,
            2 => Question::Where(noun()),
            3 => Question::HowMany(noun()),
            4 => Question::IsThere(noun()),
            5 => Question::IsDoor([Door::Open, Door::Closed, Door::Locked][rng.below(3)]),
            _ => Question::Carried,
        }
    }

    /// What a sentence asks. Capital letters, question marks and articles do not matter.
    ///
    /// # Errors
    /// [`Error::BadOption`] says what is understood.
    pub fn parse(sentence: &str) -> Result<Self> {
        let bad = |reason: String| Error::bad_option("question", sentence.trim(), reason);
        if sentence.chars().count() > LONGEST {
            return Err(bad(format!("{LONGEST} characters are the most")));
        }
        let plain = sentence.to_lowercase().replace("what's", "what is");
        let plain = plain.replace(['?', '.', ',', '!'], " ");
        let words: Vec<&str> = plain.split_whitespace().collect();
        let noun = |rest: &[&str]| {
            let mut rest = rest;
            let noun = mission::noun(&mut rest).map_err(bad)?;
            match rest {
                [] => Ok(noun),
                [word, ..] => Err(bad(mission::expected(word, "the end"))),
            }
        };
        match words.as_slice() {
            ["what", "do", "you", "see"] => Ok(Question::Scene),
            ["what", "is", place @ ..] if is_before(place) => Ok(Question::Before),
            ["where", "is", rest @ ..] => Ok(Question::Where(noun(rest)?)),
            ["how", "many", rest @ ..] => how_many(rest).map_err(bad),
            ["is", "there", rest @ ..] => Ok(Question::IsThere(noun(rest)?)),
            ["is", "the", "door", place @ .., state] if is_before(place) => {
                let states = [Door::Open, Door::Closed, Door::Locked];
                let state_of = |s: &Door| state_word(*s) == *state;
                let found = states.into_iter().find(state_of);
                let wanted = || bad(mission::expected(state, "open, closed or locked"));
                found.map(Question::IsDoor).ok_or_else(wanted)
            }
            ["what", "do", "you", "carry" | "have" | "hold"] => Ok(Question::Carried),
            _ => Err(bad(format!("it is not understood; these are: {EXAMPLES}"))),
        }
    }
}

fn yes(is: bool) -> String {
    if is { "yes".into() } else { "no".into() }
}

/// The cell before the agent, in words.
fn is_before(words: &[&str]) -> bool {
    matches!(
        words,
        ["before", "you"] | ["ahead"] | ["in", "front", "of", "you"]
    )
}

fn how_many(rest: &[&str]) -> std::result::Result<Question, String> {
    const SORTS: &str = "keys, balls, boxes or doors";
    let (colour, rest) = match rest {
        [word, after @ ..] if COLOURS.contains(word) => {
            (COLOURS.iter().position(|c| c == word), after)
        }
        _ => (None, rest),
    };
    let (word, after) = match rest {
        [] => return Err(format!("{SORTS} is missing at the end")),
        [word, after @ ..] => (word, after),
    };
    let sort = Sort::ALL.into_iter().find(|&sort| plural(sort) == *word);
    let sort = sort.ok_or_else(|| mission::expected(word, SORTS))?;
    match after {
        [] | ["do", "you", "see"] | ["are", "there"] => Ok(Question::HowMany(Noun {
            sort,
            colour: colour.map(|c| c as u8),
        })),
        [word, ..] => Err(mission::expected(word, "“do you see”")),
    }
}
