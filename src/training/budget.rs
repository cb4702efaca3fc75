//! How much a training may ask of a device: checked before anything is allocated.
//!
//! Each option has its range, but the product of all of them at their limits would take hours for a
//! step, or more memory than there is. What a training takes follows from the outline of its model,
//! and has to stay below a limit of memory, one of work in a step, and the size of a checkpoint.

use burn::tensor::Device;
use serde_json::Value;

use crate::{
    data::DataInfo,
    device,
    error::{Error, Result},
    families,
    model::{Model, OptimizerKind, TrainConfig},
    optim::{Rule, as_matrix},
    options::{self, Options},
};

/// Bytes of the largest checkpoint, written or read.
pub const FILE_LIMIT: usize = 256 << 20;
/// Of these, what a file may say about itself.
const HEADER: f64 = 10e6;

/// Bytes of a worker that computes nothing yet, its compiled program included.
const PROGRAM: f64 = 40e6;

/// What a training, or a sampler, may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Bytes for the model, its optimizer and one step.
    pub memory: f64,
    /// Floating-point operations of a step.
    pub work: f64,
}

impl Budget {
    /// The CPU in a browser: one thread, about 2·10¹⁰ operations a second, and less than 4 GB of
    /// memory for everything that the page does.
    pub const BROWSER_CPU: Self = Self {
        memory: 2e9,
        work: 4e11,
    };
    /// A browser's GPU.
    pub const BROWSER_GPU: Self = Self {
        memory: 2e9,
        work: 2e13,
    };
    /// The command line.
    pub const NATIVE: Self = Self {
        memory: 3.2e10,
        work: 1e14,
    };

    /// That of a device.
    pub fn of(device: &Device) -> Self {
        let cpu = device::is_cpu(device) || device::is_cpu_autodiff(device);
        match (cfg!(target_family = "wasm"), cpu) {
            (false, _) => Self::NATIVE,
            (true, true) => Self::BROWSER_CPU,
            (true, false) => Self::BROWSER_GPU,
        }
    }

    /// Refuse a training that would take more, with the options to lower.
    ///
    /// # Errors
    /// [`Error::OverBudget`]; those of [`families::outline`].
    pub fn check(
        self,
        family: &str,
        config: &Value,
        train: &TrainConfig,
        data: &DataInfo,
    ) -> Result<Plan> {
        let plan = Plan::of(family, config, train, data)?;
        let Some((need, limit)) = self.exceeded(&plan) else {
            return Ok(plan);
        };
        let hint = self.hint(family, config, train, data)?;
        Err(Error::OverBudget { need, limit, hint })
    }

    /// The same for a model that is there, which only its training can make too much of.
    ///
    /// # Errors
    /// [`Error::OverBudget`].
    pub fn check_model(self, model: &dyn Model, train: &TrainConfig) -> Result<()> {
        let Some((need, limit)) = self.exceeded(&Plan::of_model(model, train)) else {
            return Ok(());
        };
        let least = TrainConfig {
            batch_size: 8,
            ..train.clone()
        };
        let hint = match self.exceeded(&Plan::of_model(model, &least)) {
            None => "Lower “Batch” (batch_size).",
            Some(_) => "Train a smaller model.",
        };
        let hint = hint.into();
        Err(Error::OverBudget { need, limit, hint })
    }

    /// Refuse `count` samples at once that would take more than a step of a training may.
    ///
    /// # Errors
    /// [`Error::OverBudget`].
    pub fn check_samples(self, model: &dyn Model, count: usize) -> Result<()> {
        let cost = model.cost();
        // A text grows by one token at a time; without gradients half is kept at most.
        let length = model.block_size().max(1) as f64;
        let work = 2.0 * cost.multiply_adds / length;
        let numbers = cost.activations / (2.0 * length);
        let most = (self.work / work.max(1.0)).min(self.memory / (4.0 * numbers).max(1.0));
        if count as f64 <= most {
            return Ok(());
        }
        Err(Error::OverBudget {
            need: format!("{count} samples at once would take too long or too much memory"),
            limit: (most as usize).max(1).to_string(),
            hint: "Lower the number of samples.".into(),
        })
    }

    /// How many helpers may draw samples of a model with the worker that has it, of `count` samples in all.
    pub fn drawers(self, model: &dyn Model, count: usize) -> usize {
        let (parameters, cost) = (model.num_params() as f64, model.cost());
        // Without gradients half of what is computed is kept at most; whoever draws a sample, somebody does.
        let own = 4.0 * parameters + 2.0 * count as f64 * cost.activations;
        // The weights as they come and as they are held.
        let helper = PROGRAM + 12.0 * parameters;
        ((self.memory - own) / helper).max(0.0) as usize
    }

    /// What is too much, and the most of it.
    fn exceeded(self, plan: &Plan) -> Option<(String, String)> {
        if plan.file > FILE_LIMIT as f64 - HEADER {
            let need = format!(
                "A checkpoint of this training would have {}",
                bytes(plan.file)
            );
            return Some((need, bytes(FILE_LIMIT as f64)));
        }
        if plan.memory > self.memory {
            let need = format!("This training would need {}", bytes(plan.memory));
            return Some((need, bytes(self.memory)));
        }
        if plan.work > self.work {
            let billions = |work: f64| format!("{:.0} billion", work / 1e9);
            let need = format!("One step would take {} operations", billions(plan.work));
            return Some((need, billions(self.work)));
        }
        None
    }

