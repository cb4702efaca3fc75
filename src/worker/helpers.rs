//! The ways between a worker and those that help it: ports that the page hands to both, so that what is
//! computed never comes by the page. A message is a head and numbers, `[Uint8Array, Float32Array]`, whose buffers
//! are transferred.

use std::rc::Rc;

use async_lock::Mutex;
use burn::tensor::TensorData;
use js_sys::{Array, Float32Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::MessagePort;

use crate::{
    device,
    training::{Helper, Line, Numbers},
};

/// Numbers of a message that came.
struct Came(Float32Array);

impl Numbers for Came {
    fn count(&self) -> usize {
        self.0.length() as usize
    }

    fn read(&self, from: usize, count: usize) -> Vec<f32> {
        let end = from.saturating_add(count).min(self.count());
        let part = self.0.subarray(from.min(end) as u32, end as u32);
        part.to_vec()
    }
}

fn post(port: &MessagePort, head: &[u8], numbers: &[TensorData]) {
    // What is no list of numbers would be no tensor of this program's.
    let lists: Vec<&[f32]> = numbers.iter().flat_map(TensorData::as_slice).collect();
    let count = lists.iter().map(|list| list.len()).sum::<usize>();
    let (bytes, all) = (
        Uint8Array::from(head),
        Float32Array::new_with_length(count as u32),
    );
    let mut at = 0;
    for list in lists {
        let end = at + list.len() as u32;
        all.subarray(at, end).copy_from(list);
        at = end;
    }
    let transfer = Array::of2(&bytes.buffer(), &all.buffer());
    // A port that is closed shows by the answer that does not come.
    let _ = port.post_message_with_transferable(&Array::of2(&bytes, &all), &transfer);
}

/// Listens to a port: `hear` gets the head and the numbers of each message.
fn listen(
    port: &MessagePort,
    hear: impl Fn(Vec<u8>, Came) + 'static,
) -> Closure<dyn FnMut(JsValue)> {
    let closure = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        let message = Reflect::get(&event, &"data".into());
        let Some(message) = message.ok().and_then(|m| m.dyn_into::<Array>().ok()) else {
            return;
        };
        let head = message.get(0).dyn_into::<Uint8Array>();
        let numbers = message.get(1).dyn_into::<Float32Array>();
        if let (Ok(head), Ok(numbers)) = (head, numbers) {
            hear(head.to_vec(), Came(numbers));
        }
    });
    port.set_onmessage(Some(closure.as_ref().unchecked_ref()));
    closure
}

/// The port to a helper; closed with it.
struct Port {
    port: MessagePort,
    _heard: Closure<dyn FnMut(JsValue)>,
}

impl Line for Port {
    fn send(&self, head: &[u8], numbers: &[TensorData]) {
        post(&self.port, head, numbers);
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.port.set_onmessage(None);
        self.port.close();
    }
}

/// Takes a helper on, at the other end of `port`.
pub fn helper(number: u32, port: MessagePort) {
    let Some(host) = super::HOST.with_borrow(Clone::clone) else {
        return;
    };
    let to = Rc::downgrade(&host);
    let heard = listen(&port, move |head, numbers| {
        if let Some(host) = to.upgrade() {
            host.crew().hear(number, &head, Box::new(numbers));
        }
    });
    let _heard = heard;
    host.crew().join(number, Box::new(Port { port, _heard }));
}

/// Does without a helper from now on.
pub fn dismiss(number: u32) {
    if let Some(host) = super::HOST.with_borrow(Clone::clone) {
        host.crew().leave(number);
    }
}

/// Helps the worker at the other end of `port` for as long as this one lives.
pub fn serve(port: MessagePort) {
    let helper = Rc::new(Mutex::new(Helper::new(&device::cpu())));
    let back = port.clone();
    let heard = listen(&port, move |head, numbers| {
        let (helper, back) = (helper.clone(), back.clone());
        spawn_local(async move {
            let reply = |head: Vec<u8>, numbers: &[TensorData]| post(&back, &head, numbers);
            helper.lock().await.hear(&head, &numbers, reply).await;
        });
    });
    heard.forget();
}
