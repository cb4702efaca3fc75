//! Models that were trained elsewhere, out of their own files.
//!
//! [`open`] takes GGUF, the files of llama2.c, and safetensors with their `config.json` and `tokenizer.json` in one
//! tar archive; [`peek`] reads only what stands at the beginning and says how large the model is, before anything
//! is loaded. Weights stay as they lie in the file ([`matrix`], [`quant`]), and [`network`] reads with them.
//! [`guest`] makes a [`Model`](crate::model::Model) of it all, so that it writes, reads and is looked into like
//! the ones that are trained here. A sentence encoder ([`encoder`]) becomes another ([`meaning`]).
//!
//! Nothing in a file is trusted: every length, offset and product is checked against what is there, and whatever is
//! allocated follows from bytes that were read.

pub mod as_gpt;
pub mod bundle;
mod chat;
mod cursor;
pub mod encoder;
mod gguf;
pub mod guest;
mod llama2c;
pub mod meaning;
mod names;
pub mod network;
pub mod on_device;
mod safetensors;
mod sampler;
mod store;
pub mod tokenizer;

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;
use web_time::Instant;

pub use generative_playground_compute::quantised::{matrix, quant};

use crate::error::{Error, Result};
use chat::Chat;
use matrix::{Matrix, Rows};
use network::{Decoder, Shape};
use quant::Kind;
use store::{Store, short};
use tokenizer::Tokenizer;

/// No larger file is opened: with what is computed beside it, more than a browser's memory for a module.
pub const MOST_BYTES: u64 = 1900 << 20;
/// Bytes at the beginning in which [`peek`] finds what it looks for.
pub const HEAD_BYTES: usize = 32 << 20;
/// The most tokens that are looked back on: the memory for what was read grows with each.
const MOST_CONTEXT: usize = 4096;

fn bad(reason: impl Into<String>) -> Error {
    Error::BadModelFile {
        reason: reason.into(),
    }
}

fn unsupported(what: String) -> Error {
    Error::BadModelFile {
        reason: format!("this is not read here: {what}"),
    }
}

/// What a file holds, as far as its beginning tells.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Opening {
    /// What it calls itself; may be empty.
    pub name: String,
    /// The form of the file, for example `GGUF`.
    pub format: String,
    /// For example `llama`.
    pub architecture: String,
    /// How most of its weights lie, for example `Q4_1`.
    pub weights: String,
    /// The licence that it names; may be empty.
    pub licence: String,
    /// Its numbers.
    #[ts(type = "number")]
    pub parameters: u64,
    /// Bytes of the file.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Bytes of memory that it takes, with all that it can look back on.
    #[ts(type = "number")]
    pub memory: u64,
    /// The most tokens that it looks back on here.
    pub context: u32,
    /// Seconds for a token, estimated on this computer.
    pub seconds: f32,
    /// Whether it makes vectors of texts, and does not write.
    pub encoder: bool,
}

/// A model out of a file.
pub struct Opened {
    /// What it calls itself.
    pub name: String,
    /// The form of the file.
    pub format: &'static str,
    /// Its licence, if it names one.
    pub licence: String,
    /// How most of its weights lie.
    pub kind: Kind,
    /// Its numbers.
    pub parameters: usize,
    /// The network.
    pub decoder: Decoder,
    /// Its tokens.
    pub tokenizer: Arc<Tokenizer>,
    /// The form in which it answers, if it was taught one.
    pub chat: Option<Chat>,
}

/// Whether bytes are such a file, and not one of this program's own.
pub fn is_foreign(bytes: &[u8]) -> bool {
    bytes.starts_with(gguf::MAGIC) || bundle::is_tar(bytes) || llama2c::is(bytes, bytes.len())
}

/// What was found in a file besides the bytes of its tensors.
struct Found<'a> {
    format: &'static str,
    name: String,
    licence: String,
    store: Store,
    shape: Shape,
    rest: Rest<'a>,
}

/// Where the tokenizer is.
enum Rest<'a> {
    Gguf(gguf::Header<'a>),
    /// Where the weights end.
    Llama2c(usize),
    Files(Vec<(String, std::ops::Range<usize>)>, Value),
}

