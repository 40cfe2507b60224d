//! Cells beside each other, in letters that are all equally wide.

/// What becomes of what is wider than its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Names of people and orders are cut, and show that they are.
    Cut,
    /// Sentences go on below.
    Wrap,
    /// Numbers stand on the right, and whole: their column is as wide as they are.
    Number,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    /// Characters.
    pub width: usize,
    pub fit: Fit,
}

/// Between two columns.
const BETWEEN: &str = " ";

/// A row as the lines that it takes.
pub(crate) fn row(columns: &[Column], cells: &[String]) -> Vec<String> {
    let cells: Vec<Vec<String>> = columns
        .iter()
        .zip(cells)
        .map(|(column, cell)| match column.fit {
            Fit::Cut => vec![cut(cell, column.width)],
            Fit::Wrap => wrap(cell, column.width),
            Fit::Number => vec![cell.clone()],
        })
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or_default();
    let line = |index: usize| {
        let cells = columns.iter().zip(&cells).map(|(column, lines)| {
            let text = lines.get(index).map_or("", String::as_str);
            let width = column.width;
            match column.fit {
                Fit::Cut | Fit::Wrap => format!("{text:<width$}"),
                // What follows begins on the left.
                Fit::Number => format!("{text:>width$} "),
            }
        });
        let line: Vec<String> = cells.collect();
        line.join(BETWEEN).trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

/// At most so many letters; one sign shows that there were more.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(width.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

/// Between words where that is possible.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        let taken = line.chars().count();
        if taken > 0 && taken.saturating_add(word.len()) >= width {
            lines.push(std::mem::take(&mut line));
        }
        while word.len() > width && width > 0 {
            let rest = word.split_off(width);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_or_goes_on_below_and_never_runs_into_the_next() {
        let columns = [
            Column {
                width: 6,
                fit: Fit::Cut,
            },
            Column {
                width: 9,
                fit: Fit::Wrap,
            },
            Column {
                width: 8,
                fit: Fit::Number,
            },
        ];
        let cells = ["R-1234567", "paid before it", "1,234.50"].map(str::to_owned);
        assert_eq!(
            row(&columns, &cells),
            ["R-123… paid      1,234.50", "       before it"]
        );
        let cells = ["R-1", "ok", "3.00"].map(str::to_owned);
        assert_eq!(row(&columns, &cells), ["R-1    ok            3.00"]);
    }

    #[test]
    fn words_that_are_longer_than_their_column_are_broken() {
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(
            wrap("ab abcdefghijkl c", 5),
            ["ab", "abcde", "fghij", "kl c"]
        );
        assert_eq!(wrap("12345 1234 1", 5), ["12345", "1234", "1"]);
        assert_eq!(cut("ñandú", 5), "ñandú");
        assert_eq!(cut("ñandúes", 5), "ñand…");
    }
}
