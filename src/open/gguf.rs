//! GGUF, version 3 and 2: metadata, a table of tensors, and these, all in one file.
//!
//! github.com/ggml-org/ggml, `docs/gguf.md`.

use std::{collections::HashMap, sync::Arc};

use super::{
    bad,
    cursor::Cursor,
    quant::Kind,
    store::{Store, Stored, short},
    unsupported,
};
use crate::error::Result;

/// How such a file begins.
pub const MAGIC: &[u8] = b"GGUF";
/// Extents of tensors, and steps of lists in lists.
const MOST_DIMS: u32 = 4;

/// A value of the metadata.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A text.
    Text(&'a str),
    /// Texts.
    Texts(Vec<&'a str>),
    /// Numbers of 32 bits.
    Numbers(Vec<f32>),
    /// Whole numbers of 32 bits.
    Wholes(Vec<i32>),
    /// What nobody asks for.
    Other,
}

/// What a file says about itself.
pub struct Header<'a> {
    /// By name.
    pub values: HashMap<&'a str, Value<'a>>,
}

impl<'a> Header<'a> {
    /// A text.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        match self.values.get(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub fn whole(&self, key: &str) -> Option<usize> {
        match self.values.get(key)? {
            &Value::Whole(n) => usize::try_from(n).ok(),
            // Of some models one for each layer, all alike.
            Value::Wholes(all) if all.windows(2).all(|w| w[0] == w[1]) => {
                usize::try_from(*all.first()?).ok()
            }
            _ => None,
        }
    }

    /// A number.
    pub fn number(&self, key: &str) -> Option<f64> {
        match *self.values.get(key)? {
            Value::Number(x) => Some(x),
            Value::Whole(n) => Some(n as f64),
            _ => None,
        }
    }

    /// Yes or no.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.values.get(key)? {
            &Value::Flag(yes) => Some(yes),
            _ => None,
        }
    }

    /// Texts.
    pub fn texts(&self, key: &str) -> Option<&[&'a str]> {
        match self.values.get(key)? {
            Value::Texts(texts) => Some(texts),
            _ => None,
        }
    }
}

/// The architecture that a file names, by the beginning of it; it is most often the first thing that is said.
pub fn architecture(head: &[u8]) -> Option<&str> {
    let mut cursor = Cursor::new(head);
    (cursor.take(4).ok()? == MAGIC).then_some(())?;
    cursor.take(4 + 8).ok()?;
    let values = cursor.u64().ok()?;
    for _ in 0..values.min(256) {
        let key = cursor.text().ok()?;
        let kind = cursor.u32().ok()?;
        match value(&mut cursor, kind).ok()? {
            Value::Text(text) if key == "general.architecture" => return Some(text),
            _ => {}
        }
    }
    None
}

/// Read what stands before the tensors; their bytes need not be there.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile), [`Error::Unsupported`](crate::error::Error::Unsupported).
pub fn read(file: &Arc<Vec<u8>>) -> Result<(Header<'_>, Store)> {
    let mut cursor = Cursor::new(file);
    if cursor.take(4)? != MAGIC {
        return Err(bad("it is not a GGUF file"));
    }
    let version = cursor.u32()?;
    if !(2..=3).contains(&version) {
        return Err(unsupported(format!(
            "GGUF of version {version}; 2 and 3 are read"
        )));
    }
    let tensors = cursor.count(24)?;
    let values = cursor.count(12)?;
    let mut header = Header {
        values: HashMap::new(),
    };
    for _ in 0..values {
        let key = cursor.text()?;
        let kind = cursor.u32()?;
        let value = value(&mut cursor, kind)?;
        if header.values.insert(key, value).is_some() {
            return Err(bad(format!("“{}” stands in it twice", short(key))));
        }
    }
    let mut places = Vec::new();
    for _ in 0..tensors {
        places.push(place(&mut cursor)?);
    }
    let unit = header.whole("general.alignment").unwrap_or(32);
    if !(1..=1 << 20).contains(&unit) {
        return Err(bad("its tensors are aligned to what cannot be right"));
    }
    let from = cursor.at().next_multiple_of(unit);
    let mut store = Store {
        file: file.clone(),
        tensors: HashMap::new(),
    };
    for (name, kind, dims, offset) in places {
        let start = usize::try_from(offset)
            .ok()
            .and_then(|o| from.checked_add(o));
        let start = start.ok_or_else(|| bad("a tensor of it lies beyond any file"))?;
        let stored = Stored::new(name, kind, dims, start)?;
        if store.tensors.insert(name.into(), stored).is_some() {
            return Err(bad(format!("“{}” stands in it twice", short(name))));
        }
    }
    Ok((header, store))
}

