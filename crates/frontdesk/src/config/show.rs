//! The configuration for the operator's eyes: `frontdesk config show` and `frontdesk config check`.

use std::fmt::Write;

use super::{Errors, Loaded};

impl Loaded {
    /// Every setting as TOML that could be put into the file (secrets masked), with its origin when asked for.
    pub fn show(&self, origin: bool) -> String {
        let line = |setting: &super::Setting| match &setting.value {
            Some(value) => format!("{} = {value}", setting.key),
            None => format!("# {} is not set", setting.key),
        };
        let widest = self
            .origins
            .values()
            .map(|setting| line(setting).chars().count())
            .max();
        let width = widest.unwrap_or(0).min(60);
        let mut text = String::new();
        for key in super::keys() {
            let Some(setting) = self.origins.get(key.path) else {
                continue;
            };
            // Writing to a `String` cannot fail.
            let _ = match origin {
                true => writeln!(text, "{:width$}  # {}", line(setting), setting.origin),
                false => writeln!(text, "{}", line(setting)),
            };
        }
        for file in &self.businesses {
            let place = file
                .path
                .as_ref()
                .map_or("built in".to_owned(), |path| path.display().to_string());
            let _ = writeln!(
                text,
                "# business {}: {place}, revision {}",
                file.business.id, file.revision
            );
        }
        text
    }

    /// What `frontdesk config check` says when nothing is wrong: the warnings, then one line.
    pub fn check(&self) -> String {
        let mut text = String::new();
        for warning in &self.warnings {
            let _ = writeln!(text, "warning: {warning}");
        }
        let ids: Vec<&str> = self
            .businesses
            .iter()
            .map(|file| file.business.id.as_str())
            .collect();
        let _ = writeln!(
            text,
            "ok: {}, {} ({}), revision {}",
            counted(self.warnings.len(), "warning", "warnings"),
            counted(ids.len(), "business", "businesses"),
            ids.join(", "),
            self.revision
        );
        text
    }
}

impl Errors {
    /// What `frontdesk config check` says when something is wrong: the mistakes, then one line.
    pub fn check(&self) -> String {
        let all = counted(self.all().len(), "mistake", "mistakes");
        format!("{self}\nfailed: {all}\n")
    }
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
