//! Files to be spoilt: their parts taken out, put in and edited; mutants by number.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use super::Dice;

/// A file of a header and data.
pub fn raw(header: &[u8], data: &[u8]) -> Vec<u8> {
    let mut out = (header.len() as u64).to_le_bytes().to_vec();
    out.extend_from_slice(header);
    out.extend_from_slice(data);
    out
}

/// Header and data of a file.
pub fn split(bytes: &[u8]) -> (Value, Vec<u8>) {
    let n = u64::from_le_bytes(bytes[..8].try_into().expect("eight")) as usize;
    let header = serde_json::from_slice(&bytes[8..8 + n]).expect("JSON");
    (header, bytes[8 + n..].to_vec())
}

/// The file with its header edited.
pub fn header(bytes: &[u8], edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (mut header, data) = split(bytes);
    edit(&mut header);
    raw(header.to_string().as_bytes(), &data)
}

/// The file with what it says about itself edited.
pub fn meta(bytes: &[u8], edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    header(bytes, |h| {
        let text = h["__metadata__"]["playground"].as_str().expect("a text");
        let mut value = serde_json::from_str(text).expect("JSON");
        edit(&mut value);
        h["__metadata__"]["playground"] = value.to_string().into();
    })
}

/// The file with the four bytes at the start of a tensor's data replaced.
pub fn poke(bytes: &[u8], name: &str, value: &[u8]) -> Vec<u8> {
    let (h, mut data) = split(bytes);
    let start = h[name]["data_offsets"][0].as_u64().expect("an offset") as usize;
    data[start..start + value.len()].copy_from_slice(value);
    raw(h.to_string().as_bytes(), &data)
}

/// The file with one tensor's entry and data taken out.
pub fn without(bytes: &[u8], name: &str) -> Vec<u8> {
    let (h, mut data) = split(bytes);
    let mut h = h.as_object().expect("a table").clone();
    let gone = h.remove(name).expect("there");
    let at = |v: &Value, i: usize| v["data_offsets"][i].as_u64().expect("an offset");
    let (start, end) = (at(&gone, 0), at(&gone, 1));
    data.drain(start as usize..end as usize);
    for (name, tensor) in &mut h {
        if name != "__metadata__" && at(tensor, 0) >= end {
            let moved = [at(tensor, 0) - (end - start), at(tensor, 1) - (end - start)];
            tensor["data_offsets"] = json!(moved);
        }
    }
    raw(Value::from(h).to_string().as_bytes(), &data)
}

/// The file with one tensor more.
pub fn with(bytes: &[u8], name: &str) -> Vec<u8> {
    let (mut h, mut data) = split(bytes);
    let end = data.len();
    data.extend_from_slice(&[0; 8]);
    h[name] = json!({"dtype": "F32", "shape": [2], "data_offsets": [end, end + 8]});
    raw(h.to_string().as_bytes(), &data)
}

const NUMBERS: [&str; 12] = [
    "0",
    "1",
    "-1",
    "2",
    "3",
    "16",
    "64",
    "65",
    "4294967296",
    "18446744073709551615",
    "1e999",
    "null",
];
const WORDS: [&str; 22] = [
    "F32", "F16", "BF16", "F64", "U8", "F4", "mlp", "conv", "tanh", "relu", "vae", "fashion",
    "mnist", "dynamic", "none", "cosine", "shape", "dtype", "true", "[]", "{}", "\\u0000",
];

/// Replace one run of digits or letters of a file's header by another, and mend the header's length.
fn edit_header(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let n = bytes
        .get(..8)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u64::from_le_bytes) as usize;
    let Some(head) = bytes.get(8..8usize.saturating_add(n)) else {
        return bytes.to_vec();
    };
    let word = |b: u8| b.is_ascii_alphanumeric();
    let starts: Vec<usize> = (0..head.len())
        .filter(|&i| word(head[i]) && (i == 0 || !word(head[i - 1])))
        .collect();
    if starts.is_empty() {
        return bytes.to_vec();
    }
    let token = |start: usize| {
        let end = (start..head.len()).find(|&i| !word(head[i]));
        start..end.unwrap_or(head.len())
    };
    let target = token(*dice.pick(&starts));
    let new = match dice.below(4) {
        0 => head[token(*dice.pick(&starts))].to_vec(),
        1 => dice.pick(&WORDS).as_bytes().to_vec(),
        _ => dice.pick(&NUMBERS).as_bytes().to_vec(),
    };
    let head = [&head[..target.start], &new, &head[target.end..]].concat();
    raw(&head, &bytes[8 + n..])
}

/// The mutant of a number; the same for ever.
pub fn mutant(number: u64, files: &[Vec<u8>]) -> Vec<u8> {
    let dice = &mut Dice(number);
    let mut bytes = dice.pick(files).clone();
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len());
        let few = 1 + dice.below(8);
        match dice.below(9) {
            0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << dice.below(8),
            2 if !bytes.is_empty() => bytes[at] = dice.next() as u8,
            3 => {
                let new: Vec<u8> = (0..few).map(|_| dice.next() as u8).collect();
                bytes.splice(at..at, new);
            }
            4 => {
                let end = (at + few).min(bytes.len());
                bytes.drain(at..end);
            }
            5 if dice.below(4) == 0 => bytes.truncate(at),
            6 => {
                // A piece of another file, or of this one, over what was there.
                let other = dice.pick(files);
                let from = dice.below(other.len());
                let piece = &other[from..(from + 1 + dice.below(64)).min(other.len())];
                let end = (at + piece.len()).min(bytes.len());
                bytes.splice(at..end, piece.iter().copied());
            }
            _ => bytes = edit_header(&bytes, dice),
        }
    }
    bytes
}

/// Numbers of the mutants to try.
pub fn count() -> std::ops::Range<u64> {
    let read = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    match read("PLAYGROUND_MUTANT") {
        Some(one) => one..one + 1,
        None => 0..read("PLAYGROUND_MUTANTS").unwrap_or(2000),
    }
}

/// Numbers of the mutants that made `what` panic, with what it said.
pub fn panics(numbers: std::ops::Range<u64>, mut what: impl FnMut(u64)) -> Vec<(u64, String)> {
    let mut failures = Vec::new();
    for number in numbers {
        let run = catch_unwind(AssertUnwindSafe(|| what(number)));
        if let Err(panic) = run {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_string()));
            failures.push((number, text.unwrap_or_default()));
            if failures.len() >= 20 {
                break;
            }
        }
    }
    failures
}
