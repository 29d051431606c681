//! The time of a page grows as its bytes do, whatever it is made of. Each kind of page is made in sizes of 1, 2, 4
//! and 8 units, the unit so large that its time can be measured; the exponent is fitted over the logarithms of size
//! and processor time, each the least of some runs. Pages of very many elements outgrow the processor's caches, which
//! looks like an exponent of up to 1.3: for these, callgrind counts the instructions, which caches don't change, and so it
//! does for pages that are slow for their bytes.
//!
//! `TOLLGATE_LINEAR_TABLE=1` prints all figures.
#![cfg(target_os = "linux")]

#[path = "common/hostile_pages.rs"]
mod hostile_pages;

use hostile_pages::{Kind, PAGES, TEXTS};
use tollgate::{Classifier, InputKind};

/// What is measured has to be over this exponent in each of so many tries to be called not linear.
const MOST: f64 = 1.1;
const TRIES: usize = 3;
/// No time is over this exponent, whatever the caches do.
const MOST_IN_CACHES: f64 = 1.35;
/// No page is slow as such, either. A page over this time for each byte is counted: machines differ, and one shared with
/// others takes up to three times as long as an idle one.
const MOST_NANOSECONDS: f64 = 3000.0;
const MOST_INSTRUCTIONS: f64 = 26_000.0;
/// A unit of pages takes so many nanoseconds at least.
const LEAST: u64 = 8_000_000;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Nanoseconds that this thread has been computing.
fn busy() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Slope of the least squares line.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let mean = |f: fn(&(f64, f64)) -> f64| points.iter().map(f).sum::<f64>() / n;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let over: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    over / points.iter().map(|p| (p.0 - x).powi(2)).sum::<f64>()
}

fn check(kinds: &[Kind], kind: InputKind) {
    let table = std::env::var_os("TOLLGATE_LINEAR_TABLE").is_some();
    let classifier = Classifier::new().unwrap();
    let mut slow = Vec::new();
    for (name, make) in kinds {
        let time = |page: &[u8]| {
            let start = busy();
            let _ = classifier.classify_as(page, kind);
            busy() - start
        };
        let mut unit = 100_000;
        while unit < 2_000_000 && time(&make(unit)) < LEAST {
            unit *= 2;
        }
        let pages: Vec<Vec<u8>> = [1, 2, 4, 8].map(|k| make(k * unit)).into();
        let mut least = vec![u64::MAX; pages.len()];
        let mut exponent = f64::MAX;
        for _ in 0..TRIES {
            for (page, least) in pages.iter().zip(&mut least) {
                *least = (*least).min(time(page));
            }
            let points: Vec<(f64, f64)> = pages
                .iter()
                .zip(&least)
                .map(|(page, time)| ((page.len() as f64).ln(), (*time as f64).ln()))
                .collect();
            exponent = slope(&points);
            // a good answer needs no more tries; a page that is much too slow gets none
            if exponent < MOST || least[3] > 20_000_000_000 {
                break;
            }
        }
        let per_byte = least[3] as f64 / pages[3].len() as f64;
        if table {
            println!("{name}: exponent {exponent:.2}, {per_byte:.0} ns a byte");
        }
        let mut is_slow = per_byte > MOST_NANOSECONDS;
        if is_slow || exponent > MOST && exponent < MOST_IN_CACHES {
            // without valgrind, the bound of the caches is all that can be asked
            let counted = counted(*make, kind, per_byte);
            if exponent < MOST_IN_CACHES {
                exponent = counted.map_or(MOST, |counted| counted.exponent);
            }
            is_slow = counted.is_some_and(|counted| counted.per_byte > MOST_INSTRUCTIONS);
            if table {
                println!("{name}: of instructions {counted:.2?}");
            }
        }
        if exponent > MOST || is_slow {
            slow.push(format!(
                "{name}: exponent {exponent:.2}, {per_byte:.0} ns a byte, {least:?}"
            ));
        }
    }
    assert!(slow.is_empty(), "not linear:\n{}", slow.join("\n"));
}

/// Instructions that the program takes, less those of its start.
#[derive(Debug, Clone, Copy)]
struct Counted {
    exponent: f64,
    per_byte: f64,
}

/// `None` without valgrind.
fn counted(make: fn(usize) -> Vec<u8>, kind: InputKind, per_byte: f64) -> Option<Counted> {
    let start = instructions(b"<p>x", kind)?;
    // the count of the start itself varies a little: a page must take much more than that
    let unit = if per_byte < 50.0 { 2_000_000 } else { 60_000 };
    let mut points = Vec::new();
    for size in [unit, 2 * unit, 4 * unit] {
        let page = make(size);
        points.push((page.len() as f64, instructions(&page, kind)? - start));
    }
    let (bytes, instructions) = points[2];
    let logarithms: Vec<_> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    Some(Counted {
        exponent: slope(&logarithms),
        per_byte: instructions / bytes,
    })
}

fn instructions(page: &[u8], kind: InputKind) -> Option<f64> {
    let dir = tempfile::tempdir().unwrap();
    let name = if kind == InputKind::Html {
        "a.html"
    } else {
        "a.txt"
    };
    std::fs::write(dir.path().join(name), page).unwrap();
    let out = std::process::Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            env!("CARGO_BIN_EXE_tollgate"),
        ])
        .args(["classify", "-q", "-j", "1", "-o", "/dev/null", name])
        .current_dir(dir.path())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    let counted = said
        .split("Collected : ")
        .nth(1)
        .and_then(|s| s.split_whitespace().next());
    let counted = counted.and_then(|n| n.parse().ok());
    Some(counted.unwrap_or_else(|| panic!("{said}")))
}

/// On one thread of the pool, so that all of the time is this thread's.
fn alone(work: impl FnOnce() + Send) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(work);
}

#[test]
fn the_time_of_any_page_is_linear_in_its_bytes() {
    alone(|| check(PAGES, InputKind::Html));
}

#[test]
fn the_time_of_any_text_is_linear_in_its_bytes() {
    alone(|| check(TEXTS, InputKind::Text));
}
