//! English as it is read aloud: text into sentences, and each into phonemes with the words that they
//! belong to.
//!
//! In steps: what is written otherwise than it is said (`normal`), words and signs (`tokens`), their
//! parts of speech (`tagger`), the dictionary with its rules (`lexicon`), and a network for what is in
//! none (`unknown`). The rules are those of misaki as hibari-tts has them (both Apache-2.0), so that the
//! voice hears what it learned; `tests/speech.rs` compares the phonemes with the package's own.

mod lexicon;
mod normal;
mod numbers;
mod pattern;
mod table;
mod tagger;
mod tokens;
mod unknown;

use self::{
    lexicon::{Lexicon, Next, stressed, weight},
    normal::Normalizer,
    pattern::Pattern,
    tagger::Tagger,
    tokens::{Token, Tokenizer},
    unknown::Unknown,
};
use super::tensors::Tensors;
use crate::error::Result;

/// Longer sentences are cut, at a comma if there is one.
pub const MOST_PHONEMES: usize = 400;

/// What is read at a time has no more characters, so that reading takes no longer than speaking.
const MOST_CHARACTERS: usize = 800;

const JUNK: &str = "',-._‘’/";
const STOPS: &str = ";:,.!?—…\"“”";
const TAGS_OF_STOPS: [&str; 11] = [
    ".", ",", "-LRB-", "-RRB-", "``", "\"\"", "''", ":", "$", "#", "NFP",
];
/// Parts of a token that are looked up on their own: `Java` and `Script`, `MP` and `3`.
const PARTS: &str = concat!(
    r"^['‘’]+|[A-ZÀ-ÖØ-Þ](?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])|(?:^-)?(?:\d?[,.]?\d)+|[-_]+|['‘’]{2,}",
    r"|[^\W\d_]*?(?:['‘’][^\W\d_])*?[a-zß-öø-ÿ](?=[A-ZÀ-ÖØ-Þ])|[^\W\d_]+(?:['‘’][^\W\d_])*",
    r"|[^\w\-'‘’]|['‘’]+$"
);

/// A word with its sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it is said, for example "kilometers".
    pub text: String,
    /// Its phonemes.
    pub phonemes: String,
    /// Whether a space follows.
    pub space: bool,
    /// Whether no dictionary has it, and the network guessed.
    pub guessed: bool,
}

/// A sentence with its sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// As it was written.
    pub text: String,
    /// Its words and signs.
    pub words: Vec<Word>,
}

impl Sentence {
    /// All of its phonemes.
    pub fn phonemes(&self) -> String {
        let mut out = String::new();
        for word in &self.words {
            out += &word.phonemes;
            if word.space {
                out.push(' ');
            }
        }
        out.trim().into()
    }
}

/// See the module's documentation.
pub struct English {
    normalizer: Normalizer,
    tokenizer: Tokenizer,
    tagger: Tagger,
    lexicon: Lexicon,
    unknown: Unknown,
    sentence_end: Pattern,
    parts: Pattern,
    pieces: Pattern,
    given: Pattern,
}

/// Tokens between which no space stands; `open` if more may join.
struct Group {
    tokens: Vec<Token>,
    open: bool,
}

