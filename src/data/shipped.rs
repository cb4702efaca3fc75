//! Packed sets that the site serves: how they are written, and where a program finds them.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use crate::error::{Error, Result};

/// Bytes as such a file has them, by gzip.
///
/// # Errors
/// [`Error::Internal`].
pub(super) fn packed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let written = packed.write_all(bytes).and_then(|()| packed.finish());
    written.map_err(|e| Error::Internal {
        reason: e.to_string(),
    })
}

/// The packed file of a set, from `folder/set/set.bin`, `folder/set.bin`, or else the one that ships with the site.
///
/// # Errors
/// [`Error::Io`].
#[cfg(not(target_family = "wasm"))]
pub(super) fn from_folder(folder: &std::path::Path, set: &str) -> Result<Vec<u8>> {
    let file = format!("{set}.bin");
    // The set ships with the site: what stands there holds without a folder of data.
    let site = std::path::Path::new("web/data").join(&file);
    let places = [folder.join(set).join(&file), folder.join(&file)];
    let path = places.into_iter().find(|path| path.exists());
    let path = path.unwrap_or(site);
    std::fs::read(&path).map_err(|e| Error::io(&path, &e))
}
