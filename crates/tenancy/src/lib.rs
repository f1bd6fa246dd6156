//! Who may do what, and how much.
//!
//! The decision so far: one house, one tenant. Whoever holds the admin token may do everything, which the web guard
//! judges alone, so nothing stands here yet. Keys with permissions, quotas and the audit log come with the first
//! second tenant; no code waits for them.
