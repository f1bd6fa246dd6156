//! Which core a thread, and whatever it starts, may use.

use anyhow::Context;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The cores that this process may use, lowest first.
///
/// # Errors
/// When the system does not say.
pub fn cores() -> anyhow::Result<Vec<usize>> {
    let set = sched_getaffinity(None).context("the system does not say which cores may be used")?;
    Ok((0..CpuSet::MAX_CPU)
        .filter(|core| set.is_set(*core))
        .collect())
}

/// Keeps this thread on one core. Threads and processes that it starts from now on stay there too.
///
/// # Errors
/// When the system refuses.
pub fn pin_to(core: usize) -> anyhow::Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).with_context(|| format!("core {core} cannot be used"))
}
