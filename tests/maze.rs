//! The maze: walls that hold, an expert that finds the cheapest way, and a model that plans by denoising whole paths.

use std::pin::Pin;

use crate::common::{by_formula, digest, number, root, signed, values};
use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    data::{
        DataInfo, PathSet, Space, Stream,
        paths::{self, LENGTH},
    },
    device,
    error::Code,
    families::{
        ddpm::{NoiseSchedule, Prediction, Process},
        diffuser::{Diffuser, DiffuserConfig, Pushes, push},
    },
    model::{AskedPlans, Condition, Family, Planning as _, Samples, finish},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    options::Options,
    plots,
    protocol::{Layer, View},
    rng::{Purpose, Rng},
    scene::PlotRequest,
    worlds::maze::{
        Body, CELLS, Cell, Maze, Place, SIDE, TICK, Task, along, cell_of, distance,
        expert::{self, EVEN, Tolls},
        follow::follow,
        layout, length, middle, nearest_in, resampled,
    },
};
use serde_json::{Value, json};

/// A pause that takes no time.
fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

fn rng(number: u64) -> Rng {
    Rng::new(7, Purpose::Data, number)
}

/// All cells.
fn cells() -> impl Iterator<Item = [usize; 2]> {
    (0..CELLS).map(|i| [i % SIDE, i / SIDE])
}

#[test]
fn no_wall_is_entered_or_passed_in_ten_thousand_random_steps() {
    let mut rng = rng(0);
    for _ in 0..20 {
        let maze = layout::maze(&mut rng);
        let Some(first) = cells().find(|&cell| maze.is_floor(cell)) else {
            continue;
        };
        let mut body = Body {
            at: middle(first),
            velocity: [0.0; 2],
        };
        for step in 0..500 {
            // Sometimes much harder than is allowed.
            let hard = if step % 3 == 0 { 1e4 } else { 20.0 };
            let push = [rng.gaussian() * hard, rng.gaussian() * hard];
            let after = maze.step(body, push);
            assert!(maze.has(after.at), "{maze} {body:?} {push:?}");
            // It goes along one axis, then along the other: every hundredth of the way is on the floor.
            let corner = [after.at[0], body.at[1]];
            for (from, to) in [(body.at, corner), (corner, after.at)] {
                for i in 0..=100 {
                    let share = i as f32 / 100.0;
                    let place = [0, 1].map(|k| from[k] + share * (to[k] - from[k]));
                    assert!(maze.has(place), "{maze} {body:?} {push:?}");
                }
            }
            body = after;
        }
    }
}

#[test]
fn a_wall_stops_a_point_exactly_there_and_takes_its_speed_towards_it() {
    let mut maze = Maze::default();
    maze.put([3, 0], true);
    let mut body = Body {
        at: [2.9, 0.5],
        velocity: [3.9, 0.0],
    };
    body = maze.step(body, [0.0, 2.0]);
    assert!((2.998..3.0).contains(&body.at[0]) && body.velocity[0] == 0.0);
    assert!((body.velocity[1] - 2.0 * TICK).abs() < 1e-6, "it slides on");
    let free = maze.step(
        Body {
            at: [1.0, 1.0],
            velocity: [1.0, -1.0],
        },
        [2.0, 0.0],
    );
    assert!((free.velocity[0] - 1.1).abs() < 1e-6 && (free.at[0] - 1.055).abs() < 1e-6);
    let odd = maze.step(free, [f32::NAN, f32::INFINITY]);
    assert!(odd.at.iter().all(|v| v.is_finite()));
}

