//! `playground`: what the page does, natively.

mod bar;
mod evaluate;
mod manifest;
mod points;
mod recipe;
mod text;
mod train;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use serde_json::{Map, Value, json};

use crate::{
    checkpoint::{self, Opened},
    data::ImageSet,
    device,
    error::{Error, Result},
    model::{Condition, finish},
    plots::png,
    scene::grid,
};

/// Train, sample, evaluate and inspect generative models.
#[derive(Parser)]
#[command(name = "playground", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Where things are; the same for every command.
#[derive(clap::Args, Clone)]
struct Place {
    /// Folder with the data sets (`mnist/`, `fashion-mnist/`); see web/data/README.md.
    #[arg(long, default_value = "data", env = "PLAYGROUND_DATA")]
    data: PathBuf,
    /// Folder with the shipped checkpoints and their manifest.
    #[arg(long, default_value = "web/checkpoints")]
    checkpoints: PathBuf,
    /// Back end: flex (CPU), or wgpu, vulkan, cuda where compiled in.
    #[arg(long, default_value = "flex")]
    device: String,
}

#[derive(Subcommand)]
enum Command {
    /// Train a recipe; goes on from where it was when it was stopped. The model of images goes
    /// among the shipped checkpoints and into their manifest; that of a toy stays with the runs, as
    /// ID.model.safetensors.
    Train {
        /// A recipe, for example recipes/vae-mnist.toml.
        recipe: PathBuf,
        /// Folder for what is needed to go on after a stop.
        #[arg(long, default_value = "runs")]
        runs: PathBuf,
        /// Start over even if there is something to go on from.
        #[arg(long)]
        restart: bool,
        /// Stop after this many minutes, to go on another time.
        #[arg(long)]
        minutes: Option<f64>,
        #[command(flatten)]
        place: Place,
    },
    /// Draw samples from a checkpoint into a PNG; write a text with one that knows how.
    Sample {
        /// Name of a shipped checkpoint, or a .safetensors file.
        id: String,
        /// How many.
        #[arg(long, default_value_t = 32)]
        count: usize,
        /// Seed.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// Standard deviation of what the sampler starts from; of a text, what logits are divided by.
        #[arg(long)]
        temperature: Option<f64>,
        /// Another option of the model's sampler, for example steps=50; may be given several times.
        #[arg(long = "option", value_name = "NAME=VALUE")]
        options: Vec<String>,
        /// What a text begins with.
        #[arg(long, default_value = "")]
        prompt: String,
        /// Tokens of a text.
        #[arg(long, default_value_t = 500)]
        length: usize,
        /// Images in a row.
        #[arg(long, default_value_t = 8)]
        columns: usize,
        /// Pixels of the file for one pixel of a sample.
        #[arg(long, default_value_t = 2)]
        scale: usize,
        /// The file.
        #[arg(long, default_value = "grid.png")]
        out: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Measure a checkpoint by the standard protocol, beside the published numbers; or train a
    /// recipe of a 2-D toy data set with several seeds, measure each, and print the medians.
    Evaluate {
        /// Name of a shipped checkpoint, a .safetensors file, or a recipe of a 2-D toy data set (.toml).
        id: String,
        /// Of a recipe: seeds, from its own on.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=100))]
        seeds: u64,
        /// Of a recipe: seeds trained at a time.
        #[arg(long, default_value_t = 1)]
        jobs: usize,
        /// Test images.
        #[arg(long, default_value_t = 10_000)]
        images: usize,
        /// Importance samples for each.
        #[arg(long, default_value_t = 5000)]
        samples: usize,
        /// Keep the result in the manifest and on the card; of a recipe in RESULTS.md beside it.
        #[arg(long)]
        write: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Say what a checkpoint file holds.
    Inspect {
        /// The file.
        file: PathBuf,
    },
    /// Rewrite older checkpoints in today's format; what it says of them in the manifest and on
    /// their cards follows.
    Convert {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write the page's compact data file.
    Pack {
        /// Name of the set.
        name: String,
        /// Training images.
        #[arg(long)]
        train: usize,
        /// Test images.
        #[arg(long)]
        test: usize,
        /// Folder for it and its manifest entry.
        #[arg(long, default_value = "web/data")]
        out: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

/// Parse the arguments, do it, and turn an error into a sentence and an exit status.
pub fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} [{}]\n{}", error, error.code().as_str(), error.hint());
            ExitCode::from(error.code().exit_status())
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Train {
            recipe,
            runs,
            restart,
            minutes,
            place,
        } => train::run(&recipe, &runs, restart, minutes, &place),
        Command::Sample {
            id,
            count,
            seed,
            temperature,
            options,
            prompt,
            length,
            columns,
            scale,
            out,
            place,
        } => {
            let count = count.clamp(1, 10_000);
            let model = place.open(&id)?.model;
            if model.language().is_some() {
                let temperature = temperature.unwrap_or(1.0);
                return text::sample(&*model, &prompt, length, temperature, seed);
            }
            let options = sampler_options(temperature, &options)?;
            let mut sampler = model.sampler(&options, &Condition::default(), count, seed)?;
            let samples = pollster::block_on(finish(&mut *sampler))?;
            let view = pollster::block_on(grid(samples.images()?, columns))?;
            write(&out, &png(&view, scale)?)?;
            println!("{count} samples of {id} in {}", out.display());
            Ok(())
        }
        Command::Evaluate {
            id,
            seeds,
            jobs,
            images,
            samples,
            write: keep,
            place,
        } => {
            if id.ends_with(".toml") {
                let runs = points::Runs { seeds, jobs, keep };
                return points::recipe(Path::new(&id), &runs, &place);
            }
            evaluate::run(&id, images, samples, keep, &place)
        }
        Command::Inspect { file } => inspect(&file),
        Command::Convert { files } => files.iter().try_for_each(|file| convert(file)),
        Command::Pack {
            name,
            train,
            test,
            out,
            place,
        } => {
            let set = ImageSet::from_folder(&name, &place.data)?;
            let packed = set.pack(train, test)?;
            let file = format!("{name}.bin");
            write(&out.join(&file), &packed)?;
            manifest::put_data(&place.checkpoints, &name, &file, &packed)?;
            println!("{} bytes in {}", packed.len(), out.join(file).display());
            Ok(())
        }
    }
}

/// The options of a sampler, from those of the command line.
///
/// # Errors
/// [`Error::BadOption`] if one is no NAME=VALUE.
fn sampler_options(temperature: Option<f64>, given: &[String]) -> Result<Value> {
    let mut all = Map::new();
    all.extend(temperature.map(|t| ("temperature".into(), json!(t))));
    for option in given {
        let Some((name, value)) = option.split_once('=') else {
            let reason = "a name and a value are needed, such as steps=50";
            return Err(Error::bad_option("option", option, reason));
        };
        // What is no number is a word.
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        all.insert(name.into(), value);
    }
    Ok(Value::Object(all))
}

impl Place {
    /// The checkpoint called `id` in the manifest, or the file of that name.
    fn open(&self, id: &str) -> Result<Opened> {
        let device = device::native(&self.device)?;
        if id.ends_with(".safetensors") {
            return checkpoint::open(&read(Path::new(id))?, None, &device);
        }
        let entry = manifest::model(&self.checkpoints, id)?;
        let bytes = read(&self.checkpoints.join(&entry.file))?;
        checkpoint::open(&bytes, Some(&entry.sha256), &device)
    }
}

fn inspect(file: &Path) -> Result<()> {
    let bytes = read(file)?;
    let (meta, tensors) = checkpoint::inspect(&bytes)?;
    println!("{} ({} bytes)", file.display(), bytes.len());
    println!("sha-256   {}", checkpoint::sha256(&bytes));
    println!("family    {} (schema {})", meta.family, meta.schema);
    println!("name      {}", meta.id.as_deref().unwrap_or("none"));
    println!("config    {}", meta.config);
    println!("training  {}", meta.train);
    println!("data      {} ({})", meta.data.name, meta.data.sha256);
    println!("seed      {}", meta.seed);
    println!("steps     {} ({} examples)", meta.step, meta.seen);
    let mut total = 0;
    for (name, dtype, shape) in &tensors {
        println!("  {name:<40} {dtype:<4} {shape:?}");
        if !name.starts_with("optimizer/") {
            total += shape.iter().product::<usize>();
        }
    }
    println!("{total} parameters");
    // Names, shapes and numbers too, as every other command would check them.
    checkpoint::open(&bytes, None, &device::cpu())?;
    Ok(())
}

fn convert(file: &Path) -> Result<()> {
    let old = read(file)?;
    let Some(new) = checkpoint::convert(&old)? else {
        println!("{} is in today's format already", file.display());
        return Ok(());
    };
    write(file, &new)?;
    manifest::replace(file, &old, &new)?;
    println!("{}: {} bytes, now {}", file.display(), old.len(), new.len());
    Ok(())
}

/// Read a file whole.
fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| Error::io(path, &e))
}

/// Write a file whole or not at all: beside it first, then in its place.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, &e))?;
    }
    let aside = path.with_extension("part");
    std::fs::write(&aside, bytes).map_err(|e| Error::io(&aside, &e))?;
    std::fs::rename(&aside, path).map_err(|e| Error::io(path, &e))
}
