//! The plots of every model that plans: its paths as they come about, and what comes of following one.

use crate::{
    bytes::Bytes,
    data::paths::{self, LENGTH},
    device::floats,
    error::{Error, Result},
    evaluate::planning::{CHOICE, chosen},
    model::{AskedPlans, Planning},
    pause::Pause,
    scene::{Key, Layer, Number, PlotInput, PlotRequest, PlotSpec, Role, View, number},
    worlds::maze::{
        Maze, Place, SIDE, TICK, Task, expert,
        follow::{Ride, follow},
        layout, length, middle,
    },
};

use burn::tensor::Tensor;

/// The most paths of a bundle.
const MOST: usize = 64;
/// Steps from noise to paths.
const STEPS: usize = 20;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    vec![
        PlotSpec::new(
            "samples",
            "Plans",
            "A bundle of paths from the start to the goal, all places of a path denoised together; the slider goes from noise to paths. Drag the start or the goal; press a cell to make it a wall or floor. The model has never seen this maze. Beside the paths is what A* finds.",
        )
        .with(PlotInput::Maze)
        .along("steps"),
        PlotSpec::new(
            "ride",
            "Follow a plan",
            "A point with inertia follows the first of the paths that meets no wall, or the first of all if none does. A controller pushes it towards a place that moves along the path; walls stop it. The slider goes through the time.",
        )
        .with(PlotInput::Maze)
        .along("time"),
    ]
}

/// What is asked about: the reader's maze and ends, or those of the seed.
struct Question {
    task: Task,
    /// Whether a way leads to the goal, and if so A*'s.
    best: Option<Vec<Place>>,
}

fn question(request: &PlotRequest<'_>) -> Result<Question> {
    let (drawn, _) = layout::draw(request.seed, 0, LENGTH);
    let maze = match request.text.trim() {
        "" => drawn.maze,
        text => Maze::parse(text)?,
    };
    let (start, goal) = match *request.marks {
        [] => (drawn.start, drawn.goal),
        [start, goal] => (start, goal),
        _ => {
            let reason = "a start and a goal are needed";
            return Err(Error::bad_option("marks", request.marks.len(), reason));
        }
    };
    let task = Task::new(maze, start, goal)?;
    Ok(Question {
        best: expert::plan(&task, &expert::EVEN, LENGTH),
        task,
    })
}

/// Draw one of them.
///
/// # Errors
/// [`Error::BadOption`] for a maze that is none and for ends that are not on its floor; what the device reports.
pub async fn answer(
    planning: &dyn Planning,
    request: &PlotRequest<'_>,
    pause: Pause,
) -> Result<View> {
    request.check_count(MOST)?;
    let between = |name: &str, value: f32| match (0.0..=1.0).contains(&value) {
        true => Ok(()),
        false => Err(Error::bad_option(
            name,
            value,
            "it must lie between 0 and 1",
        )),
    };
    between("at", request.at)?;
    between("walls", request.walls)?;
    if !["samples", "ride"].contains(&request.plot) {
        return Err(request.unknown());
    }
    let asked = question(request)?;
    let mut drawing = Drawing::new(&asked.task);
    let Some(best) = &asked.best else {
        drawing.label = "no way leads from the start to the goal".into();
        return Ok(drawing.view());
    };
    let following = request.plot == "ride";
    let plans = AskedPlans {
        // Of those that could be followed a few are enough; they are the first of the bundle.
        count: if following {
            request.count.min(CHOICE)
        } else {
            request.count
        },
        seed: request.seed,
        steps: STEPS,
        walls: f64::from(request.walls),
        share: if following { 1.0 } else { request.at },
    };
    let paths = planning.plans(&[asked.task], &plans, pause).await?;
    match following {
        true => drawing.ride(&asked.task, &paths, request.at),
        false => {
            let steps = planning.steps(STEPS);
            let taken = (request.at * steps as f32).round() as usize;
            drawing.label = format!("after {taken} of {steps} steps");
            drawing.bundle(&asked.task, &paths, best);
        }
    }
    Ok(drawing.view())
}

/// Paths in their maze.
///
/// # Errors
/// What the device reports.
pub async fn drawn(maze: &Maze, paths: Tensor<3>) -> Result<View> {
    let [n, points, _] = paths.dims();
    let xy = floats(paths).await?;
    let mut drawing = Drawing::in_maze(maze);
    drawing.label = format!("{n} paths");
    drawing.layers.push(Layer::Lines {
        role: Role::Model,
        xy: Bytes::of_floats(&xy),
        length: points as u32,
        filled: false,
    });
    Ok(drawing.view())
}

/// What is drawn, from the bottom up.
struct Drawing {
    layers: Vec<Layer>,
    label: String,
    numbers: Vec<Number>,
    key: Vec<Key>,
    ends: Vec<Layer>,
}

