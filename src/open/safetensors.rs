//! The table of a safetensors file, of which only the beginning need be there.
//!
//! github.com/huggingface/safetensors: the length of a JSON object, that object, the tensors.

use std::{collections::HashMap, sync::Arc};

use serde::Deserialize;

use super::{
    bad,
    quant::Kind,
    store::{Store, Stored, short},
    unsupported,
};
use crate::error::Result;

/// The longest table.
const MOST: usize = 64 << 20;

#[derive(Deserialize)]
struct Line {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// What stands before the tensors of the file that lies in `file` from `from` on.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile), [`Error::Unsupported`](crate::error::Error::Unsupported).
pub fn read(file: &Arc<Vec<u8>>, from: usize) -> Result<Store> {
    let bytes = file.get(from..).unwrap_or_default();
    let length = bytes.first_chunk::<8>().map(|b| u64::from_le_bytes(*b));
    let length = length
        .and_then(|n| usize::try_from(n).ok())
        .filter(|&n| n <= MOST);
    let table = length.and_then(|n| bytes.get(8..8 + n));
    let table = table.ok_or_else(|| bad("it is no safetensors file, or was cut off"))?;
    let lines: HashMap<String, serde_json::Value> = serde_json::from_slice(table)
        .map_err(|e| bad(format!("its table of tensors cannot be read: {e}")))?;
    let mut store = Store {
        file: file.clone(),
        tensors: HashMap::new(),
    };
    for (name, line) in lines {
        if name == "__metadata__" {
            continue;
        }
        let line: Line = serde_json::from_value(line)
            .map_err(|e| bad(format!("its tensor “{}”: {e}", short(&name))))?;
        let kind = match line.dtype.as_str() {
            "F32" => Kind::F32,
            "F16" => Kind::F16,
            "BF16" => Kind::Bf16,
            // Positions and masks that some files keep; nobody asks for them.
            "I64" | "I32" | "U8" | "BOOL" => continue,
            other => {
                let other = short(other);
                return Err(unsupported(format!(
                    "Weights of the type {other}; F32, F16 and BF16 are read"
                )));
            }
        };
        // A single number is a vector of one.
        let dims = if line.shape.is_empty() {
            vec![1]
        } else {
            line.shape
        };
        let [start, end] = line.data_offsets;
        let start = start.checked_add(from + 8 + table.len());
        let start = start.ok_or_else(|| bad("a tensor of it lies beyond any file"))?;
        let stored = Stored::new(&name, kind, dims, start)?;
        if end.checked_sub(line.data_offsets[0]) != stored.bytes() {
            return Err(bad(format!(
                "its tensor “{}” is not as long as its extents say",
                short(&name)
            )));
        }
        store.tensors.insert(name, stored);
    }
    Ok(store)
}
