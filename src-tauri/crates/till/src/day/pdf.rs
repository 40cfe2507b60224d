//! Lines of a report as pages of a PDF, with the fonts that every reader has.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

use super::paper::Line;

/// A4, in points.
const PAGE: (i16, i16) = (595, 842);

/// Where the first line begins, from the left and from below, points.
const START: (i16, i16) = (63, 780);

/// No line is below this.
const BOTTOM: i16 = 60;

/// Fixed width, so that columns are columns: at ten points a letter is six points wide.
const TABLE_FONT: Name<'_> = Name(b"T");
const HEADING_FONT: Name<'_> = Name(b"H");
const TABLE_SIZE: i16 = 10;

/// The pages as the bytes of a file.
pub(super) fn pages(lines: &[Line]) -> Vec<u8> {
    let contents = contents(lines);
    let mut ids = Ids(1);
    let (catalog, tree) = (ids.next(), ids.next());
    let (table, heading) = (ids.next(), ids.next());
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
        let (width, height) = (f32::from(PAGE.0), f32::from(PAGE.1));
        page.media_box(Rect::new(0.0, 0.0, width, height));
        page.parent(tree).contents(*content_id);
        let mut resources = page.resources();
        let mut fonts = resources.fonts();
        fonts.pair(TABLE_FONT, table).pair(HEADING_FONT, heading);
        fonts.finish();
        resources.finish();
        page.finish();
        pdf.stream(*content_id, content);
    }
    for (id, name) in [(table, &b"Courier"[..]), (heading, b"Helvetica-Bold")] {
        pdf.type1_font(id)
            .base_font(Name(name))
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

/// The drawing of each page.
fn contents(lines: &[Line]) -> Vec<Vec<u8>> {
    let mut pages = Vec::new();
    let mut content = Content::new();
    let mut height = START.1;
    for line in lines {
        let (font, size, room, text) = match line {
            Line::Title(text) => (HEADING_FONT, 18, 26, text.as_str()),
            Line::Heading(text) => (HEADING_FONT, 11, 17, text.as_str()),
            Line::Text(text) => (TABLE_FONT, TABLE_SIZE, 13, text.as_str()),
            Line::Gap => (TABLE_FONT, TABLE_SIZE, 10, ""),
        };
        if height < BOTTOM {
            pages.push(std::mem::replace(&mut content, Content::new()).finish());
            height = START.1;
        }
        if !text.is_empty() {
            content
                .begin_text()
                .set_font(font, f32::from(size))
                .next_line(f32::from(START.0), f32::from(height))
                .show(Str(&bytes(text)))
                .end_text();
        }
        height = height.saturating_sub(room);
    }
    pages.push(content.finish());
    pages.into_iter().map(|page| page.to_vec()).collect()
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| byte(letter).unwrap_or(b'?'))
        .collect()
}

/// A letter in the encoding of these fonts (ISO 32000-1, annex D, WinAnsiEncoding); `None` where they do
/// not have it.
pub(super) fn byte(letter: char) -> Option<u8> {
    match letter {
        ' '..='~' | '\u{a0}'..='ÿ' => u8::try_from(u32::from(letter)).ok(),
        '€' => Some(0x80),
        '…' => Some(0x85),
        '‘' => Some(0x91),
        '’' => Some(0x92),
        '“' => Some(0x93),
        '”' => Some(0x94),
        '–' => Some(0x96),
        '—' => Some(0x97),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_western_europe_are_kept_and_no_others() {
        assert_eq!(bytes("Día £1 €2 “ñ”"), b"D\xeda \xa31 \x802 \x93\xf1\x94");
        assert_eq!(bytes("฿ 日"), b"? ?");
    }

    #[test]
    fn many_lines_are_several_pages_and_every_line_is_on_one() {
        let lines: Vec<Line> = (0..200)
            .map(|number| Line::Text(format!("line {number};")))
            .collect();
        let file = pages(&lines);
        assert!(file.starts_with(b"%PDF-"));
        let text = String::from_utf8_lossy(&file);
        for number in 0..200 {
            assert!(text.contains(&format!("line {number};")), "{number}");
        }
        assert_eq!(text.matches("/Type /Page\n").count(), 4);
        assert!(text.contains("/Count 4"), "{text}");
    }
}