/// What the cheapest way costs, by relaxing every edge until nothing changes.
fn cheapest(maze: &Maze, from: [usize; 2], to: [usize; 2], tolls: &Tolls) -> f32 {
    let mut cost = [f32::INFINITY; CELLS];
    cost[from[1] * SIDE + from[0]] = 0.0;
    for _ in 0..CELLS {
        for [x, y] in cells().filter(|&cell| maze.is_floor(cell)) {
            for [u, v] in cells().filter(|&cell| maze.is_floor(cell)) {
                let (dx, dy) = (x.abs_diff(u), y.abs_diff(v));
                let corner = maze.is_floor([x, v]) && maze.is_floor([u, y]);
                if dx.max(dy) != 1 || !corner {
                    continue;
                }
                let (a, b) = (y * SIDE + x, v * SIDE + u);
                let far = ((dx * dx + dy * dy) as f32).sqrt();
                cost[b] = cost[b].min(cost[a] + far * (tolls[a] + tolls[b]) / 2.0);
            }
        }
    }
    cost[to[1] * SIDE + to[0]]
}

#[test]
fn a_star_finds_what_exhaustive_search_finds() {
    let mut rng = rng(1);
    let (mut joined, mut apart) = (0, 0);
    for _ in 0..150 {
        let maze = layout::maze(&mut rng);
        let mut tolls = EVEN;
        for (toll, more) in tolls.iter_mut().zip(rng.uniform(CELLS)) {
            *toll += more;
        }
        let floor: Vec<_> = cells().filter(|&cell| maze.is_floor(cell)).collect();
        if floor.is_empty() {
            continue;
        }
        let ends = [(); 2].map(|()| floor[rng.below(floor.len())]);
        let want = cheapest(&maze, ends[0], ends[1], &tolls);
        match expert::route(&maze, ends[0], ends[1], &tolls) {
            None => {
                assert!(want.is_infinite(), "{maze}");
                apart += 1;
            }
            Some(route) => {
                assert_eq!((route[0], route[route.len() - 1]), (ends[0], ends[1]));
                let toll = |[x, y]: [usize; 2]| tolls[y * SIDE + x];
                let way = |w: &[[usize; 2]]| {
                    distance(middle(w[0]), middle(w[1])) * (toll(w[0]) + toll(w[1])) / 2.0
                };
                let cost: f32 = route.windows(2).map(way).sum();
                assert!((cost - want).abs() < 1e-3, "{maze} {cost} {want}");
                joined += 1;
            }
        }
    }
    assert!(joined > 80 && apart > 5, "{joined} {apart}");
}

#[test]
fn distances_from_walls_are_those_of_many_places() {
    let mut rng = rng(2);
    for _ in 0..400 {
        let maze = layout::strewn(0.25, &mut rng);
        let mut place = || [7.0 * rng.unit() as f32, 7.0 * rng.unit() as f32];
        let (a, b) = (place(), place());
        // From every place of the way to every wall, and to the edge.
        let near = (0..=400).map(|i| {
            let share = i as f32 / 400.0;
            let p = [0, 1].map(|k| a[k] + share * (b[k] - a[k]));
            let walls = cells().filter(|&cell| !maze.is_floor(cell));
            let edge = p
                .iter()
                .map(|v| v.min(7.0 - v))
                .fold(f32::INFINITY, f32::min);
            walls
                .map(|cell| distance(p, nearest_in(cell, p)))
                .fold(edge, f32::min)
        });
        let near = near.fold(f32::INFINITY, f32::min);
        for margin in [0.0, 0.1, 0.3] {
            // A way may come closer between two of the places.
            if (near - margin).abs() > 0.02 {
                assert_eq!(
                    maze.is_clear(a, b, margin),
                    near > margin,
                    "{maze} {a:?} {b:?} {near} {margin}"
                );
            }
        }
    }
}

