//! `tokenizer.json`, as Hugging Face's libraries write it.

use std::{borrow::Cow, collections::HashMap};

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use super::{
    Change, Cut, LOW_LINE, Model, Prefix, Tokenizer, Unknown, all_bytes, bytes_by, bytes_of, check,
    merges, sentence_piece,
};
use crate::{
    error::Result,
    open::{bad, store::short, unsupported},
};

#[derive(Deserialize)]
struct File<'a> {
    #[serde(default)]
    added_tokens: Vec<Added>,
    #[serde(default)]
    normalizer: Value,
    #[serde(default)]
    pre_tokenizer: Value,
    #[serde(default)]
    post_processor: Value,
    #[serde(borrow)]
    model: Tokens<'a>,
}

#[derive(Deserialize)]
struct Added {
    id: u32,
    content: String,
}

#[derive(Deserialize)]
struct Tokens<'a> {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(borrow)]
    vocab: Vocabulary<'a>,
    #[serde(default, borrow)]
    merges: Vec<Merge<'a>>,
    #[serde(default)]
    unk_token: Option<String>,
    #[serde(default)]
    unk_id: Option<u32>,
    #[serde(default)]
    byte_fallback: bool,
    #[serde(default)]
    ignore_merges: bool,
    #[serde(default)]
    continuing_subword_prefix: Option<String>,
}

/// Tokens with their numbers, or in their order with log p.
struct Vocabulary<'a>(Vec<(Cow<'a, str>, f64)>, bool);

impl<'de: 'a, 'a> Deserialize<'de> for Vocabulary<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Vocabulary<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("tokens")
            }
            fn visit_map<A: de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some((Text(token), id)) = map.next_entry::<Text, u32>()? {
                    all.push((token, f64::from(id)));
                }
                Ok(Vocabulary(all, true))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some((Text(token), score)) = list.next_element::<(Text, f64)>()? {
                    all.push((token, score));
                }
                Ok(Vocabulary(all, false))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A text that is not copied where it stands as it is.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Two tokens, as a list or with a space between them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Merge<'a> {
    Pair(#[serde(borrow)] Cow<'a, str>, #[serde(borrow)] Cow<'a, str>),
    Line(#[serde(borrow)] Cow<'a, str>),
}

impl Merge<'_> {
    fn pair(&self) -> Option<(&str, &str)> {
        match self {
            Merge::Pair(a, b) => Some((a, b)),
            Merge::Line(line) => line.split_once(' '),
        }
    }
}

/// The tokenizer that such a file describes.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile), [`Error::Unsupported`](crate::error::Error::Unsupported).
pub fn read(bytes: &[u8]) -> Result<Tokenizer> {
    let file: File = serde_json::from_slice(bytes)
        .map_err(|e| bad(format!("its tokenizer.json cannot be read: {e}")))?;
    let mut tokenizer = Tokenizer::default();
    change(&file.normalizer, &mut tokenizer)?;
    let mut by_bytes = false;
    cut(&file.pre_tokenizer, &mut tokenizer, &mut by_bytes)?;
    let tokens = &file.model;
    let count = tokens.vocab.0.len() + file.added_tokens.len();
    check(count, tokens.vocab.0.iter().map(|t| t.0.len()))?;
    check(count, file.added_tokens.iter().map(|t| t.content.len()))?;
    let ids: HashMap<&str, u32> = match tokens.vocab.1 {
        true => tokens
            .vocab
            .0
            .iter()
            .map(|(t, id)| (&**t, *id as u32))
            .collect(),
        false => tokens
            .vocab
            .0
            .iter()
            .zip(0..)
            .map(|((t, _), id)| (&**t, id))
            .collect(),
    };
    let id = |t: &str| ids.get(t).copied();
    let last = ids
        .values()
        .copied()
        .chain(file.added_tokens.iter().map(|t| t.id))
        .max()
        .unwrap_or(0);
    // Numbers may leave gaps, but no more of them than there are tokens.
    if last as usize >= 2 * count {
        return Err(bad("its vocabulary cannot be right"));
    }
    tokenizer.pieces = vec![Box::default(); last as usize + 1];
    for (token, &id) in &ids {
        let bytes = if by_bytes {
            bytes_of(token)
        } else {
            Some(sentence_piece(token))
        };
        tokenizer.pieces[id as usize] = bytes.unwrap_or_else(|| token.as_bytes().to_vec()).into();
    }
    for added in file.added_tokens {
        tokenizer.pieces[added.id as usize] = added.content.as_bytes().into();
        if !added.content.is_empty() {
            tokenizer.special.push((added.content.into(), added.id));
        }
    }
    tokenizer
        .special
        .sort_by_key(|(t, _)| std::cmp::Reverse(t.len()));
    tokenizer.model = model(tokens, &ids, by_bytes)?;
    tokenizer.begin = begin(&file.post_processor, |t| {
        tokenizer.special(t).or_else(|| id(t))
    });
    Ok(tokenizer)
}

