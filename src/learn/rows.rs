//! Base rows: the features, labels and structure of whole pages as compressed CSV, without any text,
//! so that anyone can retrain without the corpus.
//!
//! A row is a block. Tokens can't be kept without keeping words, so the rows hold each block's
//! out-of-fold word scores instead.

use super::sample::Sample;
use crate::corpus::GoldLabel;
use crate::error::{Error, Result};
use crate::features::{Features, Matrix, Schema, TokenLists};
use crate::label::Label;
use std::io::{Read, Write};
use std::path::Path;

/// Columns before the dense features.
const LEAD: [&str; 15] = [
    "page",
    "site",
    "label",
    "words_content",
    "words_subscription",
    "words",
    "path_group",
    "class_group",
    "container1_from",
    "container1_to",
    "container2_from",
    "container2_to",
    "container3_from",
    "container3_to",
    "block",
];

/// Writes the rows of pages in order, with their word scores, as gzip-compressed CSV.
///
/// # Errors
/// What the writer says.
pub fn write_rows<'a>(
    out: impl Write,
    pages: impl Iterator<Item = (&'a Sample, &'a Matrix)>,
) -> std::io::Result<()> {
    let packed = flate2::GzBuilder::new()
        .mtime(0)
        .write(out, flate2::Compression::best());
    let mut writer = csv::Writer::from_writer(packed);
    let header = LEAD
        .iter()
        .copied()
        .chain(Schema::get().names().iter().map(String::as_str));
    writer.write_record(header)?;
    for (sample, words) in pages {
        let f = &sample.features;
        for i in 0..sample.labels.len() {
            let label = sample.labels[i].map_or("", |l| l.label.name());
            let mut record: Vec<String> = vec![sample.name.clone(), sample.site.clone(), label.to_owned()];
            record.extend([words.row(i)[0], words.row(i)[1], f.words[i]].map(number));
            record.extend([f.path_group[i], f.class_group[i]].map(|n| n.to_string()));
            record.extend(
                f.containers[i]
                    .iter()
                    .flat_map(|(a, b)| [a.to_string(), b.to_string()]),
            );
            record.push(i.to_string());
            record.extend(f.dense.row(i).iter().map(|v| number(*v)));
            writer.write_record(&record)?;
        }
    }
    writer
        .into_inner()
        .map_err(|e| std::io::Error::other(e.to_string()))?
        .finish()?
        .flush()
}

