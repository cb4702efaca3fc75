//! The only types that cross the worker boundary.
//!
//! The page sends an [`Envelope`] with a [`Request`]; the worker answers each with any number of
//! [`Reply::Progress`] and exactly one [`Reply::Ok`] or [`Reply::Error`]. A `Request::Cancel`
//! names another request's id; that one then ends with the code `cancelled`. Bulk data
//! ([`Bytes`]) crosses as `Uint8Array`s whose buffers are transferred, never copied.
//!
//! The TypeScript side of these types, `web/client/protocol.ts`, is written by
//! `cargo test --lib protocol` and committed; a test fails when the two differ.

mod model;
mod query;
mod reply;
mod request;
mod speech;

pub use model::*;
pub use query::*;
pub use reply::*;
pub use request::*;
pub use speech::*;

pub use crate::{
    bytes::{Bytes, Floats},
    data::{
        SpaceKind,
        input::{ClipInput, ImageInput, LetterInput, MaskInput},
        pictures::{PictureClass, PictureInfo, PictureSource},
        points::{PointSource, ToyInfo},
        score::{Note, Roll, RollInput, Voice},
        text::TextInfo,
    },
    error::Code,
    model::{
        Capabilities, Condition, ConditionKind, DensityKind, FamilyInfo, FamilySpace, Preset, Size,
    },
    open::Opening,
    scene::{
        Alternative, Bars, Cell, Changed, Changing, Curve, EpisodeMoment, Hindrance, Key, Layer,
        Lesson, Number, Path, Pending, PlotInput, PlotInputs, PlotSpec, Proposal, Ranked, Role,
        Shown, Spot, Text, Token, View,
    },
    speech::Bend,
    training::{LossCurve, Split},
};

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ts_rs::TS;

    use super::*;
    use crate::{
        device::{Backend, DeviceInfo},
        error::Code,
        model::Condition,
    };

    /// All types of the boundary as one TypeScript file.
    fn typescript() -> String {
        let config = ts_rs::Config::default();
        let mut out = String::from(
            "// Written by `cargo test protocol` from src/protocol and src/error.rs. Do not edit.\n\n\
             /** A JSON Schema, as far as forms need it. */\n\
             export interface JsonSchema {\n  title?: string;\n  description?: string;\n  \
             type?: string;\n  default?: unknown;\n  minimum?: number;\n  maximum?: number;\n  \
             \"x-order\"?: number;\n  /** Of use in recipes alone. */\n  \"x-recipe\"?: boolean;\n  \
             enum?: string[];\n  oneOf?: { const: string; title?: string; description?: string }[];\n  \
             properties?: Record<string, JsonSchema>;\n}\n",
        );
        macro_rules! declare {
            ($($type:ty),* $(,)?) => {
                $(
                    out.push('\n');
                    if let Some(docs) = <$type as TS>::docs() {
                        out.push_str(&docs);
                    }
                    out.push_str("export ");
                    out.push_str(&<$type as TS>::decl(&config));
                    out.push('\n');
                )*
            };
        }
        declare!(
            Bytes,
            Floats,
            Envelope,
            Answer,
            Request,
            FileForm,
            Fault,
            PointSource,
            PictureSource,
            OptionScope,
            ViewQuery,
            super::Path,
            ImageInput,
            LetterInput,
            ClipInput,
            MaskInput,
            Reply,
            ErrorInfo,
            Code,
            Progress,
            SpokenSentence,
            SpokenWord,
            SpokenPhoneme,
            Bend,
            Outcome,
            Opening,
            FamilyInfo,
            SpaceKind,
            Condition,
            ConditionKind,
            FamilySpace,
            TextInfo,
            PictureInfo,
            PictureClass,
            ToyInfo,
            Made,
            Preset,
            Size,
            PlotSpec,
            PlotInput,
            PlotInputs,
            Capabilities,
            DensityKind,
            ModelInfo,
            SpaceInfo,
            ExampleInfo,
            TrainState,
            LossCurve,
            Split,
            View,
            Roll,
            Voice,
            Note,
            RollInput,
            Text,
            Token,
            Alternative,
            Proposal,
            EpisodeMoment,
            Changing,
            Spot,
            Changed,
            Hindrance,
            Lesson,
            Pending,
            Shown,
            Cell,
            Curve,
            Ranked,
            Number,
            Bars,
            Key,
            Role,
            Layer,
            Backend,
            DeviceInfo,
        );
        out
    }

    #[test]
    fn protocol_in_typescript_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/client/protocol.ts");
        let want = typescript();
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        if found != want {
            std::fs::write(&path, &want).expect("the source folder is writable");
            panic!("web/client/protocol.ts was out of date and has been written anew");
        }
    }
}
