//! `RESULTS.md` beside the recipes of 2-D points: what was measured, with what follows from it and from the
//! recipes (means, parameters, steps, goals), and what stands beside it (published values, floors).

use std::{collections::BTreeMap, path::Path};

use super::{
    Place,
    files::{Output, read},
    recipe::Recipe,
};
use crate::{
    error::{Error, Result},
    training::Plan,
};

/// Published values: data set, metric, value, source.
const PUBLISHED: [(&str, &str, &str, &str); 16] = [
    ("ring", "modes", "7.9", PAC_2),
    ("ring", "highQuality", "95.6", PAC_2),
    ("ring", "modeKl", "0.07", PAC_2),
    ("ring", "modes", "6.3", GAN),
    ("ring", "highQuality", "98.2", GAN),
    ("ring", "modeKl", "0.45", GAN),
    ("grid", "modes", "24.8", PAC_4),
    ("grid", "highQuality", "93.6", PAC_4),
    ("grid", "modeKl", "0.04", PAC_4),
    ("grid", "modes", "17.3", GAN),
    ("grid", "highQuality", "94.8", GAN),
    ("grid", "modeKl", "0.70", GAN),
    ("circle", "knnKl", "0.354", DIFFUSION),
    ("dino", "knnKl", "0.989", DIFFUSION),
    ("line", "knnKl", "0.161", DIFFUSION),
    ("moons-tight", "knnKl", "0.090", DIFFUSION),
];
const PAC_2: &str = "PacGAN2 (Lin et al. 2018)";
const PAC_4: &str = "PacGAN4 (Lin et al. 2018)";
const GAN: &str = "GAN (Lin et al. 2018)";
const DIFFUSION: &str =
    "untuned DDPM baseline, 0.30 M (github.com/SakanaAI/AI-Scientist, 2d_diffusion)";

/// Published values of a metric on a data set, each with its source.
pub fn published(data: &str, metric: &str) -> Vec<String> {
    let found = PUBLISHED.iter().filter(|p| p.0 == data && p.1 == metric);
    found.map(|p| format!("{} {}", p.2, p.3)).collect()
}

/// What stands in place of a family where fresh points of the data itself are measured.
const REAL: &str = "real points";

/// The id of a metric, from what it is called.
pub fn id_of(title: &str) -> &'static str {
    const IDS: [(&str, &str); 7] = [
        ("Modes of", "modes"),
        ("High quality", "highQuality"),
        ("KL over the modes", "modeKl"),
        ("k-NN KL", "knnKl"),
        ("KL(data‖model)", "klToTruth"),
        ("KL(model‖data)", "reverseKl"),
        ("−log p", "nll"),
    ];
    let found = IDS.iter().find(|(begin, _)| title.starts_with(begin));
    found.map_or("", |(_, id)| id)
}

/// One metric, measured with several seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Id of the recipe; of real points, `real-` and the data set.
    pub recipe: String,
    /// Id of the family.
    pub family: String,
    /// Name of the data set.
    pub data: String,
    /// What was measured.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Its value for each seed, as it is printed.
    pub values: Vec<String>,
    /// Seconds of training, the median.
    pub seconds: String,
}

impl Row {
    /// The rows of real points of a data set, which no recipe makes.
    pub fn of_real_points(data: &str, metric: &str, unit: &str, values: Vec<String>) -> Self {
        Self {
            recipe: format!("real-{data}"),
            family: REAL.into(),
            data: data.into(),
            metric: metric.into(),
            unit: unit.into(),
            values,
            seconds: "–".into(),
        }
    }

    fn numbers(&self) -> Vec<f64> {
        self.values.iter().filter_map(|v| v.parse().ok()).collect()
    }

    fn digits(&self) -> usize {
        let places = |v: &String| v.split_once('.').map_or(0, |(_, places)| places.len());
        self.values.iter().map(places).max().unwrap_or(0)
    }

    /// Mean over seeds with its standard error, and the unit.
    pub fn mean(&self) -> String {
        let values = self.numbers();
        let n = values.len() as f64;
        let mean = mean(&values);
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        // Of counts, a digit more than each of them has.
        let digits = self.digits().max(1);
        match values.len() {
            0 => "none".into(),
            1 => format!("{mean:.digits$} {}", self.unit),
            _ => format!(
                "{mean:.digits$} ± {:.digits$} {}",
                (squares / (n * (n - 1.0))).sqrt(),
                self.unit
            ),
        }
        .trim()
        .into()
    }

