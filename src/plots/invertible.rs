//! Plots of every invertible model: its layers, one by one.

use burn::tensor::Tensor;

use crate::{
    data::Batch,
    error::Result,
    model::Invertible,
    scene::{PlotRequest, PlotSpec, Role, Scene, grid_lines, number},
};

/// Lines each way in a warped grid.
const LINES: usize = 17;
/// Points on each of them.
const POINTS: usize = 81;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    let plot = |id, title, help| PlotSpec::new(id, title, help).along("layers");
    vec![
        plot(
            "layers",
            "Data to noise",
            "Data and a straight grid, carried through the layers towards the noise.",
        ),
        plot(
            "generate",
            "Noise to data",
            "Noise and a straight grid, carried back through the layers to the data.",
        ),
    ]
}

/// Draw one of them, if it is one.
pub fn draw(flow: &dyn Invertible, request: &PlotRequest) -> Option<Result<Scene>> {
    match request.plot {
        "layers" => Some(layers(flow, request)),
        "generate" => Some(generate(flow, request)),
        _ => None,
    }
}

/// After which layer the scrubber stands, and how far it is on the way through the next one.
fn place(flow: &dyn Invertible, at: f32) -> (usize, f32) {
    let along = at * flow.depth() as f32;
    let whole = (along.floor() as usize).min(flow.depth());
    (whole, along - whole as f32)
}

fn label(done: usize, part: f32, of: usize, start: &str, end: &str) -> String {
    match (done, part > 0.01) {
        (0, false) => start.into(),
        (done, false) if done == of => end.into(),
        (done, false) => format!("after layer {done} of {of}"),
        (done, true) => format!("in layer {} of {of}", done + 1),
    }
}

/// Points after `done` layers and `part` of the next; `step` takes one layer.
fn carried(
    mut x: Tensor<2>,
    (done, part): (usize, f32),
    step: impl Fn(usize, Tensor<2>) -> Tensor<2>,
) -> Tensor<2> {
    for layer in 0..done {
        x = step(layer, x);
    }
    if part > 0.0 {
        let next = step(done, x.clone());
        x = x * (1.0 - part) + next * part;
    }
    x
}

fn layers(flow: &dyn Invertible, request: &PlotRequest) -> Result<Scene> {
    let standard = flow.standard();
    let at = place(flow, request.at);
    let step = |layer: usize, x| flow.forward_layer(layer, x).0;
    let data = request.data_batch();
    let mut scene = Scene::new(label(
        at.0,
        at.1,
        flow.depth(),
        "data, before the first layer",
        "noise, after the last layer",
    ));
    let grid = window_grid(request);
    let [k, n, _] = grid.dims();
    let grid = carried(standard.to_unit(grid.reshape([k * n, 2])), at, step);
    scene = scene.lines(Role::Model, standard.from_unit(grid).reshape([k, n, 2]));
    // An energy has no points.
    if !matches!(&data, Batch::Points { xy } if !xy.is_empty()) {
        return Ok(scene);
    }
    let start = standard.to_unit(data.points(&request.device)?);
    let x = carried(start.clone(), at, step);
    scene = scene.points(Role::Data, standard.from_unit(x));

    // What each layer adds to the log-determinant, on average over the data.
    let (mut z, mut each) = (start.clone(), Vec::new());
    for layer in 0..flow.depth() {
        let (next, logabsdet) = flow.forward_layer(layer, z);
        z = next;
        each.push(logabsdet.mean());
    }
    let mut back = z;
    for layer in (0..flow.depth()).rev() {
        back = flow.inverse_layer(layer, back).0;
    }
    let error = (back - start).abs().max() * standard.scale();
    Ok(scene
        .bars(
            "log |det| by layer, mean over the data",
            Tensor::cat(each, 0),
        )
        .measured(
            number("inverseError", "Largest |x − f⁻¹(f(x))|", 0.0, "", 7),
            error,
        ))
}

fn generate(flow: &dyn Invertible, request: &PlotRequest) -> Result<Scene> {
    let standard = flow.standard();
    let at = place(flow, request.at);
    let of = flow.depth();
    let step = |layer: usize, x| flow.inverse_layer(of - 1 - layer, x).0;
    let grid = grid_lines(3.0, LINES, POINTS, &request.device);
    let [k, n, _] = grid.dims();
    let grid = carried(grid.reshape([k * n, 2]), at, step);
    let z = carried(request.noise(), at, step);
    let (start, end) = (
        "noise, before the first step back",
        "samples, after all layers",
    );
    Ok(Scene::new(label(at.0, at.1, of, start, end))
        .lines(Role::Noise, standard.from_unit(grid).reshape([k, n, 2]))
        .points(Role::Model, standard.from_unit(z)))
}

/// A straight grid over the window, in its coordinates.
fn window_grid(request: &PlotRequest) -> Tensor<3> {
    let [left, right, bottom, top] = request.window();
    let unit = grid_lines(1.0, LINES, POINTS, &request.device);
    let half = [(right - left) / 2.0, (top - bottom) / 2.0];
    let middle = [(right + left) / 2.0, (top + bottom) / 2.0];
    let row = |v: [f32; 2]| Tensor::<3>::from_floats([[v]], &request.device);
    unit * row(half) + row(middle)
}
