//! `playground classifier NAME`.

use std::path::{Path, PathBuf};

use super::{Place, bar::bar, files, idle, terminal::say};
use crate::{
    data::ImageSet,
    device,
    error::{Error, Result},
    evaluate::{
        classifier::{Classifier, Plan},
        matcher::Matcher,
        pictures,
    },
    rng::{Purpose, Rng},
};

/// Which classifier is trained, and how.
#[derive(clap::Args)]
pub struct Arguments {
    /// Name of the image set.
    name: String,
    /// How often it sees each image, about.
    #[arg(long, default_value_t = 8)]
    epochs: usize,
    /// Whether it sees half of them mirrored: for things, not for digits.
    #[arg(long)]
    mirrored: bool,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Training images at the end by which it is judged while its recipe is chosen; they are learned
    /// from as well with 0, and then the test images judge it.
    #[arg(long, default_value_t = 0)]
    held_out: usize,
    #[command(flatten)]
    place: Place,
}

/// The file of the classifier of a set, among the recipes.
pub fn path(name: &str) -> PathBuf {
    Path::new("recipes/classifiers").join(format!("{name}.safetensors"))
}

/// The classifier of a set, if there is one.
///
/// # Errors
/// What its file says.
pub fn open(set: &ImageSet) -> Result<Option<Classifier>> {
    let path = path(&set.info.name);
    if !path.exists() {
        return Ok(None);
    }
    Classifier::from_bytes(&files::read(&path)?, set, &device::cpu()).map(Some)
}

/// The file of the matcher of a set with captions, among the recipes.
fn matcher_path(name: &str) -> PathBuf {
    Path::new("recipes/classifiers").join(format!("{name}-matcher.safetensors"))
}

/// The matcher of a set, if there is one.
///
/// # Errors
/// What its file says.
pub fn open_matcher(set: &ImageSet) -> Result<Option<Matcher>> {
    let path = matcher_path(&set.info.name);
    if !path.exists() {
        return Ok(None);
    }
    Matcher::from_bytes(&files::read(&path)?, set, &device::cpu()).map(Some)
}

/// Train the matcher of a set with captions, and judge it by the true pictures that are held out in one hand.
fn matcher(set: &ImageSet, arguments: &Arguments) -> Result<()> {
    for (option, given) in [
        ("held_out", arguments.held_out > 0),
        ("mirrored", arguments.mirrored),
    ] {
        idle(
            option,
            given.then_some(true),
            "a matcher has it in its recipe",
        )?;
    }
    let device = device::cpu().autodiff();
    let start = Matcher::init(
        set,
        &mut Rng::new(arguments.seed, Purpose::Init, 0),
        &device,
    );
    let bar = bar(0);
    let train = start.train(
        set,
        arguments.epochs,
        arguments.seed,
        |step, steps, loss| {
            bar.set_length(steps as u64);
            bar.set_position(step as u64);
            bar.set_message(format!("{loss:.4}"));
            Ok(())
        },
    );
    let trained = pollster::block_on(train)?;
    bar.finish_and_clear();
    let bytes = pollster::block_on(trained.to_bytes())?;
    let matcher = Matcher::from_bytes(&bytes, set, &device::cpu())?;
    let all = pictures::held_out(set);
    let judged = pollster::block_on(pictures::judge(&matcher, set, &all, None))?;
    say!(
        "of {} held-out pictures of {} the right name is among the first {} of {} in {:.1} %, the hand is right in {:.1} %",
        all.len(),
        set.info.name,
        pictures::FIRST,
        pictures::CANDIDATES,
        100.0 * judged.found,
        100.0 * judged.hand
    );
    let path = matcher_path(&set.info.name);
    files::write(&path, &bytes)?;
    say!("{} bytes in {}", bytes.len(), path.display());
    Ok(())
}

/// Train the classifier of a set.
///
/// # Errors
/// What the data and the device say; [`Error::BadOption`].
pub fn run(arguments: &Arguments) -> Result<()> {
    let set = ImageSet::from_folder(&arguments.name, &arguments.place.data)?;
    let n = set.train.len();
    if !(1..=200).contains(&arguments.epochs) {
        return Err(Error::bad_option(
            "epochs",
            arguments.epochs,
            "1 to 200 are possible",
        ));
    }
    if arguments.held_out >= n {
        return Err(Error::bad_option(
            "held_out",
            arguments.held_out,
            "nothing would be left",
        ));
    }
    if set.train.captions() > 0 {
        return matcher(&set, arguments);
    }
    let plan = Plan {
        epochs: arguments.epochs,
        held_out: arguments.held_out,
        mirrored: arguments.mirrored,
        seed: arguments.seed,
    };
    let device = device::cpu().autodiff();
    let start = Classifier::init(&set, &mut Rng::new(plan.seed, Purpose::Init, 0), &device);
    let bar = bar(0);
    let trained = pollster::block_on(start.train(&set, &plan, |step, steps, loss| {
        bar.set_length(steps as u64);
        bar.set_position(step as u64);
        bar.set_message(format!("{loss:.4}"));
        Ok(())
    }))?;
    bar.finish_and_clear();
    let bytes = pollster::block_on(trained.to_bytes())?;
    // Judged as it will be used: in half precision.
    let classifier = Classifier::from_bytes(&bytes, &set, &device::cpu())?;
    let (images, range, which) = match plan.held_out {
        0 => (&set.test, 0..set.test.len(), "test"),
        held_out => (&set.train, n - held_out..n, "held-out training"),
    };
    let right = pollster::block_on(classifier.accuracy(images, &set, range.clone()))?;
    say!(
        "{:.2} % of {} {which} images of {} are classified rightly",
        100.0 * right,
        range.len(),
        set.info.name
    );
    if plan.held_out == 0 {
        let path = path(&set.info.name);
        files::write(&path, &bytes)?;
        say!("{} bytes in {}", bytes.len(), path.display());
    }
    Ok(())
}
