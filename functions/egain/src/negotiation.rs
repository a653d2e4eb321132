//! Content negotiation (RFC 9110, section 12): `Accept` and `Accept-Language` are lists of ranges with weights.

/// One alternative, and the ranges that match it, the most exact first.
pub struct Choice<T> {
    /// The alternative itself.
    pub value: T,
    /// The ranges that match it, whatever their letter case.
    pub ranges: Vec<&'static str>,
}

/// The alternative with the highest weight, the first of equal ones. `None` if the header accepts none of them.
pub fn preferred<T: Copy>(header: &str, choices: &[Choice<T>]) -> Option<T> {
    let wanted: Vec<(&str, f32)> = header.split(',').filter_map(range).collect();
    // The most exact range that matches an alternative decides its weight.
    let weight = |choice: &Choice<T>| {
        let of = |range: &&str| wanted.iter().find(|(name, _)| name.eq_ignore_ascii_case(range));
        choice.ranges.iter().find_map(of).map_or(0.0, |(_, weight)| *weight)
    };
    let mut best = None;
    for choice in choices {
        let weight = weight(choice);
        if weight > best.map_or(0.0, |(_, weight)| weight) {
            best = Some((choice.value, weight));
        }
    }
    best.map(|(value, _)| value)
}

/// A range and its weight. Other parameters are ignored.
fn range(text: &str) -> Option<(&str, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = weight.map_or(Some(1.0), |weight| weight.parse::<f32>().ok());
    Some((name, weight.filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or(0.0)))
}
