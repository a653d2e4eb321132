//! The states of the United States and the provinces of Canada, which people write in full or as two letters.

/// Whether two states in normal form are the same.
pub fn same_state(one: &str, other: &str) -> bool {
    one == other || short(one) == short(other)
}

/// Whether a text in normal form is the name or the two-letter code of a state.
pub fn is_state(text: &str) -> bool {
    STATES.iter().any(|(letters, name)| *letters == text || *name == text)
}

fn short(state: &str) -> &str {
    let found = STATES.iter().find(|(_, name)| *name == state);
    found.map_or(state, |(letters, _)| letters)
}

const STATES: [(&str, &str); 64] = [
    ("al", "alabama"),
    ("ak", "alaska"),
    ("az", "arizona"),
    ("ar", "arkansas"),
    ("ca", "california"),
    ("co", "colorado"),
    ("ct", "connecticut"),
    ("de", "delaware"),
    ("dc", "district of columbia"),
    ("fl", "florida"),
    ("ga", "georgia"),
    ("hi", "hawaii"),
    ("id", "idaho"),
    ("il", "illinois"),
    ("in", "indiana"),
    ("ia", "iowa"),
    ("ks", "kansas"),
    ("ky", "kentucky"),
    ("la", "louisiana"),
    ("me", "maine"),
    ("md", "maryland"),
    ("ma", "massachusetts"),
    ("mi", "michigan"),
    ("mn", "minnesota"),
    ("ms", "mississippi"),
    ("mo", "missouri"),
    ("mt", "montana"),
    ("ne", "nebraska"),
    ("nv", "nevada"),
    ("nh", "new hampshire"),
    ("nj", "new jersey"),
    ("nm", "new mexico"),
    ("ny", "new york"),
    ("nc", "north carolina"),
    ("nd", "north dakota"),
    ("oh", "ohio"),
    ("ok", "oklahoma"),
    ("or", "oregon"),
    ("pa", "pennsylvania"),
    ("ri", "rhode island"),
    ("sc", "south carolina"),
    ("sd", "south dakota"),
    ("tn", "tennessee"),
    ("tx", "texas"),
    ("ut", "utah"),
    ("vt", "vermont"),
    ("va", "virginia"),
    ("wa", "washington"),
    ("wv", "west virginia"),
    ("wi", "wisconsin"),
    ("wy", "wyoming"),
    ("pr", "puerto rico"),
    ("gu", "guam"),
    ("on", "ontario"),
    ("qc", "quebec"),
    ("bc", "british columbia"),
    ("ab", "alberta"),
    ("mb", "manitoba"),
    ("sk", "saskatchewan"),
    ("ns", "nova scotia"),
    ("nb", "new brunswick"),
    ("nl", "newfoundland"),
    ("pe", "prince edward island"),
    ("yt", "yukon"),
];
