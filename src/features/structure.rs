//! How a page repeats and nests, computed once a page: sibling elements cut alike, forms with the blocks
//! around them, articles, and the branch of the tree in which a block stands beside the title.
//! Holds facts, no feature: the families turn these into columns.

use super::facts::{Facts, Sums};
use super::text_facts::mix;
use super::tokens::hash_str;
use super::upward;
use crate::blocks::{Mark, Name, Outline};
use crate::page::Tag;
use foldhash::HashMap;

/// No element.
pub const NONE: u32 = u32::MAX;
/// A form with more blocks around it is no unit.
const UNIT_BLOCKS: u32 = 40;
/// Ancestors that are looked at.
const CLIMB: usize = 24;

/// Sibling elements of one name and class that hold blocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Twins {
    /// How many.
    pub count: u32,
    /// Blocks below all of them.
    pub blocks: f32,
    /// Words below all of them.
    pub words: f32,
    /// Words of running text below all of them.
    pub rich_words: f32,
}

/// Where a block stands.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Nearest ancestor that holds several blocks and has twins.
    pub card: u32,
    /// Outermost ancestor that has twins.
    pub grid: u32,
    /// Nearest ancestor that holds a text field and few blocks.
    pub unit: u32,
    /// Ancestor below the deepest element that holds the title as well.
    pub branch: u32,
    /// Nearest `article`.
    pub article: u32,
    /// Outermost `article`.
    pub outer_article: u32,
    /// Number of `article` ancestors.
    pub articles: u32,
    /// Number of the outermost `article` among those with running text, 0 is the first.
    pub story: Option<u32>,
}

/// The structure of one page.
#[derive(Debug, Clone)]
pub struct Structure {
    group_of: Vec<u32>,
    index_of: Vec<u32>,
    /// Groups of twins.
    pub groups: Vec<Twins>,
    /// By block.
    pub places: Vec<Place>,
    /// Outermost `article` elements that hold running text.
    pub stories: u32,
}

impl Structure {
    /// Reads the structure of a page.
    pub fn read(f: &Facts) -> Structure {
        let n = f.outline.elements.len();
        let mut index: HashMap<(u32, u32), u32> = HashMap::default();
        let mut first_word = first_words(&f.outline);
        let mut s = Structure {
            group_of: vec![NONE; n],
            index_of: vec![0; n],
            groups: Vec::new(),
            places: Vec::with_capacity(f.len()),
            stories: 0,
        };
        for (i, e) in f.outline.elements.iter().enumerate() {
            if e.block_count() == 0 || e.tag.is_inline() {
                continue;
            }
            let key = (e.parent, mix(e.tag as u32 + 1, first_word(e.class)));
            let at = *index.entry(key).or_insert_with(|| {
                s.groups.push(Twins::default());
                s.groups.len() as u32 - 1
            });
            let sums = f.below(i as u32);
            let group = &mut s.groups[at as usize];
            s.group_of[i] = at;
            s.index_of[i] = group.count;
            group.count += 1;
            group.blocks += sums.blocks;
            group.words += sums.words;
            group.rich_words += sums.rich_words;
        }
        s.places = s.read_places(f);
        let mut last = NONE;
        for p in &mut s.places {
            if p.outer_article == NONE || f.below(p.outer_article).rich_words <= 0.0 {
                continue;
            }
            // the blocks of an element stand together
            if p.outer_article != last {
                last = p.outer_article;
                s.stories += 1;
            }
            p.story = Some(s.stories - 1);
        }
        s
    }

    fn read_places(&self, f: &Facts) -> Vec<Place> {
        let outline = &*f.outline;
        let twinned = |at: u32| self.twins(at).is_some_and(|t| t.count > 1);
        let cards = upward::nearest(outline, |at, e| e.block_count() > 1 && twinned(at));
        let units = upward::nearest(outline, |_, e| {
            let fields = e.mark(Mark::Email) + e.mark(Mark::Input) + e.mark(Mark::Password);
            fields > 0 && e.block_count() <= UNIT_BLOCKS
        });
        let shared = f
            .title_block
            .map(|t| upward::shared_with(outline, outline.blocks[t].element));
        let branches = upward::nearest(outline, |at, e| {
            // where no block is the title, the root stands for it
            let holds_title = |at: u32| shared.as_ref().map_or(at == 0, |s| s[at as usize] == at);
            holds_title(at) || holds_title(e.parent)
        });
        let articles = upward::nearest(outline, |_, e| e.tag == Tag::Article);
        let outer_articles = upward::outermost(outline, |_, e| e.tag == Tag::Article);
        let grids = upward::outermost(outline, |at, _| twinned(at));
        let depth = |at: u32| usize::from(outline.element(at).depth);
        let place = |element: u32| {
            let near = |at: Option<u32>| {
                at.filter(|at| depth(element) - depth(*at) < CLIMB)
                    .unwrap_or(NONE)
            };
            let at = element as usize;
            let grid = if depth(element) < CLIMB {
                grids[at].map(|(outer, _)| outer)
            } else {
                let climb = outline.ancestry(element).take(CLIMB).map(|(at, _)| at);
                climb.filter(|at| twinned(*at)).last()
            };
            Place {
                card: near(cards[at]),
                grid: grid.unwrap_or(NONE),
                unit: near(units[at]),
                branch: branches[at].unwrap_or(0),
                article: articles[at].unwrap_or(NONE),
                outer_article: outer_articles[at].map_or(NONE, |(outer, _)| outer),
                articles: outer_articles[at].map_or(0, |(_, count)| count),
                story: None,
            }
        };
        outline.blocks.iter().map(|b| place(b.element)).collect()
    }

