//! The packed set of spoken digits: `playground pack spoken-digits --train 600 --test 100`.

use std::path::Path;

use super::files::read;
use crate::{
    error::Result,
    speech::{Voice, digits},
};

/// Where the voice is.
const VOICES: &str = "web/voices";

/// The set, as the voice of the site speaks it.
///
/// # Errors
/// [`Error::Io`](crate::error::Error::Io), and what is wrong with the voice.
pub(super) fn pack(train: usize, test: usize) -> Result<Vec<u8>> {
    let file = |name: &str| read(&Path::new(VOICES).join(format!("{name}.safetensors")));
    let voice = Voice::open(&file("heart")?, &file("english")?)?;
    digits::made(&voice)?.pack(train, test)
}
