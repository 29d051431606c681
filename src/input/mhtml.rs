//! Web archives of one page (MHTML, `.mht`): finds the page among the parts. The other parts, images and
//! styles, are left packed.

use super::fields::{Fields, end_of_head, parameter};
use super::read::Page;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, MessageParser, MessagePart, MimeHeaders, PartType};

/// How far into a file its MIME headers may reach.
const HEAD_WINDOW: usize = 16 * 1024;

/// Whether the bytes begin as MHTML does.
pub fn is_mhtml(bytes: &[u8]) -> bool {
    head_of(bytes).is_some()
}

fn head_of(bytes: &[u8]) -> Option<Fields> {
    let window = &bytes[..bytes.len().min(HEAD_WINDOW)];
    let name_end = memchr::memchr(b':', &window[..window.len().min(64)])?;
    let name = &window[..name_end];
    if name.is_empty() || !name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-') {
        return None;
    }
    let fields = Fields::parse(&window[..end_of_head(window)?]);
    let (media, _) = fields.content_type();
    let fits = media == "multipart/related" || media == "multipart/alternative" || media == "text/html";
    (fits && fields.get("mime-version").is_some()).then_some(fields)
}

/// The page of an MHTML file; `None` for other files, and for MHTML without a page.
pub fn page_of(bytes: &[u8]) -> Option<Page> {
    let head = head_of(bytes)?;
    let message = MessageParser::default().parse(bytes)?;
    let address = head.get("snapshot-content-location");
    let pages = || {
        message
            .parts
            .iter()
            .filter(|p| matches!(p.body, PartType::Html(_)))
    };
    // the page itself comes first, unless its address names another part
    let part = pages()
        .find(|p| address.is_some() && p.content_location() == address)
        .or_else(|| pages().next())?;
    let charset = part
        .content_type()
        .and_then(|t| t.attribute("charset"))
        .map(str::to_owned)
        .or_else(|| parameter(head.get("content-type")?, "charset"));
    let url = address.or(part.content_location()).filter(|u| u.contains("://"));
    let (bytes, charset) = match bytes_of(part, bytes) {
        Some(raw) => (raw, charset),
        // the parser's own text is UTF-8
        None => (part.contents().to_vec(), None),
    };
    Some(Page {
        bytes,
        url: url.map(str::to_owned),
        charset,
    })
}

/// The bytes of a part, its transfer encoding undone and its charset untouched.
fn bytes_of(part: &MessagePart, message: &[u8]) -> Option<Vec<u8>> {
    let raw = message.get(part.offset_body as usize..part.offset_end as usize)?;
    match part.encoding {
        Encoding::None => Some(raw.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
        Encoding::Base64 => base64_decode(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(encoding: &str, charset: &str, body: &str) -> Vec<u8> {
        format!(
            "From: <Saved by a browser>\r\nSnapshot-Content-Location: https://ombury.example/a\r\nSubject: A\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"--b1\"\r\n\r\n\r\n\
             ----b1\r\nContent-Type: text/html{charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\
             Content-Location: https://ombury.example/a\r\n\r\n{body}\r\n\
             ----b1\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n----b1--\r\n"
        )
        .into_bytes()
    }

    #[test]
    fn the_page_is_found_whatever_its_transfer_encoding() {
        let quoted = saved(
            "quoted-printable",
            "; charset=windows-1252",
            "<p class=3D\"a\">F=FC=DFe=\r\n</p>",
        );
        let page = page_of(&quoted).unwrap();
        assert_eq!(page.bytes.trim_ascii(), b"<p class=\"a\">F\xfc\xdfe</p>");
        assert_eq!(page.charset.as_deref(), Some("windows-1252"));
        assert_eq!(page.url.as_deref(), Some("https://ombury.example/a"));
        let base64 = page_of(&saved("base64", "", "PHA+w7x+PC9w\r\nPg==")).unwrap();
        assert_eq!(base64.bytes.trim_ascii(), "<p>ü~</p>".as_bytes());
        let plain = page_of(&saved("8bit", "", "<p>a</p>")).unwrap();
        assert_eq!(plain.bytes.trim_ascii(), b"<p>a</p>");
    }

    #[test]
    fn pages_and_texts_are_no_mhtml() {
        for bytes in [
            &b"<html>MIME-Version: 1.0"[..],
            b"Note: a text\n\nwith a colon",
            b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\na letter",
            b"",
        ] {
            assert!(!is_mhtml(bytes));
        }
        let whole = saved("base64", "", "PHA+");
        for cut in 0..whole.len() {
            let _ = page_of(&whole[..cut]);
        }
    }
}
