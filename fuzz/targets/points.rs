//! Bytes as a reader's points: a table, and a drawing.
#![no_main]

use generative_playground::{
    data::PointSet,
    protocol::{Bytes, PointSource},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let bytes = || Bytes(bytes.to_vec());
    for source in [
        PointSource::Csv { bytes: bytes() },
        PointSource::Drawn {
            xy: bytes(),
            classes: None,
        },
        PointSource::Drawn {
            xy: bytes(),
            classes: Some(Bytes(vec![0, 1])),
        },
    ] {
        let Ok(set) = PointSet::custom(&source) else {
            continue;
        };
        assert!(set.count() >= 2);
        assert!(set.window().iter().all(|v| v.is_finite()));
        assert!(set.info.space.check().is_ok());
    }
});
