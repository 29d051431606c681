//! The element names that mean something to blocks and features, as a small enum.
//! A table: which names are inline, skipped, headings. No decision about labels.

macro_rules! tags {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// An element name known to the block builder; every other name is `Other`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum Tag { $($variant),*, Other }

        impl Tag {
            /// The enum value of a lower-case element name.
            pub fn from_name(name: &str) -> Tag {
                match name { $($name => Tag::$variant),*, _ => Tag::Other }
            }

            /// The element name, `*` for `Other`.
            pub fn name(self) -> &'static str {
                match self { $(Tag::$variant => $name),*, Tag::Other => "*" }
            }
        }
    };
}

tags! {
    A = "a", Abbr = "abbr", Acronym = "acronym", Address = "address", Applet = "applet", Area = "area",
    Article = "article", Aside = "aside", Audio = "audio", B = "b", Bdi = "bdi", Bdo = "bdo", Big = "big",
    Blockquote = "blockquote", Body = "body", Br = "br", Button = "button", Canvas = "canvas",
    Caption = "caption", Center = "center", Cite = "cite", Code = "code", Data = "data",
    Datalist = "datalist", Dd = "dd", Del = "del", Details = "details", Dfn = "dfn", Dialog = "dialog",
    Div = "div", Dl = "dl", Dt = "dt", Em = "em", Embed = "embed", Fieldset = "fieldset",
    Figcaption = "figcaption", Figure = "figure", Font = "font", Footer = "footer", Form = "form",
    H1 = "h1", H2 = "h2", H3 = "h3", H4 = "h4", H5 = "h5", H6 = "h6", Head = "head", Header = "header",
    Hr = "hr", Html = "html", I = "i", Iframe = "iframe", Img = "img", Input = "input", Ins = "ins",
    Kbd = "kbd", Label = "label", Legend = "legend", Li = "li", Link = "link", Main = "main", Map = "map",
    Mark = "mark", Math = "math", Menu = "menu", Meta = "meta", Meter = "meter", Nav = "nav",
    Nobr = "nobr", Noembed = "noembed", Noframes = "noframes", Noscript = "noscript", Object = "object",
    Ol = "ol", Optgroup = "optgroup", Option = "option", Output = "output", P = "p", Picture = "picture",
    Pre = "pre", Progress = "progress", Q = "q", Rp = "rp", Rt = "rt", Ruby = "ruby", S = "s",
    Samp = "samp", Script = "script", Section = "section", Select = "select", Small = "small",
    Source = "source", Span = "span", Strike = "strike", Strong = "strong", Style = "style", Sub = "sub",
    Summary = "summary", Sup = "sup", Svg = "svg", Table = "table", Tbody = "tbody", Td = "td",
    Template = "template", Textarea = "textarea", Tfoot = "tfoot", Th = "th", Thead = "thead",
    Time = "time", Title = "title", Tr = "tr", Track = "track", Tt = "tt", U = "u", Ul = "ul",
    Var = "var", Video = "video", Wbr = "wbr",
}

impl Tag {
    /// Elements whose text flows in the surrounding line: they neither start nor end a block.
    pub fn is_inline(self) -> bool {
        use Tag::{
            A, Abbr, Acronym, Area, B, Bdi, Bdo, Big, Cite, Code, Data, Del, Dfn, Em, Font, I, Img, Input,
            Ins, Kbd, Label, Link, Map, Mark, Meta, Meter, Nobr, Output, Picture, Progress, Q, Rp, Rt, Ruby,
            S, Samp, Small, Source, Span, Strike, Strong, Sub, Sup, Time, Track, Tt, U, Var, Wbr,
        };
        matches!(
            self,
            A | Abbr
                | Acronym
                | B
                | Bdi
                | Bdo
                | Big
                | Cite
                | Code
                | Data
                | Del
                | Dfn
                | Em
                | Font
                | I
                | Img
                | Input
                | Ins
                | Kbd
                | Label
                | Map
                | Area
                | Mark
                | Meter
                | Nobr
                | Output
                | Picture
                | Progress
                | Q
                | Rp
                | Rt
                | Ruby
                | S
                | Samp
                | Small
                | Source
                | Span
                | Strike
                | Strong
                | Sub
                | Sup
                | Time
                | Tt
                | U
                | Var
                | Wbr
                | Track
                | Link
                | Meta
        )
    }

    /// Elements whose subtree holds no visible text of the page.
    pub fn is_skipped(self) -> bool {
        use Tag::{
            Applet, Audio, Canvas, Datalist, Embed, Head, Iframe, Math, Noembed, Noframes, Object, Script,
            Select, Style, Svg, Template, Textarea, Title, Video,
        };
        matches!(
            self,
            Head | Script
                | Style
                | Template
                | Svg
                | Math
                | Select
                | Textarea
                | Iframe
                | Object
                | Audio
                | Video
                | Canvas
                | Embed
                | Applet
                | Datalist
                | Noembed
                | Noframes
                | Title
        )
    }

    /// Heading level 1 to 6.
    pub fn heading_level(self) -> Option<u8> {
        use Tag::{H1, H2, H3, H4, H5, H6};
        Some(match self {
            H1 => 1,
            H2 => 2,
            H3 => 3,
            H4 => 4,
            H5 => 5,
            H6 => 6,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_unknown_is_other() {
        for t in [Tag::A, Tag::Wbr, Tag::H6, Tag::Noscript] {
            assert_eq!(Tag::from_name(t.name()), t);
        }
        assert_eq!(Tag::from_name("my-widget"), Tag::Other);
        assert_eq!(Tag::from_name("P"), Tag::Other);
    }
}
