//! Text as somebody may type or forge it.

/// Bytes as a text: any, or, where `likely`, of these characters, so that much of it comes close to being right.
pub fn text((likely, bytes): &(bool, Vec<u8>), characters: &str) -> String {
    if !likely {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let characters: Vec<char> = characters.chars().collect();
    bytes.iter().map(|byte| characters[usize::from(*byte) % characters.len()]).collect()
}
