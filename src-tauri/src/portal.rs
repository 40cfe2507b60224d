//! A desktop portal that never gets ready.
//!
//! GTK asks for the portal while it starts, before there is a window, and waits until the bus gives
//! up: 25 seconds. That is what happens on kiosks and servers where the portal is installed and its
//! desktop is not (public reports tell of it). So the till asks first, with less patience. Where
//! the portal is stuck, it takes the portal's name on the bus until its own window is open and
//! answers that there is nothing to be had; who asked gets on at once.

use std::time::Duration;

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;
use zbus::fdo::RequestNameFlags;
use zbus::names::WellKnownName;

const PORTAL: WellKnownName<'static> =
    WellKnownName::from_static_str_unchecked("org.freedesktop.portal.Desktop");

/// How long a healthy portal may take to start.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Stands in for the portal until it is dropped.
pub(crate) struct StandIn(#[expect(dead_code, reason = "held, not used")] Connection);

/// `None`: there is no portal to wait for, or it is well, or there is no bus.
pub(crate) fn stand_in_where_stuck() -> Option<StandIn> {
    let connection = Builder::session()
        .ok()?
        .method_timeout(PATIENCE)
        .build()
        .ok()?;
    match stand_in(&connection) {
        Ok(true) => {
            tracing::warn!("the desktop portal does not start; the till opens without it");
            Some(StandIn(connection))
        }
        Ok(false) => None,
        Err(error) => {
            // Nothing is worse than before: GTK asks for itself.
            tracing::debug!(%error, "the desktop portal could not be asked for");
            None
        }
    }
}

fn stand_in(connection: &Connection) -> zbus::Result<bool> {
    let bus = DBusProxy::new(connection)?;
    if bus.name_has_owner(PORTAL.into())? {
        return Ok(false);
    }
    let is_stuck = match bus.start_service_by_name(PORTAL, 0) {
        Err(zbus::fdo::Error::ZBus(zbus::Error::InputOutput(error))) => {
            error.kind() == std::io::ErrorKind::TimedOut
        }
        // Started, or not installed, or failed at once: GTK hears the same.
        Ok(_) | Err(_) => false,
    };
    if is_stuck {
        // Without it nobody answers those who ask; with it each is told that there is no such object.
        connection.object_server();
        connection.request_name_with_flags(PORTAL, RequestNameFlags::DoNotQueue.into())?;
    }
    Ok(is_stuck)
}
