//! The worker's module with one more export, for the tests: every operation that the models use.

#[cfg(target_family = "wasm")]
generative_playground::worker_exports!();

/// See [`generative_playground::worker::parity`].
#[cfg(target_family = "wasm")]
#[wasm_bindgen]
pub async fn parity() -> Result<JsValue, JsValue> {
    worker::parity().await
}

fn main() {}
