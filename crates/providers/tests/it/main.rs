//! The companies' clients, against the simulated companies.

mod chat;
