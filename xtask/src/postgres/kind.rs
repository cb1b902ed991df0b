//! What a cluster is for, and what follows from that.

/// What a cluster is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Lives on between starts and loses nothing.
    Kept,
    /// Begins empty, trusts everyone on this machine, and does not care for its disk.
    ThrownAway,
    /// Begins empty and trusts everyone on this machine, but does for its disk what production does: to
    /// measure on.
    Measured,
}

impl Kind {
    /// The name of its folder.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Kept => "postgres",
            Kind::ThrownAway => "test-postgres",
            Kind::Measured => "bench-postgres",
        }
    }

    /// The port that it has where nobody else does.
    pub fn port(self) -> u16 {
        match self {
            Kind::Kept => 54310,
            Kind::ThrownAway => 54311,
            Kind::Measured => 54312,
        }
    }

    /// How it knows who connects; pg_hba.conf's word.
    pub fn method(self) -> &'static str {
        if self == Kind::Kept { "scram-sha-256" } else { "trust" }
    }

    /// What it is started with. Everybody listens on this machine only.
    pub fn settings(self) -> &'static [&'static str] {
        match self {
            Kind::Kept => &["listen_addresses=127.0.0.1", "unix_socket_directories="],
            Kind::ThrownAway => &[
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "max_connections=300",
                "fsync=off",
                "full_page_writes=off",
                "synchronous_commit=off",
            ],
            // 256 clients, and the pools of whoever rests meanwhile. Checkpoints are further apart than a
            // run is long: one that fell into a round of one way would be held against that way.
            Kind::Measured => &[
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "max_connections=400",
                "fsync=on",
                "full_page_writes=on",
                "synchronous_commit=on",
                "shared_buffers=1GB",
                "min_wal_size=2GB",
                "max_wal_size=16GB",
                "checkpoint_timeout=1h",
            ],
        }
    }
}