    fn cells(&self) -> String {
        self.values.join(", ")
    }
}

/// NaN of nothing.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Whether a mean meets a recipe's goal; nothing where it names none.
pub fn verdict(recipe: &Recipe, row: &Row) -> String {
    let id = id_of(&row.metric);
    let Some(&goal) = recipe.goals.get(id) else {
        return String::new();
    };
    let mean = mean(&row.numbers());
    let (more, met) = match id {
        "modes" | "highQuality" => ("≥", mean >= goal),
        _ => ("≤", mean <= goal),
    };
    format!("{more} {goal}, {}", if met { "met" } else { "missed" })
}

/// The middle value of some numbers; what is not a number counts as the worst.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values
        .map(|v| if v.is_nan() { f64::INFINITY } else { v })
        .collect();
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => f64::NAN,
        (n, middle) if n % 2 == 1 => values[middle],
        (_, middle) => 0.5 * (values[middle - 1] + values[middle]),
    }
}

const HEAD: &str = "# Measured

Written by `playground evaluate recipes/points/NAME.toml --seeds 5 --write`, which trains the recipe anew with each
seed, and, for real points in place of samples, by `playground evaluate DATA --seeds 5 --write`. Means are over seeds,
with their standard error; every seed's value stands beside them, in the order of the seeds, and goals are judged by
the means. Held-out: 20,000 points. Modes: 2,500 samples, high quality within 3σ of the nearest centre; shares of the
modes count all samples. k-NN KL: 100,000 real points against 10,000 samples, k = 5, maximum norm, in bits as NPEET's
`kldiv` gives it; the estimate is biased, and *real against real* is what it gives of fresh points of the data itself.
Recipes were chosen on the same held-out points on which they are measured: these are validation values. Seconds of
planar and radial flows are processor time, measured on a busy machine.

";
const COLUMNS: [&str; 12] = [
    "recipe",
    "family",
    "parameters",
    "steps",
    "data",
    "metric",
    "mean over seeds",
    "each seed",
    "real against real",
    "goal",
    "published",
    "seconds of training",
];

/// The rows of a table, by the names of its columns.
fn parse(text: &str) -> Vec<Row> {
    let cells = |line: &str| -> Vec<String> {
        let inside = line.trim().trim_start_matches('|').trim_end_matches('|');
        inside.split('|').map(|cell| cell.trim().into()).collect()
    };
    let mut lines = text
        .lines()
        .skip_while(|line| !line.starts_with("| recipe"));
    let head = lines.next().map(cells).unwrap_or_default();
    let rows = lines.filter(|line| line.starts_with("| "));
    rows.map(|line| {
        let all = cells(line);
        let cell = |name: &str| {
            let at = head.iter().position(|column| column == name);
            at.and_then(|at| all.get(at)).cloned().unwrap_or_default()
        };
        // The unit stands behind the mean, in earlier files behind the median.
        let middle = match cell("mean over seeds") {
            mean if mean.is_empty() => cell("median"),
            mean => mean,
        };
        let unit = middle.split_whitespace().last().unwrap_or_default();
        let a_number = unit.parse::<f64>().is_ok();
        Row {
            recipe: cell("recipe"),
            family: cell("family"),
            data: cell("data"),
            metric: cell("metric"),
            unit: if a_number { String::new() } else { unit.into() },
            values: cell("each seed").split(", ").map(Into::into).collect(),
            seconds: cell("seconds of training"),
        }
    })
    .collect()
}

/// What a recipe in `folder` says beside what was measured: parameters, steps, and itself.
fn about(folder: &Path, id: &str, place: &Place) -> Option<(String, String, Recipe)> {
    let path = folder.join(format!("{id}.toml"));
    let recipe = Recipe::read(&path).ok()?;
    let data = recipe.load(&path, recipe.seed, place).ok()?;
    let (config, train) = recipe.options(data.info()).ok()?;
    let plan = Plan::of(&recipe.family, &config, &train, data.info()).ok()?;
    let parameters = format!("{}", plan.parameters as u64);
    Some((parameters, train.steps.to_string(), recipe))
}

