//! What is shown of an in-context learner.

use burn::tensor::{Tensor, TensorData};

use super::InContext;
use crate::{
    data::{
        SpaceKind,
        functions::{self, Class, Prior, Shift},
        posterior::{self, Posterior},
        regression,
        rivals::Rival,
    },
    error::{Error, Result},
    rng::{Purpose, Rng},
    scene::{PlotInput, PlotRequest, PlotSpec, Role, Scene, number},
};

/// Prompts behind a curve of errors.
const PROMPTS: usize = 300;
/// Prompts behind each point outside of what was trained on.
const OUTSIDE: usize = 100;
/// Factors there: from a quarter to four.
const FACTORS: usize = 9;
/// Points of a curve.
const PLACES: usize = 81;
/// How high a curve is drawn.
const HIGH: f32 = 7.0;
/// The largest value of an example of the reader's.
const FAR: f32 = 1e3;

/// What it shows.
pub fn plots(_: SpaceKind) -> Vec<PlotSpec> {
    vec![
        PlotSpec::new(
            "samples",
            "Guesses",
            "Each dot is a function that the model has never met: to the right its true value at some x, upwards what the model guesses after the examples of its prompt. With more examples the dots move to the diagonal, though no weight changes.",
        )
        .along("examples"),
        PlotSpec::new(
            "curve",
            "Your examples",
            "Place examples: the model reads them as its prompt and says what the function is everywhere else. No weight changes. Beside it is the best possible guess, Bayesian regression on the same cosines with the same noise.",
        )
        .with(PlotInput::Marks),
        PlotSpec::new(
            "errors",
            "Error by examples",
            "The mean square error on new functions after 0, 1, 2, … examples, as a share of what guessing 0 gives. Of linear functions ridge regression that knows the noise is the best that can be done; least squares fits the noise as well while there are about as many examples as inputs.",
        )
        .twice(),
        PlotSpec::new(
            "sparse",
            "Sparse functions",
            "The same for functions of which only a third of the weights are not zero. The lasso looks for such functions: of four penalties the best is taken for each number of examples. The best that can be done weighs all choices of weights by how well they explain the examples.",
        )
        .twice(),
        PlotSpec::new(
            "trees",
            "Decision trees",
            "The same for trees that ask twice whether some input is positive. One tree is grown from the examples, each time by the question that lowers the error most. The best that can be done weighs all trees by how well they explain the examples.",
        )
        .twice(),
        PlotSpec::new(
            "outside",
            "Outside its training",
            "How often as large the error is as that of the best guess that knows what has changed, both after twice as many examples as inputs, as a power of two upwards. To the left and to the right inputs, functions or noise are made smaller or larger than any in training, again as powers of two.",
        )
        .twice(),
    ]
}

/// Draw one of [`plots`].
///
/// # Errors
/// [`Error::BadOption`] for a plot it does not offer, and for examples that are none.
pub fn plot(model: &InContext, request: &PlotRequest) -> Result<Scene> {
    match request.plot {
        "samples" => guesses(model, request),
        "curve" => curve(model, request),
        "errors" => Ok(errors(model, request, main_class(model))),
        "sparse" => Ok(errors(model, request, Class::Sparse)),
        "trees" => Ok(errors(model, request, Class::Trees)),
        "outside" => Ok(outside(model, request)),
        _ => Err(request.unknown()),
    }
}

/// The class that it is judged by first.
fn main_class(model: &InContext) -> Class {
    let classes = model.set.classes();
    classes.first().copied().unwrap_or(Class::Linear)
}

/// The class that a curve is taken for: curves, if it has learned any.
fn curve_class(model: &InContext) -> Class {
    let learned = model.set.classes().contains(&Class::Curves);
    if learned {
        Class::Curves
    } else {
        main_class(model)
    }
}

/// What is known of a function before its examples; where its class has too many to weigh, as of a linear one.
fn known(model: &InContext, class: Class, prior: Prior) -> Posterior {
    let of = |class| Posterior::new(class, model.inputs(), prior);
    of(class)
        .or_else(|| of(Class::Linear))
        .expect("linear functions have one shape")
}

