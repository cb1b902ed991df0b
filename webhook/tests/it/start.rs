//! What the binaries refuse to start with, and that they say so in a sentence without the secret.

use std::process::Command;

use crate::world::SECRET;

/// Starts a binary that is to refuse, with nothing in its environment but this; gives what it said.
fn refuses(binary: &str, environment: &[(&str, &str)]) -> String {
    let output = Command::new(binary).env_clear().envs(environment.iter().copied()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "it has to end with 1");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "one sentence: {said}");
    said
}

#[test]
fn the_door_does_not_open_without_a_secret_that_is_long_enough() {
    let binary = env!("CARGO_BIN_EXE_okane-webhook");
    let database = ("DATABASE_URL", "postgres://okane_webhook:canary@127.0.0.1:1/none");
    let said = refuses(binary, &[database]);
    assert!(said.contains("BANK_WEBHOOK_SECRETS is empty"), "{said}");
    for weak in ["canary", "whsec_Y2FuYXJ5", "whsec_canary!", &format!("{SECRET},whsec_Y2FuYXJ5")] {
        let said = refuses(binary, &[database, ("BANK_WEBHOOK_SECRETS", weak)]);
        assert!(said.contains("of BANK_WEBHOOK_SECRETS"), "{said}");
        assert!(!said.contains("canary") && !said.contains("Y2FuYXJ5"), "{said}");
    }
    // Not an address to listen on: where it does not refuse before, it ends with this.
    let ends = [("METRICS_ADDR", "127.0.0.1:0"), ("LISTEN_ADDR", "192.0.2.1:1")];
    let redis = [("BANK_WEBHOOK_SECRETS", SECRET), ("REDIS_URL", "redis://:canary@cache.example")];
    let said = refuses(binary, &[&[database], &ends[..], &redis].concat());
    assert!(said.contains("The password in REDIS_URL can be guessed") && !said.contains("canary"), "{said}");
}

#[test]
fn the_simulator_does_not_start_unless_one_is_asked_for() {
    let binary = env!("CARGO_BIN_EXE_okane-bank");
    for asked in ["", "0", "true"] {
        let said = refuses(binary, &[("BANK_WEBHOOK_SECRETS", SECRET), ("BANK_SIMULATOR", asked)]);
        assert!(said.contains("BANK_SIMULATOR=1"), "{said}");
    }
    let said = refuses(binary, &[("BANK_SIMULATOR", "1")]);
    assert!(said.contains("BANK_WEBHOOK_SECRETS is empty"), "{said}");
}

#[test]
fn help_names_every_variable_and_shows_no_value_that_is_secret() {
    for binary in [env!("CARGO_BIN_EXE_okane-webhook"), env!("CARGO_BIN_EXE_okane-bank")] {
        let secret = [
            ("DATABASE_URL", "postgres://canary"),
            ("REDIS_URL", "redis://canary"),
            ("BANK_WEBHOOK_SECRETS", "canary"),
        ];
        let output = Command::new(binary).arg("--help").env_clear().envs(secret).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(
            help.contains("LISTEN_ADDR")
                && help.contains("BANK_WEBHOOK_SECRETS")
                && help.contains("LOG_FORMAT")
        );
        assert!(!help.contains("canary"), "{help}");
    }
}
