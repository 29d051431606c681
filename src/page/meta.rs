//! What a page says of itself: title, language, address, declared access, structured data.
//! Reads declarations only; what the page really shows is for `verdict/`.

use super::access::{Access, DeclaredSource, truth};
use super::attribute::Attr;
use super::dom::Dom;
use super::tag::Tag;
use super::tree::NodeRef;

/// What the page declares about itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageMeta {
    /// Text of `<title>`, else `og:title`.
    pub title: Option<String>,
    /// `og:title`, or `twitter:title`.
    pub social_title: Option<String>,
    /// `description` or `og:description`.
    pub description: Option<String>,
    /// `lang` of the root element.
    pub lang: Option<String>,
    /// Canonical address, `og:url`, or what the saving program noted.
    pub url: Option<String>,
    /// `og:type`.
    pub kind: Option<String>,
    /// Author names found in meta tags and JSON-LD.
    pub authors: Vec<String>,
    /// `@type` words of the JSON-LD blocks, `itemtype`s of microdata.
    pub schema_types: Vec<String>,
    /// `headline` of JSON-LD.
    pub headline: Option<String>,
    /// `articleBody` or product `description` of JSON-LD.
    pub structured_text: Option<String>,
    /// Declared access.
    pub access: Access,
    /// Longest `articleBody` of JSON-LD.
    pub article_body: Option<String>,
    /// Largest `wordCount` of JSON-LD.
    pub word_count: Option<f32>,
    /// Addresses of scripts.
    pub scripts: Vec<Box<str>>,
}

/// JSON-LD values that are looked at, at most (serde_json itself stops at a depth of 128).
const MAX_JSON_NODES: usize = 20_000;

/// Script addresses that are kept at most, and their length.
const MAX_SCRIPTS: usize = 200;
const MAX_SCRIPT: usize = 400;

impl PageMeta {
    /// Reads the declarations of a parsed page.
    pub fn read(dom: &Dom) -> PageMeta {
        let mut meta = PageMeta::default();
        let mut canonical = None;
        let mut social_url = None;
        for node in dom.tree().all() {
            if let Some(comment) = node.comment() {
                meta.url = meta.url.take().or_else(|| saved_from(comment));
                continue;
            }
            let Some(element) = node.element() else {
                continue;
            };
            match &*element.name {
                "html" => {
                    meta.lang = meta
                        .lang
                        .take()
                        .or_else(|| clean(node.attr(Attr::Lang).or(node.attr(Attr::XmlLang))));
                }
                "title" if meta.title.is_none() && !inside_svg(node) => {
                    meta.title = clean(node.first_child().and_then(NodeRef::text));
                }
                "link"
                    if canonical.is_none()
                        && node
                            .attr(Attr::Rel)
                            .is_some_and(|r| r.eq_ignore_ascii_case("canonical")) =>
                {
                    canonical = clean(node.attr(Attr::Href));
                }
                "meta" => meta.read_meta_tag(node, &mut social_url),
                "script"
                    if node.attr(Attr::Type).is_some_and(|t| {
                        t.trim().to_ascii_lowercase().starts_with("application/ld+json")
                    }) =>
                {
                    let text: String = node.children().filter_map(NodeRef::text).collect();
                    // some frameworks write what should stand inside into an attribute of this name
                    match node.attr(Attr::Children) {
                        Some(json) if text.trim().is_empty() => meta.read_json_ld(json),
                        _ => meta.read_json_ld(&text),
                    }
                }
                "script" => meta.add_script(node.attr(Attr::Src)),
                _ => {}
            }
            if let Some(kind) = node.attr(Attr::Itemtype) {
                meta.add_type(kind.rsplit('/').next().unwrap_or(kind));
            }
            if node.attr(Attr::Itemprop).is_some_and(|p| {
                p.split_ascii_whitespace()
                    .any(|w| w.eq_ignore_ascii_case("isAccessibleForFree"))
            }) {
                let own = node.first_child().and_then(NodeRef::text);
                let value = node.attr(Attr::Content).or(node.attr(Attr::Href)).or(own);
                if let Some(free) = value.and_then(truth) {
                    meta.access.declare_free(free, DeclaredSource::Microdata);
                }
            }
        }
        let web = |u: &String| u.starts_with("http://") || u.starts_with("https://");
        meta.url = canonical
            .filter(web)
            .or(social_url.filter(web))
            .or(meta.url.take().filter(web));
        if meta.title.is_none() {
            meta.title = meta.social_title.clone();
        }
        meta
    }

