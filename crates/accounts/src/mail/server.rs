//! The mail server that takes our mails, as `TINY_SMTP_URL` names it.

use std::{fmt, net::IpAddr, str::FromStr, time::Duration};

use lettre::{
    AsyncSmtpTransport, Tokio1Executor,
    transport::smtp::{
        Error as SmtpError,
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};
use url::{Host, Url};

/// For the connection to open.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where mails go and how. Never printed: it holds a password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpServer {
    host: String,
    port: u16,
    pub(super) security: Security,
    credentials: Option<Credentials>,
}

/// Who can read along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    /// Nobody: TLS from the first byte (RFC 8314, section 3).
    Tls,
    /// Nobody: TLS before anything is told, or nothing is told (RFC 3207).
    StartTls,
    /// Whoever is on this machine already.
    Loopback,
}

impl Security {
    /// The port that is meant when none is named.
    const fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::Loopback => 25,
        }
    }
}

/// The text does not name a mail server. It says what is wrong, and nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnSmtpServer {
    /// No URL at all, or another kind.
    #[error("it does not begin with smtps:// or smtp:// and the name of a host")]
    Url,
    /// Only one of the two.
    #[error("user and password go together")]
    Credentials,
    /// What stands for user or password cannot be read.
    #[error("user or password is not percent-encoded UTF-8")]
    Encoding,
    /// A path, a query or a fragment.
    #[error("nothing may follow host and port")]
    Rest,
}

/// TLS cannot be had on this machine.
#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be used for mail: {0}")]
pub struct NoTls(#[from] SmtpError);

impl FromStr for SmtpServer {
    type Err = NotAnSmtpServer;

    /// Reads `smtps://user:password@host:port` or the same with `smtp://`; user, password and port may be missing.
    fn from_str(text: &str) -> Result<Self, NotAnSmtpServer> {
        let url = Url::parse(text).map_err(|_| NotAnSmtpServer::Url)?;
        let host = host(&url).ok_or(NotAnSmtpServer::Url)?;
        let security = match url.scheme() {
            "smtps" => Security::Tls,
            "smtp" if is_loopback(&host) => Security::Loopback,
            "smtp" => Security::StartTls,
            _ => return Err(NotAnSmtpServer::Url),
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(NotAnSmtpServer::Rest);
        }
        let port = url.port().unwrap_or(security.port());
        Ok(Self { host, port, security, credentials: credentials(&url)? })
    }
}

impl SmtpServer {
    /// The way to it. `hello` is the name by which we greet it.
    pub(super) fn transport(
        &self,
        hello: &str,
    ) -> Result<AsyncSmtpTransport<Tokio1Executor>, NoTls> {
        let tls = || TlsParameters::new(self.host.clone());
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.host)
            .port(self.port)
            .timeout(Some(TIMEOUT))
            .hello_name(ClientId::Domain(hello.to_owned()))
            .tls(match self.security {
                Security::Tls => Tls::Wrapper(tls()?),
                Security::StartTls => Tls::Required(tls()?),
                Security::Loopback => Tls::None,
            });
        if let Some(credentials) = self.credentials.clone() {
            builder = builder.credentials(credentials);
        }
        Ok(builder.build())
    }
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpServer(…)")
    }
}

/// Without the brackets of an IPv6 address: it is looked up, and compared with certificates.
fn host(url: &Url) -> Option<String> {
    match url.host()? {
        Host::Domain("") => None,
        Host::Domain(name) => Some(name.to_owned()),
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(address) => Some(address.to_string()),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn credentials(url: &Url) -> Result<Option<Credentials>, NotAnSmtpServer> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(NotAnSmtpServer::Credentials),
        (user, Some(password)) => Ok(Some(Credentials::new(decoded(user)?, decoded(password)?))),
    }
}

fn decoded(text: &str) -> Result<String, NotAnSmtpServer> {
    let bytes = percent_encoding::percent_decode_str(text);
    bytes.decode_utf8().map(String::from).map_err(|_| NotAnSmtpServer::Encoding)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::tls("smtps://mail.example.com", "mail.example.com", 465, Security::Tls)]
    #[case::tls_here("smtps://localhost", "localhost", 465, Security::Tls)]
    #[case::starttls("smtp://mail.example.com", "mail.example.com", 587, Security::StartTls)]
    #[case::starttls_port(
        "smtp://mail.example.com:2525/",
        "mail.example.com",
        2525,
        Security::StartTls
    )]
    #[case::network("smtp://10.0.0.7", "10.0.0.7", 587, Security::StartTls)]
    #[case::not_quite_local(
        "smtp://127.0.0.1.example.com",
        "127.0.0.1.example.com",
        587,
        Security::StartTls
    )]
    #[case::number("smtp://2130706433", "2130706433", 587, Security::StartTls)]
    #[case::localhost("smtp://LocalHost:1025", "LocalHost", 1025, Security::Loopback)]
    #[case::loopback("smtp://127.8.0.1", "127.8.0.1", 25, Security::Loopback)]
    #[case::loopback_v6("smtp://[::1]:1025", "::1", 1025, Security::Loopback)]
    fn only_this_machine_is_spoken_to_in_the_open(
        #[case] url: &str,
        #[case] host: &str,
        #[case] port: u16,
        #[case] security: Security,
    ) {
        let server: SmtpServer = url.parse().unwrap();
        assert_eq!((&*server.host, server.port, server.security), (host, port, security));
    }

    #[test]
    fn user_and_password_are_percent_decoded() {
        let server: SmtpServer =
            "smtps://ada%40example.com:p%3A%C3%A9%2F@mail.example.com".parse().unwrap();
        let meant = Credentials::new("ada@example.com".to_owned(), "p:é/".to_owned());
        assert!(server.credentials == Some(meant));
    }

    #[rstest]
    #[case::empty("", NotAnSmtpServer::Url)]
    #[case::host_only("mail.example.com", NotAnSmtpServer::Url)]
    #[case::another_scheme("https://mail.example.com", NotAnSmtpServer::Url)]
    #[case::no_host("smtp://", NotAnSmtpServer::Url)]
    #[case::no_slashes("smtp:mail.example.com", NotAnSmtpServer::Url)]
    #[case::port("smtp://mail.example.com:70000", NotAnSmtpServer::Url)]
    #[case::user_only("smtps://ada@mail.example.com", NotAnSmtpServer::Credentials)]
    #[case::password_only("smtps://:secret@mail.example.com", NotAnSmtpServer::Credentials)]
    #[case::latin_1("smtps://ada:%E9@mail.example.com", NotAnSmtpServer::Encoding)]
    #[case::path("smtps://mail.example.com/inbox", NotAnSmtpServer::Rest)]
    #[case::opportunistic("smtp://mail.example.com?tls=opportunistic", NotAnSmtpServer::Rest)]
    fn what_does_not_name_a_server_is_refused(#[case] url: &str, #[case] why: NotAnSmtpServer) {
        assert_eq!(url.parse::<SmtpServer>(), Err(why));
    }

    #[test]
    fn a_password_is_never_printed() {
        let server: SmtpServer = "smtps://ada:secret@mail.example.com".parse().unwrap();
        assert_eq!(format!("{server:?}"), "SmtpServer(…)");
    }
}
