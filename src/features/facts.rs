//! Everything about a page that several feature families need, computed once in linear time.
//! Holds sums and groups, no feature: the families turn these into columns.

use super::lexicon::FAMILIES;
use super::text_facts::{TextFacts, WordHashes};
use super::tokens::{ElementTokens, hash_str};
use crate::blocks::Outline;
use crate::features::matrix::ratio;
use crate::features::text_facts::mix;
use crate::page::{PageMeta, Tag};
use foldhash::HashMap;
use std::sync::{Arc, OnceLock};

/// Sums over the blocks `0..i`, so that any range of blocks is a difference.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// Words.
    pub words: f32,
    /// Words in links.
    pub link_words: f32,
    /// Words in running text.
    pub rich_words: f32,
    /// Blocks of running text.
    pub rich_blocks: f32,
    /// Headings.
    pub headings: f32,
    /// Sentences.
    pub sentences: f32,
    /// Blocks with a price.
    pub prices: f32,
    /// Blocks with a date.
    pub dates: f32,
    /// Blocks with words of the subscribe family.
    pub subscribe: f32,
    /// Headings of the first level.
    pub first_headings: f32,
    /// Headings that are links throughout.
    pub linked_headings: f32,
    /// Blocks.
    pub blocks: f32,
}

impl Sums {
    fn add(mut self, other: &Sums, sign: f32) -> Sums {
        self.words += sign * other.words;
        self.link_words += sign * other.link_words;
        self.rich_words += sign * other.rich_words;
        self.rich_blocks += sign * other.rich_blocks;
        self.headings += sign * other.headings;
        self.sentences += sign * other.sentences;
        self.prices += sign * other.prices;
        self.dates += sign * other.dates;
        self.subscribe += sign * other.subscribe;
        self.first_headings += sign * other.first_headings;
        self.linked_headings += sign * other.linked_headings;
        self.blocks += sign * other.blocks;
        self
    }
}

/// A group of blocks that share a path of element names, or of names and classes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Group {
    /// Blocks.
    pub blocks: f32,
    /// Words.
    pub words: f32,
    /// Words in links.
    pub link_words: f32,
    /// Words in running text.
    pub rich_words: f32,
}

/// The shared facts of one page.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The segmented page.
    pub outline: Arc<Outline>,
    /// What it declares.
    pub meta: Arc<PageMeta>,
    /// Text facts by block.
    pub text: Vec<TextFacts>,
    /// Hashes of the blocks' words.
    pub hashes: WordHashes,
    /// Share of each block's characters that stand in links.
    pub link_density: Vec<f32>,
    /// Whether each block is running text.
    pub rich: Vec<bool>,
    /// Heading level by block, 0 for none.
    pub heading: Vec<u8>,
    /// Prefix sums, one more than blocks.
    pub sums: Vec<Sums>,
    /// Markup tokens by element.
    pub tokens: ElementTokens,
    /// Bits of the lexicon families in an element's own markup.
    pub families: Vec<u32>,
    /// The same over the element and all its ancestors.
    pub families_up: Vec<u32>,
    /// Bits of [`CONTEXT_TAGS`] over the element and all its ancestors.
    pub tags_up: Vec<u32>,
    /// Whether the element or an ancestor is hidden.
    pub hidden_up: Vec<bool>,
    /// Index into `groups` of each block's path group.
    pub path_group: Vec<u32>,
    /// Index into `groups` of each block's path-and-class group.
    pub class_group: Vec<u32>,
    /// All groups.
    pub groups: Vec<Group>,
    /// Times each block's text stands on the page.
    pub copies: Vec<f32>,
    /// Block of the first `h1`, or the block that repeats the title.
    pub title_block: Option<usize>,
    /// First and last block of running text.
    pub rich_span: Option<(usize, usize)>,
    /// The element that holds most of the running text, weighed by closeness.
    pub best: u32,
}

/// Element names whose presence among the ancestors is a feature.
pub const CONTEXT_TAGS: [Tag; 20] = [
    Tag::Article,
    Tag::Main,
    Tag::Section,
    Tag::Nav,
    Tag::Header,
    Tag::Footer,
    Tag::Aside,
    Tag::Form,
    Tag::Table,
    Tag::Ul,
    Tag::Ol,
    Tag::Figure,
    Tag::Dialog,
    Tag::Blockquote,
    Tag::Details,
    Tag::Noscript,
    Tag::Button,
    Tag::A,
    Tag::Li,
    Tag::Dl,
];

