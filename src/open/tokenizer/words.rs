//! How a text is changed and cut before its words become tokens.
//!
//! Tokenizers give these rules as regular expressions, of which a handful is in use. Each is written out here.

use super::{
    Change, LOW_LINE,
    letters::{FORMAT, MARKS, OTHER_MARKS, PLAIN, PUNCTUATION},
};

/// A way of cutting a text into words. Nothing is left out but what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    Gpt2,
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    /// with n = 3 for Llama 3 and n = 1 for Qwen.
    Llama3(usize),
    /// Each number by itself.
    Digits,
    /// Before each `▁`.
    LowLines,
    /// At spaces, which are left out, and around each punctuation mark.
    Bert,
}

fn within(table: &[(u32, u32)], c: char) -> bool {
    let code = c as u32;
    let at = table.partition_point(|&(_, end)| end < code);
    table.get(at).is_some_and(|&(start, _)| start <= code)
}

/// `\p{L}`: what Rust calls alphabetic without numbers, marks and letters in circles and squares.
fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    let framed = matches!(c, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}');
    c.is_alphabetic()
        && !c.is_numeric()
        && !framed
        && !within(&MARKS, c)
        && !within(&OTHER_MARKS, c)
}

/// The words of a text.
pub fn cut<'a>(cut: &Cut, text: &'a str) -> Vec<&'a str> {
    match cut {
        Cut::Gpt2 => regular(text, gpt2),
        Cut::Llama3(digits) => regular(text, |rest| llama3(rest, *digits)),
        Cut::Digits => pieces(text, |c, before| c.is_numeric() || before.is_numeric()),
        Cut::LowLines => pieces(text, |c, _| c == LOW_LINE),
        Cut::Bert => {
            let words = text.split(char::is_whitespace).filter(|w| !w.is_empty());
            let marks = |c: char, before: char| is_punctuation(c) || is_punctuation(before);
            words.flat_map(|word| pieces(word, marks)).collect()
        }
    }
}

/// Cut where `new` says that a piece begins, of a character and the one before it.
fn pieces(text: &str, new: impl Fn(char, char) -> bool) -> Vec<&str> {
    let (mut out, mut start, mut before) = (Vec::new(), 0, None);
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| new(c, before)) {
            out.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

/// Cut off as many bytes as `length` says, again and again.
fn regular(text: &str, length: impl Fn(&str) -> usize) -> Vec<&str> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        // At least a character; what fits no rule stands alone.
        let n = length(rest).max(first.len_utf8());
        let (word, after) = rest.split_at(rest.floor_char_boundary(n));
        out.push(word);
        rest = after;
    }
    out
}

/// Bytes of the characters at the beginning that are such.
fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

/// Bytes of an apostrophe and what is written together with it.
fn contraction(text: &str, any_case: bool) -> usize {
    let Some(rest) = text.strip_prefix('\'') else {
        return 0;
    };
    for end in ["s", "t", "re", "ve", "m", "ll", "d"] {
        let mut letters = rest.chars();
        let fits = end.chars().all(|e| {
            letters.next().is_some_and(|c| match any_case {
                // The long s is one, too.
                true => c.eq_ignore_ascii_case(&e) || (c == 'ſ' && e == 's'),
                false => c == e,
            })
        });
        if fits {
            return text.len() - letters.as_str().len();
        }
    }
    0
}

fn is_other(c: char) -> bool {
    !c.is_whitespace() && !is_letter(c) && !c.is_numeric()
}

/// `\s+(?!\S)|\s+`: spaces but the last one, if something follows.
fn spaces(text: &str) -> usize {
    let n = run(text, char::is_whitespace);
    let last = text[..n].chars().next_back().map_or(0, char::len_utf8);
    if n < text.len() && n > last {
        n - last
    } else {
        n
    }
}

fn gpt2(text: &str) -> usize {
    let n = contraction(text, false);
    if n > 0 {
        return n;
    }
    let (space, rest) = match text.strip_prefix(' ') {
        Some(rest) => (1, rest),
        None => (0, text),
    };
    let kinds: [fn(char) -> bool; 3] = [is_letter, char::is_numeric, is_other];
    for is in kinds {
        let n = run(rest, is);
        if n > 0 {
            return space + n;
        }
    }
    spaces(text)
}

fn llama3(text: &str, digits: usize) -> usize {
    let n = contraction(text, true);
    if n > 0 {
        return n;
    }
    let line_end = |c: char| c == '\r' || c == '\n';
    if let Some(first) = text.chars().next() {
        let before = match is_letter(first) || first.is_numeric() || line_end(first) {
            true => 0,
            false => first.len_utf8(),
        };
        let n = run(&text[before..], is_letter);
        if n > 0 {
            return before + n;
        }
        let numbers = text.chars().take(digits).take_while(|c| c.is_numeric());
        let n: usize = numbers.map(char::len_utf8).sum();
        if n > 0 {
            return n;
        }
    }
    let space = usize::from(text.starts_with(' '));
    let n = run(&text[space..], is_other);
    if n > 0 {
        let end = space + n;
        return end + run(&text[end..], line_end);
    }
    let blank = &text[..run(text, char::is_whitespace)];
    match blank.rfind(line_end) {
        Some(last) => last + 1,
        None => spaces(text),
    }
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || within(&PUNCTUATION, c)
}

/// A text after a change.
pub fn change(change: &Change, text: &str) -> String {
    match change {
        Change::Replace(from, to) => text.replace(from.as_str(), to),
        Change::Lower => text.chars().flat_map(char::to_lowercase).collect(),
        Change::Plain => plain(text),
        Change::Clean => clean(text),
    }
}

fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0' | '\u{fffd}' => {}
            c if c.is_whitespace() => out.push(' '),
            c if c.is_control() || within(&FORMAT, c) => {}
            '\u{4e00}'..='\u{9fff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{20000}'..='\u{2a6df}'
            | '\u{2a700}'..='\u{2b73f}'
            | '\u{2b740}'..='\u{2b81f}'
            | '\u{2b920}'..='\u{2ceaf}'
            | '\u{f900}'..='\u{faff}'
            | '\u{2f800}'..='\u{2fa1f}' => out.extend([' ', c, ' ']),
            c => out.push(c),
        }
    }
    out
}

/// Letters without what stands above and below them (NFD without Mn).
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii() => out.push(c),
            // Hangul: leading consonant, vowel, and a final consonant, if there is one.
            '\u{ac00}'..='\u{d7a3}' => {
                let at = c as u32 - 0xac00;
                let parts = [0x1100 + at / 588, 0x1161 + at % 588 / 28, 0x11a7 + at % 28];
                let n = if at.is_multiple_of(28) { 2 } else { 3 };
                out.extend(parts[..n].iter().filter_map(|&p| char::from_u32(p)));
            }
            c if within(&MARKS, c) => {}
            c => out.push(bare(c).unwrap_or(c)),
        }
    }
    out
}

/// A character without its marks, where it has some.
fn bare(c: char) -> Option<char> {
    // Pairs in the order of the first.
    let mut each = PLAIN.chars();
    while let (Some(with), Some(without)) = (each.next(), each.next()) {
        if with == c {
            return Some(without);
        }
        if with > c {
            return None;
        }
    }
    None
}
