//! What data is made of.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{episodes, functions, groove, pairs::Example, paths, score, tokenizer::Vocabulary};
use crate::error::{Error, Result};

/// What one example is, with all that a model must know to fit it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Space {
    /// An image, values in [0, 1].
    Image {
        /// 1 = grey, 3 = red, green, blue.
        channels: usize,
        /// Rows.
        height: usize,
        /// Pixels in a row.
        width: usize,
    },
    /// A clip, values in [0, 1].
    Video {
        /// Frames.
        frames: usize,
        /// 1 = grey, 3 = red, green, blue.
        channels: usize,
        /// Rows.
        height: usize,
        /// Pixels in a row.
        width: usize,
    },
    /// A point in 2-D. Models work on (x − mean) / scale.
    Points {
        /// Mean of each coordinate.
        mean: [f32; 2],
        /// Standard deviation of the coordinates, both together.
        scale: f32,
    },
    /// A point in 2-D that is of one of two classes.
    Classes {
        /// As of points.
        mean: [f32; 2],
        /// As of points.
        scale: f32,
    },
    /// No examples, but an energy U(x) in 2-D: p(x) ∝ exp(−U(x)).
    Energy {
        /// As of points.
        mean: [f32; 2],
        /// As of points.
        scale: f32,
    },
    /// A text.
    Text {
        /// How it becomes tokens.
        vocabulary: Vocabulary,
        /// Characters in a held-out token, on average: nats a token divided by it are nats a
        /// character.
        characters_per_token: f32,
    },
    /// A text and what it is in another language.
    Pairs {
        /// How both become tokens.
        vocabulary: Vocabulary,
        /// The languages, by their codes.
        languages: Vec<String>,
        /// Texts to show what a model does with them.
        examples: Vec<Example>,
    },
    /// Music in four voices on a grid of sixteenths.
    Score {
        /// Sixteenths of an example.
        steps: usize,
    },
    /// Drums on a grid of sixteenths.
    Groove {
        /// Sixteenths of an example.
        steps: usize,
    },
    /// Pairs of numbers (x, y) of one function, a prompt to learn it from.
    Functions {
        /// Numbers in x.
        inputs: usize,
        /// Pairs in a prompt.
        length: usize,
        /// Standard deviation of the noise on y.
        noise: f32,
    },
    /// What an agent does in rooms that is told in words what to do.
    Episodes {
        /// Moments of an episode that are learned from, at most.
        steps: usize,
    },
    /// A path through a maze.
    Paths {
        /// Places of a path.
        length: usize,
    },
}

/// The kinds of [`Space`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SpaceKind {
    /// Images.
    Image,
    /// Clips.
    Video,
    /// Points in 2-D.
    Points,
    /// Points in 2-D, each of one of two classes.
    Classes,
    /// No points, but an energy U(x) in 2-D: p(x) ∝ exp(−U(x)).
    Energy,
    /// Text.
    Text,
    /// Texts in two languages.
    Pairs,
    /// Music.
    Score,
    /// Drums.
    Groove,
    /// Functions, each by some of its pairs.
    Functions,
    /// What an agent does in a world.
    Episodes,
    /// Paths through mazes.
    Paths,
}

impl SpaceKind {
    /// Its name for people, in the plural.
    pub fn name(self) -> &'static str {
        match self {
            SpaceKind::Image => "images",
            SpaceKind::Video => "clips",
            SpaceKind::Points => "points in 2-D",
            SpaceKind::Classes => "points in 2-D of two classes",
            SpaceKind::Energy => "energies in 2-D",
            SpaceKind::Text => "text",
            SpaceKind::Pairs => "translations",
            SpaceKind::Score => "music",
            SpaceKind::Groove => "drums",
            SpaceKind::Functions => "functions",
            SpaceKind::Episodes => "episodes",
            SpaceKind::Paths => "paths",
        }
    }

    /// Whether it is drawn in a plane: points, or an energy there.
    pub fn in_plane(self) -> bool {
        matches!(
            self,
            SpaceKind::Points | SpaceKind::Classes | SpaceKind::Energy
        )
    }
}