fn family_index() -> &'static HashMap<u32, u32> {
    static INDEX: OnceLock<HashMap<u32, u32>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut map = HashMap::default();
        for (i, (_, words)) in FAMILIES.iter().enumerate() {
            for w in *words {
                *map.entry(hash_str(w)).or_insert(0) |= 1 << i;
            }
        }
        map
    })
}

impl Facts {
    /// Computes the facts of a page.
    pub fn read(outline: &Arc<Outline>, meta: &Arc<PageMeta>) -> Facts {
        let mut hashes = WordHashes::default();
        let blocks = outline.blocks.iter();
        let text: Vec<TextFacts> = blocks
            .map(|b| TextFacts::read_into(&b.text, &mut hashes))
            .collect();
        let link_density: Vec<f32> = outline
            .blocks
            .iter()
            .zip(&text)
            .map(|(b, t)| ratio(b.link_chars as f32, t.chars).min(1.0))
            .collect();
        let rich: Vec<bool> = text
            .iter()
            .zip(&link_density)
            .map(|(t, l)| t.is_rich(*l))
            .collect();
        let tokens = ElementTokens::read(outline, |t| family_index().get(&t).copied().unwrap_or(0));
        let n = outline.elements.len();
        let (mut families, mut families_up) = (vec![0; n], vec![0; n]);
        let (mut tags_up, mut hidden_up, mut heading_up) = (vec![0; n], vec![false; n], vec![0_u8; n]);
        let mut paths = vec![0_u32; n];
        for (i, e) in outline.elements.iter().enumerate() {
            let up = e.parent as usize;
            let root = up == i;
            families[i] = tokens.families(i);
            families_up[i] = families[i] | if root { 0 } else { families_up[up] };
            let own = CONTEXT_TAGS
                .iter()
                .position(|t| *t == e.tag)
                .map_or(0, |bit| 1 << bit);
            tags_up[i] = own | if root { 0 } else { tags_up[up] };
            hidden_up[i] = e.hidden || (!root && hidden_up[up]);
            heading_up[i] = e
                .tag
                .heading_level()
                .unwrap_or(if root { 0 } else { heading_up[up] });
            let name = if e.tag == Tag::Other {
                hash_str(outline.tag_name(e))
            } else {
                e.tag as u32
            };
            paths[i] = mix(if root { 0x811c_9dc5 } else { paths[up] }, name);
        }
        let heading: Vec<u8> = outline
            .blocks
            .iter()
            .map(|b| heading_up[b.anchor as usize])
            .collect();
        let mut facts = Facts {
            outline: Arc::clone(outline),
            meta: Arc::clone(meta),
            sums: Vec::new(),
            copies: copies(&text),
            text,
            hashes,
            link_density,
            rich,
            heading,
            tokens,
            families,
            families_up,
            tags_up,
            hidden_up,
            path_group: Vec::new(),
            class_group: Vec::new(),
            groups: Vec::new(),
            title_block: None,
            rich_span: None,
            best: 0,
        };
        facts.sums = facts.prefix_sums();
        facts.group_blocks(&paths);
        facts.title_block = facts.find_title();
        facts.rich_span = facts
            .rich
            .iter()
            .position(|r| *r)
            .map(|first| (first, facts.rich.iter().rposition(|r| *r).unwrap_or(first)));
        facts.best = facts.best_container();
        facts
    }

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.outline.blocks.len()
    }

    /// Sums over the blocks `from..to`.
    pub fn range(&self, from: usize, to: usize) -> Sums {
        let last = self.sums.len() - 1;
        let from = from.min(to);
        self.sums[to.min(last)].add(&self.sums[from.min(last)], -1.0)
    }

    /// Sums over the blocks below an element.
    pub fn below(&self, element: u32) -> Sums {
        let e = self.outline.element(element);
        self.range(e.first_block as usize, e.end_block as usize)
    }

    fn prefix_sums(&self) -> Vec<Sums> {
        let mut all = Vec::with_capacity(self.len() + 1);
        let mut sum = Sums::default();
        all.push(sum);
        for (i, t) in self.text.iter().enumerate() {
            let rich = f32::from(u8::from(self.rich[i]));
            let flag = |b: bool| f32::from(u8::from(b));
            sum = sum.add(
                &Sums {
                    words: t.words,
                    link_words: t.words * self.link_density[i],
                    rich_words: t.words * rich,
                    rich_blocks: rich,
                    headings: flag(self.heading[i] > 0),
                    sentences: t.sentences,
                    prices: flag(t.price),
                    dates: flag(t.date),
                    subscribe: flag(t.cues[0] > 0.0),
                    first_headings: flag(self.heading[i] == 1),
                    linked_headings: flag(self.heading[i] > 0 && self.link_density[i] > 0.8),
                    blocks: 1.0,
                },
                1.0,
            );
            all.push(sum);
        }
        all
    }

    fn group_blocks(&mut self, paths: &[u32]) {
        let mut index: HashMap<(u8, u32), u32> = HashMap::default();
        for (i, b) in self.outline.blocks.iter().enumerate() {
            let path = paths[b.anchor as usize];
            let parent = self.outline.element(b.element).parent;
            let classes = self
                .tokens
                .of(b.element)
                .iter()
                .chain(self.tokens.of(parent))
                .fold(path, |h, t| mix(h, *t));
            for (kind, key) in [(0, path), (1, classes)] {
                let next = self.groups.len() as u32;
                let at = *index.entry((kind, key)).or_insert(next);
                if at == next {
                    self.groups.push(Group::default());
                }
                let g = &mut self.groups[at as usize];
                let words = self.text[i].words;
                g.blocks += 1.0;
                g.words += words;
                g.link_words += words * self.link_density[i];
                g.rich_words += if self.rich[i] { words } else { 0.0 };
                if kind == 0 {
                    self.path_group.push(at);
                } else {
                    self.class_group.push(at);
                }
            }
        }
    }

    fn find_title(&self) -> Option<usize> {
        let titles: Vec<u32> = [&self.meta.headline, &self.meta.social_title, &self.meta.title]
            .into_iter()
            .flatten()
            .map(|t| TextFacts::read(t).hash)
            .collect();
        let h1 = |i: &usize| self.heading[*i] == 1;
        (0..self.len())
            .filter(h1)
            .find(|i| titles.contains(&self.text[*i].hash))
            .or_else(|| {
                (0..self.len()).find(|i| self.heading[*i] > 0 && titles.contains(&self.text[*i].hash))
            })
            .or_else(|| (0..self.len()).find(h1))
            .or_else(|| {
                (0..self.len()).find(|i| titles.contains(&self.text[*i].hash) && self.text[*i].words >= 3.0)
            })
    }

    /// Each block of running text votes for its ancestors, the nearer the more, as Readability does.
    fn best_container(&self) -> u32 {
        let mut score = vec![0.0_f32; self.outline.elements.len()];
        for (i, b) in self.outline.blocks.iter().enumerate() {
            if !self.rich[i] {
                continue;
            }
            let vote = self.text[i].words.min(120.0) + self.text[i].commas.min(10.0);
            let from = self.outline.element(b.element).parent;
            for (level, (at, _)) in self.outline.ancestry(from).take(6).enumerate() {
                score[at as usize] += vote / [1.0, 1.5, 3.0, 4.0, 5.0, 6.0][level];
            }
        }
        let mut best = (0.0, 0_u32);
        for (i, s) in score.iter().enumerate() {
            if *s > 0.0 {
                let sums = self.below(i as u32);
                let weighed = s * (1.0 - ratio(sums.link_words, sums.words));
                if weighed > best.0 {
                    best = (weighed, i as u32);
                }
            }
        }
        best.1
    }
}

fn copies(text: &[TextFacts]) -> Vec<f32> {
    let mut count: HashMap<u32, f32> = HashMap::default();
    for t in text {
        *count.entry(t.hash).or_insert(0.0) += 1.0;
    }
    text.iter().map(|t| count[&t.hash]).collect()
}
