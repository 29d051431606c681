//! Where elements end whose content is no markup: `script`, `style`, `title`, `textarea` and the like.

/// Index of the `</name` that ends raw text, or the length of `text`.
pub(super) fn raw_text_end(text: &str, name: &str) -> usize {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes)
        .find(|at| tag_at(&bytes[*at..], b"</", name.as_bytes()))
        .unwrap_or(bytes.len())
}

/// What of a script was passed: `<!--` hides an end tag that follows a `<script` within.
#[derive(Clone, Copy, PartialEq)]
enum Script {
    Plain,
    Escaped,
    DoubleEscaped,
}

/// Index of the `</script` that ends a script, or the length of `text`.
pub(super) fn script_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut state = Script::Plain;
    let mut from = 0;
    loop {
        let next = if state == Script::Plain {
            memchr::memchr(b'<', &bytes[from..])
        } else {
            memchr::memchr2(b'<', b'-', &bytes[from..])
        };
        let Some(at) = next.map(|i| i + from) else {
            return bytes.len();
        };
        let rest = &bytes[at..];
        from = at + 1;
        if rest[0] == b'-' {
            if rest.starts_with(b"-->") {
                state = Script::Plain;
            }
        } else if tag_at(rest, b"</", b"script") {
            if state != Script::DoubleEscaped {
                return at;
            }
            state = Script::Escaped;
        } else if state == Script::Plain && rest.starts_with(b"<!--") {
            state = Script::Escaped;
            // `<!-->` ends at once
            from = at + 2;
        } else if state == Script::Escaped && tag_at(rest, b"<", b"script") {
            state = Script::DoubleEscaped;
        }
    }
}

/// Whether a tag with this name begins here and its name ends.
fn tag_at(rest: &[u8], open: &[u8], name: &[u8]) -> bool {
    let len = open.len() + name.len();
    rest.len() > len
        && rest.starts_with(open)
        && rest[open.len()..len].eq_ignore_ascii_case(name)
        && matches!(rest[len], b'\t' | b'\n' | 0x0c | b' ' | b'/' | b'>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_end_where_browsers_end_them() {
        for (text, end) in [
            ("x</script>", 1),
            ("a<b</SCRIPT >", 3),
            ("'</scripts>'</script/>", 12),
            ("<!-- </script>", 5),
            ("<!-- <script> </script> --> </script>", 28),
            ("<!-- <script> </script> </script>", 24),
            ("<!--><script></script>", 13),
            ("<!-- <scripty> </script>", 15),
            ("never </script", 14),
        ] {
            assert_eq!(script_end(text), end, "{text}");
        }
        assert_eq!(raw_text_end("a</b></title>", "title"), 5);
    }
}
