//! Every setting as an environment variable, with its meaning and default: `.env.example`.

use std::fmt::Write;

/// The text of `.env.example`.
pub fn example() -> String {
    let mut text = String::from(
        "# Frontdesk: every setting as an environment variable. None is needed; each is shown with its default.
#
# Copy the lines that you change, without the `# `, into a file that your service manager or your container reads.
# - A value on the command line beats the environment, which beats frontdesk.toml, which beats the default.
# - An empty variable counts as not set.
# - Every variable also exists with _FILE behind its name and then holds the path of a file with the value.
# - In $CREDENTIALS_DIRECTORY a file may have a variable's name, or the setting's (`twilio.auth_token`).
# - Several names in one block are the same setting: use one of them.

# The configuration file; businesses/*.toml is looked for beside it.
# FRONTDESK_CONFIG=frontdesk.toml
",
    );
    // Writing to a `String` cannot fail.
    let mut section = "";
    for key in super::keys() {
        if key.section() != section {
            section = key.section();
            let _ = writeln!(text, "\n# ---- {section} ----");
        }
        let _ = writeln!(text, "\n# {}", key.about);
        for name in key.variables {
            let _ = writeln!(text, "# {name}={}", key.default);
        }
    }
    text
}