/// A line of the table of tensors.
type Place<'a> = (&'a str, Kind, Vec<usize>, u64);

fn place<'a>(cursor: &mut Cursor<'a>) -> Result<Place<'a>> {
    let name = cursor.text()?;
    let n = cursor.u32()?;
    if !(1..=MOST_DIMS).contains(&n) {
        return Err(bad(format!("its tensor “{}” has {n} extents", short(name))));
    }
    let mut dims = Vec::new();
    for _ in 0..n {
        let d = usize::try_from(cursor.u64()?)
            .map_err(|_| bad("a tensor of it is larger than any file"))?;
        dims.push(d);
    }
    // The first one lies together.
    dims.reverse();
    let number = cursor.u32()?;
    let kind = Kind::of_gguf(number).ok_or_else(|| {
        unsupported(format!(
            "Weights of GGUF's type {number}; F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q4_K and Q6_K are read"
        ))
    })?;
    Ok((name, kind, dims, cursor.u64()?))
}

/// The bytes of a value of fixed size.
fn size_of(kind: u32) -> Option<usize> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

fn value<'a>(cursor: &mut Cursor<'a>, kind: u32) -> Result<Value<'a>> {
    Ok(match kind {
        0 => Value::Whole(cursor.u8()?.into()),
        1 => Value::Whole((cursor.u8()? as i8).into()),
        2 | 3 => {
            let b = cursor.take(2)?;
            let n = u16::from_le_bytes([b[0], b[1]]);
            Value::Whole(if kind == 2 {
                n.into()
            } else {
                (n as i16).into()
            })
        }
        4 => Value::Whole(cursor.u32()?.into()),
        5 => Value::Whole((cursor.u32()? as i32).into()),
        6 => Value::Number(cursor.f32()?.into()),
        7 => Value::Flag(cursor.u8()? != 0),
        8 => Value::Text(cursor.text()?),
        9 => list(cursor)?,
        10 => Value::Whole(i64::try_from(cursor.u64()?).unwrap_or(i64::MAX)),
        11 => Value::Whole(cursor.u64()? as i64),
        12 => Value::Number(f64::from_bits(cursor.u64()?)),
        _ => return Err(bad(format!("a value in it is of the unknown type {kind}"))),
    })
}

fn list<'a>(cursor: &mut Cursor<'a>) -> Result<Value<'a>> {
    let kind = cursor.u32()?;
    if kind == 8 {
        let n = cursor.count(8)?;
        let texts: Result<Vec<&str>> = (0..n).map(|_| cursor.text()).collect();
        return Ok(Value::Texts(texts?));
    }
    let each =
        size_of(kind).ok_or_else(|| unsupported(format!("GGUF with lists of the type {kind}")))?;
    let n = cursor.count(each)?;
    let bytes = cursor.take(n * each)?.as_chunks::<4>().0;
    Ok(match kind {
        4 | 5 => Value::Wholes(bytes.iter().map(|&b| i32::from_le_bytes(b)).collect()),
        6 => Value::Numbers(bytes.iter().map(|&b| f32::from_le_bytes(b)).collect()),
        _ => Value::Other,
    })
}
