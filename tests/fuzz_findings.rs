//! Past findings of the fuzz targets: `tests/findings/TARGET/` holds the inputs, shrunk, and each goes through
//! its target again. So do cut and changed small archives, so that the targets themselves stay sound.

#[path = "common/archives.rs"]
mod archives;
#[path = "common/seeds.rs"]
mod seeds;
#[path = "fuzz/src/lib.rs"]
mod targets;

use std::path::Path;
use targets::TARGETS;

#[test]
fn past_findings_stay_fixed() {
    let findings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings");
    let mut ran = 0;
    for entry in std::fs::read_dir(&findings).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let target = TARGETS.iter().find(|(n, _)| *n == name);
        let (_, run) = target.unwrap_or_else(|| panic!("no target {name}"));
        for finding in std::fs::read_dir(&folder).unwrap() {
            let path = finding.unwrap().path();
            let start = std::time::Instant::now();
            run(&std::fs::read(&path).unwrap());
            let took = start.elapsed();
            assert!(took.as_secs() < 10, "{} took {took:?}", path.display());
            ran += 1;
        }
    }
    assert!(ran > 0, "no finding was run");
}

/// With `TOLLGATE_SEEDS` the seeds are written to that folder, for the fuzzer.
#[test]
fn every_target_takes_its_seeds() {
    let folder = std::env::var_os("TOLLGATE_SEEDS").map(std::path::PathBuf::from);
    for (number, (name, bytes)) in seeds::seeds().into_iter().enumerate() {
        let (_, run) = TARGETS.iter().find(|(n, _)| *n == name).unwrap();
        if let Some(folder) = &folder {
            let folder = folder.join(name);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("seed-{number:04}")), &bytes).unwrap();
        } else {
            run(&bytes);
        }
    }
}

#[test]
fn every_target_takes_any_bytes() {
    let mut inputs: Vec<Vec<u8>> = archives::archives().into_iter().map(|(_, bytes)| bytes).collect();
    inputs.push(Vec::new());
    inputs.push(b"<p>a".to_vec());
    for (_, run) in TARGETS.iter().filter(|(name, _)| !name.ends_with("_model")) {
        for bytes in &inputs {
            run(bytes);
            run(&bytes[..bytes.len() / 2]);
        }
    }
}