fn model(tokens: &Tokens, ids: &HashMap<&str, u32>, by_bytes: bool) -> Result<Model> {
    let id = |t: &str| ids.get(t).copied();
    let owned = || ids.iter().map(|(t, id)| ((*t).into(), *id)).collect();
    let unknown = || Unknown {
        bytes: match tokens.byte_fallback {
            true => all_bytes(|b| id(&format!("<0x{b:02X}>"))),
            false => None,
        },
        token: tokens
            .unk_id
            .or_else(|| tokens.unk_token.as_deref().and_then(id)),
    };
    let kind = tokens.kind.as_deref().unwrap_or(match tokens.vocab.1 {
        true => "BPE",
        false => "Unigram",
    });
    let pairs = || tokens.merges.iter().filter_map(Merge::pair);
    Ok(match kind {
        "BPE" if by_bytes => {
            let by_byte: HashMap<Box<[u8]>, u32> = ids
                .iter()
                .filter_map(|(t, id)| Some((bytes_of(t)?.into(), *id)))
                .collect();
            Model::Bytes {
                bytes: bytes_by(|b| by_byte.get(&[b][..]).copied()),
                merges: merges(pairs(), id),
                whole: tokens.ignore_merges.then_some(by_byte),
            }
        }
        "BPE" => Model::Characters {
            ids: owned(),
            merges: merges(pairs(), id),
            unknown: unknown(),
        },
        "Unigram" if !tokens.vocab.1 => {
            let each = tokens.vocab.0.iter().zip(0..);
            let longest = ids.keys().map(|t| t.len()).max().unwrap_or(0);
            let least = tokens.vocab.0.iter().fold(0.0f32, |m, t| m.min(t.1 as f32));
            Model::Unigram {
                extremes: (longest, least),
                ids: each
                    .map(|((t, score), id)| ((&**t).into(), (id, *score as f32)))
                    .collect(),
                unknown: unknown(),
            }
        }
        "WordPiece" => Model::WordPiece {
            ids: owned(),
            mark: tokens
                .continuing_subword_prefix
                .as_deref()
                .unwrap_or("##")
                .into(),
            unknown: tokens.unk_token.as_deref().and_then(id).unwrap_or(0),
        },
        other => return Err(unsupported(format!("The tokenizer “{}”", short(other)))),
    })
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn yes(value: &Value, name: &str, otherwise: bool) -> bool {
    value
        .get(name)
        .and_then(Value::as_bool)
        .unwrap_or(otherwise)
}

/// The members of a sequence; else the one thing itself.
fn each<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    match value.get(name).and_then(Value::as_array) {
        Some(all) if text(value, "type") == "Sequence" => all.iter().collect(),
        _ => vec![value],
    }
}

fn change(normalizer: &Value, tokenizer: &mut Tokenizer) -> Result<()> {
    for one in each(normalizer, "normalizers") {
        match text(one, "type") {
            // Text that people type is composed already; it is taken as it comes.
            "NFC" | "" => {}
            "Lowercase" => tokenizer.changes.push(Change::Lower),
            "StripAccents" => tokenizer.changes.push(Change::Plain),
            "Prepend" if text(one, "prepend") == LOW_LINE.to_string() => {
                tokenizer.prefix = Prefix::Always
            }
            "Replace" => {
                let from = one.get("pattern").map_or("", |p| text(p, "String"));
                if from.is_empty() {
                    return Err(unsupported(
                        "A tokenizer that replaces by a regular expression".into(),
                    ));
                }
                tokenizer
                    .changes
                    .push(Change::Replace(from.into(), text(one, "content").into()));
            }
            "BertNormalizer" => {
                let lower = yes(one, "lowercase", true);
                if yes(one, "clean_text", true) {
                    tokenizer.changes.push(Change::Clean);
                }
                if yes(one, "strip_accents", lower) {
                    tokenizer.changes.push(Change::Plain);
                }
                if lower {
                    tokenizer.changes.push(Change::Lower);
                }
            }
            other => {
                return Err(unsupported(format!(
                    "A tokenizer that changes text by “{}”",
                    short(other)
                )));
            }
        }
    }
    Ok(())
}

/// The regular expressions that are written out in [`Cut`], as files have them.
const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

fn cut(pre: &Value, tokenizer: &mut Tokenizer, by_bytes: &mut bool) -> Result<()> {
    for one in each(pre, "pretokenizers") {
        match text(one, "type") {
            "" => {}
            "ByteLevel" => {
                *by_bytes = true;
                if yes(one, "add_prefix_space", true) {
                    tokenizer.prefix = Prefix::Missing;
                }
                if yes(one, "use_regex", true) {
                    tokenizer.cuts.push(Cut::Gpt2);
                }
            }
            "Digits" if yes(one, "individual_digits", false) => tokenizer.cuts.push(Cut::Digits),
            "Split" => {
                let pattern = one.get("pattern").map_or("", |p| text(p, "Regex"));
                tokenizer.cuts.push(match pattern {
                    GPT2 => Cut::Gpt2,
                    LLAMA3 => Cut::Llama3(3),
                    QWEN2 => Cut::Llama3(1),
                    _ => {
                        return Err(unsupported(
                            "A tokenizer with a regular expression that is not known".into(),
                        ));
                    }
                });
            }
            "BertPreTokenizer" => tokenizer.cuts.push(Cut::Bert),
            "Metaspace" => {
                let scheme = one.get("prepend_scheme").and_then(Value::as_str);
                tokenizer.prefix = match scheme {
                    Some("never") => Prefix::Never,
                    Some("first") => Prefix::First,
                    Some(_) => Prefix::Missing,
                    None if yes(one, "add_prefix_space", true) => Prefix::Missing,
                    None => Prefix::Never,
                };
                tokenizer
                    .changes
                    .push(Change::Replace(" ".into(), LOW_LINE.to_string()));
                if yes(one, "split", true) {
                    tokenizer.cuts.push(Cut::LowLines);
                }
            }
            other => {
                return Err(unsupported(format!(
                    "A tokenizer that cuts text by “{}”",
                    short(other)
                )));
            }
        }
    }
    Ok(())
}

/// The token that the template of a text begins with.
fn begin(post: &Value, id: impl Fn(&str) -> Option<u32>) -> Option<u32> {
    each(post, "processors").into_iter().find_map(|one| {
        let first = one.get("single")?.as_array()?.first()?;
        id(text(first.get("SpecialToken")?, "id"))
    })
}
