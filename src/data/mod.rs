//! Data as seeded streams of batches.

mod batch;
pub mod bpe;
pub mod calendar;
pub mod clips;
pub mod episodes;
pub mod fit;
pub mod free;
pub mod functions;
pub mod gaps;
pub mod groove;
pub mod images;
pub mod input;
pub mod labelled;
pub mod numbers;
pub mod pairs;
pub mod paths;
pub mod pictures;
pub mod points;
pub mod posterior;
pub mod regression;
pub mod remembered;
pub mod rivals;
pub mod scenes;
pub mod score;
mod shipped;
pub mod sound;
pub mod space;
mod stream;
pub mod table;
pub mod talk;
pub mod text;
pub mod tokenizer;
mod vary;
pub(crate) mod wire;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
pub use batch::{Batch, Pair};
pub use clips::ClipSet;
pub use episodes::EpisodeSet;
pub use functions::FunctionSet;
pub use groove::GrooveSet;
pub use images::ImageSet;
pub use pairs::PairSet;
pub use paths::PathSet;
pub use points::PointSet;
pub use score::ScoreSet;
pub use space::{Space, SpaceKind};
pub use stream::{Binarize, Stream, TEST_SEED, test_batch, test_images};
pub use text::TextSet;

/// What a family must know of its data to build a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataInfo {
    /// Name of the set, for example `mnist`.
    pub name: String,
    /// What one example is.
    pub space: Space,
    /// SHA-256 of what it was read from; empty for a toy.
    pub sha256: String,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Options of a toy, a text or a reader's pictures, with which it can be made again; null for others.
    #[serde(default)]
    pub options: serde_json::Value,
    /// Of a reader's points that were scaled into the window: their own units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<points::Units>,
    /// The words of which captions are made, by their tokens, the first for no word; empty for images
    /// without captions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Mean of each value of an image over the training images, in [0, 1]; empty where it is not
    /// known. A fresh model begins there; no checkpoint keeps it.
    #[serde(skip)]
    pub pixel_mean: Vec<f32>,
}

impl DataInfo {
    /// Data of which nothing but this is known.
    pub fn new(name: &str, space: Space) -> Self {
        Self {
            name: name.into(),
            space,
            sha256: String::new(),
            classes: Vec::new(),
            options: serde_json::Value::Null,
            units: None,
            words: Vec::new(),
            pixel_mean: Vec::new(),
        }
    }

    /// How many images of one hand come together in a batch: see [`images::Known::hands`]. 1 where each
    /// image stands alone.
    pub fn together(&self) -> usize {
        match images::known(&self.name) {
            Ok(set) if set.hands.is_some() => images::TOGETHER,
            _ => 1,
        }
    }

    /// Refuse what no family can model, before anything is allocated for it.
    ///
    /// # Errors
    /// [`Error::CheckpointSchema`].
    pub fn check(&self) -> Result<()> {
        /// Characters of a data set's options as JSON.
        const OPTIONS: usize = 4096;
        /// Words of captions.
        const MOST_WORDS: usize = 8192;
        let schema = |reason: String| Err(Error::CheckpointSchema { reason });
        if !is_name(&self.name) {
            return schema("its data has no name that can be used".into());
        }
        if self.classes.len() > 256 {
            return schema(format!("{} classes", self.classes.len()));
        }
        if self.units.is_some_and(|units| !units.are_sound()) {
            return schema("points without units".into());
        }
        if !self.classes.iter().all(|class| is_label(class)) {
            return schema("classes without names".into());
        }
        let hash = self.sha256.len() == 64 && self.sha256.bytes().all(|b| b.is_ascii_hexdigit());
        if !self.sha256.is_empty() && !hash {
            return schema("a hash of its data that is none".into());
        }
        let words = self.words.iter().skip(1);
        if self.words.len() > MOST_WORDS || !words.into_iter().all(|word| is_label(word)) {
            return schema("words of its captions that are none".into());
        }
        if self.options.to_string().len() > OPTIONS {
            return schema("options of its data that are too long".into());
        }
        self.space.check()
    }
}

/// Whether a text can be the name of a model or of data, and with it of a file: small letters, digits
/// and hyphens, at most 60.
pub fn is_name(text: &str) -> bool {
    let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=60).contains(&text.len()) && text.bytes().all(sign)
}

/// Whether a text can be shown as a label: not empty, at most 60 characters, on one line.
pub fn is_label(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 60 && !text.chars().any(char::is_control)
}