    fn read_meta_tag(&mut self, node: NodeRef<'_>, url: &mut Option<String>) {
        let Some(name) = node.attr(Attr::Property).or(node.attr(Attr::Name)) else {
            return;
        };
        let content = || clean(node.attr(Attr::Content));
        match name.trim().to_ascii_lowercase().as_str() {
            "og:title" => self.social_title = content().or(self.social_title.take()),
            "twitter:title" => self.social_title = self.social_title.take().or_else(content),
            "og:url" => *url = url.take().or_else(content),
            "og:type" => self.kind = content(),
            "description" | "og:description" => self.description = self.description.take().or_else(content),
            "author" | "article:author" | "dc.creator" | "parsely-author" => {
                self.authors.extend(content().filter(|a| !a.starts_with("http")));
            }
            "article:content_tier" | "og:article:content_tier" => {
                if let Some(tier) = node.attr(Attr::Content) {
                    self.access.declare_tier(tier);
                }
            }
            _ => {}
        }
    }

    fn read_json_ld(&mut self, text: &str) {
        let trimmed = text
            .trim()
            .trim_start_matches("<!--")
            .trim_start_matches("//<![CDATA[")
            .trim_start_matches("<![CDATA[")
            .trim_end_matches("-->")
            .trim_end_matches("]]>")
            .trim_end_matches("//")
            .trim_end_matches(';');
        match serde_json::from_str::<serde_json::Value>(trimmed) {
            Ok(value) => self.read_json_value(&value),
            Err(_) => {
                // broken JSON still declares access
                self.access.read_broken_json(text);
            }
        }
    }

