//! What shipped models had learned from, as much of it as tells what they forget when they learn something else: the
//! beginning of the part that was held out, which none of them has seen.

use super::Batch;

/// The beginning of what was held out of a text that the site does not ship.
///
/// `tinyshakespeare` is made of Shakespeare's plays (public domain) and ends with The Taming of the Shrew and
/// The Tempest; these are the first 12,289 characters of its last tenth.
pub fn held_out(name: &str) -> Option<&'static str> {
    match name {
        "tinyshakespeare" => Some(include_str!("remembered/tinyshakespeare.txt")),
        _ => None,
    }
}

/// The first `most` windows of `length` guesses; nothing of a text that is shorter than one.
pub fn windows(ids: &[u32], length: usize, most: usize) -> Option<Batch> {
    let count = (ids.len().saturating_sub(1) / length.max(1)).min(most);
    if count == 0 {
        return None;
    }
    let each = (0..count).flat_map(|i| &ids[i * length..=(i + 1) * length]);
    Some(Batch::Tokens {
        ids: each.copied().collect(),
        length,
    })
}
