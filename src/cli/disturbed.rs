//! `playground disturbed`.

use super::{Place, bar::bar, terminal::say};
use crate::{
    data::EpisodeSet,
    error::{Error, Result},
    evaluate::{Tally, disturbed::disturbed},
};

/// What it is asked.
#[derive(clap::Args)]
pub struct Arguments {
    /// Name of a shipped checkpoint, or a .safetensors file.
    id: String,
    /// Missions.
    #[arg(long, default_value_t = 500)]
    count: usize,
    #[command(flatten)]
    place: Place,
}

/// Measure it, and say shares with their standard errors.
///
/// # Errors
/// What the model says; [`Error::BadOption`] for a count of none.
pub fn run(arguments: &Arguments) -> Result<()> {
    let count = arguments.count;
    if !(1..=100_000).contains(&count) {
        let reason = "1 to 100000 are possible";
        return Err(Error::bad_option("count", count, reason));
    }
    let opened = arguments.place.open(&arguments.id)?;
    let set = EpisodeSet::named(&opened.meta.data.name, &opened.meta.data.options)?;
    let bar = bar(count);
    let tell = || bar.inc(1);
    let found = pollster::block_on(disturbed(&*opened.model, set.seed(), count, &tell))?;
    bar.finish_and_clear();
    let share = |name: &str, tally: Tally| {
        let p = tally.percent() / 100.0;
        let error = 100.0 * (p * (1.0 - p) / tally.count.max(1) as f64).sqrt();
        say!(
            "{name:<52} {:.1} ± {error:.1} % of {}",
            100.0 * p,
            tally.count
        );
    };
    share("undisturbed", found.before);
    share("the thing moved once", found.after);
    share("the same, where the agent had seen it before", found.seen);
    share(
        "the same as the second, the expert from there",
        found.expert,
    );
    let given_up = found.given_up;
    say!("{:<52} {given_up}", "of these it gives up");
    let ratio = found.steps as f64 / found.expert_steps.max(1) as f64;
    say!("{:<52} {ratio:.3}", "steps from there beside the expert's");
    Ok(())
}
