//! Columns of Arrow tables that hold text or bytes, whatever layout they have. Copies no cell. Knows no files
//! and no names of columns.

use super::read::is_packed;
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::DataType;

/// A column whose cells can be read as bytes.
pub struct TextColumn<'a> {
    rows: &'a dyn Array,
    values: &'a dyn Array,
    /// Where in `values` each row is, when they are not in the same place.
    places: Option<Vec<usize>>,
}

/// A cell with a page or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether the column's type says that they are text in UTF-8.
    pub utf8: bool,
}

impl<'a> TextColumn<'a> {
    /// The column, unless it holds something else than text, bytes, dictionaries of them, or nothing at all.
    pub fn new(column: &'a dyn Array) -> Option<TextColumn<'a>> {
        if let Some(dictionary) = column.as_any_dictionary_opt() {
            let values = dictionary.values().as_ref();
            let readable = is_readable(values.data_type());
            return readable.then(|| TextColumn {
                rows: column,
                values,
                places: (!values.is_empty()).then(|| dictionary.normalized_keys()),
            });
        }
        is_readable(column.data_type()).then_some(TextColumn {
            rows: column,
            values: column,
            places: None,
        })
    }

    /// The cell of a row; `None` for a null.
    pub fn get(&self, row: usize) -> Option<Cell<'a>> {
        if self.rows.is_null(row) {
            return None;
        }
        let at = self.places.as_ref().map_or(row, |places| places[row]);
        cell(self.values, at)
    }
}

impl<'a> Cell<'a> {
    /// The charset that is known without looking at the page. What is packed has one of its own.
    pub fn charset(&self) -> Option<&'static str> {
        (self.utf8 && !is_packed(self.bytes)).then_some("utf-8")
    }

    /// The cell as text; bytes that are none are replaced.
    pub fn text(&self) -> std::borrow::Cow<'a, str> {
        String::from_utf8_lossy(self.bytes)
    }
}

fn is_readable(kind: &DataType) -> bool {
    use DataType::{Binary, BinaryView, FixedSizeBinary, LargeBinary, LargeUtf8, Null, Utf8, Utf8View};
    matches!(
        kind,
        Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView | FixedSizeBinary(_) | Null
    )
}

fn cell(values: &dyn Array, at: usize) -> Option<Cell<'_>> {
    // a column without type has nulls that no bitmap tells of
    if at >= values.len() || values.is_null(at) {
        return None;
    }
    let text = |text| (AsRef::<[u8]>::as_ref(text), true);
    let (bytes, utf8) = match values.data_type() {
        DataType::Utf8 => text(values.as_string::<i32>().value(at)),
        DataType::LargeUtf8 => text(values.as_string::<i64>().value(at)),
        DataType::Utf8View => text(values.as_string_view().value(at)),
        DataType::Binary => (values.as_binary::<i32>().value(at), false),
        DataType::LargeBinary => (values.as_binary::<i64>().value(at), false),
        DataType::BinaryView => (values.as_binary_view().value(at), false),
        DataType::FixedSizeBinary(_) => (values.as_fixed_size_binary().value(at), false),
        _ => return None,
    };
    Some(Cell { bytes, utf8 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::types::{Int8Type, Int32Type};
    use arrow_array::{
        ArrayRef, BinaryArray, BinaryViewArray, DictionaryArray, FixedSizeBinaryArray, Int32Array,
        LargeBinaryArray, LargeStringArray, NullArray, StringArray, StringViewArray,
    };
    use std::sync::Arc;

    fn read(column: &dyn Array) -> Vec<Option<(&[u8], bool)>> {
        let cells = TextColumn::new(column).unwrap();
        (0..column.len())
            .map(|row| cells.get(row).map(|c| (c.bytes, c.utf8)))
            .collect()
    }

    #[test]
    fn text_and_bytes_of_all_layouts_are_read() {
        let texts = vec![Some("ab"), None, Some("cd")];
        let bytes: Vec<Option<&[u8]>> = vec![Some(b"ab"), None, Some(b"cd")];
        let fixed = FixedSizeBinaryArray::try_from_sparse_iter_with_size(bytes.clone().into_iter(), 2);
        let columns: [(ArrayRef, bool); 8] = [
            (Arc::new(StringArray::from(texts.clone())), true),
            (Arc::new(LargeStringArray::from(texts.clone())), true),
            (Arc::new(StringViewArray::from(texts.clone())), true),
            (Arc::new(BinaryArray::from(bytes.clone())), false),
            (Arc::new(LargeBinaryArray::from(bytes.clone())), false),
            (Arc::new(BinaryViewArray::from(bytes)), false),
            (Arc::new(fixed.unwrap()), false),
            (Arc::new(DictionaryArray::<Int8Type>::from_iter(texts)), true),
        ];
        for (column, utf8) in columns {
            let wanted = [Some((&b"ab"[..], utf8)), None, Some((&b"cd"[..], utf8))];
            assert_eq!(read(column.as_ref()), wanted, "{}", column.data_type());
        }
    }

    #[test]
    fn nulls_are_found_wherever_they_stand() {
        assert_eq!(read(&NullArray::new(2)), [None, None]);
        let none: [Option<&str>; 2] = [None, None];
        assert_eq!(read(&DictionaryArray::<Int8Type>::from_iter(none)), [None, None]);
        let values: ArrayRef = Arc::new(StringArray::from(vec![None, Some("a")]));
        let keys = Int32Array::from(vec![1, 0, 1]);
        let some = DictionaryArray::<Int32Type>::new(keys, values);
        let a = Some((&b"a"[..], true));
        assert_eq!(read(&some), [a, None, a]);
    }

    #[test]
    fn other_columns_are_refused() {
        let numbers = Int32Array::from(vec![1]);
        assert!(TextColumn::new(&numbers).is_none());
        let coded = DictionaryArray::<Int32Type>::new(Int32Array::from(vec![0]), Arc::new(numbers));
        assert!(TextColumn::new(&coded).is_none());
    }

    #[test]
    fn text_needs_no_guess_of_its_charset_unless_it_is_packed() {
        let of = |bytes, utf8| Cell { bytes, utf8 }.charset();
        assert_eq!(of(b"<p>a", true), Some("utf-8"));
        assert_eq!(of(b"<p>a", false), None);
        let mhtml = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>a\r\n--x--";
        assert!(is_packed(mhtml) && of(mhtml, true).is_none());
    }
}