    fn read_json_value(&mut self, root: &serde_json::Value) {
        use serde_json::Value;
        let mut todo = vec![root];
        let mut seen = 0;
        while let Some(value) = todo.pop() {
            seen += 1;
            if seen > MAX_JSON_NODES {
                return;
            }
            match value {
                Value::Array(items) => todo.extend(items.iter().rev()),
                Value::Object(map) => {
                    self.access.read_object(map);
                    for (key, v) in map {
                        match (key.as_str(), v) {
                            ("@type", Value::String(t)) => self.add_type(t),
                            ("headline", Value::String(h)) if self.headline.is_none() => {
                                self.headline = clean(Some(h));
                            }
                            ("articleBody", Value::String(b)) => {
                                keep_longest(&mut self.article_body, b);
                                keep_longest(&mut self.structured_text, b);
                            }
                            ("description", Value::String(b)) => keep_longest(&mut self.structured_text, b),
                            ("author", a) => self.read_author(a),
                            ("wordCount", n) => {
                                let n = n.as_f64().or_else(|| n.as_str()?.trim().parse().ok());
                                self.keep_word_count(n.map(|n| n as f32));
                            }
                            _ => {}
                        }
                        if v.is_object() || v.is_array() {
                            todo.push(v);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn read_author(&mut self, value: &serde_json::Value) {
        let items = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        for item in items.iter().take(8) {
            let name = item
                .as_str()
                .or_else(|| item.get("name").and_then(|n| n.as_str()));
            self.authors
                .extend(clean(name).filter(|a| !a.starts_with("http")));
        }
    }

    fn add_type(&mut self, kind: &str) {
        if self.schema_types.len() < 64 && !self.schema_types.iter().any(|t| t == kind) {
            self.schema_types.push(kind.to_owned());
        }
    }

    fn keep_word_count(&mut self, words: Option<f32>) {
        let sound = words.filter(|w| w.is_finite() && *w > 0.0 && *w < 1e6);
        if let Some(words) = sound {
            self.word_count = Some(self.word_count.map_or(words, |old| old.max(words)));
        }
    }

    fn add_script(&mut self, address: Option<&str>) {
        if let Some(address) = address
            && address.len() <= MAX_SCRIPT
            && self.scripts.len() < MAX_SCRIPTS
        {
            self.scripts.push(address.into());
        }
    }
}

fn inside_svg(node: NodeRef<'_>) -> bool {
    std::iter::successors(node.parent(), |n| n.parent())
        .any(|a| a.element().is_some_and(|e| e.tag == Tag::Svg))
}

fn keep_longest(kept: &mut Option<String>, text: &str) {
    if kept.as_ref().is_none_or(|old| old.len() < text.len()) {
        *kept = clean(Some(text));
    }
}

fn clean(text: Option<&str>) -> Option<String> {
    let joined = text?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then_some(joined)
}

/// The address that browsers and SingleFile note in a comment on top of a saved page.
fn saved_from(comment: &str) -> Option<String> {
    let head: String = comment.chars().take(2000).collect();
    let rest = if let Some(at) = head.find("saved from url=") {
        let r = &head[at + 15..];
        r.find(')').map_or(r, |i| &r[i + 1..])
    } else if head.contains("SingleFile") {
        &head[head.find("url:")? + 4..]
    } else {
        return None;
    };
    clean(rest.split_whitespace().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(page: &str) -> PageMeta {
        PageMeta::read(&Dom::parse(page))
    }

    #[test]
    fn declared_access_is_read_in_all_its_spellings() {
        use crate::page::Declared::*;
        let ld = |json: &str| format!("<script type='application/ld+json'>{json}</script>");
        for (page, want) in [
            (ld(r#"{"isAccessibleForFree": true}"#), Some(Free)),
            (ld(r#"{"isAccessibleForFree": "False"}"#), Some(Locked)),
            (
                r#"<script src="" type="application/ld+json">{"isAccessibleForFree": true}</script>"#.to_owned(),
                Some(Free),
            ),
            (
                "<script type='application/ld+json' children='{&quot;isAccessibleForFree&quot;:&quot;False&quot;}'></script>"
                    .to_owned(),
                Some(Locked),
            ),
            (
                "<meta content=metered property=og:article:content_tier>".to_owned(),
                Some(Metered),
            ),
            (
                ld(
                    r#"{"@graph":[{"isAccessibleForFree":true},{"hasPart":[{"isAccessibleForFree":"http://schema.org/False"}]}]}"#,
                ),
                Some(Locked),
            ),
            (
                ld("{\"text\":\"a\nb\",\"isAccessibleForFree\":false}"),
                Some(Locked),
            ),
            (
                r#"<meta content="metered" property="article:content_tier">"#.into(),
                Some(Metered),
            ),
            (
                r#"<meta property="article:content_tier" content="locked">"#.into(),
                Some(Locked),
            ),
            (
                r#"<div itemscope><meta itemprop="isAccessibleForFree" content="true"></div>"#.into(),
                Some(Free),
            ),
            (
                format!(
                    "{}<meta name='article:content_tier' content='free'>",
                    ld(r#"{"isAccessibleForFree":"false"}"#)
                ),
                Some(Locked),
            ),
            (ld(r#"{"isAccessibleForFree": "maybe"}"#), None),
            ("<p class=paywall>isAccessibleForFree false".into(), None),
        ] {
            assert_eq!(read(&page).access.declared, want, "{page}");
        }
    }

    #[test]
    fn title_lang_and_url_come_from_the_head() {
        let m = read(
            "<html lang=de><title> Ein\n Titel </title><link rel=canonical href='https://a.example/x'><meta property=og:title content=T>",
        );
        assert_eq!(m.title.as_deref(), Some("Ein Titel"));
        assert_eq!(m.social_title.as_deref(), Some("T"));
        assert_eq!(m.lang.as_deref(), Some("de"));
        assert_eq!(m.url.as_deref(), Some("https://a.example/x"));
    }

    #[test]
    fn the_saving_program_notes_the_address() {
        let m = read("<!-- saved from url=(0019)https://b.example/ --><p>x");
        assert_eq!(m.url.as_deref(), Some("https://b.example/"));
        let m =
            read("<!--\n Page saved with SingleFile \n url: https://c.example/a \n saved date: x\n--><p>x");
        assert_eq!(m.url.as_deref(), Some("https://c.example/a"));
    }
}
