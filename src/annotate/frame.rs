//! The saved page as it is shown in the frame: an inert copy, its blocks marked, with one script of ours and a
//! policy that allows that script alone. Even a page that got a script through would be in an origin of its own,
//! could reach nothing, and could say nothing but the number of a block.

use super::opened::Opened;
use crate::blocks::{outline_of_dom, text_owners};
use crate::error::Result;
use crate::page::{Dom, Numbers, decode, inert_copy};

const SCRIPT: &str = include_str!("web/frame.js");
const STYLE: &str = include_str!("web/frame.css");

/// The policy of the frame; `sandbox` holds also when the address is opened by itself.
pub fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
         base-uri 'none'; frame-ancestors 'self'; sandbox allow-scripts"
    )
}

/// The copy of a page. Without `styled` it is shown plainly, with all that is hidden.
///
/// # Errors
/// As decoding.
pub fn frame(page: &Opened, nonce: &str, styled: bool) -> Result<String> {
    let decoded = decode(&page.bytes)?;
    let dom = Dom::parse_whole(&decoded.text);
    let outline = outline_of_dom(&dom, page.answer.blocks.len());
    let mut numbers = Numbers {
        texts: text_owners(&dom),
        ..Numbers::default()
    };
    // a block that is alone in its element is marked there, so that it is outlined as a whole
    let mut alone = vec![false; outline.blocks.len()];
    for (i, block) in outline.blocks.iter().enumerate() {
        let element = outline.element(block.element);
        if let Some(node) = element.node
            && element.block_count() == 1
            && !matches!(outline.tag_name(element), "html" | "body")
        {
            numbers.elements.insert(node, i as u32);
            alone[i] = true;
        }
    }
    numbers
        .texts
        .retain(|_, block| alone.get(*block as usize) == Some(&false));
    let head = format!(
        "<meta charset=\"utf-8\"><title>Saved page</title><style>{STYLE}</style><script nonce=\"{nonce}\">{SCRIPT}</script>"
    );
    Ok(inert_copy(&dom, &numbers, &head, styled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::embedded;
    use crate::pipeline::Limits;

    #[test]
    fn every_block_is_marked_once_and_no_script_but_ours_is_there() {
        let page = "<body onload=x()><script>x()</script><nav><a href=/a>Home</a> <a href=/b>News</a></nav>\
            <div>loose <b>text</b><p>one<br>two</p></div>end<noscript><p>three</p></noscript>";
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.html");
        std::fs::write(&path, page).unwrap();
        let opened = Opened::read(&path, "a.html", &embedded().unwrap(), &Limits::default()).unwrap();
        let html = frame(&opened, "n0nce", true).unwrap();
        for (i, block) in opened.answer.blocks.iter().enumerate() {
            let mark = format!("data-tollgate=\"{i}\"");
            let at = html
                .find(&mark)
                .unwrap_or_else(|| panic!("{i} is not marked: {html}"));
            let word = block.text.split(' ').next().unwrap();
            assert!(html[at..].find(word).is_some_and(|d| d < 120), "{word}: {html}");
        }
        assert_eq!(html.matches("<script").count(), 1);
        assert!(html.contains("<script nonce=\"n0nce\">") && !html.contains("onload"));
    }
}
