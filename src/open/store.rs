//! The tensors of a file, by name, wherever they lie in it.

use std::{collections::HashMap, ops::Range, sync::Arc};

use super::{bad, matrix::Matrix, quant::Kind};
use crate::error::Result;

/// A tensor in a file.
#[derive(Debug, Clone)]
pub struct Stored {
    /// How its numbers lie.
    pub kind: Kind,
    /// Extents, the last of which lies together.
    pub dims: Vec<usize>,
    /// Where it begins.
    pub start: usize,
}

impl Stored {
    /// A tensor of checked extents.
    ///
    /// # Errors
    /// [`Error::BadModelFile`](crate::error::Error::BadModelFile) for extents that are none.
    pub fn new(name: &str, kind: Kind, dims: Vec<usize>, start: usize) -> Result<Self> {
        let stored = Self { kind, dims, start };
        match stored.bytes() {
            Some(_) if !stored.dims.is_empty() && stored.dims.len() <= 4 => Ok(stored),
            _ => Err(bad(format!(
                "the tensor “{}” has extents that cannot be right",
                short(name)
            ))),
        }
    }

    /// Its numbers.
    pub fn count(&self) -> Option<usize> {
        self.dims.iter().try_fold(1usize, |n, &d| n.checked_mul(d))
    }

    /// Its bytes.
    pub fn bytes(&self) -> Option<usize> {
        let last = *self.dims.last()?;
        self.kind.bytes(last)?;
        self.kind.bytes(self.count()?)
    }

    /// Where it lies.
    pub fn place(&self) -> Option<Range<usize>> {
        Some(self.start..self.start.checked_add(self.bytes()?)?)
    }
}

/// A name that fits into a sentence.
pub fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// All tensors of a file, and the file. Of a file of which only the beginning is there, the tensors' places are
/// known and cannot be read.
#[derive(Debug, Clone)]
pub struct Store {
    /// The file.
    pub file: Arc<Vec<u8>>,
    /// Its tensors.
    pub tensors: HashMap<String, Stored>,
}

impl Store {
    /// Refuse tensors outside of a file of `size` bytes.
    ///
    /// # Errors
    /// [`Error::BadModelFile`](crate::error::Error::BadModelFile).
    pub fn check(&self, size: usize) -> Result<()> {
        for (name, tensor) in &self.tensors {
            if tensor.place().is_none_or(|place| place.end > size) {
                let name = short(name);
                return Err(bad(format!(
                    "it ends before its tensor “{name}” does, as if it had been cut off"
                )));
            }
        }
        Ok(())
    }

    /// All its numbers.
    pub fn parameters(&self) -> usize {
        let counts = self.tensors.values().filter_map(Stored::count);
        counts.fold(0, usize::saturating_add)
    }

    /// The kind of most of its numbers.
    pub fn kind(&self) -> Kind {
        let mut counts: Vec<(Kind, usize)> = Vec::new();
        for tensor in self.tensors.values() {
            let n = tensor.count().unwrap_or(0);
            match counts.iter_mut().find(|(kind, _)| *kind == tensor.kind) {
                Some(count) => count.1 = count.1.saturating_add(n),
                None => counts.push((tensor.kind, n)),
            }
        }
        counts
            .into_iter()
            .max_by_key(|c| c.1)
            .map_or(Kind::F32, |c| c.0)
    }

    /// A tensor, if it is there.
    pub fn find(&self, name: &str) -> Option<&Stored> {
        self.tensors.get(name)
    }

    /// A matrix of known extents.
    ///
    /// # Errors
    /// [`Error::BadModelFile`](crate::error::Error::BadModelFile) if it is not there, of other extents, or if something
    /// in it is no number.
    pub fn matrix(&self, name: &str, dims: [usize; 2]) -> Result<Matrix> {
        let stored = self.find(name).ok_or_else(|| missing(name))?;
        if stored.dims != dims {
            let (name, found) = (short(name), &stored.dims);
            return Err(bad(format!(
                "its tensor “{name}” is {found:?} where {dims:?} is expected"
            )));
        }
        self.read(name, stored, dims)
    }

    fn read(&self, name: &str, stored: &Stored, dims: [usize; 2]) -> Result<Matrix> {
        let matrix = Matrix::new(stored.kind, dims, self.file.clone(), stored.start);
        let matrix = matrix.ok_or_else(|| missing(name))?;
        match stored.kind.finite(matrix.bytes()) {
            true => Ok(matrix),
            false => Err(bad(format!(
                "its tensor “{}” holds what is no number",
                short(name)
            ))),
        }
    }

    /// A vector of known length, as numbers.
    ///
    /// # Errors
    /// As [`Store::matrix`].
    pub fn vector(&self, name: &str, n: usize) -> Result<Vec<f32>> {
        let stored = self.find(name).ok_or_else(|| missing(name))?;
        if stored.dims.iter().product::<usize>() != n || stored.dims.last() != Some(&n) {
            let (name, found) = (short(name), &stored.dims);
            return Err(bad(format!(
                "its tensor “{name}” is {found:?} where [{n}] is expected"
            )));
        }
        Ok(self.read(name, stored, [1, n])?.numbers())
    }
}

fn missing(name: &str) -> crate::error::Error {
    bad(format!("its tensor “{}” is missing", short(name)))
}
