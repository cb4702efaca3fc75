//! `playground open`: a model out of another program's file writes, or chats.

use std::{
    io::{IsTerminal, Read, stdin},
    path::{Path, PathBuf},
    time::Instant,
};

use serde_json::json;

use super::{
    files::read,
    idle,
    terminal::{self, say},
    text::write_out,
};
use crate::{
    error::{Error, Result},
    model::{Condition, Model, Samples},
    open::{
        self, HEAD_BYTES, Opening, bundle,
        encoder::{self, Encoder},
        guest::Guest,
    },
};

/// What is opened, and what it is to write.
#[derive(clap::Args)]
pub struct Arguments {
    /// A GGUF file, a llama2.c file with its tokenizer.bin behind it, or model.safetensors, beside which lie its
    /// config.json and tokenizer.json; their folder will do.
    file: PathBuf,
    /// What the text begins with; to a model that chats, what is said to it. Without it, what the model is and
    /// what it needs is printed, and nothing is loaded; in a terminal a chat begins.
    #[arg(long)]
    prompt: Option<String>,
    /// Talk: each line that is typed is answered.
    #[arg(long)]
    chat: bool,
    /// Go on with the prompt as plain text, though the model was taught to chat.
    #[arg(long)]
    plain: bool,
    /// Tokens at most.
    #[arg(long, default_value_t = 200)]
    length: u32,
    /// 1 as the model is, less prefers likely tokens, 0 always takes the likeliest.
    #[arg(long, default_value_t = 0.7)]
    temperature: f64,
    /// Draw among so many of the likeliest; 0 = all.
    #[arg(long, default_value_t = 40)]
    top_k: u32,
    /// Draw among the likeliest that together have this probability; 1 = all.
    #[arg(long, default_value_t = 0.95)]
    top_p: f64,
    /// Seed of what is drawn.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Of a sentence encoder (MiniLM and others of BERT's form): labels with commas between them, which are ranked by
    /// how near each is to the prompt.
    #[arg(long)]
    labels: Option<String>,
    /// Of a sentence encoder: a file of texts, one a line. For each its vector is printed, as whole numbers of which the
    /// largest is 127.
    #[arg(long)]
    vectors: Option<PathBuf>,
    /// Megabytes of memory that it may take.
    #[arg(long, default_value_t = 4096)]
    memory: u64,
}

/// See the module's documentation.
pub fn run(arguments: &Arguments) -> Result<()> {
    let (head, size, whole) = beginning(&arguments.file)?;
    if encoder::is(&head) {
        let file = if whole { head } else { read(&arguments.file)? };
        return rank(arguments, file);
    }
    idle(
        "labels",
        arguments.labels.as_ref(),
        "only a sentence encoder ranks labels",
    )?;
    idle(
        "vectors",
        arguments.vectors.as_ref().map(|path| path.display()),
        "only a sentence encoder makes vectors",
    )?;
    let opening = open::peek(head.clone(), size)?;
    about(&arguments.file, &opening);
    if opening.memory > arguments.memory << 20 {
        return Err(Error::OverBudget {
            need: format!("It needs {}", bytes(opening.memory)),
            limit: bytes(arguments.memory << 20),
            hint: "Give --memory more megabytes, or take the model with fewer bits to a weight."
                .into(),
        });
    }
    if arguments.prompt.is_none() && !arguments.chat {
        say!("Give it --prompt TEXT to write on from, or --chat to talk with it.");
        return Ok(());
    }
    let started = Instant::now();
    let file = if whole { head } else { read(&arguments.file)? };
    let guest = Guest::new(open::open(file)?);
    say!("loaded in {:.1} s", started.elapsed().as_secs_f64());
    if arguments.chat {
        chat(arguments, &guest)
    } else {
        once(arguments, &guest)
    }
}

/// The labels, the nearest to the prompt first.
fn rank(arguments: &Arguments, file: Vec<u8>) -> Result<()> {
    let size = file.len() as u64;
    let encoder = encoder::open(file)?;
    if let Some(path) = &arguments.vectors {
        return vectors(&encoder, path);
    }
    say!("{}", encoder.name);
    say!(
        "  sentence encoder  {:.1} million weights, {}, {} numbers for a text",
        encoder.parameters as f64 / 1e6,
        bytes(size),
        encoder.width()
    );
    let (Some(prompt), Some(labels)) = (&arguments.prompt, &arguments.labels) else {
        say!("Give it --prompt TEXT and --labels ONE,TWO to rank labels for a text.");
        return Ok(());
    };
    let labels: Vec<&str> = labels.split(',').map(str::trim).collect();
    for (label, near) in encoder.nearest(prompt, &labels)? {
        say!("{near:7.4}  {}", labels[label]);
    }
    Ok(())
}

