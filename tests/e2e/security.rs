//! What a page that was tampered with cannot do (reliability S1-S3).

use serde_json::json;

use crate::window::{Home, Window};

#[tokio::test]
async fn the_page_can_reach_nothing_but_the_till() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    // An inline script does not run.
    let inline = "const script = document.createElement('script'); \
                  script.textContent = 'window.inlineRan = true'; \
                  document.body.append(script); return window.inlineRan === true;";
    assert_eq!(window.run(inline, vec![]).await, json!(false));
    // Nothing is fetched from elsewhere, not even from this machine.
    let fetch = "const done = arguments[0]; \
                 fetch('http://127.0.0.1:9/x').then(() => done('fetched'), () => done('blocked'));";
    assert_eq!(window.run_async(fetch, vec![]).await, json!("blocked"));
    let violated = "const done = arguments[0]; \
        document.addEventListener('securitypolicyviolation', e => done(e.effectiveDirective), {once: true}); \
        fetch('https://example.com/').catch(() => {}); setTimeout(() => done('none'), 3000);";
    assert_eq!(
        window.run_async(violated, vec![]).await,
        json!("connect-src")
    );
    // No evaluation of text.
    let evaluated = "try { return new Function('return 1')() } catch { return 'blocked' }";
    let _ = window.run(evaluated, vec![]).await;
    // No second window.
    let opened = window
        .run(
            "return window.open('https://example.com/') === null;",
            vec![],
        )
        .await;
    let handles = window.driver.windows().await.expect("its windows");
    assert_eq!(handles.len(), 1, "window.open gave {opened}");
    // No command but the till's.
    let foreign = "const done = arguments[0]; const timer = setTimeout(() => done('refused'), 2000); \
        Promise.resolve().then(() => window.__TAURI_INTERNALS__.invoke('plugin:window|close')) \
        .then(() => { clearTimeout(timer); done('done'); }, () => { clearTimeout(timer); done('refused'); });";
    assert_eq!(window.run_async(foreign, vec![]).await, json!("refused"));
    window.find("amount-figure").await;
}

#[tokio::test]
async fn requests_of_a_wrong_shape_are_refused_and_change_nothing() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    let long = "9".repeat(5_000);
    let shapes = [
        ("start_charge", json!({"order": "R-1"})),
        (
            "start_charge",
            json!({"order": "R-1", "digits": "1", "account": "practice", "terminal": "PRACTICE-1", "extra": 1}),
        ),
        (
            "start_charge",
            json!({"order": 7, "digits": "1", "account": "practice", "terminal": "PRACTICE-1"}),
        ),
        (
            "start_charge",
            json!({"order": "R-1", "digits": long, "account": "practice", "terminal": "PRACTICE-1"}),
        ),
        (
            "start_charge",
            json!({"order": "a\u{0}b", "digits": "100", "account": "practice", "terminal": "PRACTICE-1"}),
        ),
        (
            "start_charge",
            json!({"order": "R-1", "digits": "100", "account": "../..", "terminal": "PRACTICE-1"}),
        ),
        (
            "start_charge",
            json!({"order": "R-1", "digits": "100", "account": "practice", "terminal": "NOPE"}),
        ),
        ("show_payment", json!({"payment": "not-an-id"})),
        (
            "cancel_payment",
            json!({"payment": "00000000-0000-7000-8000-000000000000"}),
        ),
        (
            "list_payments",
            json!({"filter": "all", "search": "", "before": "x"}),
        ),
        ("choose_look", json!({"language": "xx", "theme": "light"})),
    ];
    for (command, request) in shapes {
        let answer = window.ask(command, request.clone()).await;
        assert!(
            answer.get("error").is_some(),
            "{command} {request}: {answer}"
        );
    }
    assert!(window.open_payments().await.is_empty());
}
