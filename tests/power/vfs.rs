//! A file system for SQLite that hands everything to the real one and tells a [`Disk`] of it.
//!
//! It becomes SQLite's own choice for the whole process, so that the journal under test is the
//! journal of every till, down to the last call. Files outside of a watched folder are not told of.
//! Interface: sqlite.org/vfs.html and sqlite.org/c3ref/io_methods.html.
#![expect(
    unsafe_code,
    reason = "SQLite calls a file system through C function pointers; nothing else in the project may"
)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Once};

use rusqlite::ffi;

use crate::disk::{Disk, Fault};

/// The file system that does the work.
static REAL: AtomicPtr<ffi::sqlite3_vfs> = AtomicPtr::new(ptr::null_mut());

/// What SQLite holds for an open file; the real file system's own part lies behind it.
#[repr(C)]
struct Watched {
    base: ffi::sqlite3_file,
    tap: *const Tap,
}

/// Who is told of a file.
struct Tap {
    disk: Arc<Disk>,
    name: String,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2, // without mapped pages: every read and write comes by here
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Makes it the file system of every connection that is opened from now on.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: SQLite is initialised before its list is asked; the copy and its name live as
        // long as the process, as `sqlite3_vfs_register` wants.
        let registered = unsafe {
            ffi::sqlite3_initialize();
            let real = ffi::sqlite3_vfs_find(ptr::null());
            assert!(!real.is_null(), "SQLite has no file system");
            REAL.store(real, Ordering::SeqCst);
            let mut ours = *real;
            ours.szOsFile += c_int::try_from(size_of::<Watched>()).unwrap();
            ours.zName = c"tillside-power".as_ptr();
            ours.pNext = ptr::null_mut();
            ours.xOpen = Some(open);
            ours.xDelete = Some(delete);
            ffi::sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 1)
        };
        assert_eq!(registered, ffi::SQLITE_OK);
    });
}

/// The folder's disk and the file's name in it.
///
/// # Safety
/// `name` is null or a C string.
unsafe fn tapped(name: *const c_char) -> Option<Tap> {
    if name.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let path = unsafe { CStr::from_ptr(name) }.to_str().ok()?;
    let path = Path::new(path);
    Some(Tap {
        disk: Disk::of(path.parent()?)?,
        name: path.file_name()?.to_str()?.to_owned(),
    })
}

/// # Safety
/// `file` was laid out by SQLite with room for [`Watched`] and the real part behind it.
unsafe fn inner(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: the caller's promise; `Watched` is two pointers long, which keeps the alignment.
    unsafe { file.byte_add(size_of::<Watched>()) }
}

/// # Safety
/// `file` was opened by [`open`] and is not closed.
unsafe fn tap<'a>(file: *mut ffi::sqlite3_file) -> Option<&'a Tap> {
    // SAFETY: the caller's promise; the tap lives until `close`.
    unsafe { (*file.cast::<Watched>()).tap.as_ref() }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives a name of its own making and a file of `szOsFile` bytes, which nobody
    // else uses before this returns.
    unsafe {
        let watched = file.cast::<Watched>();
        (*watched).base.pMethods = ptr::null();
        (*watched).tap = ptr::null();
        let tap = tapped(name);
        if let Some(tap) = &tap {
            tap.disk.before_open(&tap.name);
        }
        let real = REAL.load(Ordering::SeqCst);
        let Some(real_open) = (*real).xOpen else {
            return ffi::SQLITE_CANTOPEN;
        };
        let code = real_open(real, name, inner(file), flags, out_flags);
        if code != ffi::SQLITE_OK {
            return code;
        }
        if let Some(tap) = tap {
            tap.disk.opened(&tap.name);
            (*watched).tap = Box::into_raw(Box::new(tap));
        }
        (*watched).base.pMethods = &METHODS;
        code
    }
}

