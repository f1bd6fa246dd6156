//! What a thousand characters cost about, for an estimate before anything is sent.

use super::prices::listed;
use crate::config::Vendor;

/// Dollars for a thousand characters at the company's own address, by the list price in the company's file. An account's
/// own prices may differ. `None` = nothing is paid: the operator's own server, or a copy on this machine.
pub fn dollars_per_1000(name: &str, vendor: &Vendor) -> Option<f64> {
    let price = listed(name).map(|price| price.usd_per_million_chars / 1_000.0);
    let own = vendor.base_url.as_deref().is_some_and(on_this_machine);
    price.filter(|_| !own)
}

fn on_this_machine(url: &str) -> bool {
    let parsed = url::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|url| url.host());
    host.is_some_and(|host| match host {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_leaves_this_machine_for_a_company_is_paid() {
        let at = |url: Option<&str>| Vendor {
            base_url: url.map(str::to_owned),
            ..Vendor::default()
        };
        assert!(dollars_per_1000("deepgram", &at(None)).is_some());
        let proxy = at(Some("https://proxy.example/deepgram"));
        assert!(dollars_per_1000("deepgram", &proxy).is_some());
        for here in [
            "http://127.0.0.1:9900",
            "http://localhost:1",
            "http://[::1]:1",
        ] {
            assert_eq!(
                dollars_per_1000("deepgram", &at(Some(here))),
                None,
                "{here}"
            );
        }
        let own = at(Some("http://gpu.lan:8880"));
        assert_eq!(dollars_per_1000("kokoro", &own), None);
    }
}