/// What the file says; `size` bytes long it is, and of those at least the beginning is there.
fn find(file: &Arc<Vec<u8>>, size: usize) -> Result<Found<'_>> {
    if file.starts_with(gguf::MAGIC) {
        let (header, mut store) = gguf::read(file)?;
        store.check(size)?;
        let whole = store.find("rope_freqs.weight").and_then(|s| s.place());
        if whole.is_some_and(|place| place.end > file.len()) {
            store.tensors.remove("rope_freqs.weight");
        }
        let text = |key: &str| short(header.text(key).unwrap_or_default());
        return Ok(Found {
            format: "GGUF",
            name: text("general.name"),
            licence: text("general.license"),
            shape: names::shape_of_gguf(&header, &store)?,
            store,
            rest: Rest::Gguf(header),
        });
    }
    if bundle::is_tar(file) {
        return in_bundle(file);
    }
    match llama2c::shape(file) {
        Some((shape, tied)) if llama2c::is(file, size) => {
            let (store, end) = llama2c::store(file, 0, &shape, tied)?;
            store.check(size)?;
            Ok(Found {
                format: "llama2.c",
                name: String::new(),
                licence: String::new(),
                store,
                shape,
                rest: Rest::Llama2c(end),
            })
        }
        _ => Err(bad(
            "it is none of the files that are read: GGUF, safetensors with its tokenizer.json, llama2.c",
        )),
    }
}

/// Safetensors, or llama2.c's two files, with what belongs to them.
fn in_bundle(file: &Arc<Vec<u8>>) -> Result<Found<'_>> {
    let files = bundle::files(file)?;
    let named = |ends: &str| files.iter().find(|(name, _)| name.ends_with(ends));
    let json = |name: &str| -> Result<Value> {
        let Some((_, place)) = named(name) else {
            return Err(bad(format!(
                "{name} is missing beside it; choose it together with the weights"
            )));
        };
        let bytes = file.get(place.clone()).unwrap_or_default();
        serde_json::from_slice(bytes).map_err(|e| bad(format!("its {name} cannot be read: {e}")))
    };
    if named(".safetensors.index.json").is_some() {
        return Err(unsupported("A model in several files of weights".into()));
    }
    let Some((_, place)) = named(".safetensors") else {
        return Err(bad("there is no file of weights in it that is read"));
    };
    let config = json("config.json")?;
    let store = safetensors::read(file, place.start)?;
    store.check(place.end)?;
    let name = config
        .get("_name_or_path")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Ok(Found {
        format: "safetensors",
        name: short(name.rsplit('/').next().unwrap_or_default()),
        licence: String::new(),
        shape: names::shape_of_config(&config)?,
        store,
        rest: Rest::Files(files.clone(), config),
    })
}

impl Found<'_> {
    fn opening(&self, size: usize) -> Opening {
        let kind = self.store.kind();
        let s = &self.shape;
        let context = s.context.min(MOST_CONTEXT);
        // Keys and values; the tokenizer's tables; a copy of what lies the wrong way.
        let kept = s
            .layers
            .saturating_mul(8 * s.kv_heads * s.head_width)
            .saturating_mul(context);
        let tables = 200 * s.vocabulary;
        let turned = if self.format == "safetensors" && s.architecture == "gpt2" {
            size
        } else {
            0
        };
        let memory = size
            .saturating_add(kept)
            .saturating_add(tables)
            .saturating_add(turned);
        // A token is looked up, which costs nothing, unless the table is asked for what comes next as well.
        let embedding = s.vocabulary.saturating_mul(s.width);
        let parameters = self.store.parameters();
        let untied = self.store.find("output.weight").is_some()
            || self.store.find("lm_head.weight").is_some();
        let work = parameters.saturating_sub(if untied { embedding } else { 0 });
        Opening {
            name: self.name.clone(),
            format: self.format.into(),
            architecture: s.architecture.clone(),
            weights: kind.name().into(),
            licence: self.licence.clone(),
            parameters: parameters as u64,
            bytes: size as u64,
            memory: memory as u64,
            context: context as u32,
            seconds: (work as f64 / pace(kind)) as f32,
            encoder: false,
        }
    }
}

/// How large the model in a file of `size` bytes is, by the beginning of it. An archive has to be there as a whole.
///
/// # Errors
/// [`Error::BadModelFile`], [`Error::TooLargeModel`].
pub fn peek(head: Vec<u8>, size: u64) -> Result<Opening> {
    check_size(size)?;
    let size = usize::try_from(size).unwrap_or(usize::MAX).max(head.len());
    let file = Arc::new(head);
    if encoder::is(&file) {
        return encoder::peek(&file, size);
    }
    let found = find(&file, size)?;
    Ok(found.opening(size))
}

fn check_size(size: u64) -> Result<()> {
    match size > MOST_BYTES {
        true => Err(Error::TooLargeModel {
            megabytes: size >> 20,
            most: MOST_BYTES >> 20,
        }),
        false => Ok(()),
    }
}