fn guesses(model: &InContext, request: &PlotRequest) -> Result<Scene> {
    request.check_count(2000)?;
    if !(0.0..=1.0).contains(&request.at) {
        let reason = "it must lie between 0 and 1";
        return Err(Error::bad_option("at", request.at, reason));
    }
    let most = model.set.options().length - 1;
    let examples = (request.at * most as f32).round() as usize;
    let points = model.guessed(request.count.min(500), examples, request.seed);
    let window = functions::window(model.inputs());
    let [low, high, ..] = window;
    let label = match examples {
        1 => "after 1 example".into(),
        n => format!("after {n} examples"),
    };
    Ok(Scene::new(label)
        .window(window)
        .lines(Role::Guide, line(model, &[[low, low], [high, high]]))
        .points(Role::Model, points))
}

/// One polyline `[1, points, 2]`.
fn line(model: &InContext, points: &[[f32; 2]]) -> Tensor<3> {
    let data = TensorData::new(points.concat(), [1, points.len(), 2]);
    Tensor::from_data(data, &model.device())
}

fn curve(model: &InContext, request: &PlotRequest) -> Result<Scene> {
    let marks = request.marks;
    let sound = |&[u, y]: &[f32; 2]| u.abs() <= 1.0 && y.abs() <= FAR;
    if let Some(mark) = marks.iter().find(|mark| !sound(mark)) {
        let value = format!("{}, {}", mark[0], mark[1]);
        let reason = "an example lies between −1 and 1, and no higher than 1,000";
        return Err(Error::bad_option("marks", value, reason));
    }
    let at = |i: usize| 2.0 * i as f32 / (PLACES - 1) as f32 - 1.0;
    let places: Vec<f32> = (0..PLACES).map(at).collect();
    let guessed = model.curve(marks, &places)?;
    let d = model.inputs();
    let mut known = known(model, curve_class(model), model.set.prior());
    for &[u, y] in marks {
        known.learn(&functions::cosines(u, d), f64::from(y));
    }
    let exact = |&u: &f32| [u, known.guess(&functions::cosines(u, d)) as f32];
    let exact: Vec<_> = places.iter().map(exact).collect();
    let label = match marks.len() {
        0 => "without examples".into(),
        1 => "after 1 example".into(),
        n => format!("after {n} examples"),
    };
    let mut scene = Scene::new(label)
        .window([-1.05, 1.05, -HIGH, HIGH])
        .lines(Role::Noise, line(model, &exact))
        .lines(Role::Model, guessed)
        .key(Role::Model, "Transformer")
        .key(Role::Noise, "Bayesian regression");
    if !marks.is_empty() {
        let data = TensorData::new(marks.concat(), [marks.len(), 2]);
        let points = Tensor::from_data(data, &model.device());
        scene = scene
            .points(Role::Data, points)
            .key(Role::Data, "Your examples");
    }
    Ok(scene)
}

/// A curve of errors as shares of `d`.
fn shares(model: &InContext, errors: &[f64]) -> Tensor<3> {
    let d = model.inputs() as f64;
    let points = errors.iter().enumerate();
    let points: Vec<_> = points.map(|(k, e)| [k as f32, (e / d) as f32]).collect();
    line(model, &points)
}

