//! "Did you mean": finds the name that a mistyped one resembles most.

/// The name that a text resembles most, if the likeness is large enough.
pub fn closest<'a>(text: &str, names: impl Iterator<Item = &'a str>, alike: f64) -> Option<&'a str> {
    let wanted = text.to_lowercase();
    let rated = names.map(|name| (strsim::jaro_winkler(&wanted, &name.to_lowercase()), name));
    let best = rated.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 >= alike).then_some(best.1)
}
