//! Does a text look like language? Bodies behind some walls keep their length and lose their meaning: letters
//! moved along the alphabet, random letters, encoded bytes. Told by the page's own other text, in any script.

use super::view::LabelledView;
use crate::blocks::words::is_unspaced;
use crate::label::Label;
use foldhash::HashMap;
use std::collections::BTreeMap;

/// What was done to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scramble {
    /// Every letter moved by the same step.
    Shifted,
    /// Letters in no order that language has.
    Random,
    /// Bytes written as text.
    Encoded,
}

impl Scramble {
    /// What it is, for people.
    pub fn name(self) -> &'static str {
        match self {
            Scramble::Shifted => "letters are shifted",
            Scramble::Random => "letters are random",
            Scramble::Encoded => "text is encoded",
        }
    }
}

/// Characters looked at, of the suspect and of the rest of the page.
const SUSPECT_CHARS: usize = 1500;
const REST_CHARS: usize = 2500;
/// Of these, so many of each block.
const REST_FIRST: usize = 200;
/// Fewer letters tell nothing.
const FEWEST: f64 = 150.0;
const FEWEST_REST: f64 = 120.0;
/// Nats a letter that moving the letters back must gain.
const GAIN: f64 = 0.55;
/// Share of the greatest possible entropy above which letters are random.
const FLAT: f64 = 0.965;
/// Shortest block that is looked at, in words.
const BLOCK_WORDS: f32 = 12.0;

/// Characters below this code, of the alphabets from Latin to Arabic, are counted in an array, the others in a map.
const DENSE: usize = 0x700;

/// Counts of letters.
#[derive(Debug, Default)]
struct Letters {
    /// How often each letter was seen in either case, in the order of their codes.
    seen: Vec<(char, f64)>,
    total: f64,
    signs: f64,
    spaces: f64,
}

impl Letters {
    /// Counts the first characters of each text, until there are `enough`.
    fn count<'a>(texts: impl Iterator<Item = &'a str>, first: usize, enough: usize) -> Letters {
        // characters first, then what they are: there are few different ones
        let (mut dense, mut others) = ([0_u32; DENSE], HashMap::default());
        let mut all = 0;
        for text in texts {
            for c in text.chars().take(first) {
                all += 1;
                match dense.get_mut(c as usize) {
                    Some(n) => *n += 1,
                    None => *others.entry(c).or_insert(0_u32) += 1,
                }
            }
            if all > enough {
                break;
            }
        }
        let dense = (0..).zip(dense).filter(|(_, n)| *n > 0);
        let dense = dense.filter_map(|(code, n)| Some((char::from_u32(code)?, n)));
        let mut letters = Letters::default();
        let mut seen = BTreeMap::new();
        for (c, n) in dense.chain(others).map(|(c, n)| (c, f64::from(n))) {
            if c.is_alphabetic() {
                let lower = c.to_lowercase().next().unwrap_or(c);
                *seen.entry(lower).or_insert(0.0) += n;
                letters.total += n;
            } else if c.is_whitespace() {
                letters.spaces += n;
            } else {
                letters.signs += n;
            }
        }
        letters.seen = seen.into_iter().collect();
        letters
    }

    fn chars(&self) -> f64 {
        self.total + self.signs + self.spaces
    }

    /// How often a letter was seen.
    fn of(&self, c: char) -> f64 {
        let at = self.seen.binary_search_by_key(&c, |(c, _)| *c);
        at.map_or(0.0, |at| self.seen[at].1)
    }

    /// How many different letters were seen.
    fn kinds(&self) -> f64 {
        self.seen.len() as f64
    }
}

/// A block whose text was scrambled, and how.
pub fn find(view: &LabelledView<'_>) -> Option<(usize, Scramble)> {
    let outline = &view.page.outline;
    let suspect = |i: &usize| {
        let block = &outline.blocks[*i];
        let long = view.words(*i) >= BLOCK_WORDS || block.text.len() >= 200;
        long && view.labels[*i] != Label::Subscription && (block.link_chars as usize) * 4 < block.text.len()
    };
    let suspects: Vec<usize> = (0..view.len()).filter(suspect).collect();
    let first = *suspects.iter().max_by(|a, b| {
        let len = |i: usize| outline.blocks[i].text.len();
        len(**a).cmp(&len(**b)).then(b.cmp(a))
    })?;
    if is_encoded(view.text(first)) {
        return Some((first, Scramble::Encoded));
    }
    // neighbours of the longest block: a scrambled body is scrambled throughout
    let near = suspects.iter().filter(|i| i.abs_diff(first) <= 12);
    let text = Letters::count(near.map(|i| view.text(*i)), SUSPECT_CHARS, SUSPECT_CHARS);
    let others = (0..view.len()).filter(|i| suspects.binary_search(i).is_err());
    let rest = Letters::count(others.map(|i| view.text(i)), REST_FIRST, REST_CHARS);
    how(&text, &rest, view.text(first)).map(|s| (first, s))
}

