//! Texts with classes: sentences and who wrote them.

use std::io::Read as _;

use crate::error::{Error, Result};

/// Sentences of six authors, a class and a text a line; `web/texts/books.mjs` makes it of the site's books.
const AUTHORS: &[u8] = include_bytes!("../../web/texts/authors.txt.gz");

/// Texts with classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Names of the classes, in the order in which they come first.
    pub classes: Vec<String>,
    /// Texts and their classes.
    pub texts: Vec<(String, u32)>,
}

impl Labelled {
    /// Sentences of six authors out of the parts of their books that `bert-books` never saw: 160 of each.
    ///
    /// # Errors
    /// [`Error::Internal`] if the file that the program holds cannot be read.
    pub fn authors() -> Result<Self> {
        let mut text = String::new();
        flate2::read::GzDecoder::new(AUTHORS)
            .read_to_string(&mut text)
            .map_err(|e| Error::Internal {
                reason: format!("the authors' sentences: {e}"),
            })?;
        Ok(Self::of(&text))
    }

    /// Of lines that hold a class, a tab and a text; others are left out.
    pub fn of(text: &str) -> Self {
        let mut found = Self {
            classes: Vec::new(),
            texts: Vec::new(),
        };
        for (class, text) in text.lines().filter_map(|line| line.split_once('\t')) {
            let place = found.classes.iter().position(|c| c == class);
            let place = place.unwrap_or_else(|| {
                found.classes.push(class.into());
                found.classes.len() - 1
            });
            found.texts.push((text.trim().into(), place as u32));
        }
        found
    }

    /// The places of the texts of each class.
    pub fn by_class(&self) -> Vec<Vec<usize>> {
        let mut places = vec![Vec::new(); self.classes.len()];
        for (i, (_, class)) in self.texts.iter().enumerate() {
            places[*class as usize].push(i);
        }
        places
    }
}
