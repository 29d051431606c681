//! Declared access: what the publisher's markup says about reading the article, where it says so, and which
//! part of the page it calls gated. Whether that is true is for `verdict/`.

use serde::{Deserialize, Serialize};

/// Access to the article as the publisher's markup declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Declared {
    /// Declared free.
    Free,
    /// Declared metered.
    Metered,
    /// Declared as not accessible for free.
    Locked,
}

impl Declared {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Declared::Free => "free",
            Declared::Metered => "metered",
            Declared::Locked => "locked",
        }
    }
}

/// Where the declaration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeclaredSource {
    /// `isAccessibleForFree` in JSON-LD.
    #[serde(rename = "json-ld")]
    JsonLd,
    /// `isAccessibleForFree` as microdata.
    #[serde(rename = "microdata")]
    Microdata,
    /// `article:content_tier`.
    #[serde(rename = "content-tier")]
    ContentTier,
}

impl DeclaredSource {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            DeclaredSource::JsonLd => "json-ld",
            DeclaredSource::Microdata => "microdata",
            DeclaredSource::ContentTier => "content-tier",
        }
    }
}

/// What is declared on a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Access {
    /// The strictest declaration.
    pub declared: Option<Declared>,
    /// Where the strictest declaration was first seen.
    pub source: Option<DeclaredSource>,
    /// CSS selectors of the parts that are declared as gated, each once.
    pub selectors: Vec<String>,
}

/// Selectors that are kept at most, and their length.
const MAX_SELECTORS: usize = 20;
const MAX_SELECTOR: usize = 300;

impl Access {
    /// Any declared lock wins over metered, which wins over free.
    pub fn declare(&mut self, declared: Declared, source: DeclaredSource) {
        if self.declared < Some(declared) {
            self.declared = Some(declared);
            self.source = Some(source);
        }
    }

    /// A declaration of `isAccessibleForFree`.
    pub fn declare_free(&mut self, free: bool, source: DeclaredSource) {
        self.declare(if free { Declared::Free } else { Declared::Locked }, source);
    }

    /// A declaration of `article:content_tier`.
    pub fn declare_tier(&mut self, tier: &str) {
        let declared = match tier.trim().to_ascii_lowercase().as_str() {
            "free" => Declared::Free,
            "metered" => Declared::Metered,
            "locked" => Declared::Locked,
            _ => return,
        };
        self.declare(declared, DeclaredSource::ContentTier);
    }

    /// Reads one object of JSON-LD: its own declaration and its selector.
    pub fn read_object(&mut self, map: &serde_json::Map<String, serde_json::Value>) {
        use serde_json::Value;
        let mut locked = None;
        for (key, value) in map {
            if !key.trim().eq_ignore_ascii_case("isAccessibleForFree") {
                continue;
            }
            let values = value
                .as_array()
                .map_or(std::slice::from_ref(value), Vec::as_slice);
            for value in values {
                let free = match value {
                    Value::Bool(b) => Some(*b),
                    Value::String(s) => truth(s),
                    _ => None,
                };
                if let Some(free) = free {
                    self.declare_free(free, DeclaredSource::JsonLd);
                    locked = Some(!free);
                }
            }
        }
        if locked == Some(true)
            && let Some(value) = map.get("cssSelector")
        {
            let values = value
                .as_array()
                .map_or(std::slice::from_ref(value), Vec::as_slice);
            for selector in values.iter().filter_map(|v| v.as_str()) {
                self.add_selector(selector);
            }
        }
    }

    fn add_selector(&mut self, selector: &str) {
        let selector = selector.trim();
        let known = self.selectors.iter().any(|s| s == selector);
        if !selector.is_empty()
            && !known
            && selector.len() <= MAX_SELECTOR
            && self.selectors.len() < MAX_SELECTORS
        {
            self.selectors.push(selector.to_owned());
        }
    }

