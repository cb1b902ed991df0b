//! A mail server that takes everything, and remembers it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Clones are the same.
#[derive(Clone)]
pub struct Mail {
    port: u16,
    received: Arc<Mutex<Vec<Letter>>>,
}

#[derive(Clone)]
struct Letter {
    to: String,
    text: String,
    /// Whether what it carries was asked for.
    is_read: bool,
}

impl Mail {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Mail::at(listener.local_addr().unwrap().port());
        let received = server.received.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, received.clone()));
            }
        });
        server
    }

    /// One that listens here already, or does not.
    pub fn at(port: u16) -> Self {
        Mail { port, received: Arc::default() }
    }

    pub fn settings(&self) -> [(&'static str, String); 4] {
        self.settings_for("")
    }

    /// The same for whoever signs in there as `name:password@`.
    pub fn settings_for(&self, credentials: &str) -> [(&'static str, String); 4] {
        [
            ("DEV_INBOX", "0".to_owned()),
            ("SMTP_URL", format!("smtp://{credentials}127.0.0.1:{}", self.port)),
            ("MAIL_FROM", "OKANE <codes@okane.example>".to_owned()),
            ("SMS_DOMAIN", "sms.example".to_owned()),
        ]
    }

    /// The mail to this address, once it has come.
    pub async fn mail_to(&self, address: &str) -> String {
        self.wait(|letter| letter.is_to(address).then(|| letter.text.clone())).await
    }

    /// The newest code for this number or address that was not asked for before, once it has come.
    pub async fn code(&self, address: &str) -> String {
        let address = mailbox(address);
        self.wait(|letter| {
            let code = letter.code().filter(|_| letter.is_to(&address) && !letter.is_read)?;
            letter.is_read = true;
            Some(code)
        })
        .await
    }

    /// The same of the token in a link to this page.
    pub async fn token(&self, address: &str, page: &str) -> String {
        let (address, link) = (mailbox(address), format!("{page}?token="));
        self.wait(|letter| {
            let token = letter.after(&link).filter(|_| letter.is_to(&address) && !letter.is_read)?;
            letter.is_read = true;
            Some(token)
        })
        .await
    }

    /// Every code that was sent to anybody, and every token of a link.
    pub fn secrets(&self) -> (Vec<String>, Vec<String>) {
        let received = self.received.lock().unwrap();
        let tokens = received.iter().filter_map(|letter| letter.after("?token=")).collect();
        (received.iter().filter_map(Letter::code).collect(), tokens)
    }

    /// To whom something was sent, as the envelope says it.
    pub fn reached(&self) -> Vec<String> {
        self.received.lock().unwrap().iter().map(|letter| letter.to.clone()).collect()
    }

    async fn wait(&self, mut wanted: impl FnMut(&mut Letter) -> Option<String>) -> String {
        let found = async {
            loop {
                let found = self.received.lock().unwrap().iter_mut().rev().find_map(&mut wanted);
                if let Some(found) = found {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), found).await.expect("a mail")
    }
}

impl Letter {
    fn is_to(&self, address: &str) -> bool {
        self.to.contains(&format!("<{address}>"))
    }

    fn code(&self) -> Option<String> {
        let code = self.text.split("OKANE: ").nth(1)?.get(..6)?;
        code.bytes().all(|byte| byte.is_ascii_digit()).then(|| code.to_owned())
    }

    fn after(&self, link: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(link)?;
        let token =
            rest.split(|one: char| !one.is_ascii_alphanumeric() && one != '-' && one != '_').next()?;
        Some(token.to_owned())
    }
}

/// A number has its mail at the gateway.
fn mailbox(address: &str) -> String {
    match address.strip_prefix('+') {
        Some(digits) => format!("{digits}@sms.example"),
        None => address.to_owned(),
    }
}

/// As much of SMTP as it takes (RFC 5321), with whoever signs in as whoever they like (RFC 4954).
async fn talk(stream: TcpStream, received: Arc<Mutex<Vec<Letter>>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.example\r\n").await?;
    let (mut to, mut line) = (String::new(), String::new());
    while stream.read_line(&mut line).await? > 0 {
        let said = std::mem::take(&mut line);
        let answer = match said.split([' ', ':', '\r']).next().unwrap_or_default() {
            "EHLO" => "250-mail.example\r\n250 AUTH PLAIN\r\n",
            "AUTH" => "235 welcome\r\n",
            "RCPT" => {
                to = said;
                "250 ok\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut mail).await?;
                }
                received.lock().unwrap().push(Letter {
                    to: to.clone(),
                    text: plain(mail.trim_end_matches(".\r\n")),
                    is_read: false,
                });
                "250 taken\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        stream.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

/// Lines that were too long for a mail as they were, and what marks them (RFC 2045, 6.7).
fn plain(mail: &str) -> String {
    if mail.contains("quoted-printable") {
        mail.replace("=\r\n", "").replace("=3D", "=")
    } else {
        mail.to_owned()
    }
}
