//! `cli::session`, which the window shares: what opens, what is taken up, what must not be.

use cli::session::{PRACTICE_ACCOUNT, Session, SessionError, SessionOptions};
use payment::Actor;
use till::Asked;
use till::api::{ApiError, Code, OverviewRequest, PaymentView};

async fn charge(session: &Session, order: &str) -> Result<PaymentView, ApiError> {
    let by = Actor::Cashier {
        name: "Ana".to_owned(),
    };
    let till = &session.till;
    let asked = Asked::Terminal("PRACTICE-WALK".to_owned());
    till.charge_decimal(order, "5", PRACTICE_ACCOUNT, &asked, by, &[])
        .await
}

#[tokio::test]
async fn a_second_window_shows_history_says_why_and_drives_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = SessionOptions::at(folder.path().to_owned());
    let first = Session::open(options.clone()).await.unwrap();
    charge(&first, "R-1").await.unwrap();

    let strict = Session::open(options.clone()).await;
    let error = strict.err().expect("the folder is taken");
    assert_eq!(error.code(), Some(Code::JournalInUse));
    assert!(matches!(error, SessionError::Journal(_)));

    let second = Session::open_or_explain(options).await.unwrap();
    let overview = second.till.overview(OverviewRequest {}).await.unwrap();
    assert_eq!(overview.trouble, Some(Code::JournalInUse));
    assert_eq!(second.till.show_order("R-1").await.unwrap().order, "R-1");
    assert_eq!(second.till.open_count(), 0, "the first till drives it");
    let refused = charge(&second, "R-2").await.unwrap_err();
    assert_eq!(refused.code, Code::JournalInUse);
    for sent in first.practice.intents() {
        assert_eq!(sent.external_id, "R-1");
    }
    assert_eq!(second.practice.intents(), [], "nothing was sent");
}

#[tokio::test]
async fn who_only_reads_makes_no_files_and_sells_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let options = SessionOptions::at(data.clone()).for_reading();
    let session = Session::open(options).await.unwrap();
    let refused = charge(&session, "R-1").await.unwrap_err();
    assert_eq!(refused.code, Code::JournalReadOnly);
    assert_eq!(session.practice.intents(), []);
    assert!(!data.exists());
}

#[test]
fn payments_are_taken_up_by_who_sells_and_by_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let options = SessionOptions::at(folder.path().to_owned());
    in_a_process(options.clone(), async |session| {
        charge(&session, "R-1").await.unwrap();
    });
    for (options, taken_up) in [
        (options.clone().for_reading(), 0),
        (options.clone().without_taking_up(), 0),
        (options, 1),
    ] {
        in_a_process(options, async |session| {
            assert_eq!(session.till.open_count(), taken_up);
        });
    }
}

/// A till with a runtime of its own: when that goes, its tasks go wherever they stood, as those of
/// a process that ended.
fn in_a_process(options: SessionOptions, act: impl AsyncFnOnce(Session)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        act(Session::open(options).await.expect("a till")).await;
    });
}
