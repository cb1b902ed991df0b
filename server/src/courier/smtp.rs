//! Messages by a mail server. Handing one over takes no time: it goes into a queue that a task of its own works off, so
//! that no answer tells by its time whether anybody was sent anything. Nothing is kept over a restart: a code that is
//! lost is asked for again, and is over in ten minutes anyway.

use std::error::Error as _;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use identity::{Address, Courier, Message};
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::Error;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message as Mail, Tokio1Executor};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Messages that wait; what comes beyond them is dropped.
const WAITING: usize = 1000;
/// Messages on their way at once.
const AT_ONCE: usize = 8;
/// How long the mail server may take for one.
const PATIENCE: Duration = Duration::from_secs(10);
/// Before the second and the third try of one.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(10)];

/// Hands messages to the task that sends them.
pub(super) struct Smtp {
    queue: mpsc::Sender<Message>,
}

impl Smtp {
    /// Sends by this server (`smtps://user:password@host`) in this name; to a number at this domain. Inside a Tokio
    /// runtime.
    pub(super) fn start(url: &str, from: &str, sms_domain: &str) -> anyhow::Result<Self> {
        let transport = Transport::from_url(url).context("SMTP_URL cannot be read")?;
        let transport = transport.timeout(Some(PATIENCE)).build();
        let from: Mailbox = from.parse().context("MAIL_FROM is no address")?;
        let sms_domain = sms_domain.to_owned();
        let sample = Address::parse("+919845012264").context("a number is an address")?;
        mailbox(&sample, &sms_domain).context("SMS_DOMAIN is no domain")?;
        let (queue, waiting) = mpsc::channel(WAITING);
        tokio::spawn(ReceiverStream::new(waiting).for_each_concurrent(AT_ONCE, move |message| {
            let (transport, from, sms_domain) = (transport.clone(), from.clone(), sms_domain.clone());
            async move {
                match mail(&message, from, &sms_domain) {
                    Ok(mail) => send(&transport, mail).await,
                    Err(error) => {
                        tracing::error!(error = format!("{error:#}"), "a message could not be written")
                    }
                }
            }
        }));
        Ok(Smtp { queue })
    }
}

impl Courier for Smtp {
    fn take(&self, message: Message) {
        if self.queue.try_send(message).is_err() {
            tracing::error!("more messages wait than can be sent: one was dropped");
        }
    }
}

fn mail(message: &Message, from: Mailbox, sms_domain: &str) -> anyhow::Result<Mail> {
    let mail =
        Mail::builder().from(from).to(mailbox(&message.to, sms_domain)?).header(ContentType::TEXT_PLAIN);
    // Gateways put a subject before the text, and a phone then no longer finds the code.
    let mail = match message.to {
        Address::Phone(_) => mail,
        Address::Email(_) => mail.subject(message.subject),
    };
    Ok(mail.body(message.text.clone())?)
}

/// Where mail goes: a number is known to the gateway by its digits.
fn mailbox(to: &Address, sms_domain: &str) -> anyhow::Result<Mailbox> {
    let address = match to {
        Address::Phone(phone) => format!("{}@{sms_domain}", phone.as_str().trim_start_matches('+')),
        Address::Email(email) => email.to_string(),
    };
    Ok(Mailbox::new(None, address.parse()?))
}

/// Tries three times, unless the server says that it will never take it. Neither the address nor what is said is logged.
async fn send(transport: &Transport, mail: Mail) {
    let mut pauses = PAUSES.into_iter();
    loop {
        let Err(error) = transport.send(mail.clone()).await else { return };
        match pauses.next() {
            Some(pause) if !error.is_permanent() => tokio::time::sleep(pause).await,
            _ => return tracing::error!(error = what(&error), "a message could not be sent"),
        }
    }
}

/// A server's own words may name whom the message was for.
fn what(error: &Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None => error.source().map_or_else(|| error.to_string(), ToString::to_string),
    }
}