    /// Reads declarations from JSON-LD that is not valid JSON: raw line breaks in strings, trailing commas,
    /// quotes written as `\"` or `&quot;`.
    pub fn read_broken_json(&mut self, text: &str) {
        for free in declared_in_text(text) {
            self.declare_free(free, DeclaredSource::JsonLd);
        }
    }
}

/// Whether a value of `isAccessibleForFree` says yes.
pub fn truth(word: &str) -> Option<bool> {
    let w = word
        .trim()
        .trim_matches(['"', '\'', '\\'])
        .trim_end_matches('/')
        .rsplit(['/', ':'])
        .next()?
        .trim()
        .to_ascii_lowercase();
    match w.as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// Values of `isAccessibleForFree` in text that is not valid JSON, with any escaping of the quotes.
fn declared_in_text(text: &str) -> Vec<bool> {
    const KEY: &str = "isaccessibleforfree";
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (at, _) in lower.match_indices(KEY) {
        let mut rest = &lower[at + KEY.len()..];
        loop {
            let cut = rest.trim_start_matches(|c: char| {
                c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | ':' | '[' | '’' | '”' | '“')
            });
            let cut = [
                "&quot;", "&#34;", "&#034;", "&#x22;", "&#39;", "&apos;", "&amp;", "u0022", "quot;",
            ]
            .into_iter()
            .fold(cut, |cut, entity| cut.strip_prefix(entity).unwrap_or(cut));
            let cut = ["https://schema.org/", "http://schema.org/", "schema:"]
                .into_iter()
                .fold(cut, |cut, prefix| cut.strip_prefix(prefix).unwrap_or(cut));
            if cut.len() == rest.len() {
                break;
            }
            rest = cut;
        }
        if rest.starts_with("true") || rest.starts_with("yes") {
            found.push(true);
        } else if rest.starts_with("false") || rest.starts_with("no\"") {
            found.push(false);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_declaration_wins_and_names_its_source() {
        let mut a = Access::default();
        a.declare_free(true, DeclaredSource::JsonLd);
        a.declare_tier("metered");
        assert_eq!(
            (a.declared, a.source),
            (Some(Declared::Metered), Some(DeclaredSource::ContentTier))
        );
        a.declare_free(false, DeclaredSource::Microdata);
        a.declare_free(true, DeclaredSource::JsonLd);
        assert_eq!(
            (a.declared, a.source),
            (Some(Declared::Locked), Some(DeclaredSource::Microdata))
        );
        a.declare_tier("whatever");
        assert_eq!(a.declared, Some(Declared::Locked));
    }

    #[test]
    fn broken_json_still_declares_in_any_escaping() {
        for (text, want) in [
            (r#"{\"isAccessibleForFree\": false}"#, Some(Declared::Locked)),
            (
                r"{&quot;isAccessibleForFree&quot;:&quot;True&quot;}",
                Some(Declared::Free),
            ),
            (
                r"{&#34;isAccessibleForFree&#34; : &#34;False&#34;}",
                Some(Declared::Locked),
            ),
            (
                r#"{"isAccessibleForFree":"http://schema.org/False",}"#,
                Some(Declared::Locked),
            ),
            (r#"{"isAccessibleForFree": "maybe",}"#, None),
        ] {
            let mut a = Access::default();
            a.read_broken_json(text);
            assert_eq!(a.declared, want, "{text}");
        }
    }

    #[test]
    fn selectors_of_gated_parts_are_kept_once() {
        let json =
            serde_json::json!({"isAccessibleForFree": "False", "cssSelector": [".wall", ".wall", " #rest "]});
        let free = serde_json::json!({"isAccessibleForFree": true, "cssSelector": ".teaser"});
        let mut a = Access::default();
        a.read_object(json.as_object().unwrap());
        a.read_object(free.as_object().unwrap());
        assert_eq!(a.selectors, [".wall", "#rest"]);
    }
}