impl English {
    /// From a file `english.safetensors`.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn open(bytes: &[u8]) -> Result<Self> {
        let from = Tensors::open(bytes, "english-1")?;
        Ok(Self {
            normalizer: Normalizer::new(&from.unpacked("tables")?)?,
            tokenizer: Tokenizer::load(&from)?,
            tagger: Tagger::load(&from)?,
            lexicon: Lexicon::load(&from)?,
            unknown: Unknown::load(&from)?,
            sentence_end: Pattern::new("(?<=[.!?…])[\"”’)\\]]*\\s+(?=\\S)"),
            parts: Pattern::new(PARTS),
            pieces: Pattern::new(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[,.]\d+)*|[^\w\s]+"),
            given: Pattern::new(r"\[([^\]]{1,200})\]\(([^\)]{0,200})\)"),
        })
    }

    /// The sentences of a text; lines end them as well.
    pub fn sentences(&self, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        for line in text.lines() {
            let line: Vec<char> = line.trim().chars().collect();
            let mut from = 0;
            for found in self.sentence_end.all(&line) {
                if self.ends(&line, found.start(), line[found.end()]) {
                    out.push(line[from..found.start()].iter().collect::<String>());
                    from = found.end();
                }
            }
            out.push(line[from..].iter().collect());
        }
        let mut out: Vec<String> = out.iter().flat_map(|s| shortened(s)).collect();
        out.retain(|s| !s.trim().is_empty());
        out
    }

    /// Whether a sentence ends before `end`: not behind a title or an initial, nor before a small letter.
    fn ends(&self, line: &[char], end: usize, next: char) -> bool {
        if next.is_lowercase() {
            return false;
        }
        if line[end - 1] != '.' {
            return true;
        }
        let begin = line[..end]
            .iter()
            .rposition(|&c| c == ' ')
            .map_or(0, |i| i + 1);
        let word: String = line[begin..(end - 1).max(begin)].iter().collect();
        let word = word.trim_start_matches(['(', '"', '“', '\'', '‘']);
        let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
        !(self.normalizer.is_title(word) || initial)
    }

    /// How one sentence is said, in pieces of at most [`MOST_PHONEMES`].
    pub fn say(&self, sentence: &str) -> Vec<Sentence> {
        let whole = self.read(sentence);
        let length = |words: &[Word]| -> usize {
            let one = |w: &Word| w.phonemes.chars().count() + usize::from(w.space);
            words.iter().map(one).sum()
        };
        let (mut out, mut rest) = (Vec::new(), whole.as_slice());
        while !rest.is_empty() {
            let (mut fits, mut stop) = (0, None);
            while fits < rest.len() && length(&rest[..fits + 1]) <= MOST_PHONEMES {
                fits += 1;
                let word = &rest[fits - 1];
                if word.space && word.phonemes.ends_with([',', ';', ':', '—']) {
                    stop = Some(fits);
                }
            }
            let cut = match fits == rest.len() {
                true => fits,
                false => stop.unwrap_or(fits).max(1),
            };
            let (piece, tail) = rest.split_at(cut);
            let text = match tail.is_empty() && out.is_empty() {
                true => sentence.to_string(),
                false => written(piece),
            };
            out.push(Sentence {
                text,
                words: piece.to_vec(),
            });
            rest = tail;
        }
        out.retain(|s| !s.phonemes().is_empty());
        out
    }

    fn read(&self, sentence: &str) -> Vec<Word> {
        let text: Vec<char> = self.normalizer.apply(sentence).chars().collect();
        let (mut tokens, mut from) = (Vec::new(), 0);
        for found in self.given.all(&text) {
            tokens.extend(self.tagged(&text[from..found.start()]));
            let sounds = found.group(&text, 2).unwrap_or_default();
            let sounds = sounds.strip_prefix('/').and_then(|s| s.strip_suffix('/'));
            tokens.push(Token {
                text: found.group(&text, 1).unwrap_or_default(),
                tag: "NN".into(),
                space: text.get(found.end()).is_some_and(|c| c.is_whitespace()),
                phonemes: sounds.map(String::from),
                head: true,
                ..Token::default()
            });
            from = found.end();
        }
        tokens.extend(self.tagged(&text[from..]));
        self.sounds(&tokens)
    }

    fn tagged(&self, text: &[char]) -> Vec<Token> {
        let text: String = text.iter().collect();
        let mut tokens = self.tokenizer.apply(&text);
        let words: Vec<&str> = tokens.iter().map(|t| t.text.as_str()).collect();
        let tags = self.tagger.apply(&words);
        for (token, tag) in tokens.iter_mut().zip(tags) {
            token.tag = tag;
        }
        tokens
    }

    /// Tokens in their parts, together where no space is between them.
    fn groups(&self, tokens: &[Token]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut currency = None;
        for (i, token) in tokens.iter().enumerate() {
            let mut parts = self.parts_of(token);
            let texts: Vec<String> = parts.iter().map(|p| p.text.clone()).collect();
            let count = parts.len();
            for (j, part) in parts.iter_mut().enumerate() {
                let last = j + 1 == count && tokens.get(i + 1).is_none_or(|next| next.tag != "CD");
                let between = j > 0 && j + 1 < count && part.text == "2";
                let sign = part.text.chars().next().filter(|c| "$£€".contains(*c));
                let stop = TAGS_OF_STOPS.contains(&part.tag.as_str())
                    && !part.text.chars().all(|c| c.is_ascii_alphabetic());
                match () {
                    () if part.phonemes.is_some() => {}
                    () if part.tag == "$" && sign.is_some() && part.text.chars().count() == 1 => {
                        currency = sign;
                        part.phonemes = Some(String::new());
                    }
                    () if part.tag == ":" && matches!(part.text.as_str(), "-" | "–") => {
                        part.phonemes = Some("—".into());
                    }
                    () if stop => part.phonemes = Some(pause(&part.tag, &part.text)),
                    () if currency.is_some() => match part.tag.as_str() {
                        "CD" if last => part.currency = currency,
                        "CD" => {}
                        _ => currency = None,
                    },
                    () if between && letters_around(&texts, j) => part.alias = Some("to"),
                    () => {}
                }
            }
            for part in parts {
                place(&mut groups, part);
            }
        }
        groups
    }

    fn parts_of(&self, token: &Token) -> Vec<Token> {
        if token.phonemes.is_some() {
            return vec![token.clone()];
        }
        let text: Vec<char> = token.text.chars().collect();
        let found = self.parts.all(&text);
        let part = |text: String| Token {
            text,
            tag: token.tag.clone(),
            head: true,
            ..Token::default()
        };
        let mut parts: Vec<Token> = found
            .iter()
            .filter_map(|f| f.group(&text, 0))
            .map(part)
            .collect();
        if parts.is_empty() {
            parts.push(part(token.text.clone()));
        }
        if let Some(last) = parts.last_mut() {
            last.space = token.space;
        }
        parts
    }

    /// From the last word to the first, since some depend on what follows.
    fn sounds(&self, tokens: &[Token]) -> Vec<Word> {
        let mut groups = self.groups(tokens);
        let mut next = Next::default();
        for group in groups.iter_mut().rev() {
            next = match &mut group.tokens[..] {
                [token] => {
                    if token.phonemes.is_none() {
                        token.phonemes = self.lexicon.say(token, next);
                    }
                    if token.phonemes.is_none() {
                        self.fall_back(token);
                    }
                    next.before(token, token.phonemes.as_deref().unwrap_or_default())
                }
                parts => self.group_sounds(parts, next),
            };
        }
        let word = |group: Group| {
            let merged = merged(&group.tokens);
            let phonemes = match group.tokens.len() {
                1 => merged.phonemes.unwrap_or_default(),
                _ => joined(&group.tokens),
            };
            Word {
                text: merged.text,
                phonemes: phonemes.replace('ɾ', "T").replace('ʔ', "t"),
                space: merged.space,
                guessed: group.tokens.iter().any(|t| t.guessed),
            }
        };
        groups.into_iter().map(word).collect()
    }

    /// The longest runs of parts that the dictionary has, from behind.
    fn group_sounds(&self, parts: &mut [Token], mut next: Next) -> Next {
        let (mut left, mut right) = (0, parts.len());
        while left < right {
            let run = &parts[left..right];
            let free = run
                .iter()
                .all(|t| t.alias.is_none() && t.phonemes.is_none());
            let run = free.then(|| merged(run));
            let said = run.as_ref().and_then(|run| self.lexicon.say(run, next));
            if let (Some(said), Some(run)) = (said, run) {
                next = next.before(&run, &said);
                parts[left].phonemes = Some(said);
                for part in &mut parts[left + 1..right] {
                    part.phonemes = Some(String::new());
                }
                (left, right) = (0, left);
            } else if left + 1 < right {
                left += 1;
            } else {
                right -= 1;
                let part = &mut parts[right];
                if part.phonemes.is_none() {
                    if !part.text.chars().all(|c| JUNK.contains(c)) {
                        let mut whole = merged(parts);
                        self.fall_back(&mut whole);
                        for part in parts.iter_mut() {
                            part.phonemes = Some(String::new());
                        }
                        parts[0].phonemes = whole.phonemes;
                        parts[0].guessed = whole.guessed;
                        return next;
                    }
                    part.phonemes = Some(String::new());
                }
                left = 0;
            }
        }
        balance(parts);
        next
    }

    /// What neither the dictionary nor its rules know: letters are guessed, digits and signs read.
    fn fall_back(&self, token: &mut Token) {
        let text: Vec<char> = token.text.chars().collect();
        let mut said = Vec::new();
        for found in self.pieces.all(&text) {
            let piece = found.group(&text, 0).unwrap_or_default();
            let sounds = match piece.chars().next() {
                Some(c) if c.is_ascii_digit() => self.lexicon.number(&piece, None, false),
                Some(c) if c.is_alphabetic() => {
                    let sounds = self.unknown.say(&piece);
                    token.guessed |= sounds.is_some();
                    sounds
                }
                _ => Some(piece.chars().map(sign).collect()),
            };
            said.extend(sounds.filter(|s| !s.is_empty()));
        }
        token.phonemes = Some(said.join(" "));
    }
}