fn errors(model: &InContext, request: &PlotRequest, class: Class) -> Scene {
    let (d, t) = (model.inputs(), model.set.options().length);
    let mut rows = Vec::new();
    for i in 0..PROMPTS {
        let mut rng = Rng::new(request.seed, Purpose::Evaluate, i as u64);
        rows.extend(model.set.prompt_of(class, Shift::NONE, &mut rng));
    }
    let own = model.squares(&rows, t).mean_dim(0); // [1, t]
    let k: Vec<f32> = (0..t).map(|k| k as f32).collect();
    let k = Tensor::from_data(TensorData::new(k, [t, 1]), &own.device());
    let own = Tensor::cat(vec![k, own.clone().reshape([t, 1]) / d as f64], 1);
    let (what, most) = (class.title(), t - 1);
    let last = most as f32;
    let mut scene = Scene::new(format!("{what}: error after 0 to {most} examples"))
        .window([-0.3, last + 0.3, -0.03, 1.6])
        .lines(
            Role::Guide,
            line(model, &[[d as f32, 0.0], [d as f32, 1.6]]),
        )
        .key(Role::Guide, "as many examples as inputs");
    let rivals: &[(Rival, Role, &str)] = match class {
        Class::Linear | Class::Curves => &[
            (Rival::LeastSquares, Role::Data, "Least squares"),
            (Rival::Ridge, Role::Noise, "Ridge regression"),
        ],
        Class::Sparse => &[
            (Rival::Ridge, Role::Data, "Ridge regression"),
            (Rival::Lasso, Role::Guess, "Lasso"),
            (Rival::Best, Role::Noise, "Best possible"),
        ],
        Class::Trees => &[
            (Rival::Ridge, Role::Data, "Ridge regression"),
            (Rival::Grown, Role::Guess, "A grown tree"),
            (Rival::Best, Role::Noise, "Best possible"),
        ],
    };
    for &(rival, role, name) in rivals {
        if let Some(errors) = rival.errors(class, &model.set, &rows) {
            scene = scene.lines(role, shares(model, &errors)).key(role, name);
        }
    }
    scene
        .lines(Role::Model, own.reshape([1, t, 2]))
        .key(Role::Model, "Transformer")
}

/// What may be other than in training.
const CHANGES: [(&str, Role); 3] = [
    ("inputs", Role::Model),
    ("functions", Role::Data),
    ("noise", Role::Noise),
];

fn outside(model: &InContext, request: &PlotRequest) -> Scene {
    let (d, most) = (model.inputs(), model.set.options().length - 1);
    let k = (2 * d).min(most);
    let (class, size) = (main_class(model), (k + 1) * (d + 2));
    let powers: Vec<f32> = (0..FACTORS)
        .map(|i| 4.0 * i as f32 / (FACTORS - 1) as f32 - 2.0)
        .collect();
    let mut scene = Scene::new(format!("error after {k} examples"))
        .window([-2.1, 2.1, -1.0, 5.0])
        .lines(Role::Guide, line(model, &[[-2.1, 0.0], [2.1, 0.0]]))
        .key(Role::Guide, "as good as can be");
    for (what, role) in CHANGES {
        let (mut rows, mut best) = (Vec::new(), Vec::new());
        for power in &powers {
            let factor = power.exp2();
            let shift = match what {
                "inputs" => Shift {
                    inputs: factor,
                    ..Shift::NONE
                },
                "functions" => Shift {
                    function: factor,
                    ..Shift::NONE
                },
                _ => Shift {
                    noise: factor,
                    ..Shift::NONE
                },
            };
            let mut prompts = Vec::with_capacity(OUTSIDE * size);
            for i in 0..OUTSIDE {
                let mut rng = Rng::new(request.seed, Purpose::Evaluate, i as u64);
                prompts.extend(&model.set.prompt_of(class, shift, &mut rng)[..size]);
            }
            let prior = Prior {
                noise: model.set.options().noise * f64::from(shift.noise),
                function: f64::from(shift.function),
            };
            let guess = |prompt: &[f32]| {
                let mut known = known(model, class, prior);
                posterior::guesses(&mut known, prompt, d)
            };
            let errors = regression::errors_of(&prompts, d, k + 1, guess);
            best.push(errors[k].max(1e-12) as f32);
            rows.extend(prompts);
        }
        let squares = model.squares(&rows, k + 1).narrow(1, k, 1); // [powers · OUTSIDE, 1]
        let own = squares.reshape([FACTORS, OUTSIDE]).mean_dim(1); // [powers, 1]
        let of = |values: Vec<f32>| {
            Tensor::<2>::from_data(TensorData::new(values, [FACTORS, 1]), &own.device())
        };
        let ratio = (own.clone() / of(best)).log() / std::f64::consts::LN_2;
        let points = Tensor::cat(vec![of(powers.clone()), ratio], 1);
        scene = scene
            .lines(role, points.reshape([1, FACTORS, 2]))
            .key(role, what);
    }
    scene.number(number("examples", "examples", k as f64, "", 0))
}
