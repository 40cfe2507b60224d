//! What was made elsewhere as it is shown: rows among this till's payments, and what is known of each
//! account's list.

use std::collections::BTreeMap;
use std::iter::Peekable;

use journal::{Cursor, Elsewhere, ElsewhereScope, Place, Scope, Search, Summary};
use money::Money;
use payment::{Account, Standing, State};

use crate::api::{
    ApiError, Code, ElsewhereAccountView, ElsewhereRowView, ElsewhereView, LinksLeftView,
    MoneyView, PaymentRowView, Tone,
};
use crate::tell::time;
use crate::till::Till;
use crate::typed::quarter_of;

/// Links that are counted, at most: more are told as that many.
const LINKS_MAX: usize = 10_000;

/// A row of the list of payments.
#[derive(Debug, Clone)]
pub(crate) enum Row {
    /// One of this till's.
    Ours(Box<Summary>),
    /// One that was made elsewhere.
    Theirs(Box<Elsewhere>),
}

impl Row {
    /// When it was made. Milliseconds since 1970 UTC.
    pub(crate) fn at_ms(&self) -> i64 {
        match self {
            Self::Ours(row) => row.requested_at_ms,
            Self::Theirs(row) => row.place.at_ms,
        }
    }
}

/// A place in both lists: everything before it is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Both {
    pub ours: Cursor,
    pub theirs: Place,
}

impl Both {
    /// Before every row.
    pub(crate) const FIRST: Self = Self {
        ours: Cursor::at(i64::MAX),
        theirs: Place::FIRST,
    };

    /// As it crosses the bridge, where it means nothing.
    pub(crate) fn text(self) -> String {
        let Place { at_ms, number } = self.theirs;
        format!("{}.{at_ms}.{number}", self.ours.number())
    }

    pub(crate) fn read(text: &str) -> Result<Self, ApiError> {
        let mut numbers = text.split('.').map(str::parse::<i64>);
        let mut next = || numbers.next()?.ok();
        let read = next().zip(next()).zip(next());
        let ((ours, at_ms), number) = read.ok_or_else(|| ApiError::new(Code::BadRequest))?;
        Ok(Self {
            ours: Cursor::at(ours),
            theirs: Place { at_ms, number },
        })
    }
}

/// A page of each list, and whether each goes on behind it.
pub(crate) struct Pages {
    pub before: Both,
    pub ours: Vec<Summary>,
    /// Where the list of this till's goes on.
    pub ours_next: Option<Cursor>,
    pub theirs: Vec<Elsewhere>,
    pub theirs_more: bool,
}

/// One page of both, newest first, and where it goes on. Each list keeps its own order, and no row is
/// told twice or left out, however the clocks were. Pure.
pub(crate) fn merge(pages: Pages, limit: usize) -> (Vec<Row>, Option<Both>) {
    let Pages {
        before,
        ours,
        ours_next,
        theirs,
        theirs_more,
    } = pages;
    let (mut ours, mut theirs) = (ours.into_iter().peekable(), theirs.into_iter().peekable());
    let (mut rows, mut after) = (Vec::new(), before);
    while rows.len() < limit {
        let is_ours = match (ours.peek(), theirs.peek()) {
            (Some(our), Some(their)) => our.requested_at_ms >= their.place.at_ms,
            // What comes next of the other list may be newer.
            (Some(_), None) if theirs_more => break,
            (None, Some(_)) if ours_next.is_some() => break,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        if is_ours {
            rows.extend(ours.next().map(|row| {
                after.ours = row.cursor;
                Row::Ours(Box::new(row))
            }));
        } else {
            rows.extend(theirs.next().map(|row| {
                after.theirs = row.place;
                Row::Theirs(Box::new(row))
            }));
        }
    }
    let is_over = |rest: &mut Peekable<_>| rest.peek().is_none();
    let ours_over = is_over(&mut ours);
    if ours_over {
        // A search may have gone further than its last row; at the end nothing comes before the first.
        after.ours = ours_next.unwrap_or(Cursor::at(0));
    }
    let theirs_over = theirs.peek().is_none();
    let is_end = ours_over && theirs_over && ours_next.is_none() && !theirs_more;
    (rows, (!is_end).then_some(after))
}

/// Where one that was made elsewhere is, in the words of this till's own. Nobody here is waited for.
const fn state(standing: Standing) -> State {
    match standing {
        Standing::Waiting | Standing::NeedsCashier => State::Waiting,
        Standing::Processing => State::Processing,
        Standing::Authorised => State::Authorised,
        Standing::Paid => State::Paid,
        Standing::Declined => State::Declined,
        Standing::Cancelled => State::Cancelled,
        Standing::Expired => State::Expired,
        Standing::PartlyRefunded => State::PartlyRefunded,
        Standing::Refunded => State::Refunded,
        Standing::Unconfirmed | Standing::Unrecognised => State::NotKnown,
    }
}

const fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Waiting
        | Standing::NeedsCashier
        | Standing::Processing
        | Standing::Authorised => Tone::Waiting,
        Standing::Paid => Tone::Paid,
        Standing::Declined => Tone::Failed,
        Standing::Cancelled | Standing::Expired | Standing::PartlyRefunded | Standing::Refunded => {
            Tone::Cancelled
        }
        Standing::Unconfirmed | Standing::Unrecognised => Tone::Unknown,
    }
}

