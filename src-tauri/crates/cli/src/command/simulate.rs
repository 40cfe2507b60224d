//! `till simulate`: the practice store for any other client on this computer.

use std::net::SocketAddr;

use practice::{Practice, Script};
use serde_json::json;
use tokio::net::{TcpListener, lookup_host};

use super::follow::Interrupts;
use crate::arguments::Simulate;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Output;

/// Below the address: the paths by which it is driven from outside.
const CONTROLS: [&str; 15] = [
    "GET  /practice/terminals",
    "GET  /practice/dojo/terminals",
    "POST /practice/terminals/{code}/press",
    "GET  /practice/pages",
    "POST /practice/pages/{id}/press",
    "GET  /practice/links",
    "GET  /practice/ledger",
    "GET  /practice/refunds",
    "GET  /practice/intents",
    "GET  /practice/dojo/intents",
    "GET  /practice/dojo/sessions",
    "GET  /practice/lean-rails",
    "GET  /practice/requests",
    "POST /practice/faults",
    "POST /practice/settings",
];

/// Serves until Ctrl-C.
pub(crate) async fn run(simulate: &Simulate, output: &Output) -> Result<Exit, Fault> {
    let address = loopback(&simulate.listen).await?;
    let practice = open(simulate)?;
    let not_listening = |source| Fault::NotListening { address, source };
    let listener = TcpListener::bind(address).await.map_err(not_listening)?;
    let address = listener.local_addr().map_err(not_listening)?;
    // Before anybody reads that Ctrl-C ends it.
    let mut interrupts = Interrupts::listen();
    tell(output, &practice, address);
    tokio::select! {
        served = practice::serve(practice, listener) => match served {
            Ok(()) => Ok(Exit::Done),
            Err(_) => Err(Fault::NotLoopback { address }),
        },
        () = interrupts.next() => Ok(Exit::Done),
    }
}

/// The address, if nobody outside this computer can reach it: the store has neither transport
/// security nor a lock on its panel.
async fn loopback(text: &str) -> Result<SocketAddr, Fault> {
    let unknown = || Fault::NotAnAddress {
        text: text.to_owned(),
    };
    let mut addresses = lookup_host(text.trim()).await.map_err(|_| unknown())?;
    let address = addresses.next().ok_or_else(unknown)?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(Fault::NotLoopback { address })
    }
}

fn open(simulate: &Simulate) -> Result<Practice, Fault> {
    let seed = simulate.seed.unwrap_or_else(|| fastrand::u64(..));
    match &simulate.file {
        Some(file) => Practice::open(file, seed, practice::system_clock()).map_err(Fault::NoStore),
        None => Ok(Practice::with_system_clock(seed)),
    }
}

fn tell(output: &Output, practice: &Practice, address: SocketAddr) {
    let base_url = format!("http://{address}/api");
    let one2pays_url = format!("http://{address}/one2pays");
    let dojo_url = format!("http://{address}{}", practice::DOJO_PATH);
    let lean_rails_url = format!("http://{address}{}", practice::LEAN_RAILS_BASE_PATH);
    let terminals = practice.terminals();
    let dojo_terminals = practice.dojo_terminals();
    let codes: Vec<&str> = terminals.iter().map(|one| one.code.as_str()).collect();
    let dojo_codes: Vec<&str> = dojo_terminals.iter().map(|one| one.id.as_str()).collect();
    output.event(
        "listening",
        json!({
            "base_url": base_url,
            "control_url": format!("http://{address}/practice"),
            "key": practice::PRACTICE_KEY,
            "one2pays_url": one2pays_url,
            "one2pays_public_key": providers::PRACTICE_PUBLIC_KEY,
            "one2pays_secret_key": providers::PRACTICE_SECRET_KEY,
            "dojo_url": dojo_url,
            "dojo_key": practice::DOJO_KEY,
            "lean_rails_url": lean_rails_url,
            "lean_rails_key": practice::LEAN_RAILS_KEY,
            "terminals": codes,
            "dojo_terminals": dojo_codes,
        }),
    );
    output.tell("strip.practice", &[]);
    output.tell("cli.simulate_address", &[("url", &base_url)]);
    output.tell("cli.simulate_key", &[("key", practice::PRACTICE_KEY)]);
    output.tell(
        "cli.simulate_systems",
        &[
            ("url", &one2pays_url),
            ("public", providers::PRACTICE_PUBLIC_KEY),
            ("secret", providers::PRACTICE_SECRET_KEY),
        ],
    );
    for (name, url, key) in [
        ("Dojo", &dojo_url, practice::DOJO_KEY),
        ("LeanRails", &lean_rails_url, practice::LEAN_RAILS_KEY),
    ] {
        let fills = [("system", name), ("url", url), ("key", key)];
        output.tell("cli.simulate_system", &fills);
    }
    output.tell("cli.simulate_terminals", &[]);
    for terminal in &terminals {
        show(output, &terminal.code, terminal.script);
    }
    output.tell("cli.simulate_dojo_terminals", &[]);
    for machine in &dojo_terminals {
        let name = format!("{} {:<13}", machine.id, machine.tid);
        show(output, &name, machine.panel.script);
    }
    output.tell("cli.simulate_controls", &[]);
    for control in CONTROLS {
        output.say(&format!("  {control}"));
    }
    output.tell("cli.simulate_end", &[]);
}

/// A machine, and who stands in front of it.
fn show(output: &Output, name: &str, customer: Option<Script>) {
    let customer = match customer {
        Some(script) => script.meaning(),
        None => output.words().text("cli.simulate_panel"),
    };
    output.say(&format!("  {name:<26}{customer}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_this_computer_is_listened_on() {
        for (text, is_taken) in [
            ("127.0.0.1:0", true),
            ("127.8.0.1:4100", true),
            ("[::1]:0", true),
            (" 127.0.0.1:0 ", true),
            ("0.0.0.0:4100", false),
            ("[::]:4100", false),
            ("192.168.1.2:4100", false),
            ("127.0.0.1", false),
            ("127.0.0.1:99999", false),
            ("", false),
        ] {
            assert_eq!(loopback(text).await.is_ok(), is_taken, "{text:?}");
        }
    }
}
