//! Samples whose steps are dealt out to helpers are those that one worker draws, to the last bit: for each family whose
//! samplers take steps sample by sample, for each way of sampling, and whoever is lost; and so are log-densities. And
//! the worker's host asks for helpers where they pay.

use std::{cell::RefCell, pin::pin, rc::Rc};

use crate::common::{
    self, by_formula,
    crew::{self, Fault, deliver, deliver_in_turn, join},
    root,
};
use burn::tensor::Tensor;
use generative_playground::{
    data::{ClipSet, DataInfo, PointSet, Space, scenes::words},
    device,
    error::Code,
    evaluate::density::log_prob,
    families,
    host::Host,
    model::{Condition, Dealer, Divided, Model, Reading, Sampler, Samples, sample_parts},
    protocol::{Answer, Bytes, Envelope, Outcome, Progress, Reply, Request, View, ViewQuery},
    rng::{Purpose, Rng},
    scene::PlotInputs,
    training::{Crew, Drawing, Trainer, Wished, Work, next_number},
};
use serde_json::{Value, json};
use web_time::Duration;

/// A model whose every weight counts.
fn model(family: &str, config: &Value, info: &DataInfo) -> Box<dyn Model> {
    let mut rng = Rng::new(1, Purpose::Init, 0);
    let model = families::init(family, config, info, &mut rng, &device::cpu()).expect("a model");
    let mut weights = pollster::block_on(model.weights()).expect("weights");
    by_formula(&mut weights);
    model.with_weights(weights).expect("they fit")
}

fn images(classes: usize, side: usize) -> DataInfo {
    let mut info = DataInfo::new("images", Space::grey(side, side));
    info.classes = (0..classes).map(|i| i.to_string()).collect();
    info
}

fn wished(options: Value, condition: Condition, count: usize) -> Wished {
    Wished {
        options,
        condition,
        count,
        seed: 7,
    }
}

fn sampler(model: &dyn Model, wished: &Wished) -> Box<dyn Sampler> {
    let Wished { options, count, .. } = wished;
    let sampler = model.sampler(options, &wished.condition, *count, wished.seed);
    sampler.expect("a sampler")
}

/// The bits of what there is.
fn bits(sampler: &dyn Sampler) -> Vec<u32> {
    fn of<const D: usize>(x: Tensor<D>) -> Vec<u32> {
        x.into_data().iter::<f32>().map(f32::to_bits).collect()
    }
    match sampler.state() {
        Samples::Images(images) => of(images),
        Samples::Clips(clips) => of(clips),
        other => panic!("{other:?}"),
    }
}

/// What there is after each step, by one worker.
fn alone(model: &dyn Model, wished: &Wished) -> Vec<Vec<u32>> {
    let mut sampler = sampler(model, wished);
    let mut all = Vec::new();
    while pollster::block_on(sampler.next()).expect("a step") {
        all.push(bits(&*sampler));
    }
    assert_eq!(all.len(), sampler.steps());
    all
}

/// The same by a crew.
fn together(
    crew: &Crew,
    weights: u64,
    model: &dyn Model,
    info: &DataInfo,
    wished: &Wished,
) -> Vec<Vec<u32>> {
    let work = Work::Samples(wished.clone());
    let drawing = Drawing::new(weights, model.boxed(), info.clone(), work);
    let mut sampler = sampler(model, wished);
    let mut all = Vec::new();
    let step = |sampler: &mut dyn Sampler| {
        let divided = sampler.divided().expect("sample by sample");
        pollster::block_on(crew.draw(&drawing, divided)).expect("a step")
    };
    while step(&mut *sampler) {
        all.push(bits(&*sampler));
    }
    all
}

/// A crew that takes steps of a drawing.
struct Together<'a>(&'a Crew, Drawing);

impl Dealer for Together<'_> {
    fn take_all<'a>(&'a self, divided: &'a mut dyn Divided, _: usize) -> Reading<'a, ()> {
        Box::pin(async move {
            while self.0.draw(&self.1, divided).await? {}
            Ok(())
        })
    }
}