/// A sentence in parts of at most [`MOST_CHARACTERS`], cut at a space where there is one.
fn shortened(sentence: &str) -> Vec<String> {
    let all: Vec<char> = sentence.chars().collect();
    let (mut out, mut rest) = (Vec::new(), all.as_slice());
    while rest.len() > MOST_CHARACTERS {
        let space = rest[..MOST_CHARACTERS].iter().rposition(|&c| c == ' ');
        let (part, tail) = rest.split_at(space.filter(|&i| i > 0).unwrap_or(MOST_CHARACTERS));
        out.push(part.iter().collect());
        rest = tail;
    }
    out.push(rest.iter().collect());
    out
}

/// Puts a part with those before it, if no space is between them.
fn place(groups: &mut Vec<Group>, mut part: Token) {
    let known = part.alias.is_some() || part.phonemes.is_some();
    let joins = groups
        .last()
        .is_some_and(|group| group.open && group.tokens.last().is_some_and(|last| !last.space));
    match groups.last_mut() {
        Some(group) if joins && !known => {
            part.head = false;
            group.tokens.push(part);
        }
        _ => groups.push(Group {
            open: !known && !part.space,
            tokens: vec![part],
        }),
    }
}

/// The sound of a stop.
fn pause(tag: &str, text: &str) -> String {
    match tag {
        "-LRB-" => "(".into(),
        "-RRB-" => ")".into(),
        "``" => "“".into(),
        "\"\"" | "''" => "”".into(),
        _ => text.chars().filter(|c| STOPS.contains(*c)).collect(),
    }
}

