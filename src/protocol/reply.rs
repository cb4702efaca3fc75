//! What the worker answers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ModelInfo, SpokenSentence, TrainState};
use crate::{
    bytes::Bytes,
    data::{SpaceKind, pictures::PictureInfo, points::ToyInfo, text::TextInfo},
    error::{Code, Error},
    model::{FamilyInfo, Preset},
    open::Opening,
    scene::View,
};

/// A set that is made and needs no file of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// Its name.
    pub name: String,
    /// What one of its examples is.
    pub kind: SpaceKind,
    /// Name of the set that it is made of, if it is made of one; that has to be handed over.
    pub of: Option<String>,
}

/// One message from the worker.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Answer {
    /// The id of the request it belongs to.
    pub id: u32,
    /// The answer.
    pub reply: Reply,
}

/// The end of a request, or news on the way to it.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Reply {
    /// News; more will come.
    Progress {
        /// What is new.
        progress: Progress,
    },
    /// Done.
    Ok {
        /// The result.
        outcome: Outcome,
    },
    /// Failed.
    Error {
        /// Why.
        error: ErrorInfo,
    },
}

/// An [`Error`] as the page gets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ErrorInfo {
    /// Stable code.
    pub code: Code,
    /// One sentence: what happened.
    pub message: String,
    /// One sentence: what to do next.
    pub hint: String,
    /// Whether the session can go on as it is.
    pub recoverable: bool,
}

impl From<&Error> for ErrorInfo {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
            hint: error.hint(),
            recoverable: error.recoverable(),
        }
    }
}

/// News about a request.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Progress {
    /// A sampler's state.
    Sampling {
        /// Steps taken.
        step: u32,
        /// Steps in all.
        of: u32,
        /// What it looks like now.
        view: Option<View>,
    },
    /// What has come of a plot that takes long.
    Viewing {
        /// It.
        view: View,
    },
    /// Training goes on.
    Training {
        /// Numbers.
        state: TrainState,
        /// Samples at the session's fixed noise, when they were refreshed.
        samples: Option<View>,
    },
    /// Everything needed to go on after a crash or a reload; the page keeps the newest.
    Snapshot {
        /// Step at which it was taken.
        step: u32,
        /// A resumable checkpoint.
        bytes: Bytes,
    },
    /// A training, or samples that take long, would go faster with helpers, workers to which the page gives it a way;
    /// or does not need them any more.
    Helpers {
        /// How many, at most.
        count: u32,
        /// Numbers of those that are of no use any more: they did not answer.
        lost: Vec<u32>,
    },
    /// A sentence was spoken.
    Speech {
        /// It.
        sentence: SpokenSentence,
    },
}

/// What a request gave.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Outcome {
    /// Nothing to say.
    Done,
    /// Answer to `Request::Describe`.
    Description {
        /// Families, in the order of the page.
        families: Vec<FamilyInfo>,
        /// JSON Schema of the training options.
        #[ts(type = "JsonSchema")]
        train_schema: serde_json::Value,
        /// JSON Schema of the options of toy data sets.
        #[ts(type = "JsonSchema")]
        data_schema: serde_json::Value,
        /// JSON Schema of the options of texts.
        #[ts(type = "JsonSchema")]
        text_schema: serde_json::Value,
        /// JSON Schema of the options of a reader's own pictures.
        #[ts(type = "JsonSchema")]
        picture_schema: serde_json::Value,
        /// Data sets that need no file, in the order of the page.
        toys: Vec<ToyInfo>,
        /// Sets of images and of clips that are made and need no file of their own.
        made: Vec<Made>,
        /// Trainings worth seeing, those that fail on purpose included.
        presets: Vec<Preset>,
    },
    /// Answer to `Request::LoadPoints`.
    Points {
        /// How many were kept.
        count: u32,
        /// They are drawn in these coordinates: left, right, bottom, top.
        window: [f32; 4],
        /// What these coordinates are in the reader's own units, where the points were scaled.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        units: Option<[f64; 4]>,
        /// What of a table was not taken for a point, in sentences.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        skipped: Option<String>,
    },
    /// Answer to `Request::LoadText`.
    Text {
        /// About it.
        text: TextInfo,
    },
    /// Answer to `Request::LoadPictures`.
    Pictures {
        /// About them.
        pictures: PictureInfo,
        /// Some of them as the model sees them.
        preview: View,
    },
    /// Answer to `Request::CutSecond`.
    Second {
        /// 8000 samples of 16 bits, little-endian.
        sound: Bytes,
    },
    /// What a file of another program's model holds.
    Opening {
        /// It.
        opening: Opening,
    },
    /// Answer to `Request::Pace`.
    Pace {
        /// Seconds of a step.
        seconds: f32,
        /// Trainable numbers.
        parameters: u32,
    },
    /// A model is in place.
    Model {
        /// About it.
        model: ModelInfo,
    },
    /// Something to draw.
    View {
        /// It.
        view: View,
    },
    /// Training ended (by cancel or because the steps were done).
    Trained {
        /// Its last state.
        state: TrainState,
    },
    /// A file to save.
    File {
        /// Suggested name.
        name: String,
        /// Media type.
        mime: String,
        /// Its bytes.
        bytes: Bytes,
    },
    /// Checked options.
    Options {
        /// Those that hold, typed.
        #[ts(type = "Record<string, unknown>")]
        values: serde_json::Value,
        /// One for each that does not.
        errors: Vec<ErrorInfo>,
    },
}
