//! `playground tune BASE TEXT`.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use burn::tensor::Device;
use serde_json::{Value, json};

use super::{
    Place,
    files::{read, write},
    terminal::say,
};
use crate::{
    checkpoint::{self, Opened, Precision, Tuning},
    data::{self, Batch, Binarize, Dataset, is_name, remembered, test_batch, text::TextSet},
    device,
    error::{Error, Result},
    evaluate::talk as evaluate,
    families::tuned::OLD,
    model::Model,
    open::{self, guest::Guest},
    rng::{Purpose, Rng},
    training::{Split, Trainer, record, threads::Threads},
};

/// What is tuned, and how.
#[derive(clap::Args)]
pub struct Arguments {
    /// The model to begin with: name of a shipped checkpoint, a .safetensors file, or another program's (.gguf, .bin).
    base: String,
    /// A text file (.txt or .txt.gz), or the name of a text in the folder of the data.
    text: String,
    /// What learns: `lora` for adapters of low rank, `whole` for all weights.
    #[arg(long, default_value = "lora")]
    method: String,
    /// Rank of the adapters.
    #[arg(long)]
    rank: Option<usize>,
    /// α of the adapters.
    #[arg(long)]
    alpha: Option<f64>,
    /// Which matrices have one: `attention`, `mlp` or `all`.
    #[arg(long)]
    matrices: Option<String>,
    /// Steps.
    #[arg(long, default_value_t = 200)]
    steps: u64,
    /// Windows of text in a step.
    #[arg(long)]
    batch: Option<usize>,
    /// Learning rate.
    #[arg(long)]
    learning_rate: Option<f64>,
    /// Seed of everything that is drawn.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// To choose options by: holds the last part of what is learned from out, and leaves the rest unseen.
    #[arg(long)]
    choose: bool,
    /// File for the model, which holds the one before as well.
    #[arg(long)]
    out: Option<PathBuf>,
    /// File for the adapters alone.
    #[arg(long)]
    adapter: Option<PathBuf>,
    /// Steps between two looks at what is held out.
    #[arg(long, default_value_t = 20)]
    every: u64,
    /// Print what came of it as one line of JSON at the end.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

impl Arguments {
    fn config(&self) -> Value {
        let mut config = json!({ "method": self.method });
        for (name, value) in [
            ("rank", self.rank.map(Value::from)),
            ("alpha", self.alpha.map(Value::from)),
            ("matrices", self.matrices.clone().map(Value::from)),
        ] {
            if let Some(value) = value {
                config[name] = value;
            }
        }
        config
    }

    fn train(&self) -> Value {
        let mut train = json!({ "steps": self.steps });
        if let Some(batch) = self.batch {
            train["batch_size"] = batch.into();
        }
        if let Some(rate) = self.learning_rate {
            train["learning_rate"] = rate.into();
        }
        train
    }