/// Three digits are far finer than the trees' cuts.
fn number(v: f32) -> String {
    let text = if v.abs() >= 100.0 {
        format!("{v:.0}")
    } else {
        format!("{v:.3}")
    };
    let short = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    if short == "-0" || short.is_empty() {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}

/// Reads base rows; `origin` is named in errors.
///
/// # Errors
/// [`Error::Labels`] with the line, when the columns are not those of this program's schema or a value is wrong.
pub fn read_rows(bytes: &[u8], origin: &str) -> Result<Vec<Sample>> {
    let fault = |line: u64, reason: String| Error::Labels {
        path: Path::new(origin).to_owned(),
        line,
        reason,
    };
    let mut reader = csv::Reader::from_reader(flate2::read::MultiGzDecoder::new(bytes).take(4 << 30));
    let header = reader.headers().map_err(|e| fault(1, e.to_string()))?;
    let expected = LEAD
        .iter()
        .copied()
        .chain(Schema::get().names().iter().map(String::as_str));
    if !header.iter().eq(expected) {
        return Err(fault(
            1,
            "the columns are not those of this program's feature schema; write the base rows again"
                .to_owned(),
        ));
    }
    let mut samples: Vec<Sample> = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut values = Vec::with_capacity(Schema::get().len());
    loop {
        let line = reader.position().line();
        if !reader
            .read_record(&mut record)
            .map_err(|e| fault(line, e.to_string()))?
        {
            break;
        }
        let text = |c: usize| record.get(c).unwrap_or("");
        let float = |c: usize| {
            text(c)
                .parse::<f32>()
                .ok()
                .filter(|v| v.is_finite())
                .ok_or_else(|| fault(line, format!("column {c}: {:?} is no number", text(c))))
        };
        let index = |c: usize| {
            text(c)
                .parse::<u32>()
                .map_err(|_| fault(line, format!("column {c}: {:?} is no index", text(c))))
        };
        if text(14) == "0" || samples.last().is_none_or(|s| s.name != text(0)) {
            samples.push(empty_sample(text(0), text(1)));
        }
        let Some(s) = samples.last_mut() else { break };
        let label = match text(2) {
            "" => None,
            word => Some(Label::parse(word).ok_or_else(|| fault(line, format!("{word:?} is no label")))?),
        };
        s.labels.push(label.map(|label| GoldLabel { label, head: false }));
        let (c, p) = (float(3)?, float(4)?);
        if let Some(m) = &mut s.words {
            m.data.extend([c, p, 1.0 - c - p]);
        }
        let f = &mut s.features;
        f.words.push(float(5)?);
        f.path_group.push(index(6)?);
        f.class_group.push(index(7)?);
        f.containers.push([
            (index(8)?, index(9)?),
            (index(10)?, index(11)?),
            (index(12)?, index(13)?),
        ]);
        values.clear();
        for c in LEAD.len()..LEAD.len() + Schema::get().len() {
            values.push(float(c)?);
        }
        f.dense.data.extend_from_slice(&values);
    }
    for s in &samples {
        check_structure(s).map_err(|reason| fault(0, format!("page {}: {reason}", s.name)))?;
    }
    Ok(samples)
}

/// The base rows that are part of the program.
///
/// # Errors
/// [`Error::Labels`] when the program was built with rows of another schema.
pub fn base_rows() -> Result<Vec<Sample>> {
    read_rows(
        include_bytes!("../../training-data/base/rows.csv.gz"),
        "embedded base rows",
    )
}

fn empty_sample(name: &str, site: &str) -> Sample {
    Sample {
        name: name.to_owned(),
        site: site.to_owned(),
        features: Features {
            dense: Matrix {
                data: Vec::new(),
                cols: Schema::get().len(),
            },
            tokens: TokenLists::default(),
            containers: Vec::new(),
            path_group: Vec::new(),
            class_group: Vec::new(),
            words: Vec::new(),
        },
        labels: Vec::new(),
        words: Some(Matrix {
            data: Vec::new(),
            cols: Label::COUNT,
        }),
        weight: 1.0,
    }
}

/// Ranges and groups must fit the page, or context features would read beyond it.
fn check_structure(s: &Sample) -> std::result::Result<(), String> {
    let n = s.labels.len() as u32;
    for ranges in &s.features.containers {
        if ranges.iter().any(|(a, b)| a > b || *b > n) {
            return Err("a container leads out of the page".to_owned());
        }
    }
    let groups = s.features.path_group.iter().chain(&s.features.class_group);
    if groups.into_iter().any(|g| *g > 4 * n + 4) {
        return Err("a group number is too large".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact_enough() {
        for (v, want) in [
            (0.0, "0"),
            (1.0, "1"),
            (0.12345, "0.123"),
            (-0.0001, "0"),
            (123.4, "123"),
            (-2.5, "-2.5"),
            (100.0, "100"),
        ] {
            assert_eq!(number(v), want);
        }
    }

    #[test]
    fn rows_read_back_as_written() {
        let prepared = crate::pipeline::prepare(
            b"<article><h1>Title</h1><p>Some words here, and more.</p><p>Join us</p></article>",
            crate::pipeline::InputKind::Html,
            &crate::pipeline::Limits::default(),
        )
        .unwrap();
        let label = |l| {
            Some(GoldLabel {
                label: l,
                head: false,
            })
        };
        let sample = Sample {
            name: "a.html".into(),
            site: "a.example".into(),
            features: prepared.features,
            labels: vec![label(Label::Content), None, label(Label::Subscription)],
            words: None,
            weight: 1.0,
        };
        let words = Matrix {
            data: vec![0.5, 0.25, 0.25, 0.75, 0.125, 0.125, 0.125, 0.75, 0.125],
            cols: 3,
        };
        let mut out = Vec::new();
        write_rows(&mut out, [(&sample, &words)].into_iter()).unwrap();
        let back = read_rows(&out, "x").unwrap();
        assert_eq!(back.len(), 1);
        assert_eq!(back[0].labels, sample.labels);
        assert_eq!(back[0].words.as_ref().unwrap().data, words.data);
        assert_eq!(back[0].features.containers, sample.features.containers);
        let (a, b) = (&back[0].features.dense.data, &sample.features.dense.data);
        assert_eq!(a.len(), b.len());
        assert!(
            a.iter()
                .zip(b)
                .all(|(x, y)| (x - y).abs() < 0.51 && (y.abs() >= 100.0 || (x - y).abs() < 6e-4))
        );
        assert!(read_rows(b"nothing", "x").is_err());
    }
}