/// By what one is selected: no payment's own name has a stroke.
pub(crate) fn row_id(row: &Elsewhere) -> String {
    format!("{}/{}", row.account, row.listed.intent)
}

fn row_view(account: Option<&Account>, row: &Elsewhere) -> PaymentRowView {
    let listed = &row.listed;
    let account_name = account.map_or_else(|| row.account.to_string(), |one| one.name.clone());
    let order = match listed.reference.as_str() {
        "" => listed.intent.to_string(),
        reference => reference.to_owned(),
    };
    PaymentRowView {
        id: row_id(row),
        order,
        amount: MoneyView::from(listed.amount),
        terminal_label: account_name.clone(),
        account_name,
        cashier: String::new(),
        state: state(listed.standing),
        tone: if row.is_gone {
            Tone::Cancelled
        } else {
            tone(listed.standing)
        },
        gives_back: false,
        practice: account.is_some_and(|account| account.practice),
        late: false,
        started_at: time(row.place.at_ms),
        elsewhere: Some(ElsewhereRowView {
            account: row.account.to_string(),
            intent: listed.intent.to_string(),
            reference: listed.reference.clone(),
            provider: account.map_or("", |one| one.system.name()).to_owned(),
            word: listed.raw.clone(),
            is_known: listed.standing != Standing::Unrecognised,
            is_open: row.is_open(),
            is_gone: row.is_gone,
            has_link: row.is_open() && listed.has_link,
            last_four: listed.last_four.clone().unwrap_or_default(),
            made_at: listed.made_at_ms.map(time),
            read_at: time(row.read_at_ms),
        }),
    }
}

impl Till {
    /// A row of both lists.
    pub(crate) fn row_of(&self, row: &Row) -> PaymentRowView {
        match row {
            Row::Ours(row) => self.board.row(row),
            Row::Theirs(row) => row_view(self.board.account(&row.account).as_ref(), row),
        }
    }

    /// A page of what was made elsewhere, as a search for payments has it.
    pub(crate) fn elsewhere_page(
        &self,
        search: &Search,
        before: Place,
        limit: usize,
    ) -> Vec<Elsewhere> {
        let scope = match search.scope {
            Scope::All => ElsewhereScope::All,
            Scope::Open => ElsewhereScope::Open,
            Scope::Since(at_ms) => ElsewhereScope::Since(at_ms),
            // Whether money moved there is no doubt of this till's.
            Scope::NotKnown => return Vec::new(),
        };
        self.board
            .journal
            .search_elsewhere(search, scope, before, limit)
    }

    /// What stands open elsewhere.
    pub(crate) fn open_elsewhere(&self, limit: usize) -> Vec<Elsewhere> {
        let all = Search {
            words: Vec::new(),
            scope: Scope::Open,
            quarter_of,
        };
        self.elsewhere_page(&all, Place::FIRST, limit)
    }

    /// What is known of each account's list, and what can be paid there by a link.
    pub(crate) fn elsewhere_view(&self) -> ElsewhereView {
        let shop = self.board.shop();
        let readings = self.board.elsewhere.lock().clone();
        let accounts = shop.accounts.iter().map(|account| {
            let reading = readings.get(&account.id).cloned().unwrap_or_default();
            let none = (Code::NoListHere, String::new());
            let problem = if account.system.lists_open() {
                reading.problem
            } else {
                Some(none)
            };
            let (problem, detail) = problem.unzip();
            ElsewhereAccountView {
                account: account.id.to_string(),
                account_name: account.name.clone(),
                read_at: reading.read_at_ms.map(time),
                problem,
                detail: detail.unwrap_or_default(),
                looking: reading.looking,
            }
        });
        ElsewhereView {
            accounts: accounts.collect(),
            links: self.links_left(),
        }
    }

    /// The open payments with a link that anybody could pay, by currency. Practice money is never added
    /// to real money.
    fn links_left(&self) -> Vec<LinksLeftView> {
        let mut sums: BTreeMap<(bool, &str), (u32, Option<Money>)> = BTreeMap::new();
        let shop = self.board.shop();
        for row in self.open_elsewhere(LINKS_MAX) {
            if !row.listed.has_link {
                continue;
            }
            let Some(account) = shop.account(&row.account) else {
                continue;
            };
            let amount = row.listed.amount;
            let key = (account.practice, amount.currency().code());
            let (count, sum) = sums
                .entry(key)
                .or_insert((0, Some(Money::zero(amount.currency()))));
            *count = count.saturating_add(1);
            // A sum beyond what the till handles is never shown as a smaller one.
            *sum = sum.and_then(|sum| sum.plus(amount).ok());
        }
        sums.into_iter()
            .map(|((practice, _), (count, sum))| LinksLeftView {
                count,
                sum: sum.map(MoneyView::from),
                practice,
            })
            .collect()
    }
}
