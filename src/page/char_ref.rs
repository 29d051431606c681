//! Character references such as `&amp;` and `&#8217;`, decoded as the HTML standard says.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// Text after the `&` at the start of `rest`, and how many bytes of `rest` it stands for, the `&`
/// included. `None` when no reference begins there.
pub(super) fn char_ref(rest: &str, in_attribute: bool) -> Option<([char; 2], usize)> {
    let bytes = rest.as_bytes();
    match bytes.get(1)? {
        b'#' => numeric(bytes).map(|(c, len)| ([c, '\0'], len)),
        b if b.is_ascii_alphanumeric() => named(rest, in_attribute),
        _ => None,
    }
}

/// Appends `raw` to `out` with its character references decoded.
pub(super) fn decode_into(out: &mut String, raw: &str, in_attribute: bool) {
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'&', &raw.as_bytes()[from..]).map(|i| i + from) {
        out.push_str(&raw[from..at]);
        if let Some(([a, b], len)) = char_ref(&raw[at..], in_attribute) {
            out.push(a);
            if b != '\0' {
                out.push(b);
            }
            from = at + len;
        } else {
            out.push('&');
            from = at + 1;
        }
    }
    out.push_str(&raw[from..]);
}

fn numeric(bytes: &[u8]) -> Option<(char, usize)> {
    let (base, start) = match bytes.get(2) {
        Some(b'x' | b'X') => (16, 3),
        _ => (10, 2),
    };
    let digits = bytes[start..].iter().map_while(|b| (*b as char).to_digit(base));
    let (mut value, mut len) = (0_u32, start);
    for d in digits {
        value = value.saturating_mul(base).saturating_add(d);
        len += 1;
    }
    if len == start {
        return None;
    }
    if bytes.get(len) == Some(&b';') {
        len += 1;
    }
    let replaced = match value {
        0 => None,
        0x80..=0x9f => C1_REPLACEMENTS[value as usize - 0x80].or(char::from_u32(value)),
        _ => char::from_u32(value),
    };
    Some((replaced.unwrap_or('\u{fffd}'), len))
}

fn named(rest: &str, in_attribute: bool) -> Option<([char; 2], usize)> {
    for (name, c) in [
        ("amp;", '&'),
        ("nbsp;", '\u{a0}'),
        ("quot;", '"'),
        ("lt;", '<'),
        ("gt;", '>'),
    ] {
        if rest[1..].starts_with(name) {
            return Some(([c, '\0'], name.len() + 1));
        }
    }
    let bytes = rest.as_bytes();
    let mut found = None;
    let mut end = 2;
    // the table has every prefix of a name too
    while let Some(&(a, b)) = rest.get(1..end).and_then(|name| NAMED_ENTITIES.get(name)) {
        if a != 0 {
            found = Some((a, b, end));
        }
        if end >= bytes.len() {
            break;
        }
        end += 1;
    }
    let (a, b, end) = found?;
    let goes_on = bytes
        .get(end)
        .is_some_and(|next| *next == b'=' || next.is_ascii_alphanumeric());
    if in_attribute && bytes[end - 1] != b';' && goes_on {
        return None;
    }
    Some(([char::from_u32(a)?, char::from_u32(b)?], end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(raw: &str, in_attribute: bool) -> String {
        let mut out = String::new();
        decode_into(&mut out, raw, in_attribute);
        out
    }

    #[test]
    fn references_are_decoded_as_browsers_do() {
        for (raw, text, attribute) in [
            ("a &amp; b", "a & b", "a & b"),
            ("&notit; &not &notin;", "¬it; ¬ ∉", "&notit; ¬ ∉"),
            ("?a&copy=1", "?a©=1", "?a&copy=1"),
            (
                "&#8217;&#x41&#0;&#x110000;&#150;",
                "’A\u{fffd}\u{fffd}–",
                "’A\u{fffd}\u{fffd}–",
            ),
            (
                "& &; &#; &#x; &nosuch;",
                "& &; &#; &#x; &nosuch;",
                "& &; &#; &#x; &nosuch;",
            ),
            ("&amp", "&", "&"),
            ("&é", "&é", "&é"),
        ] {
            assert_eq!(decoded(raw, false), text, "{raw}");
            assert_eq!(decoded(raw, true), attribute, "{raw}");
        }
    }
}
