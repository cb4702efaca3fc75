//! How often an agent does what it is told in rooms that it has never seen, before and after it was trained here.

use crate::{
    error::Result,
    evaluate::acting::{outcomes, tasks},
    model::Model,
    pause::Pause,
    scene::{Curve, PlotRequest, PlotSpec, View},
};

/// Its id.
pub const ID: &str = "success";
/// Worlds that are acted in at once, after which the share so far is told.
const GROUP: usize = 10;
/// Groups.
const GROUPS: usize = 4;
/// The worlds are those of this seed and the reader's; no training draws from it.
const HELD_OUT: u64 = 0x5242_0000_0000_0000;

/// The plot.
pub(super) fn spec() -> PlotSpec {
    PlotSpec::new(
        ID,
        "Success",
        "In how many of 40 worlds that it has never seen it does what it is told within 64 steps, always by its likeliest action; each with a mission that the expert does. After a training here the same worlds are tried once more with the model as it was at the beginning. The bars are one standard error.",
    )
    .answered("chart")
    .slow()
}

/// Draw it.
///
/// # Errors
/// As [`outcomes`].
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let models = request.before.into_iter().chain([model]);
    let models: Vec<&dyn Model> = models.collect();
    let mut done = vec![Vec::new(); models.len()];
    let mut drawn = tasks(HELD_OUT | (request.seed & 0xffff_ffff), 0, None);
    for _ in 0..GROUPS {
        let group: Vec<_> = drawn.by_ref().take(GROUP).map(|(task, _)| task).collect();
        for (model, done) in models.iter().zip(&mut done) {
            let played = outcomes(*model, group.clone(), request.seed, Some(pause)).await?;
            let now = done.last().copied().unwrap_or(0);
            done.push(now + played.iter().filter(|p| p.task.is_done()).count());
        }
        if let Some(report) = request.report {
            report(chart(&done));
        }
    }
    Ok(chart(&done))
}

/// Shares of successes so far: a curve for each model, the last one that of now.
fn chart(done: &[Vec<usize>]) -> View {
    let worlds = |i: usize| ((i + 1) * GROUP) as f32;
    let filled = |each: Vec<f32>| (0..GROUPS).map(|i| each.get(i).copied()).collect();
    let curve = |(at, done): (usize, &Vec<usize>), last: usize| {
        let shares = done.iter().enumerate().map(|(i, &n)| n as f32 / worlds(i));
        let shares: Vec<f32> = shares.collect();
        let errors = shares.iter().enumerate();
        let errors = errors.map(|(i, p)| (p * (1.0 - p) / worlds(i)).sqrt());
        Curve {
            title: if at == last { "now" } else { "before" }.into(),
            errors: filled(errors.collect()),
            values: filled(shares),
        }
    };
    let last = done.len().saturating_sub(1);
    View::Chart {
        across: "worlds".into(),
        up: "missions done".into(),
        ticks: (0..GROUPS).map(|i| worlds(i).to_string()).collect(),
        range: [0.0, 1.0],
        curves: done
            .iter()
            .enumerate()
            .map(|each| curve(each, last))
            .collect(),
        level: None,
    }
}
