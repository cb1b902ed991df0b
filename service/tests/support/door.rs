//! A door between a program and somebody it talks to. What passes through stays as it was; it can be shut
//! for a while, or slow, connections through it can be reset, and each send of the program is shown to its watch.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::watch::{Fate, Watch};

/// It stays open as long as the test's runtime.
#[derive(Clone)]
pub struct Door {
    pub port: u16,
    state: Arc<State>,
}

struct State {
    name: &'static str,
    behind: Mutex<SocketAddr>,
    watch: Option<Watch>,
    /// Whether the program is who comes in, and not who is behind it.
    is_callers: bool,
    shut: watch::Sender<bool>,
    /// How long each message takes on its way to whom it is for.
    delay: watch::Sender<Duration>,
    /// How often what was open has been stranded.
    stranded: AtomicUsize,
    /// What came from the program.
    sent: AtomicUsize,
    open: Mutex<Vec<Arc<Notify>>>,
}

impl Door {
    /// For a program that calls somebody.
    pub async fn before(name: &'static str, behind: SocketAddr, watch: Option<&Watch>) -> Self {
        Door::open(name, behind, watch, true).await
    }

    /// For whoever calls the program.
    pub async fn into(name: &'static str, program: SocketAddr, watch: Option<&Watch>) -> Self {
        Door::open(name, program, watch, false).await
    }

    async fn open(name: &'static str, behind: SocketAddr, watch: Option<&Watch>, is_callers: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            name,
            behind: Mutex::new(behind),
            watch: watch.cloned(),
            is_callers,
            shut: watch::Sender::new(false),
            delay: watch::Sender::new(Duration::ZERO),
            stranded: AtomicUsize::default(),
            sent: AtomicUsize::default(),
            open: Mutex::default(),
        });
        let door = Door { port, state: state.clone() };
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(lead(near, state.clone()));
            }
        });
        door
    }

    /// Who is behind it from now on.
    pub fn lead_to(&self, behind: SocketAddr) {
        *self.state.behind.lock().unwrap() = behind;
    }

    /// Lets nothing through either way, and loses nothing, until it is opened again.
    pub fn shut(&self, shut: bool) {
        self.state.shut.send_replace(shut);
    }

    /// Whatever comes through comes later by this much, either way; what follows it waits for it.
    pub fn slow(&self, delay: Duration) {
        self.state.delay.send_replace(delay);
    }

    /// Leaves every connection of now open and silent for ever, as a host that has vanished does. New ones work.
    pub fn strand(&self) {
        self.state.stranded.fetch_add(1, Ordering::SeqCst);
    }

    /// How often the program has sent something.
    pub fn sent(&self) -> usize {
        self.state.sent.load(Ordering::SeqCst)
    }

    /// Resets one of the connections through it, on both sides; false where there is none.
    pub fn reset_one(&self) -> bool {
        let mut open = self.state.open.lock().unwrap();
        open.retain(|connection| Arc::strong_count(connection) > 1);
        if open.is_empty() {
            return false;
        }
        let one = Uuid::new_v4().as_u128() as usize % open.len();
        open.swap_remove(one).notify_one();
        true
    }
}

async fn lead(mut near: TcpStream, state: Arc<State>) {
    let behind = *state.behind.lock().unwrap();
    let Ok(mut far) = TcpStream::connect(behind).await else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let reset = Arc::new(Notify::new());
    state.open.lock().unwrap().push(reset.clone());
    let is_reset = {
        let ((from_near, to_near), (from_far, to_far)) = (near.split(), far.split());
        tokio::select! {
            () = carry(from_near, to_far, &state, state.is_callers) => false,
            () = carry(from_far, to_near, &state, !state.is_callers) => false,
            () = reset.notified() => true,
        }
    };
    if is_reset {
        let _ = (near.set_zero_linger(), far.set_zero_linger());
    }
}

/// Until either side has enough; then both are closed.
async fn carry(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, state: &State, is_programs: bool) {
    let mut shut = state.shut.subscribe();
    let stranded = state.stranded.load(Ordering::SeqCst);
    let mut message = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut message).await {
        let message = &message[..length];
        if state.stranded.load(Ordering::SeqCst) != stranded {
            continue;
        }
        if is_programs {
            state.sent.fetch_add(1, Ordering::SeqCst);
            match state.watch.as_ref().map_or(Fate::Pass, |watch| watch.fate(state.name, message)) {
                Fate::Pass => {}
                Fate::Lost => return,
                Fate::Kept => std::future::pending().await,
            }
        }
        let delay = *state.delay.borrow();
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if shut.wait_for(|shut| !shut).await.is_err() || to.write_all(message).await.is_err() {
            return;
        }
    }
}
