//! The yardstick of speed: scraper's own parse of an unmodified page. For the bench and nothing else.

/// Parses a page with `scraper::Html::parse_document` and gives its number of nodes.
pub fn scraper_parse(text: &str) -> usize {
    scraper::Html::parse_document(text).tree.nodes().count()
}
