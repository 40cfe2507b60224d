//! A list of references as people have it: typed, pasted, scanned, or a file that some program wrote.
//! Pure: bytes go in, references come out, or the sentence that says why not.

use std::borrow::Cow;
use std::collections::BTreeSet;

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::api::{ApiError, Code};

/// Bytes of a list, at most.
pub(crate) const BYTES_MAX: usize = 4 * 1024 * 1024;

/// References of a list, at most.
pub(crate) const LINES_MAX: usize = 20_000;

/// Characters of a reference, at most: no system's are longer.
pub(crate) const REFERENCE_MAX: usize = 128;

/// What a column of references may be called, in lower case, without spaces and signs.
const COLUMN_NAMES: [&str; 18] = [
    "order",
    "orders",
    "orderid",
    "orderref",
    "ordernumber",
    "orderreference",
    "reference",
    "referenceid",
    "externalid",
    "paymentreference",
    "merchantreference",
    "intent",
    "intentid",
    "paymentid",
    "orden",
    "pedido",
    "referencia",
    "numerodeorden",
];

/// What a list was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Each once, in the order in which they came.
    pub references: Vec<String>,
    /// How many came again and were counted once.
    pub repeated: usize,
    /// The column they came from; empty where there is only one, without a name.
    pub column: String,
    /// How the file was written.
    pub encoding: &'static str,
}

/// Reads a list.
///
/// # Errors
/// [`Code::VoidListTooLarge`], [`Code::VoidListUnreadable`], [`Code::VoidListColumns`] with the names of
/// its columns, [`Code::VoidListTooLong`], [`Code::VoidListEmpty`].
pub(crate) fn read(bytes: &[u8]) -> Result<Listed, ApiError> {
    if bytes.len() > BYTES_MAX {
        return Err(ApiError::new(Code::VoidListTooLarge));
    }
    let (text, encoding) = decode(bytes)?;
    let rows = rows(&text)?;
    let (column, name, rows) = column(&rows)?;
    let mut known = BTreeSet::new();
    let mut listed = Listed {
        references: Vec::new(),
        repeated: 0,
        column: name,
        encoding: encoding.name(),
    };
    for row in rows {
        let reference = row.get(column).map(tidy).unwrap_or_default();
        if reference.is_empty() {
            continue;
        }
        if !known.insert(reference.clone()) {
            listed.repeated = listed.repeated.saturating_add(1);
            continue;
        }
        if listed.references.len() == LINES_MAX {
            return Err(ApiError::with(Code::VoidListTooLong, LINES_MAX));
        }
        listed.references.push(reference);
    }
    if listed.references.is_empty() {
        return Err(ApiError::new(Code::VoidListEmpty));
    }
    Ok(listed)
}

/// Without the quotes and signs in which spreadsheets wrap a text that looks like a number, on one line.
fn tidy(cell: &str) -> String {
    let cell = cell.trim().trim_start_matches('\u{feff}');
    let cell = cell
        .strip_prefix("=\"")
        .map_or(cell, |rest| rest.strip_suffix('"').unwrap_or(rest));
    cell.trim_start_matches('\'')
        .trim()
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(REFERENCE_MAX)
        .collect()
}

/// By its mark; else UTF-8 where it is that; else UTF-16 where every other byte is nothing, as of Latin
/// letters; else the code page of Western Windows, in which every Latin-1 letter is the same.
fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, &'static Encoding), ApiError> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) => UTF_8,
        None => utf_16(bytes).unwrap_or(WINDOWS_1252),
    };
    let (text, encoding, has_errors) = encoding.decode(bytes);
    // A picture or a spreadsheet's own format has control characters that no list has.
    let is_text = text
        .chars()
        .all(|letter| !letter.is_control() || matches!(letter, '\r' | '\n' | '\t'));
    if has_errors || !is_text {
        return Err(ApiError::new(Code::VoidListUnreadable));
    }
    Ok((text, encoding))
}

fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let (mut even, mut odd) = (0_usize, 0_usize);
    for (index, byte) in bytes.iter().take(4_096).enumerate() {
        if *byte == 0 {
            if index % 2 == 0 {
                even = even.saturating_add(1);
            } else {
                odd = odd.saturating_add(1);
            }
        }
    }
    let half = bytes.len().min(4_096) / 4;
    match (even, odd) {
        (_, odd) if odd > half => Some(UTF_16LE),
        (even, _) if even > half => Some(UTF_16BE),
        (_, _) => None,
    }
}

fn rows(text: &str) -> Result<Vec<StringRecord>, ApiError> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| ApiError::with(Code::VoidListUnreadable, error))?;
        if record.iter().all(|cell| tidy(cell).is_empty()) {
            continue;
        }
        rows.push(record);
        // A header, the limit, and what comes twice: far beyond that nobody needs to count.
        if rows.len() > LINES_MAX * 5 {
            return Err(ApiError::with(Code::VoidListTooLong, LINES_MAX));
        }
    }
    Ok(rows)
}

/// The first line says it: of the usual signs the one that comes most often.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let count =
        |sign: u8| first.map_or(0, |line| line.bytes().filter(|byte| *byte == sign).count());
    let mut signs = *b",;\t|";
    signs.sort_by_key(|sign| std::cmp::Reverse(count(*sign)));
    signs.first().copied().unwrap_or(b',')
}

/// Which column has the references, what it is called, and the rows below its name.
fn column(rows: &[StringRecord]) -> Result<(usize, String, &[StringRecord]), ApiError> {
    let Some((first, rest)) = rows.split_first() else {
        return Err(ApiError::new(Code::VoidListEmpty));
    };
    let names: Vec<String> = first.iter().map(plain).collect();
    for wanted in COLUMN_NAMES {
        if let Some(index) = names.iter().position(|name| name == wanted) {
            let name = first.get(index).map(tidy).unwrap_or_default();
            return Ok((index, name, rest));
        }
    }
    let is_wide = rows.iter().any(|row| row.len() > 1);
    if !is_wide {
        return Ok((0, String::new(), rows));
    }
    Err(ApiError::with(Code::VoidListColumns, shown(first)))
}

fn shown(row: &StringRecord) -> String {
    let cells: Vec<String> = row
        .iter()
        .take(8)
        .map(|cell| tidy(cell).chars().take(24).collect())
        .collect();
    cells.join(", ")
}

