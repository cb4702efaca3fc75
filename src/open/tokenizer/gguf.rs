//! The tokenizer in a GGUF file.

use std::collections::HashMap;

use super::{
    Change, Cut, LOW_LINE, Model, Prefix, Tokenizer, Unknown, all_bytes, byte_token, bytes_by,
    bytes_of, check, merges, sentence_piece,
};
use crate::{
    error::Result,
    open::{
        bad,
        gguf::{Header, Value},
        llama2c,
        store::short,
        unsupported,
    },
};

/// What GGUF says of tokens: ordinary ones, and those that stand for themselves.
const CONTROL: i32 = 3;
const BY_USER: i32 = 4;

/// The tokenizer that a file brings.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile), [`Error::Unsupported`](crate::error::Error::Unsupported).
pub fn read(header: &Header) -> Result<Tokenizer> {
    let tokens = header
        .texts("tokenizer.ggml.tokens")
        .ok_or_else(|| bad("it has no tokens"))?;
    check(tokens.len(), tokens.iter().map(|t| t.len()))?;
    let types = match header.values.get("tokenizer.ggml.token_type") {
        Some(Value::Wholes(types)) => types.as_slice(),
        _ => &[],
    };
    let special = |id: usize| matches!(types.get(id), Some(&(CONTROL | BY_USER)));
    let id_of = |name: &str| header.whole(name).and_then(|n| u32::try_from(n).ok());
    let name = header.text("tokenizer.ggml.model").unwrap_or_default();
    let mut tokenizer = match name {
        "gpt2" => bytes(header, tokens, &special)?,
        "llama" => scores(header, tokens, id_of("tokenizer.ggml.unknown_token_id"))?,
        "bert" => word_pieces(tokens, id_of("tokenizer.ggml.unknown_token_id")),
        other => return Err(unsupported(format!("The tokenizer “{}”", short(other)))),
    };
    let specials = tokens
        .iter()
        .enumerate()
        .filter(|&(id, t)| special(id) && !t.is_empty());
    tokenizer.special = specials.map(|(id, &t)| (t.into(), id as u32)).collect();
    tokenizer
        .special
        .sort_by_key(|(t, _)| std::cmp::Reverse(t.len()));
    let within = |id: &u32| (*id as usize) < tokens.len();
    let begins = header
        .flag("tokenizer.ggml.add_bos_token")
        .unwrap_or(name == "llama");
    let begin = id_of("tokenizer.ggml.bos_token_id").filter(within);
    tokenizer.begin = begin.filter(|_| begins);
    let ends =
        ["eos_token_id", "eot_token_id"].map(|name| id_of(&format!("tokenizer.ggml.{name}")));
    tokenizer.ends = ends.into_iter().flatten().filter(within).collect();
    Ok(tokenizer)
}

fn bytes(header: &Header, tokens: &[&str], special: &dyn Fn(usize) -> bool) -> Result<Tokenizer> {
    let ids: HashMap<&str, u32> = tokens.iter().copied().zip(0..).collect();
    let (cuts, whole) = match header.text("tokenizer.ggml.pre").unwrap_or("gpt-2") {
        "gpt-2" | "gpt2" => (vec![Cut::Gpt2], false),
        "smollm" => (vec![Cut::Digits, Cut::Gpt2], false),
        "llama-bpe" | "llama3" | "llama-v3" => (vec![Cut::Llama3(3)], true),
        "qwen2" => (vec![Cut::Llama3(1)], false),
        other => {
            return Err(unsupported(format!(
                "The tokenizer's words by “{}”",
                short(other)
            )));
        }
    };
    let lines = header.texts("tokenizer.ggml.merges").unwrap_or_default();
    let pairs = lines.iter().filter_map(|line| line.split_once(' '));
    let id = |t: &str| ids.get(t).copied();
    let pieces: Vec<Box<[u8]>> = tokens
        .iter()
        .enumerate()
        .map(|(at, token)| match bytes_of(token) {
            Some(bytes) if !special(at) => bytes.into(),
            _ => token.as_bytes().into(),
        })
        .collect();
    let by_bytes = || {
        let each = pieces.iter().cloned().zip(0..);
        each.collect::<HashMap<Box<[u8]>, u32>>()
    };
    let all = by_bytes();
    let bytes = bytes_by(|b| all.get(&[b][..]).copied());
    Ok(Tokenizer {
        cuts,
        model: Model::Bytes {
            bytes,
            merges: merges(pairs, id),
            whole: whole.then_some(all),
        },
        pieces,
        ..Tokenizer::default()
    })
}

