//! What is in sight, in words: a description of a view, which can be read back.
//!
//! ```text
//! description  item { , item } [, and more] | nothing but floor and walls
//! item         a [open | closed | locked] colour (key | ball | box | door) place
//! place        steps ahead [and number (left | right)] | steps (left | right)
//! steps        one step | number steps
//! ```
//!
//! Doors and things are named that lie in sight, the nearest first, as many steps away as one would have to go; of
//! those equally near the one that lies more nearly straight ahead, and then the one on the left. Of more than
//! [`MOST_NAMED`] the rest is “more”. What the agent carries is not in sight; it can be asked for
//! (see [`question`](super::question)).

use super::{
    COLOURS, Cell, Door, FRONT, KINDS, Noun, OWN, SEEN, SIGHT, Sight, Thing, cell_of,
    mission::{Sort, WORDS as MISSION_WORDS},
};

/// Things that a description names, at most.
pub const MOST_NAMED: usize = 4;

/// Words that are said and asked with besides those of missions.
const OWN_WORDS: [&str; 50] = [
    "a", "an", "closed", "locked", "wall", "nothing", "but", "floor", "walls", "and", "more", ",",
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "many", "step",
    "steps", "ahead", "left", "right", "yes", "no", "not", "in", "sight", "carry", "it", "what",
    "where", "how", "is", "there", "do", "you", "see", "before", "keys", "balls", "boxes", "doors",
    "?", ".",
];
/// Numbers of all words: those of missions, and behind them those that only sayings have.
pub const VOCABULARY: usize = MISSION_WORDS.len() + OWN_WORDS.len();
/// The most tokens of a question and its answer together.
pub const MOST_SAID: usize = 56;

/// All words, in the order of their tokens.
pub fn words() -> impl Iterator<Item = &'static str> {
    MISSION_WORDS.into_iter().chain(OWN_WORDS)
}

/// The token of a word.
pub fn token(word: &str) -> Option<u32> {
    words().position(|w| w == word).map(|i| i as u32)
}

/// The word of a token.
pub fn word(token: u32) -> Option<&'static str> {
    words().nth(token as usize)
}

/// Tokens of a text whose words are known; unknown ones are left out.
pub fn tokens(text: &str) -> Vec<u32> {
    let apart = text.replace(',', " , ").replace('?', " ?");
    apart.split_whitespace().filter_map(token).collect()
}

/// Tokens as a text.
pub fn text(tokens: &[u32]) -> String {
    let mut text = String::new();
    for word in tokens.iter().filter_map(|&token| word(token)) {
        let joined = matches!(word, "," | "?" | ".");
        if !text.is_empty() && !joined {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

/// Numbers as they are said: none, one, two, …, and from ten on “many”.
pub fn number(n: usize) -> &'static str {
    NUMBERS[n.min(NUMBERS.len() - 1)]
}

const NUMBERS: [&str; 11] = [
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "many",
];

/// How a door is, as it is said.
pub fn state_word(state: Door) -> &'static str {
    ["open", "closed", "locked"][state as usize]
}

/// Where something lies, as the agent sees it, in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Ahead, 0 to 6.
    pub ahead: u8,
    /// To the right, −3 to 3; less than nought is to the left.
    pub right: i8,
}

impl Place {
    /// Of a place of a view.
    pub fn of(i: usize) -> Self {
        Self {
            ahead: (SIGHT - 1 - (i / SIGHT).min(SIGHT - 1)) as u8,
            right: (i % SIGHT) as i8 - (SIGHT / 2) as i8,
        }
    }

    /// The place of a view that it is.
    pub fn index(self) -> usize {
        let row = SIGHT - 1 - usize::from(self.ahead).min(SIGHT - 1);
        let column = (i16::from(self.right) + (SIGHT / 2) as i16).clamp(0, SIGHT as i16 - 1);
        row * SIGHT + column as usize
    }

    /// What comes first in a description is least.
    fn order(self) -> (u8, u8, i8) {
        let aside = self.right.unsigned_abs();
        (self.ahead + aside, aside, self.right)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let aside = usize::from(self.right.unsigned_abs());
        let side = if self.right < 0 { "left" } else { "right" };
        let steps = |n: usize| match n {
            1 => "one step".to_string(),
            n => format!("{} steps", number(n)),
        };
        match (usize::from(self.ahead), aside) {
            (ahead, 0) => write!(f, "{} ahead", steps(ahead)),
            (0, aside) => write!(f, "{} {side}", steps(aside)),
            (ahead, aside) => write!(f, "{} ahead and {} {side}", steps(ahead), number(aside)),
        }
    }
}

/// A door or a thing as it is called: “a red key”, “an open blue door”.
pub fn called(cell: Cell) -> Option<String> {
    match cell {
        Cell::Empty | Cell::Wall => None,
        Cell::Door(colour, state) => {
            let article = if state == Door::Open { "an" } else { "a" };
            let colour = COLOURS[usize::from(colour) % COLOURS.len()];
            Some(format!("{article} {} {colour} door", state_word(state)))
        }
        Cell::Thing(thing) => {
            let colour = COLOURS[usize::from(thing.colour) % COLOURS.len()];
            Some(format!("a {colour} {}", Sort::Thing(thing.kind).word()))
        }
    }
}

