//! Lists of references to withdraw: typed, pasted, scanned, or a file that some program wrote, as the
//! window hands them over.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use till::Gate;
use till::api::{ApiError, Code, PlanVoidRequest, VoidChoice, VoidPlanView};

use super::fit::is_visible;
use super::requests::Counter;
use super::runtime;

/// What an answer about a list may say beside its code: names of columns, or a number.
const DETAIL_MAX: usize = 1_000;

/// What became of a list.
pub type Planned = Result<VoidPlanView, ApiError>;

/// Feeds the dry run of a void.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    check_with(bytes, |planned| planned);
}

/// The same with something behind the reader that can be wrong on purpose.
///
/// # Panics
/// See [`check`].
pub fn check_with(bytes: &[u8], distort: impl Fn(Planned) -> Planned) {
    let runtime = runtime();
    let planned = runtime.block_on(async {
        let counter = Counter::open().await;
        let base64 = STANDARD.encode(bytes);
        let choice = VoidChoice::List { base64 };
        Gate::new(counter.till.clone())
            .plan_void(PlanVoidRequest { choice })
            .await
    });
    match distort(planned) {
        Ok(plan) => assert_plan(bytes, &plan),
        Err(error) => {
            let known = [
                Code::VoidListUnreadable,
                Code::VoidListColumns,
                Code::VoidListTooLong,
                Code::VoidListTooLarge,
                Code::VoidListEmpty,
            ];
            assert!(known.contains(&error.code), "{error:?}");
            let detail = error.detail.unwrap_or_default();
            assert!(detail.chars().count() <= DETAIL_MAX, "{detail:?}");
        }
    }
}

/// Each reference once, short, on one line, and from the list; and none of a list of lines is left out.
fn assert_plan(bytes: &[u8], plan: &VoidPlanView) {
    assert!(!plan.lines.is_empty() && plan.lines.len() <= 20_000);
    let mut given = BTreeSet::new();
    for line in &plan.lines {
        assert!(given.insert(line.given.as_str()), "{:?} twice", line.given);
        assert!(!line.given.is_empty() && line.given.chars().count() <= 128);
        assert!(
            !line.given.chars().any(char::is_control),
            "{:?} is not one line",
            line.given
        );
        assert!(!line.is_leftover, "nobody was asked what stands open");
    }
    assert_eq!(plan.tried, 0, "nothing was ever charged here");
    // Another code page: the same letters in other bytes.
    let Some(text) = std::str::from_utf8(bytes)
        .ok()
        .filter(|_| !bytes.contains(&0))
    else {
        return;
    };
    let text = text.trim_start_matches('\u{feff}');
    let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '-';
    if text.chars().all(|one| is_plain(one) || one == '\n') {
        let lines = text.lines().filter(|line| !line.is_empty());
        let cut = lines.map(|line| line.chars().take(128).collect::<String>());
        let missing = cut.filter(|line| !given.contains(line.as_str())).count();
        // The first line may be the name of the column.
        assert!(missing <= 1, "{missing} lines are missing: {text:?}");
    }
    let one_line = text.replace(char::is_control, " ");
    // Quotes may put together what stands apart.
    if text.contains('"') {
        return;
    }
    let from_text = |name: &&str| one_line.contains(*name);
    let visible = |name: &&str| name.chars().all(is_visible);
    let made_up = given
        .iter()
        .copied()
        .filter(visible)
        .find(|name| !from_text(name));
    assert_eq!(made_up, None, "not in {text:?}");
}

/// Lists as people have them.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "R-1",
        "R-1\nR-2\nR-2\n",
        "order,amount\nR-1,350.50\nR-2,12.00\n",
        "Número de orden;Importe\r\nR-1;350,50\r\n",
        "=\"00012\"\t12\n'00013\t13\n",
        "\u{feff}pedido\nA-1\n",
        "a,b\n1,2\n",
        "\"R-1\nstill R-1\",x\n",
        "",
        "\n\n",
        "R-1|R-2",
    ];
    let mut seeds: Vec<Vec<u8>> = texts.map(|text| text.as_bytes().to_vec()).into();
    let wide = "order\nR-1\nR-2\n".encode_utf16();
    seeds.push(wide.clone().flat_map(u16::to_le_bytes).collect());
    let marked = [0xfeff].into_iter().chain(wide);
    seeds.push(marked.flat_map(u16::to_be_bytes).collect());
    seeds.push(b"n\xfamero de orden\nR-1\n".to_vec());
    seeds
}
