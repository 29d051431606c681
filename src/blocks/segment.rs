//! Cuts the walked document into blocks at block-level boundaries and `<br>`.
//! Decides what is visible text and where it is cut, nothing else.

use super::names::{Name, Names};
use super::outline::{Block, Element, Field, Mark, Marks, Outline, common_ancestor};
use crate::page::{Attr, Dom, ElementView, Step, Tag, Visitor};

/// Attributes beside class and id whose value tells what an element is for.
const HINT_ATTRS: &[Attr] = &[
    Attr::Role,
    Attr::Itemprop,
    Attr::Name,
    Attr::Placeholder,
    Attr::AriaLabel,
    Attr::Title,
    Attr::DataComponent,
    Attr::DataComponentName,
    Attr::DataTestid,
    Attr::DataTest,
    Attr::DataQa,
    Attr::DataName,
    Attr::DataModule,
    Attr::DataType,
    Attr::DataArea,
    Attr::DataRole,
    Attr::DataWidget,
    Attr::DataBlock,
    Attr::DataLinkName,
    Attr::DataTrack,
    Attr::Rel,
    Attr::Action,
];
/// Attributes that tell what a field is for.
const FIELD_ATTRS: [Attr; 6] = [
    Attr::Type,
    Attr::Name,
    Attr::Id,
    Attr::Placeholder,
    Attr::Value,
    Attr::AriaLabel,
];
/// Fields of a page that are looked at.
const MAX_FIELDS: usize = 2_000;
/// Longest attribute value that is kept as a hint, in bytes.
const MAX_HINT: usize = 120;
/// Longest class, id or link address that is kept, in bytes.
const MAX_ATTR: usize = 400;

/// Segments a parsed page; blocks beyond `limit` are only counted.
pub fn outline_of_dom(dom: &Dom, limit: usize) -> Outline {
    let mut s = Segmenter {
        limit,
        ..Segmenter::default()
    };
    dom.walk(&mut s);
    s.flush();
    Outline {
        blocks: s.blocks,
        elements: s.elements,
        names: s.names,
        fields: s.fields,
        repeated_ids: dom.repeated_ids(),
        seen_blocks: s.seen_blocks,
        plain: false,
    }
}

/// An open element during the walk.
struct Frame {
    element: u32,
    block_level: bool,
    children: u32,
    runs: u32,
    marks_before: Marks,
}

/// What stands between the last text and the next one.
#[derive(Default, PartialEq)]
enum Gap {
    #[default]
    None,
    /// An inline element closed.
    Closed,
    /// An inline element closed and another opened: neighbours such as menu entries and tags.
    Reopened,
}

#[derive(Default)]
pub(super) struct Segmenter {
    limit: usize,
    pub(super) seen_blocks: usize,
    blocks: Vec<Block>,
    elements: Vec<Element>,
    names: Names,
    hints: String,
    frames: Vec<Frame>,
    marks: Marks,
    fields: Vec<Field>,
    // the block being built
    text: String,
    space: bool,
    gap: Gap,
    anchor: Option<u32>,
    link_chars: u32,
    emphasis_chars: u32,
    links: u32,
    href: Option<Box<str>>,
    // open inline contexts
    open_links: Vec<(usize, Option<Box<str>>)>,
    open_emphasis: usize,
}

impl Segmenter {
    fn count(&mut self, mark: Mark) {
        self.marks[mark as usize] += 1;
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let anchor = self.anchor.take();
        let href = self.href.take();
        let (link_chars, emphasis_chars, links) = (self.link_chars, self.emphasis_chars, self.links);
        (self.link_chars, self.emphasis_chars, self.links) = (0, 0, 0);
        (self.space, self.gap) = (false, Gap::None);
        if text.is_empty() {
            return;
        }
        self.seen_blocks += 1;
        if self.seen_blocks > self.limit {
            return;
        }
        let at = self.frames.iter().rposition(|f| f.block_level).unwrap_or(0);
        let (element, run) = match self.frames.get_mut(at) {
            Some(frame) => {
                frame.runs += 1;
                (frame.element, frame.runs)
            }
            None => (0, 1),
        };
        let inherited = links == 0 && link_chars > 0;
        self.blocks.push(Block {
            text,
            element,
            anchor: anchor.unwrap_or(element),
            run,
            link_chars,
            links: links + u32::from(inherited),
            emphasis_chars,
            href,
        });
    }

    fn count_marks(&mut self, view: &ElementView<'_>) {
        match view.tag {
            Tag::A => self.count(Mark::Link),
            Tag::Img => self.count(Mark::Image),
            Tag::Iframe | Tag::Video | Tag::Audio | Tag::Object | Tag::Embed => self.count(Mark::Media),
            Tag::Button => self.count(Mark::Button),
            Tag::Textarea | Tag::Select => {
                self.count(Mark::Input);
                self.note_field(view);
            }
            Tag::Input => self.count_input(view),
            _ => {}
        }
    }