impl Space {
    /// One of each kind, to ask a family which it models.
    pub fn examples() -> [Self; 12] {
        [
            Self::grey(28, 28),
            Self::Video {
                frames: 16,
                channels: 1,
                height: 32,
                width: 32,
            },
            Self::Points {
                mean: [0.0; 2],
                scale: 1.0,
            },
            Self::Classes {
                mean: [0.0; 2],
                scale: 1.0,
            },
            Self::Energy {
                mean: [0.0; 2],
                scale: 1.0,
            },
            Self::Text {
                vocabulary: Vocabulary::Characters {
                    alphabet: "ab".into(),
                },
                characters_per_token: 1.0,
            },
            Self::Pairs {
                vocabulary: Vocabulary::Characters {
                    alphabet: "ab".into(),
                },
                languages: vec!["digits".into(), "en".into()],
                examples: Vec::new(),
            },
            Self::Score {
                steps: score::STEPS,
            },
            Self::Groove {
                steps: groove::STEPS,
            },
            Self::Functions {
                inputs: 5,
                length: 16,
                noise: 0.5,
            },
            Self::Episodes {
                steps: episodes::LENGTH,
            },
            Self::Paths {
                length: paths::LENGTH,
            },
        ]
    }

    /// Grey images.
    pub fn grey(height: usize, width: usize) -> Self {
        Self::Image {
            channels: 1,
            height,
            width,
        }
    }

    /// Images of that size in colour; nothing for what is no image.
    pub fn coloured(&self) -> Option<Self> {
        match *self {
            Self::Image { height, width, .. } => Some(Self::Image {
                channels: 3,
                height,
                width,
            }),
            _ => None,
        }
    }

    /// Its kind.
    pub fn kind(&self) -> SpaceKind {
        match self {
            Self::Image { .. } => SpaceKind::Image,
            Self::Video { .. } => SpaceKind::Video,
            Self::Points { .. } => SpaceKind::Points,
            Self::Classes { .. } => SpaceKind::Classes,
            Self::Energy { .. } => SpaceKind::Energy,
            Self::Text { .. } => SpaceKind::Text,
            Self::Pairs { .. } => SpaceKind::Pairs,
            Self::Score { .. } => SpaceKind::Score,
            Self::Groove { .. } => SpaceKind::Groove,
            Self::Functions { .. } => SpaceKind::Functions,
            Self::Episodes { .. } => SpaceKind::Episodes,
            Self::Paths { .. } => SpaceKind::Paths,
        }
    }

    /// Channels, rows and columns of an image.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for anything else.
    pub fn image(&self) -> Result<[usize; 3]> {
        match *self {
            Self::Image {
                channels,
                height,
                width,
            } => Ok([channels, height, width]),
            _ => Err(Error::Unsupported {
                what: "This needs a model of images".into(),
            }),
        }
    }

    /// Frames, channels, rows and columns of a clip.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for anything else.
    pub fn clip(&self) -> Result<[usize; 4]> {
        match *self {
            Self::Video {
                frames,
                channels,
                height,
                width,
            } => Ok([frames, channels, height, width]),
            _ => Err(Error::Unsupported {
                what: "This needs a model of clips".into(),
            }),
        }
    }

    /// Sixteenths of an example of music or of drums.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for anything else.
    pub fn steps(&self) -> Result<usize> {
        match *self {
            Self::Score { steps } | Self::Groove { steps } => Ok(steps),
            _ => Err(Error::Unsupported {
                what: "This needs a model of music".into(),
            }),
        }
    }

    /// Mean and scale of points, or of what an energy is about.
    pub fn moments(&self) -> Option<([f32; 2], f32)> {
        match *self {
            Self::Points { mean, scale }
            | Self::Classes { mean, scale }
            | Self::Energy { mean, scale } => Some((mean, scale)),
            _ => None,
        }
    }

    /// Inputs, pairs of a prompt and noise of functions.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for anything else.
    pub fn functions(&self) -> Result<(usize, usize, f32)> {
        match *self {
            Self::Functions {
                inputs,
                length,
                noise,
            } => Ok((inputs, length, noise)),
            _ => Err(Error::Unsupported {
                what: "This needs a model of functions".into(),
            }),
        }
    }

    /// The vocabulary of a text, or of two.
    pub fn vocabulary(&self) -> Option<&Vocabulary> {
        match self {
            Self::Text { vocabulary, .. } | Self::Pairs { vocabulary, .. } => Some(vocabulary),
            _ => None,
        }
    }