impl Drawing {
    /// Walls alone.
    fn in_maze(maze: &Maze) -> Self {
        let mut squares = Vec::new();
        for cell in (0..SIDE * SIDE).map(|i| [i % SIDE, i / SIDE]) {
            if !maze.is_floor(cell) {
                let [x, y] = middle(cell);
                let corners = [
                    [-0.5, -0.5],
                    [0.5, -0.5],
                    [0.5, 0.5],
                    [-0.5, 0.5],
                    [-0.5, -0.5],
                ];
                squares.extend(corners.map(|[dx, dy]| [x + dx, y + dy]));
            }
        }
        let side = SIDE as f32;
        let frame = [
            [0.0, 0.0],
            [side, 0.0],
            [side, side],
            [0.0, side],
            [0.0, 0.0],
        ];
        let mut drawing = Self {
            layers: Vec::new(),
            label: String::new(),
            numbers: Vec::new(),
            key: Vec::new(),
            ends: Vec::new(),
        };
        drawing.lines(Role::Guide, &[&frame]);
        if !squares.is_empty() {
            drawing.layers.push(Layer::Lines {
                role: Role::Guide,
                xy: Bytes::of_floats(squares.as_flattened()),
                length: 5,
                filled: true,
            });
        }
        drawing
    }

    /// Walls and both ends.
    fn new(task: &Task) -> Self {
        let mut drawing = Self::in_maze(&task.maze);
        let ends = [
            (Role::Noise, task.start, "Start"),
            (Role::Guess, task.goal, "Goal"),
        ];
        for (role, place, word) in ends {
            // A ring: a dot alone is too small to be taken hold of.
            let ring: Vec<Place> = (0..25)
                .map(|i| std::f32::consts::TAU * i as f32 / 24.0)
                .map(|a| [place[0] + 0.16 * a.cos(), place[1] + 0.16 * a.sin()])
                .collect();
            drawing.ends.push(Layer::Lines {
                role,
                xy: Bytes::of_floats(ring.as_flattened()),
                length: ring.len() as u32,
                filled: true,
            });
            drawing.key.push(Key {
                role,
                text: word.into(),
            });
        }
        drawing
    }

    /// Polylines of equal length.
    fn lines(&mut self, role: Role, lines: &[&[Place]]) {
        let all: Vec<Place> = lines.concat();
        self.layers.push(Layer::Lines {
            role,
            xy: Bytes::of_floats(all.as_flattened()),
            length: lines.first().map_or(0, |line| line.len()) as u32,
            filled: false,
        });
    }

    fn named(&mut self, role: Role, text: &str) {
        let text = text.into();
        self.key.push(Key { role, text });
    }

    /// A bundle of paths beside A*'s.
    fn bundle(&mut self, task: &Task, paths: &[Vec<Place>], best: &[Place]) {
        self.lines(Role::Data, &[best]);
        let all: Vec<&[Place]> = paths.iter().map(Vec::as_slice).collect();
        self.lines(Role::Model, &all);
        self.named(Role::Model, "Paths");
        self.named(Role::Data, "A*");
        let free: Vec<_> = paths.iter().filter(|path| task.maze.admits(path)).collect();
        let share = 100.0 * free.len() as f64 / paths.len().max(1) as f64;
        self.numbers
            .push(number("free", "without collision", share, "%", 0));
        let shortest = f64::from(length(best));
        let mean = free.iter().map(|path| f64::from(length(path))).sum::<f64>() / free.len() as f64;
        self.numbers.push(number(
            "ratio",
            "length beside A*’s",
            mean / shortest,
            "×",
            2,
        ));
        self.numbers
            .push(number("shortest", "A*’s length", shortest, "cells", 1));
    }

    /// A point on its way along a path, up to a share of the time.
    fn ride(&mut self, task: &Task, paths: &[Vec<Place>], at: f32) {
        let Some(plan) = chosen(task, paths) else {
            return;
        };
        let Ride {
            track,
            arrived,
            bumps,
        } = follow(task, plan);
        let now = ((at * (track.len() - 1) as f32).round() as usize).min(track.len() - 1);
        self.lines(Role::Data, &[plan]);
        let been: Vec<Place> = track[..=now].iter().map(|body| body.at).collect();
        if been.len() > 1 {
            self.lines(Role::Model, &[&been]);
        }
        let body = track[now];
        self.ends.push(Layer::Points {
            role: Role::Model,
            xy: Bytes::of_floats(&body.at),
        });
        self.named(Role::Data, "Plan");
        self.named(Role::Model, "The point");
        let seconds = TICK * now as f32;
        let speed = body.velocity[0].hypot(body.velocity[1]);
        self.label = match (now + 1 == track.len(), arrived) {
            (true, true) => "it has arrived".into(),
            (true, false) => "it has not arrived".into(),
            _ => "on its way".into(),
        };
        self.numbers
            .push(number("time", "time", f64::from(seconds), "s", 1));
        self.numbers
            .push(number("speed", "speed", f64::from(speed), "cells/s", 1));
        self.numbers
            .push(number("bumps", "moments at a wall", bumps as f64, "", 0));
    }

    fn view(self) -> View {
        let mut layers = self.layers;
        layers.extend(self.ends);
        View::Plot {
            window: paths::window(),
            layers,
            label: self.label,
            numbers: self.numbers,
            bars: None,
            key: self.key,
        }
    }
}
