//! The data sets that were handed over.

use std::{collections::BTreeMap, rc::Rc};

use serde_json::Value;

use crate::{
    bytes::Bytes,
    checkpoint,
    data::points::PointSource,
    data::{
        DataInfo, Dataset, ImageSet, PointSet, TextSet, text::TextOptions, tokenizer::Vocabulary,
    },
    error::{Error, Result},
    options::{self, Options},
};

/// Refuse a data file that is not the one promised.
fn promised(name: &str, bytes: &Bytes, sha256: Option<&str>) -> Result<()> {
    if sha256.is_some_and(|h| !checkpoint::sha256(&bytes.0).eq_ignore_ascii_case(h)) {
        return Err(Error::BadData {
            name: name.into(),
            reason: "it is not the file that the manifest promises".into(),
        });
    }
    Ok(())
}

/// The data sets that were handed over, by name.
#[derive(Default)]
pub struct Library {
    sets: BTreeMap<String, Rc<Dataset>>,
    texts: BTreeMap<String, Rc<str>>,
    /// The text that was last made into tokens, and whether by a vocabulary of its own.
    tokens: Option<(Rc<Dataset>, bool)>,
}

impl Library {
    /// Keep a packed data file under `name`.
    ///
    /// # Errors
    /// [`Error::BadData`].
    pub fn put(&mut self, name: &str, bytes: &Bytes, sha256: Option<&str>) -> Result<()> {
        promised(name, bytes, sha256)?;
        let set = ImageSet::unpack(&bytes.0)?;
        if set.info.name != name {
            return Err(Error::BadData {
                name: name.into(),
                reason: "it holds another set".into(),
            });
        }
        self.sets.insert(name.into(), Rc::new(set.into()));
        Ok(())
    }

    /// Keep a reader's points under the name `custom`.
    ///
    /// # Errors
    /// [`Error::BadData`]; what was kept stays.
    pub fn put_points(&mut self, source: &PointSource) -> Result<Rc<Dataset>> {
        let set: Rc<Dataset> = Rc::new(PointSet::custom(source)?.into());
        self.sets.insert(set.info().name.clone(), set.clone());
        Ok(set)
    }

    /// The set called `name`, if it was handed over.
    pub fn get(&self, name: &str) -> Option<Rc<Dataset>> {
        self.sets.get(name).cloned()
    }

    /// The set called `name`.
    ///
    /// # Errors
    /// [`Error::BadData`] if it was not handed over.
    pub fn need(&self, name: &str) -> Result<Rc<Dataset>> {
        self.get(name).ok_or_else(|| Error::BadData {
            name: name.into(),
            reason: "it has not been loaded yet".into(),
        })
    }

    /// The toy or text called `name` with its options, else the set of that name.
    ///
    /// # Errors
    /// [`Error::BadOption`]; [`Error::BadData`] if it is no toy and was not handed over.
    pub fn make(&mut self, name: &str, options: &Value, seed: u64) -> Result<Rc<Dataset>> {
        if PointSet::is_toy(name) {
            return Ok(Rc::new(PointSet::toy(name, options, seed)?.into()));
        }
        if let Some(text) = self.texts.get(name).cloned() {
            let make = || TextSet::new(name, &text, options);
            return self.tokens_of(name, options, None, make);
        }
        self.need(name)
    }

    /// The data of a model, to go on with it: of a text, as the tokens that it knows.
    ///
    /// # Errors
    /// As [`Library::make`]; [`Error::UnknownCharacter`].
    pub fn make_for(&mut self, info: &DataInfo, seed: u64) -> Result<Rc<Dataset>> {
        match (info.space.vocabulary(), self.texts.get(&info.name).cloned()) {
            (Some(vocabulary), Some(text)) => {
                let options = TextOptions::from_json(&info.options)?;
                self.tokens_of(&info.name, &info.options, Some(vocabulary), || {
                    TextSet::with(&info.name, &text, vocabulary.clone(), &options)
                })
            }
            _ => self.make(&info.name, &info.options, seed),
        }
    }

    /// A text as tokens: those at hand if nothing has changed and they are of this vocabulary.
    fn tokens_of(
        &mut self,
        name: &str,
        options: &Value,
        vocabulary: Option<&Vocabulary>,
        make: impl FnOnce() -> Result<TextSet>,
    ) -> Result<Rc<Dataset>> {
        let asked = options::to_json(&TextOptions::from_json(options)?)?;
        if let Some((set, own)) = &self.tokens {
            let info = set.info();
            let same = match vocabulary {
                None => *own,
                Some(_) => info.space.vocabulary() == vocabulary,
            };
            if info.name == name && info.options == asked && same {
                return Ok(set.clone());
            }
        }
        let set: Rc<Dataset> = Rc::new(make()?.into());
        self.tokens = Some((set.clone(), vocabulary.is_none()));
        Ok(set)
    }

    /// Keep a reader's text, or one of the site's, under `name`.
    ///
    /// # Errors
    /// [`Error::BadText`], [`Error::BadData`], [`Error::BadOption`]; what was kept stays.
    pub fn put_text(
        &mut self,
        name: &str,
        bytes: &Bytes,
        sha256: Option<&str>,
        options: &Value,
    ) -> Result<Rc<Dataset>> {
        promised(name, bytes, sha256)?;
        let text = TextSet::read(&bytes.0)?;
        let set: Rc<Dataset> = Rc::new(TextSet::new(name, &text, options)?.into());
        self.texts.insert(name.into(), text.as_ref().into());
        self.tokens = Some((set.clone(), true));
        Ok(set)
    }
}
