//! The feature columns in plain words: tables of phrases, and a fallback that reads the name itself, so that
//! a new column is explained in some way from its first day. Holds words only.

use crate::features::{Schema, context_names};

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Yes or no.
    Flag,
    /// A number as it is.
    Number,
    /// A logarithm of one plus a count.
    Log,
    /// A share of 1.
    Share,
    /// Log-odds.
    Odds,
}
use Unit::{Flag, Log, Number, Odds, Share};

/// Names of the columns that the trees read, in their order.
pub fn column_names() -> Vec<String> {
    let mut names = Schema::get().names().to_vec();
    for stage in ["words", "wording"] {
        names.extend(context_names(stage));
    }
    names
}

/// Whole columns.
const COLUMNS: &[(&str, Unit, &str)] = &[
    ("text.log_words", Log, "words in the block"),
    ("text.log_chars", Log, "characters in the block"),
    ("text.mean_word_chars", Number, "mean length of its words"),
    ("text.longest_word", Number, "length of its longest word"),
    ("text.upper_ratio", Share, "upper-case letters"),
    ("text.capitalised_ratio", Share, "words with a capital"),
    ("text.digit_ratio", Share, "digits among its characters"),
    ("text.sign_ratio", Share, "signs among its characters"),
    ("text.comma_rate", Number, "commas for its length"),
    ("text.log_sentences", Log, "sentences in the block"),
    ("text.words_a_sentence", Number, "words a sentence"),
    ("text.separators", Number, "separators such as | and ·"),
    (
        "text.unspaced_ratio",
        Share,
        "characters of scripts without spaces",
    ),
    ("text.ends_sentence", Flag, "ends like a sentence"),
    ("text.ends_colon", Flag, "ends with a colon"),
    ("text.ends_ellipsis", Flag, "ends with an ellipsis"),
    ("text.starts_lower", Flag, "begins with a small letter"),
    ("text.price", Flag, "has a price"),
    ("text.at_sign", Flag, "has an @"),
    ("text.copyright", Flag, "has a copyright sign"),
    ("text.date", Flag, "has a date or time"),
    ("text.address", Flag, "has a web address"),
    ("text.rich", Flag, "is running text"),
    ("text.log_copies", Log, "times its text stands on the page"),
    ("markup.heading_level", Number, "level as a heading (0: none)"),
    ("markup.run", Number, "which run of text in its element"),
    ("markup.depth", Number, "depth in the page's tree"),
    ("markup.nth", Number, "place among its siblings"),
    ("markup.siblings", Number, "siblings of its element"),
    ("markup.hidden_own", Flag, "its element is hidden"),
    ("markup.hidden_up", Flag, "an element around it is hidden"),
    ("markup.href_none", Flag, "has no link"),
    ("markup.href_fragment", Flag, "links within the page"),
    ("markup.href_mail", Flag, "links to a mail address"),
    ("markup.href_external", Flag, "links to another site"),
    ("markup.href_length", Number, "length of its link's address"),
    (
        "container.in_best",
        Flag,
        "lies in the element with most running text",
    ),
    ("container.best_lca", Number, "depth shared with the running text"),
    (
        "container.best_up",
        Number,
        "steps up to the element with most running text",
    ),
    ("container.title_lca", Number, "depth shared with the title"),
    ("container.before_best", Number, "how far before the running text"),
    ("container.after_best", Number, "how far after the running text"),
    ("container.place_in_up1", Share, "place in its nearest container"),
    ("container.place_in_up2", Share, "place in its second container"),
    ("place.index_ratio", Share, "how far down the page, by blocks"),
    (
        "place.words_before_ratio",
        Share,
        "how far down the page, by words",
    ),
    ("place.log_index", Log, "blocks before it"),
    ("place.log_index_from_end", Log, "blocks from here to the end"),
    ("place.after_title", Log, "blocks since the title"),
    ("place.before_title", Log, "blocks until the title"),
    (
        "place.in_rich_span",
        Flag,
        "between the first and last running text",
    ),
    (
        "place.before_rich_span",
        Log,
        "blocks before the first running text",
    ),
    ("place.after_rich_span", Log, "blocks after the last running text"),
    ("place.to_rich_before", Log, "blocks since running text"),
    ("place.to_rich_after", Log, "blocks until running text"),
    ("place.words_since_heading", Log, "words since the last heading"),
    (
        "place.blocks_since_heading",
        Number,
        "blocks since the last heading",
    ),
    ("nesting.unit", Flag, "stands beside a form"),
    ("nesting.field_near", Log, "blocks to the nearest field of a form"),
    ("nesting.articles", Number, "article elements around it"),
    ("nesting.article_place", Share, "place in its article element"),
    (
        "nesting.article_holds_title",
        Flag,
        "its article element holds the title",
    ),
    (
        "nesting.outer_article_holds_title",
        Flag,
        "its outermost article element holds the title",
    ),
    (
        "nesting.article_rich_share",
        Share,
        "share of the page's running text in its article element",
    ),
    (
        "nesting.outer_article_rich_share",
        Share,
        "share of the page's running text in its outermost article element",
    ),
    ("nesting.stories", Log, "stories on the page"),
    (
        "nesting.story_place",
        Number,
        "which story of the page (-1: none)",
    ),
    (
        "nesting.rich_from_title_to_branch",
        Log,
        "running words between the title and its branch",
    ),
    ("order.first_headings", Number, "first-level headings on the page"),
    (
        "order.first_headings_before",
        Number,
        "first-level headings before it",
    ),
    (
        "order.title_level_headings_since_title",
        Log,
        "headings of the title's level since the title",
    ),
    ("order.section_words", Log, "words under its heading"),
    (
        "order.section_rich_ratio",
        Share,
        "running text under its heading",
    ),
    (
        "order.section_link_density",
        Share,
        "link words under its heading",
    ),
    ("order.rich_words_before", Log, "running words before it"),
    (
        "order.rich_words_since_title",
        Log,
        "running words since the title",
    ),
    ("order.rich_words_after", Log, "running words after it"),
    ("order.copy_place", Number, "earlier copies of its text"),
    (
        "order.copy_distance",
        Log,
        "blocks since a copy of its text (-1: none)",
    ),
    ("order.copy_in_run", Flag, "repeats a row of blocks"),
    ("order.copies_near", Share, "repeated text around it"),
    ("order.dates_since_title", Log, "dates since the title"),
    (
        "declared.title_overlap",
        Share,
        "words shared with the declared title",
    ),
    ("declared.title_equal", Flag, "says the declared title"),
    (
        "declared.description_overlap",
        Share,
        "words shared with the declared description",
    ),
    (
        "declared.structured_overlap",
        Share,
        "words shared with the declared article text",
    ),
    (
        "declared.author_overlap",
        Share,
        "words shared with the declared authors",
    ),
    ("declared.site_name", Share, "words shared with the site's name"),
    (
        "page.og_article",
        Flag,
        "the page declares an article (Open Graph)",
    ),
    (
        "page.schema_article",
        Flag,
        "the page declares an article (schema.org)",
    ),
    ("page.schema_product", Flag, "the page declares a product"),
    ("page.schema_list", Flag, "the page declares a list"),
    ("page.schema_forum", Flag, "the page declares a forum"),
];

