//! `playground`: what the page does, natively.

mod acting;
mod asking;
mod bar;
mod card;
mod classifier;
mod clips;
mod disturbed;
mod evaluate;
mod files;
mod functions;
mod groove;
mod imagining;
mod manifest;
mod masked;
mod open;
mod planning;
mod points;
mod poster;
mod recipe;
mod results;
mod sample;
mod say;
mod score;
mod shell;
mod speech;
mod spoken;
mod terminal;
mod text;
mod train;
mod translation;
mod tune;

use std::{
    fmt::Display,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{
    checkpoint::{self, Opened, Precision},
    data::{DataInfo, ImageSet, groove::is_groove, scenes, score::is_score, sound},
    device,
    error::{Error, Result},
    export,
};
use files::{read, write};
use terminal::{complain, say};

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
    /// Folder with the data sets: `mnist/`, `fashion-mnist/` (see web/data/README.md), and NAME/ with
    /// a .txt or .csv for a text or a table of that name.
    #[arg(long, default_value = "data", env = "PLAYGROUND_DATA")]
    data: PathBuf,
    /// Folder with the shipped checkpoints and their manifest.
    #[arg(
        long,
        default_value = "web/checkpoints",
        env = "PLAYGROUND_CHECKPOINTS"
    )]
    checkpoints: PathBuf,
    /// Back end: flex (CPU), or wgpu, vulkan, cuda where compiled in.
    #[arg(long, default_value = "flex")]
    device: String,
}

