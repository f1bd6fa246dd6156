//! `application/x-www-form-urlencoded`, read strictly.
//!
//! A browser's form reader repairs what it is given; a signature check must not. So a pair without
//! `=`, an empty pair, a broken escape and text that is not UTF-8 are refused here: carriers never
//! send them, and each repair would be a second spelling of the same signed content.

/// Largest body read, in bytes.
pub const LIMIT_BYTES: usize = 64 * 1024;
/// Most name-value pairs read.
pub const LIMIT_PAIRS: usize = 500;

/// One decoded name and value, in the order of the wire.
pub type Pair = (String, String);

/// Why a form could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// More than [`LIMIT_BYTES`].
    #[error("the form is larger than {LIMIT_BYTES} bytes")]
    TooLarge,
    /// More than [`LIMIT_PAIRS`].
    #[error("the form has more than {LIMIT_PAIRS} pairs")]
    TooMany,
    /// A pair without `=`, or an empty one.
    #[error("the form has a pair without '=' before byte {at}")]
    NotAPair {
        /// Offset of the end of the pair.
        at: usize,
    },
    /// `%` without two hexadecimal digits, a bare control character or a bare non-ASCII byte.
    #[error("the form has a broken escape")]
    BadEscape,
    /// A name or value is not UTF-8.
    #[error("the form is not UTF-8")]
    NotUtf8,
}

/// Decodes a body or a query string. An empty input is an empty form.
pub fn parse(raw: &[u8]) -> Result<Vec<Pair>, FormError> {
    if raw.len() > LIMIT_BYTES {
        return Err(FormError::TooLarge);
    }
    if raw.is_empty() {
        return Ok(Vec::new());
    }
    let mut pairs = Vec::new();
    let mut end = 0;
    for piece in raw.split(|b| *b == b'&') {
        end += piece.len();
        let eq = piece.iter().position(|b| *b == b'=');
        let Some(eq) = eq.filter(|at| *at > 0) else {
            return Err(FormError::NotAPair { at: end });
        };
        if pairs.len() == LIMIT_PAIRS {
            return Err(FormError::TooMany);
        }
        pairs.push((decode(&piece[..eq])?, decode(&piece[eq + 1..])?));
        end += 1;
    }
    Ok(pairs)
}

/// Encodes pairs the way carriers do: `+` for a space, upper-case escapes.
pub fn write<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        encode(name.as_ref(), &mut out);
        out.push('=');
        encode(value.as_ref(), &mut out);
    }
    out
}

fn decode(text: &[u8]) -> Result<String, FormError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(hex).ok_or(FormError::BadEscape)?;
                let low = rest.next().and_then(hex).ok_or(FormError::BadEscape)?;
                high << 4 | low
            }
            0x21..=0x7e => byte,
            _ => return Err(FormError::BadEscape),
        });
    }
    String::from_utf8(bytes).map_err(|_| FormError::NotUtf8)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|d| d as u8)
}

fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => push_escape(byte, out),
        }
    }
}

/// Appends `%XX`.
pub(crate) fn push_escape(byte: u8, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}
