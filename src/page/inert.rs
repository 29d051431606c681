//! A copy of a page that can do nothing: markup to look at, for showing hostile pages.
//!
//! Only elements and attributes that are named here come through, so that nothing runs, loads, submits,
//! navigates or takes the focus; images come through when they are part of the page. Whoever shows the copy adds
//! a policy and a sandbox of its own. Holds no knowledge of labels: it marks what it is told to mark.

use super::dom::{Dom, NodeKey};
use super::inert_names::{ATTRIBUTES, ELEMENTS, INPUTS, LEFT_OUT, VOID};
use super::tree::{Kind, NodeRef, ROOT};
use foldhash::HashMap;
use html5ever::tendril::StrTendril;
use html5ever::{QualName, ns};
use std::fmt::Write;

/// What to mark in the copy: attribute `data-tollgate` with the number that is given.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    /// Text nodes; each is put into an element of its own that bears the mark.
    pub texts: HashMap<NodeKey, u32>,
    /// Elements.
    pub elements: HashMap<NodeKey, u32>,
}

/// What marks are called, and what begins with it never comes from the page.
const MARK: &str = "data-tollgate";

/// The copy of a page that was parsed with [`Dom::parse_whole`], with `head` as the first thing in its head.
/// Without `styled`, the page's own style is left out and hidden elements show.
pub fn inert_copy(dom: &Dom, numbers: &Numbers, head: &str, styled: bool) -> String {
    // as the page itself is laid out, by the standard or by old browsers' quirks
    let standard = dom
        .tree()
        .node(ROOT)
        .children()
        .any(|n| matches!(n.kind(), Kind::Doctype));
    let doctype = if standard { "<!doctype html>" } else { "" };
    let mut copy = Copy {
        dom,
        numbers,
        styled,
        out: format!("{doctype}<html><head>{head}</head>"),
    };
    let mut todo: Vec<Todo<'_>> = vec![Todo::Node(dom.tree().node(ROOT))];
    while let Some(next) = todo.pop() {
        match next {
            Todo::End(name) => copy.out.extend(["</", &name, ">"]),
            Todo::Node(node) => {
                match copy.begin(node) {
                    Begun::Whole => continue,
                    Begun::Into => {}
                    Begun::Open(name) => todo.push(Todo::End(name)),
                }
                let children: Vec<_> = node.children().collect();
                todo.extend(children.into_iter().rev().map(Todo::Node));
            }
        }
    }
    copy.out
}

enum Todo<'a> {
    Node(NodeRef<'a>),
    End(String),
}

/// What was written of a node.
enum Begun {
    /// All of it, or nothing: its children are left out.
    Whole,
    /// Nothing to close; its children follow.
    Into,
    /// The start of an element of this name; its children follow.
    Open(String),
}

struct Copy<'a> {
    dom: &'a Dom,
    numbers: &'a Numbers,
    styled: bool,
    out: String,
}