/// Refuse what is no name of data.
///
/// # Errors
/// [`Error::BadData`].
fn check_name(name: &str) -> Result<()> {
    match is_name(name) {
        true => Ok(()),
        false => Err(Error::BadData {
            name: name.into(),
            reason: "names of data are of small letters, digits and hyphens, at most 60".into(),
        }),
    }
}

/// The first file in the folder of the data called `name` that ends in one of `endings`.
///
/// # Errors
/// [`Error::BadData`] for a name that is none, [`Error::FileNotFound`], [`Error::Io`].
#[cfg(not(target_family = "wasm"))]
pub(crate) fn read_only_file(
    name: &str,
    endings: &[&str],
    data: &std::path::Path,
) -> Result<Vec<u8>> {
    check_name(name)?;
    let folder = data.join(name);
    let entries = std::fs::read_dir(&folder).map_err(|e| Error::io(&folder, &e))?;
    let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    paths.retain(|p| {
        let name = p.to_string_lossy();
        endings.iter().any(|ending| name.ends_with(ending))
    });
    paths.sort();
    let any = || folder.join(format!("*{}", endings.first().unwrap_or(&"")));
    let path = paths.first().ok_or_else(|| Error::FileNotFound {
        path: any().display().to_string(),
    })?;
    std::fs::read(path).map_err(|e| Error::io(path, &e))
}

/// A set to learn from.
#[derive(Debug, Clone)]
pub enum Dataset {
    /// Images.
    Images(ImageSet),
    /// Points in 2-D, or an energy there.
    Points(PointSet),
    /// Text as tokens.
    Text(TextSet),
    /// Clips.
    Clips(ClipSet),
    /// Texts in two languages.
    Pairs(PairSet),
    /// Music.
    Scores(ScoreSet),
    /// Drums.
    Grooves(GrooveSet),
    /// Functions.
    Functions(FunctionSet),
    /// What was done in worlds.
    Episodes(EpisodeSet),
    /// Ways through mazes.
    Paths(PathSet),
}

impl Dataset {
    /// Name, shape, classes.
    pub fn info(&self) -> &DataInfo {
        match self {
            Dataset::Images(set) => &set.info,
            Dataset::Points(set) => &set.info,
            Dataset::Text(set) => &set.info,
            Dataset::Clips(set) => &set.info,
            Dataset::Pairs(set) => &set.info,
            Dataset::Scores(set) => &set.info,
            Dataset::Grooves(set) => &set.info,
            Dataset::Functions(set) => &set.info,
            Dataset::Episodes(set) => &set.info,
            Dataset::Paths(set) => &set.info,
        }
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let examples = self.train_len() + self.test_len();
        match self {
            Dataset::Images(set) => examples * set.shape().iter().product::<usize>(),
            Dataset::Points(_) => examples * size_of::<[f32; 2]>(),
            Dataset::Text(_) => examples * size_of::<u16>(),
            Dataset::Clips(set) => set.bytes(),
            Dataset::Pairs(set) => set.bytes(),
            Dataset::Scores(set) => set.bytes(),
            Dataset::Grooves(set) => set.bytes(),
            Dataset::Functions(_) => 0,
            Dataset::Episodes(set) => size_of::<EpisodeSet>() + set.bytes(),
            Dataset::Paths(_) => size_of::<PathSet>(),
        }
    }

    /// Training examples, tokens for text; 0 where new ones are drawn for ever.
    pub fn train_len(&self) -> usize {
        match self {
            Dataset::Images(set) => set.train.len(),
            Dataset::Points(set) => set.train_len(),
            Dataset::Text(set) => set.train().len(),
            Dataset::Clips(_) | Dataset::Functions(_) => 0,
            Dataset::Pairs(set) => set.learned_len().unwrap_or(0),
            Dataset::Scores(set) => set.train_len(),
            Dataset::Grooves(set) => set.train_len(),
            Dataset::Episodes(_) | Dataset::Paths(_) => 0,
        }
    }

    /// Held-out examples, tokens for text.
    pub fn test_len(&self) -> usize {
        match self {
            Dataset::Images(set) => set.test.len(),
            Dataset::Points(set) => set.test_len(),
            Dataset::Text(set) => set.test().len(),
            Dataset::Clips(_) => clips::TEST,
            Dataset::Functions(_) => functions::TEST,
            Dataset::Pairs(set) => set.test_len(),
            Dataset::Scores(set) => set.test_len(),
            Dataset::Grooves(set) => set.test_len(),
            Dataset::Episodes(set) => set.test_len(),
            Dataset::Paths(_) => paths::TEST,
        }
    }

