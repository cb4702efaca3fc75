//! The wasm side of the worker: messages in, messages out.
//!
//! The shell (`web/worker/worker.ts`) chooses the module and the device, then passes every
//! [`Envelope`] to [`post`] and every answer on to the page. The exports themselves stand in the
//! two binaries ([`worker_exports`](crate::worker_exports)): the linker drops a library's exports
//! that no binary mentions.

mod helpers;

use std::{
    alloc::{GlobalAlloc, Layout},
    cell::RefCell,
    collections::VecDeque,
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::atomic::{AtomicBool, Ordering},
};

use js_sys::{Function, Promise};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::{
    device::{self, Backend, DeviceInfo},
    error::{Error, Result},
    heap::Heap,
    host::Host,
    parity,
    protocol::{Answer, Envelope, ErrorInfo, Reply},
};

pub use helpers::{dismiss, helper, serve};

unsafe extern "C" {
    fn __wasm_call_ctors();
}

/// The exports of a worker module.
#[macro_export]
macro_rules! worker_exports {
    () => {
        use generative_playground::worker;
        use wasm_bindgen::prelude::*;

        #[global_allocator]
        static ALLOCATOR: worker::Telling = worker::Telling::new();

        /// See [`worker::start`].
        #[wasm_bindgen]
        pub fn start(on_answer: js_sys::Function) {
            worker::start(on_answer);
        }

        /// See [`worker::init_device`].
        #[wasm_bindgen]
        pub async fn init_device(
            backend: String,
            allow_fallback: bool,
        ) -> Result<JsValue, JsValue> {
            worker::init_device(backend, allow_fallback).await
        }

        /// See [`worker::post`].
        #[wasm_bindgen]
        pub fn post(envelope: JsValue) {
            worker::post(envelope);
        }
    };
}

/// The exports of the CPU's module by which workers help each other with a training.
#[macro_export]
macro_rules! helper_exports {
    () => {
        /// See [`worker::helper`].
        #[wasm_bindgen]
        pub fn helper(number: u32, port: web_sys::MessagePort) {
            worker::helper(number, port);
        }

        /// See [`worker::dismiss`].
        #[wasm_bindgen]
        pub fn dismiss(number: u32) {
            worker::dismiss(number);
        }

        /// See [`worker::serve`].
        #[wasm_bindgen]
        pub fn serve(port: web_sys::MessagePort) {
            worker::serve(port);
        }
    };
}