#[test]
fn the_expert_keeps_clear_of_walls_and_a_point_can_follow_it() {
    let set = PathSet::new(&Value::Null).expect("a set");
    let (mut arrived, mut shorter) = (0, 0.0);
    for i in 0..200 {
        let (task, plan) = layout::draw(3, i, LENGTH);
        assert_eq!(plan.len(), LENGTH);
        assert!(task.maze.admits(&plan), "{}", task.maze);
        assert!(distance(plan[0], task.start) < 1e-5);
        assert!(distance(plan[LENGTH - 1], task.goal) < 1e-3);
        let cells = [task.start, task.goal].map(|p| cell_of(p).expect("inside"));
        let route = expert::route(&task.maze, cells[0], cells[1], &EVEN).expect("a way");
        let best = expert::plan(&task, &EVEN, LENGTH).expect("a way");
        let over_cells: Vec<Place> = route.iter().map(|&cell| middle(cell)).collect();
        shorter += f64::from(length(&best) / length(&over_cells).max(1.0));
        let ride = follow(&task, &plan);
        arrived += usize::from(ride.arrived);
        assert!(ride.track.iter().all(|body| task.maze.has(body.at)));
    }
    assert!(arrived >= 198, "{arrived} of 200");
    assert!(shorter / 200.0 < 1.0, "drawn taut: {}", shorter / 200.0);
    assert_eq!(set.held_out(5), set.held_out(5));
    assert_ne!(set.held_out(5).task, set.held_out(6).task);
    assert_ne!(set.draw(1, 5).task, set.held_out(5).task);
}

#[test]
fn forks_have_two_ways_of_the_same_length() {
    let set = PathSet::new(&Value::Null).expect("a set");
    for i in 0..30 {
        let task = set.fork(i);
        for [x, y] in cells() {
            assert_eq!(
                task.maze.is_floor([x, y]),
                task.maze.is_floor([SIDE - 1 - x, y])
            );
        }
        let plan = expert::plan(&task, &EVEN, LENGTH).expect("a way");
        let mirrored: Vec<Place> = plan.iter().map(|p| [SIDE as f32 - p[0], p[1]]).collect();
        assert!(
            task.maze.admits(&plan) && task.maze.admits(&mirrored),
            "{}",
            task.maze
        );
        assert!(!task.maze.is_clear(task.start, task.goal, 0.0));
    }
}

#[test]
fn mazes_are_read_as_they_are_written() {
    let mut rng = rng(4);
    for _ in 0..20 {
        let maze = layout::maze(&mut rng);
        let text = maze.to_string();
        assert_eq!(Maze::parse(&text).expect("it"), maze);
        assert_eq!(Maze::parse(&text.replace('/', "\n")).expect("it"), maze);
    }
    let top = Maze::parse("#....../......./......./......./......./......./.......").expect("it");
    assert!(
        !top.is_floor([0, SIDE - 1]) && top.is_floor([0, 0]),
        "rows from the top"
    );
    for text in [
        "",
        "...",
        &".".repeat(5000),
        &[".......".to_string(), "é".repeat(7)].join("/"),
        &["......x"; 7].join("/"),
    ] {
        let error = Maze::parse(text).expect_err("no maze");
        assert_eq!(error.code(), Code::BadOption);
    }
    for place in [[-1.0, 2.0], [7.0, 7.0], [f32::NAN, 1.0], [0.5, 6.5]] {
        let error = Task::new(top, [3.5, 3.5], place).expect_err("not on the floor");
        assert!(error.to_string().contains("floor"), "{error}");
    }
    let path = [[0.0, 0.0], [1.0, 0.0], [1.0, 3.0]];
    assert_eq!(along(&path, 2.5), [1.0, 1.5]);
    assert_eq!(
        resampled(&path, 5),
        [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, 3.0]]
    );
}

/// The distance of a place from the nearest wall, negative inside of one.
fn signed_distance(maze: &Maze, place: Place) -> f64 {
    let of = |floor: bool| {
        let near = cells().filter(|&cell| maze.is_floor(cell) == floor);
        let far = near.map(|cell| f64::from(distance(place, nearest_in(cell, place))));
        far.fold(f64::INFINITY, f64::min)
    };
    let edge = place
        .iter()
        .map(|&v| f64::from(v.min(SIDE as f32 - v)))
        .fold(f64::INFINITY, f64::min);
    if maze.has(place) {
        of(false).min(edge)
    } else {
        -of(true)
    }
}

