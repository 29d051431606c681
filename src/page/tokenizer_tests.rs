//! Our tokenizer against html5ever's: the same tree builder and sink must end with the same tree, and what
//! is left out must change nothing that is read. Holds no other test of the page.

use super::depth::DepthBound;
use super::sink::{Handle, Sink};
use super::tokenizer::{Keep, tokenize};
use super::tree::{Kind, NodeRef, ROOT, Tree};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use proptest::prelude::*;
use std::fmt::Write;

fn builder() -> DepthBound<TreeBuilder<Handle, Sink>> {
    let sink = Sink::new(Tree::new(0, true));
    DepthBound::new(TreeBuilder::new(sink, TreeBuilderOpts::default()))
}

fn theirs(page: &str) -> Tree {
    let tokenizer = Tokenizer::new(builder(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(page));
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.into_inner().sink.into_tree()
}

fn ours(page: &str, keep: Keep) -> Tree {
    let bound = builder();
    tokenize(page, &bound, keep);
    bound.into_inner().sink.into_tree()
}

/// The tree as text: all attributes or the kept ones, with or without the texts that are left out.
fn dump(tree: &Tree, keep: Keep) -> String {
    let mut out = String::new();
    let mut todo = vec![(ROOT, 0)];
    while let Some((id, depth)) = todo.pop() {
        let node = tree.node(id);
        write!(out, "\n{depth}").unwrap();
        match node.kind() {
            Kind::Root => out.push_str(" root"),
            Kind::Doctype => out.push_str(" doctype"),
            Kind::Comment(text) => write!(out, " comment {:?}", &**text).unwrap(),
            Kind::Text(text) => {
                let parent = node.parent().and_then(NodeRef::element).map_or("", |e| &*e.name);
                let left_out = keep == Keep::Needed && matches!(parent, "script" | "style");
                if !left_out {
                    write!(out, " text {:?}", &**text).unwrap();
                }
            }
            Kind::Element(e) => {
                write!(out, " <{}>", e.name).unwrap();
                for (attr, value) in node.attrs() {
                    write!(out, " {attr:?}={value:?}").unwrap();
                }
                let all = tree.whole.iter().flatten().find(|(at, ..)| *at == id);
                if let (Keep::All, Some((_, name, attrs))) = (keep, all) {
                    let attrs: Vec<(String, &str)> =
                        attrs.iter().map(|(n, v)| (format!("{n:?}"), &**v)).collect();
                    write!(out, " {name:?} {attrs:?}").unwrap();
                }
            }
        }
        let children: Vec<u32> = node.children().map(|c| c.id).collect();
        for child in children.into_iter().rev() {
            let left_out = keep == Keep::Needed
                && tree.node(child).text().is_some()
                && node
                    .element()
                    .is_some_and(|e| matches!(&*e.name, "script" | "style"));
            if !left_out {
                todo.push((child, depth + 1));
            }
        }
    }
    out
}

fn check(page: &str) {
    let want = theirs(page);
    assert_eq!(
        dump(&ours(page, Keep::All), Keep::All),
        dump(&want, Keep::All),
        "{page:?}"
    );
    assert_eq!(
        dump(&ours(page, Keep::Needed), Keep::Needed),
        dump(&want, Keep::Needed),
        "{page:?}"
    );
}

#[test]
fn odd_markup_gives_the_same_tree() {
    for page in [
        "",
        "\u{feff}<p>a\r\nb\rc\n\r\nd",
        "<!doctype html><p><table>x",
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 3.2//EN\"><p><table>",
        "<!doctype html SYSTEM 'about:legacy-compat' x><p><table>",
        "<!doctype><p><table>",
        "<script><!doctype html><",
        "<!doctype html public><p><table>",
        "<!doctype html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN'\"x\"><p><table>",
        "<!doctype html PUBLIC \"a>b<p><table>",
        "<!doctype html junk><p><table>",
        "<!doctype html SYSTEM",
        "<!-->a<!--->b<!-- -- --!>c<!----!>d<!-- <!-- -->e<!--x--",
        "<!x>a<?php echo '>' ?>b</ x>c</>d<e",
        "<pre>\n\nx</pre><pre></>\ny</pre><textarea>\n&amp;z</textarea>",
        "a\0b<p \0=\0>\0</p><svg>\0<![CDATA[x]]]>\0]]></svg><![CDATA[y]]>",
        "<script><!-- <script> </script> --></script>a<script><!--></script>b<script><!--<script></script>c",
        "<script type=application/ld+json>{\"a\":\"</p>\"}</script x=y>d<style>p>a{}</style>",
        "<title>a<b>&lt;</title/><textarea></TEXTAREA ><noscript><p>x</noscript><iframe><p></iframe>",
        "<svg><title>a<b>c</title><script>x<y></script><style>p{}</style><p>d</svg>",
        "<math><mi>a<p>b</mi><annotation-xml encoding='text/html'><p>c</annotation-xml></math>",
        "<svg><font size=1>a</font></svg><svg><font x=1>b</font></svg>",
        "<p a=1 A=2 b='x&amp;y&notit;' c=d/e f = \"g\" =h i=>j<k l='m",
        "<b x=1><b x=2><b x=3><b x=4><p>a</b></b></b></b>b<b x=1><b x=1><b x=1><b x=1><p>c",
        "<b x=1 y=2><b y=2 x=1><b y=2 x=1 class=z><b x=1 y=2><b y=2 x=1><p>c",
        "<a href=x y=1>a<a href=y>b<table><a>c</table>",
        "<input type=hidden><frameset>",
        "<plaintext>a</plaintext>\0<p>",
        "<xmp><p>&amp;</xmp><noembed><p></noembed><template><td>x</template>",
        "&#x80;&#xD800;&#10;&#13;&NotEqualTilde;&ampx&am",
        "<",
        "</",
        "<a b",
        "<a b=",
        "a<1 b< c<é",
        "<select><option>a<option selected>b</select><table><tr><td>c<td>d</table>",
    ] {
        check(page);
    }
}

/// Our own pages, and with `TOLLGATE_PAGES` all pages of that folder.
#[test]
fn saved_pages_give_the_same_tree() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/training-data/pages");
    let folders = [Some(own.to_owned()), std::env::var("TOLLGATE_PAGES").ok()];
    let mut pages = 0;
    for folder in folders.into_iter().flatten() {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            if !(name.ends_with(".html") || name.ends_with(".html.gz")) {
                continue;
            }
            let bytes = crate::input::read_bytes(&path, &crate::Limits::default()).unwrap();
            let Ok(decoded) = super::decode(&bytes) else {
                continue;
            };
            let want = theirs(&decoded.text);
            for keep in [Keep::All, Keep::Needed] {
                // no assert_eq: the trees of a page fill a screen many times over
                assert!(
                    dump(&ours(&decoded.text, keep), keep) == dump(&want, keep),
                    "{name} {keep:?}"
                );
            }
            pages += 1;
        }
    }
    assert!(pages > 20);
}

