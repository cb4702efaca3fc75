//! What is asked of the worker.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ViewQuery;
use crate::{
    bytes::Bytes,
    data::{pictures::PictureSource, points::PointSource},
    model::Condition,
    speech::Bend,
};

/// One message to the worker.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Envelope {
    /// Chosen by the page, unique while the request is under way.
    pub id: u32,
    /// What is asked.
    pub request: Request,
}

/// Everything that can be asked of the worker.
///
/// A *session* is what one widget does with one model; its number is chosen by the page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Request {
    /// Families, options and their schemas → `Outcome::Description`.
    Describe,
    /// Hand over a data file (kept for all sessions) → `Outcome::Done`.
    LoadData {
        /// Name of the set, for example `mnist`.
        name: String,
        /// The file.
        bytes: Bytes,
        /// Promised hash, when it comes from the site's manifest.
        sha256: Option<String>,
    },
    /// Hand over points in 2-D under the name `custom` (kept for all sessions), scaled to fit
    /// the window → `Outcome::Points`. If it fails, what was there stays.
    LoadPoints {
        /// Where they come from.
        source: PointSource,
    },
    /// Hand over a text to learn from under a name (kept for all sessions) → `Outcome::Text`. If
    /// it fails, what was there stays.
    LoadText {
        /// Its name.
        name: String,
        /// The file: UTF-8, as it is or gzipped.
        bytes: Bytes,
        /// Promised hash, when it comes from the site's manifest.
        sha256: Option<String>,
        /// How it is to become tokens (those of `textSchema`); what is left out takes its default.
        #[serde(default)]
        #[ts(type = "Record<string, unknown>")]
        options: serde_json::Value,
    },
    /// Hand over pictures under a name that follows from what they are (kept for all sessions)
    /// → `Outcome::Pictures`. If it fails, what was there stays.
    LoadPictures {
        /// They, and how they are to be taken.
        source: PictureSource,
    },
    /// The loudest second of a WAV file, to be learned from → `Outcome::Second`.
    CutSecond {
        /// It.
        file: Bytes,
    },
    /// Open a checkpoint in a session → `Outcome::Model`. If it fails, what the session had stays.
    Open {
        /// The session; made if it does not exist.
        session: u32,
        /// A safetensors file.
        bytes: Bytes,
        /// Promised hash, when it comes from the site's manifest.
        sha256: Option<String>,
    },
    /// Start an untrained model in a session → `Outcome::Model`.
    Create {
        /// The session; made if it does not exist.
        session: u32,
        /// Id of the family, for example `vae`.
        family: String,
        /// The family's options; what is left out takes its default.
        #[ts(type = "Record<string, unknown>")]
        config: serde_json::Value,
        /// Options of the training; what is left out takes its default.
        #[ts(type = "Record<string, unknown>")]
        train: serde_json::Value,
        /// Name of the data set: a toy data set by its id, or a set that has been loaded.
        data: String,
        /// Options of a toy (those of `dataSchema`) or a text (those of `textSchema`); what is left
        /// out takes its default.
        #[serde(default)]
        #[ts(type = "Record<string, unknown>")]
        data_options: serde_json::Value,
        /// Seed of everything that is drawn.
        seed: u32,
    },
    /// Begin to train a model further on a text, or an agent on a reader's own episodes → `Outcome::Model`. If it fails,
    /// what the session had stays.
    Tune {
        /// The session; made if it does not exist.
        session: u32,
        /// The checkpoint that it begins with.
        base: Bytes,
        /// Options of the family that goes on from such models; what is left out takes its default.
        #[ts(type = "Record<string, unknown>")]
        config: serde_json::Value,
        /// Options of the training; what is left out takes its default.
        #[ts(type = "Record<string, unknown>")]
        train: serde_json::Value,
        /// Name of the text, which has been loaded.
        data: String,
        /// Options of the text; how it becomes tokens the model decides.
        #[serde(default)]
        #[ts(type = "Record<string, unknown>")]
        data_options: serde_json::Value,
        /// Seed of everything that is drawn.
        seed: u32,
    },
    /// Open a file of adapters on the model that they belong to → `Outcome::Model`. If it fails, what the session had
    /// stays.
    Adapt {
        /// The session; made if it does not exist.
        session: u32,
        /// The checkpoint of that model.
        base: Bytes,
        /// The adapters.
        bytes: Bytes,
    },
    /// Say how large the model in another program's file is, before it is opened.
    Peek {
        /// The beginning of the file, up to 32 MiB; of an archive all of it.
        head: Bytes,
        /// Bytes of the file.
        size: f64,
    },
    /// How long a step of a training would take here → `Outcome::Pace`. Takes a few steps of a
    /// model that is thrown away.
    Pace {
        /// As in `Request::Create`.
        family: String,
        /// As in `Request::Create`.
        #[ts(type = "Record<string, unknown>")]
        config: serde_json::Value,
        /// As in `Request::Create`.
        #[ts(type = "Record<string, unknown>")]
        train: serde_json::Value,
        /// As in `Request::Create`.
        data: String,
        /// As in `Request::Create`.
        #[serde(default)]
        #[ts(type = "Record<string, unknown>")]
        data_options: serde_json::Value,
    },
    /// Hand over a voice (kept for all sessions) → `Outcome::Done`. If it fails, the one before stays.
    LoadVoice {
        /// Its network.
        voice: Bytes,
        /// How it reads English.
        english: Bytes,
        /// Promised hashes of both.
        sha256: [String; 2],
    },
    /// Read a text aloud: a `Progress::Speech` for each sentence → `Outcome::Done`.
    Speak {
        /// The text.
        text: String,
        /// How fast: 1 as the voice learned it, 0.5 to 2.
        speed: f32,
        /// How much higher or lower, in semitones.
        pitch: f32,
        /// How far the pitch moves about its mean: 1 as the voice would, 0 for a monotone.
        melody: f32,
        /// Of the noise in its hisses.
        seed: u32,
        /// The only sentence that is asked for, by its number; all without it.
        #[serde(default)]
        #[ts(optional)]
        only: Option<u32>,
        /// What is wanted otherwise in its phonemes.
        #[serde(default)]
        #[ts(as = "Option<Vec<Bend>>", optional)]
        bends: Vec<Bend>,
    },
    /// End a session → `Outcome::Done`.
    Dispose {
        /// The session.
        session: u32,
    },
    /// Draw samples → `Outcome::View` with a `View::Image`, a `View::Plot` or a `View::Texts`;
    /// progress carries earlier states.
    Sample {
        /// The session.
        session: u32,
        /// How many, 1 to 400 images, 20,000 points or 16 texts.
        count: u32,
        /// Seed.
        seed: u32,
        /// The family's own sampling options; what is left out takes its default.
        #[ts(type = "Record<string, unknown>")]
        options: serde_json::Value,
        /// What the samples are to fit, of what the family honours (`FamilyInfo::conditions`).
        #[serde(default)]
        condition: Condition,
    },
    /// Look at the model → `Outcome::View`.
    View {
        /// The session.
        session: u32,
        /// What to look at.
        query: ViewQuery,
        /// The model of a past snapshot (index into `TrainState::snapshots`); `null` = as it is.
        #[serde(default)]
        snapshot: Option<u32>,
    },
    /// A plot as a file → `Outcome::File`: a drawing as an SVG, images in any form.
    ExportView {
        /// The session.
        session: u32,
        /// What to look at; its answer must be a `View::Plot`, or a `View::Image`.
        query: ViewQuery,
        /// As what.
        #[serde(default)]
        form: FileForm,
        /// As in `Request::View`.
        #[serde(default)]
        snapshot: Option<u32>,
    },
    /// Train until the step is reached, a cancel comes or training diverges → `Outcome::Trained`.
    /// Progress messages are `Progress::Training` and `Progress::Snapshot`.
    Train {
        /// The session.
        session: u32,
        /// Stop after this many steps; `null` = go on until cancelled.
        steps: Option<u32>,
        /// At most this many steps a second, for slow motion; `null` = as fast as it goes.
        rate: Option<f32>,
        /// Stop after this many seconds of computing; `null` = no such limit.
        #[serde(default)]
        seconds: Option<f32>,
        /// Move only this network (one of `FamilyInfo::networks`); `null` = all.
        #[serde(default)]
        network: Option<String>,
        /// Whether a last `Progress::Snapshot` is to come before the end, if steps were taken since
        /// the one before; it is, unless this is `false`.
        #[serde(default)]
        #[ts(optional)]
        keep: Option<bool>,
    },
    /// Change options of the training under way (those of `trainSchema`) → `Outcome::Done`.
    SetTrain {
        /// The session.
        session: u32,
        /// The options to change.
        #[ts(type = "Record<string, unknown>")]
        train: serde_json::Value,
    },
    /// Samples of a past snapshot at the session's fixed noise → `Outcome::View`.
    ShowSnapshot {
        /// The session.
        session: u32,
        /// Index into `TrainState::snapshots`.
        index: u32,
        /// How many samples.
        count: u32,
    },
    /// Make a past snapshot the current state → `Outcome::Model`.
    RestoreSnapshot {
        /// The session.
        session: u32,
        /// Index into `TrainState::snapshots`.
        index: u32,
    },
    /// Write the model as a file → `Outcome::File`.
    Export {
        /// The session.
        session: u32,
        /// With everything that is needed to train on.
        resumable: bool,
    },
    /// Write the adapters of the model, without it → `Outcome::File`.
    ExportAdapter {
        /// The session.
        session: u32,
    },
    /// A script of PyTorch that draws from the exported model → `Outcome::File`.
    ExportPage {
        /// The session.
        session: u32,
    },
    /// A PNG of samples → `Outcome::File`.
    ExportSamples {
        /// The session.
        session: u32,
        /// How many, 1 to 400.
        count: u32,
        /// Seed.
        seed: u32,
        /// The family's own sampling options.
        #[ts(type = "Record<string, unknown>")]
        options: serde_json::Value,
        /// As in `Request::Sample`.
        #[serde(default)]
        condition: Condition,
        /// Pixels of the image for one pixel of the sample, 1 to 16.
        scale: u32,
    },
    /// Pictures in a row as a GIF → `Outcome::File`. It needs no session.
    ExportFilm {
        /// The file's name, without its ending.
        name: String,
        /// Pixels of a picture.
        width: u16,
        /// Pixels of a picture.
        height: u16,
        /// How long each stays, hundredths of a second.
        delay: u16,
        /// Four bytes a pixel, row by row, picture by picture.
        rgba: Bytes,
    },
    /// Check options as they stand in a URL or in attributes → `Outcome::Options`: those that
    /// hold, typed, and an error for each that does not.
    CheckOptions {
        /// Which options.
        scope: OptionScope,
        /// Id of the family (ignored for the scope `train`).
        family: String,
        /// Names and values as text.
        entries: Vec<(String, String)>,
    },
    /// Stop the request with this id → `Outcome::Done`. A training ends as if its steps were done;
    /// whatever else can be stopped ends with the code `cancelled`.
    Cancel {
        /// Its id.
        target: u32,
    },
    /// A fire drill: break on purpose, so that recovery can be tested and shown.
    Fault {
        /// How.
        kind: Fault,
    },
}

