//! The data sets that were handed over.

use std::{
    collections::{BTreeMap, HashSet},
    rc::Rc,
};

use serde_json::Value;

use crate::{
    bytes::Bytes,
    checkpoint,
    data::points::PointSource,
    data::{
        DataInfo, Dataset, FunctionSet, GrooveSet, ImageSet, PairSet, PointSet, ScoreSet, TextSet,
        clips::{self, ClipOptions, ClipSet},
        episodes::{self, EpisodeSet},
        functions, groove, pairs,
        paths::{self, PathSet},
        pictures::{self, PictureInfo, PictureSource},
        scenes::{self, ScenesOptions},
        score,
        text::TextOptions,
        tokenizer::Vocabulary,
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

/// Bytes that are kept of data that no session uses.
pub const SPARE: usize = 128 << 20;

/// The data sets that were handed over, by name.
#[derive(Default)]
pub struct Library {
    sets: BTreeMap<String, Rc<Dataset>>,
    texts: BTreeMap<String, Rc<str>>,
    /// Their names, the one used last at the end.
    order: Vec<String>,
    /// The text that was last made into tokens, and whether by a vocabulary of its own.
    tokens: Option<(Rc<Dataset>, bool)>,
}

fn not_loaded(name: &str) -> Error {
    Error::BadData {
        name: name.into(),
        reason: "it has not been loaded yet".into(),
    }
}

impl Library {
    /// A name was used.
    fn touch(&mut self, name: &str) {
        self.order.retain(|n| n != name);
        self.order.push(name.into());
    }

    /// Let go of what was used longest ago, where more than `most` bytes are kept beside what is `used`.
    /// What was used last stays.
    pub fn tidy(&mut self, used: &HashSet<&str>, most: usize) {
        let spare = |name: &String| !used.contains(name.as_str());
        let size = |library: &Self, name: &String| {
            let set = library.sets.get(name).map_or(0, |set| set.bytes());
            set + library.texts.get(name).map_or(0, |text| text.len())
        };
        let names: Vec<String> = self.order.iter().filter(|n| spare(n)).cloned().collect();
        let mut kept: usize = names.iter().map(|name| size(self, name)).sum();
        for name in &names {
            if kept <= most || self.order.last() == Some(name) {
                break;
            }
            kept -= size(self, name);
            self.sets.remove(name);
            self.texts.remove(name);
            self.order.retain(|n| n != name);
        }
        // Tokens are made again where they are asked for.
        let known = |set: &Rc<Dataset>| self.texts.contains_key(&set.info().name);
        if self.tokens.as_ref().is_some_and(|(set, _)| !known(set)) {
            self.tokens = None;
        }
    }

    /// Keep a packed data file under `name`.
    ///
    /// # Errors
    /// [`Error::BadData`].
    pub fn put(&mut self, name: &str, bytes: &Bytes, sha256: Option<&str>) -> Result<()> {
        promised(name, bytes, sha256)?;
        let set: Dataset = match score::is_score(name) {
            true => ScoreSet::unpack(&bytes.0)?.into(),
            false if groove::is_groove(name) => GrooveSet::unpack(&bytes.0)?.into(),
            false if pairs::is_table(name) => PairSet::names(&bytes.0)?.into(),
            false => ImageSet::unpack(&bytes.0)?.into(),
        };
        if set.info().name != name {
            return Err(Error::BadData {
                name: name.into(),
                reason: "it holds another set".into(),
            });
        }
        self.sets.insert(name.into(), Rc::new(set));
        self.touch(name);
        Ok(())
    }

    /// Keep a reader's points under the name `custom`.
    ///
    /// # Errors
    /// [`Error::BadData`]; what was kept stays.
    pub fn put_points(&mut self, source: &PointSource) -> Result<Rc<Dataset>> {
        let set: Rc<Dataset> = Rc::new(PointSet::custom(source)?.into());
        let name = set.info().name.clone();
        self.touch(&name);
        self.sets.insert(name, set.clone());
        Ok(set)
    }

    /// Keep a reader's pictures under a name that follows from what they are.
    ///
    /// # Errors
    /// [`Error::BadPictures`], [`Error::BadOption`]; what was kept stays.
    pub fn put_pictures(&mut self, source: &PictureSource) -> Result<(Rc<Dataset>, PictureInfo)> {
        let (set, info) = pictures::read(source)?;
        let set: Rc<Dataset> = Rc::new(set.into());
        self.touch(&info.name);
        self.sets.insert(info.name.clone(), set.clone());
        Ok((set, info))
    }

    /// The set called `name`, if it was handed over.
    pub fn get(&self, name: &str) -> Option<Rc<Dataset>> {
        self.sets.get(name).cloned()
    }

    /// The set of a model's data, if it was handed over, or what it is made of was. Scenes are painted if they are
    /// `needed` and there are none: as many as suit a page, not as many as the model has learned from.
    pub fn at_hand(&mut self, info: &DataInfo, needed: bool) -> Option<Rc<Dataset>> {
        match &info.name {
            name if scenes::is_scenes(name) => self.get(name).or_else(|| {
                let options = needed.then(ScenesOptions::default)?;
                self.scenes(&options::to_json(&options).ok()?).ok()
            }),
            name if let Some(kind) = clips::Kind::of(name) => self.clips(kind, &info.options).ok(),
            // No question about a translation needs any, and its vocabulary takes long to find.
            name if pairs::is_made(name) && !needed => None,
            name if pairs::is_made(name)
                || functions::is_functions(name)
                || episodes::is_episodes(name)
                || paths::is_paths(name) =>
            {
                self.make(name, &info.options, 0).ok()
            }
            name => self.get(name),
        }
    }

    /// The set called `name`.
    ///
    /// # Errors
    /// [`Error::BadData`] if it was not handed over; [`Error::NoPictures`].
    pub fn need(&self, name: &str) -> Result<Rc<Dataset>> {
        self.get(name)
            .ok_or_else(|| match name.starts_with(pictures::PREFIX) {
                true => Error::NoPictures,
                false => not_loaded(name),
            })
    }

    /// The text called `name`.
    ///
    /// # Errors
    /// [`Error::BadData`] if it was not handed over.
    pub fn text(&mut self, name: &str) -> Result<Rc<str>> {
        let text = self.texts.get(name).cloned();
        let text = text.ok_or_else(|| not_loaded(name))?;
        self.touch(name);
        Ok(text)
    }

    /// The toy or text called `name` with its options, else the set of that name.
    ///
    /// # Errors
    /// [`Error::BadOption`]; [`Error::BadData`] if it is no toy and was not handed over.
    pub fn make(&mut self, name: &str, options: &Value, seed: u64) -> Result<Rc<Dataset>> {
        if PointSet::is_toy(name) {
            return Ok(Rc::new(PointSet::toy(name, options, seed)?.into()));
        }
        if scenes::is_scenes(name) {
            return self.scenes(options);
        }
        if let Some(kind) = clips::Kind::of(name) {
            return self.clips(kind, options);
        }
        if functions::is_functions(name) {
            return Ok(Rc::new(FunctionSet::new(name, options)?.into()));
        }
        if episodes::is_episodes(name) {
            return Ok(Rc::new(EpisodeSet::named(name, options)?.into()));
        }
        if paths::is_paths(name) {
            return Ok(Rc::new(PathSet::new(options)?.into()));
        }
        if episodes::is_own(name) {
            self.touch(name);
            let own = self.need(name)?.episodes()?.with_options(options)?;
            return Ok(Rc::new(own.into()));
        }
        if self.texts.contains_key(name) || self.sets.contains_key(name) {
            self.touch(name);
        }
        if let Some(text) = self.texts.get(name).cloned() {
            let make = || TextSet::new(name, &text, options);
            return self.tokens_of(name, options, None, make);
        }
        if pairs::is_made(name) && !self.sets.contains_key(name) {
            return Ok(Rc::new(PairSet::new(name, options)?.into()));
        }
        self.need(name)
    }

    /// Scenes: those at hand if they were made with these options.
    fn scenes(&mut self, options: &Value) -> Result<Rc<Dataset>> {
        let asked = options::to_json(&ScenesOptions::from_json(options)?)?;
        self.touch(scenes::NAME);
        if let Some(set) = self.get(scenes::NAME)
            && set.info().options == asked
        {
            return Ok(set);
        }
        let set: Rc<Dataset> = Rc::new(scenes::dataset(&asked)?.into());
        self.sets.insert(scenes::NAME.into(), set.clone());
        Ok(set)
    }

    /// Clips, of digits those at hand: the ones there are if they were made with these options.
    fn clips(&mut self, kind: clips::Kind, options: &Value) -> Result<Rc<Dataset>> {
        let asked = options::to_json(&ClipOptions::from_json(options)?)?;
        self.touch(kind.name());
        if let Some(set) = self.get(kind.name())
            && set.info().options == asked
        {
            return Ok(set);
        }
        let made = match kind {
            clips::Kind::Digits => ClipSet::of(self.need(clips::SOURCE)?.images()?, &asked)?,
            clips::Kind::Scenes => ClipSet::scenes(&asked)?,
            clips::Kind::People => ClipSet::people(&asked)?,
        };
        let set: Rc<Dataset> = Rc::new(made.into());
        self.sets.insert(kind.name().into(), set.clone());
        Ok(set)
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

    /// Keep a reader's text, or one of the site's, under `name`; a text of pairs by its name.
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
        if pairs::is_table(name) {
            let set: Rc<Dataset> = Rc::new(PairSet::own(name, &text, options)?.into());
            self.sets.insert(name.into(), set.clone());
            self.touch(name);
            return Ok(set);
        }
        if episodes::is_own(name) {
            let set: Rc<Dataset> = Rc::new(EpisodeSet::own(name, &text, options)?.into());
            self.sets.insert(name.into(), set.clone());
            self.touch(name);
            return Ok(set);
        }
        let set: Rc<Dataset> = Rc::new(TextSet::new(name, &text, options)?.into());
        self.texts.insert(name.into(), text.as_ref().into());
        self.touch(name);
        self.tokens = Some((set.clone(), true));
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_uses_is_let_go_the_oldest_first() {
        let mut library = Library::default();
        let text = |name: &str| Bytes(format!("{name} and so on. ").repeat(100).into_bytes());
        for name in ["one", "two", "three", "four"] {
            let put = library.put_text(name, &text(name), None, &Value::Null);
            put.expect("a text");
        }
        let there = |library: &mut Library| -> Vec<&str> {
            let make = |name: &&str| library.make(name, &Value::Null, 0).is_ok();
            ["one", "two", "three", "four"]
                .into_iter()
                .filter(make)
                .collect()
        };
        library.tidy(&HashSet::new(), usize::MAX);
        assert_eq!(there(&mut library), ["one", "two", "three", "four"]);
        // The first is asked for again, the second is in use.
        library.make("one", &Value::Null, 0).expect("it");
        library.tidy(&HashSet::from(["two"]), 2000);
        assert_eq!(there(&mut library), ["one", "two"]);
        library.tidy(&HashSet::new(), 0);
        assert_eq!(there(&mut library), ["two"], "what was used last stays");
    }
}
