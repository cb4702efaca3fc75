//! Walls that push: the gradient of how far places are within a margin of walls.

use burn::tensor::{Device, Tensor, TensorData};

use super::{LENGTH, UNIT, in_cells, inner, tents};
use crate::{
    nn::linear::matmul,
    worlds::maze::{Maze, Place, SIDE, Task, distance, nearest_in},
};

/// How far from walls nothing pushes any more, in cells.
const MARGIN: f32 = 0.2;
/// Nodes of the field in a cell, along each axis.
const FINE: usize = 5;
/// Nodes along an axis.
const NODES: usize = FINE * SIDE;
/// Steps down the gradient for each step of the sampler.
const STEPS: usize = 2;
/// Steps down the gradient once a path is there, and how much of the way to the mean of its neighbours a place goes
/// in each.
const LAST: usize = 24;
const EVEN: f64 = 0.2;

/// −∇C of one place at the middles of small squares, for some mazes: to the right, then upwards, each `[n, NODES, NODES]`
/// with a row for each height.
#[derive(Clone)]
pub struct Pushes {
    right: Tensor<3>,
    up: Tensor<3>,
}

/// −∇ ½ max(0, margin − d(p))² at a place, in cells: straight away from the nearest wall, or out of it.
pub fn push(maze: &Maze, place: Place) -> [f32; 2] {
    let cells = || (0..SIDE * SIDE).map(|i| [i % SIDE, i / SIDE]);
    let nearest = |floor: bool| {
        let near = cells()
            .filter(|&cell| maze.is_floor(cell) == floor)
            .map(|cell| nearest_in(cell, place));
        near.min_by(|a, b| distance(*a, place).total_cmp(&distance(*b, place)))
    };
    let away = |from: Place, to: Place, by: f32| {
        let far = distance(from, to);
        match far > 1e-6 {
            true => [0, 1].map(|i| (to[i] - from[i]) / far * by),
            false => [0.0; 2],
        }
    };
    if !maze.has(place) {
        // Out to the nearest floor, and beyond it by the margin.
        return match nearest(true) {
            Some(floor) => away(place, floor, MARGIN + distance(place, floor)),
            None => [0.0; 2],
        };
    }
    // The walls around the maze are as near as its edges.
    let side = SIDE as f32;
    let [x, y] = place;
    let edges = [[0.0, y], [side, y], [x, 0.0], [x, side]];
    let all = edges.into_iter().chain(nearest(false));
    let wall = all.min_by(|a, b| distance(*a, place).total_cmp(&distance(*b, place)));
    match wall {
        Some(wall) if distance(wall, place) < MARGIN => {
            away(wall, place, MARGIN - distance(wall, place))
        }
        _ => [0.0; 2],
    }
}

impl Pushes {
    /// Those of the tasks' mazes, each `times` times in a row.
    pub fn new(tasks: &[Task], times: usize, device: &Device) -> Self {
        let node = |i: usize| (i as f32 + 0.5) / FINE as f32;
        let mut fields = [Vec::new(), Vec::new()];
        for task in tasks {
            let all = (0..NODES * NODES).map(|i| [node(i % NODES), node(i / NODES)]);
            let all: Vec<[f32; 2]> = all.map(|place| push(&task.maze, place)).collect();
            for (axis, field) in fields.iter_mut().enumerate() {
                for _ in 0..times {
                    field.extend(all.iter().map(|push| push[axis]));
                }
            }
        }
        let n = tasks.len() * times;
        let [right, up] = fields
            .map(|field| Tensor::from_data(TensorData::new(field, [n, NODES, NODES]), device));
        Self { right, up }
    }

    /// What pushes places `[n, h, 2]` in cells, likewise.
    fn at(&self, places: &Tensor<3>) -> Tensor<3> {
        let across = tents(places.clone().narrow(2, 0, 1), NODES, FINE as f32); // [n, h, NODES]
        let up = tents(places.clone().narrow(2, 1, 1), NODES, FINE as f32);
        let of = |field: &Tensor<3>| {
            let rows = matmul(up.clone(), field.clone()); // [n, h, NODES]
            (rows * across.clone()).sum_dim(2)
        };
        Tensor::cat(vec![of(&self.right), of(&self.up)], 2)
    }

    /// Paths `[n, H, 2]`, in the network's units, pushed away from walls; their ends stay. What lies between two places is
    /// pushed as well, and moves both.
    pub fn away(&self, paths: Tensor<3>, strength: f64) -> Tensor<3> {
        let inner = inner(&paths.device());
        (0..STEPS).fold(paths, |paths, _| self.step(paths, &inner, strength))
    }

    /// Paths from which no noise is left, pushed until they are clear of walls where that can be: a corner that is cut
    /// is walked around. Their places stay evenly apart meanwhile, as a rubber band's do.
    pub fn clear(&self, paths: Tensor<3>, strength: f64) -> Tensor<3> {
        let inner = inner(&paths.device());
        let ends = Tensor::zeros([paths.dims()[0], 1, 2], &paths.device());
        (0..LAST).fold(paths, |paths, _| {
            let paths = self.step(paths, &inner, strength);
            let places = |from| paths.clone().narrow(1, from, LENGTH - 2);
            let off = (places(0) + places(2)) / 2.0 - places(1);
            let off = Tensor::cat(vec![ends.clone(), off, ends.clone()], 1);
            paths.clone() + off * EVEN
        })
    }

    /// A step down the gradient.
    fn step(&self, paths: Tensor<3>, inner: &Tensor<3>, strength: f64) -> Tensor<3> {
        let n = paths.dims()[0];
        let cells = in_cells(paths.clone());
        let (first, last) = (
            cells.clone().narrow(1, 0, LENGTH - 1),
            cells.clone().narrow(1, 1, LENGTH - 1),
        );
        let between = self.at(&((first + last) / 2.0)); // [n, H − 1, 2]
        let none = Tensor::zeros([n, 1, 2], &cells.device());
        let before = Tensor::cat(vec![none.clone(), between.clone()], 1);
        let after = Tensor::cat(vec![between, none], 1);
        let all = self.at(&cells) + (before + after) / 2.0;
        paths + all * inner.clone() * (strength / f64::from(UNIT) / 2.0)
    }
}
