//! What can be observed about a candidate. What each observation is worth is in `weights`.

/// Makes the enum, the list of its variants, their fields, directions and texts of one table.
macro_rules! signals {
    ($($name:ident $direction:ident $field:literal $text:literal)*) => {
        /// One observation about a field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Signal {
            $(#[doc = $text] $name,)*
        }

        impl Signal {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What was observed, for an operator.
            pub fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The field that it is about, as the contract's members are called.
            pub fn field(self) -> &'static str {
                match self {
                    $(Self::$name => $field,)*
                }
            }

            /// Which way it counts.
            pub fn direction(self) -> Direction {
                match self {
                    $(Self::$name => Direction::$direction,)*
                }
            }
        }
    };
}

/// Which way an observation counts: the more of it, the further that way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// For the customer.
    For,
    /// Against it.
    Against,
}

signals! {
    NameBits For "displayName" "How rare the words are that both names have, in bits"
    NameFull For "displayName" "Given name and surname both agree"
    NameInHandle For "screenName" "How rare the words of the customer's name are that only the handle has, in bits"
    NameInMailbox For "email" "How rare the words of the customer's name are that only the e-mail address has, in bits"
    NameFullTogether For "screenName" "Given name and surname agree where the handle or the e-mail address is read with the name"
    NameHandleConfirms For "screenName" "The handle is made of the name that agrees"
    NameSpelled Against "displayName" "How many words agree that are spelled differently"
    NameNickname Against "displayName" "Two forms of one given name"
    NameSlip Against "displayName" "How many words agree but for one letter"
    NameAlike Against "displayName" "How many words agree that are alike only"
    NameInitial Against "displayName" "How many words agree by their first letter only"
    NameMore Against "displayName" "How many words only one of the names has"
    NameNamesakes Against "displayName" "How many customers have such a name, as a logarithm"
    NameExpected Against "displayName" "How many customers would have such a name by chance, of those who have the surname, as a logarithm"
    NameGivenOther Against "displayName" "The surname agrees and the given name does not: a relative, more likely"
    NameSurnameOther Against "displayName" "The given name agrees and the surname does not"
    NameOther Against "displayName" "No word agrees"
    NameStranger Against "displayName" "What is shown has no word of the customer's name, and is perhaps no name"
    NameGivenOtherBeside For "displayName" "Beside what is one's own and agrees, another given name counts less"
    NameSurnameOtherBeside For "displayName" "Beside what is one's own and agrees, another surname counts less"
    NameOtherBeside For "displayName" "Beside what is one's own and agrees, another name counts less"
    NameStrangerBeside For "displayName" "Beside the same handle, what is shown is perhaps a mood"
    NameSurnameOtherBesidePhone For "displayName" "Beside the same telephone number, another surname counts less"
    HandleEqual For "screenName" "The same handle on the same network"
    HandleEqualSomewhere For "screenName" "The same handle, on a network that one side does not tell; how rare it is, in bits"
    HandleElsewhere For "screenName" "The same handle on another network; how rare it is beside the name, in bits"
    HandleOrnaments For "screenName" "The same handle but for separators and ornaments; how rare it is beside the name, in bits"
    HandleNumber For "screenName" "The same handle with a number that the other lacks; how rare it is beside the name, in bits"
    HandleMailbox For "screenName" "The handle is the mailbox of an e-mail address; how rare it is beside the name, in bits"
    HandleMailboxAlike For "screenName" "The handle has the letters of the mailbox of an e-mail address; how rare they are, in bits"
    HandleAlike For "screenName" "The handles are alike; how rare they are beside the name, in bits"
    HandleOther Against "screenName" "Another handle on the same network"
    HandleOtherAlike Against "screenName" "Another handle on the same network, though one that is alike"
    HandleOtherBeside For "screenName" "Beside something else that is one's own and agrees, another handle counts less"
    ProfileEqual For "profileUrl" "The same profile, where its address tells no handle"
    EmailEqual For "email" "The same address, or another spelling of the same mailbox"
    EmailMailbox For "email" "The same mailbox at another provider; how rare it is beside the name, in bits"
    EmailHandle For "email" "The mailbox is a handle of the customer; how rare it is beside the name, in bits"
    EmailSlip For "email" "A slip of the finger away"
    EmailOther Against "email" "Other addresses"
    EmailOtherBeside For "email" "Beside something else that is one's own and agrees, other addresses count less"
    PhoneEqual For "phoneNumbers" "The same number"
    PhoneUncontradicted For "phoneNumbers" "Beside the same number, no name contradicts the customer's"
    PhoneSlip For "phoneNumbers" "One digit away"
    PhoneOther Against "phoneNumbers" "Other numbers"
    PhoneOtherBeside For "phoneNumbers" "Beside what is one's own and agrees, other numbers count less"
    ReferenceEqual For "orderNumbers, caseNumbers, accountNumbers" "The same order, account or case"
    ReferenceOther Against "orderNumbers, caseNumbers, accountNumbers" "Other orders, accounts or cases"
    ReferenceOtherBeside For "orderNumbers, caseNumbers, accountNumbers" "Beside something else that is one's own and agrees, other numbers count less"
    PlaceState For "addresses" "The same state, or a postcode that begins alike"
    PlaceCity For "addresses" "The same city"
    PlaceZip For "addresses" "The same postcode"
    PlaceStreet For "addresses" "The same street and number"
    PlaceNamesakes Against "addresses" "How many customers have a word of the name and the place, as a logarithm"
    PlaceOther Against "addresses" "Another place"
    PlaceOtherBeside For "addresses" "Beside what is one's own and agrees, another place counts less"
    DescribedEmail For "description" "The description has the customer's e-mail address"
    DescribedPhone For "description" "The description has the customer's telephone number"
    DescribedReference For "description" "The description has the number of an order, an account or a case"
    DescribedHandle For "description" "The description has the customer's handle; how rare it is, in bits"
    DescribedCity For "description" "The description has the customer's city"
    DescribedPlaceOther Against "description" "The description names another place"
    Shared Against "all" "How many customers have what agrees, as a logarithm"
}
