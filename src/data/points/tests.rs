use burn::tensor::{Tensor, TensorData};
use serde_json::json;

use super::*;
use crate::device;

/// A toy, and ∫ p and −∫ p ln p over a fine grid.
fn integrals(name: &str, noise: f64) -> Option<(PointSet, f64, f64)> {
    const N: usize = 450;
    let set = PointSet::toy(name, &json!({ "noise": noise }), 0).expect("a toy");
    let reach = f64::from(set.window()[1]) * 1.5;
    let step = 2.0 * reach / N as f64;
    let at = |i: usize| (-reach + (i as f64 + 0.5) * step) as f32;
    let cells: Vec<f32> = (0..N * N).flat_map(|i| [at(i % N), at(i / N)]).collect();
    let (mut mass, mut entropy) = (0.0, 0.0);
    for ln_p in set.log_density(&cells)? {
        let p = ln_p.exp() * step * step;
        mass += p;
        entropy -= if p > 0.0 { p * ln_p } else { 0.0 };
    }
    Some((set, mass, entropy))
}

#[test]
fn densities_integrate_to_one_and_their_samples_have_their_entropy() {
    // Entropies in nats; the moons' 1.009 is before they are scaled by 2.
    let known = [
        ("8gaussians", 2.832),
        ("moons", 1.009 + 4f64.ln()),
        ("circles", 3.268),
        ("rings", 2.625),
        ("checkerboard", 32f64.ln()),
        ("swissroll", 2.667),
        ("spirals", 2.64),
        ("line", 32f64.ln()),
    ];
    for info in toys() {
        let Some((set, mass, entropy)) = integrals(&info.id, 1.0) else {
            assert!(["circle", "dino"].contains(&info.id.as_str()));
            continue;
        };
        println!("{:<14}{mass:.5} {entropy:.4}", info.id);
        assert!((mass - 1.0).abs() < 0.005, "{}: {mass}", info.id);
        if let Some(&(_, want)) = known.iter().find(|k| k.0 == info.id) {
            assert!((entropy - want).abs() < 0.01, "{}: {entropy}", info.id);
        }
        if info.kind == SpaceKind::Energy {
            assert_eq!(set.test_len(), 0);
            continue;
        }
        let points: Vec<f32> = set.test.iter().flatten().copied().collect();
        let ln_p = set.log_density(&points).expect("known");
        let measured = -ln_p.iter().sum::<f64>() / ln_p.len() as f64;
        let id = info.id;
        assert!((measured - entropy).abs() < 0.03, "{id}: {measured}");
    }
}

#[test]
fn densities_follow_the_noise() {
    for noise in [0.5, 2.0] {
        for name in ["moons", "rings", "spirals", "pinwheel", "8gaussians"] {
            let (set, mass, entropy) = integrals(name, noise).expect("known");
            // Twice the noise reaches beyond the grid here and there.
            assert!((mass - 1.0).abs() < 0.01, "{name} {noise}: {mass}");
            let points: Vec<f32> = set.test.iter().flatten().copied().collect();
            let ln_p = set.log_density(&points).expect("known");
            let measured = -ln_p.iter().sum::<f64>() / ln_p.len() as f64;
            assert!((measured - entropy).abs() < 0.05, "{name} {noise}");
        }
    }
}

#[test]
fn fields_and_batches_are_fast() {
    // The best of three: other tests run beside this one.
    let best = |work: &dyn Fn()| {
        let times = [(); 3].map(|()| {
            let start = std::time::Instant::now();
            work();
            start.elapsed().as_secs_f64()
        });
        times.into_iter().fold(f64::INFINITY, f64::min)
    };
    for (name, ..) in TOYS {
        for noise in [1.0, 0.1] {
            let set = PointSet::toy(name, &json!({ "noise": noise }), 0).expect("a toy");
            let cells = crate::scene::cells(set.window(), 96);
            let field = best(&|| drop(set.log_density(&cells)));
            let mut seconds = best(&|| drop(set.draw(&mut Rng::new(0, Purpose::Data, 0), 512)));
            println!("{name:<14}{noise:<5}field {field:.4} s, 512 points {seconds:.6} s");
            seconds *= 1000.0;
            assert!(field < 0.3 && seconds < 0.3, "{name} {noise}");
        }
    }
}

