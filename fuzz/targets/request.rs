//! JSON as messages from the page, one a line, to a host with a small data set.
#![no_main]

use std::{future::Future, pin::Pin};

use generative_playground::{
    device,
    host::Host,
    protocol::{Bytes, Envelope, Request},
};
use libfuzzer_sys::fuzz_target;

fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(std::future::ready(()))
}

fuzz_target!(|text: &str| {
    let host = Host::new(device::cpu(), pause, Box::new(|_| ()));
    let data = include_bytes!("../../tests/corpus/data.bin").to_vec();
    let load = Request::LoadData {
        name: "mnist".into(),
        bytes: Bytes(data),
        sha256: None,
    };
    pollster::block_on(host.handle(Envelope {
        id: 0,
        request: load,
    }));
    for line in text.lines().take(6) {
        let Ok(envelope) = serde_json::from_str::<Envelope>(line) else {
            continue;
        };
        match &envelope.request {
            // A panic on request, and trainings without an end.
            Request::Fault { .. } => continue,
            Request::Train { steps, rate, .. } if steps.is_none_or(|s| s > 3) || rate.is_some() => {
                continue;
            }
            _ => pollster::block_on(host.handle(envelope)),
        }
    }
});
