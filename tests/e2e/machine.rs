//! The machine around a window: its session bus, its keyring, its disk, as shops have them.

use std::path::Path;
use std::process::Command;

/// What is special about a machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    /// A desktop: a session bus with an unlocked keyring.
    Desktop,
    /// A kiosk without a desktop session: no bus, so no keyring either.
    Kiosk,
    /// A desktop whose portal is there and never gets ready. Whoever asks it waits until the bus
    /// gives up, after 25 seconds.
    BrokenPortal,
    /// A desktop whose data folder is a small disk of its own ([`DISK`]).
    SmallDisk,
}

/// The size of the small disk.
const DISK: &str = "24m";

/// A lone newline is an empty password: it makes, or unlocks, the login keyring.
const WITH_KEYRING: &str = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets \
     >/dev/null 2>&1; printf %s \"$DBUS_SESSION_BUS_ADDRESS\" > \"$XDG_RUNTIME_DIR/bus\"; \
     exec WebKitWebDriver \"$@\"";
/// No bus is what a kiosk without a desktop session has; on a bus the service would start itself.
const WITHOUT_KEYRING: &str =
    "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent exec WebKitWebDriver \"$@\"";
/// A disk that only this window sees. Needs root or user namespaces.
const WITH_DISK: &str = "mkdir -p \"$TILLSIDE_DATA\" && mount -t tmpfs -o size=\"$DISK\" tmpfs \
     \"$TILLSIDE_DATA\" && exec dbus-run-session -- sh -c \"$0\" sh \"$@\"";

/// A bus whose one service is a portal that starts and never takes its name.
const BUS_WITH_BROKEN_PORTAL: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <servicedir>SERVICES</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
const BROKEN_PORTAL: &str =
    "[D-BUS Service]\nName=org.freedesktop.portal.Desktop\nExec=/bin/sleep 600\n";

impl Machine {
    /// The command that runs a driver on this machine; the driver's own arguments follow.
    pub(crate) fn command(self, run: &Path) -> Command {
        match self {
            Self::Desktop => on_a_bus(None, WITH_KEYRING),
            Self::Kiosk => on_a_bus(None, WITHOUT_KEYRING),
            Self::BrokenPortal => on_a_bus(Some(&broken_portal(run)), WITH_KEYRING),
            Self::SmallDisk => {
                let mut command = Command::new("unshare");
                command
                    .args(["--user", "--map-root-user", "--mount"])
                    .args(["sh", "-c", WITH_DISK, WITH_KEYRING])
                    .env("DISK", DISK);
                command
            }
        }
    }
}

fn on_a_bus(config: Option<&Path>, script: &str) -> Command {
    let mut command = Command::new("dbus-run-session");
    if let Some(config) = config {
        command.arg("--config-file").arg(config);
    }
    command.args(["--", "sh", "-c", script, "sh"]);
    command
}

fn broken_portal(run: &Path) -> std::path::PathBuf {
    let services = run.join("services");
    std::fs::create_dir(&services).expect("a folder");
    let service = services.join("org.freedesktop.portal.Desktop.service");
    std::fs::write(service, BROKEN_PORTAL).expect("a service");
    let config = run.join("bus.conf");
    let text = BUS_WITH_BROKEN_PORTAL.replace("SERVICES", &services.display().to_string());
    std::fs::write(&config, text).expect("a configuration");
    config
}