/// Beginnings of columns that tell the same things of different places.
const PLACES: &[(&str, &str)] = &[
    ("container.up1_", "its nearest container"),
    ("container.up2_", "its second container"),
    ("container.up3_", "its third container"),
    ("container.up4_", "its fourth container"),
    ("container.section_", "its section"),
    ("container.path_", "the blocks with the same element path"),
    ("container.class_", "the blocks with the same path and class"),
    ("place.near-3_", "the third block before"),
    ("place.near-2_", "the second block before"),
    ("place.near-1_", "the block before"),
    ("place.near+1_", "the block after"),
    ("place.near+2_", "the second block after"),
    ("place.near+3_", "the third block after"),
    ("place.window4_", "the 4 blocks on either side"),
    ("place.window10_", "the 10 blocks on either side"),
    ("place.last_heading_", "the last heading"),
    ("order.last_heading_", "the last heading"),
    ("nesting.own_", "its element"),
    ("nesting.card_", "its card"),
    ("nesting.grid_", "the grid around it"),
    ("nesting.unit_", "the form around it"),
    ("nesting.branch_", "its branch beside the title"),
    ("page.", "the page"),
    ("markup.", "the block"),
    ("text.", "the block"),
];

/// What is told of a place; `{}` is the place.
const PARTS: &[(&str, Unit, &str)] = &[
    ("log_words", Log, "words in {}"),
    ("words", Log, "words in {}"),
    ("mean_words", Number, "words a block in {}"),
    ("log_blocks", Log, "blocks in {}"),
    ("blocks", Log, "blocks in {}"),
    ("log_elements", Log, "elements in {}"),
    ("log_rich_blocks", Log, "blocks of running text in {}"),
    ("mean_rich_words", Number, "words a running block of {}"),
    ("log_links", Log, "links in {}"),
    ("links", Share, "link words in {}"),
    ("link_density", Share, "link words in {}"),
    ("emphasis_density", Share, "emphasised words in {}"),
    ("linked_headings", Share, "headings of {} that are links"),
    ("page_share", Share, "share of the page's words in {}"),
    ("rich_ratio", Share, "running text in {}"),
    ("rich_share", Share, "running text in {}"),
    ("rich", Share, "running text in {}"),
    ("headings", Number, "headings in {}"),
    ("heading", Flag, "{} is a heading"),
    ("level", Number, "level of {}"),
    ("subscribe", Number, "words of subscribing in {}"),
    ("related", Flag, "{} announces related pages"),
    ("copies", Log, "times the text of {} stands on the page"),
    ("prices", Number, "prices in {}"),
    ("dates", Number, "dates in {}"),
    ("fields", Number, "form fields in {}"),
    ("inputs", Log, "form fields in {}"),
    ("email", Number, "e-mail fields in {}"),
    ("emails", Log, "e-mail fields in {}"),
    ("passwords", Number, "password fields in {}"),
    ("checkboxes", Log, "checkboxes in {}"),
    ("buttons", Number, "buttons in {}"),
    ("images", Number, "pictures in {}"),
    ("place", Share, "place in {}"),
    ("depth", Number, "steps from {}"),
    ("holds_h1", Flag, "{} holds the main heading"),
    ("same_path", Flag, "{} has the same element path"),
    ("same_class", Flag, "{} has the same path and class"),
    ("shared_depth", Share, "depth shared with {}"),
    ("twins", Log, "elements that look like {}"),
    ("twin_place", Number, "place of {} among those that look like it"),
    ("twin_words", Log, "words a copy of {}"),
    ("twin_blocks", Log, "blocks a copy of {}"),
    (
        "twins_page_share",
        Share,
        "share of the page's words in copies of {}",
    ),
    ("twins_rich_ratio", Share, "running text in copies of {}"),
    ("list_ratio", Share, "list items in {}"),
    ("cell_ratio", Share, "table cells in {}"),
    ("pre_ratio", Share, "preformatted blocks in {}"),
    ("button_ratio", Share, "buttons among the blocks of {}"),
    ("hidden_ratio", Share, "hidden blocks in {}"),
    (
        "top_group_share",
        Share,
        "share of the largest group of alike blocks in {}",
    ),
    ("best_share", Share, "share of the main element in {}"),
    (
        "best_rich_share",
        Share,
        "share of the main element in the running text of {}",
    ),
    ("questions", Number, "question marks in {}"),
    ("exclamations", Number, "exclamation marks in {}"),
];