fn scores(header: &Header, tokens: &[&str], unknown: Option<u32>) -> Result<Tokenizer> {
    let scores = match header.values.get("tokenizer.ggml.scores") {
        Some(Value::Numbers(scores)) if scores.len() == tokens.len() => scores,
        _ => return Err(bad("its tokens have no scores")),
    };
    let each = tokens
        .iter()
        .map(|t| t.as_bytes())
        .zip(scores.iter().copied());
    let mut tokenizer = sentences(each, unknown);
    if header.flag("tokenizer.ggml.add_space_prefix") == Some(false) {
        tokenizer.prefix = Prefix::Never;
    }
    Ok(tokenizer)
}

/// SentencePiece's merges, of tokens with [`LOW_LINE`] for spaces.
pub(super) fn sentences<'a>(
    tokens: impl Iterator<Item = (&'a [u8], f32)>,
    unknown: Option<u32>,
) -> Tokenizer {
    let (mut ids, mut pieces) = (HashMap::new(), Vec::new());
    for ((bytes, score), id) in tokens.zip(0u32..) {
        let text = String::from_utf8_lossy(bytes);
        pieces.push(sentence_piece(&text).into());
        ids.entry(text.into_owned().into()).or_insert((id, score));
    }
    let bytes = all_bytes(|b| {
        ids.get(format!("<0x{b:02X}>").as_str())
            .map(|t: &(u32, f32)| t.0)
    });
    Tokenizer {
        pieces,
        prefix: Prefix::Always,
        changes: vec![Change::Replace(" ".into(), LOW_LINE.to_string())],
        model: Model::Scores {
            ids,
            unknown: Unknown {
                bytes,
                token: unknown,
            },
        },
        ..Tokenizer::default()
    }
}

/// The tokenizer of llama2.c: SentencePiece's, with spaces as they are.
///
/// The 256 tokens of bytes, which stand behind the first three, are called `<0x2C>` by llama2.c of today. There are
/// files of before in which each is the letter of its number: a comma there is the text of two tokens, and the model has
/// learned the other one.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile).
pub fn of_llama2c(bytes: &[u8], count: usize) -> Result<Tokenizer> {
    let tokens = llama2c::tokens(bytes, count)?;
    check(tokens.len(), tokens.iter().map(|t| t.0.len()))?;
    let mut own = tokens.iter().skip(3).map(|t| t.0);
    let letters = (0..=255u8).all(|b| own.next() == Some(char::from(b).to_string().as_bytes()));
    let names: Vec<String> = (0..=255u8).map(|b| format!("<0x{b:02X}>")).collect();
    let named = tokens.iter().enumerate().map(|(id, &(text, score))| {
        let name = id.checked_sub(3).filter(|_| letters);
        let name = name.and_then(|at| names.get(at));
        (name.map_or(text, |name| name.as_bytes()), score)
    });
    let mut tokenizer = sentences(named, Some(0));
    tokenizer.changes.clear();
    // The first three are those for unknown, beginning and end.
    let beyond = |id: &u32| (*id as usize) < count;
    tokenizer.begin = Some(1).filter(beyond);
    tokenizer.ends = [1, 2].into_iter().filter(beyond).collect();
    Ok(tokenizer)
}

/// GGUF marks pieces that begin a word, not those within one.
fn word_pieces(tokens: &[&str], unknown: Option<u32>) -> Tokenizer {
    let is_word = |token: &str| token.starts_with(LOW_LINE);
    let ids = tokens
        .iter()
        .zip(0..)
        .map(|(token, id)| match token.strip_prefix(LOW_LINE) {
            Some(word) => (word.into(), id),
            None if token.starts_with('[') && token.ends_with(']') => ((*token).into(), id),
            None => (format!("##{token}").into(), id),
        });
    let pieces = tokens.iter().map(
        |token| match is_word(token) || byte_token(token).is_some() {
            true => sentence_piece(token).into(),
            false => token.as_bytes().into(),
        },
    );
    Tokenizer {
        pieces: pieces.collect(),
        changes: vec![Change::Clean, Change::Plain, Change::Lower],
        cuts: vec![Cut::Bert],
        model: Model::WordPiece {
            ids: ids.collect(),
            mark: "##".into(),
            unknown: unknown.unwrap_or(0),
        },
        ..Tokenizer::default()
    }
}
