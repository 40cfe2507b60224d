//! Which system this is, what is missing on it, and how to install that.

use std::process::Command;

use crate::fault::Fault;
use crate::need::{self, Need, Part};
use crate::process;
use crate::step;

/// A system, told apart by how one installs things on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// Debian, Ubuntu and what is made from them.
    Apt,
    /// Fedora and what is made from it.
    Dnf,
    /// Arch and what is made from it.
    Pacman,
    /// openSUSE and SLE.
    Zypper,
    /// A Linux of another family.
    OtherLinux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// Every system there is a word for.
#[cfg(test)]
pub(crate) const SYSTEMS: [System; 7] = [
    System::Apt,
    System::Dnf,
    System::Pacman,
    System::Zypper,
    System::OtherLinux,
    System::MacOs,
    System::Windows,
];

impl System {
    /// The system this program runs on.
    pub(crate) fn here() -> Self {
        let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
        Self::of(std::env::consts::OS, &release)
    }

    /// From the name of the operating system and the text of /etc/os-release
    /// (freedesktop.org/software/systemd/man/os-release.html: ID, then what it is like).
    fn of(os: &str, release: &str) -> Self {
        match os {
            "macos" => return Self::MacOs,
            "windows" => return Self::Windows,
            _ => {}
        }
        let value = |key: &str| {
            release
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
                .unwrap_or_default()
                .trim_matches(['"', '\''])
        };
        std::iter::once(value("ID"))
            .chain(value("ID_LIKE").split_whitespace())
            .find_map(|family| match family {
                "debian" | "ubuntu" => Some(Self::Apt),
                "fedora" | "rhel" | "centos" => Some(Self::Dnf),
                "arch" | "archlinux" => Some(Self::Pacman),
                "suse" | "opensuse" | "opensuse-leap" | "opensuse-tumbleweed" | "sles" => {
                    Some(Self::Zypper)
                }
                _ => None,
            })
            .unwrap_or(Self::OtherLinux)
    }

    /// Whether it is a Linux of any family.
    pub(crate) fn is_linux(self) -> bool {
        !matches!(self, Self::MacOs | Self::Windows)
    }

    /// The one line that installs these parts.
    fn line_to_type(self, parts: &[&Part]) -> String {
        let names = |between| {
            parts
                .iter()
                .map(|part| part.on(self))
                .collect::<Vec<_>>()
                .join(between)
        };
        match self {
            Self::Apt => format!(
                "sudo apt-get update && sudo apt-get install --no-install-recommends {}",
                names(" ")
            ),
            Self::Dnf => format!("sudo dnf install {}", names(" ")),
            Self::Pacman => format!("sudo pacman -S --needed {}", names(" ")),
            Self::Zypper => format!("sudo zypper install {}", names(" ")),
            Self::OtherLinux => format!(
                "(with this system's package manager) install, with development files: {}",
                names(", ")
            ),
            Self::MacOs | Self::Windows => names("\n    "),
        }
    }

    /// The line that installs Node.js. Debian 12 and Ubuntu 24.04 carry 18, which is too old.
    pub(crate) fn line_for_node(self) -> &'static str {
        match self {
            Self::Dnf => "sudo dnf install nodejs npm",
            Self::Pacman => "sudo pacman -S --needed nodejs npm",
            Self::MacOs => "brew install node",
            Self::Windows => "winget install --exact --id OpenJS.NodeJS.LTS",
            Self::Apt | Self::Zypper | Self::OtherLinux => {
                "(in a browser) https://nodejs.org/en/download"
            }
        }
    }
}

/// Installs what the needs ask for and is not there yet. Says nothing when all is there.
///
/// # Errors
/// [`Fault::Missing`] with the line to type where it cannot install; another fault where it tried.
pub(crate) fn ensure(needs: &[Need]) -> Result<(), Fault> {
    let system = System::here();
    let missing = || -> Vec<&'static Part> {
        let parts = needs.iter().flat_map(|&need| need::parts(system, need));
        parts.filter(|part| !part.probe.finds()).collect()
    };
    let parts = missing();
    if parts.is_empty() {
        return Ok(());
    }
    let unable = || Fault::Missing {
        what: named(&parts),
        line: system.line_to_type(&parts),
    };
    if system != System::Apt {
        return Err(unable());
    }
    let administrator = Administrator::here().ok_or_else(unable)?;
    let packages: Vec<&str> = parts.iter().map(|part| part.on(system)).collect();
    let what = format!("apt-get install {}", packages.join(" "));
    let installed = step::timed("system", &what, || {
        install(administrator, &packages)?;
        let still = missing();
        if still.is_empty() {
            Ok(())
        } else {
            Err(Fault::StillMissing {
                what: named(&still),
            })
        }
    });
    if installed.is_err() {
        let line = system.line_to_type(&parts);
        step::say(&format!("system: by hand that would be\n\n    {line}\n"));
    }
    installed
}

