//! Pairs to translate: the same thing in two of several languages. Things are whole numbers, dates and times of day,
//! each of which has its digits as one more language; the names of emoji; or what a reader brought.
//!
//! A thing is learned from or held out as a whole, in every language: by its value alone, so that page, command line
//! and every seed agree.

use std::io::Read as _;

use flate2::read::GzDecoder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    DataInfo, Space,
    batch::{Batch, Pair},
    calendar::{self, Calendar, Moment},
    numbers::{self, Spelling},
    stream::TEST_SEED,
    table::{self, Table},
    text::TextInfo,
    tokenizer::{Tokenizer, Vocabulary},
};
use crate::{
    error::{Error, Result},
    hash::sha256,
    options::{self, Options},
    rng::{Purpose, Rng},
};

/// The name of numbers. Behind it there may be languages: `numbers-en-de`.
pub const NAME: &str = "numbers";
/// The name of dates and times, likewise.
pub const DATES: &str = "dates";
/// The name of the names of emoji.
pub const NAMES: &str = "emoji-names";
/// With which the names of a reader's own pairs begin.
pub const OWN: &str = "pairs-";
/// The code of the language of digits.
pub const DIGITS: &str = "digits";
/// Held-out pairs.
pub const TEST: usize = 2000;
/// Examples that a checkpoint keeps.
const EXAMPLES: usize = 6;
/// Characters of an example or of its translation, at least.
const LEAST_SHOWN: usize = 12;

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
        found(&self.languages, "numbers", numbers::find)
    }
}

/// Options of dates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DateOptions {
    /// The languages besides digits, by their codes: of en, de, fr, es, it, nl, da and tr one or more.
    #[schemars(title = "Languages", length(max = 40))]
    pub languages: String,
}

impl Default for DateOptions {
    fn default() -> Self {
        Self {
            languages: ["en", "de"].join(" "),
        }
    }
}

impl Options for DateOptions {
    fn check(&self) -> Result<()> {
        self.calendars().map(|_| ())
    }
}

impl DateOptions {
    fn calendars(&self) -> Result<Vec<&'static Calendar>> {
        found(&self.languages, "dates", calendar::find)
    }
}

/// The languages of a list of codes, each once.
fn found<T: PartialEq>(
    languages: &str,
    what: &str,
    find: impl Fn(&str) -> Option<&'static T>,
) -> Result<Vec<&'static T>> {
    let mut all: Vec<&T> = Vec::new();
    let bad = |reason: String| Error::bad_option("languages", languages, reason);
    for code in languages.split_whitespace() {
        let Some(found) = find(code) else {
            return Err(bad(format!("there are no {what} in “{code}”")));
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

/// Options of tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TableOptions {
    /// How many tokens byte-pair encoding makes: 256 are the bytes, the others what is frequent.
    #[schemars(title = "Vocabulary", range(min = 300, max = 8192))]
    pub vocabulary: usize,
    /// Share of the lines that is held out.
    #[schemars(title = "Held out", range(min = 0.01, max = 0.5))]
    pub held_out: f64,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            vocabulary: 512,
            held_out: 0.1,
        }
    }
}

impl Options for TableOptions {}

/// Whether `name` is `of`, alone or with languages behind it.
pub fn is_called(name: &str, of: &str) -> bool {
    let rest = name.strip_prefix(of);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Whether data of this name is made when it is needed: numbers and dates.
pub fn is_made(name: &str) -> bool {
    is_called(name, NAME) || is_called(name, DATES)
}

/// Whether data of this name is a table that is handed over.
pub fn is_table(name: &str) -> bool {
    name == NAMES || name.starts_with(OWN)
}

/// The languages that stand in a name.
fn named(name: &str, of: &str) -> Option<String> {
    let codes = name.strip_prefix(of)?.strip_prefix('-')?;
    Some(codes.replace('-', " "))
}

/// What a thing is for.
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
    of_twenty(u64::from(n))
}

/// One thing in twenty is to be measured on, another to choose by.
fn of_twenty(n: u64) -> Part {
    // The finalizer of SplitMix64 (Steele, Lea & Flood 2014).
    let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    match (z ^ (z >> 31)) % 20 {
        0 => Part::Test,
        1 => Part::Choice,
        _ => Part::Learned,
    }
}

