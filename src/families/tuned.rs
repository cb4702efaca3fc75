//! A GPT that was trained before and goes on learning from another text: fine-tuning, whole or by adapters.
//!
//! Whole, all weights go on learning from where they were. By low-rank adapters (Hu et al. 2021, "LoRA", arXiv:2106.09685,
//! equation 3; see [`nn::lora`](crate::nn::lora)) they stay as they are, and some matrices get an update with few numbers:
//!
//! ```text
//! W(s) = W + s ΔW             ΔW = (α/r) A B, or what training made of W less W
//! ```
//!
//! The objective is that of the [`Gpt`], a text's negative log-likelihood. With s = 0 it is the model before, bit for bit;
//! with s = 1 the one that was trained; between them lies a straight line.

use std::sync::Arc;

use burn::{module::Module, tensor::Device};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::gpt::{self, Gpt, GptConfig, GptSampleOptions};
use crate::{
    data::{
        Batch, DataInfo, Space, SpaceKind,
        talk::{self, Form, Talk},
        tokenizer::Tokenizer,
    },
    error::Result,
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Family, Insight, Language, Losses,
        Reading, Sampler, TrainConfig, config_and_net,
    },
    nn::{
        lora::{Adapters, Chosen, frozen},
        transformer::Shape,
        weights,
    },
    optim::ParameterGroup,
    options::{self, Options},
    rng::Rng,
    scene::PlotSpec,
};

/// Before the names of the weights as they were.
pub const BEFORE: &str = "before.";
/// Before the names of the weights that go on learning.
pub const AFTER: &str = "after.";
/// Before the names of the adapters.
pub const ADAPTERS: &str = "adapters.";
/// The loss on the text that is learned from.
pub const NEW: &str = "new text";
/// The loss on what the model had learned from before.
pub const OLD: &str = "old text";

/// Options of a [`Tuned`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TunedConfig {
    /// Which numbers learn.
    #[schemars(title = "Method")]
    pub method: Method,
    /// Numbers that each row and each column of an update is made of: the fewer, the smaller the adapter.
    #[schemars(title = "Rank", range(min = 1, max = 256))]
    pub rank: usize,
    /// How much an adapter weighs: its update is multiplied by this over the rank.
    #[schemars(title = "α", range(min = 0.1, max = 1000.0), extend("x-recipe" = true))]
    pub alpha: f64,
    /// Which matrices have an adapter.
    #[schemars(title = "Matrices")]
    pub matrices: Matrices,
    /// Who speaks in the text that is learned, if it is a talk: then the model can be asked.
    #[schemars(title = "Talk", extend("x-recipe" = true))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<Talk>,
    /// Options of the model before.
    #[schemars(title = "Model before", extend("x-recipe" = true))]
    pub base: GptConfig,
}

impl Default for TunedConfig {
    fn default() -> Self {
        Self {
            method: Method::Lora,
            rank: 4,
            alpha: 64.0,
            matrices: Matrices::Attention,
            chat: None,
            base: GptConfig::default(),
        }
    }
}

impl Options for TunedConfig {
    fn check(&self) -> Result<()> {
        options::check_all(&self.base)
    }
}

/// What of a model goes on learning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Adapters of low rank; the weights stay.
    #[schemars(title = "LoRA")]
    Lora,
    /// All weights.
    #[schemars(title = "whole")]
    Whole,
}

/// Which matrices have an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Matrices {
    /// Those of the attention, as in the paper.
    #[schemars(title = "of the attention")]
    Attention,
    /// Those of the MLP.
    #[schemars(title = "of the MLP")]
    Mlp,
    /// All in the layers.
    #[schemars(title = "all")]
    All,
}

impl Matrices {
    fn chosen(self) -> Chosen {
        Chosen {
            attention: self != Self::Mlp,
            mlp: self != Self::Attention,
        }
    }
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TunedSampleOptions {
    /// 0 is the model before, 1 the one after; between them lies a part of the way.
    #[schemars(title = "Before and after", range(min = 0.0, max = 1.0))]
    pub strength: f64,
    /// Put the prompt into the form in which the model was taught to answer, if it was.
    #[schemars(title = "Chat")]
    pub chat: bool,
    /// What is said next in a chat whose text so far is the prompt.
    #[schemars(title = "Reply", length(max = 4000))]
    pub reply: String,
    /// How it writes.
    #[serde(flatten)]
    pub writing: GptSampleOptions,
}

impl Default for TunedSampleOptions {
    fn default() -> Self {
        Self {
            strength: 1.0,
            chat: true,
            reply: String::new(),
            writing: GptSampleOptions::default(),
        }
    }
}

impl Options for TunedSampleOptions {}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// As they were; they do not move.
    before: gpt::Net,
    /// Those that go on learning, if all do.
    after: Option<gpt::Net>,
    /// The adapters of each layer, if these learn instead.
    adapters: Vec<Adapters>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Tuned {
    config: TunedConfig,
    tokenizer: Arc<Tokenizer>,
    shape: Shape,
    net: Net,
}

impl Tuned {
    fn gpt(&self, net: gpt::Net) -> Gpt {
        Gpt {
            config: self.config.base.clone(),
            tokenizer: self.tokenizer.clone(),
            shape: self.shape.clone(),
            net,
        }
    }