#[test]
fn far_away_densities_are_small_numbers() {
    for (name, ..) in TOYS {
        let set = PointSet::toy(name, &Value::Null, 0).expect("a toy");
        let far = [1e6, -1e6, 0.0, 0.0, f32::NAN, 0.0, f32::INFINITY, 1.0];
        for ln_p in set.log_density(&far).into_iter().flatten() {
            assert!(ln_p < 10.0, "{name}: {ln_p}");
        }
    }
}

#[test]
fn energies_on_the_device_are_those_in_f64_and_have_their_gradient() {
    let device = device::cpu().autodiff();
    let xy = [
        0.3, -0.7, 2.0, 1.0, -2.0, 0.1, 1.0, -2.5, 4.3, 0.2, -4.6, 1.0, 0.0, 0.0,
    ];
    for which in 1..=4 {
        let name = format!("u{which}");
        let x = Tensor::<2>::from_data(TensorData::new(xy.to_vec(), [7, 2]), &device);
        let x = x.require_grad();
        let u = energy(&name, x.clone()).expect("an energy");
        let values: Vec<f32> = u.clone().into_data().try_to_vec().expect("f32");
        let gradients = u.sum().backward();
        let slopes = x.grad(&gradients).expect("a gradient").into_data();
        let slopes: Vec<f32> = slopes.try_to_vec().expect("f32");
        assert!(slopes.iter().all(|v| v.is_finite()), "{name}: {slopes:?}");
        for (i, p) in xy.as_chunks::<2>().0.iter().enumerate() {
            let p = p.map(f64::from);
            let want = energy::value(which, p);
            let found = f64::from(values[i]);
            assert!((found - want).abs() < 1e-4 * want.abs().max(1.0), "{name}");
            for d in 0..2 {
                let moved = |h: f64| {
                    let mut q = p;
                    q[d] += h;
                    energy::value(which, q)
                };
                let want = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                let found = f64::from(slopes[2 * i + d]);
                // At the origin U1 has a kink.
                let kink = which == 1 && p == [0.0, 0.0];
                let close = (found - want).abs() < 1e-3 * want.abs().max(1.0);
                assert!(close || kink, "{name} at {p:?}: {found} for {want}");
            }
        }
    }
    let x = Tensor::<2>::zeros([1, 2], &device);
    assert!(energy("moons", x).is_none());
}

#[test]
fn own_points_are_split_and_hashed() {
    let csv = |n: usize| {
        let text: String = (0..n).map(|i| format!("{i},{}\n", i * i)).collect();
        let bytes = crate::bytes::Bytes(text.into_bytes());
        PointSet::custom(&PointSource::Csv { bytes }).expect("points")
    };
    let set = csv(100);
    assert_eq!((set.train_len(), set.test_len()), (90, 10));
    assert_eq!(
        (set.info.name.as_str(), set.info.sha256.len()),
        ("custom", 64)
    );
    assert_ne!(set.info.sha256, csv(101).info.sha256);
    assert_eq!(set.info.sha256, csv(100).info.sha256);
    let few = csv(10);
    assert_eq!((few.train_len(), few.test_len()), (10, 10));
    assert!(set.log_density(&[0.0, 0.0]).is_none() && set.modes().is_none());
}

#[test]
fn what_a_recipe_is_chosen_by_is_neither_what_it_learns_nor_what_it_is_judged_by() {
    let toy = |seed| PointSet::toy("moons", &json!({ "points": 500 }), seed).expect("a toy");
    let (plain, choice) = (toy(3), toy(3).for_choice());
    assert_eq!(plain.test_len(), choice.test_len());
    assert_eq!(plain.train_point(7), choice.train_point(7));
    let test: Vec<_> = (0..plain.test_len()).map(|i| plain.test_point(i)).collect();
    assert!((0..choice.test_len()).all(|i| !test.contains(&choice.test_point(i))));
    // No seed draws the points held out, not even theirs.
    let same = toy(crate::data::TEST_SEED);
    assert!((0..500).all(|i| !test.contains(&same.train_point(i))));
}