    fn count_input(&mut self, view: &ElementView<'_>) {
        match view
            .attr(Attr::Type)
            .unwrap_or("text")
            .to_ascii_lowercase()
            .as_str()
        {
            "hidden" => return,
            "submit" | "button" | "image" | "reset" => self.count(Mark::Button),
            "checkbox" | "radio" => self.count(Mark::Checkbox),
            "password" => self.count(Mark::Password),
            "email" => self.count(Mark::Email),
            _ => {
                let named = [
                    view.attr(Attr::Name),
                    view.attr(Attr::Id),
                    view.attr(Attr::Placeholder),
                ];
                if named
                    .into_iter()
                    .flatten()
                    .any(|n| n.to_ascii_lowercase().contains("mail"))
                {
                    self.count(Mark::Email);
                }
                self.count(Mark::Input);
            }
        }
        self.note_field(view);
    }

    fn note_field(&mut self, view: &ElementView<'_>) {
        if self.fields.len() >= MAX_FIELDS {
            return;
        }
        let mut text = view.tag.name().to_owned();
        for name in FIELD_ATTRS {
            if let Some(value) = view.attr(name).filter(|v| !v.is_empty()) {
                text.push(' ');
                text.push_str(cut(value, MAX_HINT));
            }
        }
        self.fields.push(Field {
            element: self.frames.last().map_or(0, |f| f.element),
            block: self.blocks.len() as u32,
            text: text.into(),
        });
    }

    fn new_element(&mut self, view: &ElementView<'_>) -> Element {
        let (parent, depth, nth) = match self.frames.last_mut() {
            Some(frame) => {
                frame.children += 1;
                (
                    frame.element,
                    self.elements[frame.element as usize].depth.saturating_add(1),
                    frame.children,
                )
            }
            None => (0, 0, 1),
        };
        let other_name = (view.tag == Tag::Other).then(|| self.names.add(view.name()));
        let class = self.attr_name(view, Attr::Class);
        let id = self.attr_name(view, Attr::Id);
        Element {
            tag: view.tag,
            other_name,
            parent,
            depth,
            nth,
            first_block: self.blocks.len() as u32,
            end_block: self.blocks.len() as u32,
            class,
            id,
            hints: self.hints(view),
            hidden: is_hidden(view),
            marks: [0; 8],
            node: Some(view.key),
        }
    }

    fn attr_name(&mut self, view: &ElementView<'_>, attr: Attr) -> Option<Name> {
        let value = view.attr(attr).filter(|v| !v.is_empty())?;
        Some(self.names.add(cut(value, MAX_ATTR)))
    }

    fn hints(&mut self, view: &ElementView<'_>) -> Option<Name> {
        self.hints.clear();
        for (name, value) in view.attrs() {
            if value.len() <= MAX_HINT && HINT_ATTRS.contains(&name) && !value.is_empty() {
                if !self.hints.is_empty() {
                    self.hints.push(' ');
                }
                self.hints.push_str(value);
            }
        }
        (!self.hints.is_empty()).then(|| self.names.add(&self.hints))
    }
}

impl Visitor for Segmenter {
    fn open(&mut self, view: &ElementView<'_>) -> Step {
        let marks_before = self.marks;
        self.count_marks(view);
        let skipped = view.tag.is_skipped();
        let block_level = !view.tag.is_inline();
        if (block_level && !skipped) || view.tag == Tag::Br {
            self.flush();
        }
        if skipped || view.tag == Tag::Br {
            if let Some(frame) = self.frames.last_mut() {
                frame.children += 1;
            }
            return Step::Over;
        }
        let element = self.new_element(view);
        let index = self.elements.len() as u32;
        self.elements.push(element);
        self.frames.push(Frame {
            element: index,
            block_level,
            children: 0,
            runs: 0,
            marks_before,
        });
        if !block_level && self.gap == Gap::Closed {
            self.gap = Gap::Reopened;
        }
        match view.tag {
            Tag::A => {
                let href = view
                    .attr(Attr::Href)
                    .map(|h| -> Box<str> { cut(h, MAX_ATTR).into() });
                self.links += 1;
                self.href = self.href.take().or_else(|| href.clone());
                self.open_links.push((self.frames.len(), href));
            }
            Tag::B | Tag::Strong | Tag::Em | Tag::I => self.open_emphasis += 1,
            _ => {}
        }
        Step::Into
    }

