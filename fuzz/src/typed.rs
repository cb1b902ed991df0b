//! Text as somebody may type or forge it.

/// Bytes as a text: any, or, where `likely`, of these pieces, so that much of it comes close to being right.
pub fn text((likely, bytes): &(bool, Vec<u8>), pieces: &[&str]) -> String {
    if !likely {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    bytes.iter().map(|byte| pieces[usize::from(*byte) % pieces.len()]).collect()
}
