//! Sets of element names as the HTML standard's tree construction uses them. Tables only.

use html5ever::{LocalName, local_name as name};

/// Elements without content or end tag.
pub fn is_void(n: &LocalName) -> bool {
    matches!(
        *n,
        name!("area")
            | name!("base")
            | name!("basefont")
            | name!("bgsound")
            | name!("br")
            | name!("col")
            | name!("embed")
            | name!("frame")
            | name!("hr")
            | name!("img")
            | name!("image")
            | name!("input")
            | name!("keygen")
            | name!("link")
            | name!("meta")
            | name!("param")
            | name!("source")
            | name!("track")
            | name!("wbr")
    )
}

/// Elements that switch the tokenizer: dropping their tag would spill their text into the page.
pub fn is_raw_text(n: &LocalName) -> bool {
    matches!(
        *n,
        name!("script")
            | name!("style")
            | name!("title")
            | name!("textarea")
            | name!("iframe")
            | name!("noembed")
            | name!("noframes")
            | name!("noscript")
            | name!("xmp")
            | name!("plaintext")
    )
}

/// Elements that the builder opens again in every block until they are closed.
pub fn is_formatting(n: &LocalName) -> bool {
    matches!(
        *n,
        name!("a")
            | name!("b")
            | name!("big")
            | name!("code")
            | name!("em")
            | name!("font")
            | name!("i")
            | name!("nobr")
            | name!("s")
            | name!("small")
            | name!("strike")
            | name!("strong")
            | name!("tt")
            | name!("u")
    )
}

/// Headings; any heading's end tag closes any open heading.
pub fn is_heading(n: &LocalName) -> bool {
    matches!(
        *n,
        name!("h1") | name!("h2") | name!("h3") | name!("h4") | name!("h5") | name!("h6")
    )
}

/// Tables and their parts.
pub fn is_table_part(n: &LocalName) -> bool {
    matches!(
        *n,
        name!("table")
            | name!("tbody")
            | name!("thead")
            | name!("tfoot")
            | name!("tr")
            | name!("td")
            | name!("th")
            | name!("caption")
    )
}

/// Elements that an end tag does not reach out of.
pub fn is_scope(n: &LocalName) -> bool {
    matches!(
        *n,
        name!("applet")
            | name!("caption")
            | name!("table")
            | name!("td")
            | name!("th")
            | name!("marquee")
            | name!("object")
            | name!("template")
    )
}

/// Elements whose content follows the rules of SVG and MathML.
pub fn is_foreign_root(n: &LocalName) -> bool {
    matches!(*n, name!("svg") | name!("math"))
}

/// Where HTML goes on inside of SVG and MathML; token names are in lower case.
pub fn is_integration_point(n: &LocalName) -> bool {
    matches!(
        &**n,
        "foreignobject" | "desc" | "title" | "annotation-xml" | "mi" | "mo" | "mn" | "ms" | "mtext"
    )
}

/// Start tags that end SVG and MathML content.
pub fn breaks_out(n: &LocalName) -> bool {
    matches!(
        &**n,
        "b" | "big"
            | "blockquote"
            | "body"
            | "br"
            | "center"
            | "code"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "em"
            | "embed"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "hr"
            | "i"
            | "img"
            | "li"
            | "listing"
            | "menu"
            | "meta"
            | "nobr"
            | "ol"
            | "p"
            | "pre"
            | "ruby"
            | "s"
            | "small"
            | "span"
            | "strong"
            | "strike"
            | "sub"
            | "sup"
            | "table"
            | "tt"
            | "u"
            | "ul"
            | "var"
            | "font"
    )
}

/// Whether the search for the element that the end tag `n` closes ends at `open`.
pub fn stops_end_tag(n: &LocalName, open: &LocalName) -> bool {
    if is_table_part(n) {
        return *open == name!("table") || *open == name!("template");
    }
    if is_scope(open) {
        return true;
    }
    match *n {
        name!("p") => *open == name!("button"),
        name!("li") => matches!(*open, name!("ul") | name!("ol")),
        _ => !is_formatting(n) && !closes_through_blocks(n) && is_special(open),
    }
}

/// End tags that close their element through any open block; all others stop at the first block.
pub fn closes_through_blocks(n: &LocalName) -> bool {
    is_heading(n)
        || matches!(
            &**n,
            "address"
                | "applet"
                | "article"
                | "aside"
                | "blockquote"
                | "button"
                | "center"
                | "dd"
                | "details"
                | "dialog"
                | "dir"
                | "div"
                | "dl"
                | "dt"
                | "fieldset"
                | "figcaption"
                | "figure"
                | "footer"
                | "form"
                | "header"
                | "hgroup"
                | "listing"
                | "main"
                | "marquee"
                | "menu"
                | "nav"
                | "object"
                | "ol"
                | "pre"
                | "search"
                | "section"
                | "summary"
                | "ul"
        )
}

/// The "special" elements of the HTML standard.
pub fn is_special(n: &LocalName) -> bool {
    is_heading(n)
        || is_table_part(n)
        || matches!(
            &**n,
            "address"
                | "applet"
                | "area"
                | "article"
                | "aside"
                | "base"
                | "basefont"
                | "bgsound"
                | "blockquote"
                | "body"
                | "br"
                | "button"
                | "center"
                | "col"
                | "colgroup"
                | "dd"
                | "details"
                | "dir"
                | "div"
                | "dl"
                | "dt"
                | "embed"
                | "fieldset"
                | "figcaption"
                | "figure"
                | "footer"
                | "form"
                | "frame"
                | "frameset"
                | "head"
                | "header"
                | "hgroup"
                | "hr"
                | "html"
                | "iframe"
                | "img"
                | "input"
                | "keygen"
                | "li"
                | "link"
                | "listing"
                | "main"
                | "marquee"
                | "menu"
                | "meta"
                | "nav"
                | "noembed"
                | "noframes"
                | "noscript"
                | "object"
                | "ol"
                | "p"
                | "param"
                | "plaintext"
                | "pre"
                | "script"
                | "search"
                | "section"
                | "select"
                | "source"
                | "style"
                | "summary"
                | "template"
                | "textarea"
                | "title"
                | "track"
                | "ul"
                | "wbr"
                | "xmp"
        )
}

/// Start tags that close an open paragraph.
pub fn closes_paragraph(n: &LocalName) -> bool {
    is_heading(n)
        || matches!(
            *n,
            name!("address")
                | name!("article")
                | name!("aside")
                | name!("blockquote")
                | name!("center")
                | name!("dd")
                | name!("details")
                | name!("dialog")
                | name!("dir")
                | name!("div")
                | name!("dl")
                | name!("dt")
                | name!("fieldset")
                | name!("figcaption")
                | name!("figure")
                | name!("footer")
                | name!("form")
                | name!("header")
                | name!("hgroup")
                | name!("li")
                | name!("listing")
                | name!("main")
                | name!("menu")
                | name!("nav")
                | name!("ol")
                | name!("p")
                | name!("pre")
                | name!("section")
                | name!("summary")
                | name!("table")
                | name!("ul")
        )
}