impl Copy<'_> {
    /// Writes a text, or an element's start.
    fn begin(&mut self, node: NodeRef<'_>) -> Begun {
        match node.kind() {
            Kind::Root => Begun::Into,
            Kind::Doctype | Kind::Comment(_) => Begun::Whole,
            Kind::Text(text) => {
                match self.numbers.texts.get(&NodeKey(node.id)) {
                    Some(number) => {
                        let _ = write!(self.out, "<tg-text {MARK}=\"{number}\">");
                        self.escape(text);
                        self.out.push_str("</tg-text>");
                    }
                    None => self.escape(text),
                }
                Begun::Whole
            }
            Kind::Element(element) => self.element(node, &element.name),
        }
    }

    fn element(&mut self, node: NodeRef<'_>, name: &str) -> Begun {
        let whole = whole(self.dom, node.id);
        let html = whole.is_none_or(|(name, _)| name.ns == ns!(html));
        if !html || LEFT_OUT.contains(&name) {
            return Begun::Whole;
        }
        match name {
            // there is one html and one head already; what their attributes say is for style sheets
            "head" => return Begun::Into,
            "style" => {
                if self.styled {
                    self.style(node);
                }
                return Begun::Whole;
            }
            "input" if is_hidden_input(whole) => return Begun::Whole,
            _ => {}
        }
        let shown = if name == "html" {
            // a second start tag adds its attributes to the first
            "html"
        } else if ELEMENTS.contains(&name) || is_custom(name) {
            name
        } else {
            match name {
                "form" | "dialog" | "noscript" => "div",
                "xmp" | "listing" | "plaintext" => "pre",
                _ => "tg-other",
            }
        };
        self.out.push('<');
        self.out.push_str(shown);
        if let Some(number) = self.numbers.elements.get(&NodeKey(node.id)) {
            let _ = write!(self.out, " {MARK}=\"{number}\"");
        }
        for (attribute, value) in whole.map(|(_, attributes)| attributes).into_iter().flatten() {
            if attribute.ns == ns!() {
                self.attribute(shown, &attribute.local, value);
            }
        }
        match shown {
            "button" => self.out.push_str(" type=\"button\" tabindex=\"-1\""),
            "input" => self.out.push_str(" disabled"),
            // nothing can be opened with a click there
            "details" if !self.styled => self.out.push_str(" open"),
            _ => {}
        }
        self.out.push('>');
        if VOID.contains(&shown) {
            return Begun::Whole;
        }
        if shown == "html" {
            Begun::Into
        } else {
            Begun::Open(shown.to_owned())
        }
    }

    fn attribute(&mut self, element: &str, name: &str, value: &str) {
        let plain = |name: &str| {
            name.chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        let for_style = (name.starts_with("data-") || name.starts_with("aria-"))
            && plain(name)
            && !name.starts_with(MARK);
        let picture = element == "img" && name == "src" && is_data_image(value);
        if !(ATTRIBUTES.contains(&name) || for_style || picture) {
            return;
        }
        if !self.styled
            && matches!(
                name,
                "style" | "hidden" | "open" | "bgcolor" | "color" | "width" | "height"
            )
        {
            return;
        }
        let value = match (element, name) {
            ("button", "type") => return,
            ("input", "type") if !INPUTS.contains(&value.to_ascii_lowercase().as_str()) => "text",
            _ => value,
        };
        self.out.extend([" ", name, "=\""]);
        self.escape(value);
        self.out.push('"');
    }

    /// A style sheet is raw text: one that could end its element early is left out.
    fn style(&mut self, node: NodeRef<'_>) {
        let text: String = node.children().filter_map(NodeRef::text).collect();
        if !text.to_ascii_lowercase().contains("</") && !text.contains("<!--") {
            self.out.extend(["<style>", &text, "</style>"]);
        }
    }

    fn escape(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                c => self.out.push(c),
            }
        }
    }
}

/// An element's whole name and all its attributes.
fn whole(dom: &Dom, id: u32) -> Option<(&QualName, &[(QualName, StrTendril)])> {
    let list = dom.tree().whole.as_ref()?;
    let at = list.binary_search_by_key(&id, |(id, ..)| *id).ok()?;
    list.get(at)
        .map(|(_, name, attributes)| (name, attributes.as_slice()))
}

fn is_hidden_input(whole: Option<(&QualName, &[(QualName, StrTendril)])>) -> bool {
    let mut attributes = whole.into_iter().flat_map(|(_, attributes)| attributes);
    attributes.any(|(name, value)| &*name.local == "type" && value.trim().eq_ignore_ascii_case("hidden"))
}

fn is_data_image(value: &str) -> bool {
    value
        .get(..11)
        .is_some_and(|start| start.eq_ignore_ascii_case("data:image/"))
}

