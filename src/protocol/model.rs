//! A model in a session, and where its training stands.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::training::LossCurve;

/// A model in a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ModelInfo {
    /// Id of its family.
    pub family: String,
    /// Id of the checkpoint, if it came from one.
    pub id: Option<String>,
    /// Name of its data set.
    pub data: String,
    /// What that data is.
    pub space: SpaceInfo,
    /// Names of the classes of its data.
    pub classes: Vec<String>,
    /// Whether its images are sounds.
    pub sound: bool,
    /// A sentence that it could be told, of a model that paints what it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub prompt: Option<String>,
    /// A question that it could be asked, of a model that says what it sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub question: Option<String>,
    /// Whether changes can be asked of it in words.
    pub changes: bool,
    /// Numbers in its latent vector, 0 without one.
    pub latent_dim: u32,
    /// Trainable numbers.
    pub parameters: u32,
    /// Of a model of points: passes through its network for samples; 0 where it is not known.
    pub passes: u32,
    /// Whether there is a page of PyTorch for it.
    pub page: bool,
    /// Whether it has adapters, which can be saved without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub adapter: bool,
    /// What of its text had to be changed for its vocabulary, as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub changed: Option<String>,
    /// Optimizer steps behind it.
    pub step: u32,
    /// Seed of its training.
    pub seed: u32,
    /// What is optimised, in TeX, a line for each equation.
    pub equation: Vec<String>,
    /// Its config.
    #[ts(type = "Record<string, unknown>")]
    pub config: serde_json::Value,
    /// Its training options.
    #[ts(type = "Record<string, unknown>")]
    pub train: serde_json::Value,
    /// Recorded losses and snapshots, when it was being trained.
    pub state: TrainState,
}

/// What a model's data is, as the page needs to know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum SpaceInfo {
    /// Images.
    Image {
        /// 1 = grey, 3 = red, green, blue.
        channels: u32,
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Clips.
    Video {
        /// Frames.
        frames: u32,
        /// 1 = grey, 3 = red, green, blue.
        channels: u32,
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Points in 2-D.
    Points {
        /// Left, right, bottom, top of what is drawn.
        window: [f32; 4],
        /// The same in the reader's own units, where the points were scaled.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        units: Option<[f64; 4]>,
    },
    /// Points in 2-D of two classes.
    Classes {
        /// Left, right, bottom, top of what is drawn.
        window: [f32; 4],
    },
    /// An energy in 2-D.
    Energy {
        /// Left, right, bottom, top of what is drawn.
        window: [f32; 4],
    },
    /// Text.
    Text {
        /// Tokens that the model looks back on.
        block_size: u32,
        /// Tokens in its vocabulary.
        vocabulary: u32,
        /// Characters in a token of the text held out, on average: nats a token divided by it are
        /// nats a character.
        characters_per_token: f32,
    },
    /// Texts in two languages.
    Pairs {
        /// The languages, by their codes; the digits of numbers are called `digits`.
        languages: Vec<String>,
        /// Tokens in its vocabulary.
        vocabulary: u32,
        /// The most tokens of a text.
        longest: u32,
        /// Texts that were held out, to begin with.
        examples: Vec<ExampleInfo>,
    },
    /// Music in four voices.
    Score {
        /// Sixteenths that the model sees at once.
        steps: u32,
    },
    /// Drums.
    Groove {
        /// Sixteenths that the model sees at once.
        steps: u32,
    },
    /// Functions, each by some of its pairs.
    Functions {
        /// Numbers in x.
        inputs: u32,
        /// Pairs of a prompt.
        length: u32,
    },
    /// Episodes of an agent in a world.
    Episodes {
        /// Moments that it looks back on.
        steps: u32,
    },
    /// Paths through mazes.
    Paths {
        /// Cells in a row and in a column of a maze.
        side: u32,
    },
}

/// A text to translate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExampleInfo {
    /// Its language, by its code.
    pub from: String,
    /// The language to translate it into.
    pub into: String,
    /// It.
    pub text: String,
}

/// Where a training stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrainState {
    /// Optimizer steps taken.
    pub step: u32,
    /// Passes over the data, counting parts.
    pub epoch: f32,
    /// Steps a second, lately.
    pub rate: f32,
    /// Workers that compute a step together; one where nobody helps.
    pub workers: u32,
    /// Seconds of computing behind it, this session's.
    pub seconds: f32,
    /// The history of each named loss since the session began (thinned).
    pub losses: Vec<LossCurve>,
    /// Steps at which snapshots were kept.
    pub snapshots: Vec<u32>,
    /// The step after which the held-out loss has only grown: from there on it learns by heart.
    pub overfitting: Option<u32>,
}