/// Open a file.
///
/// # Errors
/// [`Error::BadModelFile`], [`Error::TooLargeModel`].
pub fn open(bytes: Vec<u8>) -> Result<Opened> {
    check_size(bytes.len() as u64)?;
    let size = bytes.len();
    let file = Arc::new(bytes);
    let found = find(&file, size)?;
    let (kind, parameters) = (found.store.kind(), found.store.parameters());
    let (tokenizer, template) = found.tokenizer(&file)?;
    let decoder = match found.rest {
        Rest::Files(..) => names::from_safetensors(&found.store, found.shape)?,
        _ => names::from_gguf(&found.store, found.shape)?,
    };
    if tokenizer.len() > decoder.shape.vocabulary {
        let (tokens, vocabulary) = (tokenizer.len(), decoder.shape.vocabulary);
        return Err(bad(format!(
            "its tokenizer has {tokens} tokens, and its network {vocabulary}"
        )));
    }
    let mut tokenizer = tokenizer;
    let chat = template.as_deref().and_then(Chat::of);
    if let Some(end) = chat.as_ref().and_then(|chat| tokenizer.special(chat.end())) {
        tokenizer.ends.push(end);
    }
    Ok(Opened {
        name: found.name,
        format: found.format,
        licence: found.licence,
        kind,
        parameters,
        decoder,
        tokenizer: Arc::new(tokenizer),
        chat,
    })
}

impl Found<'_> {
    /// The tokenizer, and the template of a chat.
    fn tokenizer(&self, file: &Arc<Vec<u8>>) -> Result<(Tokenizer, Option<String>)> {
        match &self.rest {
            Rest::Gguf(header) => {
                let template = header.text("tokenizer.chat_template").map(String::from);
                Ok((tokenizer::gguf::read(header)?, template))
            }
            Rest::Llama2c(end) => {
                let rest = file.get(*end..).filter(|rest| !rest.is_empty());
                let rest = rest.ok_or_else(|| {
                    bad("its tokenizer is missing; put tokenizer.bin behind the weights, in the same file")
                })?;
                Ok((
                    tokenizer::gguf::of_llama2c(rest, self.shape.vocabulary)?,
                    None,
                ))
            }
            Rest::Files(files, config) => {
                let bytes = |ends: &str| {
                    let found = files.iter().find(|(name, _)| name == ends);
                    found.and_then(|(_, place)| file.get(place.clone()))
                };
                let own = bytes("tokenizer.json").ok_or_else(|| {
                    bad("tokenizer.json is missing beside it; choose it together with the weights")
                })?;
                let mut tokenizer = tokenizer::json::read(own)?;
                let more: Value = bytes("generation_config.json")
                    .and_then(|b| serde_json::from_slice(b).ok())
                    .unwrap_or_default();
                let ends = names::ends(config).into_iter().chain(names::ends(&more));
                tokenizer
                    .ends
                    .extend(ends.filter(|&id| (id as usize) < self.shape.vocabulary));
                let about: Value = bytes("tokenizer_config.json")
                    .and_then(|b| serde_json::from_slice(b).ok())
                    .unwrap_or_default();
                let template = about
                    .get("chat_template")
                    .and_then(Value::as_str)
                    .map(String::from);
                let apart =
                    bytes("chat_template.jinja").map(|b| String::from_utf8_lossy(b).into_owned());
                Ok((tokenizer, template.or(apart)))
            }
        }
    }
}

/// Products and sums a second with weights of a kind: the fastest of some tries, which other programs disturb least.
fn pace(kind: Kind) -> f64 {
    /// Weights of the matrix that is tried.
    const DIMS: [usize; 2] = [128, 1024];
    /// Products of a try, long enough for a clock of a tenth of a millisecond, and tries.
    const PRODUCTS: usize = 16;
    const TRIES: usize = 6;
    let bytes = kind.bytes(DIMS[0] * DIMS[1]).unwrap_or(0);
    let Some(matrix) = Matrix::new(kind, DIMS, Arc::new(vec![0; bytes]), 0) else {
        return 1e9;
    };
    let x = vec![1.0; DIMS[1]];
    let mut best = f64::INFINITY;
    for _ in 0..TRIES {
        let start = Instant::now();
        for _ in 0..PRODUCTS {
            std::hint::black_box(matrix.times(&Rows::new(&x, 1)));
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    (PRODUCTS * DIMS[0] * DIMS[1]) as f64 / best.max(1e-6)
}