    /// Which of the groups an element is in.
    pub fn twin_group(&self, element: u32) -> Option<usize> {
        let group = *self.group_of.get(element as usize)?;
        (group != NONE).then_some(group as usize)
    }

    /// The twins of an element, itself included.
    pub fn twins(&self, element: u32) -> Option<&Twins> {
        self.groups.get(self.twin_group(element)?)
    }

    /// Position of an element among its twins, 0 is the first.
    pub fn twin_index(&self, element: u32) -> u32 {
        self.index_of.get(element as usize).copied().unwrap_or(0)
    }

    /// Blocks below an element, an empty range for [`NONE`].
    pub fn range(f: &Facts, element: u32) -> (u32, u32) {
        f.outline
            .elements
            .get(element as usize)
            .map_or((0, 0), |e| (e.first_block, e.end_block))
    }

    /// Sums below an element, all 0 for [`NONE`].
    pub fn sums(f: &Facts, element: u32) -> Sums {
        if element == NONE {
            Sums::default()
        } else {
            f.below(element)
        }
    }
}

/// Hashes of the first words of classes, without the numbers at their end; each class is read once.
fn first_words(outline: &Outline) -> impl FnMut(Option<Name>) -> u32 {
    let read = |class: &str| {
        let first = class.split_ascii_whitespace().next().unwrap_or("");
        hash_str(first.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '_'))
    };
    let none = read("");
    let mut known: Vec<Option<u32>> = vec![None; outline.names.len()];
    move |class| match class {
        Some(name) => *known[name.index()].get_or_insert_with(|| read(outline.names.text(name))),
        None => none,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::{Outline, outline_of_dom};
    use crate::page::{Dom, PageMeta};
    use std::sync::Arc;

    fn read(html: &str) -> (Arc<Outline>, Arc<PageMeta>) {
        let dom = Dom::parse(html);
        (
            Arc::new(outline_of_dom(&dom, usize::MAX)),
            Arc::new(PageMeta::read(&dom)),
        )
    }

    #[test]
    fn cards_forms_and_articles_are_found() {
        let (outline, meta) = read(
            "<h1>Title</h1><div class=grid><div class='card-1 x'><h3>A</h3><p>One</p></div><div class='card-2'><h3>B</h3>\
             <p>Two</p></div><div class=other><p>C</p></div></div><article><section><p>Deep</p></section></article>\
             <form><label>Mail</label><input type=email></form>",
        );
        let facts = Facts::read(&outline, &meta);
        let s = Structure::read(&facts);
        let at = |text: &str| outline.blocks.iter().position(|b| b.text == text).unwrap();
        let two = &s.places[at("Two")];
        assert_eq!(s.twins(two.card).map(|t| t.count), Some(2));
        assert_eq!(s.twin_index(two.card), 1);
        assert_eq!(s.places[at("C")].card, NONE);
        assert_ne!(s.places[at("Deep")].article, NONE);
        assert_eq!(s.places[at("Deep")].articles, 1);
        assert_ne!(s.places[at("Mail")].unit, NONE);
        let branch = Structure::range(&facts, two.branch);
        assert_eq!(branch, Structure::range(&facts, s.places[at("C")].branch));
    }

    #[test]
    fn plain_text_has_no_structure() {
        let outline = Arc::new(crate::blocks::outline_of_text("one\ntwo", 9));
        let meta = Arc::new(PageMeta::default());
        let s = Structure::read(&Facts::read(&outline, &meta));
        assert_eq!((s.places[1].card, s.places[1].unit), (NONE, NONE));
        assert_eq!(s.stories, 0);
    }
}
