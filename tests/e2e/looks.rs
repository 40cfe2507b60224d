//! How it looks and reads: languages, themes, sizes, for everybody.

use serde_json::json;

use crate::window::{Home, Look, Window};

async fn choose(window: &Window, language: &str, theme: &str) {
    let look = json!({"language": language, "theme": theme});
    let chosen = window.ask("choose_look", look).await;
    assert!(chosen.get("ok").is_some(), "{chosen}");
}

/// Every screen a cashier meets in a sale, in one language, theme and size.
async fn tour(name: &str, language: &str, theme: &str, look: Look) {
    let home = Home::new();
    let window = Window::open_as(&home, look).await;
    window.ready().await;
    window.fits(look).await;
    choose(&window, language, theme).await;
    if theme == "dark" {
        let shown = "return document.documentElement.dataset.theme;";
        assert_eq!(window.run(shown, vec![]).await, json!("dark"));
    }
    window.keys("35050").await;
    window.figure_has("35050").await;
    window.picture(&format!("{name}-charge")).await;
    window.is_accessible(&format!("{name}: charge")).await;
    window.charge("", "R-20418", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    window.find("press-tap").await;
    window.picture(&format!("{name}-waiting")).await;
    window.is_accessible(&format!("{name}: waiting")).await;
    window.press("tap").await;
    window.wait_for_state("paid").await;
    window.picture(&format!("{name}-paid")).await;
    window.is_accessible(&format!("{name}: paid")).await;
    window.click("action-next_customer").await;
    window.link("12000", "R-20419", "practice-link").await;
    window.picture(&format!("{name}-link-charge")).await;
    window.is_accessible(&format!("{name}: link form")).await;
    window.keys("\u{E007}").await;
    window.wait_for_state("waiting").await;
    window.find("qr").await;
    window.find("practice-phone").await;
    window.picture(&format!("{name}-link-waiting")).await;
    window.is_accessible(&format!("{name}: link waiting")).await;
    window.click("page-show").await;
    window.find("customer-view").await;
    window.picture(&format!("{name}-link-customer")).await;
    window
        .is_accessible(&format!("{name}: customer view"))
        .await;
    window.click("close-dialog").await;
    window.click("page-press-pay").await;
    window.wait_for_state("paid").await;
    window.click("nav-payments").await;
    window.find("payment-row").await;
    window.picture(&format!("{name}-payments")).await;
    window.is_accessible(&format!("{name}: payments")).await;
    window.click("nav-settings").await;
    window.find("language").await;
    window.picture(&format!("{name}-settings")).await;
    window.is_accessible(&format!("{name}: settings")).await;
}

#[tokio::test]
async fn light_at_1280() {
    tour("light-1280", "en", "light", Look::default()).await;
}

#[tokio::test]
async fn dark_at_1280() {
    tour("dark-1280", "en", "dark", Look::default()).await;
}

#[tokio::test]
async fn spanish_at_1024() {
    tour(
        "spanish-1024",
        "es",
        "light",
        Look {
            width: 1024,
            height: 768,
            ..Look::default()
        },
    )
    .await;
}

#[tokio::test]
async fn dark_spanish_at_1024() {
    tour(
        "dark-1024",
        "es",
        "dark",
        Look {
            width: 1024,
            height: 768,
            ..Look::default()
        },
    )
    .await;
}

#[tokio::test]
async fn spanish_is_spoken_at_once() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.ready().await;
    choose(&window, "es", "light").await;
    window.charge("35050", "R-1", "PRACTICE-1").await;
    window.wait_for_state("waiting").await;
    let title = window.text("state-title").await;
    assert!(title.to_lowercase().contains("tarjeta"), "{title}");
    assert_eq!(
        window
            .run("return document.documentElement.lang;", vec![])
            .await,
        json!("es")
    );
}