#[test]
fn walls_push_down_the_gradient_of_their_cost() {
    let mut rng = rng(5);
    let cost =
        |maze: &Maze, place: Place| (0.2 - signed_distance(maze, place)).max(0.0).powi(2) / 2.0;
    let (mut pushed, mut checked) = (0, 0);
    for _ in 0..3000 {
        let maze = layout::strewn(0.3, &mut rng);
        let place = [(); 2].map(|()| 0.05 + 6.9 * rng.unit() as f32);
        let h = 1e-3;
        let slope = [0, 1].map(|k| {
            let at = |by: f32| {
                let mut place = place;
                place[k] += by;
                cost(&maze, place)
            };
            [
                (at(h) - at(0.0)) / f64::from(h),
                (at(0.0) - at(-h)) / f64::from(h),
            ]
        });
        // Where two walls are equally near there is a kink.
        if slope.iter().any(|[a, b]| (a - b).abs() > 5e-3) {
            continue;
        }
        checked += 1;
        let got = push(&maze, place);
        for k in 0..2 {
            let want = -(slope[k][0] + slope[k][1]) / 2.0;
            assert!(
                (f64::from(got[k]) - want).abs() < 1e-2,
                "{maze} {place:?} {got:?} {want}"
            );
        }
        pushed += usize::from(got != [0.0; 2]);
    }
    assert!(checked > 2500 && pushed > 500, "{checked} {pushed}");
}

/// A path that cuts a corner is pushed around it; one that is clear of walls and even stays as it is.
#[test]
fn a_corner_that_is_cut_is_walked_around() {
    let middle = SIDE as f32 / 2.0;
    let walled = |wall: &[Cell]| {
        let mut maze = Maze::parse(&".......\n".repeat(SIDE)).expect("a maze");
        wall.iter().for_each(|&cell| maze.put(cell, true));
        maze
    };
    let cut = walled(&[[3, 3], [4, 3], [5, 3], [6, 3]]);
    for (maze, ways, free) in [
        (cut, [[1.5, 1.3], [3.2, 3.3], [3.6, 5.5]], false),
        (walled(&[]), [[1.0, 1.0], [3.0, 3.0], [5.0, 5.0]], true),
    ] {
        let path = resampled(&ways, LENGTH);
        assert_eq!(maze.admits(&path), free);
        let task = Task::new(maze, ways[0], ways[2]).expect("a task");
        let pushes = Pushes::new(&[task], 1, &device::cpu());
        let units = path.iter().flatten().map(|v| (v - middle) / 2.0);
        let units = TensorData::new(units.collect::<Vec<f32>>(), [1, LENGTH, 2]);
        let clear = pushes.clear(Tensor::from_data(units, &device::cpu()), 1.0);
        let clear: Vec<Place> = (values(clear).chunks_exact(2))
            .map(|p| [p[0] * 2.0 + middle, p[1] * 2.0 + middle])
            .collect();
        assert!(maze.admits(&clear), "{clear:?}");
        let off = |i: usize| distance(clear[i], path[i]);
        assert!(off(0) < 1e-5 && off(LENGTH - 1) < 1e-5, "ends stay");
        if free {
            assert!((0..LENGTH).all(|i| off(i) < 1e-4), "{clear:?}");
        }
    }
}

fn small(device: &Device) -> Diffuser {
    let info = PathSet::new(&Value::Null).expect("a set").info;
    let config = json!({"n_layer": 2, "n_head": 2, "n_embd": 16, "channels": 8, "sweeps": 3});
    let config = DiffuserConfig::from_json(&config).expect("options");
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = Diffuser::init(&config, &info, &mut rng, device).expect("a model");
    let mut weights: Weights = pollster::block_on(Family::weights(&model)).expect("weights");
    by_formula(&mut weights);
    Family::with_weights(model, weights).expect("they fit")
}

fn reference() -> Value {
    let text = std::fs::read_to_string(root("tests/reference/diffuser.json"));
    serde_json::from_str(&text.expect("a committed file")).expect("JSON")
}

