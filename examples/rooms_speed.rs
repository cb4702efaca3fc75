//! Steps a second in rooms, views included, on one thread; and episodes of the expert:
//! `cargo run --release --example rooms_speed`.

use std::{hint::black_box, time::Instant};

use generative_playground::{
    data::EpisodeSet,
    error::Result,
    rng::{Purpose, Rng},
    worlds::rooms::{
        ACTIONS, Expert,
        layout::{self, Naming},
    },
};
use serde_json::Value;

/// Worlds, and steps in each.
const WORLDS: u64 = 200;
const STEPS: usize = 5000;

fn main() -> Result<()> {
    let tasks = (0..WORLDS).map(|i| layout::draw(1, i, None, Naming::Said));
    let tasks: Vec<_> = tasks.collect();
    let actions: Vec<_> = {
        let mut rng = Rng::new(1, Purpose::Sample, 0);
        (0..STEPS).map(|_| ACTIONS[rng.below(6)]).collect()
    };
    let start = Instant::now();
    for task in &tasks {
        let mut rooms = task.rooms.clone();
        for &action in &actions {
            rooms.act(action);
            black_box(rooms.sight());
        }
    }
    let steps = WORLDS as f64 * STEPS as f64 / start.elapsed().as_secs_f64();
    println!("{steps:.0} steps a second, each with its view");

    let start = Instant::now();
    let mut planned = 0;
    for task in &tasks {
        planned += Expert::new(task)
            .carry_out(task.clone())
            .map_or(0, |t| t.steps);
    }
    let each = start.elapsed().as_secs_f64();
    println!(
        "{:.0} steps of the expert a second",
        f64::from(planned as u32) / each
    );

    let set = EpisodeSet::new(&Value::Null)?;
    let start = Instant::now();
    for i in 0..1000 {
        black_box(set.draw(1, i));
    }
    println!(
        "{:.0} episodes to learn from a second",
        1000.0 / start.elapsed().as_secs_f64()
    );
    Ok(())
}
