//! Base rows: the features, labels and structure of whole pages as compressed CSV, without any text,
//! so that anyone can retrain without the corpus.
//!
//! A row is a block. Tokens can't be kept without keeping words, so the rows hold each block's
//! out-of-fold word scores instead.

use super::sample::Sample;
use crate::corpus::GoldLabel;
use crate::error::{Error, Result};
use crate::features::{CONTAINERS, Features, Matrix, Schema};
use crate::label::Label;
use crate::model::WordStage;
use std::io::{Read, Write};
use std::path::Path;

/// Columns before the containers.
const LEAD: [&str; 13] = [
    "page",
    "block",
    "site",
    "label",
    "head",
    "words_content",
    "words_subscription",
    "wording_content",
    "wording_subscription",
    "words",
    "path_group",
    "class_group",
    "heading",
];

/// All columns: the lead, two for each container, the dense features.
fn columns() -> Vec<String> {
    let containers =
        (1..=CONTAINERS).flat_map(|c| [format!("container{c}_from"), format!("container{c}_to")]);
    LEAD.iter()
        .map(|c| (*c).to_owned())
        .chain(containers)
        .chain(Schema::get().names().iter().cloned())
        .collect()
}

/// Writes the rows of pages in order, with their word scores, as gzip-compressed CSV.
///
/// # Errors
/// What the writer says.
pub fn write_rows<'a>(
    out: impl Write,
    pages: impl Iterator<Item = (&'a Sample, &'a WordStage)>,
) -> std::io::Result<()> {
    let packed = flate2::GzBuilder::new()
        .mtime(0)
        .write(out, flate2::Compression::best());
    let mut writer = csv::Writer::from_writer(packed);
    writer.write_record(columns())?;
    for (sample, stage) in pages {
        let f = &sample.features;
        for i in 0..sample.labels.len() {
            let label = sample.labels[i].map_or("", |l| l.label.name());
            let mut record: Vec<String> = vec![
                sample.name.clone(),
                i.to_string(),
                sample.site.clone(),
                label.to_owned(),
            ];
            let head = sample.labels[i].is_some_and(|l| l.head);
            record.push(u8::from(head).to_string());
            for scores in [&stage.words, &stage.wording] {
                record.extend([scores.row(i)[0], scores.row(i)[1]].map(number));
            }
            record.push(number(f.around.words[i]));
            record.extend(
                [
                    f.around.path_group[i],
                    f.around.class_group[i],
                    f.around.headings[i],
                ]
                .map(|n| n.to_string()),
            );
            record.extend(
                f.around.containers[i]
                    .iter()
                    .flat_map(|(a, b)| [a.to_string(), b.to_string()]),
            );
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
    if !header.iter().eq(columns()) {
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
        if text(1) == "0" || samples.last().is_none_or(|s| s.name != text(0)) {
            samples.push(empty_sample(text(0), text(2)));
        }
        let Some(s) = samples.last_mut() else { break };
        let label = match text(3) {
            "" => None,
            word => Some(Label::parse(word).ok_or_else(|| fault(line, format!("{word:?} is no label")))?),
        };
        let head = text(4) == "1";
        s.labels.push(label.map(|label| GoldLabel { label, head }));
        if let Some(stage) = &mut s.stage {
            for (scores, at) in [(&mut stage.words, 5), (&mut stage.wording, 7)] {
                let (c, p) = (float(at)?, float(at + 1)?);
                scores.data.extend([c, p, 1.0 - c - p]);
            }
        }
        let f = &mut s.features;
        f.around.words.push(float(9)?);
        f.around.path_group.push(index(10)?);
        f.around.class_group.push(index(11)?);
        f.around.headings.push(index(12)?);
        let mut around = [(0, 0); CONTAINERS];
        for (k, range) in around.iter_mut().enumerate() {
            *range = (index(LEAD.len() + 2 * k)?, index(LEAD.len() + 2 * k + 1)?);
        }
        f.around.containers.push(around);
        values.clear();
        let first = LEAD.len() + 2 * CONTAINERS;
        for c in first..first + Schema::get().len() {
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
    let columns = |cols| Matrix {
        data: Vec::new(),
        cols,
    };
    Sample {
        name: name.to_owned(),
        site: site.to_owned(),
        features: Features {
            dense: columns(Schema::get().len()),
            ..Features::default()
        },
        labels: Vec::new(),
        stage: Some(WordStage {
            words: columns(Label::COUNT),
            wording: columns(Label::COUNT),
        }),
        plain: false,
        weight: 1.0,
    }
}

/// Ranges and groups must fit the page, or context features would read beyond it.
fn check_structure(s: &Sample) -> std::result::Result<(), String> {
    let n = s.labels.len() as u32;
    for ranges in &s.features.around.containers {
        if ranges.iter().any(|(a, b)| a > b || *b > n) {
            return Err("a container leads out of the page".to_owned());
        }
    }
    if s.features.around.headings.iter().any(|h| *h >= n) {
        return Err("a heading lies beyond the page".to_owned());
    }
    let groups = s
        .features
        .around
        .path_group
        .iter()
        .chain(&s.features.around.class_group);
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
            features: prepared.rows.whole_features(),
            labels: vec![
                Some(GoldLabel {
                    label: Label::Content,
                    head: true,
                }),
                None,
                label(Label::Subscription),
            ],
            stage: None,
            plain: false,
            weight: 1.0,
        };
        let scores = |data: [f32; 9]| Matrix {
            data: data.to_vec(),
            cols: 3,
        };
        let stage = WordStage {
            words: scores([0.5, 0.25, 0.25, 0.75, 0.125, 0.125, 0.125, 0.75, 0.125]),
            wording: scores([0.25, 0.5, 0.25, 0.125, 0.75, 0.125, 0.5, 0.125, 0.375]),
        };
        let mut out = Vec::new();
        write_rows(&mut out, [(&sample, &stage)].into_iter()).unwrap();
        let back = read_rows(&out, "x").unwrap();
        assert_eq!(back.len(), 1);
        assert_eq!(back[0].labels, sample.labels);
        assert_eq!(back[0].stage.as_ref(), Some(&stage));
        assert_eq!(
            back[0].features.around.containers,
            sample.features.around.containers
        );
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