    /// Which options to lower: those that, at their least, bring it nearest to the limits.
    fn hint(
        self,
        family: &str,
        config: &Value,
        train: &TrainConfig,
        data: &DataInfo,
    ) -> Result<String> {
        let over = |plan: &Plan| {
            let parts = [
                plan.file / FILE_LIMIT as f64,
                plan.memory / self.memory,
                plan.work / self.work,
            ];
            parts.into_iter().fold(0.0, f64::max)
        };
        let full = families::full_config(family, config)?;
        let mut found: Vec<(f64, String)> = Vec::new();
        let mut consider = |name: &str, title: &str, plan: Result<Plan>| {
            if let Ok(plan) = plan {
                found.push((over(&plan), format!("“{title}” ({name})")));
            }
        };
        let info = families::infos().into_iter().find(|info| info.id == family);
        let schema = info.map(|info| info.config_schema).unwrap_or_default();
        for (name, least, title) in integers(&schema) {
            let mut lower = full.clone();
            lower[&name] = least.into();
            consider(&name, &title, Plan::of(family, &lower, train, data));
        }
        for (name, least, title) in integers(&options::schema::<TrainConfig>()) {
            let lower = train.with_json(&serde_json::json!({ &name: least }))?;
            consider(&name, &title, Plan::of(family, config, &lower, data));
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let names: Vec<String> = found.into_iter().take(2).map(|f| f.1).collect();
        Ok(format!("Lower {}.", names.join(" or ")))
    }
}

/// Name, least value and title of the whole numbers among options.
fn integers(schema: &Value) -> Vec<(String, u64, String)> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let integers = properties.filter(|(_, p)| p["type"] == "integer");
    let read = |(name, property): (&String, &Value)| {
        let title = property["title"].as_str().unwrap_or(name).to_string();
        Some((name.clone(), property["minimum"].as_u64()?, title))
    };
    integers.filter_map(read).collect()
}

/// `1.5 GB`.
fn bytes(n: f64) -> String {
    match n {
        n if n >= 1e9 => format!("{:.1} GB", n / 1e9),
        n => format!("{:.0} MB", n / 1e6),
    }
}

/// What a training takes, estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Trainable numbers.
    pub parameters: f64,
    /// Bytes of a resumable checkpoint.
    pub file: f64,
    /// Bytes for the model, its optimizer and one step.
    pub memory: f64,
    /// Bytes for a helper: the program, the weights, their gradients and what comes and goes, and a part of a step.
    pub helper: f64,
    /// Floating-point operations of a step.
    pub work: f64,
    /// Floating-point operations for the loss of one example, without its gradient.
    pub loss: f64,
}

impl Plan {
    /// What a training takes.
    ///
    /// # Errors
    /// Those of [`families::outline`].
    pub fn of(family: &str, config: &Value, train: &TrainConfig, data: &DataInfo) -> Result<Self> {
        let model = families::outline(family, config, data, &device::cpu())?;
        Ok(Self::of_model(&*model, train))
    }

    /// What a training of a model takes.
    pub fn of_model(model: &dyn Model, train: &TrainConfig) -> Self {
        let shapes = model.shapes();
        let count = |dims: &[usize]| dims.iter().map(|&d| d as f64).product::<f64>();
        let parameters: f64 = shapes.iter().map(|(_, dims)| count(dims)).sum();
        let cost = model.cost();
        let batch = train.batch_size as f64;
        let at_once = train.batch_size.min(model.micro_batch().max(1)) as f64;
        // The weights and both moments, and their average where there is one.
        let kept = if train.ema > 0.0 { 4.0 } else { 3.0 };
        let file = 4.0 * parameters * kept;
        // Beside them the gradients; a checkpoint under way is there twice.
        let memory = 4.0 * parameters + 3.0 * file + 4.0 * at_once * cost.activations;
        let helper = PROGRAM + 16.0 * parameters + 4.0 * at_once * cost.activations;
        let loss = 2.0 * cost.multiply_adds;
        // Gradients take twice as much as the loss, and Adam about twenty operations a parameter.
        let mut work = 3.0 * loss * batch + 20.0 * parameters;
        if train.optimizer == OptimizerKind::Muon {
            work += muon(model);
        }
        Self {
            parameters,
            file,
            memory,
            helper,
            work,
            loss,
        }
    }
}

/// Operations of a step of Muon: five iterations, each of two products of the matrix with its Gram
/// matrix and one of that with itself.
fn muon(model: &dyn Model) -> f64 {
    let groups = model.parameter_groups();
    let hidden = groups.iter().filter(|group| group.rule == Rule::HIDDEN);
    let matrices = hidden.flat_map(|group| &group.parameters);
    let work = matrices.filter_map(|p| as_matrix(&p.dims)).map(|[a, b]| {
        let (least, most) = (a.min(b) as f64, a.max(b) as f64);
        10.0 * (2.0 * least * least * most + least.powi(3))
    });
    work.sum()
}
