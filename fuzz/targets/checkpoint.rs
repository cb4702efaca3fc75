//! Bytes as a checkpoint: opened, looked at, sampled from, written again.
#![no_main]

use generative_playground::{
    checkpoint, device,
    model::{Condition, finish},
    session::Session,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let device = device::cpu();
    let _ = checkpoint::inspect(bytes);
    if checkpoint::open(bytes, None, &device).is_err() {
        return;
    }
    let session = Session::open(bytes, None, &device).expect("it has just been opened");
    session.info().expect("a model has its description");
    let mut sampler = session
        .sampler(&serde_json::Value::Null, &Condition::default(), 2, 0)
        .expect("a sampler");
    pollster::block_on(finish(&mut *sampler)).expect("samples");
    let file = pollster::block_on(session.export(false)).expect("it can be written");
    checkpoint::open(&file, None, &device).expect("what was written can be read");
});