fn how(text: &Letters, rest: &Letters, sample: &str) -> Option<Scramble> {
    if text.total + text.signs < FEWEST {
        return None;
    }
    if rest.total >= FEWEST_REST {
        let plain = surprise(text, rest, |c| c);
        let steps: [fn(char) -> char; 3] = [|c| moved(c, 1), |c| moved(c, -1), |c| rotated(c, 13)];
        let best = steps
            .iter()
            .map(|s| surprise(text, rest, s))
            .fold(f64::MAX, f64::min);
        if text.total >= FEWEST && plain - best > GAIN {
            return Some(Scramble::Shifted);
        }
    }
    // 94 printable characters turned by 47: letters, digits and signs change places
    if text.signs > 0.25 * text.chars() && reads_turned(sample) {
        return Some(Scramble::Shifted);
    }
    let entropy: f64 = text
        .seen
        .iter()
        .map(|(_, n)| -(n / text.total) * libm::log(n / text.total))
        .sum();
    let kinds = text.kinds();
    let unspaced = text.seen.iter().any(|(c, _)| is_unspaced(*c));
    let random = text.total >= 300.0
        && (18.0..60.0).contains(&kinds)
        && entropy / libm::log(kinds) > FLAT
        && !unspaced;
    random.then_some(Scramble::Random)
}

/// Mean surprise at the letters of a text, once changed, by the letters of the rest.
fn surprise(text: &Letters, rest: &Letters, change: impl Fn(char) -> char) -> f64 {
    let kinds = rest.kinds() + 10.0;
    let sum: f64 = text
        .seen
        .iter()
        .map(|(c, n)| {
            let seen = rest.of(change(*c));
            -n * libm::log((seen + 0.5) / (rest.total + 0.5 * kinds))
        })
        .sum();
    sum / text.total.max(1.0)
}

/// The next or previous letter; Latin letters go round.
fn moved(c: char, step: i32) -> char {
    match (c, step) {
        ('z', 1) => 'a',
        ('a', -1) => 'z',
        _ => char::from_u32((c as u32).wrapping_add_signed(step)).unwrap_or(c),
    }
}

fn rotated(c: char, by: u8) -> char {
    if c.is_ascii_lowercase() {
        char::from((c as u8 - b'a' + by) % 26 + b'a')
    } else {
        c
    }
}

/// Whether a text becomes words when its printable characters are turned by 47.
fn reads_turned(text: &str) -> bool {
    let (mut small, mut all) = (0, 0);
    for c in text.chars().take(SUSPECT_CHARS).filter(char::is_ascii_graphic) {
        all += 1;
        let turned = char::from((c as u8 - b'!' + 47) % 94 + b'!');
        small += u32::from(turned.is_ascii_lowercase());
    }
    all >= 80 && small * 10 > all * 8
}

