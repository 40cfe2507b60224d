//! Seeded changes to bytes: the same seed makes the same bytes on every machine.

use fastrand::Rng;

/// No input is longer: the client of the shop takes 1 MiB, and what is long is slow to find things in.
const LENGTH_MAX: usize = 16 * 1024;

/// What parsers trip over, and the words that decide something.
const WORDS: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1",
    "35050",
    "350.5",
    "\"350.50\"",
    "350.505",
    "3.5e2",
    "1e400",
    "-0",
    "99999999999999999999",
    "9007199254740993",
    "0.1",
    "NaN",
    "[]",
    "{}",
    "\"\"",
    "\"R-1\"",
    "\"R-2\"",
    "\"MXN\"",
    "\"mxn\"",
    "\"GBP\"",
    "\"THB\"",
    "\"usd\"",
    "\"JPY\"",
    "\"CONFIRMED\"",
    "\"CANCELLED\"",
    "\"PENDING\"",
    "\"EXPIRED\"",
    "\"SUCCESS\"",
    "\"DECLINED\"",
    "\"PAID\"",
    "\"succeeded\"",
    "\"requires_action\"",
    "\"requires_capture\"",
    "\"processing\"",
    "\"canceled\"",
    "\"failed\"",
    "\"expired\"",
    "\"Captured\"",
    "\"Authorized\"",
    "\"Created\"",
    "\"Canceled\"",
    "\"Reversed\"",
    "\"Refunded\"",
    "\"Expired\"",
    "\"Declined\"",
    "\"SignatureVerificationRequired\"",
    "\"Unsuccessful\"",
    "\"Approved\"",
    "4111111111111111",
    "4111 1111 1111 1111",
    "\"4111-1111-1111-1111\"",
    "\\u0000",
    "\\u202e",
    "\\ud800",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\r\n",
    "\n",
    ",",
    ";",
    "\t",
    "'",
    "\"",
    "\\",
    "=\"",
    "<html>",
    "javascript:alert(1)",
    "https://pay.example/1",
    "../",
    "%2e",
    "\u{1e}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "{\"a\":{\"a\":{\"a\":{\"a\":",
];

const BYTES: [u8; 12] = [
    0, 1, 0x1e, b'"', b'{', b'}', b',', b':', b'\\', 0x7f, 0x80, 0xff,
];

/// A changed copy: one to six changes.
#[must_use]
pub fn mutated(bytes: &[u8], other: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.usize(1..=6) {
        change(&mut bytes, other, rng);
    }
    bytes.truncate(LENGTH_MAX);
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], rng: &mut Rng) {
    let at = rng.usize(0..=bytes.len());
    let to = (at + rng.usize(0..=24)).min(bytes.len());
    match rng.u8(0..12) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << rng.u8(0..8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = BYTES[rng.usize(0..BYTES.len())];
            }
        }
        2 => drop(bytes.drain(at..to)),
        3 => {
            let part = bytes[at..to].to_vec();
            drop(bytes.splice(at..at, part));
        }
        4 => {
            let word = WORDS[rng.usize(0..WORDS.len())];
            drop(bytes.splice(at..at, word.bytes()));
        }
        5 => bytes.truncate(at),
        6 => {
            let from = rng.usize(0..=other.len());
            let until = (from + rng.usize(0..=200)).min(other.len());
            drop(bytes.splice(at..to, other[from..until].iter().copied()));
        }
        // What decides is a value: the others only break the form around it.
        7..=10 => value(bytes, other, rng),
        _ => first(bytes, rng),
    }
}

/// The first bytes choose what is asked: they are changed on purpose, not by chance.
fn first(bytes: &mut [u8], rng: &mut Rng) {
    let places = bytes.len().min(4);
    if places > 0 {
        bytes[rng.usize(0..places)] = rng.u8(0..24);
    }
}

/// Puts something else behind a colon: a word, or the value of another input.
fn value(bytes: &mut Vec<u8>, other: &[u8], rng: &mut Rng) {
    let Some((from, until)) = a_value(bytes, rng) else {
        return;
    };
    let put = match a_value(other, rng) {
        Some((start, end)) if rng.u8(0..4) == 0 => other[start..end].to_vec(),
        Some(_) | None => WORDS[rng.usize(0..WORDS.len())].as_bytes().to_vec(),
    };
    drop(bytes.splice(from..until, put));
}

/// Where a value stands that is no object and no list.
fn a_value(bytes: &[u8], rng: &mut Rng) -> Option<(usize, usize)> {
    let colons: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b':').collect();
    if colons.is_empty() {
        return None;
    }
    let from = colons[rng.usize(0..colons.len())] + 1;
    let rest = &bytes[from..];
    let length = match rest.first()? {
        b'"' => rest.iter().skip(1).position(|byte| *byte == b'"')? + 2,
        _ => rest
            .iter()
            .position(|byte| matches!(byte, b',' | b'}' | b']'))?,
    };
    Some((from, from + length))
}
