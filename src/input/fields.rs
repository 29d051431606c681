//! Header fields as WARC, HTTP and MIME write them, read with patience: real archives hold odd ones.

/// Name and value of each field, names in lower case, folded lines joined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads lines `name: value`; lines without a colon are passed over.
    pub fn parse(lines: &[u8]) -> Fields {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in lines.split(|b| *b == b'\n') {
            let text = String::from_utf8_lossy(line);
            let folded = text.starts_with([' ', '\t']);
            let text = text.trim();
            if folded && let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(text);
            } else if let Some((name, value)) = text.split_once(':') {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Fields(fields)
    }

    /// The first value of a field, its name in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// All values of a field, split at commas, in lower case.
    pub fn list(&self, name: &str) -> Vec<String> {
        let values = self.0.iter().filter(|(n, _)| n == name);
        let parts = values.flat_map(|(_, v)| v.split(','));
        let words = parts.map(|w| w.trim().to_ascii_lowercase());
        words.filter(|w| !w.is_empty()).collect()
    }

    /// Media type of `content-type`, in lower case, and its charset.
    pub fn content_type(&self) -> (String, Option<String>) {
        let value = self.get("content-type").unwrap_or("");
        let mut parts = value.split(';');
        let media = parts.next().unwrap_or("").trim().to_ascii_lowercase();
        (media, parameter(value, "charset"))
    }
}

/// A parameter of a header's value, without its quotes.
pub fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (key.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
    })
}

/// Where the blank line after the headers ends; headers end with `\n\n` or `\r\n\r\n`.
pub fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'\n', &bytes[from..]).map(|i| from + i + 1) {
        match bytes.get(at..) {
            Some([b'\n', ..]) => return Some(at + 1),
            Some([b'\r', b'\n', ..]) => return Some(at + 2),
            _ => from = at,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_whatever_their_case_and_folding() {
        let f = Fields::parse(
            b"Content-TYPE: text/HTML;\r\n  Charset=\"Shift_JIS\"\r\nodd line\r\nA: 1\r\nA: 2 , x\r\n",
        );
        assert_eq!(f.content_type(), ("text/html".into(), Some("Shift_JIS".into())));
        assert_eq!(f.get("a"), Some("1"));
        assert_eq!(f.list("a"), ["1", "2", "x"]);
        assert_eq!(f.get("b"), None);
    }

    #[test]
    fn the_head_ends_at_its_blank_line() {
        assert_eq!(end_of_head(b"a: b\r\n\r\nbody"), Some(8));
        assert_eq!(end_of_head(b"a: b\n\nbody"), Some(6));
        assert_eq!(end_of_head(b"a: b\r\nc"), None);
    }
}
