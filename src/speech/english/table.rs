//! Tables of words as they lie in the file: sorted, found by halving.

use super::super::tensors::Tensors;
use crate::error::{Error, Result};

/// Words and what is said of each.
pub(super) struct Table {
    keys: String,
    ends: Vec<u32>,
    values: String,
    value_ends: Vec<u32>,
}

impl Table {
    pub(super) fn load(from: &Tensors, name: &str) -> Result<Self> {
        let bad = || Error::CheckpointShape {
            reason: format!("the table {name} cannot be read"),
        };
        let packed = from.unpacked(&format!("{name}.keys"))?;
        let (mut keys, mut ends) = (Vec::new(), Vec::new());
        let (mut last, mut rest) = (0, packed.as_slice());
        // Each: how many bytes are those of the one before, how many follow, and they.
        while let Some((&[shared, more], tail)) = rest.split_first_chunk::<2>() {
            let (own, tail) = tail.split_at_checked(usize::from(more)).ok_or_else(bad)?;
            let begin = keys.len();
            if usize::from(shared) > begin - last {
                return Err(bad());
            }
            keys.extend_from_within(last..last + usize::from(shared));
            keys.extend_from_slice(own);
            if !ends.is_empty() && keys[last..begin] >= keys[begin..] {
                return Err(bad());
            }
            ends.push(keys.len() as u32);
            (last, rest) = (begin, tail);
        }
        let keys = String::from_utf8(keys).map_err(|_| bad())?;
        let values = from.unpacked(&format!("{name}.values"))?;
        let values = String::from_utf8(values).map_err(|_| bad())?;
        let line_ends = values.match_indices('\n').map(|(i, _)| i as u32);
        let value_ends: Vec<u32> = line_ends.chain([values.len() as u32]).collect();
        let whole = |&end: &u32| keys.is_char_boundary(end as usize);
        match value_ends.len() == ends.len() && ends.iter().all(whole) {
            true => Ok(Self {
                keys,
                ends,
                values,
                value_ends,
            }),
            false => Err(bad()),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    fn key(&self, i: usize) -> &str {
        let from = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.keys[from..self.ends[i] as usize]
    }

    /// The place of a word.
    pub(super) fn find(&self, key: &str) -> Option<usize> {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = (from + to) / 2;
            match self.key(middle).cmp(key) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// What is said of a word.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let i = self.find(key)?;
        let from = if i == 0 {
            0
        } else {
            self.value_ends[i - 1] as usize + 1
        };
        self.values.get(from..self.value_ends[i] as usize)
    }
}
