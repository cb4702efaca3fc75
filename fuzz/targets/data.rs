//! Bytes as a data file of the page.
#![no_main]

use generative_playground::data::{Batch, Binarize, ImageSet, test_images};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(set) = ImageSet::unpack(bytes) else {
        return;
    };
    assert!(!set.train.is_empty() && !set.test.is_empty());
    let Batch::Images { shape, values, .. } = test_images(&set, 0, 3, Binarize::Dynamic) else {
        return;
    };
    assert_eq!(values.len(), shape.iter().product::<usize>());
});