/// The tasks of tests/reference/diffuser.py, and its paths, which are none of the expert's.
fn three(device: &Device) -> (Vec<Task>, Tensor<3>) {
    let place = |v: &Value| [0, 1].map(|i| number(&v[i]) as f32);
    let task = |v: &Value| {
        let maze = Maze::parse(v["walls"].as_str().expect("a text")).expect("a maze");
        Task::new(maze, place(&v["start"]), place(&v["goal"])).expect("a task")
    };
    let tasks = reference()["tasks"]
        .as_array()
        .expect("a list")
        .iter()
        .map(task)
        .collect();
    let data = TensorData::new(signed(6, 3 * LENGTH * 2, 1.5), [3, LENGTH, 2]);
    (tasks, Tensor::from_data(data, device))
}

/// The predicted paths and the loss of three paths with noise from a formula.
fn guesses_and_loss(model: &Diffuser, device: &Device) -> (Tensor<3>, Tensor<1>) {
    let process = Process::of(Prediction::X0, NoiseSchedule::Cosine, 100);
    let levels = [10, 50, 90].map(|t| process.level(t));
    let (tasks, places) = three(device);
    let epsilon = TensorData::new(signed(5, 3 * LENGTH * 2, 1.0), [3, LENGTH, 2]);
    let epsilon = Tensor::<3>::from_data(epsilon, device);
    let flat = |t: &Tensor<3>| t.clone().reshape([3, 2 * LENGTH]);
    let noisy = Process::q_sample(flat(&places), flat(&epsilon), &levels);
    let (seen, times) = (model.read(&tasks), levels.map(|level| level.time));
    let guesses = model.predict(&seen, noisy.reshape([3, LENGTH, 2]), &times);
    (guesses, model.loss(&seen, places, epsilon, &levels))
}

fn loss_of(model: &Diffuser, device: &Device) -> Tensor<1> {
    guesses_and_loss(model, device).1
}

#[test]
fn predicted_paths_losses_and_gradients_are_pytorchs() {
    let (want, device) = (reference(), Device::flex().autodiff());
    let model = small(&device);
    let (guesses, loss) = guesses_and_loss(&model, &device);
    digest(
        "guesses",
        &values(guesses.without_autodiff()),
        &want["guesses"],
    );
    let got = f64::from(values(loss.clone().without_autodiff())[0]);
    assert!((got - number(&want["loss"])).abs() < 1e-5 * got, "{got}");
    let mut adam = Optimizer::default();
    adam.step(model.net().clone(), &loss, Hyper::new(1e-3));
    let moments = pollster::block_on(adam.read()).expect("moments");
    let want = want["gradients"].as_object().expect("a table");
    for (name, want) in want {
        let moment = moments[&format!("{name}.m")].as_slice::<f32>();
        let got: Vec<f32> = (moment.expect("floats").iter())
            .map(|m| m / (1.0 - 0.9f32))
            .collect();
        digest(name, &got, want);
    }
    let moved = moments.keys().filter(|k| k.ends_with(".m")).count();
    assert_eq!(moved, want.len());
}

#[test]
fn gradients_are_finite_differences() {
    let device = Device::flex().autodiff();
    let model = small(&device);
    let mut adam = Optimizer::default();
    adam.step(
        model.net().clone(),
        &loss_of(&model, &device),
        Hyper::new(1e-3),
    );
    let moments = pollster::block_on(adam.read()).expect("moments");
    let weights = pollster::block_on(Family::weights(&model)).expect("weights");
    let plain = device::cpu();
    let fresh = small(&plain);
    let names: Vec<String> = weights.keys().cloned().collect();
    assert!(names.len() > 20);
    for (salt, name) in names.iter().enumerate() {
        let moment = moments[&format!("{name}.m")]
            .as_slice::<f32>()
            .expect("floats");
        let gradient: Vec<f64> = moment.iter().map(|m| f64::from(*m) / (1.0 - 0.9)).collect();
        let n = gradient.len();
        let direction = signed(900 + salt as u32, n, 1.0);
        let size = (direction.iter().map(|d| f64::from(d * d)).sum::<f64>()).sqrt();
        let at = |h: f64| {
            let mut changed = weights.clone();
            let old = weights[name].clone();
            let dims = old.shape();
            let moved: Vec<f32> = (old
                .as_slice::<f32>()
                .expect("floats")
                .iter()
                .zip(&direction))
            .map(|(w, d)| w + (h * f64::from(*d) / size) as f32)
            .collect();
            changed.insert(name.clone(), TensorData::new(moved, dims));
            let model = Family::with_weights(fresh.clone(), changed).expect("they fit");
            f64::from(values(loss_of(&model, &plain))[0])
        };
        let h = 2e-2;
        let want = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
        let got: f64 = gradient
            .iter()
            .zip(&direction)
            .map(|(g, d)| g * f64::from(*d))
            .sum::<f64>()
            / size;
        assert!(
            (got - want).abs() < 2e-3 * (1.0 + want.abs()) + 0.03 * want.abs(),
            "{name}: {got} {want}"
        );
    }
}