#[derive(Subcommand)]
enum Command {
    /// Train a recipe; goes on from where it was when it was stopped. A model of images or text goes
    /// among the shipped checkpoints and into their manifest; one of 2-D points stays with the runs,
    /// as ID.model.safetensors.
    Train(train::Arguments),
    /// Train a GPT further on a text, whole or by adapters, and measure what it learns and what it forgets.
    Tune(tune::Arguments),
    /// Draw samples from a checkpoint: images into a PNG, points into a CSV or SVG, texts to the
    /// terminal or into a file.
    Sample(sample::Arguments),
    /// Measure a checkpoint by the standard protocol, beside the published numbers; or train a
    /// recipe of 2-D points with several seeds, measure each, and print the medians.
    Evaluate(evaluate::Arguments),
    /// Make a picture of what a widget of a page would show, by day and by night: samples and other
    /// images, and plots in 2-D.
    Poster(poster::Arguments),
    /// Train the classifier of an image set, on whose features samples are measured; with all training
    /// images it is kept as recipes/classifiers/NAME.safetensors.
    Classifier(classifier::Arguments),
    /// Write a script of PyTorch beside a copy of the model, which draws from it without this program.
    Pytorch {
        /// Name of a shipped checkpoint, or a .safetensors file.
        id: String,
        /// Folder for both.
        #[arg(long, default_value = ".")]
        out: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Read English text aloud, into a WAV file.
    Say(say::Arguments),
    /// Open a model of another program (GGUF, safetensors, llama2.c): what it is and needs, and what it writes.
    Open(open::Arguments),
    /// Let a model, or the expert, act in worlds of a seed, and write down what happens as JSON Lines.
    Rollout(acting::Arguments),
    /// Measure what asking is worth: agents that are told what is right where they are unsure, beside others.
    Asking(asking::Arguments),
    /// Measure how often an agent does its mission all the same if what it is after is moved once.
    Disturbed(disturbed::Arguments),
    /// Say what a checkpoint file holds.
    Inspect {
        /// The file.
        file: PathBuf,
    },
    /// Rewrite older checkpoints in today's format; what the manifest and their cards say of them
    /// follows.
    Convert {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write the page's compact data file of an image set, of the chorales (the .mxl files of their folder), of
    /// the grooves (the unpacked archive), or of the digits, which the voice of the site speaks.
    Pack {
        /// Name of the set.
        name: String,
        /// Training images; all, of chorales.
        #[arg(long, default_value_t = 1)]
        train: usize,
        /// Test images; all, of chorales.
        #[arg(long, default_value_t = 1)]
        test: usize,
        /// Folder for it; its manifest entry goes to that of the checkpoints.
        #[arg(long, default_value = "web/data")]
        out: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Print what a shell completes commands and options by; its manual says where that goes.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the man page.
    Man {
        /// Folder for it, with a page for each command beside it.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// Which chorale is in which part of their set.
const SPLIT: &str = "recipes/chorales/split.tsv";

/// Parse the arguments, do it, and turn an error into a sentence and an exit status.
pub fn main() -> ExitCode {
    match run(Cli::parse().command).and_then(|()| terminal::check()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let (code, hint) = (error.code(), error.hint());
            complain(&format!("{error} [{}]\n{hint}", code.as_str()));
            ExitCode::from(code.exit_status())
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Train(arguments) => train::run(&arguments),
        Command::Tune(arguments) => tune::run(&arguments),
        Command::Sample(arguments) => sample::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Poster(arguments) => poster::run(&arguments),
        Command::Classifier(arguments) => classifier::run(&arguments),
        Command::Open(arguments) => open::run(&arguments),
        Command::Say(arguments) => say::run(&arguments),
        Command::Rollout(arguments) => acting::rollout(&arguments),
        Command::Asking(arguments) => asking::run(&arguments),
        Command::Disturbed(arguments) => disturbed::run(&arguments),
        Command::Inspect { file } => inspect(&file),
        Command::Pytorch { id, out, place } => pytorch(&id, &out, &place),
        Command::Completions { shell } => {
            shell::completions(shell);
            Ok(())
        }
        Command::Man { out } => shell::man(out.as_ref()),
        Command::Convert { files } => files.iter().try_for_each(|file| convert(file)),
        Command::Pack {
            name,
            train,
            test,
            out,
            place,
        } => {
            for (option, count) in [("train", train), ("test", test)] {
                if count == 0 {
                    return Err(Error::bad_option(option, count, "at least one is needed"));
                }
            }
            let packed = match is_score(&name) {
                true => score::pack(&place.data.join(&name), Path::new(SPLIT))?,
                false if is_groove(&name) => groove::pack(&place.data.join(&name))?,
                false if name == sound::NAME => spoken::pack(train, test)?,
                false => ImageSet::from_folder(&name, &place.data)?.pack(train, test)?,
            };
            let file = format!("{name}.bin");
            write(&out.join(&file), &packed)?;
            manifest::put_data(&place.checkpoints, &name, &file, &packed)?;
            say!("{} bytes in {}", packed.len(), out.join(file).display());
            Ok(())
        }
    }
}

/// Refuse an option that would do nothing, rather than do nothing about it.
fn idle(option: &str, given: Option<impl Display>, why: &str) -> Result<()> {
    match given {
        Some(value) => Err(Error::bad_option(option, value, why)),
        None => Ok(()),
    }
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

    /// The images that a model learned.
    fn images(&self, data: &DataInfo) -> Result<ImageSet> {
        match scenes::is_scenes(&data.name) {
            true => scenes::dataset(&data.options),
            false => ImageSet::from_folder(&data.name, &self.data),
        }
    }
}

/// Says so where data is not what a model was trained on, to the last byte.
fn note_other_data(now: &DataInfo, learned: &DataInfo) {
    if now.sha256 != learned.sha256 {
        say!("note: this is not the very data that the model was trained on");
    }
}

/// Write a model and its page of PyTorch.
fn pytorch(id: &str, out: &Path, place: &Place) -> Result<()> {
    let Opened { model, meta, .. } = place.open(id)?;
    let name = meta
        .id
        .clone()
        .unwrap_or_else(|| format!("{}-{}", meta.family, meta.data.name));
    let page = export::pytorch(&*model, &meta.data, &name)?;
    let weights = checkpoint::write(&*model, &meta, Precision::Single);
    let weights = pollster::block_on(weights)?;
    for (ending, bytes) in [("py", page.as_bytes()), ("safetensors", &weights)] {
        let file = out.join(format!("{name}.{ending}"));
        write(&file, bytes)?;
        say!("{} bytes in {}", bytes.len(), file.display());
    }
    Ok(())
}

fn inspect(file: &Path) -> Result<()> {
    let bytes = read(file)?;
    let (meta, tensors) = checkpoint::inspect(&bytes)?;
    say!("{} ({} bytes)", file.display(), bytes.len());
    say!("sha-256   {}", checkpoint::sha256(&bytes));
    say!("family    {} (schema {})", meta.family, meta.schema);
    say!("name      {}", meta.id.as_deref().unwrap_or("none"));
    say!("config    {}", meta.config);
    say!("training  {}", meta.train);
    say!("data      {} ({})", meta.data.name, meta.data.sha256);
    say!("seed      {}", meta.seed);
    say!("steps     {} ({} examples)", meta.step, meta.seen);
    for (name, dtype, shape) in &tensors {
        say!("  {name:<40} {dtype:<4} {shape:?}");
    }
    // Names, shapes and numbers too, as every other command would check them.
    let opened = checkpoint::open(&bytes, None, &device::cpu())?;
    // Not the sum of the tensors: a file may hold averages and an optimizer's state besides.
    say!("{} parameters", opened.model.num_params());
    Ok(())
}

fn convert(file: &Path) -> Result<()> {
    let old = read(file)?;
    let Some(new) = checkpoint::convert(&old)? else {
        say!("{} is in today's format already", file.display());
        return Ok(());
    };
    write(file, &new)?;
    manifest::replace(file, &old, &new)?;
    say!("{}: {} bytes, now {}", file.display(), old.len(), new.len());
    Ok(())
}
