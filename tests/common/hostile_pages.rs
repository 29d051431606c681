//! Pages made to be slow: each kind grows to any size.

use std::fmt::Write;

/// A kind of page: its name, and the page of about so many bytes.
pub type Kind = (&'static str, fn(usize) -> Vec<u8>);

/// All kinds of pages with markup.
pub const PAGES: &[Kind] = &[
    ("nested elements", |n| repeat("", "<div>", n, "x")),
    ("nested inline elements", |n| repeat("", "<b><i>", n, "x")),
    ("nested unknown elements", |n| repeat("", "<x-y>", n, "x")),
    ("nested links", |n| repeat("", "<a href=/>x", n, "")),
    ("nested lists", |n| repeat("", "<ul><li>x", n, "")),
    ("nested tables", |n| repeat("", "<table><tr><td>", n, "x")),
    ("nested templates", |n| repeat("", "<template>", n, "x")),
    ("nested svg", |n| repeat("", "<svg><g><desc>", n, "x")),
    ("nested math", |n| repeat("", "<math><mi>", n, "x")),
    ("nested select", |n| repeat("", "<select><option>x", n, "")),
    ("attributes on one element", |n| {
        numbered("<p ", |i| format!("a{i}=1 "), n, ">text")
    }),
    ("attributes of the same name", |n| {
        repeat("<p ", "id=a ", n, ">text")
    }),
    ("a long attribute", |n| repeat("<p title='", "abc ", n, "'>text")),
    ("a list of classes", |n| {
        numbered("<p class='", |i| format!("paywall-{i} "), n, "'>text")
    }),
    ("lists of classes", |n| {
        let classes: String = (0..400).fold(String::new(), |s, i| s + " c" + &i.to_string());
        repeat("", &format!("<p class='{classes}'>text here"), n, "")
    }),
    ("classes of their own", |n| {
        numbered("", |i| format!("<p class='a{i} b{i}' id=c{i}>word{i}"), n, "")
    }),
    ("entities", |n| repeat("<p>", "&amp;&eacute;&#x41;", n, "")),
    ("broken entities", |n| {
        repeat("<p>", "&notit;&&#;&#x;&ampersand", n, "")
    }),
    ("ampersands", |n| repeat("<p>", "&", n, "")),
    ("text in tables", |n| repeat("<table>", "x<b>y", n, "")),
    ("links in tables", |n| repeat("<table>", "<a>x<tr>", n, "")),
    ("misnested formatting", |n| {
        repeat("", "<a><b><i>x</a>y</b>z</i>", n, "")
    }),
    ("misnested formatting over blocks", |n| {
        repeat("", "<b><p>x</b>y</p>", n, "")
    }),
    ("formatting that is opened anew", |n| {
        repeat("", "<p><font><b><i>x", n, "")
    }),
    ("formatting of its own that is opened anew", |n| {
        numbered("", |i| format!("<p><font id={i}>x"), n, "")
    }),
    ("links over blocks", |n| repeat("", "<a><div>x", n, "")),
    ("formatting ends without begin", |n| {
        repeat("<b><b><b>", "</a></i></font>x", n, "")
    }),
    ("one text", |n| {
        repeat("<p>", "The river stood high that spring. ", n, "")
    }),
    ("one text of Chinese", |n| {
        repeat("<p>", "那年春天河水很高。", n, "")
    }),
    ("one long word", |n| repeat("<p>", "abcdefgh", n, "")),
    ("siblings", |n| repeat("", "<p>x</p>", n, "")),
    ("inline siblings", |n| repeat("<p>", "<i>x</i>", n, "")),
    ("line breaks", |n| repeat("<p>", "x<br>", n, "")),
    ("empty elements", |n| repeat("", "<p></p>", n, "x")),
    ("stray ends", |n| repeat("", "</p></br></div>", n, "x")),
    ("unclosed everything", |n| {
        repeat("", "<p><li>x<dd>y<dt><td><th><option><h1>z", n, "")
    }),
    ("forms", |n| {
        repeat(
            "",
            "<form action=/><input name=q><button>Go</button></form>",
            n,
            "",
        )
    }),
    ("one form", |n| {
        repeat(
            "<form>",
            "<input type=email><button>Sign up</button><label>Your e-mail</label>",
            n,
            "",
        )
    }),
    ("rows of one table", |n| {
        repeat("<table>", "<tr><td>a<td>b", n, "")
    }),
    ("entries of a list", |n| {
        repeat("<ul>", "<li><a href=/a>An entry</a>", n, "")
    }),
    ("headings", |n| repeat("", "<h2>A heading</h2>", n, "")),
    ("headings with texts", |n| {
        numbered(
            "",
            |i| format!("<h2>Part {i}</h2><p>A text of part {i}.</p>"),
            n,
            "",
        )
    }),
    ("the same long text", |n| {
        repeat(
            "",
            "<p>The miller of Tolworth wrote down the height of the river every day.</p>",
            n,
            "",
        )
    }),
    ("the same prompt", |n| {
        repeat(
            "",
            "<div class=paywall><p>Subscribe to continue reading</p></div>",
            n,
            "",
        )
    }),
    ("prompts in one element", |n| {
        repeat(
            "<div>",
            "<p>Subscribe now for 1 € a month</p><p>Log in</p>",
            n,
            "",
        )
    }),
    ("prompts and texts", |n| {
        numbered(
            "",
            |i| format!("<p>Story {i} of the river and its miller.</p><p>Subscribe to read on</p>"),
            n,
            "",
        )
    }),
    ("words of gates in one text", |n| {
        repeat(
            "<p>",
            "subscribe subscribers only to continue reading free articles left ",
            n,
            "",
        )
    }),
    ("prompt after a cut text", |n| {
        let text = repeat("<article><p>", "The river stood high that spring. ", n, "…</p>");
        [
            text,
            b"<div class=paywall>Subscribe to continue reading</div></article>".to_vec(),
        ]
        .concat()
    }),
    ("shifted letters", |n| {
        repeat(
            "<article>",
            "<p>Uif sjwfs tuppe ijhi uibu tqsjoh boe uif njmmfs xspuf.</p>",
            n,
            "",
        )
    }),
    ("scripts", |n| repeat("", "<script>var a = 1;</script>", n, "x")),
    ("one script", |n| {
        repeat(
            "<script>",
            "if (a < b) { c('<!--<script>'); }\n",
            n,
            "</script><p>x",
        )
    }),
    ("begun scripts", |n| repeat("", "<script><!--<script>", n, "")),
    ("styles", |n| {
        repeat("", "<style>p { color: red }</style>", n, "x")
    }),
    ("nested lists in JSON-LD", |n| {
        repeat("<script type=application/ld+json>", "[", n, "</script><p>x")
    }),
    ("nested objects in JSON-LD", |n| {
        repeat(
            "<script type=application/ld+json>",
            "{\"hasPart\":",
            n,
            "</script><p>x",
        )
    }),
    ("many objects in JSON-LD", |n| {
        let part = "{\"@type\":\"WebPageElement\",\"isAccessibleForFree\":\"False\",\"cssSelector\":\".a\"},";
        repeat(
            "<script type=application/ld+json>[",
            part,
            n,
            "{}]</script><p class=a>x",
        )
    }),
    ("own selectors in JSON-LD", |n| {
        let part = |i| format!("{{\"isAccessibleForFree\":false,\"cssSelector\":\".a{i}\"}},");
        let mut page = numbered("<script type=application/ld+json>[", part, n / 2, "{}]</script>");
        page.extend(numbered("", |i| format!("<p class=a{i}>x"), n / 2, ""));
        page
    }),
    ("scripts of JSON-LD", |n| {
        repeat(
            "",
            "<script type=application/ld+json>{\"isAccessibleForFree\":false}</script>",
            n,
            "<p>x",
        )
    }),
    ("escapes in JSON-LD", |n| {
        repeat(
            "<script type=application/ld+json>\"",
            "\\\\\\\"isAccessibleForFree",
            n,
            "</script><p>x",
        )
    }),
    ("a broken JSON-LD", |n| {
        repeat(
            "<script type=application/ld+json>{",
            "\"isAccessibleForFree\": ",
            n,
            "</script><p>x",
        )
    }),
    ("microdata", |n| {
        repeat(
            "",
            "<div itemscope><meta itemprop=isAccessibleForFree content=false>",
            n,
            "x",
        )
    }),
    ("meta tags", |n| {
        numbered(
            "",
            |i| format!("<meta property=og:url content=https://a.example/{i}>"),
            n,
            "<p>x",
        )
    }),
    ("titles", |n| repeat("", "<title>a</title>", n, "<p>x")),
    ("an unclosed title", |n| repeat("<title>", "<p>x</p>", n, "")),
    ("an unclosed comment", |n| repeat("<p>x<!--", "--!-->-", n, "")),
    ("comments", |n| repeat("", "<!--x-->", n, "<p>x")),
    ("broken comments", |n| repeat("", "<!-><!--->", n, "<p>x")),
    ("CDATA", |n| repeat("<svg>", "<![CDATA[x]]>", n, "")),
    ("less-than signs", |n| repeat("<p>", "<", n, "")),
    ("begun ends", |n| repeat("<p>", "</", n, "")),
    ("begun tags", |n| repeat("<p>", "<a ", n, "")),
    ("quotes", |n| repeat("<p ", "a='\" ", n, ">x")),
    ("carriage returns", |n| repeat("<p>", "x\r\r\n", n, "")),
    ("zeros", |n| {
        repeat(
            "<p>The river stood high that spring, and no one came by.",
            "abcdefghijklmnopqrstuvwxyz\0",
            n,
            "",
        )
    }),
    ("framesets", |n| repeat("", "<frameset><frame>", n, "")),
    ("bodies", |n| {
        numbered("", |i| format!("<body a{i}=1><html b{i}=1>"), n, "x")
    }),
    ("plaintext", |n| repeat("<plaintext>", "<p>x</p>\n", n, "")),
    ("textareas", |n| repeat("", "<textarea>x</textarea>", n, "<p>x")),
    ("noscripts", |n| {
        repeat("", "<noscript><p>x</p></noscript>", n, "")
    }),
    ("ruby", |n| repeat("<ruby>", "x<rt>y", n, "")),
    ("buttons", |n| repeat("", "<button>x", n, "")),
    ("nobr", |n| repeat("", "<nobr>x", n, "")),
    ("links to one place", |n| {
        repeat(
            "",
            "<p><a href='https://a.example/b?c=d'>A link to a place</a>",
            n,
            "",
        )
    }),
    ("links to places", |n| {
        numbered(
            "",
            |i| format!("<p><a href='https://a{i}.example/{i}'>Link {i}</a>"),
            n,
            "",
        )
    }),
    ("an undeclared encoding", |n| {
        repeat_bytes(b"<p>", b"\x82\xb1\x82\xea\x82\xcd\x95\xc5", n)
    }),
    ("UTF-16", |n| {
        let text = String::from_utf8(repeat("", "<p>x</p>", n / 2, "")).unwrap();
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }),
    ("escape sequences of Japanese", |n| {
        repeat_bytes(b"<meta charset=iso-2022-jp><p>", b"\x1b$B$3\x1b(B", n)
    }),
    ("begun meta tags in an unknown encoding", |n| {
        repeat_bytes(b"\xff", b"<meta charset", n)
    }),
];

/// All kinds of plain texts.
pub const TEXTS: &[Kind] = &[
    ("lines", |n| {
        numbered("", |i| format!("Line {i} of the miller's diary.\n"), n, "")
    }),
    ("the same line", |n| {
        repeat("", "Subscribe to our newsletter\n", n, "")
    }),
    ("one line", |n| {
        repeat("", "The river stood high that spring. ", n, "")
    }),
    ("empty lines", |n| repeat("x", "\n\n \n", n, "x")),
    ("one letter a line", |n| repeat("", "x\n", n, "")),
];

fn repeat(begin: &str, piece: &str, n: usize, end: &str) -> Vec<u8> {
    [begin, &piece.repeat(n / piece.len() + 1), end]
        .concat()
        .into_bytes()
}

fn repeat_bytes(begin: &[u8], piece: &[u8], n: usize) -> Vec<u8> {
    [begin, &piece.repeat(n / piece.len() + 1)].concat()
}

fn numbered(begin: &str, piece: impl Fn(usize) -> String, n: usize, end: &str) -> Vec<u8> {
    let mut page = begin.to_owned();
    let mut i = 0;
    while page.len() < n {
        // numbers of one length, so that twice the bytes are twice the pieces
        let _ = write!(page, "{}", piece(1_000_000 + i));
        i += 1;
    }
    (page + end).into_bytes()
}
