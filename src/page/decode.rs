//! Bytes to text: which encoding a page is in, and why we think so.
//! Holds no HTML knowledge beyond where a charset declaration may stand.

use crate::error::{Error, Result};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// A page's text with the encoding it was read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text; malformed sequences are replaced by U+FFFD.
    pub text: String,
    /// Name of the encoding (WHATWG spelling, for example `UTF-8`, `Shift_JIS`).
    pub encoding: &'static str,
}

/// How far into a page a charset declaration is looked for.
const DECLARATION_WINDOW: usize = 16 * 1024;
/// How many bytes the detector looks at.
const DETECTION_WINDOW: usize = 256 * 1024;

/// Decodes the bytes of a page or text that came without headers.
///
/// # Errors
/// As [`decode_as`].
pub fn decode(bytes: &[u8]) -> Result<Decoded> {
    decode_as(bytes, None)
}

/// Decodes the bytes of a page or text; `charset` is what the server's header said.
///
/// Order of trust: byte order mark, valid UTF-8, the server's charset, the charset the page declares,
/// detection. Valid UTF-8 beats what is declared: saved pages are often re-encoded without touching their
/// meta tag, servers often add a default charset, and hardly any other text is valid UTF-8 by chance.
///
/// # Errors
/// [`Error::Empty`] without any visible byte, [`Error::NotAPage`] for images, archives, PDF, programs.
pub fn decode_as(bytes: &[u8], charset: Option<&str>) -> Result<Decoded> {
    let served = charset.and_then(|c| Encoding::for_label_no_replacement(c.trim().as_bytes()));
    if let Some((encoding, bom)) = Encoding::for_bom(bytes) {
        return finish(encoding, &bytes[bom..]);
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::Empty);
    }
    if let Some(encoding) = utf16_without_bom(bytes) {
        return finish(encoding, bytes);
    }
    // in UTF-16 any byte may look like a control character
    if let Some(encoding) = served.filter(|e| (*e == UTF_16LE || *e == UTF_16BE) && bytes.contains(&0)) {
        return finish(encoding, bytes);
    }
    refuse_binary(bytes)?;
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains('\u{1b}')
    {
        return Ok(Decoded {
            text: text.to_owned(),
            encoding: UTF_8.name(),
        });
    }
    let encoding = served
        .filter(|e| *e != UTF_16LE && *e != UTF_16BE)
        .or_else(|| declared_encoding(&bytes[..bytes.len().min(DECLARATION_WINDOW)]))
        .unwrap_or_else(|| detect(bytes));
    finish(encoding, bytes)
}

fn finish(encoding: &'static Encoding, bytes: &[u8]) -> Result<Decoded> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    if text.trim().is_empty() {
        return Err(Error::Empty);
    }
    Ok(Decoded {
        text: text.into_owned(),
        encoding: encoding.name(),
    })
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let window = &bytes[..bytes.len().min(DETECTION_WINDOW)];
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(window, window.len() == bytes.len());
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

/// UTF-16 text without a mark: the ASCII of markup leaves every other byte zero.
fn utf16_without_bom(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(512)];
    if head.len() < 8 {
        return None;
    }
    let zeros = |odd: usize| {
        let picked = head.iter().skip(odd).step_by(2);
        let n = picked.len();
        (picked.filter(|b| **b == 0).count(), n)
    };
    let ((even, n), (odd, m)) = (zeros(0), zeros(1));
    // few of the characters are ASCII in other scripts, but markup begins with a sign that is
    let space = |pair: &&[u8]| matches!(pair, [0, b] | [b, 0] if b.is_ascii_whitespace());
    let first = head.chunks_exact(2).find(|pair| !space(pair));
    let share = |sign: [u8; 2]| if first == Some(&sign) { 4 } else { 1 };
    if odd * 10 * share([b'<', 0]) >= m * 9 && even * 10 < n {
        Some(UTF_16LE)
    } else if even * 10 * share([0, b'<']) >= n * 9 && odd * 10 < m {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn refuse_binary(bytes: &[u8]) -> Result<()> {
    let head = &bytes[..bytes.len().min(8192)];
    let is_control = |b: &u8| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    let controls = head.iter().filter(|b| is_control(b)).count();
    let formats_of_text: [&[u8]; 3] = [b"%PDF-", b"%!PS-Adobe", b"{\\rtf"];
    // signatures can be two letters long: a text may begin with them, but it holds no control characters
    let binary = controls > 0 || formats_of_text.iter().any(|f| head.starts_with(f));
    if let Some(kind) = infer::get(head).filter(|_| binary && !looks_like_markup(head)) {
        // a text matcher (HTML, XML, shell script) is a page or a text to us
        if kind.matcher_type() != infer::MatcherType::Text {
            return Err(Error::NotAPage {
                kind: kind.mime_type().to_owned(),
            });
        }
    }
    if controls * 20 > head.len() {
        return Err(Error::NotAPage {
            kind: "binary data".to_owned(),
        });
    }
    Ok(())
}

fn looks_like_markup(head: &[u8]) -> bool {
    head.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<')
}

/// The charset of a `<meta>` tag or an XML declaration, as far as the bytes are ASCII there.
fn declared_encoding(head: &[u8]) -> Option<&'static Encoding> {
    let lower = head.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = find(&lower[from..], b"<meta").map(|i| i + from + 5) {
        let end = lower[at..]
            .iter()
            .position(|b| *b == b'>')
            .map_or(lower.len(), |i| at + i);
        if let Some(encoding) =
            find(&lower[at..end], b"charset").and_then(|i| charset_value(&lower[at + i + 7..end]))
        {
            return Some(encoding);
        }
        from = end;
    }
    let xml = lower.trim_ascii_start();
    if xml.starts_with(b"<?xml") {
        let end = find(xml, b"?>").unwrap_or(0);
        let at = find(&xml[..end], b"encoding")?;
        return charset_value(&xml[at + 8..end]);
    }
    None
}

