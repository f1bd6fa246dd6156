//! The attributes of one tag.

use super::MAX_BREAK_MS;
use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

/// Names without their prefix, and values with their entities resolved.
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// More than this on one tag is refused.
    const MAX: usize = 16;

    pub(super) fn read(tag: &BytesStart) -> Result<Self, String> {
        let mut all = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let version = XmlVersion::Implicit1_0;
            let value = attribute
                .normalized_value(version)
                .map_err(|error| error.to_string())?;
            if all.len() >= Self::MAX {
                return Err(format!("more than {} attributes on one tag", Self::MAX));
            }
            all.push((
                attribute.key.local_name().as_ref().to_owned(),
                value.into_owned(),
            ));
        }
        Ok(Self(all))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The length of a `break` in milliseconds: `time`, else `strength`, else a medium pause.
    pub(super) fn pause(&self) -> Result<u32, String> {
        if let Some(time) = self.get("time") {
            let bad = || format!("break time {time:?} is not a time: write \"500ms\" or \"1.5s\"");
            return milliseconds(time.trim()).ok_or_else(bad);
        }
        match self.get("strength").unwrap_or("medium") {
            "none" => Ok(0),
            "x-weak" => Ok(100),
            "weak" => Ok(200),
            "medium" => Ok(400),
            "strong" => Ok(700),
            "x-strong" => Ok(1000),
            other => Err(format!(
                "break strength {other:?} is not one of none, x-weak, weak, medium, strong, x-strong"
            )),
        }
    }
}

fn milliseconds(time: &str) -> Option<u32> {
    let (amount, factor) = match time.strip_suffix("ms") {
        Some(amount) => (amount, 1.0),
        None => (time.strip_suffix('s')?, 1000.0),
    };
    let plain = amount
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.' || b == b'+');
    let ms = amount.parse::<f64>().ok().filter(|_| plain)? * factor;
    // Not negative and cut to the limit, so the whole part fits.
    Some(ms.min(f64::from(MAX_BREAK_MS)) as u32)
}