#[test]
fn a_density_is_the_same_to_the_last_bit_whoever_computes_it() {
    let info = PointSet::toy("moons", &Value::Null, 1)
        .expect("points")
        .info;
    let config = json!({"hidden": 24, "layers": 2, "embedding": 16});
    let model = model("ddpm", &config, &info);
    let density = model.density().expect("a density");
    // Two steps of many points, and one of three.
    let xy: Vec<f32> = (0..2 * 1027)
        .map(|i| (0.37 * i as f32).sin() * 2.0)
        .collect();
    let by = |dealer: Option<&dyn Dealer>| {
        let found = log_prob(density, &xy, 1, common::pause, dealer);
        let found = pollster::block_on(found).expect("log-densities");
        found.into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    let alone = by(None);
    assert_eq!(alone.len(), 1027);
    let drawing = || Drawing::new(next_number(), model.boxed(), info.clone(), Work::Density);
    for helpers in [0, 1, 2, 8] {
        let crew = crew::of(helpers);
        assert!(
            by(Some(&Together(&crew, drawing()))) == alone,
            "{helpers} helpers"
        );
        assert_eq!(crew.take_lost(), [] as [u32; 0]);
    }
    for fault in [Fault::Mute, Fault::MuteAfter(1), Fault::Cut, Fault::Short] {
        let crew = Rc::new(Crew::new(deliver).with_patience(Duration::from_millis(100)));
        let answers = join(&crew, 7, Fault::None);
        join(&crew, 8, fault);
        assert!(by(Some(&Together(&crew, drawing()))) == alone, "{fault:?}");
        assert_eq!(crew.take_lost(), [8], "{fault:?}");
        assert!(answers.get() > 1, "the other one helped");
    }
}

/// Every family that draws sample by sample, with conditions and options of all kinds.
fn cases() -> Vec<(Box<dyn Model>, DataInfo, Vec<Wished>)> {
    let free = Condition::default;
    let steps = |sampler: &str| json!({"sampler": sampler, "steps": 5});
    let mut all = Vec::new();

    let info = images(3, 8);
    let config = json!({
        "timesteps": 40, "channels": 8, "levels": 2, "conditional": true, "prediction": "v",
        "shortcuts": true,
    });
    let known: Vec<u8> = (0..64).map(|i| u8::from(i % 3 == 0)).collect();
    let picture: Vec<f32> = (0..64).map(|i| i as f32 / 70.0).collect();
    let filled = Condition {
        known: Some(picture.clone()),
        mask: Some(known.clone()),
        ..free()
    };
    let wishes = vec![
        wished(json!({"steps": 6}), free(), 16),
        wished(
            steps("ddpm"),
            Condition {
                label: Some(2),
                guidance: Some(2.5),
                ..free()
            },
            11,
        ),
        wished(
            steps("ddim"),
            Condition {
                guidance: Some(0.3),
                ..free()
            },
            3,
        ),
        wished(
            json!({"sampler": "ddim", "eta": 0.4, "steps": 5}),
            free(),
            8,
        ),
        wished(steps("dpm-solver"), free(), 16),
        wished(steps("ode"), free(), 9),
        wished(steps("shortcut"), free(), 16),
        wished(json!({"steps": 4, "resample": 3}), filled.clone(), 8),
        wished(steps("dpm-solver"), filled.clone(), 12),
        wished(
            steps("dpm-solver"),
            Condition {
                start: Some(picture.clone()),
                strength: Some(0.7),
                ..free()
            },
            8,
        ),
        wished(
            steps("ddpm"),
            Condition {
                coarse: Some(picture[..16].to_vec()),
                ..free()
            },
            8,
        ),
    ];
    all.push((model("ddpm", &config, &info), info, wishes));

    let mut info = images(0, 8);
    info.words = words::vocabulary();
    let config = json!({"timesteps": 20, "channels": 8, "levels": 2, "squares": true});
    let told = Condition {
        prompt: Some(words::example()),
        guidance: Some(1.5),
        ..free()
    };
    let wishes = vec![wished(steps("ddpm"), told, 8)];
    all.push((model("ddpm", &config, &info), info, wishes));

    let info = images(4, 16);
    let config = json!({"channels": 8, "latent_channels": 2, "denoiser_channels": 16});
    let one = Condition {
        label: Some(1),
        guidance: Some(3.0),
        ..free()
    };
    let wishes = vec![
        wished(steps("ddpm"), free(), 9),
        wished(steps("dpm-solver"), one, 8),
    ];
    all.push((model("latent-diffusion", &config, &info), info, wishes));

    let info = ClipSet::of(common::mnist(), &Value::Null)
        .expect("clips")
        .info;
    let config = json!({"channels": 8, "levels": 2});
    let clip = Condition {
        prompt: Some("a three moving left".into()),
        ..free()
    };
    let options = json!({"steps": 2});
    let video = model("video", &config, &info);
    let mut wishes = vec![wished(options.clone(), free(), 2)];
    // What it can be asked for depends on its captions.
    if video.sampler(&options, &clip, 2, 1).is_ok() {
        wishes.push(wished(options, clip, 2));
    }
    all.push((video, info, wishes));

    let info = images(0, 8);
    for (levels, attention) in [(2, 0), (5, 0), (2, 2), (5, 1)] {
        let config = json!({
            "levels": levels, "channels": 6, "layers": 3, "reach": 2, "attention": attention,
        });
        let wishes = vec![
            wished(json!({"temperature": 0.9}), free(), 16),
            wished(Value::Null, filled.clone(), 3),
        ];
        all.push((model("pixelcnn", &config, &info), info.clone(), wishes));
    }
    for levels in [2, 4] {
        let config = json!({"levels": levels, "units": 5, "layers": 2, "reach": 2});
        let wishes = vec![
            wished(json!({}), free(), 12),
            wished(json!({}), filled.clone(), 2),
        ];
        all.push((model("pixelrnn", &config, &info), info.clone(), wishes));
    }
    all
}

#[test]
fn any_number_of_helpers_draws_what_one_worker_draws() {
    for (model, info, wishes) in cases() {
        let name = model.family();
        for wish in &wishes {
            let alone = alone(&*model, wish);
            for helpers in [0, 1, 2, 3, 8] {
                let crew = crew::of(helpers);
                let drawn = together(&crew, next_number(), &*model, &info, wish);
                assert!(drawn == alone, "{name}, {helpers} helpers: {wish:?}");
                assert_eq!(crew.take_lost(), [] as [u32; 0], "{name}: {wish:?}");
            }
        }
    }
}

#[test]
fn one_helper_draws_one_thing_after_the_other_and_trains_in_between() {
    let crew = Rc::new(Crew::new(deliver));
    let answers = join(&crew, 4, Fault::None);
    let cases = cases();
    let (ddpm, rnn) = (&cases[0], &cases[cases.len() - 1]);
    let weights = [next_number(), next_number()];
    for round in 0..3 {
        for ((model, info, wishes), weights) in [ddpm, rnn].into_iter().zip(weights) {
            // Of the same weights first one sampler, then another.
            for wish in &wishes[..2] {
                let before = answers.get();
                let drawn = together(&crew, weights, &**model, info, wish);
                assert!(drawn == alone(&**model, wish), "{round} {wish:?}");
                assert!(answers.get() > before, "it helped");
            }
        }
        let mut trainer = trainer();
        pollster::block_on(trainer.step_with(&crew)).expect("a step");
    }
    assert_eq!(crew.take_lost(), [] as [u32; 0]);
}

fn trainer() -> Trainer {
    let data = Rc::new(common::small_digits(8, 32, 8).into());
    let config = json!({"timesteps": 10, "channels": 8, "levels": 1});
    let train = generative_playground::options::Options::from_json(&json!({"batch_size": 32}));
    Trainer::new(
        "ddpm",
        &config,
        train.expect("options"),
        data,
        3,
        &device::cpu(),
    )
    .expect("a training")
}

#[test]
fn a_helper_that_fails_is_lost_and_no_sample_with_it() {
    let cases = cases();
    for (model, info, wishes) in [&cases[0], &cases[4]] {
        let wish = &wishes[0];
        let alone = alone(&**model, wish);
        for fault in [Fault::Mute, Fault::MuteAfter(1), Fault::Cut, Fault::Short] {
            let crew = Rc::new(Crew::new(deliver).with_patience(Duration::from_millis(100)));
            join(&crew, 7, Fault::None);
            join(&crew, 8, fault);
            let drawn = together(&crew, next_number(), &**model, &info.clone(), wish);
            assert!(drawn == alone, "{fault:?}");
            assert_eq!(crew.take_lost(), [8], "{fault:?}");
            assert_eq!(crew.size(), 1);
        }
    }
}

#[test]
fn what_no_sampler_sent_is_refused_without_a_panic() {
    for (model, _, wishes) in cases() {
        let mut sampler = sampler(&*model, &wishes[0]);
        let steps = sampler.steps();
        let divided = sampler.divided().expect("sample by sample");
        let rows = divided.ahead().expect("a step");
        let [n, wide] = rows.dims();
        let some = 0..sample_parts(n)[0].end;
        let of = |numbers: usize| Tensor::<2>::zeros([some.end, numbers], &device::cpu());
        for (step, numbers) in [(steps, wide), (steps + 9, wide), (0, wide - 1), (0, 1)] {
            let found = divided.step_of(step, some.clone(), of(numbers));
            let code = found.err().map(|error| error.code());
            assert_eq!(code, Some(Code::BadRequest), "{} {step}", model.family());
        }
        assert!(divided.take(of(3)).is_err());
        assert_eq!(divided.taken(), 0);
    }
}

/// What a host said of its samples.
#[derive(Default)]
struct Heard {
    asked: Vec<(u32, Vec<u32>)>,
    shown: usize,
    drawn: Option<View>,
    failed: Option<Code>,
}

/// Draws eight digits in a host in so many steps; helpers that are asked for come if `come`, the first of them silent.
/// It is cancelled as soon as it has asked, if `cancel`.
fn hosted(steps: u32, come: bool, cancel: bool) -> Heard {
    let bytes = std::fs::read(root("web/checkpoints/ddpm-mnist.safetensors")).expect("a model");
    let place = Request::Open {
        session: 1,
        bytes: Bytes(bytes),
        sha256: None,
    };
    let sample = Request::Sample {
        session: 1,
        count: 8,
        seed: 3,
        options: json!({"steps": steps}),
        condition: Condition::default(),
    };
    asked(place, sample, come, cancel)
}

/// The same of anything that is asked of a model that is put in place.
fn asked(place: Request, long: Request, come: bool, cancel: bool) -> Heard {
    let heard = Rc::new(RefCell::new(Heard::default()));
    let told = heard.clone();
    let emit = move |answer: Answer| {
        let mut heard = told.borrow_mut();
        match answer.reply {
            Reply::Progress { progress } => match progress {
                Progress::Helpers { count, lost } => heard.asked.push((count, lost)),
                Progress::Sampling { .. } => heard.shown += 1,
                _ => {}
            },
            Reply::Ok {
                outcome: Outcome::View { view },
            } => heard.drawn = Some(view),
            Reply::Ok { .. } => {}
            Reply::Error { error } => heard.failed = Some(error.code),
        }
    };
    let host = Rc::new(Host::new(device::cpu(), deliver_in_turn, Box::new(emit)));
    let ask = |id, request| host.handle(Envelope { id, request });
    pollster::block_on(async {
        ask(1, place).await;
        let sample = ask(2, long);
        let (mut sample, mut asked) = (pin!(sample), false);
        std::future::poll_fn(|context| {
            if !asked && !heard.borrow().asked.is_empty() {
                asked = true;
                if come {
                    crew::join_host(&host, 1, Fault::Mute);
                    crew::join_host(&host, 2, Fault::None);
                }
                if cancel {
                    pollster::block_on(ask(3, Request::Cancel { target: 2 }));
                }
            }
            let polled = sample.as_mut().poll(context);
            context.waker().wake_by_ref();
            polled
        })
        .await;
    });
    heard.take()
}

fn pixels(heard: &Heard) -> Vec<u8> {
    match &heard.drawn {
        Some(View::Image { rgba, .. }) => rgba.0.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_host_asks_for_helpers_where_samples_take_long_and_draws_the_same() {
    let short = hosted(2, true, false);
    assert!(short.asked.is_empty() && short.drawn.is_some());
    let steps = 500;
    let one = hosted(steps, false, false);
    assert_eq!([one.asked[0].0, one.asked[0].1.len() as u32], [1, 0]);
    assert_eq!(one.asked.last().map(|asked| asked.0), Some(0));
    let two = hosted(steps, true, false);
    let lost: Vec<u32> = two.asked.iter().flat_map(|asked| asked.1.clone()).collect();
    assert_eq!(lost, [1], "the one that says nothing is told");
    assert!(one.shown > 3 && two.shown > 3, "early pictures");
    assert!(pixels(&one) == pixels(&two));
    let ended = hosted(steps, true, true);
    assert_eq!(ended.failed, Some(Code::Cancelled));
    assert_eq!(ended.asked.last().map(|asked| asked.0), Some(0));
    assert!(ended.drawn.is_none());
}

#[test]
fn a_host_asks_for_helpers_for_a_density_that_takes_long_and_it_can_be_cancelled() {
    let place = |family: &str| Request::Create {
        session: 1,
        family: family.into(),
        data: "moons".into(),
        data_options: Value::Null,
        config: Value::Null,
        train: Value::Null,
        seed: 1,
    };
    let density = |resolution| {
        let inputs = PlotInputs {
            count: 10,
            resolution,
            ..PlotInputs::default()
        };
        Request::View {
            session: 1,
            query: ViewQuery::Plot {
                plot: "density".into(),
                inputs,
            },
            snapshot: None,
        }
    };
    // Half a second or less is not worth a worker, and a flow's density is there at once.
    for (family, resolution) in [("ddpm", 8), ("realnvp", 64)] {
        let short = asked(place(family), density(resolution), true, false);
        assert!(short.asked.is_empty(), "{family}");
        assert!(matches!(short.drawn, Some(View::Plot { .. })), "{family}");
    }
    let ended = asked(place("ddpm"), density(256), true, true);
    assert!(ended.asked[0].0 >= 1, "helpers were asked for");
    assert_eq!(ended.asked.last().map(|asked| asked.0), Some(0));
    assert_eq!(ended.failed, Some(Code::Cancelled));
}
