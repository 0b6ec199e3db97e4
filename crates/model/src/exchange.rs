//! One HTTP exchange, as every layer knows it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{Code, UnixMs, ids::RequestId};

/// Put into each request's extensions before anything else looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// Its id, told in `X-Request-Id`.
    pub request: RequestId,
    /// When its head had arrived.
    pub at: UnixMs,
    /// The client's address, as far as it is known.
    pub address: Option<IpAddr>,
}

/// The code that an answer tells, put into its extensions for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told(pub Code);

/// The address without its last part (IPv4: /24, IPv6: /48): enough to tell networks apart, not people.
#[must_use]
pub fn shortened(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_the_part_that_names_a_person() {
        let short = |text: &str| shortened(text.parse().unwrap()).to_string();
        assert_eq!(short("84.17.45.9"), "84.17.45.0");
        assert_eq!(short("2001:db8:1:2:3:4:5:6"), "2001:db8:1::");
        assert_eq!(short("::ffff:84.17.45.9"), "84.17.45.0");
    }
}
