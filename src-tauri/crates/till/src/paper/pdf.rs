//! Lines of a report as pages of a PDF, with the fonts that every reader has.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

use super::{Line, Sheet};

/// Fixed width, so that columns are columns: a letter is six tenths as wide as it is high.
const TABLE_FONT: Name<'_> = Name(b"T");
const NAMES_FONT: Name<'_> = Name(b"N");
const HEADING_FONT: Name<'_> = Name(b"H");

/// Where things are on a sheet, points.
struct Frame {
    width: i16,
    height: i16,
    left: i16,
    /// The first line of a page.
    top: i16,
    /// No line is below this.
    bottom: i16,
    /// The number of the page.
    foot: i16,
    table_size: i16,
    line_height: i16,
}

impl Frame {
    /// A4.
    const fn of(sheet: Sheet) -> Self {
        match sheet {
            Sheet::Upright => Self {
                width: 595,
                height: 842,
                left: 63,
                top: 780,
                bottom: 60,
                foot: 36,
                table_size: 10,
                line_height: 13,
            },
            Sheet::Wide => Self {
                width: 842,
                height: 595,
                left: 42,
                top: 540,
                bottom: 48,
                foot: 28,
                table_size: 8,
                line_height: 11,
            },
        }
    }
}

/// One line where it stands.
struct Placed<'a> {
    font: Name<'static>,
    size: i16,
    height: i16,
    text: &'a str,
}

/// The pages as the bytes of a file. `foot`: what stands below a page, by its number and how many there
/// are.
pub(crate) fn pages(
    sheet: Sheet,
    lines: &[Line],
    foot: impl Fn(usize, usize) -> String,
) -> Vec<u8> {
    let frame = Frame::of(sheet);
    let placed = placed(&frame, lines);
    let count = placed.len();
    let contents = placed.iter().enumerate().map(|(index, page)| {
        let foot = foot(index.saturating_add(1), count);
        drawn(&frame, page, &foot)
    });
    file(&frame, contents.collect())
}

fn file(frame: &Frame, contents: Vec<Vec<u8>>) -> Vec<u8> {
    let mut ids = Ids(1);
    let (catalog, tree) = (ids.next(), ids.next());
    let fonts = [
        (TABLE_FONT, ids.next(), &b"Courier"[..]),
        (NAMES_FONT, ids.next(), b"Courier-Bold"),
        (HEADING_FONT, ids.next(), b"Helvetica-Bold"),
    ];
    let pages: Vec<(Ref, Ref, Vec<u8>)> = contents
        .into_iter()
        .map(|content| (ids.next(), ids.next(), content))
        .collect();
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(tree)
        .kids(pages.iter().map(|(page, _, _)| *page))
        .count(count);
    for (id, content_id, content) in &pages {
        let mut page = pdf.page(*id);
        let (width, height) = (f32::from(frame.width), f32::from(frame.height));
        page.media_box(Rect::new(0.0, 0.0, width, height));
        page.parent(tree).contents(*content_id);
        let mut resources = page.resources();
        let mut used = resources.fonts();
        for (name, id, _) in fonts {
            used.pair(name, id);
        }
        used.finish();
        resources.finish();
        page.finish();
        pdf.stream(*content_id, content);
    }
    for (_, id, known_as) in fonts {
        pdf.type1_font(id)
            .base_font(Name(known_as))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    pdf.finish()
}

/// Numbers of a file's objects.
struct Ids(i32);

impl Ids {
    fn next(&mut self) -> Ref {
        let id = Ref::new(self.0);
        self.0 = self.0.saturating_add(1);
        id
    }
}

/// Pages as they fill.
struct Filling<'a> {
    frame: &'a Frame,
    pages: Vec<Vec<Placed<'a>>>,
    height: i16,
}

impl<'a> Filling<'a> {
    fn is_full(&self, lines: usize) -> bool {
        let more = i16::try_from(lines.saturating_sub(1)).unwrap_or(i16::MAX);
        let last = self
            .height
            .saturating_sub(more.saturating_mul(self.frame.line_height));
        last < self.frame.bottom
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.height = self.frame.top;
    }

    fn put(&mut self, font: Name<'static>, size: i16, room: i16, text: &'a str) {
        let height = self.height;
        if let Some(page) = self.pages.last_mut().filter(|_| !text.is_empty()) {
            page.push(Placed {
                font,
                size,
                height,
                text,
            });
        }
        self.height = height.saturating_sub(room);
    }

    fn rows(&mut self, font: Name<'static>, rows: &'a [String]) {
        for row in rows {
            self.put(font, self.frame.table_size, self.frame.line_height, row);
        }
    }
}

