//! One record of an input, from its packed bytes to an answer. A failure is an answer, too: a run over many
//! pages outlives a bad one.

use crate::classifier::Classifier;
use crate::error::Result;
use crate::input::Record;
use crate::pipeline::InputKind;
use crate::result::PageResult;

/// The answer for a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Classified {
    /// The answer; its path is the record's name.
    pub page: PageResult,
    /// When the record was fetched, as the archive writes it.
    pub date: Option<String>,
    /// Bytes of the page after unpacking.
    pub bytes: u64,
}

/// Unpacks and labels a record, or tells why there is none. `kind` overrules what the record says it is.
pub fn classify_record(
    classifier: &Classifier,
    name: String,
    record: Result<Record>,
    kind: Option<InputKind>,
) -> Classified {
    let (mut bytes, mut date, mut url) = (0, None, None);
    let answer = record.and_then(|mut record| {
        date = record.date.take();
        url.clone_from(&record.url);
        let kind = kind.unwrap_or(record.kind);
        let page = record.unpack(classifier.limits())?;
        bytes = page.bytes.len() as u64;
        let result = classifier.classify_served(&page.bytes, kind, page.charset.as_deref())?;
        // an archive knows the address better than the page does
        let url = page.url.or(result.url);
        Ok(PageResult { url, ..result })
    });
    let path = Some(name);
    let page = match answer {
        Ok(page) => PageResult { path, ..page },
        Err(error) => PageResult {
            url,
            ..PageResult::failed(path, &error)
        },
    };
    Classified { page, date, bytes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::input::Body;

    fn record(html: &str) -> Record {
        Record {
            name: "a.warc#1".to_owned(),
            url: Some("https://a.example/".to_owned()),
            date: Some("2026-01-02T03:04:05Z".to_owned()),
            charset: None,
            kind: InputKind::Html,
            body: Body::Bytes(html.as_bytes().to_vec()),
        }
    }

    #[test]
    fn a_record_is_answered_with_its_name_address_and_date() {
        let classifier = Classifier::new().unwrap();
        let html = "<link rel=canonical href=https://b.example/><p>A river stood high.</p>";
        let done = classify_record(&classifier, "a.warc#1".to_owned(), Ok(record(html)), None);
        assert_eq!(done.page.path.as_deref(), Some("a.warc#1"));
        assert_eq!(done.page.url.as_deref(), Some("https://a.example/"));
        assert_eq!(done.date.as_deref(), Some("2026-01-02T03:04:05Z"));
        assert_eq!((done.bytes, done.page.blocks.len()), (html.len() as u64, 1));
    }

    #[test]
    fn a_failure_is_an_answer() {
        let classifier = Classifier::new().unwrap();
        let done = classify_record(&classifier, "a".to_owned(), Ok(record("  ")), None);
        assert_eq!(done.page.error.unwrap().code, "empty");
        assert_eq!(done.page.url.as_deref(), Some("https://a.example/"));
        let done = classify_record(&classifier, "a".to_owned(), Err(Error::Empty), None);
        assert_eq!((done.page.path.as_deref(), done.date), (Some("a"), None));
    }
}
