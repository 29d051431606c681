//! The one definition of a word. Scores, features and alignment all count with it.

/// The words of a text: runs of letters, digits and underscores, as written.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|w| !w.is_empty())
}

/// Number of [`words`].
pub fn count_words(text: &str) -> usize {
    if !text.is_ascii() {
        return words(text).count();
    }
    let (mut count, mut inside) = (0, false);
    for b in text.bytes() {
        let letter = b.is_ascii_alphanumeric() || b == b'_';
        count += usize::from(letter && !inside);
        inside = letter;
    }
    count
}

/// The text with each run of white space as one space, and none at its ends.
pub fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a text in lower case.
pub fn lower_words(text: &str) -> Vec<String> {
    words(text).map(str::to_lowercase).collect()
}

/// Whether a character belongs to a script that is written without spaces between words.
pub fn is_unspaced(c: char) -> bool {
    matches!(c as u32, 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff
        | 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x20000..=0x3ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_digits_and_underscores() {
        assert_eq!(
            words("It's 3.5 snake_case – naïve!").collect::<Vec<_>>(),
            ["It", "s", "3", "5", "snake_case", "naïve"]
        );
        assert_eq!(words(" ,.; ").count(), 0);
        for text in [
            "",
            " ,.; ",
            "It's 3.5 snake_case",
            "a",
            "It's 3.5 snake_case – naïve!",
            "-a-",
        ] {
            assert_eq!(count_words(text), words(text).count(), "{text}");
        }
        assert_eq!(lower_words("Ein HAUS"), ["ein", "haus"]);
    }
}