/// What the lines of a table are for: of a kind that is made of others, or of the only one, the share `held_out` is to
/// be measured on and a twentieth to choose by, by what stands in their first column, so that lines which begin alike
/// stay together. However few there are, one is for each.
fn parts(table: &Table, held_out: f64) -> Vec<Part> {
    let whole = |kind: usize| WHOLE.contains(&table.kinds[kind].as_str());
    let place = |row: &[String]| table::number(&row[0]) as f64 / u64::MAX as f64;
    let open = table.rows.iter().filter(|(kind, _)| !whole(*kind));
    let (mut test, mut choice) = (1.0f64, 0.0f64);
    for (_, row) in open {
        test = test.min(place(row));
        choice = choice.max(place(row));
    }
    let (test, choice) = (test.max(held_out), choice.min(1.0 - CHOICE));
    let part = |(kind, row): &(usize, Vec<String>)| match place(row) {
        _ if whole(*kind) => Part::Learned,
        p if p <= test => Part::Test,
        p if p >= choice => Part::Choice,
        _ => Part::Learned,
    };
    table.rows.iter().map(part).collect()
}

/// Kinds of names that are made of no others: all of them are learned.
const WHOLE: [&str; 2] = ["name", "region"];
/// Share of the lines of a table to choose by.
const CHOICE: f64 = 0.05;
/// Share of the compounds among the names of emoji that is held out.
const COMPOUNDS: f64 = 0.2;
/// Tokens of the names of emoji.
const NAME_TOKENS: usize = 1536;

/// What things are.
#[derive(Debug, Clone)]
enum Things {
    Numbers {
        spellings: Vec<&'static Spelling>,
        most: u32,
    },
    Dates(Vec<&'static Calendar>),
    Table {
        table: Table,
        parts: Vec<Part>,
        /// Lines to learn from, kind by kind, with how often one of it is drawn.
        learned: Vec<(f64, Vec<u32>)>,
        held: Vec<u32>,
    },
}

/// Pairs of texts.
#[derive(Debug, Clone)]
pub struct PairSet {
    /// Name, options, languages, vocabulary.
    pub info: DataInfo,
    tokenizer: Tokenizer,
    things: Things,
    languages: usize,
    /// What is held out.
    held_out: Part,
}

impl PairSet {
    /// Numbers or dates as `options` ask for them; the languages may also stand in the name.
    ///
    /// # Errors
    /// [`Error::BadOption`]; [`Error::BadData`] for a name that is none.
    pub fn new(name: &str, options: &Value) -> Result<Self> {
        super::check_name(name)?;
        if is_called(name, DATES) {
            return Self::dates(name, options);
        }
        let mut options = NumberOptions::from_json(options)?;
        if let Some(languages) = named(name, NAME) {
            options.languages = languages;
        }
        let spellings = options.spellings()?;
        let most = options.most;
        // A few numbers beyond those in which all words come.
        let some = (0..=most.min(1100)).chain((0..).map(|i| 1117 * i).take_while(|&n| n <= most));
        let some: Vec<u32> = some.chain([most]).collect();
        let languages = spellings.iter().map(|spelling| Words {
            words: spelling.texts().into_iter().map(String::from).collect(),
            texts: some.iter().map(|&n| spelling.words(n)).collect(),
        });
        let vocabulary = vocabulary("0123456789", languages)?;
        let mut codes = vec![DIGITS.to_string()];
        codes.extend(spellings.iter().map(|s| s.code.clone()));
        let things = Things::Numbers { spellings, most };
        Self::of(name, options::to_json(&options)?, vocabulary, codes, things)
    }

    fn dates(name: &str, options: &Value) -> Result<Self> {
        let mut options = DateOptions::from_json(options)?;
        if let Some(languages) = named(name, DATES) {
            options.languages = languages;
        }
        let calendars = options.calendars()?;
        // All that is no date, and days of every month.
        let some = (0..calendar::COUNT).filter(|n| n % 89 == 0 || n % 372 == 0);
        let times = Moment::Time(0).number()..calendar::COUNT;
        let some: Vec<Moment> = some.chain(times).filter_map(Moment::of).collect();
        let languages = calendars.iter().map(|calendar| Words {
            words: calendar.texts().map(String::from).collect(),
            texts: some.iter().map(|&moment| calendar.words(moment)).collect(),
        });
        let vocabulary = vocabulary("0123456789-:", languages)?;
        let mut codes = vec![DIGITS.to_string()];
        codes.extend(calendars.iter().map(|c| c.code.clone()));
        let things = Things::Dates(calendars);
        Self::of(name, options::to_json(&options)?, vocabulary, codes, things)
    }