    /// Whether a model of the one can go on with data of the other; of points, scale and mean may
    /// differ.
    ///
    /// # Errors
    /// [`Error::BadData`] says of the data `name` why it cannot.
    pub fn must_fit(&self, other: &Self, name: &str) -> Result<()> {
        let bad = |reason: &str| {
            Err(Error::BadData {
                name: name.into(),
                reason: reason.into(),
            })
        };
        match (self, other) {
            (Self::Image { .. }, Self::Image { .. }) if self != other => {
                bad("its images are of another size than this model's")
            }
            (Self::Video { .. }, Self::Video { .. }) if self != other => {
                bad("its clips are of another size than this model's")
            }
            (Self::Score { .. }, Self::Score { .. })
            | (Self::Groove { .. }, Self::Groove { .. })
                if self != other =>
            {
                bad("its examples are of another length than this model's")
            }
            (Self::Functions { .. }, Self::Functions { .. }) if self != other => {
                bad("its prompts are of another size than this model's, or have other noise")
            }
            _ if self.kind() != other.kind() => bad("it is of another kind than this model's data"),
            (
                Self::Pairs { languages, .. },
                Self::Pairs {
                    languages: others, ..
                },
            ) if languages != others => bad("its languages are not those of this model"),
            _ if self.vocabulary() != other.vocabulary() => {
                bad("its tokens are not those of this model")
            }
            _ => Ok(()),
        }
    }

    /// Refuse what no family can model, before anything is allocated for it.
    ///
    /// # Errors
    /// [`Error::CheckpointSchema`].
    pub fn check(&self) -> Result<()> {
        let schema = |reason: String| Err(Error::CheckpointSchema { reason });
        match self {
            &Self::Image {
                channels,
                height,
                width,
            } => {
                let side = 1..=64;
                if ![1, 3].contains(&channels) {
                    return schema(format!("images of {channels} channels"));
                }
                if !side.contains(&height) || !side.contains(&width) {
                    return schema(format!("images of {height} × {width} pixels"));
                }
                Ok(())
            }
            &Self::Video {
                frames,
                channels,
                height,
                width,
            } => {
                let image = Self::Image {
                    channels,
                    height,
                    width,
                };
                match (1..=64).contains(&frames) {
                    true => image.check(),
                    false => schema(format!("clips of {frames} frames")),
                }
            }
            Self::Points { mean, scale }
            | Self::Classes { mean, scale }
            | Self::Energy { mean, scale } => {
                let finite = mean.iter().all(|m| m.is_finite() && m.abs() < 1e6);
                if finite && (1e-6..1e6).contains(scale) {
                    return Ok(());
                }
                schema("points without a mean and a scale".into())
            }
            Self::Text {
                vocabulary,
                characters_per_token,
            } => {
                if !(1e-3..1e6).contains(characters_per_token) {
                    return schema("a text without a length of its tokens".into());
                }
                vocabulary.check()
            }
            Self::Pairs {
                vocabulary,
                languages,
                examples,
            } => {
                let code = |language: &String| super::is_name(language) && language.len() <= 20;
                if !(2..=32).contains(&languages.len()) || !languages.iter().all(code) {
                    return schema("translations without languages".into());
                }
                let known = |language: u32| (language as usize) < languages.len();
                let sound =
                    |e: &Example| known(e.from) && known(e.to) && (1..=400).contains(&e.text.len());
                if examples.len() > 32 || !examples.iter().all(sound) {
                    return schema("examples that are none".into());
                }
                vocabulary.check()
            }
            Self::Score { steps } => match (16..=score::MOST_STEPS).contains(steps) {
                true => Ok(()),
                false => schema(format!("music of {steps} sixteenths")),
            },
            Self::Groove { steps } => match (groove::BAR..=groove::MOST_STEPS).contains(steps) {
                true => Ok(()),
                false => schema(format!("drums of {steps} sixteenths")),
            },
            &Self::Functions {
                inputs,
                length,
                noise,
            } => {
                let (d, n) = (functions::MOST_INPUTS, functions::MOST_PAIRS);
                let sound = (1..=d).contains(&inputs) && (2..=n).contains(&length);
                match sound && (0.0..=4.0).contains(&noise) {
                    true => Ok(()),
                    false => schema(format!("prompts of {length} pairs of {inputs} inputs")),
                }
            }
            Self::Episodes { steps } => match *steps == episodes::LENGTH {
                true => Ok(()),
                false => schema(format!("episodes of {steps} moments")),
            },
            Self::Paths { length } => match *length == paths::LENGTH {
                true => Ok(()),
                false => schema(format!("paths of {length} places")),
            },
        }
    }
}