fn sign(c: char) -> &'static str {
    match c {
        '/' => "slˈæʃ",
        '=' => "ˈikwᵊlz",
        '+' => "plˈʌs",
        '&' => "ænd",
        '@' => "æt",
        '%' => "pəɹsˈɛnt",
        '#' => "hˈæʃ",
        '*' => "ˈæstəɹˌɪsk",
        '~' => "tˈɪldə",
        '^' => "kˈɛɹət",
        '<' => "lˈɛs ðən",
        '>' => "ɡɹˈATəɹ ðən",
        '—' => "—",
        _ => "",
    }
}

fn letters_around(texts: &[String], j: usize) -> bool {
    let before = texts[j - 1].chars().last();
    let behind = texts[j + 1].chars().next();
    before.is_some_and(char::is_alphabetic) && behind.is_some_and(char::is_alphabetic)
}

/// Parts as one token, which has the tag of the longest, capitals counting twice.
fn merged(parts: &[Token]) -> Token {
    let size = |t: &Token| -> usize {
        let one = |c: char| if c.to_lowercase().eq([c]) { 1 } else { 2 };
        t.text.chars().map(one).sum()
    };
    let mut longest = &parts[0];
    for part in parts {
        if size(part) > size(longest) {
            longest = part;
        }
    }
    let last = &parts[parts.len() - 1];
    let mut text = written_tokens(&parts[..parts.len() - 1]);
    text += &last.text;
    Token {
        text,
        tag: longest.tag.clone(),
        space: last.space,
        phonemes: if parts.len() == 1 {
            last.phonemes.clone()
        } else {
            None
        },
        head: parts[0].head,
        alias: if parts.len() == 1 { last.alias } else { None },
        currency: parts.iter().filter_map(|t| t.currency).max(),
        pause: parts[0].pause,
        guessed: false,
    }
}