    fn text(&mut self, text: &str) {
        let Some(frame) = self.frames.last() else { return };
        let here = frame.element;
        let before = self.text.len();
        let mut chars = 0;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if first.is_whitespace() {
                self.space = true;
                rest = &rest[first.len_utf8()..];
                continue;
            }
            // a run of ASCII without white space is added as a whole, other characters one by one
            let ascii = rest.bytes().take_while(u8::is_ascii_graphic).count();
            let (run, after) = rest.split_at(ascii.max(first.len_utf8()));
            if !self.text.is_empty() {
                let glued = chars == 0
                    && self.gap == Gap::Reopened
                    && first.is_alphanumeric()
                    && self.text.ends_with(char::is_alphanumeric);
                if self.space || glued {
                    self.text.push(' ');
                    chars += 1;
                }
            }
            self.space = false;
            self.text.push_str(run);
            chars += if ascii > 0 { ascii as u32 } else { 1 };
            rest = after;
        }
        if self.text.len() == before {
            return;
        }
        self.gap = Gap::None;
        self.anchor = Some(match self.anchor {
            None => here,
            Some(a) => common_ancestor(&self.elements, a, here),
        });
        if let Some((_, href)) = self.open_links.last() {
            self.link_chars += chars;
            self.href = self.href.take().or_else(|| href.clone());
        }
        if self.open_emphasis > 0 {
            self.emphasis_chars += chars;
        }
    }

    fn close(&mut self) {
        let Some(depth) = self.frames.len().checked_sub(1) else {
            return;
        };
        if self.frames[depth].block_level {
            self.flush();
        } else if self.gap == Gap::None {
            self.gap = Gap::Closed;
        }
        if self.open_links.last().is_some_and(|(at, _)| *at == depth + 1) {
            self.open_links.pop();
        }
        let Some(frame) = self.frames.pop() else { return };
        let end = self.blocks.len() as u32;
        let element = &mut self.elements[frame.element as usize];
        element.end_block = end;
        for (own, (now, before)) in element
            .marks
            .iter_mut()
            .zip(self.marks.iter().zip(frame.marks_before))
        {
            *own = now - before;
        }
        if matches!(element.tag, Tag::B | Tag::Strong | Tag::Em | Tag::I) {
            self.open_emphasis = self.open_emphasis.saturating_sub(1);
        }
    }
}

fn is_hidden(view: &ElementView<'_>) -> bool {
    if view.attr(Attr::Hidden).is_some() || view.attr(Attr::AriaHidden) == Some("true") {
        return true;
    }
    view.attr(Attr::Style).is_some_and(|style| {
        let tight: String = style
            .chars()
            .take(2000)
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_lowercase())
            .collect();
        tight.contains("display:none") || tight.contains("visibility:hidden")
    })
}

/// The longest prefix of at most `max` bytes that ends at a character.
fn cut(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(page: &str) -> Vec<String> {
        outline_of_dom(&Dom::parse(page), 99)
            .blocks
            .into_iter()
            .map(|b| b.text)
            .collect()
    }

    #[test]
    fn blocks_end_at_block_elements_and_line_breaks() {
        assert_eq!(
            texts("<div>one <b>two</b><p>three<br>four</p>five</div>six"),
            ["one two", "three", "four", "five", "six"]
        );
    }

    #[test]
    fn blocks_beyond_the_limit_are_counted_and_not_kept() {
        let page = Dom::parse("<p>one<p>two<p>three");
        let kept = |limit| {
            let outline = outline_of_dom(&page, limit);
            (outline.blocks.len(), outline.seen_blocks)
        };
        assert_eq!([2, 3, 4].map(kept), [(2, 3), (3, 3), (3, 3)]);
    }

    #[test]
    fn invisible_matter_is_no_text_and_hidden_elements_are() {
        assert_eq!(
            texts(
                "<script>a</script><style>b</style><p>c<svg><text>d</text></svg>e</p><textarea>f</textarea><select><option>g</select><template><p>h</template><iframe>i</iframe><p hidden>j"
            ),
            ["ce", "j"]
        );
    }

    #[test]
    fn inline_neighbours_are_not_glued_and_drop_caps_stay_whole() {
        assert_eq!(
            texts("<div><a>Home</a><a>News</a></div><p><b>O</b>nce</p>"),
            ["Home News", "Once"]
        );
    }

    #[test]
    fn a_block_knows_its_link_its_emphasis_and_its_run() {
        let o = outline_of_dom(
            &Dom::parse("<div>x<p>ab <a href=/u>cd</a></p>y</div><a href=/v><div><b>z</b></div></a>"),
            99,
        );
        let b = &o.blocks;
        assert_eq!((b[0].run, b[2].run, b[0].element), (1, 2, b[2].element));
        assert_eq!(
            (b[1].link_chars, b[1].links, b[1].href.as_deref()),
            (3, 1, Some("/u"))
        );
        assert_eq!(
            (b[3].link_chars, b[3].emphasis_chars, b[3].href.as_deref()),
            (1, 1, Some("/v"))
        );
    }

    #[test]
    fn marks_are_counted_over_the_subtree() {
        let o = outline_of_dom(
            &Dom::parse("<form>t<input type=email><p>u<button>v</button></p><input type=hidden></form>"),
            99,
        );
        let form = o.elements.iter().find(|e| e.tag == Tag::Form).unwrap();
        assert_eq!(
            (
                form.mark(Mark::Email),
                form.mark(Mark::Button),
                form.mark(Mark::Input)
            ),
            (1, 1, 0)
        );
        assert_eq!(form.block_count(), 3);
    }
}
