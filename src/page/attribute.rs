//! The attributes that anything behind the parser reads, as a small enum in alphabetical order.
//! A table: the tokenizer drops every other attribute unless CSS selectors are to be matched.

use html5ever::LocalName;
use std::sync::OnceLock;

macro_rules! attributes {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// An attribute that is kept.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum Attr { $($variant),* }

        /// All kept attributes in alphabetical order.
        const ALL: &[Attr] = &[$(Attr::$variant),*];

        impl Attr {
            /// The attribute with this lower-case name, if it is kept.
            pub(super) fn from_name(name: &str) -> Option<Attr> {
                Some(match name { $($name => Attr::$variant,)* _ => return None })
            }

            /// The name in lower case.
            pub fn name(self) -> &'static str {
                match self { $(Attr::$variant => $name),* }
            }
        }
    };
}

attributes! {
    Action = "action", AriaHidden = "aria-hidden", AriaLabel = "aria-label", Children = "children",
    Class = "class",
    Color = "color", Content = "content", DataArea = "data-area", DataBlock = "data-block",
    DataComponent = "data-component", DataComponentName = "data-component-name",
    DataLinkName = "data-link-name", DataModule = "data-module", DataName = "data-name",
    DataQa = "data-qa", DataRole = "data-role", DataTest = "data-test", DataTestid = "data-testid",
    DataTrack = "data-track", DataType = "data-type", DataWidget = "data-widget",
    Encoding = "encoding", Face = "face", Hidden = "hidden", Href = "href", Id = "id",
    Itemprop = "itemprop", Itemtype = "itemtype", Lang = "lang", Name = "name",
    Placeholder = "placeholder", Property = "property", Rel = "rel", Role = "role",
    Shadowrootmode = "shadowrootmode", Size = "size", Src = "src", Style = "style", Title = "title", Type = "type",
    Value = "value", XmlLang = "xml:lang",
}

impl Attr {
    /// Whether the attribute is kept on elements of this name. Addresses of pictures can hold whole pictures,
    /// so those of scripts alone are.
    pub(super) fn is_kept_on(self, element: &str) -> bool {
        !matches!(self, Attr::Src | Attr::Children) || element == "script"
    }

    /// The bit that stands for the attribute in a mask.
    pub(super) fn bit(self) -> u64 {
        1 << self as u8
    }

    /// The name as the tree builder wants it.
    pub(super) fn local_name(self) -> LocalName {
        static NAMES: OnceLock<Vec<LocalName>> = OnceLock::new();
        NAMES.get_or_init(|| ALL.iter().map(|a| LocalName::from(a.name())).collect())[self as usize].clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_alphabetical_order_and_fits_a_mask() {
        assert!(ALL.len() <= 64);
        assert!(ALL.windows(2).all(|w| w[0].name() < w[1].name()));
        for a in ALL {
            assert_eq!(Attr::from_name(a.name()), Some(*a));
            assert_eq!(&*a.local_name(), a.name());
        }
        assert_eq!(Attr::from_name("onclick"), None);
    }
}