fn named(parts: &[&Part]) -> String {
    parts
        .iter()
        .map(|part| part.name)
        .collect::<Vec<_>>()
        .join(", ")
}

/// How this program comes to the rights that installing needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Administrator {
    /// It has them.
    Root,
    /// Through sudo, which may ask for a password.
    Sudo,
}

impl Administrator {
    fn here() -> Option<Self> {
        if is_root() {
            Some(Self::Root)
        } else if process::is_on_path("sudo") {
            Some(Self::Sudo)
        } else {
            None
        }
    }

    fn command(self, arguments: &[&str]) -> Command {
        // sudo drops the environment, so the variable is set behind it. Without it a package's
        // question would wait for an answer that nobody gives.
        let quietly = [
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "--quiet=2",
        ];
        let mut words = quietly.iter().chain(arguments);
        let mut command = match self {
            Self::Root => Command::new(words.next().unwrap_or(&"env")),
            Self::Sudo => Command::new("sudo"),
        };
        command.args(words);
        command
    }
}

/// Whether this program runs as root.
pub(crate) fn is_root() -> bool {
    process::ask(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

fn install(administrator: Administrator, packages: &[&str]) -> Result<(), Fault> {
    // Old lists may still do, for instance where only one of several sources is out of reach.
    if let Err(fault) = process::run(&mut administrator.command(&["update"])) {
        step::complain(&fault);
    }
    // Another apt may be at work, as on a machine that has just started: wait for it.
    let mut words = vec![
        "-o",
        "DPkg::Lock::Timeout=300",
        "-o",
        "Dpkg::Use-Pty=0",
        "install",
        "--yes",
        "--no-install-recommends",
    ];
    words.extend(packages);
    process::run(&mut administrator.command(&words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_told_apart() {
        for (os, release, system) in [
            (
                "linux",
                "PRETTY_NAME=\"Debian 12\"\nID=debian\n",
                System::Apt,
            ),
            (
                "linux",
                "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
                System::Apt,
            ),
            ("linux", "ID=fedora\n", System::Dnf),
            (
                "linux",
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
                System::Dnf,
            ),
            ("linux", "ID=manjaro\nID_LIKE=arch\n", System::Pacman),
            (
                "linux",
                "ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n",
                System::Zypper,
            ),
            ("linux", "ID='nixos'\n", System::OtherLinux),
            ("linux", "VERSION_ID=debian\n", System::OtherLinux),
            ("linux", "", System::OtherLinux),
            ("macos", "ID=debian", System::MacOs),
            ("windows", "", System::Windows),
        ] {
            assert_eq!(System::of(os, release), system, "{os} {release:?}");
        }
    }

    #[test]
    fn there_is_one_line_to_type() {
        for (system, line) in [
            (
                System::Apt,
                "sudo apt-get update && sudo apt-get install --no-install-recommends \
                 build-essential pkg-config libwebkit2gtk-4.1-dev",
            ),
            (
                System::Dnf,
                "sudo dnf install gcc pkgconf-pkg-config webkit2gtk4.1-devel",
            ),
            (
                System::Pacman,
                "sudo pacman -S --needed base-devel pkgconf webkit2gtk-4.1",
            ),
            (
                System::Zypper,
                "sudo zypper install gcc pkg-config webkit2gtk3-devel",
            ),
            (
                System::OtherLinux,
                "(with this system's package manager) install, with development files: \
                 a C compiler, pkg-config, WebKitGTK 4.1",
            ),
            (System::MacOs, "xcode-select --install"),
        ] {
            let parts: Vec<_> = need::parts(system, Need::Webview).iter().collect();
            assert_eq!(system.line_to_type(&parts), line);
        }
        let parts: Vec<_> = need::parts(System::Windows, Need::Webview).iter().collect();
        let line = System::Windows.line_to_type(&parts);
        assert!(line.contains("VisualStudio.2022.BuildTools"), "{line}");
        assert!(line.ends_with("Microsoft.EdgeWebView2Runtime"), "{line}");
    }

    #[test]
    fn only_what_is_missing_is_named() {
        let [_, _, library] = need::parts(System::Apt, Need::Webview) else {
            panic!("three parts")
        };
        assert!(
            System::Apt
                .line_to_type(&[library])
                .ends_with(" libwebkit2gtk-4.1-dev")
        );
        assert_eq!(named(&[library]), "WebKitGTK 4.1");
    }

    #[test]
    fn apt_never_asks() {
        for (administrator, line) in [
            (
                Administrator::Root,
                "env DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 update",
            ),
            (
                Administrator::Sudo,
                "sudo env DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 update",
            ),
        ] {
            assert_eq!(process::typed(&administrator.command(&["update"])), line);
        }
    }
}