/// Lower case, without accents that matter here, spaces and signs.
fn plain(cell: &str) -> String {
    tidy(cell)
        .to_lowercase()
        .chars()
        .map(|letter| match letter {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' => 'u',
            other => other,
        })
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(bytes: &[u8]) -> Vec<String> {
        read(bytes).unwrap().references
    }

    fn refused(bytes: &[u8]) -> (Code, String) {
        let error = read(bytes).unwrap_err();
        (error.code, error.detail.unwrap_or_default())
    }

    #[test]
    fn lists_as_people_have_them() {
        let table: [(&str, &[&str]); 11] = [
            ("R-1\nR-2\n", &["R-1", "R-2"]),
            ("R-1\r\n\r\n  R-2  \r\n", &["R-1", "R-2"]),
            ("order\nR-1\n", &["R-1"]),
            ("Order ID;Amount\nR-1;12,50\nR-2;3\n", &["R-1", "R-2"]),
            ("amount,reference\n1,R-1\n2,R-2\n", &["R-1", "R-2"]),
            ("Número de orden\tx\nMesa 4 ñ\t1\n", &["Mesa 4 ñ"]),
            ("external_id,x\n\"a, b\",1\n", &["a, b"]),
            ("order\n=\"00012\"\n'0013\n", &["00012", "0013"]),
            // A row that is too short or too long loses nothing else.
            ("x,order\n1\n2,R-2,3\n", &["R-2"]),
            // Whatever the system, a reference is a reference.
            (
                "R-1\npi_sandbox_RBMHTJ4\n019a2b\nR-1-a2\n",
                &["R-1", "pi_sandbox_RBMHTJ4", "019a2b", "R-1-a2"],
            ),
            ("\u{feff}order\nR-1\n", &["R-1"]),
        ];
        for (text, expected) in table {
            assert_eq!(references(text.as_bytes()), expected, "{text:?}");
        }
    }

    /// Found by fuzzing: a cell in quotes may hold a line break, and was shown and printed with it.
    #[test]
    fn a_reference_is_one_line() {
        let text = "order,x\n\"R-1\n\tstill R-1\",1\nR-2,2\n";
        assert_eq!(references(text.as_bytes()), ["R-1  still R-1", "R-2"]);
    }

    #[test]
    fn what_comes_twice_is_counted_once_and_told() {
        let listed = read(b"R-1\nR-2\nR-1\n R-1\n").unwrap();
        assert_eq!(listed.references, ["R-1", "R-2"]);
        assert_eq!(listed.repeated, 2);
    }

    #[test]
    fn other_encodings_are_recognised() {
        let text = "orden,x\nMesa ñandú 4,1\nR-2,2\n";
        let utf_16 = |big: bool| -> Vec<u8> {
            let bytes = text.encode_utf16().map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            });
            bytes.flatten().collect()
        };
        let latin_1: Vec<u8> = text
            .chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap())
            .collect();
        let with_mark = |mark: &[u8], rest: Vec<u8>| [mark.to_vec(), rest].concat();
        let table = [
            (text.as_bytes().to_vec(), "UTF-8"),
            (utf_16(false), "UTF-16LE"),
            (utf_16(true), "UTF-16BE"),
            (with_mark(&[0xff, 0xfe], utf_16(false)), "UTF-16LE"),
            (with_mark(&[0xfe, 0xff], utf_16(true)), "UTF-16BE"),
            (latin_1, "windows-1252"),
        ];
        for (bytes, encoding) in table {
            let listed = read(&bytes).unwrap();
            assert_eq!(listed.encoding, encoding);
            assert_eq!(listed.references, ["Mesa ñandú 4", "R-2"], "{encoding}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        assert_eq!(refused(b"").0, Code::VoidListEmpty);
        assert_eq!(refused(b"order\n\n \n").0, Code::VoidListEmpty);
        let (code, columns) = refused(b"name,amount\nAna,12\n");
        assert_eq!(code, Code::VoidListColumns);
        assert_eq!(columns, "name, amount");
        // The first bytes of a spreadsheet and of a picture.
        let zip = [b"PK\x03\x04\x14\x00\x06\x00".as_slice(), &[0x8d; 64]].concat();
        assert_eq!(refused(&zip).0, Code::VoidListUnreadable);
        assert_eq!(
            refused(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").0,
            Code::VoidListUnreadable
        );
        let large = vec![b'a'; BYTES_MAX + 1];
        assert_eq!(refused(&large).0, Code::VoidListTooLarge);
    }

    #[test]
    fn a_hundred_thousand_lines_are_too_many_and_as_many_as_allowed_are_not() {
        let lines = |count: usize| -> Vec<u8> {
            let lines = (0..count).map(|number| format!("R-{number}\n"));
            lines.collect::<String>().into_bytes()
        };
        assert_eq!(references(&lines(LINES_MAX)).len(), LINES_MAX);
        let (code, most) = refused(&lines(100_000));
        assert_eq!((code, most.as_str()), (Code::VoidListTooLong, "20000"));
        // The same few again and again are few.
        let same = "R-1\nR-2\n".repeat(30_000);
        let listed = read(same.as_bytes()).unwrap();
        assert_eq!((listed.references.len(), listed.repeated), (2, 59_998));
    }
}