    /// The names of emoji, of the packed table that the site serves.
    ///
    /// # Errors
    /// [`Error::BadData`] for anything else.
    pub fn names(bytes: &[u8]) -> Result<Self> {
        let bad = |reason: &str| Error::BadData {
            name: NAMES.into(),
            reason: reason.into(),
        };
        let text = unpacked(bytes).ok_or_else(|| bad("it cannot be unpacked"))?;
        let table = Table::read(&text)?;
        let options = TableOptions {
            vocabulary: NAME_TOKENS,
            held_out: COMPOUNDS,
        };
        let mut set = Self::table(NAMES, table, &options)?;
        set.info.options = Value::Null;
        set.info.sha256 = sha256(bytes);
        Ok(set)
    }

    /// A reader's own pairs.
    ///
    /// # Errors
    /// [`Error::BadText`], which says by line what is wrong; [`Error::BadOption`], [`Error::BadData`].
    pub fn own(name: &str, text: &str, options: &Value) -> Result<Self> {
        super::check_name(name)?;
        let options = TableOptions::from_json(options)?;
        let mut set = Self::table(name, Table::read(text)?, &options)?;
        set.info.options = options::to_json(&options)?;
        set.info.sha256 = sha256(text.as_bytes());
        Ok(set)
    }

    fn table(name: &str, table: Table, options: &TableOptions) -> Result<Self> {
        let parts = parts(&table, options.held_out);
        let learned = learned(&table, |i| parts[i] != Part::Test);
        let texts = learned.iter().flat_map(|(_, rows)| rows);
        let texts = texts.flat_map(|&i| table.rows[i as usize].1.iter().map(String::as_str));
        let text = texts.collect::<Vec<_>>().join("\n");
        let vocabulary = Vocabulary::bpe(&text, options.vocabulary);
        let held = rows_of(&parts, Part::Test);
        let languages = table.languages.clone();
        let things = Things::Table {
            table,
            parts,
            learned,
            held,
        };
        Self::of(name, Value::Null, vocabulary, languages, things)
    }

    fn of(
        name: &str,
        options: Value,
        vocabulary: Vocabulary,
        languages: Vec<String>,
        things: Things,
    ) -> Result<Self> {
        let tokenizer = Tokenizer::new(vocabulary.clone())?;
        let count = languages.len();
        let space = Space::Pairs {
            vocabulary,
            languages,
            examples: Vec::new(),
        };
        let mut set = Self {
            info: DataInfo {
                options,
                ..DataInfo::new(name, space)
            },
            tokenizer,
            things,
            languages: count,
            held_out: Part::Test,
        };
        let told: Vec<Example> = (0..EXAMPLES).map(|i| set.example(i)).collect();
        if let Space::Pairs { examples, .. } = &mut set.info.space {
            *examples = told;
            examples.dedup();
        }
        Ok(set)
    }

    /// A held-out thing to show, in the `i`-th direction of a walk through all.
    fn example(&self, i: usize) -> Example {
        let [from, to] = self.direction(7 * i);
        let mut rng = Rng::new(TEST_SEED, Purpose::Sample, i as u64);
        let mut drawn = self.thing(&mut rng, true);
        // One that has something to translate, not one as short as 2.
        let long = |n: u32| [from, to].map(|language| self.text(n, language).chars().count());
        for _ in 0..100 {
            if long(drawn).into_iter().max() >= Some(LEAST_SHOWN) {
                break;
            }
            drawn = self.thing(&mut rng, true);
        }
        let drawn = self.fitted(drawn, [from, to]);
        Example {
            from: from as u32,
            to: to as u32,
            text: self.text(drawn, from),
        }
    }

