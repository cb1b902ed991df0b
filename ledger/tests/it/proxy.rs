//! A door in front of Postgres that knows its messages, and can be slammed before a request goes in, after the
//! work is done and before its answer comes out, or simply stay shut for a while.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgPoolOptions, PgSslMode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use crate::machine::operation::Bits;

/// The door. It stays open as long as the test's runtime.
#[derive(Clone)]
pub struct Proxy {
    port: u16,
    state: Arc<State>,
}

struct State {
    /// How many of a hundred requests are cut.
    percent: u64,
    dice: Mutex<Bits>,
    frozen: AtomicBool,
    before: AtomicUsize,
    after: AtomicUsize,
}

/// What becomes of a request.
enum Fate {
    Pass,
    /// The connection is cut, and Postgres never hears of it.
    CutBefore,
    /// Postgres does it, and the connection is cut before anybody hears of that.
    CutAfter,
}

impl Proxy {
    /// In front of this database's Postgres.
    pub async fn open(admin: &PgPool, percent: u64, seed: u64) -> Self {
        let options = admin.connect_options();
        let behind = (options.get_host().to_owned(), options.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            percent,
            dice: Mutex::new(Bits(seed)),
            frozen: AtomicBool::default(),
            before: AtomicUsize::default(),
            after: AtomicUsize::default(),
        });
        let proxy = Proxy { port, state };
        let door = proxy.state.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (behind, door) = (behind.clone(), door.clone());
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(behind).await {
                        pass(client, server, door).await;
                    }
                });
            }
        });
        proxy
    }

    /// The same database through this door, as one of the services.
    pub fn pool(&self, admin: &PgPool, role: &'static str) -> PgPool {
        let options = admin.connect_options().as_ref().clone().host("127.0.0.1").port(self.port);
        let options = options.ssl_mode(PgSslMode::Disable).application_name(role);
        let options = options.options([("role", role), ("synchronous_commit", "off")]);
        PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(2))
            .connect_lazy_with(options)
    }

    /// How often it was cut before, and how often after.
    pub fn cuts(&self) -> (usize, usize) {
        (self.state.before.load(Ordering::Relaxed), self.state.after.load(Ordering::Relaxed))
    }

    /// Lets nothing through either way, and loses nothing.
    pub fn freeze(&self, frozen: bool) {
        self.state.frozen.store(frozen, Ordering::Relaxed);
    }
}

impl State {
    fn fate(&self) -> Fate {
        let mut dice = self.dice.lock().unwrap();
        match (dice.below(100) < self.percent, dice.below(2)) {
            (false, _) => Fate::Pass,
            (true, 0) => Fate::CutBefore,
            (true, _) => Fate::CutAfter,
        }
    }

    async fn thawed(&self) {
        while self.frozen.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Until either side has enough; then both are closed.
async fn pass(client: TcpStream, server: TcpStream, state: Arc<State>) {
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let cut = AtomicBool::new(false);
    tokio::select! {
        _ = requests(from_client, to_server, &state, &cut) => {}
        _ = answers(from_server, to_client, &state, &cut) => {}
    }
}

async fn requests(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    state: &State,
    cut: &AtomicBool,
) -> std::io::Result<()> {
    // The first message has no kind.
    let mut message = vec![];
    read_rest(&mut client, &mut message).await?;
    state.thawed().await;
    server.write_all(&message).await?;
    loop {
        let mut message = vec![client.read_u8().await?];
        read_rest(&mut client, &mut message).await?;
        state.thawed().await;
        // Execute, or a simple query.
        if matches!(message[0], b'E' | b'Q') {
            match state.fate() {
                Fate::Pass => {}
                Fate::CutBefore => {
                    state.before.fetch_add(1, Ordering::Relaxed);
                    return Ok(());
                }
                Fate::CutAfter => cut.store(true, Ordering::SeqCst),
            }
        }
        server.write_all(&message).await?;
    }
}

async fn answers(
    mut server: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    state: &State,
    cut: &AtomicBool,
) -> std::io::Result<()> {
    loop {
        let mut message = vec![server.read_u8().await?];
        read_rest(&mut server, &mut message).await?;
        state.thawed().await;
        if !cut.load(Ordering::SeqCst) {
            client.write_all(&message).await?;
        } else if message[0] == b'Z' {
            // Ready for the next query: this one is committed.
            state.after.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
    }
}

/// Adds a message's length and what follows.
async fn read_rest(from: &mut OwnedReadHalf, message: &mut Vec<u8>) -> std::io::Result<()> {
    let length = from.read_u32().await?;
    message.extend(length.to_be_bytes());
    let begin = message.len();
    message.resize(begin + length as usize - 4, 0);
    from.read_exact(&mut message[begin..]).await?;
    Ok(())
}
