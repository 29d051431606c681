//! Every way a model file can be wrong is refused with its own reason, before it is used.

use serde_json::{Value, json};
use std::io::{Read, Write};
use tollgate::model::{Model, embedded};

fn unpacked() -> Value {
    let bytes = embedded().unwrap().to_bytes().unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

fn packed(value: &Value) -> Vec<u8> {
    let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    e.write_all(value.to_string().as_bytes()).unwrap();
    e.finish().unwrap()
}

#[test]
fn a_saved_model_reads_back_equal() {
    let model = embedded().unwrap();
    let bytes = model.to_bytes().unwrap();
    let back = Model::from_bytes(&bytes, "x").unwrap();
    assert_eq!(back, model);
    assert_eq!(back.to_bytes().unwrap(), bytes);
}

#[test]
fn each_fault_is_refused_with_its_own_reason() {
    let good = unpacked();
    assert!(Model::from_bytes(&packed(&good), "x").is_ok());
    let shape = good.pointer("/page/blend/regression/params/dim").unwrap();
    let turned = json!([shape[1], shape[0]]);
    let cases: Vec<(&str, Value, &str)> = vec![
        ("/format", json!("other"), "not a model file"),
        ("/version", json!(99), "format version"),
        ("/schema_fingerprint", json!("0000"), "feature schema"),
        ("/schema_version", json!(99), "feature schema"),
        ("/token_bits", json!(4), "token bits"),
        (
            "/labels",
            json!(["navigation", "content", "subscription"]),
            "order of labels",
        ),
        ("/page/words/bytes/0", json!("AAAA"), "word weights"),
        ("/page/words/bytes/0", json!("*"), "word weights"),
        ("/page/trees/0/sizes/0", json!(1), "different lengths"),
        (
            "/page/trees/0/features/0",
            json!(60000),
            "outside of the tree or the schema",
        ),
        (
            "/page/trees/0/lefts/0",
            json!(0),
            "outside of the tree or the schema",
        ),
        (
            "/page/trees/1/lefts/0",
            json!(9999),
            "outside of the tree or the schema",
        ),
        ("/page/words/step/0", json!(3e38), "too large"),
        ("/text/wording/bias/1", json!(-3e38), "too large"),
        ("/page/trees/2/base", json!(1e20), "too large"),
        ("/page/trees/0/values/1", json!(3.4e38), "too large"),
        (
            "/page/blend/regression/intercept/data/0",
            json!(1e300),
            "too large",
        ),
        ("/page/blend/mean/0", json!(-1e300), "too large"),
        ("/page/trees", json!([]), "sets of trees"),
        ("/page/choice/base", json!(1e20), "too large"),
        // a column that the other trees have and these don't
        (
            "/page/choice/features/0",
            json!(300),
            "outside of the tree or the schema",
        ),
        ("/page/blend/mean", json!([0.0]), "scaler has 1 columns"),
        ("/page/blend/deviation/0", json!(0.0), "not finite"),
        ("/text/blend/deviation/3", json!(-1.0), "not finite"),
        (
            "/page/blend/regression/params/dim",
            turned,
            "regression has shape",
        ),
        ("/page/blend/regression/params/dim", json!([3, 1]), "damaged"),
        ("/page/blend/regression/classes", json!([0, 2, 1]), "classes"),
        (
            "/page/blend/regression/intercept/data",
            json!([0.0, "x", 0.0]),
            "damaged",
        ),
    ];
    for (pointer, value, reason) in cases {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
        match Model::from_bytes(&packed(&bad), "x") {
            Err(e) => assert!(e.to_string().contains(reason), "{pointer}: {e}"),
            Ok(_) => panic!("{pointer} was accepted"),
        }
    }
    let mut unknown = good;
    unknown["surprise"] = json!(1);
    assert!(Model::from_bytes(&packed(&unknown), "x").is_err());
}

#[test]
fn truncated_and_flipped_bytes_are_refused_or_load_a_sound_model() {
    let bytes = embedded().unwrap().to_bytes().unwrap();
    for end in [0, 1, 10, bytes.len() / 2, bytes.len() - 1] {
        assert!(Model::from_bytes(&bytes[..end], "x").is_err(), "{end} bytes");
    }
    for at in (20..bytes.len()).step_by(bytes.len() / 12) {
        let mut bad = bytes.clone();
        bad[at] ^= 0x55;
        assert!(Model::from_bytes(&bad, "x").is_err(), "byte {at}");
    }
}

#[test]
fn a_file_that_never_ends_and_one_that_unpacks_without_end_are_refused() {
    #[cfg(unix)]
    {
        let refused = Model::load(std::path::Path::new("/dev/zero")).unwrap_err();
        assert!(refused.to_string().contains("larger than any"), "{refused}");
    }
    // a list of 64 million empty lists in 64 KB: as values it would fill gigabytes
    let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    e.write_all(b"{\"format\":\"tollgate-model\",\"version\":3,\"name\":[[]")
        .unwrap();
    let piece = b",[]".repeat(1 << 20);
    for _ in 0..64 {
        e.write_all(&piece).unwrap();
    }
    e.write_all(b"]}").unwrap();
    let refused = Model::from_bytes(&e.finish().unwrap(), "x").unwrap_err();
    assert!(refused.to_string().contains("damaged model file"), "{refused}");
}