proptest! {
    // a failure that is found becomes a page of the list above
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_markup_gives_the_same_tree(parts in prop::collection::vec(part(), 0..40)) {
        check(&parts.concat());
    }
}

fn part() -> impl Strategy<Value = String> {
    let words = [
        "<",
        ">",
        "</",
        "/>",
        "<!",
        "<!--",
        "-->",
        "--!>",
        "--",
        "-",
        "<?",
        "]]>",
        "<![CDATA[",
        "\"",
        "'",
        "=",
        " ",
        "\n",
        "\r\n",
        "\0",
        "&",
        "&amp;",
        "&amp",
        "&notin;",
        "&#x41;",
        "&#0;",
        "&#",
        ";",
        "text",
        "é",
        "<!doctype html>",
        "<script>",
        "</script>",
        "<script type='application/ld+json'>",
        "<style>",
        "</style>",
        "<title>",
        "</title>",
        "<textarea>",
        "</textarea>",
        "<noscript>",
        "</noscript>",
        "<iframe>",
        "</iframe>",
        "<svg>",
        "</svg>",
        "<math>",
        "<foreignObject>",
        "<p>",
        "</p>",
        "<p class=a id=\"b\" onclick='c'>",
        "<b x=1>",
        "<b x=2 class=q>",
        "</b>",
        "<a href=x>",
        "</a>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<template>",
        "</template>",
        "<select>",
        "<option>",
        "</select>",
        "<br/>",
        "<input type=hidden>",
        "<font color=red>",
        "</font>",
        "<body lang=en>",
        "<html lang=de x=y>",
        "<head>",
        "</head>",
        "<pre>",
        "<SCRIPT",
        "</scrip",
        "<plaintext",
        "<xmp>",
        "</xmp>",
        "<li>",
        "<form>",
        "</form>",
        "<frameset>",
    ];
    prop_oneof![
        9 => prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => "[a-zA-Z<>&/!'\"= -]{0,6}",
    ]
}