#[test]
fn both_ends_of_every_path_are_the_tasks_at_every_step() {
    let device = device::cpu();
    let model = small(&device);
    let (tasks, _) = three(&device);
    for share in [0.0, 0.4, 1.0] {
        for walls in [0.0, 1.0] {
            let asked = AskedPlans {
                count: 2,
                share,
                walls,
                ..AskedPlans::default()
            };
            let paths = pollster::block_on(model.plans(&tasks, &asked, pause)).expect("paths");
            assert_eq!(paths.len(), 6);
            for (i, path) in paths.iter().enumerate() {
                assert!(distance(path[0], tasks[i / 2].start) < 1e-4);
                assert!(distance(path[LENGTH - 1], tasks[i / 2].goal) < 1e-4);
            }
            let again = pollster::block_on(model.plans(&tasks, &asked, pause)).expect("paths");
            assert_eq!(paths, again, "a seed repeats");
        }
    }
    let model = Family::valid(&model);
    let (full, condition) = (
        generative_playground::families::diffuser::DiffuserSampleOptions::default(),
        Condition::default(),
    );
    let mut sampler = model.sampler(&full, &condition, 3, 5).expect("a sampler");
    let Samples::Paths { paths, maze } = pollster::block_on(finish(&mut *sampler)).expect("it")
    else {
        panic!("paths");
    };
    assert_eq!(paths.dims(), [3, LENGTH, 2]);
    assert_eq!(maze, layout::draw(5, 0, LENGTH).0.maze);
}

#[test]
fn conditions_that_cannot_be_are_told() {
    let model = small(&device::cpu());
    let options = generative_playground::families::diffuser::DiffuserSampleOptions::default();
    let shut = "...#.../...#.../...#.../...#.../...#.../...#.../...#...";
    let ask = |start: Vec<f32>, goal: Vec<f32>| {
        let condition = Condition {
            walls: Some(shut.into()),
            start: Some(start),
            goal: Some(goal),
            ..Condition::default()
        };
        Family::sampler(&model, &options, &condition, 1, 1)
            .err()
            .map(|e| e.to_string())
    };
    assert!(ask(vec![0.5, 0.5], vec![2.5, 3.5]).is_none());
    let told = ask(vec![0.5, 0.5], vec![6.5, 3.5]).expect("no way");
    assert!(told.contains("no way leads there"), "{told}");
    assert!(
        ask(vec![3.5, 0.5], vec![2.5, 3.5])
            .expect("a wall")
            .contains("floor")
    );
    assert!(
        ask(vec![0.5], vec![2.5, 3.5])
            .expect("one number")
            .contains("two finite numbers")
    );
}

