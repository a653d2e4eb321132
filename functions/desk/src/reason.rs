//! What best match observed, in words for whoever looks after customers. Some of the domain's texts are for operators, who also see amounts
//! and their units.

use crm_domain::matching::Signal;

/// An observation in a few words.
pub fn words(signal: Signal) -> &'static str {
    match signal {
        Signal::NameBits => "The same words: the rarer they are, the more they say",
        Signal::NameFull => "First and last name agree",
        Signal::NameInHandle => "The handle contains words of the customer’s name",
        Signal::NameInMailbox => "The e-mail address contains words of the customer’s name",
        Signal::NameFullTogether => "First and last name agree, one of them in the handle or the e-mail address",
        Signal::NameHandleConfirms => "The handle contains the name, too",
        Signal::NameSpelled => "Some words agree in another spelling only",
        Signal::NameNickname => "The first names are two forms of one name",
        Signal::NameSlip => "Some words differ by one letter",
        Signal::NameAlike => "Some words are merely similar",
        Signal::NameInitial => "Some words agree by their first letter only",
        Signal::NameMore => "One of the names has more words",
        Signal::NameNamesakes => "Other customers have this name, too",
        Signal::NameExpected => "The last name is common, so the first name may agree by chance",
        Signal::NameWordsCommon => "Both names are common among the customers",
        Signal::NameGivenOther => "The last name agrees and the first name does not: perhaps a relative",
        Signal::NameSurnameOther => "The first name agrees and the last name does not",
        Signal::NameOther => "No word of the names agrees",
        Signal::NameStranger => "The shown text has no word of the customer’s name, and may be no name",
        Signal::NameGivenOtherBeside => "Another first name counts less, because something agrees that only one person has",
        Signal::NameSurnameOtherBeside => "Another last name counts less, because something agrees that only one person has",
        Signal::NameOtherBeside => "Another name counts less, because something agrees that only one person has",
        Signal::NameSurnameOtherBesidePhone => "Another last name counts less, because the telephone number agrees",
        Signal::NameSurnameOtherBesideHouse => "Another last name counts less, because the street is the same",
        Signal::HandleEqualSomewhere => "The same handle; one of the networks is not known",
        Signal::HandleElsewhere => "The same handle on another network",
        Signal::HandleElsewhereAlone => "A handle that several people may have chosen, and no name beside it",
        Signal::HandleOrnaments => "The same handle, apart from dots and ornaments",
        Signal::HandleNumber => "The same handle, apart from a number",
        Signal::HandleMailbox => "The handle is the beginning of an e-mail address",
        Signal::HandleMailboxAlike => "The handle has the letters of the beginning of an e-mail address",
        Signal::HandleAlike => "The handles are similar",
        Signal::HandleOtherBeside => "Another handle counts less, because something else agrees that only one person has",
        Signal::ProfileEqual => "The same profile",
        Signal::EmailEqual => "The same address, or another spelling of it",
        Signal::EmailMailbox => "The same beginning of the address at another provider",
        Signal::EmailHandle => "The beginning of the address is a handle of the customer",
        Signal::EmailOtherBeside => "Other addresses count less, because something else agrees that only one person has",
        Signal::PhoneUncontradicted => "The number agrees, and no name speaks against it",
        Signal::PhoneOtherBeside => "Other numbers count less, because something agrees that only one person has",
        Signal::ReferenceOtherBeside => "Other numbers count less, because something else agrees that only one person has",
        Signal::PlaceStreet => "The same street, perhaps also the same number",
        Signal::HouseOfRelative => "The same house, and nothing else is known: the first name may be wrong",
        Signal::PlaceOfCommonName => "A common name counts more, because the place agrees",
        Signal::PlaceNamesakes => "Other customers share a word of the name and the place",
        Signal::PlaceOtherBeside => "Another place counts less, because something agrees that only one person has",
        Signal::DescribedHandle => "The description contains the customer’s handle",
        Signal::Shared => "Several customers share the value that agrees",
        other => other.text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_observations_about_a_field_read_alike_and_none_needs_a_unit() {
        for (at, one) in Signal::ALL.iter().enumerate() {
            let text = words(*one);
            for of_operators in ["bits", "logarithm", "How ", "how rare"] {
                assert!(!text.contains(of_operators), "{text}");
            }
            let others = Signal::ALL[..at].iter().filter(|other| other.field() == one.field());
            assert!(others.into_iter().all(|other| words(*other) != text), "{text}");
        }
    }
}
