//! A page in any encoding gets the labels and the texts of its UTF-8 twin, whether the encoding is declared by a
//! mark, by the server, by the page, or not at all; and bytes that are no page are called what they are.

use encoding_rs::Encoding;
use tollgate::{Classifier, Error, InputKind, PageResult};

/// Words of a small article page: language, home, title, two paragraphs, a prompt.
struct Words {
    lang: &'static str,
    encodings: &'static [&'static str],
    home: &'static str,
    title: &'static str,
    text: [&'static str; 2],
    prompt: &'static str,
}

const WORDS: [Words; 12] = [
    Words {
        lang: "ja",
        encodings: &["Shift_JIS", "EUC-JP", "ISO-2022-JP"],
        home: "ホーム",
        title: "川の水位を毎日書いた粉屋の日記",
        text: [
            "粉屋は毎朝、川の水位を日記に書きつけた。雨の日には堰のことを、晴れた日にはパンのことを書いた。",
            "その日記は四十年分あり、町の図書館の棚に今も並んでいる。読みに来る人は、年に三人ほどだという。",
        ],
        prompt: "続きを読むには会員登録が必要です",
    },
    Words {
        lang: "zh-Hans",
        encodings: &["GBK", "gb18030"],
        home: "首页",
        title: "磨坊主的河流日记",
        text: [
            "磨坊主每天早上都把河水的高度写进日记。下雨天他写堤坝，晴天他写面包，星期天什么也不写。",
            "这本日记写了四十年，现在还放在镇上图书馆的书架上，每年大约有三个人来读它。",
        ],
        prompt: "订阅后继续阅读全文",
    },
    Words {
        lang: "zh-Hant",
        encodings: &["Big5"],
        home: "首頁",
        title: "磨坊主人的河流日記",
        text: [
            "磨坊主人每天早上都把河水的高度寫進日記。下雨天他寫堤壩，晴天他寫麵包，星期天什麼也不寫。",
            "這本日記寫了四十年，現在還放在鎮上圖書館的書架上，每年大約有三個人來讀它。",
        ],
        prompt: "訂閱後繼續閱讀全文",
    },
    Words {
        lang: "ko",
        encodings: &["EUC-KR"],
        home: "홈",
        title: "강의 높이를 매일 적은 방앗간 주인",
        text: [
            "방앗간 주인은 매일 아침 강의 높이를 일기에 적었다. 비 오는 날에는 둑에 대해, 맑은 날에는 빵에 대해 썼다.",
            "그 일기는 사십 년 동안 이어졌고, 지금도 마을 도서관의 책장에 꽂혀 있다.",
        ],
        prompt: "계속 읽으려면 구독하세요",
    },
    Words {
        lang: "ru",
        encodings: &["windows-1251", "KOI8-R", "ISO-8859-5", "IBM866"],
        home: "Главная",
        title: "Дневник мельника о реке",
        text: [
            "Мельник каждое утро записывал в дневник высоту реки. В дождь он писал о плотине, в сухие дни о хлебе.",
            "Дневник он вёл сорок лет, и теперь тот стоит на полке городской библиотеки, где его читают трое в год.",
        ],
        prompt: "Оформите подписку, чтобы читать дальше",
    },
    Words {
        lang: "pl",
        encodings: &["windows-1250", "ISO-8859-2"],
        home: "Strona główna",
        title: "Dziennik młynarza o rzece",
        text: [
            "Młynarz co rano zapisywał w dzienniku wysokość rzeki. W deszczowe dni pisał o jazie, w suche o chlebie.",
            "Prowadził dziennik czterdzieści lat i dziś leży on w bibliotece, gdzie czyta go może troje ludzi rocznie.",
        ],
        prompt: "Wykup prenumeratę, aby czytać dalej",
    },
    Words {
        lang: "fr",
        encodings: &["windows-1252", "ISO-8859-15"],
        home: "Accueil",
        title: "Le journal du meunier et de la rivière",
        text: [
            "Le meunier notait chaque matin la hauteur de la rivière. Les jours de pluie, il évoquait la digue, les autres le pain.",
            "Il a tenu ce journal quarante années, et il est resté à la bibliothèque, où trois personnes le lisent chaque été.",
        ],
        prompt: "Abonnez-vous pour lire la suite",
    },
    Words {
        lang: "el",
        encodings: &["windows-1253", "ISO-8859-7"],
        home: "Αρχική",
        title: "Το ημερολόγιο του μυλωνά για το ποτάμι",
        text: [
            "Ο μυλωνάς έγραφε κάθε πρωί το ύψος του ποταμού. Τις βροχερές μέρες έγραφε για το φράγμα, τις άλλες για το ψωμί.",
            "Κράτησε το ημερολόγιο σαράντα χρόνια και τώρα βρίσκεται στη βιβλιοθήκη της πόλης.",
        ],
        prompt: "Γίνετε συνδρομητής για να διαβάσετε τη συνέχεια",
    },
    Words {
        lang: "tr",
        encodings: &["windows-1254"],
        home: "Ana sayfa",
        title: "Değirmencinin ırmak günlüğü",
        text: [
            "Değirmenci her sabah ırmağın yüksekliğini günlüğüne yazardı. Yağmurlu günlerde bendi, güneşli günlerde ekmeği anlatırdı.",
            "Günlüğü kırk yıl boyunca tuttu; şimdi kasabanın kütüphanesinde duruyor ve yılda üç kişi okuyor.",
        ],
        prompt: "Okumaya devam etmek için abone olun",
    },
    Words {
        lang: "he",
        encodings: &["windows-1255"],
        home: "דף הבית",
        title: "יומן הנהר של הטוחן",
        text: [
            "הטוחן רשם כל בוקר ביומנו את גובה הנהר. בימי גשם כתב על הסכר, ובימים יבשים על הלחם.",
            "הוא כתב את היומן ארבעים שנה, ועכשיו הוא עומד בספריית העיירה, שם קוראים אותו שלושה אנשים בשנה.",
        ],
        prompt: "הירשמו למינוי כדי להמשיך לקרוא",
    },
    Words {
        lang: "ar",
        encodings: &["windows-1256", "ISO-8859-6"],
        home: "الرئيسية",
        title: "دفتر الطحان عن النهر",
        text: [
            "كان الطحان يكتب كل صباح ارتفاع النهر في دفتره. في أيام المطر كتب عن السد وفي الأيام الجافة عن الخبز.",
            "كتب هذا الدفتر أربعين سنة وهو الآن على رف في مكتبة البلدة حيث يقرؤه ثلاثة أشخاص في السنة.",
        ],
        prompt: "اشترك لمتابعة القراءة",
    },
    Words {
        lang: "th",
        encodings: &["windows-874"],
        home: "หน้าแรก",
        title: "บันทึกแม่น้ำของคนโม่แป้ง",
        text: [
            "คนโม่แป้งจดความสูงของแม่น้ำลงในบันทึกทุกเช้า วันฝนตกเขาเขียนเรื่องฝาย วันแห้งเขาเขียนเรื่องขนมปัง",
            "เขาจดบันทึกนี้อยู่สี่สิบปี และตอนนี้มันอยู่บนชั้นหนังสือของห้องสมุดในเมือง",
        ],
        prompt: "สมัครสมาชิกเพื่ออ่านต่อ",
    },
];

