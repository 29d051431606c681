//! Pages for `bench` when none are given: made up, always the same, in the proportions of news pages.

use std::fmt::Write;

/// Sentences of the articles.
const SENTENCES: [&str; 6] = [
    "The council met on Monday, and after two hours the mayor spoke of the old bridge.",
    "Nobody had asked for a report; it came all the same, with forty pages of tables.",
    "“We shall see in spring,” said the engineer, who had come by train.",
    "Prices rose by 3.2 percent in May 2031, more than in the year before.",
    "Rain fell on the square &amp; the market closed early.",
    "Two bakers, a teacher and a nurse told us what they think about it.",
];

/// Made-up pages of growing size.
pub fn made_pages() -> Vec<(String, Vec<u8>)> {
    (0..40)
        .map(|k| (format!("made-{k:02}"), page(k).into_bytes()))
        .collect()
}

fn page(k: usize) -> String {
    let mut p = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Bridge report {k} | Gazette</title>\
         <meta property=\"og:title\" content=\"Bridge report {k}\"><link rel=\"canonical\" href=\"https://gazette.example/{k}\">\
         <script type=\"application/ld+json\">{{\"@type\":\"NewsArticle\",\"headline\":\"Bridge report {k}\",\
         \"isAccessibleForFree\":{}}}</script>\n",
        !k.is_multiple_of(3)
    );
    for i in 0..6 + k {
        let _ = writeln!(
            p,
            "<script async>window.q{i}=function(a,b){{if(a<b&&b>{i}){{return \"</div>\"+a}}return [{i},a,b].map(x=>x*2)}};{}</script>",
            "var s=document.createElement('i');s.className='w';".repeat(20 + k)
        );
        let _ = writeln!(
            p,
            "<style>.c{i} > a{{color:#fff;margin:0 {i}px}}{}</style>",
            ".x:hover{top:0}".repeat(30)
        );
    }
    p.push_str("</head><body><header class=\"site-header\"><nav><ul class=\"menu\">");
    for i in 0..20 {
        let _ = write!(
            p,
            "<li class=\"menu-item\" data-track-id=\"t{i}\" data-gtm='{{\"a\":{i}}}'><a href=\"/section/{i}\" onclick=\"go({i})\" \
             data-vars=\"s{i}\">Section {i}</a></li>"
        );
    }
    p.push_str("</ul></nav></header><!-- article begins --><main><article class=\"story\"><h1>Bridge report</h1>\
        <p class=\"byline\">By <a href=\"/ada\">Ada Poe</a></p><time datetime=\"2031-05-03\">3 May 2031</time>");
    for i in 0..10 + 3 * k {
        let _ = write!(p, "<p class=\"story-text\" data-block-id=\"{i}\">");
        for j in 0..3 + i % 3 {
            let _ = write!(p, "{} ", SENTENCES[(i + j) % SENTENCES.len()]);
        }
        p.push_str("</p>\n");
        if i % 7 == 3 {
            p.push_str("<figure><img src=\"/p.jpg\" srcset=\"/p.jpg 1x, /p2.jpg 2x\"><figcaption>The old bridge</figcaption></figure>\
                <svg viewBox=\"0 0 9 9\"><path d=\"M0 0h24v24H0z M3 18h18v-2H3v2zm0-5h18v-2H3v2z\"/></svg>");
        }
    }
    if k.is_multiple_of(3) {
        p.push_str(
            "<div class=\"paywall\"><h3>Subscribe to continue reading</h3><form><input type=email name=mail>\
            <button>Start for $1 a week</button></form></div>",
        );
    }
    p.push_str("</article></main><aside class=\"related\">");
    for i in 0..30 {
        let _ = write!(
            p,
            "<div class=\"teaser card-{i}\"><a href=\"/story/{i}\"><h3>Another story of number {i}</h3></a><span>{i} min</span></div>"
        );
    }
    p.push_str("</aside><footer><p>© 2031 Gazette. All rights reserved.</p></footer></body></html>\n");
    p
}
