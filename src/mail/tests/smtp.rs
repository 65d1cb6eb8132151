use crate::mail::Address;
use crate::mail::smtp::{Security, SmtpSettings};
use crate::mail::transport::Mailer;

use super::sample;

fn settings(host: &str, security: Security) -> SmtpSettings {
    SmtpSettings {
        host: host.to_owned(),
        port: 2525,
        security,
        username: None,
        password: None,
        authorities_pem: None,
        from: Address { name: "Evenbar".to_owned(), email: "evenbar@acme.test".to_owned() },
    }
}

#[test]
fn an_unprotected_connection_stays_on_this_machine() {
    for host in ["localhost", "127.0.0.1", "::1", "[::1]"] {
        assert!(Mailer::smtp(&settings(host, Security::None)).is_ok(), "{host}");
    }
    for host in ["mail.acme.test", "10.0.0.1", "localhost.acme.test", "127.0.0.1.nip.test"] {
        assert!(Mailer::smtp(&settings(host, Security::None)).is_err(), "{host}");
        assert!(Mailer::smtp(&settings(host, Security::Starttls)).is_ok(), "{host}");
        assert!(Mailer::smtp(&settings(host, Security::Tls)).is_ok(), "{host}");
    }
}

#[test]
fn settings_that_cannot_work_are_told_at_start_without_the_password() {
    let mut half = settings("localhost", Security::None);
    half.password = Some("hunter2".into());
    assert_eq!(
        Mailer::smtp(&half).unwrap_err().to_string(),
        "SMTP user name and password go together"
    );
    assert!(!format!("{half:?}").contains("hunter2"));
    let mut nobody = settings("localhost", Security::None);
    nobody.from.email = "nobody".to_owned();
    assert!(Mailer::smtp(&nobody).is_err());
    let mut torn = settings("mail.acme.test", Security::Tls);
    torn.authorities_pem = Some("-----BEGIN CERTIFICATE-----\nno".to_owned());
    assert!(Mailer::smtp(&torn).is_err());
    assert!("ssl".parse::<Security>().is_err());
    assert_eq!("starttls".parse::<Security>(), Ok(Security::Starttls));
}

#[test]
fn nobody_listening_means_the_mail_waits() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut away = settings("127.0.0.1", Security::None);
    away.port = unused.port();
    let mail = sample();
    let error = Mailer::smtp(&away).unwrap().send(&mail).unwrap_err();
    assert!(!error.is_permanent(), "{error}");
}
