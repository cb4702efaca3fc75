//! A sentence encoder of elsewhere as a [`Model`]: its vectors are compared, and it is not trained.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use serde_json::{Value, json};

use super::encoder::Encoder;
use crate::{
    data::{Batch, DataInfo, Space, SpaceKind, tokenizer::Vocabulary},
    error::{Error, Result},
    hash,
    model::{
        Capabilities, Condition, Cost, FamilyInfo, FamilySpace, Losses, Model, Reading, Sampler,
        Sentences, StepContext, ready,
    },
    nn::weights::{Shapes, Weights},
    optim::ParameterGroup,
    plots::sentences,
    rng::Rng,
    scene::{PlotRequest, Scene},
};

/// The id under which its models stand among the families.
pub const FAMILY: &str = "encoder";
const TITLE: &str = "Sentence encoder";
/// Vectors that are remembered; after that many all are forgotten.
const REMEMBERED: usize = 8192;

/// What copies of a model share.
struct Inner {
    encoder: Encoder,
    /// Vectors of texts that were read, by their hashes.
    known: RefCell<HashMap<String, Rc<[f32]>>>,
}

/// See the module's documentation.
#[derive(Clone)]
pub struct Meaning(Rc<Inner>);

impl Meaning {
    /// The model in a file.
    pub fn new(encoder: Encoder) -> Self {
        Self(Rc::new(Inner {
            encoder,
            known: RefCell::default(),
        }))
    }

    /// About its data, of which nothing is known but its tokens.
    pub fn data(&self) -> DataInfo {
        let space = Space::Text {
            vocabulary: Vocabulary::Opened {
                tokens: self.0.encoder.vocabulary(),
            },
            characters_per_token: 0.0,
        };
        DataInfo::new("", space)
    }
}

impl Sentences for Meaning {
    fn width(&self) -> usize {
        self.0.encoder.width()
    }

    fn tokens(&self, text: &str) -> Vec<u32> {
        self.0.encoder.tokens(text)
    }

    fn vector(&self, text: &str) -> Result<Rc<[f32]>> {
        let key = hash::sha256(text.as_bytes());
        if let Some(vector) = self.0.known.borrow().get(&key) {
            return Ok(vector.clone());
        }
        let vector: Rc<[f32]> = self.0.encoder.vector(text)?.into();
        let mut known = self.0.known.borrow_mut();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, vector.clone());
        Ok(vector)
    }

    fn knows(&self, text: &str) -> bool {
        let key = hash::sha256(text.as_bytes());
        self.0.known.borrow().contains_key(&key)
    }
}

/// What is declared of these models, as of a family.
pub fn info() -> FamilyInfo {
    FamilyInfo {
        id: FAMILY.into(),
        title: TITLE.into(),
        paper: String::new(),
        from: None,
        like: None,
        capabilities: Capabilities::NONE,
        spaces: vec![FamilySpace {
            kind: SpaceKind::Text,
            equation: Vec::new(),
            config: json!({}),
            train: json!({}),
            sizes: Vec::new(),
            colour: false,
            plots: sentences::specs(),
        }],
        networks: Vec::new(),
        config_schema: json!({ "type": "object", "properties": {} }),
        conditions: Vec::new(),
        sample_schema: json!({ "type": "object", "properties": {} }),
    }
}

/// The error for what only a model that is trained here can do.
fn only_read() -> Error {
    Error::Unsupported {
        what: "A sentence encoder compares texts here; it is not trained or saved, and it does not write".into(),
    }
}

impl Model for Meaning {
    fn family(&self) -> &'static str {
        FAMILY
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn paper(&self) -> &'static str {
        ""
    }

    fn page(&self) -> Option<&'static str> {
        None
    }

    fn networks(&self) -> &'static [&'static str] {
        &[]
    }

    fn equation(&self, _: SpaceKind) -> Vec<String> {
        Vec::new()
    }

    fn config(&self) -> Result<Value> {
        let encoder = &self.0.encoder;
        let [layers, heads, context] = encoder.shape();
        Ok(json!({
            "name": encoder.name,
            "weights": encoder.weights,
            "n_layer": layers,
            "n_head": heads,
            "n_embd": encoder.width(),
            "block_size": context,
        }))
    }

    fn boxed(&self) -> Box<dyn Model> {
        Box::new(self.clone())
    }

    fn valid(&self) -> Box<dyn Model> {
        self.boxed()
    }

    fn train_step(&mut self, _: &Batch, _: &mut StepContext) -> Result<Losses> {
        Err(only_read())
    }

    fn losses(&self, _: &Batch, _: &mut Rng) -> Result<Losses> {
        Err(only_read())
    }

    fn sampler(&self, _: &Value, _: &Condition, _: usize, _: u64) -> Result<Box<dyn Sampler>> {
        Err(only_read())
    }

    fn num_params(&self) -> usize {
        self.0.encoder.parameters
    }

    fn micro_batch(&self) -> usize {
        1
    }

    fn cost(&self) -> Cost {
        Cost::default()
    }

    fn preview(&self) -> Result<Value> {
        Ok(json!({}))
    }

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        Vec::new()
    }

    fn shapes(&self) -> Shapes {
        Shapes::new()
    }

    fn weights(&self) -> Reading<'_, Weights> {
        ready(Err(only_read()))
    }

    fn with_weights(self: Box<Self>, _: Weights) -> Result<Box<dyn Model>> {
        Err(only_read())
    }

    fn follow(&mut self, _: &dyn Model, _: f32) {}

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        Err(request.unknown())
    }

    fn sentences(&self) -> Option<&dyn Sentences> {
        Some(self)
    }
}
