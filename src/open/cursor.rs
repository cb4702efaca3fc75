//! Numbers and texts out of bytes, each checked.

use super::bad;
use crate::error::Result;

/// A place in bytes that are read from front to back.
#[derive(Clone)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Where it stands.
    pub fn at(&self) -> usize {
        self.at
    }

    /// What is left.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next `n` bytes.
    ///
    /// # Errors
    /// [`Error::BadModelFile`](crate::error::Error::BadModelFile) where they are not there; so do all others.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(n);
        let Some(taken) = end.and_then(|end| self.bytes.get(self.at..end)) else {
            return Err(bad("it ends too early, as if it had been cut off"));
        };
        self.at += n;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let taken = self.take(N)?;
        taken
            .first_chunk()
            .copied()
            .ok_or_else(|| bad("it ends too early, as if it had been cut off"))
    }

    /// A byte.
    pub fn u8(&mut self) -> Result<u8> {
        self.array().map(|[b]| b)
    }

    /// A number of 32 bits.
    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A number of 64 bits.
    pub fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number of 32 bits with a point.
    pub fn f32(&mut self) -> Result<f32> {
        self.array().map(f32::from_le_bytes)
    }

    /// A count of things of at least `each` bytes, which must still be there.
    pub fn count(&mut self, each: usize) -> Result<usize> {
        let n = self.u64()?;
        match usize::try_from(n) {
            Ok(n)
                if n.checked_mul(each)
                    .is_some_and(|bytes| bytes <= self.left()) =>
            {
                Ok(n)
            }
            _ => Err(bad(format!(
                "it speaks of {n} things for which it has no room"
            ))),
        }
    }

    /// A text behind its length.
    pub fn text(&mut self) -> Result<&'a str> {
        let n = self.count(1)?;
        std::str::from_utf8(self.take(n)?).map_err(|_| bad("a text in it is not UTF-8"))
    }
}