    /// How many languages, digits among them.
    pub fn languages(&self) -> usize {
        self.languages
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

    /// Thing `n` in a language, by its place.
    pub fn text(&self, n: u32, language: usize) -> String {
        let words = language.checked_sub(1);
        match &self.things {
            Things::Numbers { spellings, .. } => match words.and_then(|i| spellings.get(i)) {
                Some(spelling) => spelling.words(n),
                None => n.to_string(),
            },
            Things::Dates(calendars) => {
                let moment = Moment::of(n).unwrap_or(Moment::Time(0));
                match words.and_then(|i| calendars.get(i)) {
                    Some(calendar) => calendar.words(moment),
                    None => moment.digits(),
                }
            }
            Things::Table { table, .. } => {
                let row = table.rows.get(n as usize);
                row.and_then(|(_, row)| row.get(language))
                    .cloned()
                    .unwrap_or_default()
            }
        }
    }

    /// What kind of thing it is, where there are several: a number, a date, a kind of a table.
    pub fn kind(&self, n: u32) -> &str {
        match &self.things {
            Things::Numbers { .. } => "number",
            Things::Dates(_) => match Moment::of(n) {
                Some(Moment::Date(_, _, _, true)) => "weekday",
                Some(Moment::Date(..)) => "date",
                Some(Moment::Day(..)) => "day",
                Some(Moment::Month(..)) => "month",
                _ => "time",
            },
            Things::Table { table, .. } => {
                let row = table.rows.get(n as usize);
                row.and_then(|(kind, _)| table.kinds.get(*kind))
                    .map_or("", String::as_str)
            }
        }
    }

    /// Thing `n`, or what of it both languages of a direction say: digits do not say the day of the week.
    pub fn fitted(&self, n: u32, [from, to]: [usize; 2]) -> u32 {
        match (&self.things, Moment::of(n)) {
            (Things::Dates(_), Some(moment)) if from == 0 || to == 0 => moment.plain().number(),
            _ => n,
        }
    }

    /// What thing `n` is for.
    pub fn part(&self, n: u32) -> Part {
        match &self.things {
            Things::Numbers { .. } => part(n),
            // With its day of the week or without, a date is the same one.
            Things::Dates(_) => match Moment::of(n) {
                Some(moment) => of_twenty(u64::from(moment.plain().number())),
                None => Part::Learned,
            },
            Things::Table { parts, .. } => parts.get(n as usize).copied().unwrap_or(Part::Learned),
        }
    }

    /// A thing that is held out, or one that is learned from. Of numbers half are as likely as each other; of the
    /// others each length is as likely as the next, and with it small numbers; in a quarter many digits are zeros.
    pub fn thing(&self, rng: &mut Rng, held_out: bool) -> u32 {
        /// Draws before the search goes on from the last one.
        const DRAWS: usize = 1000;
        let count = match &self.things {
            Things::Numbers { most, .. } => most + 1,
            Things::Dates(_) => calendar::COUNT,
            Things::Table { learned, held, .. } => {
                return match held_out {
                    true => held.get(rng.below(held.len().max(1))).copied(),
                    false => drawn(learned, rng),
                }
                .unwrap_or(0);
            }
        };
        let is_there =
            |n: u32| matches!(self.things, Things::Numbers { .. }) || Moment::of(n).is_some();
        let fits = |n: u32| {
            let part = self.part(n);
            // What is put aside may not be learned from while something is chosen.
            let open = held_out || part != Part::Test;
            is_there(n) && (part == self.held_out) == held_out && open
        };
        let mut n = 0;
        for _ in 0..DRAWS {
            n = self.draw(rng);
            if fits(n) {
                return n;
            }
        }
        let after = (1..=count).map(|step| (n + step) % count);
        after.into_iter().find(|&n| fits(n)).unwrap_or(n)
    }

    fn draw(&self, rng: &mut Rng) -> u32 {
        match &self.things {
            Things::Numbers { most, .. } => draw_number(*most, rng),
            Things::Dates(_) => draw_moment(rng).number(),
            Things::Table { .. } => 0,
        }
    }

    /// Thing `n` in two languages.
    ///
    /// # Errors
    /// [`Error::UnknownCharacter`], which the vocabulary excludes.
    pub fn pair(&self, n: u32, [from, to]: [usize; 2]) -> Result<Pair> {
        let n = self.fitted(n, [from, to]);
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
        let n = self.thing(rng, false);
        self.pair(n, self.direction(rng.below(self.directions())))
    }

    /// The `i`-th held-out thing of a direction.
    pub fn held_out_thing(&self, i: usize) -> u32 {
        match &self.things {
            // Each once, and then again.
            Things::Table { held, .. } => held.get(i % held.len().max(1)).copied().unwrap_or(0),
            _ => self.thing(&mut Rng::new(TEST_SEED, Purpose::TestSet, i as u64), true),
        }
    }

    /// About a table, for people.
    pub fn describe(&self) -> TextInfo {
        /// Tokens that are shown.
        const PIECES: usize = 200;
        let (mut lines, mut characters, mut held_out) = (0, 0, 0);
        let [mut beginning, mut held_out_beginning] = [String::new(), String::new()];
        if let Things::Table { table, parts, .. } = &self.things {
            lines = table.rows.len();
            for ((_, row), part) in table.rows.iter().zip(parts) {
                characters += row.iter().map(|text| text.chars().count()).sum::<usize>();
                let first = match part {
                    Part::Test => &mut held_out_beginning,
                    _ => &mut beginning,
                };
                held_out += usize::from(*part == Part::Test);
                if first.is_empty() {
                    *first = row.join(" → ");
                }
            }
        }
        // The bytes come first, and what was found last is a whole word.
        let pieces = (256..self.tokenizer.len() as u32).take(PIECES);
        TextInfo {
            name: self.info.name.clone(),
            characters: characters as u32,
            vocabulary: self.tokenizer.len() as u32,
            pieces: pieces.map(|id| self.tokenizer.piece(id)).collect(),
            train: (lines - held_out) as u32,
            held_out: held_out as u32,
            beginning,
            held_out_beginning,
        }
    }

    /// From a table in the folder called `name`, or that of the names of emoji, which the site serves.
    ///
    /// # Errors
    /// [`Error::FileNotFound`], [`Error::Io`]; as [`PairSet::own`].
    #[cfg(not(target_family = "wasm"))]
    pub fn from_folder(name: &str, options: &Value, folder: &std::path::Path) -> Result<Self> {
        if name == NAMES {
            let file = format!("{NAMES}.bin");
            let places = [
                folder.join(&file),
                std::path::Path::new("web/data").join(&file),
            ];
            let path = places
                .iter()
                .find(|path| path.exists())
                .unwrap_or(&places[1]);
            let bytes = std::fs::read(path).map_err(|e| Error::io(path, &e))?;
            return Self::names(&bytes);
        }
        let bytes = super::read_only_file(name, &[".tsv", ".tsv.gz"], folder)?;
        let text = unpacked(&bytes).ok_or_else(|| Error::BadData {
            name: name.into(),
            reason: "it is no text in UTF-8".into(),
        })?;
        Self::own(name, &text, options)
    }

    /// Pairs to learn from, where their number has an end.
    pub fn learned_len(&self) -> Option<usize> {
        match &self.things {
            Things::Table { learned, .. } => {
                let lines: usize = learned.iter().map(|(_, rows)| rows.len()).sum();
                Some(lines * self.directions())
            }
            _ => None,
        }
    }

    /// Pairs that are held out.
    pub fn test_len(&self) -> usize {
        match &self.things {
            Things::Table { held, .. } => (held.len() * self.directions()).min(TEST),
            _ => TEST,
        }
    }

    /// Held-out pairs `range`, direction after direction.
    pub(super) fn held_out(&self, range: std::ops::Range<usize>) -> Batch {
        let pairs = range.filter_map(|i| {
            let n = self.held_out_thing(i);
            // Spread over the directions, however few are asked for.
            let round = match &self.things {
                Things::Table { held, .. } => i + i / held.len().max(1),
                _ => i * 31,
            };
            self.pair(n, self.direction(round)).ok()
        });
        Batch::Pairs {
            pairs: pairs.collect(),
        }
    }

    /// See [`Dataset::for_choice`](super::Dataset::for_choice).
    pub(super) fn for_choice(mut self) -> Self {
        self.held_out = Part::Choice;
        if let Things::Table {
            table,
            parts,
            learned: open,
            held,
        } = &mut self.things
        {
            *held = rows_of(parts, Part::Choice);
            *open = learned(table, |i| parts[i] == Part::Learned);
        }
        self
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let texts = match &self.things {
            Things::Table { table, .. } => table.rows.len() * self.languages * 50,
            _ => 0,
        };
        self.tokenizer.len() * 100 + texts
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

/// Half of all numbers are as likely as each other; of the others each length is as likely as the next.
fn draw_number(most: u32, rng: &mut Rng) -> u32 {
    if rng.unit() < 0.5 {
        return rng.below(most as usize + 1) as u32;
    }
    let digits = most.max(1).ilog10() + 1;
    let length = 1 + rng.below(digits as usize) as u32;
    let zeros = if rng.unit() < 0.5 { 0.6 } else { 0.0 };
    let mut n = 0;
    for i in 0..length {
        let zero = i > 0 && rng.unit() < zeros;
        n = 10 * n + if zero { 0 } else { rng.below(10) as u32 };
    }
    n.min(most)
}

/// Dates more often than days and months alone, half of them from 1900 to 2099; times in a quarter of all.
fn draw_moment(rng: &mut Rng) -> Moment {
    let year = |rng: &mut Rng| match rng.unit() < 0.5 {
        true => 1900 + rng.below(200) as u32,
        false => {
            let years = calendar::LAST_YEAR - calendar::FIRST_YEAR + 1;
            calendar::FIRST_YEAR + rng.below(years as usize) as u32
        }
    };
    let month = |rng: &mut Rng| 1 + rng.below(12) as u32;
    let drawn = match rng.unit() {
        u if u < 0.3 => Moment::Date(year(rng), month(rng), 1 + rng.below(31) as u32, false),
        u if u < 0.5 => Moment::Date(year(rng), month(rng), 1 + rng.below(31) as u32, true),
        u if u < 0.6 => Moment::Day(month(rng), 1 + rng.below(31) as u32),
        u if u < 0.7 => Moment::Month(year(rng), month(rng)),
        _ => Moment::Time(rng.below(24 * 60) as u32),
    };
    // Not every month has 31 days.
    Moment::of(drawn.number()).unwrap_or_else(|| Moment::Time(rng.below(24 * 60) as u32))
}

/// A line of a kind that is drawn by its weight.
fn drawn(learned: &[(f64, Vec<u32>)], rng: &mut Rng) -> Option<u32> {
    let all: f64 = learned.iter().map(|(weight, _)| weight).sum();
    let mut left = rng.unit() * all;
    let kind = learned.iter().find(|(weight, _)| {
        left -= weight;
        left < 0.0
    });
    let (_, rows) = kind.or(learned.last())?;
    rows.get(rng.below(rows.len().max(1))).copied()
}

/// The lines for which `open` says yes, kind by kind. Of many lines of a kind each is drawn less often.
fn learned(table: &Table, open: impl Fn(usize) -> bool) -> Vec<(f64, Vec<u32>)> {
    let mut learned: Vec<(f64, Vec<u32>)> = vec![(0.0, Vec::new()); table.kinds.len()];
    for (i, (kind, _)) in table.rows.iter().enumerate().filter(|(i, _)| open(*i)) {
        learned[*kind].1.push(i as u32);
    }
    for (weight, rows) in &mut learned {
        *weight = (rows.len() as f64).sqrt();
    }
    learned
}

/// The lines of a part.
fn rows_of(parts: &[Part], part: Part) -> Vec<u32> {
    let these = parts.iter().enumerate().filter(|(_, p)| **p == part);
    these.map(|(i, _)| i as u32).collect()
}

/// A packed table as text; a server may have unpacked it on the way.
fn unpacked(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    let most = table::LONGEST as u64;
    let read = match bytes.starts_with(&[0x1f, 0x8b]) {
        true => GzDecoder::new(bytes).take(most).read_to_string(&mut text),
        false => bytes.take(most).read_to_string(&mut text),
    };
    read.ok().map(|_| text)
}

/// A language as pieces are looked for in it: what its texts are made of, and some of them.
struct Words {
    words: Vec<String>,
    texts: Vec<String>,
}

/// The pieces of texts in these languages: the signs of digits, then what rules are made of, with the space before it
/// where there is one, and every character on its own.
fn vocabulary(digits: &str, languages: impl Iterator<Item = Words>) -> Result<Vocabulary> {
    let mut pieces: Vec<String> = digits.chars().map(String::from).collect();
    for Words { words, texts } in languages {
        let mut parts: Vec<String> = Vec::new();
        for text in &words {
            // A text of two words is two pieces.
            for word in text.split_inclusive(' ') {
                let word = word.trim_end();
                parts.extend([word.to_string(), format!(" {}", word.trim_start())]);
            }
        }
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
                assert_eq!(part(set.thing(&mut rng, true)), Part::Test);
                assert_ne!(part(set.thing(&mut rng, false)), Part::Test);
                assert_eq!(part(choice.thing(&mut rng, true)), Part::Choice);
                assert_eq!(part(choice.thing(&mut rng, false)), Part::Learned);
            }
        }
        let share = (0..100_000).filter(|&n| part(n) == Part::Test).count();
        assert!((4_700..5_300).contains(&share), "{share}");
    }

    #[test]
    fn dates_are_held_out_by_the_day() {
        let languages = "en de fr es it nl da tr";
        let set = PairSet::new(DATES, &json!({"languages": languages})).expect("dates");
        assert_eq!(set.languages(), 9);
        let mut rng = Rng::new(2, Purpose::Data, 0);
        let mut kinds = std::collections::BTreeSet::new();
        for i in 0..2000 {
            let held_out = i % 2 == 0;
            let n = set.thing(&mut rng, held_out);
            assert_eq!(set.part(n) == Part::Test, held_out);
            kinds.insert(set.kind(n));
            // Digits do not say the day of the week, and so ask for none.
            let direction = set.direction(i);
            let pair = set.pair(n, direction).expect("a pair");
            assert_eq!(pair.from, direction[0] as u32);
            let plain = set.fitted(n, direction);
            assert_eq!(set.part(plain), set.part(n));
            for language in direction {
                let text = set.text(plain, language);
                let ids = set.tokenizer.encode(&text).expect("pieces");
                assert_eq!(set.tokenizer.decode(&ids), text);
                assert!(ids.len() <= 16, "{text}: {}", ids.len());
            }
        }
        assert_eq!(kinds.len(), 5);
        assert!(set.tokenizer.len() < 400, "{}", set.tokenizer.len());
        assert!(is_made("dates-en-tr") && !is_made("datesen"));
        for bad in ["dates-", "dates-xx", "dates-en-en"] {
            assert!(PairSet::new(bad, &Value::Null).is_err(), "{bad}");
        }
    }

    #[test]
    fn examples_have_something_to_translate() {
        for name in ["numbers", "numbers-en-tr", "dates", "dates-fr-it"] {
            let set = PairSet::new(name, &Value::Null).expect("pairs");
            let Space::Pairs { examples, .. } = &set.info.space else {
                panic!("{name} are pairs");
            };
            assert!(
                examples.iter().all(|e| e.text.chars().count() >= 2),
                "{examples:?}"
            );
        }
    }

    #[test]
    fn a_table_is_parted_by_what_its_lines_begin_with() {
        let lines: String = (0..200).map(|i| format!("w{}\tx{i}\n", i / 2)).collect();
        let set = PairSet::own("pairs-a", &lines, &Value::Null).expect("pairs");
        let share = (0..200).filter(|&n| set.part(n) == Part::Test).count();
        assert!((8..36).contains(&share), "{share}");
        assert!((0..100).all(|i| set.part(2 * i) == set.part(2 * i + 1)));
        assert_eq!(set.test_len(), 2 * share);
        let mut rng = Rng::new(3, Purpose::Data, 0);
        let choice = set.clone().for_choice();
        for _ in 0..300 {
            assert_ne!(set.part(set.thing(&mut rng, false)), Part::Test);
            assert_eq!(set.part(set.thing(&mut rng, true)), Part::Test);
            assert_eq!(choice.part(choice.thing(&mut rng, false)), Part::Learned);
            assert_eq!(choice.part(choice.thing(&mut rng, true)), Part::Choice);
        }
        // Every held-out line comes in each direction.
        let Batch::Pairs { pairs } = set.held_out(0..set.test_len()) else {
            panic!("pairs");
        };
        let mut all: Vec<_> = pairs
            .iter()
            .map(|p| (p.from, p.source.clone(), p.target.clone()))
            .collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), set.test_len());
        // Of two lines one is learned from.
        let few = PairSet::own("pairs-b", "a\tb\nc\td\n", &Value::Null).expect("pairs");
        assert_eq!((few.learned_len(), few.test_len()), (Some(2), 2));
    }

    #[test]
    fn names_of_emoji_hold_compounds_out() {
        let bytes = std::fs::read("web/data/emoji-names.bin").expect("the site's table");
        let set = PairSet::names(&bytes).expect("names");
        let mut counts = std::collections::BTreeMap::new();
        for n in 0..set.test_len().max(4226) as u32 {
            if set.part(n) == Part::Test {
                *counts.entry(set.kind(n).to_string()).or_insert(0) += 1;
            }
        }
        let kinds: Vec<&str> = counts.keys().map(String::as_str).collect();
        assert_eq!(kinds, ["clock", "flag", "hair", "skin"]);
        assert!(counts["flag"] > 30 && counts["clock"] > 1, "{counts:?}");
        assert!(PairSet::names(b"\x1f\x8bno").is_err());
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
        assert!(is_made("numbers-en") && !is_made("numbersen") && !is_made("names"));
    }
}