    /// The model at W + s ΔW.
    pub fn at(&self, strength: f64) -> Gpt {
        let before = &self.net.before;
        let net = match &self.net.after {
            _ if strength == 0.0 => before.clone(),
            Some(after) if strength == 1.0 => after.clone(),
            Some(after) => weights::blend(before.clone(), after, 1.0 - strength as f32),
            None => {
                let mut net = frozen(before.clone());
                let alpha = (strength * self.config.alpha) as f32;
                let blocks = net.layers.into_iter().zip(&self.net.adapters);
                net.layers = blocks.map(|(block, a)| a.adapt(block, alpha)).collect();
                net
            }
        };
        self.gpt(net)
    }

    /// Whether it has adapters, which can be kept without the model.
    fn by_adapters(&self) -> bool {
        self.config.method == Method::Lora
    }
}

/// Losses of the text at hand, by its name here.
fn named(losses: Losses) -> Losses {
    losses.into_iter().map(|(_, loss)| (NEW, loss)).collect()
}

impl Family for Tuned {
    type Config = TunedConfig;
    type SampleOptions = TunedSampleOptions;
    type Net = Net;

    const ID: &'static str = "tuned";
    const TITLE: &'static str = "Fine-tuned GPT";
    const PAPER: &'static str =
        "Hu, Shen, Wallis, Allen-Zhu, Li, Wang, Wang & Chen 2021, LoRA, arXiv:2106.09685";
    const SCHEMA_VERSION: u32 = 1;
    const FROM: Option<&'static str> = Some(Gpt::ID);
    const CONDITIONS: &'static [ConditionKind] = Gpt::CONDITIONS;
    const CAPABILITIES: Capabilities = Gpt::CAPABILITIES;

    fn equation(config: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::tuned(config.method == Method::Whole)
    }

    fn defaults(space: &Space) -> Option<Defaults<TunedConfig>> {
        let Defaults { config, .. } = Gpt::defaults(space)?;
        Some(Defaults::new(
            TunedConfig {
                base: config,
                ..TunedConfig::default()
            },
            TrainConfig {
                batch_size: 8,
                learning_rate: 1e-3,
                beta_2: 0.99,
                warmup: 10,
                clip: 1.0,
                ..TrainConfig::default()
            },
        ))
    }

    fn init(config: &TunedConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        config.check()?;
        let Gpt {
            tokenizer,
            shape,
            net,
            ..
        } = Gpt::init(&config.base, data, rng, device)?;
        let (after, layers) = match config.method {
            Method::Whole => (Some(net.clone()), 0),
            Method::Lora => (None, config.base.n_layer),
        };
        let chosen = config.matrices.chosen();
        let adapters = (0..layers)
            .map(|_| Adapters::init(&shape, chosen, config.rank, rng, device))
            .collect();
        // An outline has no values that could be frozen.
        let before = if rng.is_outline() { net } else { frozen(net) };
        Ok(Self {
            config: config.clone(),
            tokenizer,
            shape,
            net: Net {
                before,
                after,
                adapters,
            },
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let inside = |name: &str| name.contains("layers.") || name.starts_with(ADAPTERS);
        let mut groups = ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside);
        for group in &mut groups {
            group.parameters.retain(|p| !p.name.starts_with(BEFORE));
        }
        groups.retain(|group| !group.parameters.is_empty());
        groups
    }

    fn num_params(&self) -> usize {
        let groups = self.parameter_groups();
        let all = groups.iter().flat_map(|group| &group.parameters);
        all.map(|p| p.dims.iter().product::<usize>()).sum()
    }

    fn follow(&mut self, model: &Self, decay: f32) {
        // An average of what never moves is the same up to rounding, and it has to be the same.
        let before = self.net.before.clone();
        self.net = weights::blend(self.net.clone(), &model.net, decay);
        self.net.before = before;
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        Ok(named(self.at(1.0).losses(batch, rng)?))
    }

    fn training_losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        Ok(named(self.at(1.0).training_losses(batch, rng)?))
    }

    fn micro_batch(&self) -> usize {
        self.gpt(self.net.before.clone()).micro_batch()
    }

    fn cost(&self) -> Cost {
        self.gpt(self.net.before.clone()).cost()
    }

    fn sampler(
        &self,
        options: &TunedSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = self.at(options.strength);
        let prompt = condition.prompt.as_deref().unwrap_or_default();
        let form = self.config.chat.as_ref().map(|talk| talk as &dyn Form);
        let text = talk::asked(form, options.chat, prompt, &options.reply)?;
        if form.is_none() || !options.chat || text.is_empty() {
            return model.sampler(&options.writing, condition, count, seed);
        }
        let mut writing = options.writing.clone();
        if writing.stop.is_empty() {
            writing.stop = Talk::END.into();
        }
        let condition = Condition {
            prompt: Some(text),
            ..condition.clone()
        };
        model.sampler(&writing, &condition, count, seed)
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        vec![PlotSpec::new(
            "samples",
            "Text",
            "The same seed and the same beginning, before and after: at 0 the model writes as it did before it was fine-tuned, at 1 as it does now, and in between with weights that lie on the straight line between the two. The redder the line beneath a token, the less the model expected it.",
        )]
    }

    fn language(&self) -> Option<&dyn Language> {
        Some(self)
    }

    fn adapter(&self) -> Option<&'static str> {
        self.by_adapters().then_some(ADAPTERS)
    }
}

impl Language for Tuned {
    fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    fn block_size(&self) -> usize {
        self.config.base.block_size
    }

    fn logits<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Vec<f32>> {
        Box::pin(async move { self.at(1.0).logits(ids).await })
    }

    fn insight<'a>(&'a self, ids: &'a [u32], lens: bool) -> Reading<'a, Insight> {
        Box::pin(async move { self.at(1.0).insight(ids, lens).await })
    }
}
