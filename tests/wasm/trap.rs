//! A module with a link-time constructor, the smallest that falls into the constructor trap, or, with
//! `--cfg closed`, does not. `modules.test.mjs` builds both to see that the check can tell them apart.

use std::sync::atomic::{AtomicU32, Ordering};

static RUNS: AtomicU32 = AtomicU32::new(0);

extern "C" fn constructor() {
    RUNS.fetch_add(1, Ordering::Relaxed);
}

#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = constructor;

#[cfg(closed)]
unsafe extern "C" {
    fn __wasm_call_ctors();
}

#[unsafe(no_mangle)]
pub extern "C" fn start() {
    #[cfg(closed)]
    // SAFETY: the linker makes it; it is called once.
    unsafe {
        __wasm_call_ctors()
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn runs() -> u32 {
    RUNS.load(Ordering::Relaxed)
}

fn main() {}