fn charset_value(after: &[u8]) -> Option<&'static Encoding> {
    let rest = after.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest
        .strip_prefix(b"\"")
        .or_else(|| rest.strip_prefix(b"'"))
        .unwrap_or(rest);
    let end = rest
        .iter()
        .position(|b| matches!(b, b'"' | b'\'' | b';' | b'>' | b'/') || b.is_ascii_whitespace())
        .unwrap_or(rest.len());
    let encoding = Encoding::for_label(&rest[..end])?;
    // a page that could be read this far byte by byte is not in UTF-16
    Some(if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else {
        encoding
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_utf8_beats_a_wrong_declaration() {
        let d = decode("<meta charset=iso-8859-1><p>Füße</p>".as_bytes()).unwrap();
        assert_eq!(d.encoding, "UTF-8");
        assert!(d.text.contains("Füße"));
    }

    #[test]
    fn declared_charset_is_used_when_the_bytes_are_not_utf8() {
        let d = decode(b"<meta http-equiv=x content='text/html; charset=windows-1252'><p>F\xfc\xdfe</p>")
            .unwrap();
        assert_eq!(d.encoding, "windows-1252");
        assert!(d.text.contains("Füße"));
    }

    #[test]
    fn the_servers_charset_beats_the_meta_tag_and_not_valid_utf8() {
        let page = b"<meta charset=windows-1252><p>\x82\xb1\x82\xea</p>";
        assert!(decode_as(page, Some("Shift_JIS")).unwrap().text.contains("これ"));
        assert_eq!(
            decode_as(page, Some("no-such-charset")).unwrap().encoding,
            "windows-1252"
        );
        let utf8 = decode_as("<p>Füße</p>".as_bytes(), Some("iso-8859-1")).unwrap();
        assert!(utf8.text.contains("Füße"));
        let marked = decode_as(b"\xef\xbb\xbf<p>a</p>", Some("Shift_JIS")).unwrap();
        assert_eq!(marked.encoding, "UTF-8");
        let wide: Vec<u8> = "<p>\u{1f00}頁</p>"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert!(decode_as(&wide, Some("utf-16be")).unwrap().text.contains('頁'));
        assert!(decode_as(page, Some("utf-16")).is_ok_and(|d| d.encoding == "windows-1252"));
    }

    #[test]
    fn utf16_is_read_with_and_without_mark() {
        let text = "<html><p>Hello and goodbye, page</p></html>";
        for (mark, big) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut bytes = Vec::new();
            for u in mark.then_some(0xfeff_u16).into_iter().chain(text.encode_utf16()) {
                bytes.extend(if big { u.to_be_bytes() } else { u.to_le_bytes() });
            }
            assert_eq!(decode(&bytes).unwrap().text, text, "mark {mark} big-endian {big}");
        }
    }

    #[test]
    fn undeclared_legacy_encodings_are_detected() {
        let source = "これは保存された新聞の記事です。読者は毎朝この頁を開きます。会員登録は不要です。";
        for encoding in [
            encoding_rs::SHIFT_JIS,
            encoding_rs::EUC_JP,
            encoding_rs::ISO_2022_JP,
        ] {
            let (bytes, _, _) = encoding.encode(source);
            let d = decode(&bytes).unwrap();
            assert_eq!(d.text, source, "{}", encoding.name());
        }
    }

    #[test]
    fn bytes_that_are_no_page_are_refused_by_kind() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
        assert!(matches!(decode(png), Err(Error::NotAPage { kind }) if kind == "image/png"));
        assert!(matches!(decode(b"%PDF-1.7\n%x"), Err(Error::NotAPage { kind }) if kind.contains("pdf")));
        for text in ["BMW will build it", "MZ is a title", "ID3 and GIF87a"] {
            assert_eq!(decode(text.as_bytes()).unwrap().text, text);
        }
        assert!(matches!(
            decode(&[0, 1, 2, 3, 0, 5, 6, 7, 1, 2]),
            Err(Error::NotAPage { .. })
        ));
    }

    #[test]
    fn emptiness_is_an_error_of_its_own() {
        for bytes in [&b""[..], b" \n\t", b"\xef\xbb\xbf"] {
            assert!(matches!(decode(bytes), Err(Error::Empty)));
        }
    }
}