fn written_tokens(tokens: &[Token]) -> String {
    let one = |t: &Token| format!("{}{}", t.text, if t.space { " " } else { "" });
    tokens.iter().map(one).collect()
}

fn written(words: &[Word]) -> String {
    let one = |w: &Word| format!("{}{}", w.text, if w.space { " " } else { "" });
    let text: String = words.iter().map(one).collect();
    text.trim().into()
}

/// The phonemes of parts, with spaces where there is a pause.
fn joined(parts: &[Token]) -> String {
    let mut out = String::new();
    for part in parts {
        let phonemes = part.phonemes.as_deref().unwrap_or_default();
        if part.pause
            && !out.is_empty()
            && !out.ends_with(char::is_whitespace)
            && !phonemes.is_empty()
        {
            out.push(' ');
        }
        out += phonemes;
    }
    out
}

/// Of several parts with stress, about half keep it; parts of different kinds get a pause between them.
fn balance(parts: &mut [Token]) {
    let last = parts.len() - 1;
    let text = written_tokens(parts);
    let text = if parts[last].space {
        &text[..text.len() - 1]
    } else {
        &text
    };
    let kind = |c: char| match c {
        c if c.is_alphabetic() => 0,
        c if c.is_ascii_digit() => 1,
        _ => 2,
    };
    let mut kinds: Vec<u8> = text
        .chars()
        .filter(|c| !JUNK.contains(*c))
        .map(kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let pause = text.contains([' ', '/']) || kinds.len() > 1;
    for (i, part) in parts.iter_mut().enumerate() {
        let stop =
            i == last && STOPS.contains(part.text.as_str()) && !"\"“”".contains(part.text.as_str());
        match part.phonemes {
            None if stop => part.phonemes = Some(part.text.clone()),
            None if part.text.chars().all(|c| JUNK.contains(c)) => {
                part.phonemes = Some(String::new())
            }
            None => {}
            Some(_) if i > 0 => part.pause = pause,
            Some(_) => {}
        }
    }
    if pause {
        return;
    }
    let heavy = |(i, part): (usize, &Token)| {
        let said = part.phonemes.as_deref().filter(|p| !p.is_empty())?;
        Some((said.contains('ˈ'), weight(said), i))
    };
    let mut heavy: Vec<(bool, usize, usize)> = parts.iter().enumerate().filter_map(heavy).collect();
    let weaken = |part: &mut Token| {
        part.phonemes = part.phonemes.take().map(|said| stressed(said, Some(-0.5)));
    };
    if let [(_, _, first), (_, _, second)] = heavy[..]
        && parts[first].text.chars().count() == 1
    {
        weaken(&mut parts[second]);
        return;
    }
    let stresses = heavy.iter().filter(|(primary, ..)| *primary).count();
    if heavy.len() < 2 || stresses <= heavy.len().div_ceil(2) {
        return;
    }
    heavy.sort_unstable();
    for (_, _, i) in heavy.iter().take(heavy.len() / 2) {
        weaken(&mut parts[*i]);
    }
}
