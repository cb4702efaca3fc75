//! Every way in which something can go wrong, once.
//!
//! An [`Error`] carries what a program needs (a stable [`Code`]) and what a reader needs: one
//! sentence that says what happened (its `Display`), and one that says what to do next
//! ([`Error::hint`]). The page shows both; the CLI prints both and exits with
//! [`Code::exit_status`].

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The stable name of an error, the same in the page, in events and in the CLI.
///
/// Codes are part of the public interface: they are only ever added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A file is not where it should be.
    FileNotFound,
    /// The site answered, but not with the file.
    FetchFailed,
    /// The content security policy of a page does not allow what the playground needs.
    PolicyBlocked,
    /// A server does not let pages of other sites read its files.
    OriginBlocked,
    /// A server sends a file as something that browsers do not take it for.
    WrongType,
    /// The site has been updated since the page was loaded.
    SiteUpdated,
    /// Reading or writing a file failed.
    Io,
    /// A checkpoint is larger than anything this program makes.
    CheckpointTooLarge,
    /// A checkpoint's bytes are not those that its manifest promises.
    CheckpointHash,
    /// The bytes are not a safetensors file.
    CheckpointParse,
    /// A safetensors file, but its metadata is missing, unknown or newer than this program.
    CheckpointSchema,
    /// A tensor is missing, unknown, or has the wrong shape or type.
    CheckpointShape,
    /// A weight is NaN or infinite.
    CheckpointNotFinite,
    /// An adapter belongs to another model than the one at hand.
    AdapterBase,
    /// A file of another program's model cannot be used.
    BadModelFile,
    /// No model of that name.
    UnknownModel,
    /// No model family of that name.
    UnknownFamily,
    /// An option is unknown, of the wrong type or out of its range.
    BadOption,
    /// A recipe cannot be read.
    BadRecipe,
    /// An image cannot be used.
    BadImage,
    /// A data file cannot be used.
    BadData,
    /// A character that the model's vocabulary does not hold.
    UnknownCharacter,
    /// The model at hand cannot do what was asked.
    Unsupported,
    /// The reader cancelled.
    Cancelled,
    /// The wished-for back end is not to be had.
    DeviceUnavailable,
    /// The GPU went away.
    DeviceLost,
    /// The device has no memory left.
    OutOfMemory,
    /// More than this device can be asked for.
    OverBudget,
    /// The worker ended and was replaced.
    WorkerRestarted,
    /// Training produced a number that is not finite.
    TrainingDiverged,
    /// The browser has no room left to keep the training.
    StorageFull,
    /// Another tab keeps this training already.
    StorageBusy,
    /// No session of that number.
    UnknownSession,
    /// The session is being trained already.
    SessionBusy,
    /// A message that is no request.
    BadRequest,
    /// A bug of ours.
    Internal,
}

impl Code {
    /// The code as it is written in messages, for example `checkpoint-hash`.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::FileNotFound => "file-not-found",
            Code::FetchFailed => "fetch-failed",
            Code::PolicyBlocked => "policy-blocked",
            Code::OriginBlocked => "origin-blocked",
            Code::WrongType => "wrong-type",
            Code::SiteUpdated => "site-updated",
            Code::Io => "io",
            Code::CheckpointTooLarge => "checkpoint-too-large",
            Code::CheckpointHash => "checkpoint-hash",
            Code::CheckpointParse => "checkpoint-parse",
            Code::CheckpointSchema => "checkpoint-schema",
            Code::CheckpointShape => "checkpoint-shape",
            Code::CheckpointNotFinite => "checkpoint-not-finite",
            Code::AdapterBase => "adapter-base",
            Code::BadModelFile => "bad-model-file",
            Code::UnknownModel => "unknown-model",
            Code::UnknownFamily => "unknown-family",
            Code::BadOption => "bad-option",
            Code::BadRecipe => "bad-recipe",
            Code::BadImage => "bad-image",
            Code::BadData => "bad-data",
            Code::UnknownCharacter => "unknown-character",
            Code::Unsupported => "unsupported",
            Code::Cancelled => "cancelled",
            Code::DeviceUnavailable => "device-unavailable",
            Code::DeviceLost => "device-lost",
            Code::OutOfMemory => "out-of-memory",
            Code::OverBudget => "over-budget",
            Code::WorkerRestarted => "worker-restarted",
            Code::TrainingDiverged => "training-diverged",
            Code::StorageFull => "storage-full",
            Code::StorageBusy => "storage-busy",
            Code::UnknownSession => "unknown-session",
            Code::SessionBusy => "session-busy",
            Code::BadRequest => "bad-request",
            Code::Internal => "internal",
        }
    }

    /// The exit status of the CLI: 2 for what the user can mend, 3 for the device, 1 for the rest,
    /// 130 for a cancel.
    pub fn exit_status(self) -> u8 {
        match self {
            Code::Cancelled => 130,
            Code::DeviceUnavailable | Code::DeviceLost | Code::OutOfMemory => 3,
            Code::Internal | Code::Io | Code::TrainingDiverged | Code::WorkerRestarted => 1,
            _ => 2,
        }
    }
}

