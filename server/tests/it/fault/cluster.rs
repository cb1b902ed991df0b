//! A Postgres of the test's own, which does for its disk what production does: to be killed, and to have its
//! disk filled.

use std::fs::{File, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use uuid::Uuid;

use super::ring::until;

/// Begun for one test, ended and removed with it.
pub struct Cluster {
    /// The owner of the tables.
    pub owner: PgPool,
    account: Account,
    binaries: PathBuf,
    folder: PathBuf,
    port: u16,
    process: Mutex<Option<Child>>,
}

/// Where a cluster keeps what it writes, if not in its own folder.
#[derive(Default)]
pub struct Places<'a> {
    pub tables: Option<&'a Path>,
    pub log: Option<&'a Path>,
}

impl Cluster {
    /// With the schema of now.
    pub async fn begin(places: Places<'_>) -> Self {
        let account = Account::find();
        let name = format!("okane-fault-{}", Uuid::new_v4());
        // Root's own folders are closed to whoever runs Postgres.
        let home =
            if account.0.is_some() { Path::new("/var/tmp") } else { env!("CARGO_TARGET_TMPDIR").as_ref() };
        let folder = home.join(name);
        account.makes(&folder);
        let port = free_port();
        let options = PgConnectOptions::new().host("127.0.0.1").port(port).username("postgres");
        let options = options.database("postgres").ssl_mode(PgSslMode::Disable);
        let owner = PgPoolOptions::new().max_connections(4).connect_lazy_with(options.database("okane"));
        let process = Mutex::default();
        let cluster = Cluster { owner, account, binaries: binaries().await, folder, port, process };
        cluster.write(places.log);
        cluster.start().await;
        let mut first = PgConnection::connect_with(&cluster.options("postgres")).await.unwrap();
        if let Some(tables) = places.tables {
            let statement = format!("CREATE TABLESPACE small LOCATION '{}'", tables.display());
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut first).await.unwrap();
        }
        let space = if places.tables.is_some() { "small" } else { "pg_default" };
        let statement = format!("CREATE DATABASE okane TABLESPACE {space}");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut first).await.unwrap();
        ledger::MIGRATIONS.run(&cluster.owner).await.unwrap();
        cluster
    }

    fn write(&self, log: Option<&Path>) {
        let mut initdb = self.account.runs(&self.binaries.join("initdb"));
        initdb.arg("-D").arg(&self.folder).args(["-U", "postgres", "-A", "trust", "-E", "UTF8"]);
        initdb.args(["--locale", "C", "--no-instructions", "--no-sync", "--wal-segsize", "1"]);
        if let Some(log) = log {
            initdb.arg("--waldir").arg(log);
        }
        let output = initdb.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Starts it, again if need be, and waits until it answers.
    pub async fn start(&self) {
        until("Postgres answers", async || {
            if !self.runs() {
                *self.process.lock().unwrap() = Some(self.spawn());
            }
            PgConnection::connect_with(&self.options("postgres")).await.is_ok()
        })
        .await;
    }

    /// Without checkpoints, which would take its log's oldest part for its newest and so never need more disk.
    fn spawn(&self) -> Child {
        let mut postgres = self.account.runs(&self.binaries.join("postgres"));
        postgres.arg("-D").arg(&self.folder).args(["-p", &self.port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "max_wal_size=1GB",
            "checkpoint_timeout=1h",
        ] {
            postgres.args(["-c", setting]);
        }
        let log = File::options().create(true).append(true).open(self.folder.with_extension("log")).unwrap();
        postgres.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    }

    /// Shows this certificate (PEM) from now on to whoever asks for TLS.
    pub async fn speaks_tls(&self, certificate: &str, key: &str) {
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let path = self.folder.join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            self.account.takes(&path);
        }
        self.is_told("ssl = on").await;
    }

    /// Logs each connection from now on, and how it has come.
    pub async fn notes_who_comes(&self) {
        self.is_told("log_connections = on").await;
    }

    /// A setting that it reads while it runs.
    async fn is_told(&self, setting: &'static str) {
        let loaded = async || {
            let mut fresh = PgConnection::connect_with(&self.options("okane")).await.unwrap();
            let time = sqlx::query_scalar("SELECT pg_conf_load_time()::text");
            time.fetch_one(&mut fresh).await.map(|time: String| time).unwrap()
        };
        let before = loaded().await;
        let set = AssertSqlSafe(format!("ALTER SYSTEM SET {setting}"));
        sqlx::query(set).execute(&self.owner).await.unwrap();
        sqlx::query("SELECT pg_reload_conf()").execute(&self.owner).await.unwrap();
        until("it has read its settings", async || loaded().await != before).await;
    }

    /// Where it is.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether its first process has not ended.
    pub fn runs(&self) -> bool {
        let mut process = self.process.lock().unwrap();
        process.as_mut().is_some_and(|process| process.try_wait().unwrap().is_none())
    }

    /// Whether this stands in what it has logged.
    pub fn said(&self, words: &str) -> bool {
        std::fs::read_to_string(self.folder.with_extension("log")).unwrap().contains(words)
    }

    /// Kills every process of it, without a word.
    pub async fn kill(&self) {
        let mut all = vec![];
        if let Ok(mut connection) = PgConnection::connect_with(&self.options("postgres")).await {
            let pids = sqlx::query_scalar("SELECT pid FROM pg_stat_activity");
            all = pids.fetch_all(&mut connection).await.unwrap_or_default();
        }
        let mut first = self.process.lock().unwrap().take().unwrap();
        first.kill().unwrap();
        for pid in all {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        first.wait().unwrap();
    }

    fn options(&self, database: &str) -> PgConnectOptions {
        self.owner.connect_options().as_ref().clone().database(database)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.lock().unwrap().take() {
            // At once, and its children with it.
            let _ = kill(Pid::from_raw(process.id().cast_signed()), Signal::SIGQUIT);
            let _ = process.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
        let _ = std::fs::remove_file(self.folder.with_extension("log"));
    }
}

/// The programs of the very Postgres that the tests were given.
async fn binaries() -> PathBuf {
    let url = std::env::var("DATABASE_URL").unwrap();
    let mut given = PgConnection::connect(&url).await.unwrap();
    let folder = sqlx::query_scalar("SELECT setting FROM pg_config WHERE name = 'BINDIR'");
    let folder = PathBuf::from(folder.fetch_one(&mut given).await.map(|folder: String| folder).unwrap());
    assert!(
        folder.join("initdb").exists(),
        "the Postgres of DATABASE_URL is not on this machine: {folder:?}"
    );
    folder
}

/// One that nobody is given by chance while Postgres is away: below those for who connects.
fn free_port() -> u16 {
    let mut ports = std::iter::repeat_with(|| 20_000 + (Uuid::new_v4().as_u128() % 10_000) as u16);
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

/// Whose a cluster is: ours, or somebody's where we are root, whom Postgres refuses to run for.
pub struct Account(Option<User>);

impl Account {
    pub fn find() -> Self {
        let named = || ["postgres", "nobody"].into_iter().find_map(|name| User::from_name(name).unwrap());
        Account(geteuid().is_root().then(|| named().unwrap()))
    }

    /// A folder of theirs.
    pub fn makes(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        self.takes(folder);
    }

    fn takes(&self, folder: &Path) {
        if let Some(user) = &self.0 {
            chown(folder, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
        }
    }

    fn runs(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/");
        if let Some(user) = &self.0 {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }
}
