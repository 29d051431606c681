//! What the browser gets beside data: templates, style and scripts, all part of the program.

use minijinja::{Environment, Value};
use std::sync::OnceLock;

/// A file by its name: its type and its text.
pub fn asset(name: &str) -> Option<(&'static str, &'static str)> {
    const CSS: &str = "text/css; charset=utf-8";
    const JS: &str = "text/javascript; charset=utf-8";
    Some(match name {
        "look.css" => (CSS, include_str!("../report/look.css")),
        "app.css" => (CSS, include_str!("web/app.css")),
        "page.js" => (JS, include_str!("web/page.js")),
        "queue.js" => (JS, include_str!("web/queue.js")),
        _ => return None,
    })
}

fn templates() -> &'static Environment<'static> {
    static TEMPLATES: OnceLock<Environment<'static>> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let mut all = Environment::new();
        for (name, text) in [
            ("base.html", include_str!("web/base.html")),
            ("queue.html", include_str!("web/queue.html")),
            ("page.html", include_str!("web/page.html")),
        ] {
            // a template that can't be read is missing, and rendering says so
            let _ = all.add_template(name, text);
        }
        all
    })
}

/// Renders a template; all values are escaped.
///
/// # Errors
/// When the template doesn't fit the values.
pub fn render(name: &str, values: Value) -> Result<String, minijinja::Error> {
    templates().get_template(name)?.render(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped() {
        let page = render(
            "page.html",
            minijinja::context! { token => "t", id => 3, title => "<script>\"'" },
        )
        .unwrap();
        assert!(!page.contains("<script>\"") && page.contains("&lt;script&gt;"));
    }
}
