//! Wrong sign-ins, each from another address, half of them for accounts that exist.

use std::net::{Ipv4Addr, SocketAddr};

use rig::api;

/// The sign-in of this number at `host`, one of whose so many accounts it may be for. Even ones are for the accounts in turn, odd ones for strangers.
pub fn request(host: SocketAddr, accounts: u32, number: u32) -> Vec<u8> {
    let email = match number % 2 {
        0 => api::account(number / 2 % accounts),
        _ => format!("stranger-{number}@example.com"),
    };
    let client = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() | number & 0xff_ffff);
    let body = format!(r#"{{"email":"{email}","password":"three cold words {number}"}}"#);
    format!(
        "POST /api/auth/token HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {client}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    fn parts(number: u32) -> (String, String) {
        let host = SocketAddr::from(([127, 0, 0, 1], 3000));
        let request = String::from_utf8(request(host, 3, number)).unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("\r\nContent-Length: {}", body.len())), "{head}");
        let line = head.lines().find(|line| line.starts_with("X-Forwarded-For: ")).unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        (line.to_owned(), body["email"].as_str().unwrap().to_owned())
    }

    #[test]
    fn every_sign_in_comes_from_another_address() {
        let clients: HashSet<String> =
            [0, 1, 2, 255, 256, 65_536, 70_000].map(|number| parts(number).0).into();
        assert_eq!(clients.len(), 7);
    }

    #[test]
    fn half_are_for_each_account_in_turn_and_half_for_ever_other_strangers() {
        let emails: Vec<String> = (0..8).map(|number| parts(number).1).collect();
        let accounts: Vec<String> = [0, 1, 2, 0].map(api::account).into();
        assert_eq!(
            emails.iter().step_by(2).collect::<Vec<_>>(),
            accounts.iter().collect::<Vec<_>>()
        );
        let strangers: HashSet<&String> = emails.iter().skip(1).step_by(2).collect();
        assert_eq!(strangers.len(), 4);
    }
}
