//! The doors at which strangers name an account.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
};

use rig::api;
use serde_json::{Value, json};

/// In the order they are tried.
pub const DOORS: [Door; 3] = [Door::SignIn, Door::Reset, Door::SignUp];

/// Where a stranger names an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// With a wrong password.
    SignIn,
    /// A link by mail to choose a new password.
    Reset,
    /// With mail: the account comes to be when the link in it is followed.
    SignUp,
}

/// Whether the account that is named exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It does.
    Known,
    /// It does not.
    Unknown,
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignIn => "sign-in",
            Self::Reset => "reset",
            Self::SignUp => "sign-up",
        })
    }
}

impl Door {
    /// The try of this number, from an address that no other comes from.
    pub fn request(self, host: SocketAddr, kind: Kind, number: u32) -> Vec<u8> {
        let email = match kind {
            Kind::Known => api::account(number),
            // As long as the other, so that the answers are.
            Kind::Unknown => format!("nothing-{number}@example.com"),
        };
        let body = self.body(&email).to_string();
        let client =
            Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() | self.net(kind) | number);
        format!(
            "POST {} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {client}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.path(),
            body.len()
        )
        .into_bytes()
    }

    const fn path(self) -> &'static str {
        match self {
            Self::SignIn => "/api/auth/token",
            Self::Reset => "/api/auth/reset",
            Self::SignUp => "/api/auth/signup",
        }
    }

    fn body(self, email: &str) -> Value {
        match self {
            Self::SignIn => json!({ "email": email, "password": "three cold words" }),
            Self::Reset => json!({ "email": email }),
            Self::SignUp => json!({ "email": email, "password": "four warm loaded words" }),
        }
    }

    /// The bits of an address that are the door's and the kind's.
    const fn net(self, kind: Kind) -> u32 {
        let door = match self {
            Self::SignIn => 0,
            Self::Reset => 1,
            Self::SignUp => 2,
        };
        let kind = match kind {
            Kind::Known => 0,
            Kind::Unknown => 1,
        };
        (door << 1 | kind) << 20
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_tries_come_from_one_address_and_both_kinds_are_as_long() {
        let host = SocketAddr::from(([127, 0, 0, 1], 3000));
        let mut clients = HashSet::new();
        for door in DOORS {
            for number in [0, 1, 9, 219] {
                let tries = [Kind::Known, Kind::Unknown].map(|kind| {
                    let request = String::from_utf8(door.request(host, kind, number)).unwrap();
                    let (_, after) = request.split_once("X-Forwarded-For: ").unwrap();
                    clients.insert(after.lines().next().unwrap().to_owned());
                    request.split_once("\r\n\r\n").unwrap().1.len()
                });
                assert_eq!(tries[0], tries[1]);
            }
        }
        assert_eq!(clients.len(), 24);
    }
}
