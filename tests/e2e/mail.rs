//! Customers are told by e-mail: the mail server in the settings, and the letter of a withdrawn link.

use std::sync::{Arc, Mutex};

use practice::{CustomerMode, Practice, Settings};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::window::{Home, Look, Window};

/// A mail server on loopback that takes everything.
struct MailServer {
    port: u16,
    letters: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let letters = Arc::<Mutex<Vec<String>>>::default();
        let box_ = Arc::clone(&letters);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Some(letter) = take(stream).await {
                    box_.lock().expect("no test breaks it").push(letter);
                }
            }
        });
        Self { port, letters }
    }
}

async fn take(stream: TcpStream) -> Option<String> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 localhost\r\n").await.ok()?;
    let mut letter = None;
    while let Ok(Some(line)) = lines.next_line().await {
        let said: &[u8] = match line.split(' ').next().unwrap_or_default() {
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text.push_str(&line);
                    text.push('\n');
                }
                letter = Some(text);
                b"250 taken\r\n"
            }
            "QUIT" => return letter,
            _ => b"250 ok\r\n",
        };
        writer.write_all(said).await.ok()?;
    }
    letter
}

/// A provider of links that is not the practice store: nobody writes to practice customers.
async fn links(window: &Window) {
    let practice = Practice::with_system_clock(7);
    practice.set_settings(Settings {
        customer: CustomerMode::Panel,
        ..Settings::default()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(practice::serve(practice, listener));
    let page = "https://shop.example.com";
    let account = json!({
        "account": null, "name": "Web", "system": "compago_link",
        "settings": {"homepage_url": page, "redirect_url": page, "public_key": "",
            "amount_unit": null, "currency": "", "reseller_id": "", "generation": null},
        "base_url": format!("http://{address}/api"), "key": practice::PRACTICE_KEY, "terminals": [],
    });
    let saved = window.ask("save_account", account).await;
    assert_eq!(saved["ok"]["has_key"], true, "{saved}");
}

async fn story(name: &str, language: &str, theme: &str, look: Look) {
    let home = Home::new();
    let server = MailServer::start().await;
    let window = Window::open_as(&home, look).await;
    window.ready().await;
    let chosen = json!({"language": language, "theme": theme});
    window.ask("choose_look", chosen).await;
    links(&window).await;

    // The mail server, in the settings.
    window.click("nav-settings").await;
    window.click("mail-edit").await;
    window.fill("mail-server", "127.0.0.1").await;
    window.fill("mail-port", &server.port.to_string()).await;
    window.click("mail-security-plain").await;
    window.fill("mail-from", "nobody").await;
    window.fill("mail-shop", "Café Centro").await;
    window.click("mail-save").await;
    window.find("mail-from-problem").await;
    window.fill("mail-from", "shop@example.com").await;
    window.click("mail-save").await;
    window.find("mail-test").await;
    window.fill("mail-test-to", "ana@example.com").await;
    window.click("mail-test").await;
    window.find("mail-tested").await;
    window.picture(&format!("mail-{name}-settings")).await;
    window
        .is_accessible(&format!("{name}: mail settings"))
        .await;
    assert_eq!(server.letters.lock().expect("whole").len(), 1);

    // A link for Ana, withdrawn.
    let request = json!({
        "order": "R-1", "digits": "35050", "account": "web", "terminal": "",
        "link": {"description": "Concert", "minutes": 30, "method": null, "payer": null, "language": "es",
            "billing": {"first_name": "Ana", "last_name": "", "email": "ana@example.com", "phone": "",
                "address_line": "", "city": "", "state": "", "zip": ""}},
        "sale": null, "card": null,
    });
    let started = window.ask("start_charge", request).await;
    assert_eq!(started["ok"]["open"], true, "{started}");
    window.click("nav-payments").await;
    window.click("payment-row").await;
    window.wait_for_state("waiting").await;
    window.keys("\u{E00C}").await;
    window.wait_for_state("cancelled").await;
    window.find("letter-fate").await;
    window.find("letter-copy").await;
    window.picture(&format!("mail-{name}-queued")).await;
    window.is_accessible(&format!("{name}: a letter")).await;
    // It waits for the first look after the end.
    for _ in 0..300 {
        if server.letters.lock().expect("whole").len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let letters = server.letters.lock().expect("whole").clone();
    assert_eq!(letters.len(), 2, "{letters:?}");
    assert!(
        letters[1].contains("Cancelamos tu liga de pago de R-1"),
        "{}",
        letters[1]
    );
    let told = if language == "es" {
        "entregó"
    } else {
        "handed to"
    };
    for _ in 0..100 {
        if window.text("letter-fate").await.contains(told) {
            window.picture(&format!("mail-{name}-sent")).await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{}", window.text("letter-fate").await);
}

#[tokio::test]
async fn a_customer_is_told_that_the_link_was_withdrawn() {
    story("light-1280", "en", "light", Look::default()).await;
}

#[tokio::test]
async fn a_customer_is_told_in_the_dark_on_a_small_screen() {
    let look = Look {
        width: 1_024,
        height: 768,
        ..Look::default()
    };
    story("dark-1024", "es", "dark", look).await;
}
