//! A plot as a vector drawing.

use crate::{
    error::{Error, Result},
    protocol::View,
};

/// A [`View::Plot`] as SVG.
///
/// # Errors
/// [`Error::Unsupported`] for other views.
pub fn svg(_view: &View) -> Result<String> {
    Err(Error::Unsupported {
        what: "Only plots can be saved as SVG".into(),
    })
}