/// Custom elements do nothing without a script.
fn is_custom(name: &str) -> bool {
    name.contains('-')
        && name.len() <= 60
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.starts_with("tg-")
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !matches!(
            name,
            "annotation-xml"
                | "color-profile"
                | "font-face"
                | "font-face-src"
                | "font-face-uri"
                | "font-face-format"
                | "font-face-name"
                | "missing-glyph"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(page: &str) -> String {
        inert_copy(&Dom::parse_whole(page), &Numbers::default(), "", true)
    }

    #[test]
    fn nothing_that_acts_comes_through() {
        let out = copy(
            "<base href=//e.example><meta http-equiv=refresh content='0;url=//e.example'><link rel=stylesheet href=//e.example>\
             <script>s()</script><body onload=s()><a href=javascript:s() ping=//e.example target=_top>l</a>\
             <iframe src=//e.example srcdoc='<script>s()</script>'></iframe><object data=//e.example></object><embed src=//e.example>\
             <form action=//e.example><input name=closest autofocus onfocus=s()><button formaction=//e.example>b</button></form>\
             <svg><script>s()</script><a xlink:href=javascript:s()>x</a></svg><math><mtext><style><img src=x onerror=s()></style></math>\
             <img src=//e.example srcset='//e.example 2x' onerror=s()><video src=//e.example></video><input type=Hidden value=e.example><div popover contenteditable tabindex=1 accesskey=c>d</div>\
             <noscript><img src=//e.example onerror=s()><p>in noscript</p></noscript><template><script>s()</script></template><xmp><script>s()</script></xmp>",
        );
        for bad in [
            "e.example",
            "s()\"",
            "onload",
            "onerror",
            "onfocus",
            "href",
            "javascript",
            "iframe",
            "form",
            "<script",
            "<svg",
            "<math",
            "srcdoc",
            "http-equiv",
            "autofocus",
            "name=",
            "popover",
            "contenteditable",
            "accesskey",
            "<noscript",
            "<xmp",
            "<template",
        ] {
            assert!(!out.contains(bad), "{bad} in {out}");
        }
        assert!(out.contains("<p>in noscript</p>") && out.contains("<pre>&lt;script&gt;"));
    }

    #[test]
    fn a_copy_of_a_copy_is_the_same() {
        let page = "<style>p{color:red}</style><body class=a><p id=x data-k=v>one <b>two</b> &lt;i> &amp;<my-card>c</my-card><table><tr><td>t</table>\
            <input type=password value='\"'><img alt=pic src='data:image/png;base64,AA=='>";
        let once = copy(page);
        assert_eq!(copy(&once), once);
        assert!(once.contains("<style>p{color:red}</style>") && once.contains("<body class=\"a\">"));
        assert!(
            once.contains("<input type=\"text\" value=\"&quot;\" disabled>")
                && once.contains("src=\"data:image/png")
        );
    }

    #[test]
    fn style_that_could_end_early_is_left_out() {
        assert!(!copy("<style>a{}<!-- </style ><p>x").contains("<!--"));
        let page = Dom::parse_whole("<p hidden style='color:red'>x</p><style>p{}</style>");
        let plain = inert_copy(&page, &Numbers::default(), "", false);
        assert!(!plain.contains("hidden") && !plain.contains("style"));
    }

    #[test]
    fn what_a_click_would_unfold_is_unfolded_in_the_plain_copy() {
        let page = Dom::parse_whole("<details><summary>a</summary>b</details><details open>c</details>");
        let copied = |styled| inert_copy(&page, &Numbers::default(), "", styled);
        assert_eq!(copied(false).matches("<details open>").count(), 2);
        assert_eq!(copied(true).matches("<details>").count(), 1);
    }

    #[test]
    fn marks_are_ours_alone() {
        let dom = Dom::parse_whole("<p data-tollgate=7 data-tollgate-label=c>x</p>");
        let numbers = Numbers {
            elements: dom.select("p").unwrap().into_iter().map(|key| (key, 3)).collect(),
            ..Numbers::default()
        };
        let out = inert_copy(&dom, &numbers, "", true);
        assert!(out.contains("<p data-tollgate=\"3\">x</p>"), "{out}");
    }
}