fn render(rows: &[Row], folder: &Path, place: &Place) -> String {
    let floor = |data: &str, id: &str| {
        let mut real = rows.iter().filter(|r| r.family == REAL && r.data == data);
        real.find(|r| id_of(&r.metric) == id).map(Row::mean)
    };
    let mut recipes = BTreeMap::new();
    let mut out = format!("{HEAD}| {} |\n", COLUMNS.join(" | "));
    out.push_str(&format!("|{}\n", "---|".repeat(COLUMNS.len())));
    for row in rows {
        let id = id_of(&row.metric);
        let known = recipes
            .entry(&row.recipe)
            .or_insert_with(|| about(folder, &row.recipe, place));
        let (parameters, steps, goal) = match known {
            Some((parameters, steps, recipe)) => {
                (parameters.as_str(), steps.as_str(), verdict(recipe, row))
            }
            None => ("–", "–", String::new()),
        };
        let beside = match (row.family == REAL, id) {
            // What a sampler can come to: not the likelihoods, which have their own true value.
            (false, "knnKl" | "highQuality" | "modeKl") => {
                floor(&row.data, id).unwrap_or_else(|| "not measured".into())
            }
            _ => String::new(),
        };
        let cells = [
            &row.recipe,
            &row.family,
            parameters,
            steps,
            &row.data,
            &row.metric,
            &row.mean(),
            &row.cells(),
            &beside,
            &goal,
            &match row.family == REAL {
                true => String::new(),
                false => published(&row.data, id).join("; "),
            },
            &row.seconds,
        ];
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// Put or replace the rows of one recipe, or of real points of one data set.
pub fn keep(path: &Path, rows: &[Row], place: &Place) -> Result<()> {
    let output = Output::wait_for(path)?;
    let old = match read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(Error::FileNotFound { .. }) => String::new(),
        Err(error) => return Err(error),
    };
    let mut all: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in parse(&old) {
        all.entry(row.recipe.clone()).or_default().push(row);
    }
    if let Some(first) = rows.first() {
        all.insert(first.recipe.clone(), rows.to_vec());
    }
    let all: Vec<Row> = all.into_values().flatten().collect();
    let folder = path.parent().unwrap_or(Path::new("."));
    output.write(render(&all, folder, place).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(metric: &str, values: &[&str]) -> Row {
        let values = values.iter().map(|&v| v.into()).collect();
        Row::of_real_points("ring", metric, "nats", values)
    }

    #[test]
    fn means_have_their_errors() {
        // √((1 + 1) / (3 · 2)) = 0.577
        let each = row("KL over the modes", &["0.001", "0.002", "0.003"]);
        assert_eq!(each.mean(), "0.002 ± 0.001 nats");
        assert_eq!(row("Modes of 8", &["8", "7", "6"]).mean(), "7.0 ± 0.6 nats");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let place = Place {
            data: "data".into(),
            checkpoints: "web/checkpoints".into(),
            device: "flex".into(),
        };
        let mut ours = row("k-NN KL, k = 5", &["0.1", "0.3"]);
        (ours.recipe, ours.family, ours.unit) = ("mine".into(), "gan".into(), "bits".into());
        let rows = vec![ours, row("k-NN KL, k = 5", &["-0.02", "-0.01"])];
        let text = render(&rows, Path::new("/nowhere"), &place);
        assert_eq!(parse(&text), rows);
        // The floor stands beside the value.
        let line = text
            .lines()
            .find(|l| l.starts_with("| mine"))
            .expect("a line");
        assert!(
            line.contains("| -0.01 ± 0.01 nats |") || line.contains("| -0.02 ± 0.01 nats |"),
            "{line}"
        );
        // Earlier files had a median in place of the mean.
        let old = "| recipe | family | data | metric | median | each seed | goal | published | seconds of training |\n\
                   |---|---|---|---|---|---|---|---|---|\n\
                   | a | gan | ring | High quality | 97.8 % | 98.1, 97.4 |  |  | 267 |\n\
                   | a | gan | ring | Modes of 8 | 8 | 8, 8 |  |  | 267 |\n";
        let read = parse(old);
        assert_eq!((read[0].unit.as_str(), read[1].unit.as_str()), ("%", ""));
        assert_eq!(read[0].values, ["98.1", "97.4"]);
    }
}
