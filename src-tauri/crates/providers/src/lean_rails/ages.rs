//! How old the payments of a list are, and whether it runs from new to old: its order is not
//! documented, so it is only believed where it was seen throughout.

use super::wire::{Intent, List};

/// What a walk has seen so far.
#[derive(Debug, Default)]
pub(super) struct Ages {
    /// When the last one was made. Milliseconds since 1970-01-01 UTC.
    last_ms: Option<i64>,
    /// One was newer than the one before it, or does not say when it was made.
    is_mixed: bool,
}

impl Ages {
    /// Takes in a page.
    pub(super) fn saw(&mut self, list: &List<Intent>) {
        for row in &list.rows {
            let at_ms = row.made_at_ms();
            let is_older = match (self.last_ms, at_ms) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(last_ms), Some(at_ms)) => at_ms <= last_ms,
            };
            self.is_mixed |= !is_older;
            self.last_ms = at_ms;
        }
    }

    /// Whether nothing that was made since then can follow.
    pub(super) fn reach(&self, since_ms: i64) -> bool {
        !self.is_mixed && self.last_ms.is_some_and(|last_ms| last_ms < since_ms)
    }
}

#[cfg(test)]
mod tests {
    use ::http::HeaderMap;
    use bytes::Bytes;

    use super::*;
    use crate::http::Response;
    use crate::lean_rails::map;

    fn page(created: &[&str]) -> List<Intent> {
        let rows = created
            .iter()
            .zip(0..)
            .map(|(created, number)| format!(r#"{{"id":"pi_{number}","created":{created}}}"#));
        let rows = rows.collect::<Vec<_>>().join(",");
        let body = format!(r#"{{"object":"list","data":[{rows}],"has_more":true}}"#);
        let response = Response::new(200, &HeaderMap::new(), Bytes::from(body));
        map::listed(&response).expect("a page")
    }

    #[test]
    fn an_end_is_only_believed_of_a_list_that_runs_from_new_to_old() {
        let table: [(&[&[&str]], bool); 6] = [
            (&[&["9", "8"], &["8", "3"]], true),
            (&[&["9", "8"], &["7", "5"]], false),
            (&[&["9", "3"], &["8", "3"]], false),
            (&[&["3", "2"], &["9", "3"]], false),
            (&[&["9", "null"], &["8", "3"]], false),
            (&[], false),
        ];
        for (pages, expected) in table {
            let mut ages = Ages::default();
            for created in pages {
                ages.saw(&page(created));
            }
            assert_eq!(ages.reach(5_000), expected, "{pages:?}");
        }
    }
}