thread_local! {
    static HOST: RefCell<Option<Rc<Host>>> = const { RefCell::new(None) };
    static ON_ANSWER: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Once, first of all: run the constructors that crates registered at link time (if nobody calls
/// them, the linker makes every export run all of them on every call), and tell the page about
/// panics. `on_answer` gets every [`Answer`].
pub fn start(on_answer: Function) {
    // SAFETY: a function of the linker's, without arguments, called once before anything else.
    unsafe { __wasm_call_ctors() };
    ON_ANSWER.with_borrow_mut(|f| *f = Some(on_answer));
    std::panic::set_hook(Box::new(|info| {
        let reason = info.to_string();
        // More than an address can reach.
        let error = match reason.contains("capacity overflow") {
            true => Error::OutOfMemory { reason },
            false => Error::Internal { reason },
        };
        fatal(&error);
    }));
}

/// The allocator, which tells the page when there is no memory left: the program ends there,
/// without a panic.
pub struct Telling(Heap);

impl Telling {
    /// One that holds nothing.
    pub const fn new() -> Self {
        Self(Heap::new())
    }
}

impl Default for Telling {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: every call goes to the heap as it is.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Telling {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let place = unsafe { self.0.alloc(layout) };
        if place.is_null() {
            out_of_memory(layout.size());
        }
        place
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let place = unsafe { self.0.alloc_zeroed(layout) };
        if place.is_null() {
            out_of_memory(layout.size());
        }
        place
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let place = unsafe { self.0.realloc(place, layout, size) };
        if place.is_null() {
            out_of_memory(size);
        }
        place
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { self.0.dealloc(place, layout) }
    }
}

fn out_of_memory(bytes: usize) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    // The message needs a little memory itself: what fails there is not told again.
    if !TOLD.swap(true, Ordering::Relaxed) {
        let reason = format!("{bytes} bytes more");
        fatal(&Error::OutOfMemory { reason });
    }
}

/// Tell the page that this worker is at its end: an answer with id 0.
fn fatal(error: &Error) {
    let error = ErrorInfo::from(error);
    emit(&Answer {
        id: 0,
        reply: Reply::Error { error },
    });
}

/// Choose and prepare the device. Rejects with an [`ErrorInfo`].
pub async fn init_device(backend: String, allow_fallback: bool) -> Result<JsValue, JsValue> {
    match init(&backend, allow_fallback).await {
        Ok(info) => to_js(&info),
        Err(error) => Err(to_js(&ErrorInfo::from(&error))?),
    }
}

async fn init(backend: &str, allow_fallback: bool) -> Result<DeviceInfo> {
    let unavailable = |reason: &str| Error::DeviceUnavailable {
        backend: backend.into(),
        reason: reason.into(),
    };
    let (device, info) = match backend {
        "cpu" => {
            let info = DeviceInfo {
                backend: Backend::Cpu,
                adapter: "WebAssembly SIMD".into(),
                fallback: false,
            };
            (device::cpu(), info)
        }
        #[cfg(feature = "webgpu")]
        "webgpu" => device::webgpu(allow_fallback).await?,
        _ => {
            return Err(unavailable("this module does not carry it"));
        }
    };
    // What is slow is allowed only where it was asked for.
    let host = Host::new(device, macrotask, Box::new(|answer| emit(&answer)))
        .with_rest(rest)
        .as_asked(allow_fallback);
    HOST.with_borrow_mut(|h| *h = Some(Rc::new(host)));
    Ok(info)
}

/// Every operation that the models use, evaluated on this device: a list of
/// [`crate::parity::Case`]s, to be compared with another device's. Rejects with an [`ErrorInfo`].
pub async fn parity() -> Result<JsValue, JsValue> {
    let device = HOST.with_borrow(|h| h.as_ref().map(|h| h.device().clone()));
    let cases = match device {
        Some(device) => parity::run(&device).await,
        None => Err(Error::BadRequest {
            reason: "the worker has no device yet".into(),
        }),
    };
    match cases {
        Ok(cases) => to_js(&cases),
        Err(error) => Err(to_js(&ErrorInfo::from(&error))?),
    }
}

/// Handle one [`Envelope`]; answers arrive through the callback of [`start`].
pub fn post(envelope: JsValue) {
    let id = js_sys::Reflect::get(&envelope, &"id".into());
    let id = id.ok().and_then(|id| id.as_f64());
    // Without an id there is nobody to answer, and 0 would be taken for the worker's end.
    let Some(id) = id.map(|id| id as u32).filter(|&id| id != 0) else {
        return;
    };
    let refuse = |reason: String| {
        let error = ErrorInfo::from(&Error::BadRequest { reason });
        emit(&Answer {
            id,
            reply: Reply::Error { error },
        });
    };
    let envelope: Envelope = match serde_wasm_bindgen::from_value(envelope) {
        Ok(envelope) => envelope,
        Err(error) => return refuse(error.to_string()),
    };
    match HOST.with_borrow(Clone::clone) {
        Some(host) => spawn_local(async move { host.handle(envelope).await }),
        None => refuse("the worker has no device yet".into()),
    }
}

fn emit(answer: &Answer) {
    let Ok(value) = to_js(answer) else {
        return;
    };
    ON_ANSWER.with_borrow(|f| {
        if let Some(f) = f {
            // A failing callback is the shell's own error and surfaces there.
            let _ = f.call1(&JsValue::NULL, &value);
        }
    });
}

fn to_js<T: Serialize>(value: &T) -> std::result::Result<JsValue, JsValue> {
    let serializer =
        serde_wasm_bindgen::Serializer::json_compatible().serialize_bytes_as_arrays(false);
    value
        .serialize(&serializer)
        .map_err(|e| JsValue::from(e.to_string()))
}

/// A few milliseconds in which the thread has nothing to do.
fn rest() -> Pin<Box<dyn Future<Output = ()>>> {
    const MILLISECONDS: i32 = 8;
    Box::pin(async {
        let promise = Promise::new(&mut |resolve, _| {
            let timer = js_sys::Reflect::get(&js_sys::global(), &"setTimeout".into());
            if let Some(timer) = timer.ok().and_then(|t| t.dyn_into::<Function>().ok()) {
                let _ = timer.call2(&JsValue::NULL, &resolve, &MILLISECONDS.into());
            }
        });
        let _ = JsFuture::from(promise).await;
    })
}

/// A turn of the event loop, by a message to ourselves: timers wait at least four milliseconds.
/// Any number of futures may wait for their turn at once; each message wakes the one that has
/// waited longest.
fn macrotask() -> Pin<Box<dyn Future<Output = ()>>> {
    struct Turns {
        outbox: web_sys::MessagePort,
        // Held for as long as messages come.
        _inbox: web_sys::MessagePort,
        _wake: Closure<dyn FnMut()>,
    }
    thread_local! {
        static WAITING: RefCell<VecDeque<Function>> = RefCell::default();
        static TURNS: Turns = {
            let channel = web_sys::MessageChannel::new().expect_throw("MessageChannel");
            let wake = Closure::<dyn FnMut()>::new(|| {
                let next = WAITING.with_borrow_mut(VecDeque::pop_front);
                if let Some(resolve) = next {
                    // Resolving a promise cannot fail.
                    let _ = resolve.call0(&JsValue::NULL);
                }
            });
            let inbox = channel.port1();
            inbox.set_onmessage(Some(wake.as_ref().unchecked_ref()));
            Turns {
                outbox: channel.port2(),
                _inbox: inbox,
                _wake: wake,
            }
        };
    }
    Box::pin(async {
        let promise = Promise::new(&mut |resolve, _| {
            WAITING.with_borrow_mut(|waiting| waiting.push_back(resolve));
            TURNS.with(|turns| {
                let _ = turns.outbox.post_message(&JsValue::NULL);
            });
        });
        let _ = JsFuture::from(promise).await;
    })
}
