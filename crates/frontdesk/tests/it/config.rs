//! The configuration: what it says to a mistake, which source wins, and that a running server takes only a set without one.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use expect_test::{Expect, expect, expect_file};
use tempfile::TempDir;

use crate::settings::{
    Config, Env, Errors, Flags, Format, Live, Loaded, Paths, Watcher, example, keys,
};

const SID: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "canary-0123456789abcdef";

/// A folder with a configuration, an environment and a command line of its own.
struct World {
    folder: TempDir,
    env: Env,
    flags: Flags,
}

fn world() -> World {
    World {
        folder: TempDir::new().expect("a temporary folder can be made"),
        env: Env::default(),
        flags: Flags::default(),
    }
}

impl World {
    fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(name, text);
        self
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in the folder"))
            .expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    fn toml(self, text: &str) -> Self {
        self.file("frontdesk.toml", text)
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        let value = value.replace("$DIR", &self.folder.path().display().to_string());
        self.env.0.insert(name.to_owned(), value);
        self
    }

    fn flag(mut self, flag: &str, key: &str, value: &str) -> Self {
        self.flags.set(flag, key, value);
        self
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn paths(&self) -> Paths {
        Paths {
            file: self.path("frontdesk.toml"),
            named: false,
        }
    }

    fn load(&self) -> Result<Loaded, Errors> {
        Config::load(&self.paths(), &self.env, &self.flags)
    }

    fn good(&self) -> Loaded {
        self.load()
            .unwrap_or_else(|errors| panic!("it has mistakes:\n{errors}"))
    }

    fn bad(&self) -> Errors {
        self.load().expect_err("it has mistakes")
    }

    /// A text without the folder's name, which is another one in each run.
    fn bare(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }

    /// What is printed.
    #[track_caller]
    fn says(self, expected: Expect) {
        let text = match self.load() {
            Ok(loaded) => loaded
                .warnings
                .iter()
                .map(|w| format!("warning: {w}\n"))
                .collect(),
            Err(errors) => format!("{errors}\n"),
        };
        expected.assert_eq(&self.bare(&text));
    }

    fn live(&self) -> Live {
        Live::new(
            self.paths(),
            self.env.clone(),
            self.flags.clone(),
            self.good(),
        )
    }
}

#[track_caller]
fn says(toml: &str, expected: Expect) {
    world().toml(toml).says(expected);
}

#[track_caller]
fn business_says(toml: &str, expected: Expect) {
    world().file("businesses/acme.toml", toml).says(expected);
}

#[test]
fn the_settings_in_the_readme_are_right() {
    let readme = include_str!("../../../../README.md");
    let blocks = readme.split("```toml\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("\n```"));
    let all: Vec<&str> = blocks.map(|(block, _)| block).collect();
    assert!(!all.is_empty(), "the README shows no settings");
    for block in all {
        // Where it says "…", something secret is to be filled in.
        says(&block.replace('…', "a-secret"), expect![""]);
    }
}

#[test]
fn unknown_keys_are_placed_and_corrected() {
    says(
        "\n\npublic_ulr = 'https://a.example'",
        expect![[r#"
        frontdesk.toml:3:1  unknown key `public_ulr`
          hint: did you mean `public_url`?
    "#]],
    );
    says(
        "[server]\nbnid = '127.0.0.1:1'",
        expect![[r#"
        frontdesk.toml:2:1  unknown key `server.bnid`
          hint: did you mean `bind`?
    "#]],
    );
    says(
        "[sever]\nbind = '127.0.0.1:1'",
        expect![[r#"
        frontdesk.toml:1:2  unknown key `sever`
          hint: did you mean `server`?
    "#]],
    );
    says(
        "bind = '127.0.0.1:1'",
        expect![[r#"
        frontdesk.toml:1:1  unknown key `bind`
          hint: did you mean `bind` in [server]?
    "#]],
    );
    says(
        "[server]\ncalls = 3",
        expect![[r#"
        frontdesk.toml:2:1  unknown key `server.calls`
          hint: did you mean `calls` in [limits]?
    "#]],
    );
    says(
        "[limits]\nzebra = 3",
        expect![[r#"
        frontdesk.toml:2:1  unknown key `limits.zebra`
          hint: [limits] has `calls`, `call_minutes`, `idle_minutes`, `hold_ms`, `webhook_kb`, `json_kb`, `request_s`, `lame_duck_s` and `drain_s`
    "#]],
    );
    says(
        "zebra = 3",
        expect![[r#"
            frontdesk.toml:1:1  unknown key `zebra`
              hint: the sections are `agent`, `ahead`, `cache`, `deepgram`, `elevenlabs`, `google`, `kokoro`, `limits`, `llm`, `log`, `openai`, `piper`, `redis`, `retention`, `s3`, `server`, `speech`, `store`, `targets`, `twilio`, `xtts` and `xtts_api`
        "#]],
    );
    says(
        "server.bnid = '127.0.0.1:1'",
        expect![[r#"
        frontdesk.toml:1:8  unknown key `server.bnid`
          hint: did you mean `bind`?
    "#]],
    );
    says(
        "server = { bind = '127.0.0.1:1', bnid = 2 }",
        expect![[r#"
        frontdesk.toml:1:34  unknown key `server.bnid`
          hint: did you mean `bind`?
    "#]],
    );
}

#[test]
fn wrong_types_say_what_to_write() {
    says(
        "[limits]\ncalls = '2000'",
        expect![[r#"
        frontdesk.toml:2:9  `limits.calls` must be a whole number, not text
          hint: write `calls = 2000`
    "#]],
    );
    says(
        "[limits]\ncalls = 2000.5",
        expect![[r#"
        frontdesk.toml:2:9  `limits.calls` must be a whole number, not a number with a point
          hint: write `calls = 2000`
    "#]],
    );
    says(
        "[server]\nbind = 8080",
        expect![[r#"
        frontdesk.toml:2:8  `server.bind` must be text, not a whole number
          hint: write `bind = "127.0.0.1:8080"`
    "#]],
    );
    says(
        "[server]\nadmin_token = 1234567890123456",
        expect![[r#"
        frontdesk.toml:2:15  `server.admin_token` must be text, not a whole number
          hint: write `admin_token = "…"`
    "#]],
    );
    says(
        "[speech]\nchain = 'embedded'",
        expect![[r#"
        frontdesk.toml:2:9  `speech.chain` must be a list of texts, not text
          hint: write `chain = ["…"]`
    "#]],
    );
    says(
        "[speech]\nchain = ['embedded', 3]",
        expect![[r#"
        frontdesk.toml:2:22  `speech.chain` must hold texts only, not a whole number
          hint: put each entry in quotes
    "#]],
    );
    says(
        "[speech]\noffline = 'yes'",
        expect![[r#"
        frontdesk.toml:2:11  `speech.offline` must be true or false, not text
          hint: write `offline = false`
    "#]],
    );
    says(
        "[log]\nformat = true",
        expect![[r#"
        frontdesk.toml:2:10  `log.format` must be text, not true or false
          hint: write `format = "auto"`
    "#]],
    );
    says(
        "[store]\ndata_dir = 2026-01-01",
        expect![[r#"
        frontdesk.toml:2:12  `store.data_dir` must be text, not a date
          hint: write `data_dir = "data"`
    "#]],
    );
    says(
        "[log]\nlevel = { call = 'debug' }",
        expect![[r#"
        frontdesk.toml:2:9  `log.level` must be text, not a table
          hint: write `level = "info"`
    "#]],
    );
    says(
        "server = '127.0.0.1:8080'",
        expect![[r#"
        frontdesk.toml:1:1  `server` must be a table, not text
          hint: write `[server]` on a line of its own
    "#]],
    );
    says(
        "[[server]]\nbind = '127.0.0.1:8080'",
        expect![[r#"
        frontdesk.toml:1:3  `server` must be a table, not a list
          hint: write `[server]` on a line of its own
    "#]],
    );
    says(
        "[public_url]\na = 1",
        expect![[r#"
        frontdesk.toml:1:1  `server.public_url` must be text, not a table
          hint: write `public_url = "…"`
    "#]],
    );
}

#[test]
fn numbers_outside_their_bounds_name_the_bounds() {
    says(
        "[limits]\ncalls = 0",
        expect![[r#"
        frontdesk.toml:2:9  `limits.calls` is 0, outside 1 to 100000
          hint: write a number from 1 to 100000
    "#]],
    );
    says(
        "[limits]\ncalls = -5",
        expect![[r#"
        frontdesk.toml:2:9  `limits.calls` is -5, outside 1 to 100000
          hint: write a number from 1 to 100000
    "#]],
    );
    says(
        "[limits]\nhold_ms = 20_000",
        expect![[r#"
        frontdesk.toml:2:11  `limits.hold_ms` is 20000, outside 500 to 10000
          hint: write a number from 500 to 10000
    "#]],
    );
    says(
        "[speech]\nworkers = 0xffff",
        expect![[r#"
        frontdesk.toml:2:11  `speech.workers` is 65535, outside 0 to 64
          hint: write a number from 0 to 64
    "#]],
    );
    says(
        "[limits]\ncalls = 999999999999999999999999999999999999999999",
        expect![[r#"
        frontdesk.toml:2:9  `limits.calls` is far outside 1 to 100000
          hint: write a number from 1 to 100000
    "#]],
    );
    says(
        "[limits]\nidle_minutes = 60\ncall_minutes = 30",
        expect![[r#"
        frontdesk.toml:2:1  `limits.idle_minutes` is 60, longer than `limits.call_minutes` (30)
          hint: set both, `idle_minutes` to the smaller number
    "#]],
    );
    says(
        "[retention]\nanswer_audio_hours = 1\n[limits]\ncall_minutes = 61",
        expect![[r#"
        frontdesk.toml:2:1  `retention.answer_audio_hours` is 1, shorter than the longest call (61 minutes)
          hint: keep sound at least as long as `limits.call_minutes`
    "#]],
    );
    says(
        "[limits]\ncall_minutes = 10",
        expect![[r#"
        frontdesk.toml:2:1  `limits.idle_minutes` is 15, longer than `limits.call_minutes` (10)
          hint: set both, `idle_minutes` to the smaller number
    "#]],
    );
    says(
        "[agent]\nfirst_ms = 12_000",
        expect![[r#"
        frontdesk.toml:2:1  `agent.first_ms` is 12000, no reply would come within `agent.reply_within_ms` (12000)
          hint: make it smaller
    "#]],
    );
}

#[test]
fn addresses_and_urls_are_looked_at() {
    says(
        "[server]\nbind = 'localhost:9000'",
        expect![[r#"
        frontdesk.toml:2:8  `server.bind` must be an address and a port, not `localhost:9000`
          hint: write `127.0.0.1:9000`
    "#]],
    );
    says(
        "[server]\nbind = ':9000'",
        expect![[r#"
        frontdesk.toml:2:8  `server.bind` must be an address and a port, not `:9000`
          hint: write `127.0.0.1:9000`
    "#]],
    );
    says(
        "[server]\nbind = '127.0.0.1'",
        expect![[r#"
        frontdesk.toml:2:8  `server.bind` must be an address and a port, not `127.0.0.1`
          hint: write `127.0.0.1:8080`
    "#]],
    );
    says(
        "[server]\nbind = 'here'",
        expect![[r#"
        frontdesk.toml:2:8  `server.bind` must be an address and a port, not `here`
          hint: write it like `127.0.0.1:8080` or `[::1]:8080`
    "#]],
    );
    says(
        "[server]\nbind = '0.0.0.0:8080'\nadmin_token = 'short'",
        expect![[r#"
        frontdesk.toml:3:15  `server.admin_token` is shorter than 16 characters
          hint: `openssl rand -hex 24` makes a good one
    "#]],
    );
    says(
        "[server]\nbind = '0.0.0.0:8080'",
        expect![[r#"
        frontdesk.toml:2:1  `server.bind` is 0.0.0.0:8080, which others can reach, and there is no admin token
          hint: set FRONTDESK_ADMIN_TOKEN (`openssl rand -hex 24` makes one), or bind to 127.0.0.1
    "#]],
    );
    says(
        "public_url = 'phone.example.com'",
        expect![[r#"
        frontdesk.toml:1:14  `server.public_url` has no scheme
          hint: write `https://phone.example.com`
    "#]],
    );
    says(
        "public_url = 'ftp://phone.example.com'",
        expect![[r#"
        frontdesk.toml:1:14  `server.public_url` must begin with https:// or http://, not `ftp:`
          hint: write it like `https://phone.example.com`
    "#]],
    );
    says(
        "public_url = 'https://phone.example.com/?a=b'",
        expect![[r#"
        frontdesk.toml:1:14  `server.public_url` has a query
          hint: leave out the `?` and what follows
    "#]],
    );
    says(
        "public_url = 'https://phone.example.com/#top'",
        expect![[r#"
        frontdesk.toml:1:14  `server.public_url` has a fragment
          hint: leave out the `#` and what follows
    "#]],
    );
    says(
        "public_url = 'https://me:secret@phone.example.com'",
        expect![[r#"
        frontdesk.toml:1:14  `server.public_url` has a user name or password in it
          hint: leave out what stands before the `@`
    "#]],
    );
    says(
        "public_url = 'not a url'",
        expect![[r#"
        frontdesk.toml:1:14  `server.public_url` must be a URL
          hint: write it like `https://phone.example.com`
    "#]],
    );
    says(
        "public_url = 'http://phone.example.com'",
        expect![[r#"
        warning: frontdesk.toml:1:1  `server.public_url` is not encrypted: calls, words and tokens can be read on the way
          hint: use https://
    "#]],
    );
    says(
        "public_url = 'https://a.example'\n[server]\npublic_url = 'https://b.example'",
        expect![[r#"
        frontdesk.toml:3:1  `server.public_url` is also set at frontdesk.toml:1:1
          hint: keep one of the two
    "#]],
    );
}

#[test]
fn the_carrier_account_has_to_fit_together() {
    says(
        &format!("[twilio]\naccount_sid = '{SID}'"),
        expect![[r#"
        frontdesk.toml:2:1  `twilio.account_sid` is set and `twilio.auth_token` is not: no signature could be verified
          hint: set TWILIO_AUTH_TOKEN; it stands next to the SID in the Twilio console
    "#]],
    );
    says(
        "[twilio]\naccount_sid = 'SK0123456789abcdef0123456789abcdef'\nauth_token = 'x'",
        expect![[r#"
        frontdesk.toml:2:15  `twilio.account_sid` must be `AC` and 32 of 0-9 a-f
          hint: this is an API key; the account SID begins with `AC`
    "#]],
    );
    says(
        "[twilio]\nauth_token_previous = 'old'",
        expect![[r#"
        frontdesk.toml:2:1  `twilio.auth_token_previous` is set and `twilio.auth_token` is not
          hint: set TWILIO_AUTH_TOKEN to the present one
    "#]],
    );
    says(
        "[twilio]\nauth_token = 'with blank'",
        expect![[r#"
        frontdesk.toml:2:14  `twilio.auth_token` has blanks or control characters in it
          hint: copy it again, without line ends or quotes
    "#]],
    );
    says(
        "public_url = 'https://a.example'\n[twilio]\ninsecure_skip_signature = true",
        expect![[r#"
            frontdesk.toml:3:1  `twilio.insecure_skip_signature` would let anybody on the network make calls
              hint: remove it, or set `public_url` to a loopback URL such as http://127.0.0.1:8080
        "#]],
    );
    says(
        &format!(
            "public_url = 'http://localhost:8080'\n[twilio]\naccount_sid = '{SID}'\nauth_token = 'x'"
        ),
        expect![[r#"
            warning: frontdesk.toml:1:1  `server.public_url` is http://localhost:8080, where Twilio cannot reach it
              hint: set it to the URL of your tunnel or proxy
        "#]],
    );
    says(
        &format!("[twilio]\naccount_sid = '{SID}'\nauth_token = 'x'"),
        expect![[r#"
        warning: frontdesk.toml:2:1  `twilio.account_sid` is set and `public_url` is not: signatures cannot be verified
          hint: set FRONTDESK_PUBLIC_URL to the URL that Twilio calls
    "#]],
    );
}

#[test]
fn words_are_one_of_a_few() {
    says(
        "[agent]\nkind = 'scriptd'",
        expect![[r#"
        frontdesk.toml:2:8  `agent.kind` cannot be `scriptd`
          hint: did you mean `scripted`?
    "#]],
    );
    says(
        "[agent]\nkind = 'oracle'",
        expect![[r#"
            frontdesk.toml:2:8  `agent.kind` cannot be `oracle`
              hint: choose among `scripted` and `model`
        "#]],
    );
    says(
        "[log]\nformat = 'yaml'",
        expect![[r#"
        frontdesk.toml:2:10  `log.format` cannot be `yaml`
          hint: choose among `auto`, `json` and `pretty`
    "#]],
    );
    says(
        "[log]\nlevel = 'inf'",
        expect![[r#"
        frontdesk.toml:2:9  `log.level` has `inf`, which is no level
          hint: did you mean `info`?
    "#]],
    );
    says(
        "[log]\nlevel = 'loud'",
        expect![[r#"
        frontdesk.toml:2:9  `log.level` has `loud`, which is no level
          hint: write a level, or `loud=debug` to hear one crate
    "#]],
    );
    says(
        "[log]\nlevel = 'info,call=loud'",
        expect![[r#"
        frontdesk.toml:2:9  `log.level` cannot be read: error parsing level filter: expected one of "off", "error", "warn", "info", "debug", "trace", or a number 0-5
          hint: write `info`, or `info,call=debug`
    "#]],
    );
    says(
        "[speech]\nchain = ['embeded']",
        expect![[r#"
        frontdesk.toml:2:10  `speech.chain` has `embeded`, which is no engine
          hint: did you mean `embedded`?
    "#]],
    );
    says(
        "[speech]\nchain = ['cloud']",
        expect![[r#"
            frontdesk.toml:2:10  `speech.chain` has `cloud`, which is no engine
              hint: known are `embedded`, `flite`, `espeak`, `deepgram`, `elevenlabs`, `openai`, `google`, `kokoro`, `piper`, `xtts` and `xtts_api`
        "#]],
    );
    says(
        "[speech]\nchain = []",
        expect![[r#"
        frontdesk.toml:2:1  `speech.chain` is empty: nobody would speak
          hint: write `chain = ["embedded", "flite", "espeak"]`
    "#]],
    );
    says(
        "[speech]\nchain = ['flite', 'flite']",
        expect![[r#"
        frontdesk.toml:2:1  `speech.chain` names `flite` twice
          hint: keep the first
    "#]],
    );
    says(
        "[server]\nadmin_token = 'short'",
        expect![[r#"
        frontdesk.toml:2:15  `server.admin_token` is shorter than 16 characters
          hint: `openssl rand -hex 24` makes a good one
    "#]],
    );
    says(
        "[store]\ndata_dir = ''",
        expect![[r#"
        frontdesk.toml:2:1  `store.data_dir` is empty
          hint: write `data_dir = "data"`
    "#]],
    );
    says(
        "[store]\npostgres_url = 'mysql://ada:s3cret@db.example/desk'",
        expect![[r#"
        frontdesk.toml:2:16  `store.postgres_url` does not begin with `postgres://`
          hint: write it like `postgres://user:password@host:5432/database`, special characters of the password as %XX
    "#]],
    );
    says(
        "[store]\npostgres_url = 'postgres://ada:s3cret@db.example?sslmode=require'\npostgres_connections = 0",
        expect![[r#"
        frontdesk.toml:2:16  `store.postgres_url` names no database
          hint: write it like `postgres://user:password@host:5432/database`, special characters of the password as %XX
        frontdesk.toml:3:24  `store.postgres_connections` is 0, outside 1 to 1000
          hint: write a number from 1 to 1000
    "#]],
    );
}

#[test]
fn syntax_mistakes_are_placed_and_do_not_hide_others() {
    says(
        "public_url = https://a.example\n[limits]\ncalls = 0",
        expect![[r#"
        frontdesk.toml:1:14  not TOML: string values must be quoted, expected literal string
          hint: put texts in quotes: `key = "value"`
        frontdesk.toml:3:9  `limits.calls` is 0, outside 1 to 100000
          hint: write a number from 1 to 100000
    "#]],
    );
    says(
        "[limits]\ncalls = 5\ncalls = 6\nzebra = 1",
        expect![[r#"
        frontdesk.toml:3:1  not TOML: duplicate key
          hint: keep one of the two
        frontdesk.toml:4:1  unknown key `limits.zebra`
          hint: [limits] has `calls`, `call_minutes`, `idle_minutes`, `hold_ms`, `webhook_kb`, `json_kb`, `request_s`, `lame_duck_s` and `drain_s`
    "#]],
    );
    says(
        "[limits\ncalls = 0",
        expect![[r#"
        frontdesk.toml:1:8  not TOML: unclosed table, expected `]`
          hint: close the header: `[section]`
    "#]],
    );
    says(
        "[log]\nlevel = \"info\nformat = 'yaml'",
        expect![[r#"
        frontdesk.toml:2:14  not TOML: invalid basic string, expected `"`
          hint: close the text with the quote that opened it
        frontdesk.toml:3:10  `log.format` cannot be `yaml`
          hint: choose among `auto`, `json` and `pretty`
    "#]],
    );
    says(
        "public_url",
        expect![[r#"
        frontdesk.toml:1:11  not TOML: key with no value, expected `=`
          hint: write `key = value`
    "#]],
    );
    says(
        "[speech]\nchain = ['flite'\n[limits]\ncalls = 0",
        expect![[r#"
        frontdesk.toml:3:1  not TOML: missing comma between array elements, expected `,`
          hint: put a comma between entries, and close the bracket
    "#]],
    );
    says(
        "[log]\nlevel = '''info",
        expect![[r#"
        frontdesk.toml:2:16  not TOML: invalid multi-line literal string, expected `'`
          hint: close the text with three quotes
    "#]],
    );
    says(
        "# gr\u{fc}n\n[log]\nformat = 'j\u{fc}' # \u{1f642}\nzebra = 1",
        expect![[r#"
        frontdesk.toml:3:10  `log.format` cannot be `jü`
          hint: choose among `auto`, `json` and `pretty`
        frontdesk.toml:4:1  unknown key `log.zebra`
          hint: [log] has `format` and `level`
    "#]],
    );
    world()
        .file("frontdesk.toml", b"[log]\nlevel = '\xff'")
        .says(expect![[r#"
        frontdesk.toml:2:10  is not UTF-8 from here on
          hint: save the file as UTF-8
    "#]]);
    world().file("frontdesk.toml/inside", "").says(expect![[r#"
        frontdesk.toml  cannot be read: Is a directory (os error 21)
          hint: name a file
    "#]]);
    world()
        .file("frontdesk.toml", vec![b'#'; (1 << 20) + 1])
        .says(expect![[r#"
        frontdesk.toml  is larger than 1048576 bytes
          hint: is it the right file?
    "#]]);
}

#[test]
fn the_environment_is_checked_like_the_file() {
    world()
        .env("FRONTDESK__SERVER__BNID", "x")
        .says(expect![[r#"
        $FRONTDESK__SERVER__BNID  unknown variable `FRONTDESK__SERVER__BNID`
          hint: did you mean `FRONTDESK__SERVER__BIND`?
    "#]]);
    world().env("FRONTDESK__ZEBRA", "x").says(expect![[r#"
        $FRONTDESK__ZEBRA  unknown variable `FRONTDESK__ZEBRA`
          hint: .env.example lists every variable
    "#]]);
    world().env("FRONTDESK_BNID", "x").says(expect![[r#"
        warning: $FRONTDESK_BNID  unknown variable `FRONTDESK_BNID`
          hint: did you mean `FRONTDESK_BIND`?
    "#]]);
    world().env("TWILIO_AUTH_TOKN", "x").says(expect![[r#"
        warning: $TWILIO_AUTH_TOKN  unknown variable `TWILIO_AUTH_TOKN`
          hint: did you mean `TWILIO_AUTH_TOKEN`?
    "#]]);
    world()
        .env("FRONTDESK__LIMITS__CALLS", "many")
        .says(expect![[r#"
        $FRONTDESK__LIMITS__CALLS  `limits.calls` must be a whole number, not `many`
          hint: write digits only, such as 2000
    "#]]);
    world()
        .env("FRONTDESK__LIMITS__CALLS", "0")
        .says(expect![[r#"
        $FRONTDESK__LIMITS__CALLS  `limits.calls` is 0, outside 1 to 100000
          hint: write a number from 1 to 100000
    "#]]);
    world()
        .env("FRONTDESK_OFFLINE", "perhaps")
        .says(expect![[r#"
        $FRONTDESK_OFFLINE  `speech.offline` must be true or false, not `perhaps`
          hint: write `true` or `false`
    "#]]);
    world()
        .env("FRONTDESK_VOICES", "embedded, cloud")
        .says(expect![[r#"
            $FRONTDESK_VOICES  `speech.chain` has `cloud`, which is no engine
              hint: known are `embedded`, `flite`, `espeak`, `deepgram`, `elevenlabs`, `openai`, `google`, `kokoro`, `piper`, `xtts` and `xtts_api`
        "#]]);
    world().env("FRONTDESK_BIND", "0.0.0.0:80").says(expect![[r#"
        $FRONTDESK_BIND  `server.bind` is 0.0.0.0:80, which others can reach, and there is no admin token
          hint: set FRONTDESK_ADMIN_TOKEN (`openssl rand -hex 24` makes one), or bind to 127.0.0.1
    "#]]);
    world()
        .env("FRONTDESK_BIND", "127.0.0.1:1")
        .env("FRONTDESK__SERVER__BIND", "127.0.0.1:2")
        .says(expect![[r#"
            $FRONTDESK_BIND  `server.bind` is also set by $FRONTDESK__SERVER__BIND, to something else
              hint: unset one of the two
        "#]]);
    world()
        .env("FRONTDESK_ADMIN_TOKEN_FILE", "$DIR/none")
        .says(expect![[r#"
        $FRONTDESK_ADMIN_TOKEN_FILE (none)  there is no such file
          hint: mount the secret, or correct the path
    "#]]);
    world()
        .file("empty", "\n")
        .env("FRONTDESK_ADMIN_TOKEN_FILE", "$DIR/empty")
        .says(expect![[r#"
        $FRONTDESK_ADMIN_TOKEN_FILE (empty)  the file is empty
          hint: put the value into it, or unset the variable
    "#]]);
    world().env("CREDENTIALS_DIRECTORY", "$DIR/none").says(expect![[r#"
        $CREDENTIALS_DIRECTORY  the folder none cannot be read: No such file or directory (os error 2)
          hint: unset it, or let this user read the folder
    "#]]);
    world()
        .env("FRONTDESK_MODELS", "a\u{fffd}")
        .says(expect![[r#"
        $FRONTDESK_MODELS  `speech.models_dir` is not UTF-8
          hint: write it in UTF-8
    "#]]);
    world().flag("--bind", "server.bind", "x").says(expect![[r#"
        --bind  `server.bind` must be an address and a port, not `x`
          hint: write it like `127.0.0.1:8080` or `[::1]:8080`
    "#]]);
    world().flag("--set", "limits.cals", "3").says(expect![[r#"
        --set  unknown setting `limits.cals`
          hint: did you mean `limits.calls`?
    "#]]);
}

#[test]
fn businesses_are_checked_like_the_rest() {
    business_says(
        "nam = 'Acme'",
        expect![[r#"
        businesses/acme.toml:1:1  unknown key `nam`
          hint: did you mean `name`?
    "#]],
    );
    business_says(
        "name = 5",
        expect![[r#"
        businesses/acme.toml:1:8  `name` must be text, not the number `5`
          hint: put it in quotes
    "#]],
    );
    business_says(
        "numbers = '+15550001234'",
        expect![[r#"
        businesses/acme.toml:1:11  `numbers` must be a list, not text "+15550001234"
          hint: write it in brackets: `[…]`, or tables as `[[…]]`
    "#]],
    );
    business_says(
        "name = 'Acme'\nnumbers = ['555-1234']",
        expect![[r#"
            businesses/acme.toml:2:12  `555-1234` is not an E.164 number
              hint: write + and the country code, digits only: "+12025550123"
        "#]],
    );
    business_says(
        "[[facts]]\nq = 'parking'\n[[facts]]\na = 'Yes.'",
        expect![[r#"
        businesses/acme.toml:1:1  `facts[0]` has no `a`
          hint: add `a`
        businesses/acme.toml:3:1  `facts[1]` has no `q`
          hint: add `q`
    "#]],
    );
    business_says(
        "facts = [{ q = 5, a = 'Yes.' }]",
        expect![[r#"
        businesses/acme.toml:1:16  `facts[0].q` must be text or a list of texts
          hint: write `"one"` or `["one", "two"]`
    "#]],
    );
    business_says(
        "facts = [{ q = 'one', a = 5 }, { q = 'two', a = 'Yes.', b = 1 }]",
        expect![[r#"
        businesses/acme.toml:1:27  `facts[0].a` must be text, not the number `5`
          hint: put it in quotes
        businesses/acme.toml:1:57  unknown key `facts[1].b`
          hint: the keys here are `q` and `a`
    "#]],
    );
    business_says(
        "[fillers]\nrollout_percent = 300\ngrace = 4\nmin_gap_s = -1",
        expect![[r#"
        businesses/acme.toml:2:19  `fillers.rollout_percent` must be a whole number from 0 to 255, not the number `300`
          hint: write digits, without quotes
        businesses/acme.toml:3:1  unknown key `fillers.grace`
          hint: the keys here are `use_proactive_filler`, `rollout_percent`, `grace_ms`, `min_gap_s` and `texts`
        businesses/acme.toml:4:13  `fillers.min_gap_s` must be a whole number from 0 to 4294967295, not the number `-1`
          hint: write digits, without quotes
    "#]],
    );
    business_says(
        "[[services]]\nname = 'Cut'\nminutes = 'thirty'",
        expect![[r#"
        businesses/acme.toml:3:11  `services[0].minutes` must be a whole number from 0 to 4294967295, not text "thirty"
          hint: write digits, without quotes
    "#]],
    );
    business_says(
        "voice = 'heart'",
        expect![[r#"
        businesses/acme.toml:1:9  `voice` must be a table, not text "heart"
          hint: write `name = { key = value }` or `[name]`
    "#]],
    );
    business_says(
        "[hours]\nmon = 9",
        expect![[r#"
        businesses/acme.toml:2:7  `hours.mon` must be text, not the number `9`
          hint: put it in quotes
    "#]],
    );
    business_says(
        "[fillers]\nuse_proactive_filler = 'no'",
        expect![[r#"
        businesses/acme.toml:2:24  `fillers.use_proactive_filler` must be true or false, not text "no"
          hint: write it without quotes
    "#]],
    );
    business_says(
        "[voice]\nspeed = 'fast'",
        expect![[r#"
        businesses/acme.toml:2:9  `voice.speed` must be a number, not text "fast"
          hint: write digits, without quotes
    "#]],
    );
    business_says(
        "[voice]\nprovider = 'elevenlab'\nid = 'x'\n[voice.at]\nespeek = { id = 'en-us' }",
        expect![[r#"
            businesses/acme.toml:2:1  `elevenlab` is no provider of voices
              hint: did you mean `elevenlabs`?
            businesses/acme.toml:5:1  `espeek` is no provider of voices
              hint: did you mean `espeak`?
        "#]],
    );
    business_says(
        "[voice.at]\nflite = { speed = 1.1 }",
        expect![[r#"
        businesses/acme.toml:2:9  `voice.at.flite` has no `id`
          hint: add `id`
    "#]],
    );
    business_says(
        "[voice]\nchanges = 'forbiden'",
        expect![[r#"
        businesses/acme.toml:2:11  `voice.changes` cannot be `forbiden`
          hint: did you mean `forbidden`?
    "#]],
    );
    business_says(
        "[voice]\nchanges = 'never'\n[voice.at.flite]\nid = 'rms'\nrate = 2",
        expect![[r#"
            businesses/acme.toml:2:11  `voice.changes` cannot be `never`
              hint: it is one of `allowed` and `forbidden`
            businesses/acme.toml:5:1  unknown key `voice.at.flite.rate`
              hint: the keys here are `id` and `speed`
        "#]],
    );
    business_says(
        "[voice]\nprovider = 'openai'\nid = 'nova'\nchanges = 'forbidden'\n[voice.at]\nflite = { id = 'rms' }\nespeek = { id = 'x' }",
        expect![[r#"
            businesses/acme.toml:4:1  nobody could speak: changes are forbidden, and `speech.chain` does not name `openai`
              hint: add `openai` to `speech.chain`, or allow changes
            businesses/acme.toml:7:1  `espeek` is no provider of voices
              hint: did you mean `espeak`?
        "#]],
    );
    business_says(
        "[voice]\nid = 'heart'\n[voice.at]\nflite = { id = 'rms', speed = 3.0 }\nopenai = { id = 'nova' }",
        expect![[r#"
            businesses/acme.toml:4:23  3 is not a speed that is understood
              hint: use 0.5 to 2.0
        "#]],
    );
    business_says(
        "[voice]\nchanges = 'forbidden'\n[voice.at]\nflite = { id = 'rms' }",
        expect![[r#"
            warning: businesses/acme.toml:1:2  these voices in `voice.at` never speak, because `voice.changes` is "forbidden"
              hint: remove them, or allow changes
        "#]],
    );
    business_says(
        "timezone = 'Mars/Olympus'\n[hours]\nmon-fri = '9 to 5'\n[[transfer]]\nlabel = 'us'\nto = '911'",
        expect![[r#"
            businesses/acme.toml:1:1  `Mars/Olympus` is not a time zone
              hint: use an IANA name such as "America/New_York"
            businesses/acme.toml:3:1  `9 to 5` is not `HH:MM-HH:MM` or `closed`
              hint: write "08:30-12:00, 13:00-17:30" or "closed"
            businesses/acme.toml:6:1  `911` is not an E.164 number
              hint: write + and the country code, digits only: "+12025550123"
        "#]],
    );
    business_says(
        "greeting = 'Acme, hello.'",
        expect![[r#"
        warning: businesses/acme.toml:1:1  the greeting does not say that a machine is speaking, so our sentence is put in front of it
          hint: say it yourself, such as "…this is the automated assistant of …"
    "#]],
    );
    business_says(
        "name = ''\n[[services]]\nminutes = 0",
        expect![[r#"
        businesses/acme.toml:1:1  the name is empty
          hint: write the name as it should be spoken
        businesses/acme.toml:2:1  the service has no name
          hint: write its name as it is spoken
        businesses/acme.toml:3:1  a service cannot take 0 minutes
          hint: use 1 to 1440
    "#]],
    );
    business_says(
        "name = Acme\nzebra = 1",
        expect![[r#"
        businesses/acme.toml:1:8  not TOML: string values must be quoted, expected literal string
          hint: put texts in quotes: `key = "value"`
        businesses/acme.toml:2:1  unknown key `zebra`
          hint: the keys here are `name`, `timezone`, `numbers`, `greeting`, `address`, `prompt`, `facts`, `hours`, `services`, `prices`, `voice`, `fillers`, `silence`, `disclosure` and `transfer`
    "#]],
    );
    world().file("businesses/Joe's Diner.toml", "name = 'Joe'").says(expect![[r#"
        businesses/Joe's Diner.toml  `Joe's Diner` is no id: an id is 1 to 64 letters, digits, '_' or '-'
          hint: rename the file, such as `joe-s-diner.toml`
    "#]]);
    world()
        .file("businesses/a.toml", "numbers = ['+15550001234']")
        .file(
            "businesses/b.toml",
            "name = 'B'\nnumbers = ['+15550009999', '+15550001234']",
        )
        .says(expect![[r#"
            businesses/b.toml:2:28  the number +15550001234 is also at businesses/a.toml:1:12
              hint: a number reaches one business: remove it from the other
        "#]]);
    world().file("businesses", "not a folder").says(expect![[r#"
        businesses  cannot be read: Not a directory (os error 20)
          hint: it must be a folder that this user can read
    "#]]);
}

#[test]
fn all_mistakes_of_all_sources_come_at_once() {
    world()
        .toml("public_ulr = 'x'\n[limits]\ncalls = 'many'\n[log]\nformat = 'yaml'")
        .file("businesses/acme.toml", "nam = 'Acme'\ntimezone = 3")
        .env("FRONTDESK__SPEECH__WORKERS", "lots")
        .flag("--bind", "server.bind", "nowhere")
        .says(expect![[r#"
            businesses/acme.toml:1:1  unknown key `nam`
              hint: did you mean `name`?
            businesses/acme.toml:2:12  `timezone` must be text, not the number `3`
              hint: put it in quotes
            frontdesk.toml:1:1  unknown key `public_ulr`
              hint: did you mean `public_url`?
            frontdesk.toml:3:9  `limits.calls` must be a whole number, not text
              hint: write `calls = 2000`
            frontdesk.toml:5:10  `log.format` cannot be `yaml`
              hint: choose among `auto`, `json` and `pretty`
            $FRONTDESK__SPEECH__WORKERS  `speech.workers` must be a whole number, not `lots`
              hint: write digits only, such as 0
            --bind  `server.bind` must be an address and a port, not `nowhere`
              hint: write it like `127.0.0.1:8080` or `[::1]:8080`
        "#]]);
}

#[test]
fn a_flood_of_mistakes_is_cut_short() {
    let toml: String = (0..80).map(|nth| format!("zebra{nth:02} = 1\n")).collect();
    let printed = world().toml(&toml).bad().to_string();
    assert!(printed.ends_with("\nand 30 more"), "{printed}");
}

#[test]
fn a_named_file_has_to_exist_and_the_usual_one_does_not() {
    let world = world();
    let named = Paths {
        file: world.path("other.toml"),
        named: true,
    };
    let errors = Config::load(&named, &world.env, &world.flags).expect_err("it is not there");
    expect![[r#"
        other.toml  there is no such file
          hint: correct --config or FRONTDESK_CONFIG; `frontdesk init` writes a first one"#]]
    .assert_eq(&world.bare(&errors.to_string()));
    world.good();

    let env = Env([("FRONTDESK_CONFIG".to_owned(), "/etc/fd.toml".to_owned())].into());
    assert_eq!(Paths::find(None, &env).file, Path::new("/etc/fd.toml"));
    assert!(Paths::find(None, &env).named);
    assert_eq!(
        Paths::find(Some(Path::new("a.toml")), &env).file,
        Path::new("a.toml")
    );
    assert_eq!(
        Paths::find(None, &env).businesses(),
        Path::new("/etc/businesses")
    );
    let usual = Paths::find(None, &Env::default());
    assert_eq!(
        (usual.businesses().as_path(), usual.named),
        (Path::new("businesses"), false)
    );
}

#[test]
fn the_empty_configuration_works() {
    let world = world();
    let loaded = world.good();
    assert_eq!(loaded.warnings, []);
    assert_eq!(loaded.businesses.len(), 1);
    assert_eq!(loaded.businesses[0].path, None);
    assert_eq!(loaded.config.server.bind, "127.0.0.1:8080");
    assert_eq!(loaded.config.speech.chain, ["embedded", "flite", "espeak"]);
    assert_eq!(loaded.config.log.format, Format::Auto);
    expect![[r#"
        server.bind = "127.0.0.1:8080"
        # server.public_url is not set
        # server.admin_token is not set
        # twilio.account_sid is not set
        # twilio.auth_token is not set
        # twilio.auth_token_previous is not set
        twilio.insecure_skip_signature = false
        speech.chain = ["embedded", "flite", "espeak"]
        # speech.models_dir is not set
        speech.offline = false
        speech.workers = 0
        # deepgram.api_key is not set
        # deepgram.base_url is not set
        # deepgram.voice is not set
        deepgram.websocket = false
        # elevenlabs.api_key is not set
        # elevenlabs.base_url is not set
        # elevenlabs.voice is not set
        # elevenlabs.model is not set
        elevenlabs.websocket = false
        # openai.api_key is not set
        # openai.base_url is not set
        # openai.voice is not set
        # openai.model is not set
        # google.api_key is not set
        # google.base_url is not set
        # google.voice is not set
        # kokoro.base_url is not set
        # kokoro.voice is not set
        # piper.base_url is not set
        # piper.voice is not set
        # xtts.base_url is not set
        # xtts.voice is not set
        # xtts.recordings is not set
        # xtts_api.base_url is not set
        # xtts_api.voice is not set
        agent.kind = "scripted"
        agent.first_ms = 0
        agent.per_word_ms = 0
        agent.reply_within_ms = 12000
        llm.base_url = "https://api.openai.com/v1"
        # llm.model is not set
        # llm.api_key is not set
        # llm.temperature is not set
        llm.first_token_ms = 2500
        llm.idle_ms = 2000
        llm.answer_ms = 15000
        llm.first_words_ms = 3500
        llm.reply_ms = 20000
        store.data_dir = "data"
        # store.postgres_url is not set
        store.postgres_connections = 8
        cache.memory_mb = 64
        # redis.url is not set
        redis.prefix = "fd:"
        redis.ttl_hours = 24
        redis.connections = 8
        # s3.bucket is not set
        s3.region = "us-east-1"
        # s3.endpoint is not set
        s3.prefix = "frontdesk/"
        # s3.access_key is not set
        # s3.secret_key is not set
        s3.path_style = false
        s3.few_checksums = false
        ahead.prewarm_hours = 6
        ahead.budget_cents = 100
        ahead.per_turn = 8
        ahead.prices = []
        retention.transcripts_days = 30
        retention.answer_audio_hours = 24
        limits.calls = 2000
        limits.call_minutes = 240
        limits.idle_minutes = 15
        limits.hold_ms = 8000
        limits.webhook_kb = 64
        limits.json_kb = 256
        limits.request_s = 5
        limits.lame_duck_s = 10
        limits.drain_s = 30
        log.format = "auto"
        log.level = "info"
        targets.dead_air_p95_ms = 1500
        # business bright-smile: built in, revision demo
    "#]]
    .assert_eq(&loaded.show(false));
}

#[test]
fn flag_beats_environment_beats_file_beats_default() {
    let file = || world().toml("[limits]\ncalls = 1");
    let calls = |world: World| {
        let loaded = world.good();
        let origin = loaded.origins["limits.calls"].origin.to_string();
        (loaded.config.limits.calls, world.bare(&origin))
    };
    assert_eq!(calls(world()), (2000, "default".into()));
    assert_eq!(calls(file()), (1, "frontdesk.toml:2:1".into()));
    let env = || file().env("FRONTDESK__LIMITS__CALLS", "2");
    assert_eq!(calls(env()), (2, "$FRONTDESK__LIMITS__CALLS".into()));
    let flags = env()
        .flag("--calls", "limits.calls", "9")
        .flag("--calls", "limits.calls", "3");
    assert_eq!(calls(flags), (3, "--calls".into()));
}

#[test]
fn an_empty_variable_is_not_set() {
    let loaded = world()
        .env("FRONTDESK_BIND", "")
        .env("TWILIO_AUTH_TOKEN", "")
        .good();
    assert_eq!(loaded.config.server.bind, "127.0.0.1:8080");
    assert_eq!(loaded.config.carrier.auth_token, None);
}

#[test]
fn variables_that_a_cluster_sets_by_itself_are_left_alone() {
    let loaded = world()
        .env("FRONTDESK_PORT", "tcp://10.0.0.1:8080")
        .env("FRONTDESK_SERVICE_HOST", "10.0.0.1")
        .env("FRONTDESK_PORT_8080_TCP_PROTO", "tcp")
        .good();
    assert_eq!(loaded.warnings, []);
}

#[test]
fn secrets_come_from_files_and_credentials() {
    let token = |world: World| {
        let loaded = world.good();
        let secret = loaded.config.server.admin_token.as_ref();
        (
            secret.map(|s| s.reveal().to_owned()),
            world.bare(&loaded.origins["server.admin_token"].origin.to_string()),
        )
    };
    let world = || world().file("s/frontdesk_admin_token", format!("{TOKEN}\r\n"));
    let (value, origin) =
        token(world().env("FRONTDESK_ADMIN_TOKEN_FILE", "$DIR/s/frontdesk_admin_token"));
    assert_eq!(value.as_deref(), Some(TOKEN));
    assert_eq!(
        origin,
        "$FRONTDESK_ADMIN_TOKEN_FILE (s/frontdesk_admin_token)"
    );
    let (value, origin) = token(world().env("CREDENTIALS_DIRECTORY", "$DIR/s"));
    assert_eq!(value.as_deref(), Some(TOKEN));
    assert_eq!(origin, "credential s/frontdesk_admin_token");
    let other = "another-0123456789abcdef";
    let both = world()
        .env("CREDENTIALS_DIRECTORY", "$DIR/s")
        .env("FRONTDESK_ADMIN_TOKEN", other);
    assert_eq!(token(both).0.as_deref(), Some(other));
}

#[test]
fn secrets_are_never_printed() {
    let world = world()
        .toml(&format!(
            "[twilio]\nauth_token = '{TOKEN}'\nauth_token_previous = '{TOKEN}2'"
        ))
        .env("FRONTDESK_ADMIN_TOKEN", TOKEN);
    let loaded = world.good();
    let origins = serde_json::to_string(&loaded.origins).expect("settings are plain data");
    for printed in [
        format!("{loaded:?}"),
        loaded.show(true),
        loaded.check(),
        origins,
    ] {
        assert!(!printed.contains("canary"), "{printed}");
    }
    assert!(loaded.show(false).contains("twilio.auth_token = \"***\""));
    let status = serde_json::to_string(&*world.live().reload()).expect("a status is plain data");
    assert!(!status.contains("canary"), "{status}");

    let broken =
        format!("[twilio]\nauth_token = '{TOKEN} '\n[server]\nadmin_token = '{TOKEN}\u{e9}'");
    let errors = self::world()
        .toml(&broken)
        .env("TWILIO_AUTH_TOKEN_PREVIOUS", "canary canary")
        .bad();
    assert_eq!(errors.all().len(), 3);
    assert!(
        !format!("{errors} {errors:?}").contains("canary"),
        "{errors}"
    );
    let unquoted = self::world()
        .toml(&format!("[twilio]\nauth_token = {TOKEN}"))
        .bad();
    assert!(!unquoted.to_string().contains("canary"), "{unquoted}");
}

#[test]
fn the_public_url_is_kept_without_its_last_slash() {
    let loaded = world().toml("public_url = 'https://a.example/fd/'").good();
    assert_eq!(
        loaded.config.server.public_url.as_deref(),
        Some("https://a.example/fd")
    );
}

#[test]
fn show_says_where_every_value_comes_from() {
    let world = world()
        .toml("public_url = 'https://a.example'\n[twilio]\nauth_token = 'x'")
        .env("FRONTDESK_BIND", "127.0.0.1:9")
        .flag("--offline", "speech.offline", "true");
    let shown = world.bare(&world.good().show(true));
    let set: String = shown
        .lines()
        .filter(|line| !line.ends_with("# default"))
        .map(|line| format!("{line}\n"))
        .collect();
    expect![[r#"
        server.bind = "127.0.0.1:9"                     # $FRONTDESK_BIND
        server.public_url = "https://a.example"         # frontdesk.toml:1:1
        twilio.auth_token = "***"                       # frontdesk.toml:3:1
        speech.offline = true                           # --offline
        # business bright-smile: built in, revision demo
    "#]]
    .assert_eq(&set);
    let masked = shown
        .replace("\"***\"", "\"masked\"")
        .replace("a.example", "b.example");
    let again = self::world().toml(&masked).good();
    assert_eq!(
        again.config.server.public_url.as_deref(),
        Some("https://b.example")
    );
    assert_eq!(again.config.server.bind, "127.0.0.1:9");
    assert!(again.config.speech.offline);
}

#[test]
fn check_counts_what_it_found() {
    let fine = world()
        .file("businesses/acme.toml", "name = 'Acme'")
        .good()
        .check();
    assert!(
        fine.starts_with("ok: 0 warnings, 1 business (acme), revision "),
        "{fine}"
    );
    let bad = world().toml("a = 1\nb = 2").bad().check();
    assert!(bad.ends_with("\nfailed: 2 mistakes\n"), "{bad}");
}

#[test]
fn every_setting_has_a_place_in_env_example() {
    expect_file!["../../../../.env.example"].assert_eq(&example());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.env.example");
    let example = fs::read_to_string(path).expect("it was just compared");
    let named: BTreeSet<String> = example
        .lines()
        .filter_map(|line| line.strip_prefix("# ").unwrap_or(line).split_once('='))
        .map(|(name, _)| name.to_owned())
        .filter(|name| {
            name.bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        })
        .collect();
    let mut known: BTreeSet<String> = keys()
        .iter()
        .flat_map(|key| key.variables.iter().map(|name| (*name).to_owned()))
        .collect();
    known.insert("FRONTDESK_CONFIG".to_owned());
    assert_eq!(named, known);
}

#[test]
fn every_setting_has_a_variable_that_follows_from_its_path() {
    let mut seen = BTreeSet::new();
    for key in keys() {
        let words = key.path.replace('.', "__").to_ascii_uppercase();
        assert_eq!(key.variables[0], format!("FRONTDESK__{words}"));
        for name in key.variables {
            assert!(seen.insert(*name), "{name} stands for two settings");
        }
    }
}

#[test]
fn every_default_fits_its_own_bounds() {
    for key in keys().into_iter().filter(|key| !key.default.is_empty()) {
        let loaded = world().flag("--set", key.path, key.default).good();
        assert_eq!(
            loaded.origins[key.path].value,
            world().good().origins[key.path].value,
            "{}",
            key.path
        );
    }
}

#[test]
fn the_businesses_of_the_fixtures_are_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/businesses");
    let paths = Paths {
        file: folder.with_file_name("frontdesk.toml"),
        named: false,
    };
    let loaded = Config::load(&paths, &Env::default(), &Flags::default())
        .unwrap_or_else(|errors| panic!("the fixtures have mistakes:\n{errors}"));
    assert_eq!(loaded.warnings, []);
    let ids: BTreeSet<&str> = loaded
        .businesses
        .iter()
        .map(|file| file.business.id.as_str())
        .collect();
    assert!(
        ids.contains("harbour-barbers") && ids.contains("corner-vet"),
        "{ids:?}"
    );
    for file in &loaded.businesses {
        assert!(!file.business.facts.is_empty() && !file.business.services.is_empty());
        assert_ne!(file.business.timezone, "UTC");
    }
}

#[test]
fn a_revision_changes_with_the_text_and_only_with_it() {
    let world = world().file("businesses/acme.toml", "name = 'Acme'");
    let (first, again) = (world.good(), world.good());
    assert_eq!(first.revision, again.revision);
    world.write("businesses/acme.toml", "name = 'Acme Two'");
    let second = world.good();
    assert_ne!(first.businesses[0].revision, second.businesses[0].revision);
    assert_ne!(first.revision, second.revision);
}

#[test]
fn a_set_with_mistakes_never_takes_the_place_of_a_good_one() {
    let world = world().file("businesses/acme.toml", "name = 'Acme'");
    let live = world.live();
    let snapshot = live.current();

    world.write("businesses/acme.toml", "name = 'Acme Two'");
    world.write("frontdesk.toml", "[limits]\ncalls = 'x'");
    let status = live.reload();
    assert!(!status.ok);
    assert_eq!(
        world.bare(&status.errors[0].origin.to_string()),
        "frontdesk.toml:2:9"
    );
    assert_eq!(status.revision, snapshot.revision);
    assert_eq!(live.current().businesses[0].business.name, "Acme");

    world.write(
        "frontdesk.toml",
        "[limits]\ncalls = 7\n[server]\nbind = '127.0.0.1:9'",
    );
    let status = live.reload();
    assert!(status.ok && status.errors.is_empty());
    assert_eq!(status.readings, 3);
    assert_eq!(status.restart, ["limits.calls", "server.bind"]);
    assert_eq!(live.current().businesses[0].business.name, "Acme Two");
    assert_eq!(live.current().config.limits.calls, 7);
    assert_eq!(
        snapshot.businesses[0].business.name, "Acme",
        "a call keeps what it began with"
    );
}

/// Waits for a status that fits; the time is only there to fail instead of hanging.
async fn until(live: &Live, fits: impl Fn(&Live) -> bool) {
    let mut statuses = live.statuses();
    let wait = async {
        while !fits(live) {
            statuses
                .changed()
                .await
                .expect("the sender lives in `live`");
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait)
        .await
        .expect("the change is noticed");
}

#[tokio::test]
async fn changed_files_are_noticed() {
    let world = world();
    let live = world.live();
    let watcher = Watcher::start(live.clone()).expect("files can be watched");
    let calls = |live: &Live| live.current().config.limits.calls;
    let name = |live: &Live| live.current().businesses[0].business.name.clone();

    world.write("frontdesk.toml", "[limits]\ncalls = 5");
    until(&live, |live| calls(live) == 5).await;
    // Editors write beside and move over; a plain watch of the file would lose it here.
    world.write("new", "[limits]\ncalls = 6");
    fs::rename(world.path("new"), world.path("frontdesk.toml")).expect("a file can be moved");
    until(&live, |live| calls(live) == 6).await;
    // The folder of businesses did not exist at the start.
    world.write("businesses/acme.toml", "name = 'Acme'");
    until(&live, |live| name(live) == "Acme").await;
    world.write("businesses/acme.toml", "name = 'Acme Two'");
    until(&live, |live| name(live) == "Acme Two").await;
    world.write("businesses/acme.toml", "name = ");
    until(&live, |live| !live.status().ok).await;
    assert_eq!(name(&live), "Acme Two");
    drop(watcher);
}

#[tokio::test]
async fn changed_files_are_noticed_by_looking() {
    let world = world();
    let live = world.live();
    let _watcher =
        Watcher::polling(live.clone(), Duration::from_millis(5)).expect("a thread can be started");
    let calls = |live: &Live| live.current().config.limits.calls;

    world.write("frontdesk.toml", "[limits]\ncalls = 5");
    until(&live, |live| calls(live) == 5).await;
    world.write("businesses/acme.toml", "name = 'Acme'");
    until(&live, |live| {
        live.current().businesses[0].business.name == "Acme"
    })
    .await;
    fs::remove_file(world.path("frontdesk.toml")).expect("it is there");
    until(&live, |live| calls(live) == 2000).await;
}

#[test]
fn a_dropped_watcher_ends_its_thread() {
    let world = world();
    let live = world.live();
    let statuses = live.statuses();
    let watcher = Watcher::start(live.clone()).expect("files can be watched");
    drop(live);
    assert!(
        statuses.has_changed().is_ok(),
        "the thread holds the sender"
    );
    drop(watcher);
    assert!(
        statuses.has_changed().is_err(),
        "the thread is gone, and with it the sender"
    );
}
