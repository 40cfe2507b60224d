//! The window as a cashier uses it: the real program, under Xvfb, driven through WebDriver.
#![cfg(target_os = "linux")]

mod window;
