use super::*;

#[test]
fn the_next_order_follows_the_last() {
    let table = [
        ("R-20418", "R-20419"),
        ("1001", "1002"),
        ("A-009", "A-010"),
        ("A-999", "A-1000"),
        ("Mesa", "Mesa-2"),
        ("99999999999999999999999", "99999999999999999999999-2"),
    ];
    for (last, next) in table {
        assert_eq!(following(last), next);
    }
}

#[test]
fn names_are_bounded() {
    assert_eq!(bounded("  Ana R. ", 40).unwrap(), "Ana R.");
    for (text, code) in [
        ("", Code::NameEmpty),
        ("   ", Code::NameEmpty),
        ("a\u{7}b", Code::NameBadCharacters),
        (&"x".repeat(41), Code::NameTooLong),
    ] {
        assert_eq!(bounded(text, 40).unwrap_err().code, code, "{text:?}");
    }
}