/// Long runs of letters and digits in both cases without a space.
fn is_encoded(text: &str) -> bool {
    let mut longest = 0;
    let mut total = 0;
    for word in text.split_whitespace() {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_');
        if word.len() > 60 && word.chars().all(plain) {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            let upper = word.bytes().filter(u8::is_ascii_uppercase).count();
            let lower = word.bytes().filter(u8::is_ascii_lowercase).count();
            let slashes = word.bytes().filter(|b| matches!(b, b'/' | b'-' | b'_')).count();
            let base64 = digits * 25 > word.len() && upper * 6 > word.len() && lower * 6 > word.len();
            let hexadecimal = upper == 0 && digits * 3 > word.len();
            if (base64 || hexadecimal) && slashes * 12 < word.len() {
                longest = longest.max(word.len());
                total += word.len();
            }
        }
    }
    longest >= 100 && total * 2 > text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "The ferry that links the two halves of the town has not run since the flood, and the people who live on the \
        far bank have begun to wonder whether it ever will. Most of them cross by the railway bridge now, on foot, although \
        a sign forbids it. The council says that it will decide in the spring, once the engineers have finished their report.";
    const REST: &str = "News Weather Sport Opinion Letters Local history Recipes Gardening The council and the harbour Events this week \
        How we report Where to find us The best walks along the river Traffic and travel Contact the editors";

    fn told(text: &str, rest: &str) -> Option<Scramble> {
        let count = |text| Letters::count(std::iter::once(text), 9999, 9999);
        let (a, b) = (count(text), count(rest));
        how(&a, &b, text)
    }

    #[test]
    fn letters_are_counted_in_either_case_up_to_the_bounds() {
        let letters = Letters::count(["Aa b7", "漢!ж", "zzz"].into_iter(), 4, 6);
        assert_eq!(letters.seen, [('a', 2.0), ('b', 1.0), ('ж', 1.0), ('漢', 1.0)]);
        assert_eq!((letters.total, letters.signs, letters.spaces), (5.0, 1.0, 1.0));
        assert_eq!((letters.chars(), letters.kinds()), (7.0, 4.0));
        assert_eq!((letters.of('a'), letters.of('z')), (2.0, 0.0));
        // no more than enough is still too little
        let letters = Letters::count(["ab", "cd", "ef"].into_iter(), 9, 2);
        assert_eq!(letters.total, 4.0);
    }

    #[test]
    fn language_is_not_scrambled_and_moved_letters_are() {
        assert_eq!(told(ENGLISH, REST), None);
        let next: String = ENGLISH
            .chars()
            .map(|c| if c.is_ascii_lowercase() { moved(c, 1) } else { c })
            .collect();
        assert_eq!(told(&next, REST), Some(Scramble::Shifted));
        let turned: String = ENGLISH
            .chars()
            .map(|c| {
                if c.is_ascii_graphic() {
                    char::from((c as u8 - b'!' + 47) % 94 + b'!')
                } else {
                    c
                }
            })
            .collect();
        assert_eq!(told(&turned, REST), Some(Scramble::Shifted));
    }

    #[test]
    fn another_language_than_the_menu_is_no_scrambling() {
        let german = "Die Fähre zwischen den beiden Ufern fährt seit dem Hochwasser nicht mehr, und wer drüben wohnt, fragt sich \
            inzwischen, ob sie je wieder fahren wird. Die meisten gehen jetzt zu Fuß über die Eisenbahnbrücke, obwohl ein Schild es verbietet.";
        assert_eq!(told(german, REST), None);
        let polish = "Prom, który łączył obie części miasta, nie kursuje od czasu powodzi, a mieszkańcy drugiego brzegu zaczynają się \
            zastanawiać, czy jeszcze kiedyś popłynie. Większość przechodzi teraz pieszo po moście kolejowym, choć zabrania tego tablica.";
        assert_eq!(told(polish, REST), None);
    }

    #[test]
    fn cyrillic_letters_moved_by_one_are_seen() {
        let russian = "Паром, который связывал две половины города, не ходит со времени наводнения, и жители дальнего берега \
            начали сомневаться, что он когда-нибудь вернётся. Большинство теперь переходит реку по железнодорожному мосту.";
        let rest = "Новости Погода Спорт Мнения Письма читателей История края Рецепты Город и порт События недели Как мы работаем \
            Лучшие прогулки вдоль реки Дороги и транспорт Контакты редакции";
        assert_eq!(told(russian, rest), None);
        let next: String = russian
            .chars()
            .map(|c| if c.is_lowercase() { moved(c, 1) } else { c })
            .collect();
        assert_eq!(told(&next, rest), Some(Scramble::Shifted));
    }

    #[test]
    fn random_letters_and_bytes_are_told() {
        let mut state = 7_u32;
        let mut random = String::new();
        for i in 0..900 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            random.push(if i % 6 == 5 {
                ' '
            } else {
                char::from(b'a' + ((state >> 24) % 26) as u8)
            });
        }
        assert!(told(&random, REST).is_some());
        assert!(is_encoded(&"aGVsbG8gd29ybGQ5IHRoaXMgaXM0IGEgdGVzdA8x".repeat(4)));
        assert!(!is_encoded(&"a".repeat(300)));
        assert!(!is_encoded(ENGLISH));
    }

    #[test]
    fn most_of_a_turned_text_becomes_small_letters() {
        // turned by 47, 2 becomes a, K becomes z, and L and 1 become signs
        let of =
            |small: usize, other: usize| reads_turned(&("2K".repeat(small / 2) + &"1L".repeat(other / 2)));
        assert!(of(80, 0) && !of(78, 0));
        assert!(of(82, 18) && !of(80, 20));
        assert!(!reads_turned(&"ab".repeat(60)));
    }

    #[test]
    fn encoded_text_is_long_and_mixed_and_most_of_what_is_there() {
        let mixed = |len: usize| "aB3d5F7hJ9".chars().cycle().take(len).collect::<String>();
        assert!(is_encoded(&mixed(100)) && !is_encoded(&mixed(99)));
        let beside = |words: usize| format!("{} {}", mixed(100), "word ".repeat(words));
        assert!(is_encoded(&beside(19)) && !is_encoded(&beside(20)));
        // letters of a key in one case are hexadecimal when a third are digits
        assert!(is_encoded(&"a1b2".repeat(30)));
        assert!(!is_encoded(&"abc2".repeat(30)));
        // no letters in capitals, too few digits, or a path
        assert!(!is_encoded(&mixed(120).to_lowercase().replace(['5', '7'], "e")));
        assert!(!is_encoded(&"aBcDeFgHiJ".repeat(12)));
        assert!(!is_encoded(&mixed(120).replace('d', "/")));
        assert!(!is_encoded(&format!("{}!", mixed(120))));
    }
}
