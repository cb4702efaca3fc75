//! Episodes that a reader has played, which an agent learns from in their own browser.

use serde_json::Value;

use super::{Episode, EpisodeOptions, EpisodeSet, LENGTH, lines::read_told};
use crate::{
    data::{DataInfo, Space, text::TextInfo},
    error::{Error, Result},
    options::{self, Options},
};

/// How names of such sets begin.
const PREFIX: &str = "episodes-";
/// The most episodes of a reader's own.
pub const MOST_OWN: usize = 500;
/// Of so many that were shown from beginning to end one is held out, the second first.
const HELD_OUT_OF: usize = 5;

/// Whether a set of this name is a reader's own episodes.
pub fn is_own(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// An episode that a reader has played or answered in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demonstration {
    /// What happened.
    pub episode: Episode,
    /// The mission as a sentence.
    pub mission: String,
    /// Whether it was done.
    pub done: bool,
    /// Whether it is held out.
    pub held_out: bool,
}

impl Demonstration {
    /// Moments at which somebody said what is right.
    pub fn answers(&self) -> usize {
        let moments = self.episode.moments.iter();
        moments.filter(|moment| moment.right.is_some()).count()
    }

    /// The demonstrations of JSON Lines, at most [`MOST_OWN`]; none of an empty text. Of those that were shown from
    /// beginning to end every fifth is held out, beginning with the second; moments at which an agent asked are rare,
    /// and all learned from.
    ///
    /// # Errors
    /// As [`read_lines`](super::read_lines).
    pub fn read(text: &str) -> Result<Vec<Self>> {
        let mut whole = 0;
        let each = read_told(text, MOST_OWN)?.into_iter();
        let each = each.map(|(episode, mission, done)| {
            let shown = episode.moments.iter().all(|moment| moment.right.is_some());
            whole += usize::from(shown);
            Self {
                episode,
                mission,
                done,
                held_out: shown && whole % HELD_OUT_OF == 2,
            }
        });
        Ok(each.collect())
    }
}

impl EpisodeSet {
    /// What a reader has played, as JSON Lines, under a name that [`is_own`].
    ///
    /// # Errors
    /// [`Error::BadOption`]; [`Error::BadData`] for a file with other lines, or with none to learn from or none to hold
    /// out.
    pub fn own(name: &str, text: &str, options: &Value) -> Result<Self> {
        let options = EpisodeOptions::from_json(options)?;
        let (kept, played): (Vec<_>, Vec<_>) =
            (Demonstration::read(text)?.into_iter()).partition(|shown| shown.held_out);
        if kept.is_empty() || played.is_empty() {
            return Err(Error::BadData {
                name: name.into(),
                reason: "two demonstrations from beginning to end are needed, one of them to be held out"
                    .into(),
            });
        }
        let episodes = |all: Vec<Demonstration>| all.into_iter().map(|shown| shown.episode);
        Ok(Self {
            info: DataInfo {
                options: options::to_json(&options)?,
                ..DataInfo::new(name, Space::Episodes { steps: LENGTH })
            },
            played: episodes(played).collect(),
            kept: episodes(kept).collect(),
            ..Self::new(&options::to_json(&options)?)?
        })
    }

    /// The same episodes with other options.
    ///
    /// # Errors
    /// [`Error::BadOption`].
    pub fn with_options(&self, options: &Value) -> Result<Self> {
        let mut set = self.clone();
        set.options = EpisodeOptions::from_json(options)?;
        set.info.options = options::to_json(&set.options)?;
        Ok(set)
    }

    /// About how many bytes its episodes take.
    pub fn bytes(&self) -> usize {
        let all = self.played.iter().chain(&*self.kept);
        let moments: usize = all.map(|episode| episode.moments.len()).sum();
        moments * size_of::<super::Moment>()
    }

    /// About a reader's own, for people: what is counted are answers and episodes.
    pub fn describe(&self) -> TextInfo {
        let all = self.played.iter().chain(&*self.kept);
        let answers = all.flat_map(|episode| &episode.moments);
        TextInfo {
            name: self.info.name.clone(),
            characters: answers.filter(|moment| moment.right.is_some()).count() as u32,
            vocabulary: 0,
            pieces: Vec::new(),
            train: self.played.len() as u32,
            held_out: self.kept.len() as u32,
            beginning: String::new(),
            held_out_beginning: String::new(),
        }
    }
}