unsafe extern "C" fn delete(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: SQLite gives a C string; the real file system was stored before ours was known.
    unsafe {
        let real = REAL.load(Ordering::SeqCst);
        let Some(real_delete) = (*real).xDelete else {
            return ffi::SQLITE_IOERR_DELETE;
        };
        let tap = tapped(name);
        if let Some(Fault::Write(code) | Fault::Sync(code)) =
            tap.as_ref().and_then(|tap| tap.disk.before_delete())
        {
            return code;
        }
        let code = real_delete(real, name, sync_folder);
        if code == ffi::SQLITE_OK
            && let Some(tap) = tap
        {
            tap.disk.deleted(&tap.name, sync_folder != 0);
        }
        code
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once; the tap came from `Box::into_raw` in `open`.
    unsafe {
        let watched = file.cast::<Watched>();
        if !(*watched).tap.is_null() {
            drop(Box::from_raw((*watched).tap.cast_mut()));
            (*watched).tap = ptr::null();
        }
        let inner = inner(file);
        (*(*inner).pMethods)
            .xClose
            .map_or(ffi::SQLITE_OK, |close| close(inner))
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite gives `amount` readable bytes and an open file.
    unsafe {
        let inner = inner(file);
        let Some(real_write) = (*(*inner).pMethods).xWrite else {
            return ffi::SQLITE_IOERR_WRITE;
        };
        let tap = tap(file);
        let fault = tap.and_then(|tap| tap.disk.before_write());
        // A write that fails leaves the half of it behind (fault D3).
        let done = if fault.is_some() { amount / 2 } else { amount };
        let code = real_write(inner, data, done, offset);
        if code == ffi::SQLITE_OK
            && let Some(tap) = tap
        {
            let bytes = slice::from_raw_parts(data.cast::<u8>(), usize::try_from(done).unwrap());
            tap.disk
                .wrote(&tap.name, usize::try_from(offset).unwrap(), bytes);
        }
        match fault {
            Some(Fault::Write(failed) | Fault::Sync(failed)) => failed,
            None => code,
        }
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    // SAFETY: SQLite gives an open file.
    unsafe {
        let tap = tap(file);
        if let Some(Fault::Write(code) | Fault::Sync(code)) =
            tap.and_then(|tap| tap.disk.before_write())
        {
            return code;
        }
        let inner = inner(file);
        let code = (*(*inner).pMethods)
            .xTruncate
            .map_or(ffi::SQLITE_IOERR_TRUNCATE, |truncate| truncate(inner, size));
        if code == ffi::SQLITE_OK
            && let Some(tap) = tap
        {
            tap.disk.cut(&tap.name, usize::try_from(size).unwrap());
        }
        code
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite gives an open file.
    unsafe {
        let tap = tap(file);
        if let Some(Fault::Write(code) | Fault::Sync(code)) =
            tap.and_then(|tap| tap.disk.before_sync(&tap.name))
        {
            return code;
        }
        let inner = inner(file);
        let code = (*(*inner).pMethods)
            .xSync
            .map_or(ffi::SQLITE_IOERR_FSYNC, |sync| sync(inner, flags));
        if code == ffi::SQLITE_OK
            && let Some(tap) = tap
        {
            tap.disk.synced(&tap.name);
        }
        code
    }
}

/// A method that is the real one's own business.
macro_rules! hand_on {
    ($name:ident is $method:ident($($argument:ident: $type:ty),*)) => {
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file, $($argument: $type),*) -> c_int {
            // SAFETY: SQLite's own arguments go to the real file that `open` opened.
            unsafe {
                let inner = inner(file);
                (*(*inner).pMethods)
                    .$method
                    .map_or(ffi::SQLITE_ERROR, |method| method(inner, $($argument),*))
            }
        }
    };
}

hand_on!(read is xRead(data: *mut c_void, amount: c_int, offset: ffi::sqlite3_int64));
hand_on!(file_size is xFileSize(size: *mut ffi::sqlite3_int64));
hand_on!(lock is xLock(level: c_int));
hand_on!(unlock is xUnlock(level: c_int));
hand_on!(check_reserved_lock is xCheckReservedLock(out: *mut c_int));
hand_on!(file_control is xFileControl(operation: c_int, argument: *mut c_void));
hand_on!(sector_size is xSectorSize());
hand_on!(device_characteristics is xDeviceCharacteristics());
hand_on!(shm_map is xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void));
hand_on!(shm_lock is xShmLock(offset: c_int, count: c_int, flags: c_int));
hand_on!(shm_unmap is xShmUnmap(delete: c_int));

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: as in `hand_on`.
    unsafe {
        let inner = inner(file);
        if let Some(barrier) = (*(*inner).pMethods).xShmBarrier {
            barrier(inner);
        }
    }
}