/// The page, with something in its head.
fn page(words: &Words, head: &str) -> String {
    let Words {
        lang,
        home,
        title,
        text,
        prompt,
        ..
    } = words;
    format!(
        "<!doctype html><html lang={lang}><head>{head}<title>{title}</title></head><body><nav><ul><li><a href=/>{home}</a></li></ul></nav>\
         <article><h1>{title}</h1><p>{}</p><p>{}</p></article><div class=paywall><p>{prompt}</p></div></body></html>",
        text[0], text[1]
    )
}

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, lost) = encoding.encode(text);
    assert!(!lost, "{} can't hold the page", encoding.name());
    bytes.into_owned()
}

fn wide(text: &str, big: bool) -> Vec<u8> {
    let units = text.encode_utf16();
    units
        .flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() })
        .collect()
}

/// What must be the same for twins: all but the encoding.
fn told(result: &PageResult) -> PageResult {
    PageResult {
        encoding: None,
        ..result.clone()
    }
}

fn encoding(name: &str) -> &'static Encoding {
    Encoding::for_label(name.as_bytes()).unwrap()
}

#[test]
fn a_page_in_any_encoding_has_the_labels_of_its_twin_however_the_encoding_is_told() {
    let classifier = Classifier::new().unwrap();
    let mut wrong = Vec::new();
    let mut pages = 0;
    for words in &WORDS {
        let twin = classifier.classify(page(words, "").as_bytes()).unwrap();
        assert_eq!(twin.encoding, Some("UTF-8"));
        assert!(twin.blocks.len() >= 5, "{:?}", twin.blocks);
        let mut check = |what: String, bytes: &[u8], served: Option<&str>| {
            pages += 1;
            let got = classifier
                .classify_served(bytes, InputKind::Html, served)
                .unwrap();
            if told(&got) != told(&twin) {
                wrong.push(format!("{what}: read as {}", got.encoding.unwrap_or("none")));
            }
        };
        for name in words.encodings {
            let to = encoding(name);
            let meta = format!("<meta charset={name}>");
            let equiv = format!("<META HTTP-EQUIV='Content-Type' CONTENT='text/html; CHARSET={name}'>");
            let late = format!("<script>{}</script>{meta}", "var a = 1;\n".repeat(900));
            let lies = "<meta charset=utf-8>";
            for (what, head, served) in [
                ("declared", meta.as_str(), None),
                ("declared by an old tag", equiv.as_str(), None),
                ("declared late", late.as_str(), None),
                ("told by the server", "", Some(*name)),
                ("told by the server, against the page", lies, Some(*name)),
                (
                    "told by the page, the server speaks nonsense",
                    meta.as_str(),
                    Some("none"),
                ),
                ("undeclared", "", None),
            ] {
                // few short texts of these are enough to tell them from their neighbours
                let hard = ["ISO-8859-15", "IBM866", "ISO-8859-5", "ISO-8859-6"].contains(name);
                if what == "undeclared" && hard {
                    continue;
                }
                check(format!("{name} {what}"), &encoded(&page(words, head), to), served);
            }
        }
        for big in [true, false] {
            let bytes = wide(&page(words, ""), big);
            check(
                format!("{} UTF-16 without a mark, big-endian {big}", words.lang),
                &bytes,
                None,
            );
            let marked = [&wide("\u{feff}", big)[..], &bytes].concat();
            check(
                format!("{} UTF-16 with a mark, big-endian {big}", words.lang),
                &marked,
                None,
            );
            let served = if big { "utf-16be" } else { "utf-16le" };
            check(
                format!("{} UTF-16 told by the server, big-endian {big}", words.lang),
                &bytes,
                Some(served),
            );
            let declared = wide(&page(words, "<meta charset=shift_jis>"), big);
            check(
                format!("{} UTF-16 that declares another", words.lang),
                &declared,
                None,
            );
        }
        // UTF-8 that is declared as something else, which saved pages often are
        for (head, served) in [
            ("<meta charset=windows-1252>", None),
            ("<meta charset=shift_jis><meta charset=koi8-r>", None),
            ("", Some("iso-8859-1")),
            ("<meta charset=utf-16>", Some("gb18030")),
        ] {
            check(
                format!("{} UTF-8, {head} {served:?}", words.lang),
                page(words, head).as_bytes(),
                served,
            );
        }
        let marked = ["\u{feff}", &page(words, "<meta charset=big5>")].concat();
        check(
            format!("{} UTF-8 with a mark", words.lang),
            marked.as_bytes(),
            Some("big5"),
        );
    }
    assert!(
        wrong.is_empty(),
        "{} of {pages}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn bytes_that_are_no_page_are_called_what_they_are() {
    let classifier = Classifier::new().unwrap();
    let gzip = {
        use std::io::Write;
        let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        e.write_all(b"<p>a page").unwrap();
        e.finish().unwrap()
    };
    let elf = std::fs::read(std::env::current_exe().unwrap()).unwrap()[..4096].to_vec();
    let padded = |head: &[u8]| [head, &[0, 1, 2, 3, 0, 0, 9, 200].repeat(40)].concat();
    let cases: [(&str, Vec<u8>, &str); 14] = [
        ("PNG", padded(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image/png"),
        ("JPEG", padded(b"\xff\xd8\xff\xe0\0\x10JFIF\0"), "image/jpeg"),
        ("GIF", padded(b"GIF89a\x01\0\x01\0"), "image/gif"),
        ("WebP", padded(b"RIFF\x24\0\0\0WEBPVP8 "), "image/webp"),
        (
            "PDF",
            b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>".to_vec(),
            "application/pdf",
        ),
        ("gzip", gzip, "application/gzip"),
        (
            "zstd",
            zstd::encode_all(&b"<p>a page"[..], 1).unwrap(),
            "application/zstd",
        ),
        ("zip", padded(b"PK\x03\x04\x14\0\0\0"), "application/zip"),
        ("a program", elf, "executable"),
        ("MP4", padded(b"\0\0\0\x18ftypmp42\0\0\0\0"), "video/mp4"),
        ("MP3", padded(b"ID3\x03\0\0\0\0\0\x0f"), "audio/mpeg"),
        ("a font", padded(b"wOF2\0\x01\0\0"), "font"),
        ("SQLite", padded(b"SQLite format 3\0"), "sqlite"),
        (
            "noise",
            (0..900_u32).map(|i| (i * i * 7 + i / 3) as u8 & 31).collect(),
            "binary data",
        ),
    ];
    for (what, bytes, kind) in cases {
        match classifier.classify(&bytes) {
            Err(Error::NotAPage { kind: said }) => assert!(said.contains(kind), "{what}: {said}"),
            other => panic!("{what}: {other:?}"),
        }
    }
}