fn placed<'a>(frame: &'a Frame, lines: &'a [Line]) -> Vec<Vec<Placed<'a>>> {
    let mut filling = Filling {
        frame,
        pages: Vec::new(),
        height: frame.top,
    };
    filling.turn();
    let mut names: &[String] = &[];
    for line in lines {
        let count = match line {
            Line::Names(rows) | Line::Row(rows) => rows.len(),
            Line::Title(_) | Line::Heading(_) | Line::Text(_) | Line::Gap => 1,
        };
        if filling.is_full(count) {
            filling.turn();
            match line {
                Line::Text(_) | Line::Row(_) => filling.rows(NAMES_FONT, names),
                // Room is for what comes after something.
                Line::Gap => {
                    names = &[];
                    continue;
                }
                Line::Title(_) | Line::Heading(_) | Line::Names(_) => {}
            }
        }
        match line {
            Line::Title(text) => filling.put(HEADING_FONT, 18, 26, text),
            Line::Heading(text) => filling.put(HEADING_FONT, 11, 17, text),
            Line::Names(rows) => {
                names = rows;
                filling.rows(NAMES_FONT, rows);
            }
            Line::Text(text) => filling.rows(TABLE_FONT, std::slice::from_ref(text)),
            Line::Row(rows) => filling.rows(TABLE_FONT, rows),
            Line::Gap => {
                names = &[];
                filling.put(TABLE_FONT, frame.table_size, 10, "");
            }
        }
    }
    filling.pages
}

fn drawn(frame: &Frame, page: &[Placed<'_>], foot: &str) -> Vec<u8> {
    let mut content = Content::new();
    let below = Placed {
        font: TABLE_FONT,
        size: 8,
        height: frame.foot,
        text: foot,
    };
    for line in page.iter().chain(std::iter::once(&below)) {
        content
            .begin_text()
            .set_font(line.font, f32::from(line.size))
            .next_line(f32::from(frame.left), f32::from(line.height))
            .show(Str(&bytes(line.text)))
            .end_text();
    }
    content.finish().to_vec()
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| byte(letter).unwrap_or(b'?'))
        .collect()
}

/// What stands at 0x80 to 0x9f in the encoding of these fonts (ISO 32000-1, annex D, WinAnsiEncoding).
const ABOVE_ASCII: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

/// A letter in the encoding of these fonts; `None` where they do not have it.
pub(super) fn byte(letter: char) -> Option<u8> {
    match letter {
        ' '..='~' | '\u{a0}'..='ÿ' => u8::try_from(u32::from(letter)).ok(),
        other => ABOVE_ASCII
            .iter()
            .find(|(known, _)| *known == other)
            .map(|(_, byte)| *byte),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn foot(page: usize, pages: usize) -> String {
        format!("page {page} of {pages}")
    }

    #[test]
    fn letters_of_western_europe_are_kept_and_no_others() {
        assert_eq!(bytes("Día £1 €2 “ñ”"), b"D\xeda \xa31 \x802 \x93\xf1\x94");
        assert_eq!(bytes("Œuvre Žižka"), b"\x8cuvre \x8ei\x9eka");
        assert_eq!(bytes("฿ 日\n"), b"? ??");
    }

    #[test]
    fn many_lines_are_several_pages_and_every_line_is_on_one() {
        let lines: Vec<Line> = (0..200)
            .map(|number| Line::Text(format!("line {number};")))
            .collect();
        let file = pages(Sheet::Upright, &lines, foot);
        assert!(file.starts_with(b"%PDF-"));
        let text = String::from_utf8_lossy(&file);
        assert_eq!(text.matches("/Type /Page\n").count(), 4);
        assert!(text.contains("/Count 4"), "{text}");
        let read = read::pages(&file);
        let all: Vec<&String> = read.iter().flatten().collect();
        for number in 0..200 {
            assert!(all.contains(&&format!("line {number};")), "{number}");
        }
        for (index, page) in read.iter().enumerate() {
            assert_eq!(page.last().unwrap(), &foot(index + 1, 4));
        }
    }

    #[test]
    fn a_table_that_goes_on_says_its_names_again_and_no_row_is_torn() {
        let names = Line::Names(vec!["NAMES".to_owned()]);
        let rows = (0..100).map(|number| {
            let lines = ["one", "two", "three"].map(|part| format!("{number} {part}"));
            Line::Row(lines.to_vec())
        });
        let mut lines = vec![names];
        lines.extend(rows);
        lines.extend([Line::Gap, Line::Text("after".to_owned())]);
        for sheet in [Sheet::Upright, Sheet::Wide] {
            let read = read::pages(&pages(sheet, &lines, foot));
            assert!(read.len() > 3);
            for page in &read {
                assert_eq!(page[0], "NAMES");
                assert_eq!(page.iter().filter(|line| line.ends_with("one")).count(), {
                    page.iter().filter(|line| line.ends_with("three")).count()
                });
            }
        }
    }
}
