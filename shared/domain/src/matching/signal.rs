//! The observations that can be made about a candidate. `weights` says what each is worth.

/// Generates the enum, the list of its variants, their fields, directions and texts from one
/// table.
macro_rules! signals {
    ($($name:ident $direction:ident $field:literal $text:literal)*) => {
        /// One observation about a field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Signal {
            $(#[doc = $text] $name,)*
        }

        impl Signal {
            /// All signals.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What was observed, in words for an operator.
            pub fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The field that it is about, by its name in the contract.
            pub fn field(self) -> &'static str {
                match self {
                    $(Self::$name => $field,)*
                }
            }

            /// Whether it counts for or against a customer.
            pub fn direction(self) -> Direction {
                match self {
                    $(Self::$name => Direction::$direction,)*
                }
            }
        }
    };
}

/// Whether an observation counts for or against a customer. A larger amount counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It counts for the customer.
    For,
    /// It counts against the customer.
    Against,
}

signals! {
    NameBits For "displayName" "How rare the words are that agree, in bits"
    NameFull For "displayName" "The given name and the surname agree"
    NameInHandle For "screenName" "How rare the words of the customer's name are that only the handle contains, in bits"
    NameInMailbox For "email" "How rare the words of the customer's name are that only the e-mail address contains, in bits"
    NameFullTogether For "screenName" "The given name and the surname agree, one of them in the handle or the e-mail address"
    NameHandleConfirms For "screenName" "The handle contains the name that agrees"
    NameSpelled Against "displayName" "How many words agree in another spelling"
    NameNickname Against "displayName" "The given names are two forms of one name"
    NameSlip Against "displayName" "How many words differ by one letter"
    NameAlike Against "displayName" "How many words are merely similar"
    NameInitial Against "displayName" "How many words agree by their initial only"
    NameMore Against "displayName" "How many words only one of the names has"
    NameNamesakes Against "displayName" "How many customers share the name, as a logarithm"
    NameExpected Against "displayName" "How many customers with this surname would share the given name by chance, as a logarithm"
    NameWordsCommon Against "displayName" "How many customers have the rarer of the given name and the surname, as a logarithm"
    NameGivenOther Against "displayName" "The surname agrees and the given name does not: probably a relative"
    NameSurnameOther Against "displayName" "The given name agrees and the surname does not"
    NameOther Against "displayName" "No word agrees"
    NameStranger Against "displayName" "The shown text has no word of the customer's name, and may not be a name"
    NameGivenOtherBeside For "displayName" "Another given name counts less, because something unique to one person agrees"
    NameSurnameOtherBeside For "displayName" "Another surname counts less, because something unique to one person agrees"
    NameOtherBeside For "displayName" "Another name counts less, because something unique to one person agrees"
    NameStrangerBeside For "displayName" "The shown text counts less, because the handle agrees: it may be a mood"
    NameSurnameOtherBesidePhone For "displayName" "Another surname counts less, because the telephone number agrees"
    NameSurnameOtherBesideHouse For "displayName" "Another surname counts less, because the street is the same: 1, or the house: 2"
    HandleEqual For "screenName" "The same handle on the same network"
    HandleEqualSomewhere For "screenName" "The same handle, with the network of one of them unknown; how rare it is, in bits"
    HandleElsewhere For "screenName" "The same handle on another network; how rare it is apart from the name, in bits"
    HandleElsewhereAlone Against "screenName" "The same handle on another network and no name; how common it is: 31 less its bits"
    HandleOrnaments For "screenName" "The same handle except for separators and ornaments; how rare it is apart from the name, in bits"
    HandleNumber For "screenName" "The same handle except for a number; how rare it is apart from the name, in bits"
    HandleMailbox For "screenName" "The handle is the mailbox of an e-mail address; how rare it is apart from the name, in bits"
    HandleMailboxAlike For "screenName" "The handle has the letters of the mailbox of an e-mail address; how rare they are, in bits"
    HandleAlike For "screenName" "The handles are similar; how rare they are apart from the name, in bits"
    HandleOther Against "screenName" "Another handle on the same network"
    HandleOtherAlike Against "screenName" "Another handle on the same network, but a similar one"
    HandleOtherBeside For "screenName" "Another handle counts less, because something else unique to one person agrees"
    ProfileEqual For "profileUrl" "The same profile, whose address contains no handle"
    EmailEqual For "email" "The same address, or another spelling of the same mailbox"
    EmailMailbox For "email" "The same mailbox at another provider; how rare it is apart from the name, in bits"
    EmailHandle For "email" "The mailbox is a handle of the customer; how rare it is apart from the name, in bits"
    EmailSlip For "email" "The addresses are one typing error apart"
    EmailOther Against "email" "Other addresses"
    EmailOtherBeside For "email" "Other addresses count less, because something else unique to one person agrees"
    PhoneEqual For "phoneNumbers" "The same number"
    PhoneUncontradicted For "phoneNumbers" "The number agrees, and no name contradicts the customer's"
    PhoneSlip For "phoneNumbers" "The numbers differ by one digit"
    PhoneOther Against "phoneNumbers" "Other numbers"
    PhoneOtherBeside For "phoneNumbers" "Other numbers count less, because something unique to one person agrees"
    ReferenceEqual For "orderNumbers, caseNumbers, accountNumbers" "The same order, account or case"
    ReferenceSlip For "orderNumbers, caseNumbers, accountNumbers" "The numbers differ by one digit"
    ReferenceOther Against "orderNumbers, caseNumbers, accountNumbers" "Other orders, accounts or cases"
    ReferenceOtherBeside For "orderNumbers, caseNumbers, accountNumbers" "Other numbers count less, because something else unique to one person agrees"
    PlaceState For "addresses" "The same state, or postcodes with the same beginning"
    PlaceCity For "addresses" "The same city"
    PlaceZip For "addresses" "The same postcode"
    PlaceZipSlip For "addresses" "The postcodes differ by one digit, in the same city, state or house"
    PlaceStreet For "addresses" "The same street: 1, or street and number: 2"
    HouseOfRelative For "addresses" "The same house with another given name, and nothing else is known: 1, or also the same postcode: 2"
    PlaceNamesakes Against "addresses" "How many customers share a word of the name and the place, as a logarithm"
    PlaceOfCommonName For "addresses" "How common the full name is counts less, because the place agrees; as a logarithm"
    PlaceOther Against "addresses" "Another place"
    PlaceOtherBeside For "addresses" "Another place counts less, because something unique to one person agrees"
    DescribedEmail For "description" "The description contains the customer's e-mail address"
    DescribedPhone For "description" "The description contains the customer's telephone number"
    DescribedReference For "description" "The description contains a number of the customer's orders, accounts or cases"
    DescribedHandle For "description" "The description contains the customer's handle; how rare it is, in bits"
    DescribedCity For "description" "The description contains the customer's city"
    DescribedPlaceOther Against "description" "The description names another place"
    Shared Against "all" "How many customers share the value that agrees, as a logarithm"
}
