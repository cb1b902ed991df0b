//! What we say to Redis and to Postgres by TLS is said to them, or not at all.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use reqwest::{StatusCode, Url};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::fault::cluster::{Cluster, Places};
use crate::fault::{local, until};
use crate::support::redis::{Redis, Tls};
use crate::world::*;

/// In which a Redis that cannot be used has been tried once more, and once more.
const TRIED_AGAIN: Duration = Duration::from_millis(800);

/// Who says of hosts that they are who they are, in a folder that goes with the test.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: PathBuf,
}

impl Authority {
    fn new() -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("authority-{}", Uuid::new_v4()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "A root of this name");
        let key = KeyPair::generate().unwrap();
        std::fs::write(folder.join("root.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Authority { issuer: Issuer::new(params, key), folder }
    }

    fn root(&self) -> PathBuf {
        self.folder.join("root.pem")
    }

    /// A certificate of this host and its key, PEM.
    fn certifies(&self, host: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([host.to_owned()]).unwrap().signed_by(&key, &self.issuer);
        (certificate.unwrap().pem(), key.serialize_pem())
    }

    /// A Redis that shows a certificate of this host.
    async fn redis(&self, host: &str) -> Redis {
        let (certificate, key) = self.certifies(host);
        let [certificate, key] = [("certificate.pem", certificate), ("key.pem", key)].map(|(name, text)| {
            let path = self.folder.join(name);
            std::fs::write(&path, text).unwrap();
            path
        });
        Redis::behind(Tls { certificate, key, root: self.root() }).await
    }

    /// A server that believes in this root alone, with a Redis at this address; and where it tells its counts.
    async fn server(&self, owner: &PgPool, redis: &str) -> (World, String) {
        let root = self.root().display().to_string();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let counts = format!("127.0.0.1:{port}");
        let settings = [("REDIS_URL", redis), ("SSL_CERT_FILE", &*root), ("METRICS_ADDR", &*counts)];
        (World::with(owner.clone(), &settings).await, format!("http://{counts}/metrics"))
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn is_shared(world: &World) -> bool {
    let ready: Value = world.get("/readyz").send().await.unwrap().json().await.unwrap();
    ready["cache"] == "shared"
}

async fn looks(world: &World, person: &Person) {
    for path in ["/home", "/api/v1/balance"] {
        assert_eq!(person.get(world, path).await.status(), StatusCode::OK, "{path}");
    }
}

/// What we keep there; what a server tries it by is nobody's.
fn kept(redis: &Redis) -> String {
    redis.say(&["KEYS", "okane:{*"])
}

#[sqlx::test(migrations = "../migrations")]
async fn a_redis_whose_certificate_is_its_own_and_of_a_root_we_believe_in_is_used(owner: PgPool) {
    let authority = Authority::new();
    let redis = authority.redis("127.0.0.1").await;
    // As docs/deployment.md has it.
    let rights = "~okane:* &okane:news -@all +evalsha +script|load +getrange +set +del +publish +subscribe";
    let words = ["ACL", "SETUSER", "okane", "on", ">of-the-cache"].into_iter().chain(rights.split(' '));
    assert_eq!(redis.say(&words.collect::<Vec<_>>()), "OK");
    let address = format!("rediss://okane:of-the-cache@127.0.0.1:{}", redis.port);
    let (world, _) = authority.server(&owner, &address).await;
    let person = world.person("Asha Rao").await;
    until("it is used", async || {
        looks(&world, &person).await;
        is_shared(&world).await && !kept(&redis).is_empty()
    })
    .await;
    until("its news are heard", async || redis.say(&["CLIENT", "LIST", "TYPE", "pubsub"]).contains("sub=1"))
        .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_redis_that_cannot_show_that_it_is_the_one_is_told_nothing_and_missed_by_nobody(owner: PgPool) {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let (stranger, other) = (theirs.redis("127.0.0.1").await, ours.redis("redis.example").await);
    let plain = Redis::start().await;
    for (what, redis, scheme, more) in [
        ("a root of somebody's", &stranger, "rediss", ""),
        ("a certificate of another host", &other, "rediss", ""),
        ("one that nobody is to look at", &stranger, "rediss", "/#insecure"),
        ("one that speaks no TLS", &plain, "rediss", ""),
        ("one that speaks nothing else", &other, "redis", ""),
    ] {
        let (world, counts) =
            ours.server(&owner, &format!("{scheme}://127.0.0.1:{}{more}", redis.port)).await;
        let person = world.person("Asha Rao").await;
        until(what, async || {
            looks(&world, &person).await;
            !is_shared(&world).await
        })
        .await;
        tokio::time::sleep(TRIED_AGAIN).await;
        looks(&world, &person).await;
        assert!(!is_shared(&world).await, "{what}");
        assert!(kept(redis).is_empty(), "{what}");
        let counts = world.http.get(counts).send().await.unwrap().text().await.unwrap();
        assert!(counts.contains("okane_cache_usable 0"), "{what}: {counts}");
        eprintln!("{what}: {}", world.log().lines().find(|line| line.contains("cannot be used")).unwrap());
    }
}

/// An address for those who want to be sure that it is this host, by this root.
fn address(cluster: &Cluster, authority: &Authority) -> Url {
    let mut url: Url = format!("postgres://postgres@127.0.0.1:{}/okane", cluster.port()).parse().unwrap();
    url.query_pairs_mut()
        .append_pair("application_name", "asks-for-tls")
        .append_pair("sslmode", "verify-full")
        .append_pair("sslrootcert", authority.root().to_str().unwrap());
    url
}

fn audit(url: &Url) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_okane"));
    command.arg("audit").env_clear().env("DATABASE_URL", url.as_str()).output().unwrap()
}

#[tokio::test]
async fn a_postgres_is_asked_by_tls_where_it_shows_that_it_is_the_one_and_otherwise_not_at_all() {
    let cluster = Cluster::begin(Places::default()).await;
    let (ours, theirs) = (Authority::new(), Authority::new());
    let url = address(&cluster, &ours);
    cluster.notes_who_comes().await;
    assert!(!audit(&url).status.success(), "it speaks no TLS");
    for (what, (certificate, key)) in [
        ("a root of somebody's", theirs.certifies("127.0.0.1")),
        ("a certificate of another host", ours.certifies("postgres.example")),
    ] {
        cluster.speaks_tls(&certificate, &key).await;
        let output = audit(&url);
        assert!(!output.status.success(), "{what}: {output:?}");
        eprintln!("{what}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(!cluster.said("application_name=asks-for-tls"), "nobody has come in another way");

    let (certificate, key) = ours.certifies("127.0.0.1");
    cluster.speaks_tls(&certificate, &key).await;
    let output = audit(&url);
    assert!(
        output.status.success() && cluster.said("application_name=asks-for-tls SSL enabled"),
        "{output:?}"
    );

    // As docs/deployment.md has it: one of two who may be the web.
    let member = "CREATE ROLE okane_web_a LOGIN NOINHERIT IN ROLE okane_web";
    sqlx::query(member).execute(&cluster.owner).await.unwrap();
    let mut web = url;
    web.set_username("okane_web_a").unwrap();
    web.query_pairs_mut().append_pair("options[role]", "okane_web");
    let program = server(&cluster.owner, local(cluster.port()), &[("DATABASE_URL", web.as_str())]);
    program.start().await;
    let by_tls = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                  WHERE application_name = 'okane'";
    assert_eq!(sqlx::query_scalar(by_tls).fetch_one(&cluster.owner).await.ok(), Some(Some(true)));
}
