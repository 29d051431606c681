//! The frame of an HTML file that stands alone: its policy forbids all but our own style and script, which
//! it names by hash, and fetches nothing. Knows nothing of what is shown.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::io::{Result, Write};

/// What a file is made of.
#[derive(Debug, Clone, Copy)]
pub struct Shell<'a> {
    /// Title of the window.
    pub title: &'a str,
    /// The one style sheet.
    pub style: &'a str,
    /// The one script, run at the end.
    pub script: Option<&'a str>,
}

fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

impl Shell<'_> {
    /// Writes all before the content.
    pub fn write_start(&self, out: &mut dyn Write) -> Result<()> {
        let script = self.script.map_or("'none'".to_owned(), source);
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src {script}; \
             img-src data:; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
            source(self.style),
            self.title,
            self.style
        )
    }

    /// Writes all after the content.
    pub fn write_end(&self, out: &mut dyn Write) -> Result<()> {
        if let Some(script) = self.script {
            writeln!(out, "<script>{script}</script>")?;
        }
        out.write_all(b"</body>\n</html>\n")
    }
}

/// JSON that can stand in a `script` element: it holds no `<`.
pub fn inert(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_style_and_script_by_hash() {
        let shell = Shell {
            title: "t",
            style: "",
            script: Some("abc"),
        };
        let mut out = Vec::new();
        shell.write_start(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        // sha256 of nothing and of "abc" (FIPS 180-2)
        assert!(text.contains("style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"));
        assert!(text.contains("script-src 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='"));
    }
}