/// A door or a thing, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Item {
    /// What it is.
    pub cell: Cell,
    /// Where it is.
    pub place: Place,
}

impl Item {
    /// All that lie in sight, in the order in which they are named.
    pub fn all(sight: &Sight) -> Vec<Self> {
        let at = |i: usize| {
            let cell = cell_of(sight[i])?;
            let is_item = i != OWN && Noun::in_cell(cell).is_some();
            is_item.then_some(Self {
                cell,
                place: Place::of(i),
            })
        };
        let mut all: Vec<Self> = (0..SEEN).filter_map(at).collect();
        all.sort_by_key(|item| item.place.order());
        all
    }

    /// Its colour and sort.
    pub fn noun(self) -> Option<Noun> {
        Noun::in_cell(self.cell)
    }
}

impl std::fmt::Display for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let called = called(self.cell).unwrap_or_default();
        write!(f, "{called} {}", self.place)
    }
}

/// What is in sight.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Description {
    /// What is named, at most [`MOST_NAMED`].
    pub items: Vec<Item>,
    /// Whether there is more.
    pub more: bool,
}

const NOTHING: &str = "nothing but floor and walls";
const MORE: &str = "and more";

impl Description {
    /// Of a view.
    pub fn of(sight: &Sight) -> Self {
        let mut items = Item::all(sight);
        let more = items.len() > MOST_NAMED;
        items.truncate(MOST_NAMED);
        Self { items, more }
    }

    /// What a sentence says, if it is one of this grammar.
    pub fn parse(text: &str) -> Option<Self> {
        if text == NOTHING {
            return Some(Self {
                items: Vec::new(),
                more: false,
            });
        }
        let mut parts: Vec<&str> = text.split(", ").collect();
        let more = parts.last() == Some(&MORE);
        if more {
            parts.pop();
        }
        let items: Option<Vec<Item>> = parts.into_iter().map(item).collect();
        let items = items.filter(|items| (1..=MOST_NAMED).contains(&items.len()))?;
        Some(Self { items, more })
    }
}

impl std::fmt::Display for Description {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.items.is_empty() {
            return f.write_str(NOTHING);
        }
        for (i, item) in self.items.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            item.fmt(f)?;
        }
        match self.more {
            true => write!(f, ", {MORE}"),
            false => Ok(()),
        }
    }
}

/// An item as it is written.
fn item(text: &str) -> Option<Item> {
    let words: Vec<&str> = text.split(' ').collect();
    let ["a" | "an", rest @ ..] = words.as_slice() else {
        return None;
    };
    let states = [Door::Open, Door::Closed, Door::Locked];
    let state = |word: &str| states.into_iter().find(|&s| state_word(s) == word);
    let (state, rest) = match rest {
        [word, after @ ..] if state(word).is_some() => (state(word), after),
        _ => (None, rest),
    };
    let [colour, sort, place @ ..] = rest else {
        return None;
    };
    let colour = COLOURS.iter().position(|c| c == colour)? as u8;
    let cell = match (*sort, state) {
        ("door", Some(state)) => Cell::Door(colour, state),
        (sort, None) => {
            let kind = KINDS.into_iter().find(|&k| Sort::Thing(k).word() == sort)?;
            Cell::Thing(Thing { kind, colour })
        }
        _ => return None,
    };
    let found = Item {
        cell,
        place: read_place(place)?,
    };
    // What is put otherwise than it is said is not understood: “a open door”, “one steps ahead”.
    (found.to_string() == text && found.place.index() != OWN).then_some(found)
}

fn read_place(words: &[&str]) -> Option<Place> {
    let count = |word: &str| {
        let n = NUMBERS.iter().position(|&n| n == word)?;
        (n < SIGHT).then_some(n as i8)
    };
    let sign = |side: &str| match side {
        "left" => Some(-1),
        "right" => Some(1),
        _ => None,
    };
    let (ahead, right) = match *words {
        [n, "step" | "steps", "ahead"] => (count(n)?, 0),
        [n, "step" | "steps", side] => (0, sign(side)? * count(n)?),
        [n, "step" | "steps", "ahead", "and", aside, side] => {
            (count(n)?, sign(side)? * count(aside)?)
        }
        _ => return None,
    };
    let inside = usize::from(right.unsigned_abs()) <= SIGHT / 2;
    inside.then_some(Place {
        ahead: ahead as u8,
        right,
    })
}

/// Places of a view that a speaker looks at, each with its number in the order of a description, from 1; its own place
/// and the one before it, which are always among them, have 0 where nothing is that could be named.
pub fn looked_at(sight: &Sight) -> Vec<(usize, usize)> {
    let items = Item::all(sight);
    let mut all = vec![(OWN, 0)];
    if items.iter().all(|item| item.place.index() != FRONT) {
        all.push((FRONT, 0));
    }
    let numbered = items.iter().enumerate();
    all.extend(numbered.map(|(i, item)| (item.place.index(), i + 1)));
    all
}