    /// Name and text of what is learned.
    fn text(&self) -> Result<(String, String)> {
        if is_name(&self.text) && !Path::new(&self.text).exists() {
            let bytes = data::read_only_file(&self.text, &[".txt", ".txt.gz"], &self.place.data)?;
            return Ok((self.text.clone(), TextSet::read(&bytes)?.into_owned()));
        }
        let bytes = read(Path::new(&self.text))?;
        let file = Path::new(&self.text).file_name().unwrap_or_default();
        let name = file.to_string_lossy();
        let name = name.split('.').next().unwrap_or_default();
        let name = match is_name(name) {
            true => name.to_string(),
            false => format!("text-{}", &checkpoint::sha256(&bytes)[..8]),
        };
        Ok((name, TextSet::read(&bytes)?.into_owned()))
    }
}

/// Nats a token that a model is off by, over all of some windows.
fn loss_of(model: &dyn Model, batches: impl Iterator<Item = Batch>) -> Result<f64> {
    let (mut sum, mut tokens) = (0.0, 0usize);
    for batch in batches {
        let n = batch.len() * batch.tokens()?.1;
        let losses = model.losses(&batch, &mut Rng::new(0, Purpose::Evaluate, 0))?;
        if let Some((_, loss)) = losses.into_iter().next() {
            let mean: f32 = pollster::block_on(loss.into_scalar_async())?;
            sum += f64::from(mean) * n as f64;
            tokens += n;
        }
    }
    Ok(sum / tokens.max(1) as f64)
}

/// All that is held out of a text, a few windows of the model's context at a time.
fn held_out(set: &Dataset, length: usize) -> impl Iterator<Item = Batch> {
    /// Windows at once.
    const AT_ONCE: usize = 8;
    let starts = (0..).step_by(AT_ONCE);
    let batches = starts.map(move |at| test_batch(set, at, AT_ONCE, length, Binarize::None));
    batches.take_while(|batch| !batch.is_empty())
}

/// What the model had learned from before.
enum Old {
    /// Its text, of which the end was held out.
    Whole(Box<Dataset>),
    /// As much of what was held out as this program has.
    Some(Batch),
    /// Nothing is at hand.
    None,
}

impl Old {
    fn of(base: &Opened, place: &Place) -> Result<Self> {
        let info = &base.meta.data;
        let (Some(language), Some(vocabulary)) = (base.model.language(), info.space.vocabulary())
        else {
            return Ok(Self::None);
        };
        let vocabulary = Some(vocabulary.clone());
        match TextSet::from_folder(&info.name, &info.options, vocabulary, &place.data) {
            Ok(set) if set.info.sha256 == info.sha256 => {
                return Ok(Self::Whole(Box::new(set.into())));
            }
            Ok(_) | Err(Error::FileNotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        let Some(text) = remembered::held_out(&info.name) else {
            return Ok(Self::None);
        };
        let ids = language.tokenizer().encode(text)?;
        let batch = remembered::windows(&ids, language.block_size(), usize::MAX);
        Ok(batch.map_or(Self::None, Self::Some))
    }

    /// The loss on it.
    fn loss(&self, model: &dyn Model) -> Result<Option<f64>> {
        match self {
            Self::Whole(set) => loss_of(model, held_out(set, model.block_size())).map(Some),
            Self::Some(batch) => {
                let parts = batch.parts(8).into_iter();
                loss_of(model, parts.map(|(part, _)| part.into_owned())).map(Some)
            }
            Self::None => Ok(None),
        }
    }
}

/// Of a talk, how many exchanges that were held out a model ends word by word, before and after, and of how many.
fn obeyed(trainer: &Trainer) -> Result<Option<[usize; 3]>> {
    /// Most exchanges.
    const COUNT: usize = 200;
    let Ok(talk) = serde_json::from_value(trainer.model.config()?["chat"].clone()) else {
        return Ok(None);
    };
    let exchanges = evaluate::held_out(&talk, trainer.data.text()?, COUNT);
    let model = trainer.averaged();
    let right = |strength| pollster::block_on(evaluate::right(&*model, &exchanges, strength));
    Ok(Some([right(0.0)?, right(1.0)?, exchanges.len()]))
}

/// The model to begin with; one of another program as one of ours.
fn begin(name: &str, place: &Place, device: &Device) -> Result<Opened> {
    if name.ends_with(".safetensors") || is_name(name) {
        return place.open(name);
    }
    let guest = Guest::new(open::open(read(Path::new(name))?)?);
    let data = guest.data();
    let opened = Opened::guest(Box::new(guest), data)?;
    Ok(opened.as_gpt(device)?.unwrap_or(opened))
}

/// Train a model further, and say what it learned and what it forgot.
///
/// # Errors
/// What the files, the options and the training say.
pub fn run(arguments: &Arguments) -> Result<()> {
    let place = &arguments.place;
    let device = device::native(&place.device)?;
    let base = begin(&arguments.base, place, &device)?;
    let (name, text) = arguments.text()?;
    let (config, train) = (arguments.config(), arguments.train());
    let tuning = Tuning {
        config: &config,
        train: &train,
        name: &name,
        text: &text,
        text_options: &Value::Null,
        seed: arguments.seed,
    };
    let mut trainer = pollster::block_on(base.tune(&tuning, &device))?;
    if let Some(told) = trainer.data.text()?.told.as_ref() {
        say!("{told}");
    }
    if arguments.choose {
        trainer.data = std::rc::Rc::new((*trainer.data).clone().for_choice());
    }
    if arguments.adapter.is_some() && trainer.model.adapter().is_none() {
        return Err(Error::bad_option(
            "adapter",
            &arguments.method,
            "a model that is tuned as a whole has none",
        ));
    }
    let old = Old::of(&base, place)?;
    if matches!(old, Old::None) {
        say!(
            "note: of what the model had learned before nothing is at hand, so what it forgets is not measured"
        );
    }
    let parameters = trainer.model.num_params();
    say!(
        "{}: {} on {name}, {parameters} numbers learn, {} steps",
        arguments.base,
        arguments.method,
        arguments.steps
    );
    let both = |trainer: &Trainer| -> Result<(f64, Option<f64>)> {
        let model = trainer.averaged();
        let new = loss_of(&*model, held_out(&trainer.data, model.block_size()))?;
        Ok((new, old.loss(&*model)?))
    };
    let before = both(&trainer)?;
    let mut losses = Vec::new();
    let windows = 12;
    let first = pollster::block_on(trainer.held_out(windows))?;
    record(&mut losses, Split::HeldOut, 0, &first);
    let start = Instant::now();
    let mut looked = std::time::Duration::ZERO;
    let threads = Threads::of_program(None, trainer.parts(), &device)?;
    let every = arguments.every.max(1);
    let training = trainer.run_with(Some(threads.crew()), every, |trainer, means| {
        let Some(means) = means else {
            return Ok(true);
        };
        let begun = Instant::now();
        let step = trainer.step_count();
        record(&mut losses, Split::Train, step, means);
        let held_out = pollster::block_on(trainer.held_out(windows))?;
        record(&mut losses, Split::HeldOut, step, &held_out);
        let show = |all: &[(&'static str, f32)]| {
            let each = all.iter().map(|(name, v)| format!("{name} {v:.4}"));
            each.collect::<Vec<_>>().join("  ")
        };
        say!(
            "step {step}  train: {}  held out: {}",
            show(means),
            show(&held_out)
        );
        looked += begun.elapsed();
        Ok(true)
    });
    pollster::block_on(threads.during(training))?;
    let seconds = (start.elapsed() - looked).as_secs_f64();
    let after = both(&trainer)?;
    let obeyed = obeyed(&trainer)?;
    let mut meta = checkpoint::meta_of(&trainer, losses)?;
    meta.seconds = seconds;
    let model = trainer.averaged();
    let mut bytes = None;
    if let Some(file) = &arguments.adapter {
        let written = pollster::block_on(checkpoint::write_adapter(&*model, &meta))?;
        write(file, &written)?;
        bytes = Some(written.len());
        say!("{} bytes in {}", written.len(), file.display());
    }
    if let Some(file) = &arguments.out {
        let written = checkpoint::write(&*model, &meta, Precision::Single);
        let written = pollster::block_on(written)?;
        write(file, &written)?;
        say!("{} bytes in {}", written.len(), file.display());
    }
    say!(
        "new text: {:.4} before, {:.4} after, nats a token",
        before.0,
        after.0
    );
    if let (Some(before), Some(after)) = (before.1, after.1) {
        say!("{OLD}: {before:.4} before, {after:.4} after");
    }
    if let Some([before, after, of]) = obeyed {
        say!("answered word by word: {before} of {of} before, {after} after");
    }
    say!("{seconds:.1} s");
    if arguments.json {
        let line = json!({
            "method": arguments.method,
            "rank": arguments.rank,
            "parameters": parameters,
            "steps": arguments.steps,
            "new": [before.0, after.0],
            "old": [before.1, after.1],
            "obeyed": obeyed,
            "seconds": seconds,
            "adapter": bytes,
            "curves": meta.losses,
        });
        say!("{line}");
    }
    Ok(())
}
