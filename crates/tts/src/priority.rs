//! Which threads give way to which.

/// How much less a thread that makes sound weighs than one that answers requests, in steps of nice(2).
#[cfg(target_os = "linux")]
const NICE: i32 = 4;

/// From now on this thread lets those pass that answer requests.
///
/// Making sound is arithmetic for many milliseconds, and a carrier's webhook that arrives meanwhile needs less than one:
/// at equal priority it would wait for the end of the thread's time slice. A machine with nothing else to do gives the
/// thread everything as before. On Linux nice(2) is about one thread; elsewhere it may be about the process, so nothing
/// is done there. Where the system refuses, the priority stays what it was.
pub fn behind_requests() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICE);
}