impl Request {
    /// Whether it only looks at a model and may take long: such a request ends with the code
    /// `cancelled` when it is cancelled, and when its session is disposed of.
    pub fn only_looks(&self) -> bool {
        matches!(self, Request::Pace { .. } | Request::Speak { .. }) || self.looks_at().is_some()
    }

    /// The session that such a request looks at.
    pub fn looks_at(&self) -> Option<u32> {
        match self {
            Request::Sample { session, .. }
            | Request::View { session, .. }
            | Request::ShowSnapshot { session, .. }
            | Request::Export { session, .. }
            | Request::ExportAdapter { session }
            | Request::ExportPage { session }
            | Request::ExportView { session, .. }
            | Request::ExportSamples { session, .. } => Some(*session),
            _ => None,
        }
    }
}

/// What a view is saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FileForm {
    /// A vector drawing; of grey images the outlines of their ink.
    #[default]
    Svg,
    /// Pixels.
    Png,
    /// A font, of images of which each is a letter.
    Ttf,
    /// Music as a MIDI file.
    Midi,
    /// Music as MusicXML, to be printed.
    MusicXml,
    /// Music in ABC notation, of which the page draws a score.
    Abc,
}

/// How `Request::Fault` breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Fault {
    /// A panic in Rust.
    Panic,
    /// The GPU device is destroyed (by the worker's shell, which holds it).
    LoseDevice,
}

/// Which schema `Request::CheckOptions` checks against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OptionScope {
    /// The model's own.
    Config,
    /// Training.
    Train,
    /// Sampling.
    Sample,
    /// A toy data set.
    Data,
    /// A text.
    Text,
    /// A reader's own pictures.
    Pictures,
}
