//! `simulate`: the practice store for other clients.

use std::process::Stdio;

use crate::harness::Shop;

#[test]
fn it_is_served_to_this_computer_only() {
    let shop = Shop::new();
    for address in [
        "0.0.0.0:0",
        "[::]:0",
        "192.0.2.1:4100",
        "nonsense",
        "127.0.0.1",
    ] {
        let ran = shop.run(&["simulate", "--listen", address]).ends(2);
        assert!(ran.err.contains("127.0.0.1"), "no way out: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn a_port_that_is_taken_is_told() {
    let shop = Shop::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = shop.run(&["simulate", "--listen", &address]).ends(1);
    assert!(ran.err.contains(&address), "{}", ran.err);
}

#[test]
fn it_says_where_it_is_and_remembers_where_it_is_told_to() {
    let shop = Shop::new();
    std::fs::create_dir_all(shop.data()).unwrap();
    let file = shop.data().join("store.json");
    let name = file.to_string_lossy();
    let arguments = [
        "simulate",
        "--listen",
        "127.0.0.1:0",
        "--seed",
        "7",
        "--file",
        &name,
    ];
    let till = shop.start(&arguments);
    let told = till.wait_for("listening");
    assert_eq!(told["key"], "practice");
    let codes = told["terminals"].as_array().unwrap();
    assert!(codes.contains(&"PRACTICE-1".into()), "{told}");
    assert_eq!(told["dojo_key"], "sk_sandbox_practice");
    let machines = told["dojo_terminals"].as_array().unwrap();
    assert!(
        machines.contains(&"tm_sandbox_6f6fac49db69cee87a3390a3".into()),
        "{told}"
    );
    assert_eq!(told["lean_rails_key"], "sk_test_practice_lean_rails");
    for (name, path) in [("dojo_url", "/dojo"), ("lean_rails_url", "/lean-rails/v1")] {
        let url = told[name].as_str().unwrap();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        assert!(url.ends_with(path), "{url}");
    }
    let base_url = told["base_url"].as_str().unwrap();
    assert!(base_url.starts_with("http://127.0.0.1:"), "{base_url}");
    assert!(base_url.ends_with("/api"), "{base_url}");
    assert!(file.exists());

    std::fs::write(&file, "{").unwrap();
    let damaged = shop
        .command(&arguments)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(damaged.status.code(), Some(1), "a file is never guessed at");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    let shop = Shop::new();
    let mut till = shop.start(&["simulate", "--listen", "127.0.0.1:0"]);
    till.wait_for("listening");
    till.interrupt();
    assert_eq!(till.end().code(), Some(0));
}