/// Places of the context columns; what the words say there is told.
const CONTEXT: &[(&str, &str)] = &[
    ("own", "this block"),
    ("near-3", "the third block before"),
    ("near-2", "the second block before"),
    ("near-1", "the block before"),
    ("near+1", "the block after"),
    ("near+2", "the second block after"),
    ("near+3", "the third block after"),
    ("window", "the blocks around"),
    ("best_near", "the most telling block nearby"),
    ("heading", "the heading above"),
    ("container1", "its nearest container"),
    ("container2", "its second container"),
    ("container3", "its third container"),
    ("card", "its card"),
    ("unit", "the form around it"),
    ("branch", "its branch beside the title"),
    ("path_group", "the blocks with the same element path"),
    ("class_group", "the blocks with the same path and class"),
    ("page", "the whole page"),
];

/// A column in plain words.
pub fn describe(column: &str) -> String {
    known(column).map_or_else(|| fallback(column), |(_, phrase)| phrase)
}

/// A column's value as a person reads it.
pub fn shown_value(column: &str, value: f32) -> String {
    let unit = known(column).map_or(Number, |(unit, _)| unit);
    match unit {
        Flag => if value > 0.0 { "yes" } else { "no" }.to_owned(),
        Share if (0.0..=1.0).contains(&value) => format!("{:.0} %", value * 100.0),
        Log if value >= 0.0 => format!("{:.0}", value.exp_m1()),
        Odds => format!("{:.0} %", 100.0 / (1.0 + (-value).exp())),
        Number | Share | Log => {
            let text = format!("{value:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }
}

fn known(column: &str) -> Option<(Unit, String)> {
    if let Some((_, unit, phrase)) = COLUMNS.iter().find(|(name, ..)| *name == column) {
        return Some((*unit, (*phrase).to_owned()));
    }
    context(column).or_else(|| markup(column)).or_else(|| {
        let (start, place) = PLACES.iter().find(|(start, _)| column.starts_with(start))?;
        let rest = &column[start.len()..];
        let (_, unit, phrase) = PARTS.iter().find(|(name, ..)| *name == rest)?;
        Some((*unit, phrase.replace("{}", place)))
    })
}

fn context(column: &str) -> Option<(Unit, String)> {
    let (stage, rest) = column.split_once('.')?;
    let speaker = match stage {
        "words" => "words and markup",
        "wording" => "words alone",
        _ => return None,
    };
    let place = |name: &str| CONTEXT.iter().find(|(n, _)| *n == name).map(|(_, place)| *place);
    if let Some(name) = rest.strip_prefix("subscription_most_") {
        let place = place(name)?;
        return Some((Odds, format!("strongest prompt in {place}, by {speaker}")));
    }
    match rest {
        "blocks_since_content" => return Some((Log, format!("blocks since content, by {speaker}"))),
        "blocks_to_content" => return Some((Log, format!("blocks until content, by {speaker}"))),
        _ => {}
    }
    let (label, name) = rest.split_once('_')?;
    let place = place(name)?;
    let unit = if matches!(name, "own" | "best_near" | "heading") || name.starts_with("near") {
        Odds
    } else {
        Share
    };
    Some((unit, format!("how much {place} reads like {label}, by {speaker}")))
}

fn markup(column: &str) -> Option<(Unit, String)> {
    let (family, name) = column.split_once('.')?;
    if family == "text" {
        let cue = name.strip_prefix("cue_")?;
        return Some((Number, format!("words of the kind “{}”", cue.replace('_', " "))));
    }
    if family != "markup" {
        return None;
    }
    if let Some(tag) = name.strip_prefix("in_") {
        return Some((Flag, format!("its element is of the kind “{tag}”")));
    }
    if let Some(tag) = name.strip_prefix("all_") {
        return Some((Flag, format!("all of it is in “{tag}”")));
    }
    if let Some(tag) = name.strip_prefix("under_") {
        return Some((Flag, format!("lies in a “{tag}” element")));
    }
    let (names, place) = name.strip_prefix("class_").and_then(|n| {
        n.strip_suffix("_near")
            .map(|n| (n, "its"))
            .or_else(|| n.strip_suffix("_up").map(|n| (n, "an outer")))
    })?;
    Some((
        Flag,
        format!("{place} class name speaks of “{}”", names.replace('_', " ")),
    ))
}

/// A name that no table knows, spelt out.
fn fallback(column: &str) -> String {
    let (family, name) = column.split_once('.').unwrap_or(("feature", column));
    format!(
        "{family}: {}",
        name.trim_start_matches("log_").replace(['_', '.'], " ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_phrase_without_a_column_name_in_it() {
        let names = column_names();
        assert_eq!(names.len(), crate::model::stage_columns());
        for name in names {
            let phrase = describe(&name);
            assert!(phrase.contains(' ') && !phrase.contains('_'), "{name}: {phrase}");
        }
    }

    #[test]
    fn columns_are_told_by_place_and_new_ones_by_their_name() {
        assert_eq!(
            describe("place.near-1_link_density"),
            "link words in the block before"
        );
        assert_eq!(
            describe("container.up2_email"),
            "e-mail fields in its second container"
        );
        assert_eq!(
            describe("wording.subscription_own"),
            "how much this block reads like subscription, by words alone"
        );
        assert_eq!(describe("new.log_things_seen"), "new: things seen");
    }

    #[test]
    fn values_are_shown_in_their_unit() {
        assert_eq!(shown_value("text.price", 1.0), "yes");
        assert_eq!(shown_value("text.log_words", 12.0_f32.ln_1p()), "12");
        assert_eq!(shown_value("page.link_density", 0.25), "25 %");
        assert_eq!(shown_value("place.near-1_link_density", -1.0), "-1");
        assert_eq!(shown_value("words.content_own", 0.0), "50 %");
        assert_eq!(shown_value("new.thing", 2.5), "2.5");
    }
}