/// The vector of each line of a file.
fn vectors(encoder: &Encoder, path: &Path) -> Result<()> {
    let text = String::from_utf8(read(path)?).map_err(|_| Error::BadText {
        reason: format!("{} is not UTF-8", path.display()),
        hint: "Save it as UTF-8.".into(),
    })?;
    for line in text.lines() {
        let vector = encoder.vector(line)?;
        let most = vector.iter().fold(0f32, |most, x| most.max(x.abs()));
        let whole = |x: &f32| format!("{:.0}", x / most.max(1e-12) * 127.0);
        let numbers: Vec<String> = vector.iter().map(whole).collect();
        terminal::write(&format!("{}\n", numbers.join(" ")));
    }
    Ok(())
}

/// The beginning of a file, its length, and whether that is all of it. Safetensors come with what belongs to them.
fn beginning(path: &Path) -> Result<(Vec<u8>, u64, bool)> {
    let folder = path.is_dir();
    let tensors = match folder {
        true => path.join("model.safetensors"),
        false => path.to_path_buf(),
    };
    if tensors.extension().is_some_and(|e| e == "safetensors") {
        let names = [
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "generation_config.json",
        ];
        let mut files = vec![("model.safetensors", read(&tensors)?)];
        for name in names {
            match read(&tensors.with_file_name(name)) {
                Ok(bytes) => files.push((name, bytes)),
                // What is needed and missing is told of when the model is opened.
                Err(Error::FileNotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, bytes)| (*name, bytes.as_slice()))
            .collect();
        let all = bundle::tar(&files);
        let size = all.len() as u64;
        return Ok((all, size, true));
    }
    let failed = |e: std::io::Error| Error::io(path, &e);
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let mut head = Vec::new();
    (&mut file)
        .take(HEAD_BYTES as u64)
        .read_to_end(&mut head)
        .map_err(failed)?;
    // An archive is looked through as a whole.
    if bundle::is_tar(&head) && size > head.len() as u64 {
        head = read(path)?;
    }
    let whole = head.len() as u64 == size;
    Ok((head, size, whole))
}

fn bytes(n: u64) -> String {
    match n >> 20 {
        0..10_000 => format!("{} MB", n.div_ceil(1 << 20)),
        megabytes => format!("{:.1} GB", megabytes as f64 / 1024.0),
    }
}

fn about(path: &Path, o: &Opening) {
    let name = if o.name.is_empty() {
        path.display().to_string()
    } else {
        o.name.clone()
    };
    say!("{name}");
    say!(
        "  file          {}, {} in {}",
        bytes(o.bytes),
        o.weights,
        o.format
    );
    say!("  architecture  {}", o.architecture);
    say!("  weights       {:.1} million", o.parameters as f64 / 1e6);
    say!("  context       {} tokens", o.context);
    if !o.licence.is_empty() {
        say!("  licence       {}", o.licence);
    }
    say!("  memory        {}", bytes(o.memory));
    say!(
        "  pace          about {:.0} tokens a second on one core here",
        1.0 / f64::from(o.seconds).max(1e-9)
    );
}

fn options(arguments: &Arguments, reply: &str) -> serde_json::Value {
    json!({
        "length": arguments.length,
        "temperature": arguments.temperature,
        "top_k": arguments.top_k,
        "top_p": arguments.top_p,
        "chat": !arguments.plain,
        "reply": reply,
    })
}

fn once(arguments: &Arguments, guest: &Guest) -> Result<()> {
    let prompt = Condition::prompt(arguments.prompt.as_deref().unwrap_or_default());
    let mut sampler = guest.sampler(&options(arguments, ""), &prompt, 1, arguments.seed.into())?;
    let started = Instant::now();
    write_out(&mut *sampler, terminal::write, terminal::is_closed)?;
    if let Samples::Texts(texts) = sampler.state() {
        let written = texts.iter().flatten().filter(|t| !t.given).count();
        let seconds = started.elapsed().as_secs_f64();
        say!(
            "({written} tokens, {:.1} a second)",
            written as f64 / seconds.max(1e-9)
        );
    }
    Ok(())
}

/// Each line is answered; an empty one, or the end of what is typed, ends it.
fn chat(arguments: &Arguments, guest: &Guest) -> Result<()> {
    let mut text = String::new();
    let mut prompt = arguments.prompt.clone();
    loop {
        let said = match prompt.take() {
            Some(prompt) => prompt,
            None => {
                if stdin().is_terminal() {
                    terminal::write("> ");
                }
                let mut line = String::new();
                stdin()
                    .read_line(&mut line)
                    .map_err(|e| Error::io(Path::new("standard input"), &e))?;
                line
            }
        };
        if said.trim().is_empty() {
            return Ok(());
        }
        let options = options(arguments, said.trim());
        let mut sampler = guest.sampler(
            &options,
            &Condition::prompt(&text),
            1,
            arguments.seed.into(),
        )?;
        let mut given = match sampler.state() {
            Samples::Texts(texts) => texts.iter().flatten().count(),
            _ => 0,
        };
        // What was said before stands there already.
        let answer = |token: &str| match given {
            0 => terminal::write(token),
            _ => given -= 1,
        };
        write_out(&mut *sampler, answer, terminal::is_closed)?;
        if let Samples::Texts(texts) = sampler.state() {
            text = texts.iter().flatten().map(|t| t.text.as_str()).collect();
        }
    }
}