/// What went wrong. See the module's documentation.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// See [`Code::FileNotFound`].
    #[error("There is no file {path}.")]
    FileNotFound {
        /// The path as it was asked for.
        path: String,
    },
    /// See [`Code::Io`].
    #[error("{path} could not be read or written: {reason}.")]
    Io {
        /// The path as it was asked for.
        path: String,
        /// The operating system's words.
        reason: String,
    },
    /// See [`Code::Io`]; a file that another program is writing.
    #[error("{path} is being written by another playground.")]
    InUse {
        /// The path as it was asked for.
        path: String,
    },
    /// See [`Code::CheckpointTooLarge`].
    #[error("This checkpoint has {bytes} bytes; at most {limit} are accepted.")]
    CheckpointTooLarge {
        /// Size of the file.
        bytes: usize,
        /// The cap.
        limit: usize,
    },
    /// See [`Code::CheckpointHash`].
    #[error("This checkpoint is not the file that the manifest promises (SHA-256 {found}).")]
    CheckpointHash {
        /// Hash of the bytes at hand.
        found: String,
    },
    /// See [`Code::CheckpointParse`].
    #[error("This is not a checkpoint that can be read: {reason}.")]
    CheckpointParse {
        /// The parser's words.
        reason: String,
    },
    /// See [`Code::CheckpointSchema`].
    #[error("The description in this checkpoint cannot be used by this version: {reason}.")]
    CheckpointSchema {
        /// What is missing or unknown.
        reason: String,
    },
    /// See [`Code::CheckpointShape`].
    #[error("The weights in this checkpoint do not fit the model it describes: {reason}.")]
    CheckpointShape {
        /// Which tensor, and how.
        reason: String,
    },
    /// See [`Code::CheckpointNotFinite`].
    #[error("The tensor {tensor} holds a number that is not finite.")]
    CheckpointNotFinite {
        /// Name of the tensor.
        tensor: String,
    },
    /// See [`Code::AdapterBase`].
    #[error(
        "This adapter belongs to the model “{needed}”, and not to the one at hand (“{found}”)."
    )]
    AdapterBase {
        /// Name of its model, as far as it is known.
        needed: String,
        /// Name of the model at hand.
        found: String,
    },
    /// See [`Code::BadModelFile`].
    #[error("This model file cannot be used: {reason}.")]
    BadModelFile {
        /// What is missing, wrong or not read.
        reason: String,
    },
    /// See [`Code::CheckpointTooLarge`]; a file of another program's model.
    #[error("This model file has {megabytes} MiB; at most {most} MiB can be opened.")]
    TooLargeModel {
        /// Its size.
        megabytes: u64,
        /// The cap.
        most: u64,
    },
    /// See [`Code::UnknownModel`].
    #[error("There is no model called “{id}”.")]
    UnknownModel {
        /// The name asked for.
        id: String,
        /// The names that exist.
        known: Vec<String>,
    },
    /// See [`Code::UnknownFamily`].
    #[error("There is no model family called “{id}”.")]
    UnknownFamily {
        /// The name asked for.
        id: String,
    },
    /// See [`Code::BadOption`].
    #[error("“{value}” cannot be the value of {option}: {reason}.")]
    BadOption {
        /// Name of the option.
        option: String,
        /// The value as it came, cut to a readable length.
        value: String,
        /// What would be accepted.
        reason: String,
    },
    /// See [`Code::BadRecipe`].
    #[error("The recipe {path} cannot be read: {reason}.")]
    BadRecipe {
        /// Path of the recipe.
        path: String,
        /// Where and why.
        reason: String,
    },
    /// See [`Code::BadImage`].
    #[error("This image cannot be used: {reason}.")]
    BadImage {
        /// Why.
        reason: String,
    },
    /// See [`Code::BadData`].
    #[error("The data in {name} cannot be used: {reason}.")]
    BadData {
        /// Which file or set.
        name: String,
        /// Why.
        reason: String,
    },
    /// See [`Code::BadData`]; a reader's own text.
    #[error("This text cannot be used: {reason}.")]
    BadText {
        /// Where and why.
        reason: String,
        /// What would help: a sentence.
        hint: String,
    },
    /// See [`Code::UnknownCharacter`].
    #[error("The vocabulary of this model does not contain {found:?}.")]
    UnknownCharacter {
        /// The first such character.
        found: char,
    },
    /// See [`Code::BadData`]; a reader's own points.
    #[error("These points cannot be used: {reason}.")]
    BadPoints {
        /// Where and why.
        reason: String,
        /// What would help: a sentence.
        hint: String,
    },
    /// See [`Code::BadData`]; a reader's own pictures.
    #[error("These pictures cannot be used: {reason}.")]
    BadPictures {
        /// Why.
        reason: String,
        /// What would help: a sentence.
        hint: String,
    },
    /// See [`Code::BadData`]; music that a reader wrote or brought.
    #[error("This music cannot be used: {reason}.")]
    BadScore {
        /// Why.
        reason: String,
    },
    /// See [`Code::BadData`]; a recording of a melody.
    #[error("No melody was heard.")]
    NotHummed,
    /// See [`Code::BadData`]; a recording.
    #[error("What was recorded cannot be used: {reason}.")]
    BadSound {
        /// Why.
        reason: String,
    },
    /// See [`Code::BadData`]; a model that learned a reader's own pictures, and they are not at hand.
    #[error("The pictures that this model learned are not here.")]
    NoPictures,
    /// See [`Code::Unsupported`].
    #[error("{what}.")]
    Unsupported {
        /// A sentence without its full stop.
        what: String,
    },
    /// See [`Code::Cancelled`].
    #[error("Cancelled.")]
    Cancelled,
    /// See [`Code::DeviceUnavailable`].
    #[error("The {backend} back end cannot be used here: {reason}.")]
    DeviceUnavailable {
        /// The back end asked for.
        backend: String,
        /// Why not.
        reason: String,
    },
    /// See [`Code::DeviceLost`].
    #[error("The graphics device went away: {reason}.")]
    DeviceLost {
        /// The driver's words.
        reason: String,
    },
    /// See [`Code::OutOfMemory`].
    #[error("The device has no memory left for this: {reason}.")]
    OutOfMemory {
        /// The allocator's words.
        reason: String,
    },
    /// See [`Code::OverBudget`].
    #[error("{need}; at most {limit} can be asked for here.")]
    OverBudget {
        /// What it would take, a sentence without its full stop.
        need: String,
        /// The most.
        limit: String,
        /// What to do: a sentence.
        hint: String,
    },
    /// See [`Code::TrainingDiverged`].
    #[error(
        "Training stopped at step {step}: “{loss}” is no longer a finite number, or far too large."
    )]
    TrainingDiverged {
        /// The step at which it was noticed.
        step: u64,
        /// Name of the loss.
        loss: String,
    },
    /// See [`Code::UnknownSession`].
    #[error("There is no session {session}.")]
    UnknownSession {
        /// The number asked for.
        session: u32,
    },
    /// See [`Code::SessionBusy`].
    #[error("Session {session} is being trained already.")]
    SessionBusy {
        /// Its number.
        session: u32,
    },
    /// See [`Code::BadRequest`].
    #[error("A message to the worker could not be understood: {reason}.")]
    BadRequest {
        /// The parser's words.
        reason: String,
    },
    /// See [`Code::Internal`].
    #[error("Something went wrong inside the playground: {reason}.")]
    Internal {
        /// For the bug report.
        reason: String,
    },
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Error::FileNotFound { .. } => Code::FileNotFound,
            Error::Io { .. } | Error::InUse { .. } => Code::Io,
            Error::CheckpointTooLarge { .. } => Code::CheckpointTooLarge,
            Error::CheckpointHash { .. } => Code::CheckpointHash,
            Error::CheckpointParse { .. } => Code::CheckpointParse,
            Error::CheckpointSchema { .. } => Code::CheckpointSchema,
            Error::CheckpointShape { .. } => Code::CheckpointShape,
            Error::CheckpointNotFinite { .. } => Code::CheckpointNotFinite,
            Error::AdapterBase { .. } => Code::AdapterBase,
            Error::BadModelFile { .. } => Code::BadModelFile,
            Error::TooLargeModel { .. } => Code::CheckpointTooLarge,
            Error::UnknownModel { .. } => Code::UnknownModel,
            Error::UnknownFamily { .. } => Code::UnknownFamily,
            Error::BadOption { .. } => Code::BadOption,
            Error::BadRecipe { .. } => Code::BadRecipe,
            Error::BadImage { .. } => Code::BadImage,
            Error::BadData { .. }
            | Error::BadPoints { .. }
            | Error::BadText { .. }
            | Error::BadPictures { .. }
            | Error::BadScore { .. }
            | Error::BadSound { .. }
            | Error::NotHummed
            | Error::NoPictures => Code::BadData,
            Error::UnknownCharacter { .. } => Code::UnknownCharacter,
            Error::Unsupported { .. } => Code::Unsupported,
            Error::Cancelled => Code::Cancelled,
            Error::DeviceUnavailable { .. } => Code::DeviceUnavailable,
            Error::DeviceLost { .. } => Code::DeviceLost,
            Error::OutOfMemory { .. } => Code::OutOfMemory,
            Error::OverBudget { .. } => Code::OverBudget,
            Error::TrainingDiverged { .. } => Code::TrainingDiverged,
            Error::UnknownSession { .. } => Code::UnknownSession,
            Error::SessionBusy { .. } => Code::SessionBusy,
            Error::BadRequest { .. } => Code::BadRequest,
            Error::Internal { .. } => Code::Internal,
        }
    }

    /// What the reader can do next: one sentence.
    pub fn hint(&self) -> String {
        match self {
            Error::FileNotFound { .. } => "Check the path.".into(),
            Error::InUse { .. } => "Wait until it is done, or stop it.".into(),
            Error::Io { .. } => "Check the disk and the permissions, then try again.".into(),
            Error::CheckpointTooLarge { .. } | Error::CheckpointParse { .. } => {
                "Choose a .safetensors file that this playground saved.".into()
            }
            Error::CheckpointHash { .. } => {
                "Reload the page; if it stays, the file on the server was changed.".into()
            }
            Error::CheckpointSchema { .. } => {
                "Choose a file that this playground saved, or update the playground.".into()
            }
            Error::CheckpointShape { .. } | Error::CheckpointNotFinite { .. } => {
                "The file was damaged or edited; use another copy. The model you had is untouched."
                    .into()
            }
            Error::AdapterBase { .. } => {
                "Open that model first, and then the adapter on it; with weights that have changed since it does not fit."
                    .into()
            }
            Error::BadModelFile { .. } => {
                "Choose a GGUF file, or model.safetensors together with its config.json and tokenizer.json.".into()
            }
            Error::TooLargeModel { .. } => {
                "Choose the same model with fewer bits to a weight, or a smaller one: at 4 bits 3 thousand million weights fit."
                    .into()
            }
            Error::UnknownModel { known, .. } => format!("Choose one of: {}.", known.join(", ")),
            Error::UnknownFamily { .. } => "Update the playground, or check the name.".into(),
            Error::BadOption { .. } => "The value that was there before is kept.".into(),
            Error::BadRecipe { .. } => "Compare it with one of recipes/*.toml.".into(),
            Error::BadImage { .. } => "Use a PNG, JPEG or WebP image, or draw one.".into(),
            Error::BadData { .. } => "Fetch the data again from the source its card names.".into(),
            Error::NoPictures => {
                "It can be looked at. To train on, bring the same pictures with the same options, and then this model."
                    .into()
            }
            Error::BadPoints { hint, .. }
            | Error::BadText { hint, .. }
            | Error::BadPictures { hint, .. }
            | Error::OverBudget { hint, .. } => hint.clone(),
            Error::BadScore { .. } => {
                "Choose another MIDI file, of at most four voices or of drums, or change what is written.".into()
            }
            Error::NotHummed => {
                "Hum or sing one note after another, close to the microphone, and then end the recording.".into()
            }
            Error::BadSound { .. } => {
                "Choose a WAV file in which a word is said, or record it anew.".into()
            }
            Error::UnknownCharacter { .. } => {
                "Leave it out, or train a model on a text that has it.".into()
            }
            Error::Unsupported { .. } => "Choose another view or another model.".into(),
            Error::Cancelled => "Start it again whenever you like.".into(),
            Error::DeviceUnavailable { .. } => "Use backend=cpu, or leave it on auto.".into(),
            Error::DeviceLost { .. } => {
                "The playground starts again from its last snapshot.".into()
            }
            Error::OutOfMemory { .. } => "Choose a smaller model or a smaller batch.".into(),
            Error::TrainingDiverged { .. } => {
                "Go back to the last good snapshot and lower the learning rate.".into()
            }
            Error::SessionBusy { .. } => "Pause it before it is trained again.".into(),
            Error::UnknownSession { .. } | Error::BadRequest { .. } | Error::Internal { .. } => {
                "Reload the page; if it happens again, please report it.".into()
            }
        }
    }

    /// Whether everything that was there before is still usable without a restart.
    pub fn recoverable(&self) -> bool {
        !matches!(
            self,
            Error::DeviceLost { .. } | Error::OutOfMemory { .. } | Error::Internal { .. }
        )
    }

    /// A [`Error::BadOption`] from anything printable.
    pub fn bad_option(
        option: impl Into<String>,
        value: impl std::fmt::Display,
        reason: impl Into<String>,
    ) -> Self {
        let mut value = value.to_string();
        if value.chars().count() > 60 {
            value = value.chars().take(59).chain(['…']).collect();
        }
        Error::BadOption {
            option: option.into(),
            value,
            reason: reason.into(),
        }
    }

    /// A failed read or write, told apart from a missing file.
    pub fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        let path = path.display().to_string();
        if error.kind() == std::io::ErrorKind::NotFound {
            Error::FileNotFound { path }
        } else {
            Error::Io {
                path,
                reason: error.to_string(),
            }
        }
    }
}

/// A device's failure, sorted into the few kinds that the supervisor treats differently.
impl From<burn::tensor::ExecutionError> for Error {
    fn from(error: burn::tensor::ExecutionError) -> Self {
        let reason = format!("{error:?}");
        let lower = reason.to_lowercase();
        if lower.contains("memory") {
            Error::OutOfMemory { reason }
        } else if ["lost", "destroyed", "poisoned", "mapped"]
            .iter()
            .any(|word| lower.contains(word))
        {
            // A read that was under way says only that its buffer could not be mapped.
            Error::DeviceLost { reason }
        } else {
            Error::Internal { reason }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_what_serde_writes() {
        for code in [
            Code::CheckpointHash,
            Code::BadOption,
            Code::Io,
            Code::Internal,
        ] {
            let json = serde_json::to_string(&code).expect("serializes");
            assert_eq!(json.trim_matches('"'), code.as_str());
        }
    }

    #[test]
    fn long_values_are_cut() {
        let error = Error::bad_option("seed", "x".repeat(500), "too long");
        assert!(error.to_string().chars().count() < 120);
    }
}