#[test]
fn one_maze_is_learned_by_heart() {
    let device = Device::flex().autodiff();
    let info = PathSet::new(&Value::Null).expect("a set").info;
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 32, "channels": 8, "sweeps": 4});
    let config = DiffuserConfig::from_json(&config).expect("options");
    let mut rng = Rng::new(1, Purpose::Init, 0);
    let mut model = Diffuser::init(&config, &info, &mut rng, &device).expect("a model");
    // A task whose straight way is not free.
    let (task, places) = (0..)
        .map(|i| layout::draw(2, i, LENGTH))
        .find(|(task, _)| !task.maze.is_clear(task.start, task.goal, 0.0))
        .expect("one");
    let batch = PathSet::batch(std::iter::repeat_n(paths::Path { task, places }, 8));
    let mut adam = Optimizer::default();
    let mut last = 0.0;
    for step in 0..150 {
        let mut rng = Rng::new(1, Purpose::Train, step);
        let losses = Family::losses(&model, &batch, &mut rng).expect("losses");
        last = values(losses[0].1.clone().without_autodiff())[0];
        let net = adam.step(model.net().clone(), &losses[0].1, Hyper::new(3e-3));
        *model.net_mut() = net;
    }
    assert!(last < 0.02, "{last}");
    let asked = AskedPlans {
        count: 4,
        ..AskedPlans::default()
    };
    let paths = pollster::block_on(model.plans(&[task], &asked, pause)).expect("paths");
    let free = paths.iter().filter(|path| task.maze.admits(path)).count();
    assert!(free >= 3, "{free} of 4 in {}", task.maze);
}

#[test]
fn the_stream_never_ends_and_paths_of_another_length_are_refused() {
    let set = PathSet::new(&Value::Null).expect("a set").into();
    let mut stream = Stream::new(3, 0);
    let batch = stream
        .next(&set, 4, 0, generative_playground::data::Binarize::None)
        .expect("a batch");
    assert_eq!(batch.paths().expect("paths").len(), 4);
    assert!(PathSet::new(&json!({"side": 9})).is_err());
    assert!(Space::Paths { length: LENGTH + 1 }.check().is_err());
    let info = DataInfo::new(paths::NAME, Space::Paths { length: LENGTH });
    info.check().expect("sound");
}

#[test]
fn plots_show_the_maze_even_where_no_way_leads_to_the_goal() {
    let (device, model) = (device::cpu(), small(&device::cpu()));
    let info = PathSet::new(&Value::Null).expect("a set").info;
    let ask = |change: &dyn Fn(&mut PlotRequest<'_>)| {
        let mut request = PlotRequest::new("samples", &info, device.clone());
        (request.count, request.at) = (3, 1.0);
        change(&mut request);
        pollster::block_on(plots::answer(&model, &request, pause))
    };
    let plot = |view: View| match view {
        View::Plot {
            window,
            layers,
            label,
            numbers,
            ..
        } => {
            assert_eq!(window, [0.0, 7.0, 0.0, 7.0]);
            (layers, label, numbers)
        }
        _ => panic!("a plot"),
    };
    let (layers, label, numbers) = plot(ask(&|_| {}).expect("a plot"));
    assert_eq!((label.as_str(), numbers.len()), ("after 20 of 20 steps", 3));
    let paths =
        |layer: &&Layer| matches!(layer, Layer::Lines { length, .. } if *length == LENGTH as u32);
    assert_eq!(
        layers.iter().filter(paths).count(),
        2,
        "A*'s and the bundle"
    );
    let shut = "...#.../...#.../...#.../...#.../...#.../...#.../...#...";
    const APART: &[Place] = &[[0.5, 0.5], [6.5, 6.5]];
    let answer = ask(&|request| (request.text, request.marks) = (shut, APART)).expect("a plot");
    let (layers, label, numbers) = plot(answer);
    assert_eq!(label, "no way leads from the start to the goal");
    assert!(numbers.is_empty() && layers.iter().filter(paths).count() == 0 && layers.len() == 4);
    let (_, label, numbers) = plot(ask(&|request| request.plot = "ride").expect("a plot"));
    assert!(label.contains("arrived") && numbers.len() == 3, "{label}");
    for change in [
        &(|request: &mut PlotRequest<'_>| request.count = 65) as &dyn Fn(&mut PlotRequest<'_>),
        &|request| request.count = 0,
        &|request| request.at = f32::NAN,
        &|request| request.walls = 2.0,
        &|request| request.text = "###",
        &|request| request.marks = &[[1.0, 1.0]],
        &|request| (request.text, request.marks) = (shut, &[[3.5, 3.5], [1.0, 1.0]]),
        &|request| request.plot = "density",
    ] {
        assert_eq!(ask(change).expect_err("refused").code(), Code::BadOption);
    }
}
