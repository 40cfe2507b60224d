//! What stands on the pages of a PDF that this till wrote, for tests.

/// The lines of each page, in the order in which they are drawn.
pub(crate) fn pages(file: &[u8]) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut rest = file;
    while let Some(start) = position(rest, b"stream\n") {
        let body = &rest[start + b"stream\n".len()..];
        let end = position(body, b"endstream").unwrap();
        pages.push(shown(&body[..end]));
        rest = &body[end + b"endstream".len()..];
    }
    pages
}

fn position(bytes: &[u8], of: &[u8]) -> Option<usize> {
    bytes.windows(of.len()).position(|window| window == of)
}

/// The strings of `Tj`: in parentheses, or as hexadecimal digits.
fn shown(content: &[u8]) -> Vec<String> {
    content
        .split(|byte| *byte == b'\n')
        .filter_map(|line| line.strip_suffix(b" Tj"))
        .map(|line| match line {
            [b'<', digits @ .., b'>'] => digits
                .chunks(2)
                .map(|pair| {
                    let pair = std::str::from_utf8(pair).unwrap();
                    letter(u8::from_str_radix(pair, 16).unwrap())
                })
                .collect(),
            [b'(', text @ .., b')'] => {
                let text: String = text.iter().copied().map(letter).collect();
                text.replace("\\(", "(")
                    .replace("\\)", ")")
                    .replace("\\\\", "\\")
            }
            other => panic!("{other:?}"),
        })
        .collect()
}

fn letter(byte: u8) -> char {
    encoding_rs::WINDOWS_1252
        .decode(&[byte])
        .0
        .chars()
        .next()
        .unwrap()
}
