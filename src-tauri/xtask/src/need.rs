//! What the window and its tests need from the system, how to tell that it is there, and what each
//! system calls it.
//!
//! Sources: the Linux packages of v2.tauri.app/start/prerequisites, cut down to what the linked
//! libraries ask for; tried on Debian 12. The other names are those of the same page, or file paths
//! where the package manager takes them.

use std::process::Command;

use crate::process;
use crate::system::System;

/// Something to be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The libraries that the window is linked with.
    Webview,
    /// A driver, a display, a message bus, a Secret Service and fonts, to test the real window.
    RealWindow,
}

/// How to tell whether a part is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    /// A program on the PATH.
    Program(&'static str),
    /// A library that pkg-config knows.
    Library(&'static str),
    /// A font family that fontconfig knows.
    Font(&'static str),
    /// A question that some program answers with success; any one of these will do.
    AnyAgrees(&'static [&'static [&'static str]]),
    /// Known since this program was compiled: what linked it can link the window.
    Known(bool),
}

impl Probe {
    /// Whether the part is there.
    pub(crate) fn finds(self) -> bool {
        match self {
            Self::Program(name) => process::is_on_path(name),
            Self::Library(name) => agrees(&["pkg-config", "--exists", name]),
            Self::Font(family) => agrees(&["fc-list", "--quiet", family]),
            Self::AnyAgrees(questions) => questions.iter().any(|question| agrees(question)),
            Self::Known(there) => there,
        }
    }
}

fn agrees(question: &[&str]) -> bool {
    question
        .split_first()
        .is_some_and(|(program, arguments)| process::agrees(Command::new(program).args(arguments)))
}

/// One thing to install.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// What a person calls it.
    pub(crate) name: &'static str,
    /// How to tell that it is there.
    pub(crate) probe: Probe,
    /// Its package for apt-get, dnf, pacman and zypper, in this order.
    packages: [&'static str; 4],
    /// The whole line to type where no package manager of Linux is at work.
    line: &'static str,
}

impl Part {
    /// What the system's package manager calls it; elsewhere the line to type.
    pub(crate) fn on(&self, system: System) -> &'static str {
        let [apt, dnf, pacman, zypper] = self.packages;
        match system {
            System::Apt => apt,
            System::Dnf => dnf,
            System::Pacman => pacman,
            System::Zypper => zypper,
            System::OtherLinux => self.name,
            System::MacOs | System::Windows => self.line,
        }
    }
}

const fn linux(name: &'static str, probe: Probe, packages: [&'static str; 4]) -> Part {
    Part {
        name,
        probe,
        packages,
        line: "",
    }
}

const fn elsewhere(name: &'static str, probe: Probe, line: &'static str) -> Part {
    Part {
        name,
        probe,
        packages: [""; 4],
        line,
    }
}

const WEBVIEW_ON_LINUX: [Part; 3] = [
    linux(
        "a C compiler",
        Probe::Program("cc"),
        ["build-essential", "gcc", "base-devel", "gcc"],
    ),
    linux(
        "pkg-config",
        Probe::Program("pkg-config"),
        ["pkg-config", "pkgconf-pkg-config", "pkgconf", "pkg-config"],
    ),
    linux(
        "WebKitGTK 4.1",
        Probe::Library("webkit2gtk-4.1"),
        [
            "libwebkit2gtk-4.1-dev",
            "webkit2gtk4.1-devel",
            "webkit2gtk-4.1",
            "webkit2gtk3-devel",
        ],
    ),
];

// Fedora and Arch build their driver for WebKitGTK 6.0 only; through it a 4.1 window cannot be
// clicked (github.com/tauri-apps/tauri/issues/6541), so the suite is expected to pass on Debian and
// Ubuntu.
const REAL_WINDOW_ON_LINUX: [Part; 8] = [
    linux(
        "WebKitWebDriver",
        Probe::Program("WebKitWebDriver"),
        [
            "webkit2gtk-driver",
            "/usr/bin/WebKitWebDriver",
            "webkitgtk-6.0",
            "/usr/bin/WebKitWebDriver",
        ],
    ),
    linux(
        "Xvfb",
        Probe::Program("Xvfb"),
        ["xvfb", "/usr/bin/Xvfb", "xorg-server-xvfb", "/usr/bin/Xvfb"],
    ),
    linux(
        "a D-Bus session",
        Probe::Program("dbus-run-session"),
        [
            "dbus",
            "/usr/bin/dbus-run-session",
            "dbus",
            "/usr/bin/dbus-run-session",
        ],
    ),
    linux(
        "a Secret Service",
        Probe::Program("gnome-keyring-daemon"),
        ["gnome-keyring"; 4],
    ),
    linux(
        "a window manager, whose frames can be closed",
        Probe::Program("openbox"),
        ["openbox"; 4],
    ),
    linux(
        "a hand on those frames",
        Probe::Program("wmctrl"),
        ["wmctrl"; 4],
    ),
    linux(
        "the Inter font",
        Probe::Font("Inter"),
        [
            "fonts-inter",
            "rsms-inter-fonts",
            "inter-font",
            "inter-fonts",
        ],
    ),
    linux(
        "the Noto Sans font",
        Probe::Font("Noto Sans"),
        [
            "fonts-noto-core",
            "google-noto-sans-fonts",
            "noto-fonts",
            "google-noto-sans-fonts",
        ],
    ),
];

const ON_MACOS: [Part; 1] = [elsewhere(
    "the Xcode command line tools",
    Probe::AnyAgrees(&[&["xcode-select", "-p"]]),
    "xcode-select --install",
)];

// Where WebView2 writes its version: learn.microsoft.com/microsoft-edge/webview2/concepts/distribution
const ON_WINDOWS: [Part; 2] = [
    elsewhere(
        "the Microsoft C++ build tools",
        Probe::Known(cfg!(target_env = "msvc")),
        "winget install --exact --id Microsoft.VisualStudio.2022.BuildTools --override \
         \"--passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended\"",
    ),
    elsewhere(
        "the WebView2 runtime",
        Probe::AnyAgrees(&[
            &[
                "reg",
                "query",
                "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\EdgeUpdate\\Clients\\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}",
                "/v",
                "pv",
            ],
            &[
                "reg",
                "query",
                "HKCU\\Software\\Microsoft\\EdgeUpdate\\Clients\\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}",
                "/v",
                "pv",
            ],
        ]),
        "winget install --exact --id Microsoft.EdgeWebView2Runtime",
    ),
];

/// The parts of a need on a system. The real window is tested on Linux only: neither WKWebView nor
/// the suite knows a driver elsewhere.
pub(crate) fn parts(system: System, need: Need) -> &'static [Part] {
    match (system, need) {
        (System::MacOs, Need::Webview) => &ON_MACOS,
        (System::Windows, Need::Webview) => &ON_WINDOWS,
        (System::MacOs | System::Windows, Need::RealWindow) => &[],
        (_, Need::Webview) => &WEBVIEW_ON_LINUX,
        (_, Need::RealWindow) => &REAL_WINDOW_ON_LINUX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SYSTEMS;

    #[test]
    fn every_part_has_a_name_on_every_system() {
        for system in SYSTEMS {
            for need in [Need::Webview, Need::RealWindow] {
                for part in parts(system, need) {
                    assert!(!part.on(system).is_empty(), "{} on {system:?}", part.name);
                }
            }
        }
    }

    #[test]
    fn a_probe_finds_only_what_is_there() {
        let cargo = if cfg!(windows) { "cargo.exe" } else { "cargo" };
        assert!(Probe::Program(cargo).finds());
        assert!(Probe::AnyAgrees(&[&["no-such-program-here"], &["cargo", "--version"]]).finds());
        for absent in [
            Probe::Program("no-such-program-here"),
            Probe::Library("no-such-library-here"),
            Probe::Font("No Such Font Here"),
            Probe::AnyAgrees(&[&["no-such-program-here"]]),
            Probe::AnyAgrees(&[]),
        ] {
            assert!(!absent.finds(), "{absent:?}");
        }
    }
}
