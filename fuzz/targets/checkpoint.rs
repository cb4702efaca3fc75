//! Bytes as a checkpoint of any family: opened, looked at, sampled from, trained on, written again.
#![no_main]

use std::rc::Rc;

use generative_playground::{
    checkpoint,
    data::{Dataset, PointSet},
    device,
    model::{Condition, finish},
    session::Session,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let device = device::cpu();
    let _ = checkpoint::inspect(bytes);
    let _ = checkpoint::convert(bytes);
    let Ok(opened) = checkpoint::open(bytes, None, &device) else {
        return;
    };
    let session = Session::open(bytes, None, &device).expect("it has just been opened");
    session.info().expect("a model has its description");
    if let Ok(mut sampler) = session.sampler(&Value::Null, &Condition::default(), 2, 0) {
        pollster::block_on(finish(&mut *sampler)).expect("samples");
    }
    let file = pollster::block_on(session.export(false)).expect("it can be written");
    checkpoint::open(&file, None, &device).expect("what was written can be read");
    // Of images and texts the data would have to be brought.
    let name = &opened.meta.data.name;
    if !PointSet::is_toy(name) {
        return;
    }
    let Ok(set) = PointSet::toy(name, &Value::Null, 0) else {
        return;
    };
    let set: Rc<Dataset> = Rc::new(set.into());
    if let Ok(mut trainer) = pollster::block_on(opened.into_trainer(set, &device)) {
        trainer.config.batch_size = 8;
        trainer.step().expect("a step");
        let _ = pollster::block_on(trainer.take_losses());
    }
});
