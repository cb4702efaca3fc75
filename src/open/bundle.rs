//! Several files as one: a tar archive, plain.
//!
//! A model in safetensors comes with a `config.json` and a `tokenizer.json`. The page and the command line put
//! them behind each other as `tar cf` would, and whoever has such an archive opens that.
//! POSIX.1-1988 (ustar): blocks of 512 bytes, a block of names and lengths before each file.

use std::ops::Range;

use super::bad;
use crate::error::Result;

/// Bytes of a block.
const BLOCK: usize = 512;
/// Where its mark stands.
const MARK: Range<usize> = 257..262;
/// Files that are looked at.
const MOST: usize = 64;

/// Whether bytes are such an archive.
pub fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(MARK) == Some(b"ustar")
}

/// The files of an archive, by their names without folders.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile).
pub fn files(bytes: &[u8]) -> Result<Vec<(String, Range<usize>)>> {
    let (mut files, mut at) = (Vec::new(), 0usize);
    while let Some(head) = bytes.get(at..at + BLOCK) {
        if head.iter().all(|&b| b == 0) {
            break;
        }
        if head.get(MARK) != Some(b"ustar") || files.len() == MOST {
            return Err(bad("it is a tar archive that cannot be read"));
        }
        let digits = head[124..136].iter().filter(|b| b.is_ascii_digit());
        let size = digits.fold(0usize, |n, b| {
            n.saturating_mul(8).saturating_add(usize::from(b - b'0'))
        });
        let start = at + BLOCK;
        let end = start.checked_add(size).filter(|&end| end <= bytes.len());
        let end = end.ok_or_else(|| bad("a file in it was cut off"))?;
        let name = head[..100].split(|&b| b == 0).next().unwrap_or_default();
        let name = String::from_utf8_lossy(name);
        let name = name.rsplit('/').next().unwrap_or_default();
        if matches!(head[156], 0 | b'0') {
            files.push((name.to_string(), start..end));
        }
        at = end.next_multiple_of(BLOCK);
    }
    Ok(files)
}

/// An archive of files.
pub fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let size: usize = files
        .iter()
        .map(|(_, b)| BLOCK + b.len().next_multiple_of(BLOCK))
        .sum();
    let mut out = Vec::with_capacity(size + 2 * BLOCK);
    for (name, bytes) in files {
        let mut head = [0u8; BLOCK];
        let name = &name.as_bytes()[..name.len().min(99)];
        head[..name.len()].copy_from_slice(name);
        let field = |head: &mut [u8; BLOCK], at: usize, text: &str| {
            head[at..at + text.len()].copy_from_slice(text.as_bytes());
        };
        field(&mut head, 100, "0000644\0");
        field(&mut head, 108, "0000000\0");
        field(&mut head, 116, "0000000\0");
        field(&mut head, 124, &format!("{:011o}\0", bytes.len()));
        field(&mut head, 136, "00000000000\0");
        field(&mut head, 148, "        ");
        field(&mut head, 156, "0");
        field(&mut head, 257, "ustar\x0000");
        let sum: u32 = head.iter().map(|&b| u32::from(b)).sum();
        field(&mut head, 148, &format!("{sum:06o}\0 "));
        out.extend_from_slice(&head);
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    out
}