    /// Its images.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn images(&self) -> Result<&ImageSet> {
        match self {
            Dataset::Images(set) => Ok(set),
            _ => Err(self.bad("it holds no images")),
        }
    }

    /// Its points.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn points(&self) -> Result<&PointSet> {
        match self {
            Dataset::Points(set) => Ok(set),
            _ => Err(self.bad("it holds no points in 2-D")),
        }
    }

    /// Its text.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn text(&self) -> Result<&TextSet> {
        match self {
            Dataset::Text(set) => Ok(set),
            _ => Err(self.bad("it holds no text")),
        }
    }

    /// Its clips.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn clips(&self) -> Result<&ClipSet> {
        match self {
            Dataset::Clips(set) => Ok(set),
            _ => Err(self.bad("it holds no clips")),
        }
    }

    /// Its texts in two languages.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn pairs(&self) -> Result<&PairSet> {
        match self {
            Dataset::Pairs(set) => Ok(set),
            _ => Err(self.bad("it holds no translations")),
        }
    }

    /// Its music.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn scores(&self) -> Result<&ScoreSet> {
        match self {
            Dataset::Scores(set) => Ok(set),
            _ => Err(self.bad("it holds no music")),
        }
    }

    /// Its drums.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn grooves(&self) -> Result<&GrooveSet> {
        match self {
            Dataset::Grooves(set) => Ok(set),
            _ => Err(self.bad("it holds no drums")),
        }
    }

    /// What is done in worlds.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn episodes(&self) -> Result<&EpisodeSet> {
        match self {
            Dataset::Episodes(set) => Ok(set),
            _ => Err(self.bad("it holds no episodes")),
        }
    }

    /// Its paths.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn paths(&self) -> Result<&PathSet> {
        match self {
            Dataset::Paths(set) => Ok(set),
            _ => Err(self.bad("it holds no paths")),
        }
    }

    /// The set by which a recipe is chosen: the last part of what is learned from is held out, and the test
    /// set is put aside unseen, to be measured on once. As large a part as the test set, a tenth at least of
    /// texts and tables; of toys other points.
    #[must_use]
    pub fn for_choice(self) -> Self {
        match self {
            Dataset::Images(set) => Dataset::Images(set.for_choice()),
            Dataset::Points(set) => Dataset::Points(set.for_choice()),
            Dataset::Text(set) => Dataset::Text(set.for_choice()),
            Dataset::Clips(set) => Dataset::Clips(set.for_choice()),
            Dataset::Pairs(set) => Dataset::Pairs(set.for_choice()),
            Dataset::Scores(set) => Dataset::Scores(set.for_choice()),
            Dataset::Grooves(set) => Dataset::Grooves(set.for_choice()),
            Dataset::Functions(set) => Dataset::Functions(set.for_choice()),
            Dataset::Episodes(set) => Dataset::Episodes(set.for_choice()),
            Dataset::Paths(set) => Dataset::Paths(set.for_choice()),
        }
    }

    fn bad(&self, reason: &str) -> Error {
        Error::BadData {
            name: self.info().name.clone(),
            reason: reason.into(),
        }
    }
}

impl From<ImageSet> for Dataset {
    fn from(set: ImageSet) -> Self {
        Dataset::Images(set)
    }
}

impl From<PointSet> for Dataset {
    fn from(set: PointSet) -> Self {
        Dataset::Points(set)
    }
}

impl From<ClipSet> for Dataset {
    fn from(set: ClipSet) -> Self {
        Dataset::Clips(set)
    }
}

impl From<PairSet> for Dataset {
    fn from(set: PairSet) -> Self {
        Dataset::Pairs(set)
    }
}

impl From<ScoreSet> for Dataset {
    fn from(set: ScoreSet) -> Self {
        Dataset::Scores(set)
    }
}

impl From<GrooveSet> for Dataset {
    fn from(set: GrooveSet) -> Self {
        Dataset::Grooves(set)
    }
}

impl From<FunctionSet> for Dataset {
    fn from(set: FunctionSet) -> Self {
        Dataset::Functions(set)
    }
}

impl From<EpisodeSet> for Dataset {
    fn from(set: EpisodeSet) -> Self {
        Dataset::Episodes(set)
    }
}

impl From<PathSet> for Dataset {
    fn from(set: PathSet) -> Self {
        Dataset::Paths(set)
    }
}

impl From<TextSet> for Dataset {
    fn from(set: TextSet) -> Self {
        Dataset::Text(set)
    }
}
