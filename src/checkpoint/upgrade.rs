//! What older files say about themselves, in today's words.

use serde_json::{Map, Value, json};

/// The format of the metadata that this program writes.
pub const FORMAT: u64 = 2;

/// Metadata of format 1 (which had no number) as of format 2; anything else is left alone.
///
/// Format 1 had one table for data of every kind: the height and width of images, 0 for others; a
/// mean, empty for images; a scale, of points their standard deviation and of text the characters
/// in a token; a vocabulary for text. The mixture density network was called `autoregressive`.
pub fn upgrade(meta: &mut Value) {
    let Some(meta) = meta.as_object_mut() else {
        return;
    };
    if meta.contains_key("format") {
        return;
    }
    if let Some(data) = meta.get_mut("data").and_then(Value::as_object_mut)
        && !data.contains_key("space")
    {
        let space = space(data);
        for name in ["kind", "height", "width", "mean", "scale", "vocabulary"] {
            data.remove(name);
        }
        data.insert("space".into(), space);
    }
    if meta.get("family").and_then(Value::as_str) == Some("autoregressive") {
        meta.insert("family".into(), "mdn".into());
    }
    meta.insert("format".into(), FORMAT.into());
}

/// The space that a table of format 1 describes.
fn space(data: &Map<String, Value>) -> Value {
    let of = |name: &str| data.get(name).cloned().unwrap_or_default();
    match data.get("kind").and_then(Value::as_str) {
        None | Some("images") => json!({
            "kind": "image", "channels": 1, "height": of("height"), "width": of("width"),
        }),
        Some("text") => json!({
            "kind": "text", "vocabulary": of("vocabulary"), "characters_per_token": of("scale"),
        }),
        Some(kind) => json!({ "kind": kind, "mean": of("mean"), "scale": of("scale") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_data_is_found_again() {
        let old = |data: Value| {
            let mut meta = json!({ "family": "autoregressive", "data": data });
            upgrade(&mut meta);
            assert_eq!(meta["family"], "mdn");
            assert_eq!(meta["format"], FORMAT);
            assert_eq!(meta["data"]["name"], "set");
            meta["data"]["space"].clone()
        };
        let common = |kind: &str, mean: Value, scale: f64| {
            json!({
                "name": "set", "kind": kind, "sha256": "", "height": 28, "width": 27,
                "classes": [], "mean": mean, "scale": scale, "options": null,
                "vocabulary": { "type": "characters", "alphabet": "ab" },
            })
        };
        assert_eq!(
            old(common("images", json!([]), 1.0)),
            json!({ "kind": "image", "channels": 1, "height": 28, "width": 27 })
        );
        assert_eq!(
            old(common("points", json!([0.5, 1.0]), 2.0)),
            json!({ "kind": "points", "mean": [0.5, 1.0], "scale": 2.0 })
        );
        assert_eq!(
            old(common("energy", json!([0.0, 0.0]), 1.0)),
            json!({ "kind": "energy", "mean": [0.0, 0.0], "scale": 1.0 })
        );
        assert_eq!(
            old(common("text", json!([]), 1.5)),
            json!({
                "kind": "text", "characters_per_token": 1.5,
                "vocabulary": { "type": "characters", "alphabet": "ab" },
            })
        );
        // The first files knew no kinds.
        let first = old(json!({ "name": "set", "height": 4, "width": 5 }));
        assert_eq!(
            first,
            json!({ "kind": "image", "channels": 1, "height": 4, "width": 5 })
        );
    }

    #[test]
    fn what_is_new_or_no_table_is_left_alone() {
        for mut meta in [
            json!({ "format": 2, "data": { "height": 3 } }),
            json!([1]),
            Value::Null,
        ] {
            let before = meta.clone();
            upgrade(&mut meta);
            assert_eq!(meta, before);
        }
    }
}
